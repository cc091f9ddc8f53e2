"""What the city says while a person owns the talk or will: danger first, the way back always, else next to nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.dialogue import Conversation
from bot.handover import BACK, THE_BOT, Owner
from bot.messages import Choice, Choices, Inquiry, Place
from bot.owned import ACKNOWLEDGED_EVERY
from bot.respond import respond
from tests.bot.conftest import MONDAY_MORNING

WAITING, STAFF = Owner("waiting", 7, 0, "市民課"), Owner("staff", 7, 1, "市民課")
ENDINGS = ("おわり", "終わり", "終了", "おわります！", "オワリ")
CANCELLATIONS = (*ENDINGS, "やっぱりいい", "キャンセル", "やめる", "まどぐち（自動）にもどる")


def an_inquiry(text: str = "", **changes) -> Inquiry:
    values = {"kind": "text", "event_id": "e1", "at": MONDAY_MORNING, "text": text} | changes
    return Inquiry("test", "U1", values.pop("channel", "line"), **values)


def said(knowledge, inquiry: Inquiry, owner: Owner, talk: Conversation | None = None, after: timedelta = timedelta()):
    return respond(inquiry, knowledge, talk or Conversation(at=MONDAY_MORNING), MONDAY_MORNING + after, owner=owner)


def told(response) -> str:
    return "\n".join(getattr(block, "text", getattr(block, "prompt", "")) for block in response.reply.blocks)


def buttons(response) -> list[str]:
    return [choice.value for block in response.reply.blocks if isinstance(block, Choices) for choice in block.choices]


@pytest.mark.parametrize("owner", [THE_BOT, WAITING, STAFF], ids=lambda owner: owner.state)
def test_danger_is_answered_whoever_owns_the_talk(small_city, owner):
    response = said(small_city, an_inquiry("火事です"), owner)

    assert "119" in told(response)
    assert response.ends == ""


@pytest.mark.parametrize(
    "inquiry",
    [
        an_inquiry("転入届の出し方"),
        an_inquiry("ありがとう"),
        an_inquiry("人に聞く"),
        an_inquiry("キャンセル"),
        an_inquiry("1"),
        an_inquiry("メニュー"),
        an_inquiry(kind="sticker"),
        an_inquiry(kind="image"),
        an_inquiry(kind="location", place=Place(36.0, 139.5)),
        an_inquiry(kind="choice", choice="menu"),
        an_inquiry(kind="choice", choice="entry:garbage-bulky"),
        an_inquiry(kind="follow"),
        an_inquiry("番号を伏せました", masked=("my_number",)),
    ],
    ids=lambda inquiry: inquiry.text or inquiry.choice or inquiry.kind,
)
def test_the_bot_is_silent_while_staff_own_the_talk(small_city, inquiry):
    response = said(small_city, inquiry, STAFF)

    assert (response.reply.decision, response.reply.blocks) == ("staff", ())
    assert (response.ends, response.person, response.teaches) == ("", None, None)


def test_who_waits_is_told_of_a_hidden_number_even_when_nothing_else_is_said(small_city):
    just_told = Conversation(at=MONDAY_MORNING, acknowledged=MONDAY_MORNING)

    response = said(
        small_city, an_inquiry("番号は［個人番号のため伏せました］です", masked=("my_number",)), WAITING, just_told
    )

    assert "伏せました。保存していません" in told(response)
    assert said(small_city, an_inquiry("カードが来ません"), WAITING, just_told).reply.blocks == ()


@pytest.mark.parametrize("words", ENDINGS)
def test_the_resident_ends_the_talk_with_staff(small_city, words):
    response = said(small_city, an_inquiry(words), STAFF)

    assert response.ends == "ends"
    assert "ここからは、自動の案内がお答えします" in told(response)


@pytest.mark.parametrize("words", CANCELLATIONS)
def test_the_resident_takes_the_question_back_while_waiting(small_city, words):
    talk = Conversation(question="住民票", asked="住民票", at=MONDAY_MORNING)

    response = said(small_city, an_inquiry(words), WAITING, talk)

    assert response.ends == "cancels"
    assert "取り消しました" in told(response)
    assert (response.conversation.asked, response.conversation.question) == ("", "")


@pytest.mark.parametrize(("owner", "event"), [(WAITING, "cancels"), (STAFF, "ends")])
def test_the_button_leads_back_to_the_bot(small_city, owner, event):
    assert said(small_city, an_inquiry(kind="choice", choice=BACK), owner).ends == event


def test_the_button_pressed_too_late_says_who_answers_now(small_city):
    response = said(small_city, an_inquiry(kind="choice", choice=BACK), THE_BOT)

    assert response.ends == ""
    assert "自動の案内がお答えしています" in told(response)


@pytest.mark.parametrize("words", ["大丈夫です", "結構です", "ありがとう", "はい、待ちます"])
def test_politeness_while_waiting_cancels_nothing(small_city, words):
    assert said(small_city, an_inquiry(words), WAITING).ends == ""


def test_words_that_join_are_acknowledged_at_most_every_ten_minutes(small_city):
    first = said(small_city, an_inquiry("急いでいます"), WAITING)
    soon = said(small_city, an_inquiry("まだ？ですかね"), WAITING, first.conversation, timedelta(minutes=9))
    later = said(small_city, an_inquiry("あのう、まだ"), WAITING, soon.conversation, ACKNOWLEDGED_EVERY)

    assert "市民課の担当者が、あわせて読みます" in told(first)
    assert buttons(first) == [BACK]
    assert soon.reply.blocks == ()
    assert "あわせて読みます" in told(later)


def test_asking_for_a_person_again_is_answered_and_opens_nothing(small_city):
    first = said(small_city, an_inquiry("急いでいます"), WAITING)

    again = said(small_city, an_inquiry("人に聞く"), WAITING, first.conversation, timedelta(minutes=1))

    assert told(again)
    assert again.person is None


def test_a_question_that_is_surely_answered_is_answered_while_the_first_one_waits(small_city):
    response = said(small_city, an_inquiry("ゴミの日いつ"), WAITING)

    assert response.reply.decision == "answer"
    assert "市民課へのご質問は、取り消していません" in told(response)
    assert (response.ends, response.person) == ("", None)


def test_words_about_the_waiting_question_are_left_to_staff(small_city):
    response = said(small_city, an_inquiry("さっき書いた番地は3丁目のまちがいでした"), WAITING)

    assert response.reply.decision == "handoff"
    assert "あわせて読みます" in told(response)


@pytest.mark.parametrize("pressed", [an_inquiry(kind="choice", choice="entry:moving-in"), an_inquiry("1")])
def test_what_stands_under_an_answer_can_be_picked_while_waiting(small_city, pressed):
    talk = Conversation(offered=(Choice("転入届", "entry:moving-in"),), numbered=1, at=MONDAY_MORNING)

    response = said(small_city, pressed, WAITING, talk)

    assert response.entry_id == "moving-in"
    assert (response.ends, response.person) == ("", None)


def test_a_button_of_old_pressed_while_waiting_says_where_the_bot_is(small_city):
    response = said(small_city, an_inquiry(kind="choice", choice="of-another-version"), WAITING)

    assert "まどぐち（自動）にもどる" in told(response)
    assert buttons(response) == [BACK]


@pytest.mark.parametrize("owner", [WAITING, STAFF], ids=lambda owner: owner.state)
def test_to_be_forgotten_is_a_right_at_any_time(small_city, owner):
    asked = said(small_city, an_inquiry("会話を消して"), owner)
    done = said(small_city, an_inquiry("はい"), owner, asked.conversation)

    assert buttons(asked) == ["erase:yes", "erase:no"]
    assert done.erase


def test_asking_a_person_shows_the_way_back(small_city):
    talk = Conversation(question="住民票がほしい", entry_id="moving-in", department="市民課", at=MONDAY_MORNING)

    response = said(small_city, an_inquiry("人に聞く"), THE_BOT, talk)

    assert response.person is not None
    assert BACK in buttons(response)
    assert response.conversation.acknowledged == MONDAY_MORNING


def test_what_was_acknowledged_is_remembered(small_city):
    talk = said(small_city, an_inquiry("急いでいます"), WAITING).conversation

    assert Conversation.from_dict(talk.to_dict()) == talk
