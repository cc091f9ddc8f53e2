"""The three nearest that are open and safe for this disaster, from a location or from the name of a place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.dialogue import Conversation
from bot.messages import Inquiry, Place
from bot.open_shelters import ASKS_FOR_SHELTERS
from bot.place_names import named_point
from bot.reception import Counter
from bot.respond import respond
from faq.content import PLACES_FILE, read_folder
from faq.knowledge import Knowledge, build_knowledge
from faq.place_states import KnownPlaces, PlaceState
from faq.places import COLUMNS, Hazard
from tests.bot.conftest import MONDAY_MORNING, words
from tests.builders import CITY_YAML, city_files
from tests.running import ROOT

AREAS = """\
notices:
  areas:
    - {id: higashi, name: 東地区, kana: ひがしちく, towns: [東町, 新田]}
"""
ROWS = """\
school,試験市立中央小学校,チュウオウショウガッコウ,試験市中央一丁目1番,36.0541,139.55,no,yes,no,yes,no,no,no,no,yes,300,
park,東公園,ヒガシコウエン,試験市東町2番,36.05,139.5635,no,no,no,yes,no,yes,no,no,no,,
hill,丘の上中学校,オカノウエチュウガッコウ,試験市丘3番,36.0302,139.53,yes,no,no,yes,no,no,yes,no,yes,500,
gym,北体育館,キタタイイクカン,試験市北町9番,36.14,139.55,yes,no,no,yes,no,no,no,no,yes,800,
hall,福祉会館,フクシカイカン,試験市中央一丁目4番,36.0501,139.55,no,no,no,no,no,no,no,no,yes,50,
"""
HERE = Place(36.05004, 139.55006)
SEEN = MONDAY_MORNING - timedelta(minutes=20)


@pytest.fixture(scope="module")
def city() -> Knowledge:
    files = {"wording/ja.yaml": None, PLACES_FILE: ",".join(COLUMNS) + "\n" + ROWS, "city.yaml": CITY_YAML + AREAS}
    return build_knowledge(city_files(files), read_folder(ROOT / "cities" / "_base"))


def known(sure: bool = True, hazards: tuple[Hazard, ...] = (), **states: str) -> KnownPlaces:
    found = {place: PlaceState(place, status, SEEN) for place, status in states.items()}  # type: ignore[arg-type]
    return KnownPlaces(found, MONDAY_MORNING, sure, frozenset(hazards))


def ask(city: Knowledge, places: KnownPlaces, text: str = "", hazard: str = "") -> str:
    kind = "text" if text else "choice" if hazard else "location"
    inquiry = Inquiry(
        "test", "U1", "widget", kind, "e1", MONDAY_MORNING, text, hazard, HERE if kind == "location" else None
    )
    return words(respond(inquiry, city, Conversation(), MONDAY_MORNING, Counter(places=lambda: places)))


def test_once_a_place_is_open_only_open_ones_are_named_with_the_time_of_the_news(city: Knowledge) -> None:
    said = ask(city, known(hill="open", gym="open"))

    assert "いま開いている近い避難所は、次の2か所です" in said
    assert said.index("丘の上中学校（約2.8km・南西）") < said.index("北体育館（約10km・北）")
    assert "いま開いています（8時40分の知らせ）" in said or "の知らせ）" in said
    assert "中央小学校" not in said
    assert "google.com/maps" in said


def test_a_full_place_is_named_as_full_and_nobody_is_sent_there(city: Knowledge) -> None:
    said = ask(city, known(school="full", park="closed", hill="open"))

    assert "満員で入れない所：試験市立中央小学校" in said
    assert "■試験市立中央小学校" not in said
    assert "東公園" not in said


def test_a_full_place_farther_away_than_the_open_ones_is_no_news(city: Knowledge) -> None:
    assert "満員" not in ask(city, known(school="open", gym="full"))


def test_open_is_not_enough_where_it_is_not_safe_for_this_disaster(city: Knowledge) -> None:
    said = ask(city, known(school="open", hill="open"), hazard="shelter:flood:36.0500:139.5501")

    assert "いま開いていて、「洪水」のときに使える近い避難所は、次の1か所です" in said
    assert "中央小学校" not in said


def test_where_none_that_is_open_is_safe_the_nearest_safe_ones_are_named_as_not_open(city: Knowledge) -> None:
    said = ask(city, known(school="open", gym="closed"), hazard="shelter:flood:36.0500:139.5501")

    assert said.index("いま開いていて入れる避難所は、近くに見つかりませんでした") < said.index("丘の上中学校")
    assert "北体育館" not in said


@pytest.mark.parametrize("text", ["", "東町の避難所"], ids=["location", "name"])
def test_who_names_no_disaster_is_led_to_what_is_safe_in_the_one_that_goes_on(city: Knowledge, text: str) -> None:
    said = ask(city, known(hazards=("flood",)), text=text)

    assert "いま「洪水」の危険があります。\n「洪水」のときに使える近い避難場所は" in said
    assert "丘の上中学校" in said
    assert "中央小学校" not in said
    assert "東公園" not in said


def test_a_place_has_to_be_safe_in_every_danger_there_is_and_one_that_the_city_has_no_place_for_counts_not(
    city: Knowledge,
) -> None:
    said = ask(city, known(hazards=("flood", "earthquake", "tsunami")))

    assert "いま「洪水・地震」の危険があります" in said
    assert said.index("丘の上中学校") < said.index("北体育館")
    assert "中央小学校" not in said
    assert "東公園" not in said
    assert "の危険があります" not in ask(city, known(hazards=("tsunami",)))


def test_one_press_shows_every_place_and_another_disaster_is_a_press_away(city: Knowledge) -> None:
    every = ask(city, known(hazards=("flood",)), hazard="shelter:any:36.0500:139.5501")
    quake = ask(city, known(hazards=("flood",)), hazard="shelter:earthquake:36.0500:139.5501")

    assert "中央小学校" in every
    assert "の危険があります" not in every
    assert "「地震」のときに使える近い避難場所" in quake


def test_a_place_to_stay_that_staff_opened_in_this_disaster_is_named(city: Knowledge) -> None:
    said = ask(city, known(hazards=("flood",), hall="open", school="open"))

    assert "福祉会館" in said
    assert "中央小学校" not in said, "open, and under water"


def test_a_place_to_stay_is_named_once_the_city_has_opened_it(city: Knowledge) -> None:
    assert "福祉会館" in ask(city, known(hall="open"))
    assert "福祉会館" not in ask(city, known())


def test_on_any_other_day_nobody_is_told_that_a_place_is_open(city: Knowledge) -> None:
    said = ask(city, known())

    assert "いま開いているかどうかは、ここでは分かりません" in said
    assert "試験市立中央小学校（約450m・北）" in said


def test_what_may_be_old_is_told_as_what_was_known_and_when(city: Knowledge) -> None:
    said = ask(city, known(sure=False, school="open"))

    assert "いまは、新しいようすを確かめられません。" in said
    assert "に分かっていたことです" in said
    assert "048-000-0000" in said
    assert "に確かめたようすです" not in said


@pytest.mark.parametrize(
    ("text", "name", "hazard"),
    [
        ("東町の避難所どこ", "東町", None),
        ("中央1丁目 避難場所", "中央一丁目", None),
        ("中央一丁目の近くのひなんじょ", "中央一丁目", None),
        ("中央の避難所", "中央", None),
        ("東地区 避難所", "東地区", None),
        ("新田 避難所", "新田", None),
        ("中央小学校は開いてますか", "試験市立中央小学校", None),
        ("丘の上中学校 満員？", "丘の上中学校", None),
        ("洪水のとき北町で逃げるところ", "北町", "flood"),
    ],
)
def test_a_name_of_the_city_is_a_point(city: Knowledge, text: str, name: str, hazard: str | None) -> None:
    point = named_point(text, city)

    assert point is not None
    assert (point.name, point.hazard) == (name, hazard)


@pytest.mark.parametrize(
    "text",
    [
        "避難所",
        "避難所にペットは入れる？",
        "中央小学校の転校手続き",
        "東町のごみの日",
        "開いてますか",
        "東町のクーリングシェルター",
    ],
)
def test_without_a_name_or_without_the_wish_to_flee_the_question_is_left_to_others(city: Knowledge, text: str) -> None:
    assert named_point(text, city) is None


def test_a_name_typed_in_the_widget_brings_the_nearest_open_places(city: Knowledge) -> None:
    said = ask(city, known(park="open", hill="open"), text="東町の避難所")

    assert "「東町」から近い順に案内します。" in said
    assert said.index("東公園（すぐ近く）") < said.index("丘の上中学校")


WHERE = """避難所 避難所どこ 近くの避難所 いま開いている避難所は？ 避難所・避難場所はどこか知りたい
ひなんじょは、どこですか どこに逃げればいいですか 今どこが開いてますか、避難所 避難できる場所を教えて 最寄りの避難場所
避难所在哪里 대피소,어디 Where_is_the_nearest_shelter? evacuation_center_open onde_fica_o_abrigo"""
OTHERWISE = """避難所にペットは入れる？ 避難所に何を持っていけばいい 避難所で手伝いたい 福祉避難所はどこ
避難所と避難場所の違い 避難所の駐車場はありますか 避難所のWi-Fiは使えますか
転入届はどこ ごみの日 shelter_for_my_dog 健康センターはどこ
避難所が寒いのですがどこに言えばいいですか 避難所はいつまで開いていますか
クーリングシェルターどこ 夫から逃げる場所を知りたい DVのシェルターはどこ a_women's_shelter_near_here"""


@pytest.mark.parametrize("text", WHERE.split())
def test_who_asks_without_saying_where_they_are_hears_which_are_open(city: Knowledge, text: str) -> None:
    said = ask(city, known(hill="open", gym="full", school="closed"), text=text.replace("_", " "))

    assert "いま開いている避難所は、1か所です。" in said
    assert "■丘の上中学校\n試験市丘3番\n" in said
    assert "満員で入れない所：北体育館" in said
    assert "中央小学校" not in said
    assert "「東町の避難所」のように町の名前を付けて送ると" in said
    assert "google.com/maps" in said
    assert "に確かめたようすです" in said


@pytest.mark.parametrize("text", OTHERWISE.split())
def test_what_is_in_a_shelter_is_answered_by_the_entries(text: str) -> None:
    assert not ASKS_FOR_SHELTERS.is_asked(text.replace("_", " "))


def test_on_any_other_day_the_entries_answer_where_shelters_are(city: Knowledge) -> None:
    for places in (known(), known(school="closed"), known(hazards=("flood",))):
        assert "いま開いている避難所" not in ask(city, places, text="避難所どこ")


def test_in_a_flood_the_list_has_what_is_safe_in_it(city: Knowledge) -> None:
    said = ask(city, known(hazards=("flood",), school="open", hill="open"), text="避難所どこ")

    assert "いま「洪水」の危険があります。\nいま開いている避難所は、1か所です。" in said
    assert "中央小学校" not in said
    none = ask(city, known(hazards=("flood",), school="open"), text="避難所どこ")
    assert "いま開いていて入れる避難所は、近くに見つかりませんでした。" in none
    assert "■" not in none


def test_of_many_open_shelters_two_screens_are_named_and_the_rest_counted() -> None:
    rows = "".join(
        f"s{n},第{n}小学校,ショウ,試験市東町{n}番,36.05,139.5{n},yes,no,no,no,no,no,no,no,no,,\n" for n in range(10, 22)
    )
    files = {"wording/ja.yaml": None, PLACES_FILE: ",".join(COLUMNS) + "\n" + rows, "city.yaml": CITY_YAML}
    big = build_knowledge(city_files(files), read_folder(ROOT / "cities" / "_base"))

    said = ask(big, known(**{f"s{n}": "open" for n in range(10, 22)}), text="避難所どこ")

    assert said.count("■") == 8
    assert "いま開いている避難所は、12か所です。" in said
    assert "ほかに4か所が開いています。" in said


def test_the_button_of_the_entry_begins_with_what_is_open() -> None:
    entry = (
        "category: moving\nfaqs:\n  - {id: shelters, question: 避難所はどこか知りたい, answer: 避難所は38か所です。}\n"
    )
    files = {
        "wording/ja.yaml": None,
        PLACES_FILE: ",".join(COLUMNS) + "\n" + ROWS,
        "city.yaml": CITY_YAML,
        "faq/bosai.yaml": entry,
    }
    city = build_knowledge(city_files(files), read_folder(ROOT / "cities" / "_base"))

    said = ask(city, known(hill="open"), hazard="entry:shelters")

    assert said.index("いま開いている避難所は、1か所です。") < said.index("避難所は38か所です。")
    assert "いま開いている" not in ask(city, known(), hazard="entry:shelters")
