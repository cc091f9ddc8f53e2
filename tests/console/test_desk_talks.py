"""A talk at the desk over real pages: take, answer, note, hand over, close, take away as text, erase."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.console.desk_forms import actions, key_of, press, text_in_box
from tests.console_site import Visitor
from tests.desk_site import CITY, Desk


def test_a_talk_from_the_inbox_to_its_end(both_desk: Desk) -> None:
    person, browser = both_desk.staff(name="山田花子")
    case = both_desk.asks("住民票はどこですか")

    inbox = browser.get("/inbox?tab=waiting").text
    assert "住民票はどこですか" in inbox
    assert "未読" in inbox

    assert press(browser, case.id, "take").status_code == 303
    page = browser.get(f"/cases/{case.id}").text
    assert "担当者（市民課）におつなぎしました" in page
    sent = browser.post(f"/cases/{case.id}/reply", {"text": "1階の市民課です。", "key": key_of(page)})
    assert sent.status_code == 303
    page = browser.get(sent.headers["Location"]).text
    assert "送りました。" in page
    assert "1階の市民課です。" in page
    assert "送っています" in page

    both_desk.says(case, "ありがとう")
    assert "ありがとう" in browser.get(f"/cases/{case.id}/talk").text
    done = press(browser, case.id, "close", reason="answered", entry="moving-in")
    assert done.status_code == 303
    closed = both_desk.case(case)
    assert (closed.status, closed.closed_by, closed.close_reason, closed.linked_entry) == (
        "closed",
        person.id,
        "answered",
        "moving-in",
    )
    told = browser.get(done.headers["Location"]).text
    assert "「住民票はどこですか」は、案内「moving-in」の言い換えとして提案しました。" in told
    assert [(one.entry_id, one.phrasing) for one in both_desk.store.proposals(CITY)] == [
        ("moving-in", "住民票はどこですか")
    ]
    assert "住民票はどこですか" in browser.get("/inbox?tab=closed").text
    assert "住民票はどこですか" not in browser.get("/inbox?tab=all").text
    assert [action for action in actions(both_desk) if action in ("case.take", "case.reply", "case.close")] == [
        "case.take",
        "case.reply",
        "case.close",
    ]


def test_two_who_take_the_same_case_get_it_once_and_the_other_hears_who_was_quicker(both_desk: Desk) -> None:
    people = [both_desk.staff(name="山田花子"), both_desk.staff(name="鈴木一郎")]
    case = both_desk.asks()
    for _, browser in people:
        browser.get(f"/cases/{case.id}")
    together = threading.Barrier(2)

    def take(browser: Visitor) -> str:
        together.wait(10)
        return browser.get(browser.post(f"/cases/{case.id}/take").headers["Location"]).text

    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(take, [browser for _, browser in people]))

    holder = both_desk.case(case).staff
    winner = next(n for n, (person, _) in enumerate(people) if person.id == holder)
    assert "受けました。返事を書けます。" in pages[winner]
    assert f"{people[winner][0].name}さんが先に受けました。" in pages[1 - winner]


def test_a_reply_sent_twice_is_written_once(both_desk: Desk) -> None:
    person, browser = both_desk.staff()
    case = both_desk.answered(both_desk.asks(), person)
    key = key_of(browser.get(f"/cases/{case.id}").text)

    answers = [browser.post(f"/cases/{case.id}/reply", {"text": "月曜です", "key": key}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    said = [turn.reply_text for turn in both_desk.store.case_turns(CITY, case.id) if turn.kind == "staff"]
    assert said == ["月曜です。", "月曜です"]


def test_other_words_under_a_key_that_has_arrived_are_kept_and_not_lost(desk: Desk) -> None:
    person, browser = desk.staff()
    case = desk.answered(desk.asks(), person)
    key = key_of(browser.get(f"/cases/{case.id}").text)
    browser.post(f"/cases/{case.id}/reply", {"text": "月曜です", "key": key})

    answer = browser.post(f"/cases/{case.id}/reply", {"text": "いいえ、火曜です", "key": key})

    assert answer.status_code == 409
    assert text_in_box(answer.text) == "いいえ、火曜です"
    assert key_of(answer.text) != key
    assert "もう届いています" in answer.text


def test_a_lost_race_keeps_what_was_typed(desk: Desk) -> None:
    person, browser = desk.staff(name="山田花子")
    manager, _ = desk.staff("管理", name="佐藤部長")
    case = desk.answered(desk.asks(), person)
    key = key_of(browser.get(f"/cases/{case.id}").text)
    desk.store.release_case(CITY, case.id, manager.id, forced=True)
    desk.store.take_case(CITY, case.id, manager.id)

    answer = browser.post(f"/cases/{case.id}/reply", {"text": "長く書いた<文>", "key": key})

    assert answer.status_code == 409
    assert "佐藤部長さんが先に受けました。返事は送っていません。" in answer.text
    assert text_in_box(answer.text) == "長く書いた&lt;文&gt;"
    assert "佐藤部長さんが話しています" in answer.text


@pytest.mark.parametrize("text", ["", "   ", "あ" * 2001], ids=["empty", "blank", "too long"])
def test_an_empty_or_endless_reply_is_not_sent(desk: Desk, text: str) -> None:
    person, browser = desk.staff()
    case = desk.answered(desk.asks(), person)

    answer = press(browser, case.id, "reply", text=text, key="k" * 20)

    assert answer.status_code == 409
    assert "1文字から2000文字まで" in answer.text


def test_a_talk_is_handed_over_with_everything_that_was_said(both_desk: Desk) -> None:
    person, browser = both_desk.staff()
    _, other = both_desk.staff("担当", "ごみ減量課")
    case = both_desk.answered(both_desk.asks("粗大ごみを出したい"), person, "担当の課へつなぎます")

    assert other.get(f"/cases/{case.id}").status_code == 404
    moved = press(browser, case.id, "transfer", department="ごみ減量課", reason="粗大ごみの話です")

    assert moved.headers["Location"].endswith("/inbox")
    assert browser.get(f"/cases/{case.id}").status_code == 404
    page = other.get(f"/cases/{case.id}").text
    assert "粗大ごみを出したい" in page
    assert "担当の課へつなぎます" in page
    assert "粗大ごみの話です" in page
    assert "ごみ減量課に引きつぎました" in page


@pytest.mark.parametrize(
    ("act", "data"),
    [
        ("transfer", {"department": "ない課", "reason": "x"}),
        ("transfer", {"department": "市民課", "reason": "同じ課"}),
        ("transfer", {"department": "ごみ減量課", "reason": " "}),
        ("close", {"reason": ""}),
        ("close", {"reason": "でたらめ"}),
        ("close", {"reason": "answered", "entry": "no-such-entry"}),
        ("note", {"note": "  "}),
    ],
)
def test_a_form_with_a_mistake_says_so_and_changes_nothing(desk: Desk, act: str, data: dict[str, str]) -> None:
    person, browser = desk.staff()
    case = desk.answered(desk.asks(), person)

    answer = press(browser, case.id, act, **data)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert desk.case(case) == case


def test_given_back_it_waits_again_and_a_manager_takes_over_on_purpose(desk: Desk) -> None:
    person, browser = desk.staff(name="山田花子")
    manager, boss = desk.staff("管理", "総合案内", name="佐藤部長")
    case = desk.answered(desk.asks(), person)

    assert "山田花子さんが先に受けました" in boss.get(press(boss, case.id, "take").headers["Location"]).text
    assert "山田花子さんから引きつぐ" in boss.get(f"/cases/{case.id}").text
    press(boss, case.id, "take", over="yes")
    assert desk.case(case).staff == manager.id
    press(boss, case.id, "release")
    assert desk.case(case).status == "waiting"
    assert "受けてください" not in browser.get(f"/cases/{case.id}").text


def test_a_note_calls_a_colleague_until_they_have_looked_and_no_resident_sees_it(desk: Desk) -> None:
    person, browser = desk.staff(name="山田 花子")
    _, colleague = desk.staff(name="鈴木一郎")
    _, stranger = desk.staff("担当", "ごみ減量課", name="よその人")
    case = desk.answered(desk.asks(), person)

    done = press(browser, case.id, "note", note="＠鈴木一郎 これで合っていますか。@よその人 にも")

    assert "鈴木一郎さんの受付箱に出ます" in browser.get(done.headers["Location"]).text
    assert "名前を呼ばれています" in colleague.get("/inbox?tab=mine").text
    assert "名前を呼ばれています" not in stranger.get("/inbox?tab=mine").text
    assert "これで合っていますか" in colleague.get(f"/cases/{case.id}").text
    assert "名前を呼ばれています" not in colleague.get("/inbox?tab=all").text
    assert all("合っていますか" not in turn.reply_text for turn in desk.store.case_turns(CITY, case.id))
    assert all("合っていますか" not in str(row) for row in desk.store.audit_all(CITY))


def test_a_call_is_heard_also_when_the_talk_is_over_by_then(both_desk: Desk) -> None:
    person, _ = both_desk.staff(name="山田花子")
    colleague, browser = both_desk.staff(name="鈴木一郎")
    case = both_desk.answered(both_desk.asks("住民票の相談"), person)
    both_desk.store.add_note(CITY, case.id, person.id, "@鈴木一郎 見てください", [colleague.id])
    both_desk.closed(case, person)

    mine = browser.get("/inbox?tab=mine").text

    assert "住民票の相談" in mine
    assert "名前を呼ばれています" in mine
    assert "住民票の相談" not in browser.get("/inbox?tab=all").text
    browser.get(f"/cases/{case.id}")
    assert "住民票の相談" not in browser.get("/inbox?tab=mine").text


def test_what_the_bot_had_found_stands_beside_what_it_finds_now(desk: Desk) -> None:
    _, browser = desk.staff()
    case = desk.asks("引っ越してきた", candidates=(("moving-in", 0.5), ("gone-entry", 0.4)))

    page = browser.get(f"/cases/{case.id}").text

    assert "引っ越してきたときの手続きを知りたい" in page
    assert "gone-entry（いまはありません）" in page
    assert "この質問のあとに、案内が変わりました" in page
    assert "合ったことば：" in page
    assert '<td class="number">0.50</td>' in page
    assert "いまの案内で、どう探すか" in page
    assert "引っ越し（ひっこし）" in page
    assert "点数の内わけ：" in page
    assert "以上で、そのまま答える" in page


def test_hidden_numbers_stay_hidden(desk: Desk) -> None:
    _, browser = desk.staff()
    case = desk.asks("番号は［個人番号のため伏せました］です")

    page = browser.get(f"/cases/{case.id}").text

    assert "［個人番号のため伏せました］" in page
    assert "元の番号はどこにもありません" in page


def test_without_a_script_an_entry_and_a_canned_answer_come_into_the_box(desk: Desk) -> None:
    person, browser = desk.staff(name="山田花子")
    case = desk.answered(desk.asks(), person)
    number = desk.store.put_canned(
        CITY, 0, "市民課", "お礼", "{department}の{name}です。{city}へようこそ {x}", person.id
    )

    found = browser.get(f"/cases/{case.id}?q=引っ越してきた").text
    entry = browser.get(f"/cases/{case.id}?insert=moving-in").text
    kept = browser.get(f"/cases/{case.id}?canned={number}").text

    assert "insert=moving-in" in found
    assert "転入届を出してください" in text_in_box(entry)
    assert "https://www.city.test.example.jp/tennyu" in text_in_box(entry)
    assert 'name="entry" value="moving-in"' in entry
    assert text_in_box(kept) == "市民課の山田花子です。試験市へようこそ {x}"
