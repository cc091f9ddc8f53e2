"""A resident on LINE: from the bot to a person and back, through real sockets, on both engines."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

import app
from store.records_cases import OPERATOR, Remembered
from tests.handover.handover_builders import SATO, Desk, steps
from tests.handover.handover_on_line import asks_for_a_person, now, turns
from tests.running import CITY, House, wait_until, words

PICTURE = b"\xff\xd8\xff\xe0" + bytes(64)


def heard_without_a_word(house: House, act) -> None:
    """What the resident did is recorded, and nothing comes back."""
    before, unread = len(house.line.deliveries), len(turns(house))
    act()
    wait_until(lambda: len(turns(house)) > unread and house.settled())
    assert list(house.line.deliveries)[before:] == []


def test_the_bot_hands_over_is_silent_and_comes_back(house: House, counter: Desk) -> None:
    case = asks_for_a_person(house)
    assert "まどぐち（自動）にもどる" in words(house.shown()[-3:])
    heard_without_a_word(house, lambda: house.line.send_text(CITY, house.resident, "急いでいます"))

    taken = house.after(lambda: counter.take(case, SATO))
    assert "担当者（市民課）におつなぎしました" in words(taken)
    heard_without_a_word(house, lambda: house.line.send_text(CITY, house.resident, "転入届の出し方"))
    replied = house.after(lambda: house.parts.store.reply_case(CITY, case.id, SATO, "再発行は市民課の窓口です。", "k1"))
    assert "【市民課】\\n再発行は市民課の窓口です。" in words(replied)
    heard_without_a_word(house, lambda: house.line.send_text(CITY, house.resident, "ありがとう"))

    closed = house.after(lambda: counter.close(now(house, case), SATO, "answered"))
    assert "ここからは、自動の案内がお答えします" in words(closed)
    thanks = house.type("ありがとう")
    answer = house.type("転入届の出し方")

    assert "どういたしまして" in words(thanks)
    assert "転入届" in words(answer)
    assert house.parts.store.cases(CITY, "open") == []
    assert [one.method for one in house.line.deliveries] == ["reply", "reply", "push", "push", "push", "reply", "reply"]
    assert [step for _, step, _ in steps(house.parts.store, case)] == ["asks", "takes", "replies", "closes"]


def test_everything_a_resident_does_reaches_staff(house: House, counter: Desk) -> None:
    case = asks_for_a_person(house)
    house.after(lambda: counter.take(case, SATO))
    line, resident = house.line, house.resident

    heard_without_a_word(house, lambda: line.send_sticker(CITY, resident))
    heard_without_a_word(house, lambda: line.send_image(CITY, resident, PICTURE))
    heard_without_a_word(house, lambda: line.send_location(CITY, resident, 36.03, 139.54))
    heard_without_a_word(house, lambda: line.press(CITY, resident, {"type": "postback", "label": "x", "data": "menu"}))

    seen = house.parts.store.case_turns(CITY, case.id)[-4:]
    assert [turn.kind for turn in seen] == ["sticker", "image", "location", "choice"]
    assert {turn.decision for turn in seen} == {"staff"}
    assert now(house, case).unread >= 4


def test_danger_is_answered_while_staff_own_the_talk(house: House, counter: Desk) -> None:
    case = asks_for_a_person(house)
    waiting = house.type("火事です")
    house.after(lambda: counter.take(now(house, case), SATO))

    with_staff = house.type("火事です")

    assert "119" in words(waiting)
    assert "119" in words(with_staff)
    assert now(house, case).status == "staff"


def test_a_resident_ends_the_talk_with_staff(house: House, counter: Desk) -> None:
    case = asks_for_a_person(house)
    house.after(lambda: counter.take(case, SATO))

    back = house.type("おわり")
    answer = house.type("転入届の出し方")

    assert "担当者とのやりとりを終わりました" in words(back)
    assert "転入届" in words(answer)
    assert (now(house, case).status, now(house, case).closed_by) == ("closed", 0)


def test_a_resident_takes_the_question_back_by_the_button(house: House) -> None:
    case = asks_for_a_person(house)

    back = house.press("まどぐち（自動）にもどる")

    assert "取り消しました" in words(back)
    assert now(house, case).close_reason == "cancels"
    assert "市民課" in words(house.type("人に聞く") + house.type("住民票の住所を変えたい"))


def test_the_resident_hears_of_another_department(house: House, counter: Desk) -> None:
    case = asks_for_a_person(house)
    house.after(lambda: counter.take(case, SATO))

    moved = house.after(lambda: counter.transfer(now(house, case), SATO, "保険年金課", "税の話"))

    assert "保険年金課に引きつぎました" in words(moved)
    assert "税の話" not in words(moved)
    assert now(house, case).status == "waiting"


def test_a_month_whose_messages_are_used_up_is_shown_and_holds_nothing_back(house: House, counter: Desk) -> None:
    """LINE takes no more pushes; replies cost none, so the bot still answers."""
    case = asks_for_a_person(house)
    house.line.channel(CITY).quota = 0

    counter.take(case, SATO)
    reply = house.parts.store.reply_case(CITY, case.id, SATO, "窓口へどうぞ", "k1")
    wait_until(house.settled)

    states = {item.event_id: (item.state, item.reason) for item in house.parts.store.deliveries(CITY, case.id)}
    assert states[reply.event_id] == ("failed", "monthly limit")
    assert set(states.values()) == {("failed", "monthly limit")}
    assert "終わりました" in words(house.type("おわり"))


def test_an_event_decided_while_staff_take_the_talk_is_for_staff(
    house: House, counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker has read that the resident waits; staff take the case before its answer is written."""
    case = asks_for_a_person(house)
    store = house.parts.store
    remembered = store.remembered
    owners: list[str] = []

    def read_and_then_taken(city: str, resident: str) -> Remembered:
        known = remembered(city, resident)
        owners.append(known.owner.state)
        if len(owners) == 1:
            store.take_case(CITY, case.id, SATO)
        return known

    monkeypatch.setattr(store, "remembered", read_and_then_taken)

    heard_without_a_word(house, lambda: house.line.send_text(CITY, house.resident, "人に聞く"))

    assert owners == ["waiting", "staff"]
    assert [turn.text for turn in turns(house)].count("人に聞く") == 2
    assert now(house, case).unread == 2


def test_an_operator_takes_answers_and_closes_at_the_command_line(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", house.parts.config.database_url)
    monkeypatch.setenv("DATA_DIR", str(house.parts.config.data_dir))
    monkeypatch.setattr(app, "log_to_stderr", lambda level: None)
    case = asks_for_a_person(house)

    def typed(*words: str) -> Result:
        return CliRunner().invoke(app.main, ["cases", *words])

    taken = house.after(lambda: typed("take", CITY, str(case.id)))
    listed = typed("list", CITY)
    replied = house.after(lambda: typed("reply", CITY, str(case.id), "窓口でお待ちしています。"))
    heard_without_a_word(house, lambda: house.line.send_text(CITY, house.resident, "何時までですか"))
    closed = house.after(lambda: typed("close", CITY, str(case.id)))
    again = typed("close", CITY, str(case.id))

    assert "おつなぎしました" in words(taken)
    assert "\tstaff\t" in listed.output
    assert "窓口でお待ちしています。" in words(replied)
    assert "自動の案内がお答えします" in words(closed)
    assert (again.exit_code, "ありません" in again.output) == (1, True)
    assert now(house, case).closed_by == OPERATOR


def test_an_operator_does_not_speak_in_a_colleagues_talk(
    house: House, counter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", house.parts.config.database_url)
    monkeypatch.setenv("DATA_DIR", str(house.parts.config.data_dir))
    monkeypatch.setattr(app, "log_to_stderr", lambda level: None)
    case = asks_for_a_person(house)
    house.after(lambda: counter.take(case, SATO))

    for command in (["take"], ["reply"], ["close"]):
        words_too = ["はい"] if command == ["reply"] else []
        refused = CliRunner().invoke(app.main, ["cases", *command, CITY, str(case.id), *words_too])
        assert refused.exit_code == 1
        assert "ほかの担当者が対応しています" in refused.output
