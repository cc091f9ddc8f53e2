"""A drill goes the same way to those who take part, says so in every text, and leaves a report."""

from __future__ import annotations

import pytest

from bot.wishes import Wishes
from tests.console_site import Visitor
from tests.databases import Clock
from tests.disaster.conftest import Bad, fields
from tests.html import read_page, words


def begin(chief: Visitor) -> None:
    assert chief.submit("/disaster", "/disaster/drill").status_code == 303


def test_every_text_of_a_drill_says_so_and_it_reaches_only_who_takes_part(day: Bad, chief: Visitor) -> None:
    begin(chief)
    notice = day.issues(chief)
    link = f"/disaster/notice/{notice.id}/all-clear"
    chief.post(link, fields(chief.get(link).text))

    for one in day.store.notices("test", "disaster"):
        assert one.drill
        assert one.texts["ja"].startswith("【訓練】\n第")
        assert one.texts["easy"].startswith("【訓練(くんれん)】本当(ほんとう)では ありません。")
        assert one.texts["en"].startswith("[DRILL] This is not real.")
        assert (one.audience.everyone, one.audience.topics, one.channels) == (False, ("kunren",), ("line",))


def test_residents_see_nothing_of_a_drill_but_its_own_page(day: Bad, chief: Visitor) -> None:
    begin(chief)
    day.issues(chief)
    chief.submit("/disaster/places", "/disaster/places", {"place": "school", "status_school": "open", "drill": "1"})

    assert "避難指示" not in day.page()
    assert "中央小学校" not in day.page()
    assert day.store.known_places("test").status("school") == "unopened"
    drill = words(read_page(day.page(drill=True)))
    assert "【訓練】これは訓練のページです。本当の災害ではありません。" in drill
    assert "【訓練】第1報" in drill
    assert "【訓練】警戒レベル4 避難指示" in drill, "the heading alone says it, too"
    assert "試験市立中央小学校" in drill

    chief.submit("/disaster", "/disaster/end")
    assert not (day.folder / "data" / "disaster" / "test" / "drill" / "index.html").exists()


def test_the_screen_shows_the_whole_time_that_it_is_a_drill(day: Bad, chief: Visitor) -> None:
    begin(chief)

    for path in ("/disaster", "/disaster/new/evacuation-order", "/disaster/places"):
        assert "訓練中です" in chief.get(path).text


def test_no_drill_begins_during_a_disaster(day: Bad, chief: Visitor) -> None:
    day.issues(chief)

    begin(chief)

    assert "訓練を始められません" in chief.get("/disaster").text
    incident = day.store.open_incident("test")
    assert incident is not None
    assert not incident.drill


@pytest.mark.parametrize("begins_as_drill", [True, False])
def test_a_form_of_before_the_switch_sends_and_changes_nothing(day: Bad, chief: Visitor, begins_as_drill: bool) -> None:
    """Nobody may send the real thing with a button that said 【訓練】, nor a drill in the belief that it was real."""
    if begins_as_drill:
        begin(chief)
    chief.get("/disaster/new/support-desk")
    form = fields(chief.post("/disaster/new/support-desk").text)
    places = {"place": "school", "status_school": "open", **({"drill": "1"} if begins_as_drill else {})}
    chief.submit("/disaster", "/disaster/end" if begins_as_drill else "/disaster/drill")

    for path, sent in (("/disaster/new/support-desk/issue", form), ("/disaster/places", places)):
        assert chief.post(path, sent).headers["Location"].endswith("/disaster")

    assert "訓練が始まったか終わりました" in chief.get("/disaster").text
    assert day.store.notices("test", "disaster") == []
    assert day.store.place_states("test") == day.store.place_states("test", drill=True) == {}


def test_a_real_notice_is_not_followed_up_in_a_drill(day: Bad, chief: Visitor) -> None:
    real = day.issues(chief)
    chief.submit("/disaster", "/disaster/end")
    begin(chief)

    assert chief.get(f"/disaster/notice/{real.id}/all-clear").status_code == 404


def test_the_report_says_who_did_what_when_and_how_long_it_took(day: Bad, chief: Visitor, clock: Clock) -> None:
    begin(chief)
    clock.forward(120)
    chief.get("/disaster/new/evacuation-order")
    form = fields(chief.post("/disaster/new/evacuation-order", {"everywhere": "1", "reason": "flood"}).text)
    form["opened_at"] = str(int(clock.now) - 48)
    chief.post("/disaster/new/evacuation-order/issue", form)
    clock.forward(60)
    for status in ("open", "full"):
        opened = {"place": "school", "status_school": status, "was_school": "unopened", "drill": "1"}
        chief.submit("/disaster/places", "/disaster/places", opened)
        clock.forward(60)
    chief.submit("/disaster/places", "/disaster/water", {"name": "中央公園", "drill": "1"})
    clock.forward(420)
    chief.submit("/disaster", "/disaster/end")

    report = words(read_page(chief.get("/disaster/past/1").text))
    assert "長さ12分" in report
    assert "警戒レベル4 避難指示 危機 花子 2分 48秒" in report
    assert (
        "試験市立中央小学校 開設 危機 花子 3分 試験市立中央小学校 満員 危機 花子 4分 中央公園 開設 危機 花子 5分"
        in report
    ), report
    assert "未開設 危機 花子" not in report, "what the end itself took back is nothing that was practised"
    assert "訓練" in words(read_page(chief.get("/disaster/past").text))


def test_a_resident_who_takes_part_is_counted(day: Bad, chief: Visitor) -> None:
    day.store.set_wishes("test", "U1", Wishes(topics=("kunren",)))

    assert "訓練に参加する人（いま1人）" in chief.get("/disaster").text
