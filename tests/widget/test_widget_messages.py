"""What a browser posts and what comes back: the contract of `POST /widget/<city>/messages`."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.widget.sessions import resident_of
from store.errors import StoreError

QUESTION = "ひっこしてきたけど何すればいい？"


def block(answer, kind):
    return next(block for block in answer["reply"]["blocks"] if block["type"] == kind)


def text_of(answer):
    return json.dumps(answer["reply"]["blocks"], ensure_ascii=False)


def test_a_question_gets_the_entry_with_window_hours_and_phone(door):
    answer = door.say(QUESTION)

    assert answer["reply"]["decision"] == "answer"
    card = block(answer, "answer")
    assert card["entry_id"] == "moving-in"
    assert card["title"] == "引っ越してきたときの手続きを知りたい"
    assert "14日以内" in card["body"]
    assert (card["department"], card["place"], card["phone"]) == ("市民課", "市役所1階", "048-000-0001")
    assert "8:30" in card["hours"]
    assert card["links"] == [{"title": "転入届の案内", "url": "https://www.city.test.example.jp/tennyu"}]
    assert card["language"] == "ja"


def test_buttons_carry_label_value_and_a_number_where_a_number_can_be_typed(door):
    menu = door.say("メニュー")

    choices = block(menu, "choices")
    assert choices["style"] == "menu"
    assert choices["choices"][0] == {"label": "引越し", "value": "topic:moving", "number": 1}
    assert block({"reply": {"blocks": menu["reply"]["blocks"][1:]}}, "choices")["choices"][0]["number"] is None


def test_a_number_typed_and_a_button_pressed_lead_to_the_same_place(door):
    door.say("メニュー")
    typed = door.say("1")
    pressed = door.say(choice="topic:moving")

    assert typed["reply"] == pressed["reply"]
    assert "よくある質問" in text_of(typed)


def test_a_pressed_button_needs_no_text(quick_door):
    answer = quick_door.post({"choice": "entry:moving-in", "session": None}).get_json()

    assert block(answer, "answer")["entry_id"] == "moving-in"


def test_what_was_said_is_recorded_once_with_its_answer(door):
    answer = door.say(QUESTION)

    [turn] = door.store.turns("test", resident_of(answer["session"]), 10)
    assert (turn.text, turn.channel, turn.decision, turn.entry_id) == (QUESTION, "widget", "answer", "moving-in")
    assert "14日以内" in turn.reply_text
    assert answer["remembered"] is True


def test_asking_for_a_person_is_recorded_for_the_department_and_the_chat_waits(door):
    door.say(QUESTION)
    told = door.say(choice="person")

    [case] = door.store.cases("test")
    assert (case.department, case.question, case.channel) == ("市民課", QUESTION, "widget")
    assert told["waiting"] is True
    assert "このページを閉じても" in text_of(told)


def test_the_language_switch_answers_in_that_language(door):
    door.say(QUESTION)

    easy = door.say(choice="language:easy", language="easy")
    english = door.say(QUESTION, language="en")

    assert block(easy, "answer")["language"] == "easy"
    assert "市民課(しみんか)" in block(easy, "answer")["body"]
    assert block(english, "answer")["body"].startswith("Submit a moving-in notification")


def test_a_my_number_is_hidden_before_anything_is_kept_or_said(door):
    answer = door.say("番号は 1234-5678-9018 です。引っ越してきた")

    [turn] = door.store.turns("test", resident_of(answer["session"]), 10)
    assert "9018" not in turn.text
    assert "9018" not in json.dumps(answer)
    assert "伏せました" in answer["said"]
    assert "マイナンバー" in text_of(answer)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\x00\x00", "😀", "\ud83d", "a" * 5000, "<script>alert(1)</script>", "' OR 1=1 --", "\u202e逆さ"],
    ids=["empty", "spaces", "nul", "emoji", "half an emoji", "long", "markup", "sql", "direction"],
)
def test_any_text_is_answered_kindly(door, text):
    answer = door.say(text)

    assert answer["reply"]["blocks"]
    assert answer["remembered"] is True


def test_a_text_that_is_too_long_is_read_in_part_and_the_resident_is_told(quick_door):
    answer = quick_door.say("引っ越してきました。" * 700)

    assert "5,000文字" in text_of(answer)
    assert len(answer["said"]) == 5000
    assert quick_door.store.turns("test", resident_of(answer["session"]), 1)[0].text == answer["said"]


def test_a_button_that_never_was_leads_on(quick_door):
    answer = quick_door.say(choice="entry:../../etc/passwd<script>")

    assert "もういちど" in text_of(answer)
    assert "script" not in text_of(answer)


# ── Sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_is_unguessable_and_the_database_holds_only_its_hash(door):
    sessions = {door.post(text="ごみ").get_json()["session"] for _ in range(20)}

    assert len(sessions) == 20
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", session) for session in sessions)
    assert all(session not in resident_of(session) for session in sessions)
    kept = door.store.turns("test", resident_of(sessions.pop()), 5)
    assert [turn.resident for turn in kept] == [turn.resident for turn in kept if turn.resident.startswith("widget:")]
    assert len(kept[0].resident) == len("widget:") + 32


@pytest.mark.parametrize(
    "session", ["A" * 43, "short", "", 7, ["list"], "U0123456789abcdef0123456789abcdef", "\x00" * 43]
)
def test_a_session_that_we_did_not_make_is_replaced(door, session):
    answer = door.post({"text": "ごみ", "session": session}).get_json()

    assert answer["session"] != session
    assert door.store.turns("test", resident_of(answer["session"]), 5)


def test_a_session_goes_on_where_it_was(door):
    first = door.say(QUESTION)
    second = door.say("ごみの日")

    assert first["session"] == second["session"]
    assert len(door.store.turns("test", resident_of(first["session"]), 10)) == 2


# ── Repetition ───────────────────────────────────────────────────────────────────────────────────────────────────────

MESSAGE_ID = "0123456789abcdef0123456789abcdef"


def test_a_message_repeated_after_a_network_cut_is_recorded_once_and_answered_the_same(door):
    door.say("こんにちは")
    first = door.say(QUESTION, message_id=MESSAGE_ID)
    again = door.say(QUESTION, message_id=MESSAGE_ID)

    assert again == first
    assert len(door.store.turns("test", resident_of(first["session"]), 10)) == 2


def test_a_first_message_repeated_after_the_next_one_stays_in_the_session_of_the_next(door):
    lost = door.post(text=QUESTION, session=None, message_id=MESSAGE_ID).get_json()
    door.say("ごみの日")

    again = door.say(QUESTION, message_id=MESSAGE_ID)

    assert again["reply"] == lost["reply"]
    assert again["session"] == door.session != lost["session"]
    assert len(door.store.turns("test", resident_of(door.session), 10)) == 1


def test_the_very_first_message_repeated_without_a_session_gets_the_session_of_the_first(door):
    first = door.post(text=QUESTION, session=None, message_id=MESSAGE_ID).get_json()
    again = door.post(text=QUESTION, session=None, message_id=MESSAGE_ID).get_json()

    assert again == first


def test_another_process_answers_a_repetition_from_the_store(a_door, store, clock):
    here, there = a_door(store), a_door(store)
    here.say("メニュー")
    clock.forward(1)
    first = here.say(QUESTION, message_id=MESSAGE_ID)
    there.session = here.session

    again = there.say(QUESTION, message_id=MESSAGE_ID)

    assert again["session"] == first["session"]
    assert block(again, "answer") == block(first, "answer")
    assert [b["choices"] for b in again["reply"]["blocks"] if b["type"] == "choices"] == [
        b["choices"] for b in first["reply"]["blocks"] if b["type"] == "choices"
    ]
    assert len(store.turns("test", resident_of(first["session"]), 10)) == 2


def test_a_first_message_repeated_to_another_process_is_recorded_once(a_door, store):
    here, there = a_door(store), a_door(store)

    sessions = [door.post(text=QUESTION, message_id=MESSAGE_ID).get_json()["session"] for door in (here, there)]

    assert sum(len(store.turns("test", resident_of(session), 10)) for session in sessions) == 1


# ── A store that does not answer ─────────────────────────────────────────────────────────────────────────────────────


def test_without_a_store_the_answer_is_given_all_the_same_and_says_that_it_is_not_kept(door):
    door.say("ごみの日")
    door.store.close()

    answer = door.say(QUESTION)

    assert block(answer, "answer")["entry_id"] == "moving-in"
    assert answer["remembered"] is False
    assert answer["session"] == door.session


def test_on_a_full_disk_nobody_is_told_that_a_person_will_answer(door, store, monkeypatch):
    def full(outcome, **_how):
        raise StoreError("the database refused: OperationalError SQLITE_FULL")

    door.say("犬がいなくなりました")
    with monkeypatch.context() as broken:
        broken.setattr(store, "record", full)
        untold = door.say("人に聞く")
    told = door.say("人に聞く")

    assert "お伝えしました" not in text_of(untold)
    assert "もういちど送ってください" in text_of(untold)
    assert (untold["remembered"], untold["waiting"]) == (False, False)
    assert "お伝えしました" in text_of(told)


def test_without_a_store_nobody_is_told_that_their_words_were_erased(a_door, store, monkeypatch):
    door = a_door(store)
    door.say("会話を消して")
    monkeypatch.setattr(store, "erase_resident", lambda *_: store.close() or store.turns("test", "x", 1))

    response = door.post({"choice": "erase:yes", "session": door.session})

    assert response.status_code == 503
    assert "消すことができませんでした" in response.get_json()["message"]


def test_a_wish_to_be_forgotten_is_kept_and_the_browser_is_told(door):
    door.say(QUESTION)
    before = door.say("会話を消して")["session"]
    answer = door.say(choice="erase:yes")

    assert answer["forgotten"] is True
    assert door.store.turns("test", resident_of(before), 10) == []
    assert answer["session"] != before
    assert door.earlier()["messages"] == []


def test_what_was_forgotten_is_not_answered_from_memory_either(door):
    door.say("こんにちは")
    before = door.say(QUESTION, message_id=MESSAGE_ID)["session"]
    door.say("会話を消して")
    door.say(choice="erase:yes")

    again = door.post(text=QUESTION, session=None, message_id=MESSAGE_ID).get_json()

    assert again["session"] != before


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"text": 5}', b'{"text": ["a"]}', b"{}", b"[" * 30000],
    ids=["nothing", "half", "list", "null", "string", "not utf-8", "number", "list inside", "empty", "deep"],
)
def test_a_body_that_cannot_be_read_is_refused_in_japanese(quick_door, body):
    response = quick_door.client.post("/widget/test/messages", data=body, content_type="application/json")

    assert response.status_code == 400
    assert re.search("[ぁ-ん]", response.get_json()["message"])


def test_an_unknown_city_is_not_found(quick_door):
    response = quick_door.client.post("/widget/nowhere/messages", json={"text": "ごみ"})

    assert response.status_code == 404
    assert "見つかりません" in response.get_json()["message"]


def test_a_body_of_more_than_128_kilobytes_is_refused(quick_door):
    response = quick_door.client.post("/widget/test/messages", data=b'{"text": "' + b"a" * 132_000 + b'"}')

    assert response.status_code == 413
    assert "長すぎ" in response.get_json()["message"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        anything,
        st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(("text", "choice", "session", "language", "message_id"), anything),
        ),
    )
)
def test_no_json_breaks_the_door(quick_door, body):
    data = json.dumps(body)

    response = quick_door.client.post("/widget/test/messages", data=data, content_type="application/json")

    assert response.status_code in (200, 400, 413)
    assert response.get_json()["reply"]["blocks"] if response.status_code == 200 else response.get_json()["message"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300))
def test_no_text_breaks_the_door(quick_door, text):
    assert quick_door.say(text)["reply"]["blocks"]
