"""Staff on a bad day: a button, a look, a press; every channel has it, numbered and with its time."""

from __future__ import annotations

import pytest

from bot.wishes import Wishes
from faq.city_notices import Area, Notices
from faq.disaster_texts import TextLanguage
from handlers.console.disaster_words import Chosen, first_texts
from store.records_accounts import Role
from store.records_notices import Audience, NewNotice
from tests.builders import a_city
from tests.console_site import Visitor
from tests.databases import Clock
from tests.demo_city import the_demo_knowledge
from tests.disaster.conftest import Bad, fields
from tests.html import read_page, words


def test_a_press_sends_the_approved_text_in_three_languages_to_every_channel(day: Bad, chief: Visitor) -> None:
    notice = day.issues(chief, everywhere="", areas=["kita"])

    assert (notice.kind, notice.status, notice.source, notice.title) == (
        "disaster",
        "scheduled",
        "staff",
        "警戒レベル4 避難指示",
    )
    assert set(notice.channels) == {"line", "widget", "page", "feed", "mail"}
    assert notice.audience.everyone
    assert notice.audience.topics == ("bosai",)
    assert notice.texts["ja"].startswith("第1報 ")
    assert "北地区（北町・桜台）に、警戒レベル4「避難指示」を出しました。\n大雨で、川の水が" in notice.texts["ja"]
    assert "いま すぐ 逃(に)げて" in notice.texts["easy"]
    assert (notice.titles["en"], "ja" in notice.titles) == ("Level 4: Everyone, evacuate", False)
    assert notice.texts["en"].startswith("Report 1, 23:13\n\nTo people in 北地区")
    assert "<h3>Level 4: Everyone, evacuate</h3>" in day.page("en")
    assert not any("{" in text for text in notice.texts.values())


def test_areas_are_named_in_the_words_of_each_language() -> None:
    north = Area(
        id="kita", name="北地区", kana="きたちく", easy="北(きた)地区(ちく)", en="North District", towns=("北町",)
    )
    east = Area(id="higashi", name="東地区", kana="ひがしちく", en="East District")
    rest = Area(id="nishi", name="西地区", kana="にしちく")
    texts = the_demo_knowledge().disaster
    assert texts is not None

    def said(*chosen: Area) -> dict[TextLanguage, str]:
        city = a_city(notices=Notices(areas=(north, east, rest)))
        ids = tuple(area.id for area in chosen)
        return first_texts(texts.texts["evacuation-order"], texts, city, Chosen(ids, "flood"))

    both = said(north, east)
    assert both["ja"].startswith("北地区（北町）、東地区に、")
    assert both["easy"].startswith("北(きた)地区(ちく)、東地区(ひがしちく)の 人(ひと)へ")
    assert both["en"].startswith("To people in North District, East District:")
    assert said(rest)["en"].startswith("To people in 西地区:"), "without a name of its own it is named all the same"


def test_the_preview_shows_what_goes_out_to_how_many_and_what_is_changed_there_goes_out(
    day: Bad, chief: Visitor
) -> None:
    chief.get("/disaster/new/evacuation-order")
    preview = chief.post("/disaster/new/evacuation-order", {"everywhere": "1", "reason": "flood"})
    said = words(read_page(preview.text))
    assert "第1報" in said
    assert "LINEの0人" in said.replace(" ", "")
    form = fields(preview.text)
    form["text_ja"] = "すぐに逃げてください。"

    chief.post("/disaster/new/evacuation-order/issue", form)

    assert day.newest().texts["ja"].endswith("分\n\nすぐに逃げてください。")


def test_a_button_pressed_twice_is_one_report(day: Bad, chief: Visitor) -> None:
    chief.get("/disaster/new/support-desk")
    form = fields(chief.post("/disaster/new/support-desk").text)

    for _ in range(2):
        assert chief.post("/disaster/new/support-desk/issue", form).status_code == 303

    incident = day.store.open_incident("test")
    assert incident is not None
    assert [report.number for report in day.store.reports("test", incident.id)] == [1]
    assert len(day.store.notices("test", "disaster")) == 1


def test_reports_count_on_and_the_page_of_staff_lists_them_with_their_times(
    day: Bad, chief: Visitor, clock: Clock
) -> None:
    day.issues(chief)
    clock.forward(300)
    day.issues(chief, "support-desk")

    said = words(read_page(chief.get("/disaster").text))
    assert said.index("第2報 23時18分") < said.index("第1報 23時13分")
    assert "危機 花子さん" in said


@pytest.mark.parametrize(
    ("text_id", "form", "missing"),
    [
        ("evacuation-order", {"reason": "flood"}, "地域を選んでください"),
        ("evacuation-order", {"everywhere": "1"}, "わけを選んでください"),
        ("evacuation-order", {"areas": "atlantis", "reason": "flood"}, "地域を選んでください"),
        ("shelter-opened", {"places": " "}, "場所を書いてください"),
    ],
)
def test_what_is_missing_is_asked_for_before_anything_goes_out(
    day: Bad, chief: Visitor, text_id: str, form: dict[str, str], missing: str
) -> None:
    answer = chief.submit(f"/disaster/new/{text_id}", f"/disaster/new/{text_id}", form)

    assert answer.status_code == 422
    assert missing in answer.text
    assert day.store.notices("test", "disaster") == []


@pytest.mark.parametrize("text", ["", "あ" * 1501])
def test_an_empty_or_endless_text_does_not_go_out(day: Bad, chief: Visitor, text: str) -> None:
    chief.get("/disaster/new/support-desk")
    form = fields(chief.post("/disaster/new/support-desk").text)

    answer = chief.post("/disaster/new/support-desk/issue", {**form, "text_easy": text})

    assert answer.status_code == 422
    assert "やさしい日本語の文が" in answer.text
    assert day.store.notices("test", "disaster") == []


def test_only_those_of_the_area_when_staff_want_it(day: Bad, chief: Visitor) -> None:
    notice = day.issues(chief, everywhere="", areas=["kita"], only_areas="1")

    assert (notice.audience.everyone, notice.audience.topics, notice.audience.areas) == (False, ("bosai",), ("kita",))


def test_a_correction_is_two_clicks_and_stops_the_wrong_one(day: Bad, chief: Visitor) -> None:
    wrong = day.issues(chief)
    listed = chief.get("/disaster").text
    link = f"/console/test/disaster/notice/{wrong.id}/correction"
    assert f'href="{link}"' in listed

    shown = chief.get(link)  # the first click
    sent = chief.post(link, fields(shown.text))  # the second

    assert sent.status_code == 303
    right, stopped = day.newest(), day.store.notice("test", wrong.id)
    assert stopped is not None
    assert (right.mark, right.original, stopped.status) == ("correction", wrong.id, "stopped")
    assert "第1報「警戒レベル4 避難指示」は、まちがいでした。取り消します。" in right.texts["ja"]
    assert right.texts["ja"].startswith("第2報 ")
    assert '"Level 4: Everyone, evacuate", was a mistake' in right.texts["en"]
    assert "警戒レベル4「避難指示」を出しました" not in day.page()
    assert "【訂正】警戒レベル4 避難指示" in day.page()
    assert [one.id for one in day.store.related_notices("test", right.id)] == [wrong.id, right.id]


def test_a_wrong_correction_is_corrected_and_all_of_it_stays_together(day: Bad, chief: Visitor) -> None:
    first = day.issues(chief)
    for _ in range(2):
        link = f"/disaster/notice/{day.newest().id}/correction"
        chief.post(link, fields(chief.get(link).text))

    related = day.store.related_notices("test", first.id)
    assert [(one.mark, one.original, one.status) for one in related] == [
        ("", 0, "stopped"),
        ("correction", first.id, "stopped"),
        ("correction", first.id, "scheduled"),
    ]


def test_an_all_clear_is_two_clicks_and_leaves_the_original_as_over(day: Bad, chief: Visitor) -> None:
    original = day.issues(chief)
    link = f"/disaster/notice/{original.id}/all-clear"

    chief.post(link, fields(chief.get(link).text))

    assert (day.newest().mark, day.newest().original) == ("all_clear", original.id)
    page = words(read_page(day.page()))
    assert "【解除】警戒レベル4 避難指示" in page
    assert "警戒レベル4 避難指示 （解除しました）" in page
    assert link not in chief.get("/disaster").text, "what is over cannot be lifted again"


def test_what_made_nobody_leave_ends_without_a_way_home(day: Bad, chief: Visitor) -> None:
    desk = day.issues(chief, "support-desk")
    link = f"/disaster/notice/{desk.id}/all-clear"

    chief.post(link, fields(chief.get(link).text))

    ended = day.newest()
    assert (ended.mark, ended.original) == ("all_clear", desk.id)
    assert "第1報「生活の支援の相談を受けます」は、終わりました。" in ended.texts["ja"]
    assert not any("家に戻る" in text or "way home" in text for text in ended.texts.values())


@pytest.mark.parametrize("which", ["correction", "all-clear"])
def test_who_heard_of_it_hears_what_became_of_it_and_nobody_else(day: Bad, chief: Visitor, which: str) -> None:
    for resident, area in (("U1", "kita"), ("U2", "higashi")):
        day.store.set_wishes("test", resident, Wishes(topics=("bosai",), area=area))
    original = day.issues(chief, everywhere="", areas=["kita"], only_areas="1")
    link = f"/disaster/notice/{original.id}/{which}"

    shown = chief.get(link)
    chief.post(link, fields(shown.text))

    assert "LINEの1人" in words(read_page(shown.text)).replace(" ", "")
    assert day.newest().audience == original.audience
    assert day.newest().channels == original.channels


def test_what_a_telegram_told_is_corrected_where_it_was_told(day: Bad, chief: Visitor) -> None:
    audience = Audience(topics=("bosai",), areas=("kita",))
    new = NewNotice(
        "test", "disaster", "bosai", "大雨", {"ja": "文"}, audience, ("line", "page"), source="feed", source_key="jma"
    )
    told = day.store.issue_notice("test", day.store.put_notice(new, 0).id, 0)
    link = f"/disaster/notice/{told.id}/correction"

    shown = chief.get(link)
    chief.post(link, fields(shown.text))

    assert "ホームページ・災害のページへ、同時に出します。" in shown.text
    assert (day.newest().audience, day.newest().channels) == (audience, ("line", "page"))


def test_a_notice_of_nobody_or_of_another_kind_cannot_be_followed_up(day: Bad, chief: Visitor) -> None:
    assert chief.get("/disaster/notice/99/correction").status_code == 404


def test_before_the_end_staff_see_what_it_takes_back_and_which_orders_still_stand(day: Bad, chief: Visitor) -> None:
    order = day.issues(chief)
    day.issues(chief, "support-desk")
    form = {"place": ["school", "hill"], "status_school": "open", "status_hill": "full"}
    chief.submit("/disaster/places", "/disaster/places", form)
    assert 'href="/console/test/disaster/end"' in chief.get("/disaster").text, "one press alone ends nothing"

    said = words(read_page(chief.get("/disaster/end").text))

    assert "避難所2か所と給水所0か所が、すべて未開設に戻ります" in said
    assert "まだ解除していない避難の情報があります。" in said
    assert "第1報 23時13分 警戒レベル4 避難指示 解除" in said
    assert "生活の支援" not in said
    assert day.store.open_incident("test") is not None

    link = f"/disaster/notice/{order.id}/all-clear"
    chief.post(link, fields(chief.get(link).text))
    assert "まだ解除していない" not in chief.get("/disaster/end").text
    assert chief.submit("/disaster/end", "/disaster/end").status_code == 303
    assert chief.get("/disaster/end").headers["Location"].endswith("/disaster")


@pytest.mark.parametrize(
    ("role", "reads", "places", "issues"),
    [("担当", 200, 200, 403), ("編集", 200, 403, 403), ("承認", 200, 200, 200), ("監査", 200, 403, 403)],
)
def test_who_may_do_what(day: Bad, role: Role, reads: int, places: int, issues: int) -> None:
    visitor = day.site.as_role(role)

    asked = [visitor.get(f"/disaster{path}").status_code for path in ("", "/places", "/new/evacuation-order")]

    assert asked == [reads, places, issues]


def test_everything_that_was_done_stands_in_the_log_in_japanese(day: Bad, chief: Visitor) -> None:
    day.issues(chief)
    chief.submit("/disaster/places", "/disaster/places", {"place": "school", "status_school": "open"})
    chief.submit("/disaster", "/disaster/end")

    admin = day.site.as_role("管理")
    log = words(read_page(admin.get("/audit").text))
    for said in (
        "災害の対応を始めた",
        "災害の知らせの番号を取った",
        "避難所・給水所の状況を変えた",
        "災害の対応を終えた",
    ):
        assert said in log


def test_a_place_that_staff_open_is_told_to_residents_at_once_and_a_colleagues_change_stays(
    day: Bad, chief: Visitor
) -> None:
    other = day.site.as_role("担当")
    other.get("/disaster/places")
    chief.submit(
        "/disaster/places", "/disaster/places", {"place": "hill", "status_hill": "full", "was_hill": "unopened"}
    )

    form = {
        "place": ["school", "hill"],
        "status_school": "open",
        "was_school": "unopened",
        "note_school": "体育館だけ",
        "status_hill": "unopened",  # as the page showed it when it was made
        "was_hill": "unopened",
    }
    other.post("/disaster/places", form)

    known = day.store.known_places("test")
    assert (known.status("school"), known.status("hill")) == ("open", "full")
    page = words(read_page(day.page()))
    assert "開いている避難所試験市立中央小学校 ・ 試験市中央一丁目1番 ・ 体育館だけ" in page
    assert "満員の避難所（入れません）丘の上中学校" in page


def test_from_the_list_of_shelters_straight_to_the_text_about_them(day: Bad, chief: Visitor) -> None:
    form = {"place": "school", "status_school": "open", "was_school": "unopened", "then": "tell"}
    on = chief.submit("/disaster/places", "/disaster/places", form)

    assert on.headers["Location"].endswith("/disaster/new/shelter-opened?place=school")
    assert "・試験市立中央小学校（試験市中央一丁目1番）" in chief.get(on.headers["Location"]).text


def test_a_water_point_is_added_named_on_the_page_and_closed_again(day: Bad, chief: Visitor) -> None:
    added = {"name": "中央公園", "address": "試験市中央9番", "note": "9時から17時まで"}
    chief.submit("/disaster/places", "/disaster/water", added)
    assert "水をもらえる所中央公園 ・ 試験市中央9番 ・ 9時から17時まで" in words(read_page(day.page()))
    assert "・中央公園（試験市中央9番、9時から17時まで）" in chief.get("/disaster/new/water-supply").text

    place = next(iter(day.store.place_states("test")))
    chief.post("/disaster/water", {"place": place, "status": "closed"})

    assert "中央公園" not in words(read_page(day.page()))
    assert chief.submit("/disaster/places", "/disaster/water", {"name": " "}).status_code == 422


def test_when_it_is_over_the_shelters_are_as_on_any_other_day(day: Bad, chief: Visitor) -> None:
    day.issues(chief)
    chief.submit("/disaster/places", "/disaster/places", {"place": "school", "status_school": "open"})

    ended = chief.submit("/disaster", "/disaster/end")

    assert ended.headers["Location"].endswith("/disaster/past/1")
    assert not day.store.known_places("test").in_use
    assert "いま開いている避難所はありません" in day.page()
