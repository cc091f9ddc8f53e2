"""Residents who ask for a person, as they talk: taken, told honestly, or shown the two ways that are open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.dialogue import Conversation
from bot.handover import THE_BOT, Owner
from bot.messages import Choices, Inquiry
from bot.numbering import plain_text
from bot.reception import Counter, Queue
from bot.respond import respond
from bot.turn import Response
from faq.knowledge import Knowledge
from tests.reception.conftest import at

FORM = "https://madoguchi.example.jp/contact/test/abc"
OPEN, NIGHT = "2026-11-20 10:00", "2026-11-20 22:00"


@dataclass
class Talk:
    """A resident who talks while `queues` wait in the departments."""

    knowledge: Knowledge
    now: str = OPEN
    queues: dict[str, Queue] = field(default_factory=dict)
    form: str = FORM
    channel: Any = "line"
    memory: dict[str, Any] | None = None
    owner: Owner = THE_BOT
    place: int = 0

    def say(self, text: str = "", **changes: Any) -> Response:
        inquiry = Inquiry("test", "U1", self.channel, "text", "e", at(self.now), text)
        inquiry = Inquiry(**{**{name: getattr(inquiry, name) for name in Inquiry.__slots__}, **changes})
        counter = Counter(lambda department: self.queues.get(department, Queue()), self.form, lambda _case: self.place)
        talk = Conversation.from_dict(self.memory)
        response = respond(inquiry, self.knowledge, talk, at(self.now), counter, self.owner)
        self.memory = response.conversation.to_dict()
        return response

    def press(self, value: str, **changes: Any) -> Response:
        return self.say(kind="choice", choice=value, **changes)


@pytest.fixture
def talk(city_of_departments: Knowledge) -> Callable[..., Talk]:
    return lambda **changes: Talk(city_of_departments, **changes)


def values(response: Response) -> list[str]:
    return [c.value for block in response.reply.blocks if isinstance(block, Choices) for c in block.choices]


def test_in_hours_the_place_in_the_queue_is_told_and_the_page_is_a_wish_away(talk):
    resident = talk(queues={"市民課": Queue(2, None, 600)})
    resident.say("転入届の出し方")

    response = resident.press("person")

    assert "ただいま2人お待ちです。お返事の目安は10〜15分です。" in plain_text(response.reply)
    assert response.person.department == "市民課"
    assert response.form is None
    assert FORM not in plain_text(response.reply)
    assert "contact" in values(response)


def test_out_of_hours_the_page_is_offered_at_once_and_its_address_is_not_kept_with_the_words(talk):
    resident = talk(now=NIGHT)
    resident.say("転入届の出し方")

    response = resident.press("person")

    said = plain_text(response.reply)
    assert "11月24日（火）8時30分から" in said
    assert FORM in said
    assert response.person.promised_at == at("2026-11-24 08:30")
    assert (response.form.department, response.form.question) == ("市民課", "転入届の出し方")
    assert FORM not in response.recorded
    assert "11月24日（火）8時30分から" in response.recorded


@pytest.mark.parametrize(
    ("now", "said", "not_said"),
    [(OPEN, "お急ぎのときは、お電話ください", "窓口の時間に"), (NIGHT, "お電話は、窓口の時間にお受けします", "お急ぎ")],
)
def test_nobody_is_sent_to_a_phone_that_nobody_answers(talk, now, said, not_said):
    resident = talk(now=now)

    asked, taken = plain_text(resident.press("person").reply), plain_text(resident.say("転入届の出し方").reply)

    assert [said in reply for reply in (asked, taken)] == [True, True]
    assert not_said not in asked + taken


def test_a_full_department_opens_no_case_but_the_page_takes_the_question(talk):
    resident = talk(queues={"市民課": Queue(3)})
    resident.say("転入届の出し方")

    response = resident.press("person")

    said = plain_text(response.reply)
    assert response.person is None
    assert "いまお待ちの方が多く" in said
    assert FORM in said
    assert "048-000-0001" in said
    assert response.form.question == "転入届の出し方"


def test_when_the_queue_is_shorter_again_the_same_wish_is_granted(talk):
    resident = talk(queues={"市民課": Queue(3)})
    resident.say("転入届の出し方")
    resident.press("person")
    resident.queues = {}

    assert resident.press("person").person is not None


def test_a_department_without_chat_gives_its_phone_and_the_page(talk):
    resident = talk()
    resident.say("消防設備の届出のしかたを知りたい")

    response = resident.press("person")

    assert response.person is None
    assert "048-000-0119" in plain_text(response.reply)
    assert response.form.department == "消防本部"


def test_after_several_candidates_the_department_is_asked_once_and_the_choice_is_kept(talk, monkeypatch):
    from bot.reception import Route

    resident = talk()
    resident.say("隣の家の木が道に出ています")
    monkeypatch.setattr("bot.person.route", lambda *_: Route("", ("市民課", "ごみ減量課", "総合案内")))

    asked = resident.press("person")
    chosen = resident.say("2")

    assert asked.person is None
    assert "どの課に聞きますか" in plain_text(asked.reply)
    assert chosen.person.department == "ごみ減量課"
    assert chosen.person.question == "隣の家の木が道に出ています"


def test_not_knowing_the_department_is_an_answer(talk, monkeypatch):
    from bot.reception import Route

    resident = talk()
    resident.say("隣の家の木が道に出ています")
    monkeypatch.setattr("bot.person.route", lambda *_: Route("", ("市民課", "ごみ減量課", "総合案内")))
    resident.press("person")

    assert resident.say("わからない").person.department == "総合案内"


def test_the_topic_looked_at_decides_where_the_words_say_nothing(talk):
    resident = talk()
    resident.press("topic:garbage")
    resident.press("person")

    taken = resident.say("近所の人とのあいだで困っています")

    assert taken.person.department == "ごみ減量課"
    assert taken.person.category == "garbage"


def test_the_case_knows_what_was_read_before(talk):
    resident = talk()
    resident.say("転入届の出し方")

    request = resident.press("person").person

    assert (request.entry_id, request.category) == ("moving-in", "moving")


def test_by_wish_the_page_is_given_at_any_time(talk):
    resident = talk()
    resident.say("転入届の出し方")
    resident.press("person")

    response = resident.press("contact")

    assert FORM in plain_text(response.reply)
    assert FORM not in response.recorded
    assert response.form.question == "転入届の出し方"


WAITING = Owner("waiting", 5, 1, "ごみ減量課")


@pytest.mark.parametrize(("place", "says"), [(1, "次の順番です。"), (4, "いま、4番目です。")])
def test_whoever_asks_again_while_waiting_hears_the_place_in_the_queue(talk, place, says):
    resident = talk(owner=WAITING, place=place)

    assert says in plain_text(resident.say("人に聞く").reply)


def test_a_place_that_nobody_knows_is_not_made_up(talk):
    said = plain_text(talk(owner=WAITING).say("人に聞く").reply)

    assert "番目" not in said
    assert "順番です" not in said


@pytest.mark.parametrize("typed", [False, True])
def test_while_waiting_the_page_is_given_for_the_department_of_the_case_and_the_way_back_stays(talk, typed):
    resident = talk()
    resident.say("転入届の出し方")
    resident.press("person")
    resident.owner = WAITING

    response = resident.say("連絡先を残す") if typed else resident.press("contact")

    assert FORM in plain_text(response.reply)
    assert response.form.department == "ごみ減量課"
    assert "handover:back" in values(response)


def test_without_a_page_everything_else_is_said_all_the_same(talk):
    resident = talk(now=NIGHT, form="")
    resident.say("転入届の出し方")

    response = resident.press("person")

    assert response.person is not None
    assert response.form is None
    assert response.recorded == ""
    assert "ページ" not in plain_text(response.reply)


def test_when_nobody_knows_the_queue_the_question_is_taken_and_nothing_is_promised(city_of_departments):
    resident = Talk(city_of_departments)
    resident.say("転入届の出し方")
    inquiry = Inquiry("test", "U1", "line", "choice", "e", at(OPEN), choice="person")

    response = respond(
        inquiry, city_of_departments, Conversation.from_dict(resident.memory), at(OPEN), Counter(lambda _: None)
    )

    assert response.person is not None
    assert "お待ちです" not in plain_text(response.reply)
    assert "目安" not in plain_text(response.reply)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "We have passed your question"),
        ("easy", "伝(つた)えました"),
        ("zh", "工作人员会用日语回复。着急时请打电话：048-000-0001"),
        ("pt", "em japonês"),
    ],
)
def test_other_languages_hear_it_in_words_of_their_own(talk, language, says):
    resident = talk()
    resident.say("転入届の出し方", language=language)

    assert says in plain_text(resident.press("person", language=language).reply)
