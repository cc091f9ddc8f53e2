"""「お知らせの設定」: what a resident hears of is chosen, seen and stopped by buttons, numbers and words."""

from __future__ import annotations

import json

import pytest

from bot.handover import Owner
from bot.numbering import plain_text
from bot.wishes import Wishes, area_named, topics_named
from bot.wording import Wording
from faq.city_notices import Area, Notices, NoticeTopic
from faq.content import read_folder
from faq.knowledge import build_knowledge
from handlers.line.limits import problems
from handlers.line.messages import render
from tests.bot.conftest import BASE
from tests.builders import city_files
from tests.wishes.conftest import Resident


@pytest.mark.parametrize("words", ["お知らせの設定", "おしらせ", "通知設定", "お知らせを選ぶ"])
def test_many_words_lead_to_the_settings(resident, words):
    said = resident.hears(words)

    assert "お知らせの設定です" in said
    assert "■分野　防災" in said
    assert "■地域　まだ選んでいません" in said


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


@pytest.mark.parametrize("words", ["お知らせを止めて", "配信停止", "お知らせいらない", "通知オフ"])
def test_words_alone_stop_everything(resident, words):
    resident.say(words)

    assert resident.wishes.paused


@pytest.mark.parametrize(
    "words",
    [
        "配信を停止したい",
        "LINEの通知を止めたい",
        "市からの連絡をやめたい",
        "通知を切りたい",
        "市からのお知らせをすべてストップして！",
        "お知らせは結構です",
        "つうちいらん",
    ],
)
def test_other_words_stop_everything_too(resident, words):
    resident.say(words)

    assert resident.wishes.paused


@pytest.mark.parametrize(
    "words",
    [
        "ごみのお知らせを止めて",
        "資源の通知はいりません",
        "ごみの日のお知らせをやめてほしいです",
        "ごみ・資源の配信停止",
    ],
)
def test_one_topic_is_stopped_by_its_name(resident, words):
    resident.wishes = Wishes(topics=("bosai", "gomi"), since=resident.now)

    said = resident.hears(words)

    assert "「ごみ・資源」は、お知らせしません" in said
    assert resident.wishes.topics == ("bosai",)
    assert not resident.wishes.paused


@pytest.mark.parametrize("words", ["お知らせをもう一度受け取りたい", "通知の再開", "市のお知らせをまた届けてください"])
def test_who_had_stopped_everything_begins_again_in_their_own_words(resident, words):
    resident.wishes = Wishes(topics=("gomi",), paused=True, since=resident.now)

    resident.say(words)

    assert resident.wishes == Wishes(topics=("gomi",), since=resident.now)


@pytest.mark.parametrize("words", ["お知らせが来ない", "市からのお知らせが届きません", "お知らせが届かなくなりました"])
def test_who_misses_notices_sees_what_they_have_chosen(resident, words):
    on_line = resident.hears(words)
    resident.channel = "web"

    assert "お知らせの設定です" in on_line
    assert "お知らせは LINE に" not in resident.hears(words), "on the web it may be one on paper"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("子育ての通知がほしい", "「子育て」をお知らせします"),
        ("夜は通知しないで", "お知らせを止める時間"),
        ("夜中に送らないでください", "お知らせを止める時間"),
        ("お知らせを英語で読みたい", "お知らせを読むことば"),
        ("お知らせの地域を変えたい", "お住まいの地域"),
        ("お知らせの登録を削除したい", "まだ何も残していません"),
        ("お知らせの設定を書き出して", "まだ何も残していません"),
    ],
)
def test_what_is_wanted_may_be_said_in_one_sentence(resident, words, said):
    assert said in resident.hears(words)


@pytest.mark.parametrize(
    "words",
    [
        "ごみの通知書が届かない",
        "税金の通知が来ない",
        "夜うるさい",
        "夜は電話しないで",
        "防災無線を止めて",
    ],
)
def test_what_only_sounds_like_it_changes_nothing(resident, words):
    response = resident.say(words)

    assert response.wishes is None
    assert response.recorded != "（お知らせの設定）"


def test_the_menu_leads_to_the_settings_on_line_alone(resident):
    resident.sees("メニュー")
    on_line = [label for label, _ in resident.shown]
    resident.channel = "web"
    resident.sees("メニュー")

    assert "お知らせの設定" in on_line
    assert "お知らせの設定" not in [label for label, _ in resident.shown]


def test_who_says_that_it_is_too_much_sees_how_to_have_less(resident):
    response = resident.say("お知らせが多すぎます")

    said = plain_text(response.reply)
    assert "お知らせが多くて、申しわけありません。" in said
    assert "すべて止める" in said
    assert response.complains
    assert response.heard == "（お知らせの設定）"
    assert not resident.wishes.paused


def test_few_words_complain_only_out_of_the_blue(resident):
    first, second = resident.say("うるさい"), resident.say("うるさい")

    assert (first.complains, second.complains) == (True, False)
    assert resident.say("メニュー").complains is False


@pytest.mark.parametrize("state", ["waiting", "staff"])
def test_who_complains_while_a_person_has_the_talk_sees_the_way_out_and_is_read(resident, state):
    owner = Owner(state, 1, 0, "市民課")

    response = resident.sees("市からの通知が多すぎます", owner=owner)
    way_out = next(value for label, value in resident.shown if label == "すべて止める")
    resident.say(owner=owner, kind="choice", choice=way_out)

    assert resident.wishes.paused
    assert "お知らせが多くて、申しわけありません。" in plain_text(response.reply)
    assert response.complains
    assert (response.heard, response.recorded) == ("", "（お知らせの設定）")
    assert not resident.say("うるさい", owner=owner).complains, "that is said to the person"


def test_in_the_chat_of_the_web_nobody_complains_of_notices(resident):
    resident.channel = "web"

    assert not resident.say("お知らせが多すぎます").complains


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


def test_a_longer_name_is_not_taken_for_the_shorter_one_in_it():
    notices = Notices(
        topics=(NoticeTopic(id="bosai", title="防災"), NoticeTopic(id="kunren", title="防災訓練")),
    )

    assert [topic.id for topic in topics_named("防災訓練だけ", notices)] == ["kunren"]
    assert [topic.id for topic in topics_named("防災訓練と防災", notices)] == ["bosai", "kunren"]


def test_an_old_button_does_what_it_says_however_often_it_is_pressed(resident):
    for _ in range(2):
        resident.say(kind="choice", choice="wish:topic:gomi:on")

    assert "gomi" in resident.wishes.topics


@pytest.mark.parametrize(
    ("language", "name"),
    [("ja", "北地区"), ("easy", "北(きた)地区(ちく)"), ("en", "North District"), ("vi", "North District")],
)
def test_an_area_is_named_in_the_readers_letters(language, name):
    area = Area(id="kita", name="北地区", kana="きたちく", easy="北(きた)地区(ちく)", en="North District")

    assert area.said(language) == name
    assert area.model_copy(update={"en": None, "easy": None}).said("en") == "北地区(きたちく)"
    assert area_named("north district", Notices(areas=(area,))) == area


@pytest.mark.parametrize(
    ("words", "area"), [("本町2丁目です", "chuo"), ("北本町", "kita"), ("きたちく", "kita"), ("1", "chuo")]
)
def test_an_area_is_found_by_its_towns_its_name_or_its_number(resident, words, area):
    resident.say("お知らせの設定")
    resident.say("2")

    said = resident.hears(words)

    assert resident.wishes.area == area
    assert "地域を" in said


def test_birth_months_are_typed_as_people_write_them(resident):
    resident.sees("お知らせの設定")
    resident.press("お子さんの生まれた月")

    said = resident.hears("令和6年5月と2022年1月")

    assert resident.wishes.facts == (("child", "2022-01"), ("child", "2024-05"))
    assert "2022年1月、2024年5月" in said


def test_a_month_that_no_child_can_have_is_asked_for_again(resident):
    resident.sees("お知らせの設定")
    resident.press("お子さんの生まれた月")

    said = resident.hears("2031年5月")

    assert resident.wishes.facts == ()
    assert "「2024年5月」のように" in said


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
