"""「お知らせの設定」: what a resident hears of is chosen, seen, stopped and forgotten by buttons and numbers."""

from __future__ import annotations

import json

import pytest

from bot.handover import Owner
from bot.numbering import plain_text
from bot.wishes import Wishes
from bot.wording import Wording
from faq.content import read_folder
from faq.knowledge import build_knowledge
from handlers.line.limits import problems
from handlers.line.messages import render
from tests.bot.conftest import BASE
from tests.builders import city_files
from tests.wishes.conftest import Resident


def test_who_has_never_chosen_is_not_told_that_they_have(resident):
    before = resident.hears("お知らせの設定")
    resident.say("ごみのお知らせがほしい")

    assert before.startswith("まだ何も選んでいません。いま届くのは、友だち全員あての「防災」のお知らせだけです。")
    assert resident.wishes.topics == ("bosai", "gomi")
    assert "まだ何も選んでいません" not in resident.hears("お知らせの設定")


def test_everything_stops_in_two_taps(resident):
    resident.sees("お知らせの設定")

    said = plain_text(resident.press("すべて止める").reply)

    assert resident.wishes.paused
    assert "お知らせをすべて止めました" in said


def test_the_menu_leads_to_the_settings_on_line_alone(resident):
    resident.sees("メニュー")
    on_line = [label for label, _ in resident.shown]
    resident.channel = "web"
    resident.sees("メニュー")

    assert "お知らせの設定" in on_line
    assert "お知らせの設定" not in [label for label, _ in resident.shown]


def test_what_was_stopped_comes_back_with_what_was_chosen(resident):
    resident.sees("お知らせの設定")
    resident.say("1")
    resident.say("2")
    resident.sees("お知らせを止めて")

    resident.press("もういちど受け取る")

    assert not resident.wishes.paused
    assert resident.wishes.topics == ("bosai", "gomi")


def test_a_number_chooses_a_topic_and_the_same_number_takes_it_back(resident):
    resident.say("お知らせの設定")
    resident.say("1")

    chosen = resident.hears("2")
    with_gomi = resident.wishes.topics
    resident.say("2")

    assert "「ごみ・資源」をお知らせします" in chosen
    assert with_gomi == ("bosai", "gomi")
    assert resident.wishes.topics == ("bosai",)


@pytest.mark.parametrize("words", ["2と3", "２、３", "ごみと子育てがいい"])
def test_several_topics_are_chosen_in_one_message(resident, words):
    resident.say("お知らせの設定")
    resident.say("1")

    resident.say(words)

    assert resident.wishes.topics == ("bosai", "gomi", "kosodate")


def test_the_words_of_a_button_do_what_the_button_does(resident):
    resident.say("お知らせの設定")
    resident.say("1")

    resident.say("子育て")
    resident.say("防災")

    assert resident.wishes.topics == ("kosodate",)


def test_an_old_button_does_what_it_says_however_often_it_is_pressed(resident):
    for _ in range(2):
        resident.say(kind="choice", choice="wish:topic:gomi:on")

    assert "gomi" in resident.wishes.topics


def test_a_question_in_the_middle_is_answered_as_a_question(resident):
    resident.sees("お知らせの設定")
    resident.press("お子さんの生まれた月")

    response = resident.say("転入届")

    assert response.wishes is None
    assert response.reply.decision in ("answer", "choices")


def test_facts_are_only_what_the_city_asks(resident):
    resident.sees("お知らせの設定")
    resident.press("飼っているペット")
    resident.say("1")

    resident.say(kind="choice", choice="wish:fact:pet:lion:on")
    resident.say(kind="choice", choice="wish:fact:income:high:on")

    assert resident.wishes.facts == (("pet", "dog"),)


def test_told_facts_are_cleared(resident):
    resident.wishes = Wishes(facts=(("pet", "dog"), ("child", "2024-05")), since=resident.now)
    resident.sees(kind="choice", choice="wish:ask:pet")

    resident.press("登録を消す")

    assert resident.wishes.facts == (("child", "2024-05"),)


def test_quiet_hours_and_language_are_chosen(resident):
    resident.sees("お知らせの設定")
    resident.press("お知らせを止める時間")
    resident.say("22時半から6時")
    resident.sees("お知らせの設定")
    resident.sees(kind="choice", choice="wish:languages")
    resident.press("English")

    assert (resident.wishes.quiet_from, resident.wishes.quiet_to) == (22 * 60 + 30, 6 * 60)
    assert resident.wishes.language == "en"


def test_a_new_friend_hears_of_the_first_topics_and_is_told_so_once(resident):
    greeting = resident.hears(kind="follow")
    again = resident.hears(kind="follow")

    assert resident.wishes.topics == ("bosai",)
    assert "「防災」のお知らせをお届けします" in greeting
    assert "お知らせの設定" in greeting
    assert "お届けします" not in again


def test_who_stopped_everything_and_comes_back_is_not_signed_up_again(resident):
    resident.wishes = Wishes(paused=True, since=resident.now)

    greeting = resident.hears(kind="follow", text="unblocked")

    assert resident.wishes.paused
    assert "お届けします" not in greeting


def test_nothing_of_the_wishes_stays_in_the_talk(resident):
    resident.wishes = Wishes(topics=("gomi",), since=resident.now)
    resident.sees("お知らせの設定")
    resident.press("飼っているペット")
    resident.say("1")
    resident.sees("お知らせの設定")
    resident.press("お子さんの生まれた月")

    response = resident.say("2024年5月")

    assert response.heard == response.recorded == "（お知らせの設定）"
    memory = json.dumps(resident.memory, ensure_ascii=False)
    assert "2024" not in memory
    assert ":on" not in memory
    assert ":off" not in memory
    assert "✓" not in memory


def test_everything_that_is_kept_can_be_taken_along(resident):
    resident.wishes = Wishes(topics=("gomi",), area="chuo", facts=(("child", "2024-05"),), since=resident.now)
    resident.sees("お知らせの設定")

    response = resident.press("設定を書き出す")

    told = json.loads(response.reply.blocks[1].text)
    assert (told["topics"], told["area"], told["facts"]) == (["gomi"], "chuo", [["child", "2024-05"]])
    assert response.recorded == "（お知らせの設定）"


def test_everything_that_is_kept_is_forgotten_in_three_taps_and_not_by_one(resident):
    resident.wishes = Wishes(topics=("gomi",), area="chuo", facts=(("child", "2024-05"),), since=resident.now)
    resident.sees("お知らせの設定")

    asked = resident.sees(kind="choice", choice=next(value for label, value in resident.shown if label == "設定を消す"))
    still = resident.wishes
    forgotten = resident.press("すべて消す")

    assert "すべて消しますか" in plain_text(asked.reply)
    assert still.topics == ("gomi",)
    assert forgotten.wishes == Wishes()
    assert forgotten.recorded == "（お知らせの設定）"
    assert "お知らせの設定を、すべて消しました" in plain_text(forgotten.reply)
    resident.sees("お知らせの設定")
    assert "設定を消す" not in [label for label, _ in resident.shown], "there is nothing left"


def test_who_had_stopped_everything_and_has_it_forgotten_stays_stopped(resident):
    resident.wishes = Wishes(topics=("gomi",), area="chuo", paused=True, since=resident.now)
    resident.sees("お知らせの設定")
    resident.sees(kind="choice", choice=next(value for label, value in resident.shown if label == "設定を消す"))

    resident.press("すべて消す")

    assert resident.wishes == Wishes(paused=True, since=resident.now)


@pytest.mark.parametrize("state", ["waiting", "staff"])
def test_while_a_person_has_the_talk_notices_can_still_be_stopped(resident, state):
    owner = Owner(state, 1, 0, "市民課")
    resident.say("お知らせを止めて", owner=owner)
    by_words = resident.wishes.paused

    resident.say(owner=owner, kind="choice", choice="wish:start")

    assert by_words
    assert not resident.wishes.paused


def test_what_is_typed_to_a_person_changes_no_wishes(resident):
    resident.say("お知らせの設定")
    resident.say("1")

    response = resident.say("2と3", owner=Owner("staff", 1, 0, "市民課"))

    assert response.reply.blocks == ()
    assert resident.wishes == Wishes()


def test_in_the_widget_residents_are_shown_the_way_to_line(resident):
    resident.channel = "widget"

    said = resident.hears("お知らせの設定")

    assert "LINE" in said
    assert resident.wishes == Wishes()


def test_a_store_that_does_not_answer_changes_nothing(resident):
    resident.wishes = None

    said = resident.hears("お知らせを止めて")

    assert "少し待って" in said


def test_a_city_without_topics_answers_the_words_as_a_question():
    resident = Resident(build_knowledge(city_files({"wording/ja.yaml": None}), read_folder(BASE)))

    response = resident.say("お知らせの設定")

    assert response.wishes is None
    assert "お知らせの設定です" not in plain_text(response.reply)


@pytest.mark.parametrize(
    "value", ["wish", "wish:topics", "wish:areas", "wish:ask:pet", "wish:ask:child", "wish:quiets", "wish:forget"]
)
def test_line_takes_every_page_of_the_settings(resident, value):
    reply = resident.say(kind="choice", choice=value).reply

    assert problems(render(reply, Wording(resident.knowledge.wording).say)) == []
