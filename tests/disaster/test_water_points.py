"""Where there is drinking water: staff open a point with its place, residents ask and get the nearest, from memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import escape

import pytest

from bot.dialogue import Conversation
from bot.messages import Inquiry, InquiryKind, Place
from bot.reception import Counter
from bot.respond import respond
from bot.turn import Response
from bot.water import ASKS_FOR_WATER
from faq.content import PLACES_FILE, read_folder
from faq.in_mode import in_mode
from faq.knowledge import Knowledge, build_knowledge
from faq.maps import map_search
from faq.place_states import NOTHING_KNOWN, KnownPlaces, PlaceState
from faq.places import COLUMNS, read_point
from notify.plain_page import PageContent, plain_page
from notify.plain_page_words import PageLanguage
from tests.bot.conftest import MONDAY_MORNING, values, words
from tests.builders import city_files
from tests.console_site import Visitor
from tests.disaster.conftest import SHELTERS, Bad
from tests.html import read_page
from tests.html import words as seen
from tests.running import ROOT

HERE = Place(36.05004, 139.55006)
SEEN = MONDAY_MORNING - timedelta(minutes=20)
PARK = PlaceState("w1", "open", SEEN, "water", "", "中央公園", "試験市中央9番", "9時から17時まで", (36.0541, 139.55))
HALL = PlaceState("w2", "open", SEEN, "water", "1人6リットルまで", "丘の会館", "試験市丘1番", "", (36.0302, 139.53))
TRUCK = PlaceState("w3", "open", SEEN, "water", "", "給水車（北町）", "試験市北町1番")
CLOSED = PlaceState("w4", "closed", SEEN, "water", "", "閉じた所", "", "", (36.05, 139.55))
AFAR = PlaceState("w5", "open", SEEN, "water", "", "遠い会館", "", "", (36.2, 139.55))
FARTHER = PlaceState("w6", "open", SEEN, "water", "", "もっと遠い会館", "", "", (36.3, 139.55))


@pytest.fixture(scope="module")
def usual() -> Knowledge:
    files = city_files({"wording/ja.yaml": None, PLACES_FILE: ",".join(COLUMNS) + "\n" + SHELTERS})
    return build_knowledge(files, read_folder(ROOT / "cities" / "_base"))


@pytest.fixture(scope="module")
def disaster(usual: Knowledge) -> Knowledge:
    return in_mode(usual, "disaster")


def known(*points: PlaceState, sure: bool = True) -> KnownPlaces:
    return KnownPlaces({point.place: point for point in points}, MONDAY_MORNING, sure)


def ask(
    city: Knowledge, places: KnownPlaces, text: str = "", before: Response | None = None, choice: str = ""
) -> Response:
    """What is said to these words, to a button, or to a location; after what was said before."""
    kind: InquiryKind = "text" if text else "choice" if choice else "location"
    there = HERE if kind == "location" else None
    inquiry = Inquiry("test", "U1", "line", kind, "e1", MONDAY_MORNING, text, choice, there)
    talk = Conversation.from_dict(before.conversation.to_dict()) if before else Conversation()
    return respond(inquiry, city, talk, MONDAY_MORNING, Counter(places=lambda: places))


@pytest.mark.parametrize(
    "text",
    [
        "給水所どこ",
        "水もらえる場所",
        "きゅうすいしょ",
        "給水車は来ますか？",
        "水 どこで配ってる",
        "みずくばってる？",
        "飲み水がない",
    ],
)
def test_residents_ask_for_water_in_their_own_words(disaster: Knowledge, text: str) -> None:
    said = words(ask(disaster, known(PARK, CLOSED), text))

    assert "いま水をもらえる所は、次の1か所です。" in said
    assert "■中央公園\n時間：9時から17時まで\n試験市中央9番\n地図：https://www.google.com/maps/" in said
    assert "36.05410%2C139.55000" in said
    assert "閉じた所" not in said


@pytest.mark.parametrize("text", ["where can I get water?", "Is there any drinking water", "water supply point"])
def test_they_ask_in_english_too(text: str) -> None:
    assert ASKS_FOR_WATER.is_asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "水道料金の領収書をもらえますか",
        "水曜日にもらえる資料",
        "給水停止の紙が来た",
        "水漏れの減免の書類をもらいたい",
        "水道の名義を変えたい",
        "水泳教室",
        "水がもらえる所を" + "さがしています" * 10,
    ],
)
def test_what_is_about_the_waterworks_is_no_such_question(text: str) -> None:
    assert not ASKS_FOR_WATER.is_asked(text)


def test_an_open_point_is_told_on_any_day_and_without_one_a_usual_day_is_as_before(usual: Knowledge) -> None:
    assert "中央公園" in words(ask(usual, known(PARK), "給水所どこ"))

    before = ask(usual, NOTHING_KNOWN, "給水所どこ")
    assert before.conversation.awaiting == ""
    assert "給水所はありません" not in words(before)


def test_where_none_is_open_in_a_disaster_it_is_said_kindly_with_the_phone(disaster: Knowledge) -> None:
    said = words(ask(disaster, known(CLOSED), "給水所どこ"))

    assert "ご不便をおかけしています。いま開いている給水所はありません。" in said
    assert "048-000-0000" in said


def test_what_nobody_could_look_up_is_not_said_to_be_closed(disaster: Knowledge) -> None:
    said = words(ask(disaster, replace(NOTHING_KNOWN, sure=False), "給水所どこ"))

    assert "給水所のようすを確かめられません" in said
    assert "給水所はありません" not in said
    assert "048-000-0000" in said


def test_a_location_sent_after_the_question_brings_the_nearest_first(disaster: Knowledge) -> None:
    places = known(FARTHER, AFAR, HALL, PARK, TRUCK)
    first = ask(disaster, places, "水もらえる場所")
    assert "LINEの「＋」から「位置情報」を送るか" in words(first)

    near = ask(disaster, places, before=first)

    said = words(near)
    assert "いま水をもらえる近い所は、次の4か所です（距離は直線）。" in said
    assert (
        said.index("■中央公園（約450m・北）")
        < said.index("■丘の会館（約2.8km・南西）")
        < said.index("遠い会館（約17km")
    )
    assert "もっと遠い会館" not in said
    assert "ほかに1か所あります。" in said
    assert f"■給水車（北町）\n試験市北町1番\n地図：{map_search('試験市北町1番')}" in said, "no point, still a way"
    assert "近い給水所を案内しました" in near.recorded
    assert "中央公園" not in near.recorded


def test_a_location_alone_means_the_shelters_with_the_water_one_press_away(disaster: Knowledge) -> None:
    places = known(PARK, HALL)
    shelters = ask(disaster, places)
    assert "東公園" in words(shelters)
    assert "water:any:36.0500:139.5501" in values(shelters)
    assert all("36.05" not in choice.value for choice in shelters.conversation.offered), "no location is kept"

    near = words(ask(disaster, places, choice="water:any:36.0500:139.5501"))
    assert "■中央公園（約450m・北）" in near
    again = words(ask(disaster, places, "水をもらえる所", before=shelters))
    assert "■中央公園\n" in again, "typed, the button has no location"
    assert "water:" not in " ".join(values(ask(disaster, NOTHING_KNOWN)))


def test_a_city_without_shelters_tells_of_water_near_a_location() -> None:
    bare = build_knowledge(city_files({"wording/ja.yaml": None}), read_folder(ROOT / "cities" / "_base"))

    assert "■中央公園（約450m・北）" in words(ask(bare, known(PARK)))


def test_a_town_that_is_named_is_as_good_as_a_location(disaster: Knowledge) -> None:
    said = words(ask(disaster, known(HALL, PARK), "中央一丁目の給水所"))

    assert said.startswith("「中央一丁目」から近い順に案内します。\nいま水をもらえる近い所は")
    assert "■中央公園（すぐ近く）" in said


def test_what_may_be_old_is_told_as_what_was_known_and_when(disaster: Knowledge) -> None:
    said = words(ask(disaster, known(PARK, sure=False), "給水所"))

    assert "中央公園" in said
    assert "に分かっていたことです" in said
    assert "048-000-0000" in said


def test_of_many_points_two_screens_are_named(disaster: Knowledge) -> None:
    many = [replace(PARK, place=f"w{n}", name=f"給水所{n:02}") for n in range(14)]
    said = words(ask(disaster, known(*many), "給水所"))

    assert "■給水所09" in said
    assert "■給水所10" not in said
    assert "ほかに4か所あります。" in said


@pytest.mark.parametrize("language", ["ja", "easy", "en"])
def test_the_plain_page_has_the_hours_and_a_map_of_each_point(disaster: Knowledge, language: PageLanguage) -> None:
    content = PageContent(disaster.city, MONDAY_MORNING, places=known(PARK, TRUCK, CLOSED))
    page = plain_page(content, language)

    assert "<strong>中央公園</strong> ・ 9時から17時まで ・ 試験市中央9番" in page
    assert "query=36.05410%2C139.55000" in page
    assert escape(map_search("試験市北町1番")) in page
    assert "閉じた所" not in page


def test_the_page_that_is_full_says_how_many_more_there_are(disaster: Knowledge) -> None:
    many = [replace(PARK, place=f"w{n}", name=f"給水所{n}", note="あ" * 100) for n in range(90)]
    page = plain_page(PageContent(disaster.city, MONDAY_MORNING, places=known(*many)), "ja")

    assert len(page.encode()) <= 20_000
    assert "か所。LINE かチャットに「給水所」と町の名前を送ると、近い所が分かります。" in page


@pytest.mark.parametrize(
    ("typed", "point"),
    [
        ("36.0512, 139.5478", (36.0512, 139.5478)),
        ("３６．０５１２、139.5478", (36.0512, 139.5478)),
        ("(36.0512,139.5478)", (36.0512, 139.5478)),
        ("139.5478 36.0512", (36.0512, 139.5478)),
        ("36.0512", None),
        ("48.85, 2.35", None),
        ("nan, 139.5", None),
        ("", None),
    ],
)
def test_a_point_is_read_as_a_map_shows_it(typed: str, point: tuple[float, float] | None) -> None:
    assert read_point(typed) == point


# ── Staff ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def opened(day: Bad, chief: Visitor, **form: str) -> PlaceState:
    answer = chief.submit("/disaster/places", "/disaster/water", form)
    assert answer.status_code == 303, answer.text
    return next(iter(day.store.known_places("test").water))


def test_a_facility_that_is_chosen_brings_its_address_and_its_point(day: Bad, chief: Visitor) -> None:
    water = opened(day, chief, facility="school", hours="9時から17時まで")

    assert (water.name, water.address) == ("試験市立中央小学校", "試験市中央一丁目1番")
    assert (water.point, water.hours) == ((36.0541, 139.55), "9時から17時まで")
    assert "試験市立中央小学校 ・ 9時から17時まで" in seen(read_page(day.page()))
    assert (
        "・試験市立中央小学校（試験市中央一丁目1番、9時から17時まで）" in chief.get("/disaster/new/water-supply").text
    )


def test_the_name_of_a_known_facility_is_enough(day: Bad, chief: Visitor) -> None:
    assert opened(day, chief, name="東公園").point == (36.05, 139.5635)


def test_its_car_park_has_a_name_of_its_own(day: Bad, chief: Visitor) -> None:
    water = opened(day, chief, facility="park", name="東公園の駐車場", address="試験市東町3番")

    assert (water.name, water.address, water.point) == ("東公園の駐車場", "試験市東町3番", (36.05, 139.5635))


def test_a_point_may_be_typed_and_one_that_cannot_be_read_is_asked_for_again(day: Bad, chief: Visitor) -> None:
    wrong = chief.submit("/disaster/places", "/disaster/water", {"name": "交差点", "point": "北のほう", "hours": "昼"})
    assert wrong.status_code == 422
    assert "位置を読めません。" in wrong.text
    assert 'value="北のほう"' in wrong.text, "nothing that was typed is lost"
    assert not day.store.known_places("test").water

    assert opened(day, chief, name="交差点", point="36.05, 139.56").point == (36.05, 139.56)


def test_closed_and_opened_again_it_is_the_same_place(day: Bad, chief: Visitor) -> None:
    water = opened(day, chief, facility="school", hours="9時から")
    for status in ("closed", "open"):
        chief.submit("/disaster/places", "/disaster/water", {"place": water.place, "status": status})

    again = next(iter(day.store.known_places("test").water))
    assert (again.point, again.hours, again.name) == (water.point, water.hours, water.name)


def test_water_of_a_drill_is_told_to_nobody(day: Bad, chief: Visitor) -> None:
    chief.submit("/disaster", "/disaster/drill")
    answer = chief.submit("/disaster/places", "/disaster/water", {"facility": "school", "drill": "1"})

    assert answer.status_code == 303
    assert not day.store.known_places("test").water
    assert "試験市立中央小学校" in day.page(drill=True)
