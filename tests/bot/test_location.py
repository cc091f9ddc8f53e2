"""A resident sends a location: the three nearest places to flee to, and nothing kept of where they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from bot.messages import Choices, Inquiry, Place
from bot.shelters import Whereabouts, without_place
from desk import decide
from faq.content import PLACES_FILE, read_folder
from faq.knowledge import Knowledge, build_knowledge
from faq.nearest import DIRECTIONS
from faq.place_states import NOTHING_KNOWN, KnownPlaces
from faq.places import COLUMNS, HAZARDS, Hazard
from faq.reader import read_wording
from handlers.line.limits import problems
from handlers.line.messages import render
from store.records_cases import Remembered
from tests.bot.conftest import MONDAY_MORNING, Talk, labels, texts, values, words
from tests.builders import city_files

BASE = Path(__file__).parents[2] / "cities" / "_base"
HERE = Place(36.05004, 139.55006, "さとうの家", "試験市中央1-2-3")
ROWS = """\
school,中央小学校,チュウオウショウガッコウ,試験市中央1番,36.0541,139.55,no,yes,no,yes,no,no,no,no,yes,300,
park,東公園,ヒガシコウエン,試験市東2番,36.05,139.5635,no,no,no,yes,no,yes,no,no,no,,建物はありません
hill,丘の上中学校,オカノウエチュウガッコウ,試験市丘3番,36.0302,139.53,yes,no,no,yes,no,no,yes,no,yes,500,
gym,北体育館,キタタイイクカン,,36.14,139.55,yes,no,no,yes,no,no,no,no,yes,800,
hall,福祉会館,フクシカイカン,試験市中央4番,36.0501,139.55,no,no,no,no,no,no,no,no,yes,50,
"""


def city_with(rows: str) -> Knowledge:
    table = ",".join(COLUMNS) + "\n" + rows
    return build_knowledge(city_files({"wording/ja.yaml": None, PLACES_FILE: table}), read_folder(BASE))


@pytest.fixture(scope="module")
def city() -> Knowledge:
    return city_with(ROWS)


@pytest.fixture
def talk(city: Knowledge) -> Talk:
    return Talk(city)


def send_location(talk: Talk, place: Place | None = HERE):
    return talk.say(kind="location", place=place)


def test_the_three_nearest_are_named_with_distance_direction_address_and_map(talk):
    said = words(send_location(talk))

    assert (
        said.index("中央小学校（約450m・北）")
        < said.index("東公園（約1.2km・東）")
        < said.index("丘の上中学校（約2.8km・南西）")
    )
    assert "試験市中央1番\n使える災害：土砂くずれ、地震" in said
    assert "https://www.google.com/maps/search/?api=1&query=36.05410%2C139.55000" in said
    assert "注意：建物はありません" in said
    assert "北体育館" not in said


def test_nobody_is_told_that_a_place_is_open(talk):
    said = words(send_location(talk))

    assert "開いているかどうかは、ここでは分かりません" in said
    assert "https://www.city.test.example.jp" in said
    assert "位置情報は保存していません" in said


def test_a_place_to_stay_afterwards_is_not_a_place_to_flee_to(talk):
    assert "福祉会館" not in words(send_location(talk))


def test_a_city_that_lists_only_places_to_stay_names_those():
    only_to_stay = city_with("hall,福祉会館,,,36.0501,139.55,no,no,no,no,no,no,no,no,yes,50,\n")

    said = words(send_location(Talk(only_to_stay)))

    assert "福祉会館（すぐ近く）" in said
    assert "使える災害" not in said


def test_the_buttons_are_the_disasters_the_city_has_places_for_and_the_way_on(talk):
    shown = labels(send_location(talk))

    assert shown == ["洪水", "土砂くずれ", "地震", "大きな火事", "分野から選ぶ", "人に聞く"]


def test_a_disaster_ranks_again_from_the_same_place(talk):
    first = send_location(talk)

    flood = talk.press(values(first)[0])

    said = words(flood)
    assert "「洪水」のときに使える" in said
    assert said.index("丘の上中学校") < said.index("北体育館（約10km・北）")
    assert "中央小学校" not in said
    assert "洪水" not in labels(flood)
    back = talk.press(values(flood)[labels(flood).index("どの災害でも")])
    assert words(back) == words(first)


def test_where_the_resident_is_stands_rounded_in_the_buttons_and_nowhere_else(talk):
    response = send_location(talk)

    assert values(response)[0] == "shelter:flood:36.0500:139.5501"
    remembered = json.dumps(response.conversation.to_dict(), ensure_ascii=False)
    assert "shelter:flood" in remembered
    assert "36.05" not in remembered
    assert "139.55" not in remembered


@pytest.mark.parametrize("pressed", [False, True], ids=["sent", "pressed"])
def test_what_is_recorded_holds_neither_the_point_nor_the_places(city, pressed):
    class NoMemory:
        def remembered(self, _city: str, _resident: str) -> Remembered:
            return Remembered()

        def known_places(self, _city: str) -> KnownPlaces:
            return NOTHING_KNOWN

    event = (
        {"kind": "choice", "choice": "shelter:flood:36.0500:139.5501"}
        if pressed
        else {"kind": "location", "place": HERE}
    )
    inquiry = Inquiry("test", "U1", "line", event_id="e1", at=MONDAY_MORNING, **event)

    outcome, reply = decide(inquiry, lambda _: city, NoMemory(), MONDAY_MORNING)

    kept = repr((outcome.turn, outcome.conversation, outcome.case))
    assert "丘の上中学校" in repr(reply)
    for secret in ("36.05", "139.55", "丘の上中学校", "km", "さとうの家", "1-2-3"):
        assert secret not in kept
    assert "避難場所を案内しました" in outcome.turn.reply_text
    assert outcome.turn.text == ("shelter:flood" if pressed else "")


@pytest.mark.parametrize("typed", ["洪水", "1", "１"])
def test_typed_words_of_a_button_ask_for_the_place_again_because_it_was_not_kept(talk, typed):
    send_location(talk)

    assert "もういちど送ってください" in words(talk.say(typed))


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "flood",
        "flood:1:2",
        "flood:36.05",
        "flood:x:y",
        "any:36.05:139.55:1",
        "flood:inf:139.55",
        "flood:139.55:36.05",
    ],
)
def test_a_button_without_a_point_in_japan_asks_for_the_place_again(talk, rest):
    response = talk.press(f"shelter:{rest}")

    assert "もういちど送ってください" in words(response)
    assert "人に聞く" in labels(response)


def test_an_unknown_disaster_is_read_as_none():
    assert Whereabouts.read("meteor:36.05:139.55") == Whereabouts(36.05, 139.55)


def test_too_far_away_is_said_kindly_with_the_phone(talk):
    response = send_location(talk, Place(43.06, 141.35))

    assert "30km以内に、試験市の避難場所はありませんでした" in words(response)
    assert "048-000-0000" in words(response)
    assert labels(response) == ["分野から選ぶ", "人に聞く"]


def test_no_place_for_a_disaster_nearby_offers_the_others(talk):
    response = talk.press("shelter:tsunami:36.05:139.55")

    assert "「津波」のときに使える避難場所は、30km以内に見つかりませんでした" in words(response)
    assert "洪水" in labels(response)
    assert "048-000-0000" in words(response)


def test_only_places_within_reach_are_named():
    far = city_with(ROWS.splitlines()[0] + "\nfar,遠い学校,,,36.4,139.55,yes,no,no,yes,no,no,no,no,yes,1,\n")

    said = words(send_location(Talk(far)))

    assert "次の1か所" in said
    assert "遠い学校" not in said


def test_easy_japanese_has_the_reading_of_every_place(talk):
    talk.say("やさしい日本語で")

    response = send_location(talk)

    assert "中央小学校(ちゅうおうしょうがっこう)" in words(response)
    assert "北(きた)" in words(response)
    assert labels(response)[0] == "洪水(こうずい)"
    assert all(block.language == "easy" for block in response.reply.blocks)


def test_a_city_without_places_answers_as_before(small_city):
    response = send_location(Talk(small_city))

    assert "位置情報を受け取りました" in texts(response)[0]


def test_a_location_without_a_point_is_answered_too(talk):
    assert "位置情報を受け取りました" in texts(send_location(talk, None))[0]


def test_what_was_asked_before_is_not_given_to_a_person_afterwards(talk):
    talk.say("転入届の出し方")
    send_location(talk)

    response = talk.press("person")

    assert response.person is None
    assert response.conversation.awaiting == "question"


def test_the_longest_places_fit_into_line():
    name, address, note = "避" * 80, "所" * 150, "注" * 200
    row = "{},{},,{},36.05,139.55,yes,yes,yes,yes,yes,yes,yes,yes,yes,9,{}\n"
    big = city_with("".join(row.format(n, name, address, note) for n in range(3)))

    messages = render(send_location(Talk(big)).reply, lambda key, language, **_: key)

    assert problems(messages) == []
    assert any(message["type"] == "flex" for message in messages)


def test_the_disasters_are_a_numbered_list_that_a_computer_shows_too(talk):
    choices = next(block for block in send_location(talk).reply.blocks if isinstance(block, Choices))

    assert choices.style == "candidates"


def test_other_buttons_are_kept_whole():
    assert without_place("entry:moving-in") == "entry:moving-in"
    assert without_place("helpful:a:yes") == "helpful:a:yes"


@pytest.mark.parametrize("language", ["ja", "easy"])
def test_every_disaster_and_direction_has_its_word(language):
    said, _ = read_wording("w", (BASE / "wording" / f"{language}.yaml").read_text(encoding="utf-8"))
    ends = ("north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")

    assert {f"shelter_{name}" for name in (*HAZARDS, *ends)} <= set(said)
    assert len(ends) == len(DIRECTIONS)
    assert get_args(Hazard) == HAZARDS
