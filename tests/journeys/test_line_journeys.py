"""A resident on LINE, from the typed word to the answer on the phone, through real sockets, on both engines."""

from __future__ import annotations

from emulator.webhooks import Mishaps
from tests.running import CITY, wait_until, words


def test_a_resident_who_moved_gets_the_answer_with_window_and_phone(house):
    answer = house.type("ひっこしてきたけど何すればいい？")

    assert "転入届" in words(answer)
    assert "市民課" in words(answer)
    assert "tel:0480001110" in words(answer)
    assert house.line.deliveries[-1].method == "reply"


def test_choices_are_picked_by_number_and_the_answer_can_be_praised(house):
    menu = house.type("メニュー")
    topic = house.type("1")
    answer = house.press("1")
    thanks = house.press("役に立った")

    assert "引越し" in words(menu)
    assert "よくある質問" in words(topic)
    assert "市民課" in words(answer)
    assert "ありがとうございます" in words(thanks)


def test_asking_for_a_person_is_recorded_once_with_its_department(house):
    house.type("まいなんばー無くした")
    house.press("人に聞く")
    house.type("人に聞く")

    [case] = house.parts.store.cases(CITY, "waiting")

    assert (case.department, case.question) == ("市民課", "まいなんばー無くした")


def test_a_my_number_is_neither_stored_nor_sent_back(house):
    said = house.type("番号は 1234-5678-9018 です。住民票がほしい")

    assert "マイナンバー" in words(said)
    assert "9018" not in words(said)
    stored = house.parts.store.turns(CITY, house.resident.user_id, 10)
    assert all("9018" not in turn.text for turn in stored)


def test_stickers_photos_voices_and_places_are_answered(house):
    line, resident = house.line, house.resident

    assert "スタンプ" in words(house.after(lambda: line.send_sticker(CITY, resident)))
    assert "写真" in words(house.after(lambda: line.send_image(CITY, resident, b"\xff\xd8\xff\xd9")))
    assert "音声" in words(house.after(lambda: line.send_audio(CITY, resident, b"0000")))
    assert "位置情報" in words(house.after(lambda: line.send_location(CITY, resident, 36.0, 139.5)))


def test_a_new_friend_is_welcomed_and_a_returning_one_too(house):
    line, resident = house.line, house.resident
    line.unfollow(CITY, resident)
    wait_until(lambda: house.parts.store.friend(CITY, resident.user_id) == "blocked")

    welcomed = house.after(lambda: line.follow(CITY, resident))

    assert "おかえりなさい" in words(welcomed) or "友だち追加ありがとう" in words(welcomed)
    assert house.parts.store.friend(CITY, resident.user_id) == "followed"


def test_unsent_words_are_erased(house):
    house.type("秘密の相談です")
    event = house.line.send_text(CITY, house.resident, "取り消したい相談です")
    wait_until(lambda: any("取り消したい" in turn.text for turn in turns(house)))

    house.line.unsend(CITY, house.resident, event.message_id)

    wait_until(lambda: not any("取り消したい" in turn.text for turn in turns(house)))
    assert any("秘密の相談" in turn.text for turn in turns(house))


def test_everything_is_erased_on_request(house):
    house.type("秘密の相談です")
    house.type("消して")
    erased = house.type("はい")

    assert "消しました" in words(erased)
    assert all("秘密" not in turn.text for turn in turns(house))


def test_groups_and_standby_are_left_in_peace(house):
    before = len(house.line.deliveries)
    house.line.send_text(CITY, house.resident, "ゴミいつ", standby=True)
    house.line.wait_idle()
    house.type("住民票")

    assert len(house.line.deliveries) == before + 1


def test_a_duplicate_delivery_is_answered_once(house):
    house.line.webhooks.mishaps = Mishaps(duplicate=1.0)

    house.type("住民票")
    house.line.wait_idle()
    wait_until(house.settled)

    assert len(house.line.deliveries) == 1


def test_when_line_breaks_the_answer_comes_a_moment_later_and_once(house):
    house.line.faults.add("reply", "server_error_after_accept")

    house.type("住民票")
    wait_until(house.settled)

    assert len(house.line.deliveries) == 1


def turns(house):
    return house.parts.store.turns(CITY, house.resident.user_id, 20)
