"""「お知らせを止めて」: notices in residents' own words are heard; what only sounds like it changes nothing."""

from __future__ import annotations

import pytest

from bot.handover import Owner
from bot.numbering import plain_text
from bot.wishes import Wishes, area_named, topics_named
from faq.city_notices import Area, Notices, NoticeTopic


@pytest.mark.parametrize("words", ["お知らせの設定", "おしらせ", "通知設定", "お知らせを選ぶ"])
def test_many_words_lead_to_the_settings(resident, words):
    said = resident.hears(words)

    assert "お知らせの設定です" in said
    assert "■分野　防災" in said
    assert "■地域　まだ選んでいません" in said


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


def test_a_longer_name_is_not_taken_for_the_shorter_one_in_it():
    notices = Notices(
        topics=(NoticeTopic(id="bosai", title="防災"), NoticeTopic(id="kunren", title="防災訓練")),
    )

    assert [topic.id for topic in topics_named("防災訓練だけ", notices)] == ["kunren"]
    assert [topic.id for topic in topics_named("防災訓練と防災", notices)] == ["bosai", "kunren"]


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
