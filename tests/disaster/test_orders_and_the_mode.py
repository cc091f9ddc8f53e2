"""An order to evacuate makes the mode 災害 where the city wants it so, offers it elsewhere, and never in a drill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from faq.content import PLACES_FILE
from faq.library import Library, Source
from faq.places import COLUMNS
from store import open_store
from store.errors import NoticeConflict
from store.modes import Mode
from tests.builders import CITY_YAML, write_city
from tests.console_site import Visitor, a_console
from tests.databases import Clock
from tests.disaster.conftest import ALERTS_YAML, NOTICES_YAML, SHELTERS, Bad, fields
from tests.html import read_page, words
from tests.running import ROOT

OFFER = "モードを「災害」にする"


@pytest.fixture(scope="module")
def switching_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    files = {
        "city.yaml": CITY_YAML + NOTICES_YAML,
        "disaster.yaml": ALERTS_YAML + "mode_with_orders: はい\n",
        PLACES_FILE: ",".join(COLUMNS) + "\n" + SHELTERS,
    }
    folder = write_city(tmp_path_factory.mktemp("switching-cities"), "test", files)
    library = Library({"test": Source(folder, ROOT / "cities" / "_base")})
    library.check_now()
    return library


@pytest.fixture
def bold(switching_library: Library, sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[Bad]:
    """A city whose mode goes with its orders."""
    with open_store(sqlite_url, clock=clock) as opened:
        yield Bad(a_console(opened, switching_library, tmp_path, clock, TOTP_ROLES="なし"), tmp_path)


def a_chief(day: Bad) -> Visitor:
    return day.site.as_staff(day.site.hire("承認", "test", ("総合案内",), name="危機 花子"))


def put(day: Bad, mode: Mode) -> None:
    day.store.change_mode(day.store.mode("test"), mode, who="rule:test")


def switched(day: Bad) -> list[tuple[str, object]]:
    rows = day.store.audit_rows("test")
    return [(row.who, row.detail["mode"]) for row in rows if row.action == "mode.change"]


@pytest.mark.parametrize("text_id", ["evacuation-elderly", "evacuation-order", "evacuation-emergency"])
@pytest.mark.parametrize("before", ["normal", "alert"])
def test_an_order_makes_the_mode_in_the_same_action(bold: Bad, before: Mode, text_id: str) -> None:
    put(bold, before)
    chief = a_chief(bold)
    chief.get(f"/disaster/new/{text_id}")
    preview = chief.post(f"/disaster/new/{text_id}", {"everywhere": "1", "reason": "flood"})
    assert "同時に、モードを「災害」にします。" in preview.text, "said before the button"

    chief.post(f"/disaster/new/{text_id}/issue", fields(preview.text))

    now = bold.store.mode("test")
    assert now.mode == "disaster"
    assert "に合わせて" in now.reason
    assert now.remind_at is not None
    who, mode = switched(bold)[0]
    assert (who, mode) == (f"staff:{now.changed_by}", "災害")
    after = chief.get("/disaster").text
    assert "モードも「災害」にしました。" in after
    assert OFFER not in after


@pytest.mark.parametrize("before", ["disaster", "recovery"])
def test_a_mode_that_only_people_leave_stays(bold: Bad, before: Mode) -> None:
    put(bold, before)
    chief = a_chief(bold)

    bold.issues(chief)

    assert bold.store.mode("test").mode == before
    assert OFFER not in chief.get("/disaster").text


def test_only_orders_do_it(bold: Bad) -> None:
    chief = a_chief(bold)
    bold.issues(chief, "support-desk")
    bold.issues(chief, "shelter-opened", places="・中央小学校")

    assert bold.store.mode("test").mode == "normal"
    assert OFFER not in chief.get("/disaster").text


def test_the_same_form_sent_again_does_not_undo_what_people_decided_since(bold: Bad) -> None:
    chief = a_chief(bold)
    chief.get("/disaster/new/evacuation-order")
    form = fields(chief.post("/disaster/new/evacuation-order", {"everywhere": "1", "reason": "flood"}).text)
    chief.post("/disaster/new/evacuation-order/issue", form)
    put(bold, "normal")

    chief.post("/disaster/new/evacuation-order/issue", form)

    assert bold.store.mode("test").mode == "normal"


def test_elsewhere_one_button_on_the_screen_of_the_result_does_it(day: Bad, chief: Visitor) -> None:
    day.issues(chief)
    assert day.store.mode("test").mode == "normal"
    shown = words(read_page(chief.get("/disaster").text))
    assert "「警戒レベル4 避難指示」を出していますが、モードは「平常」のままです。" in shown
    assert OFFER in shown

    assert chief.submit("/disaster", "/disaster/mode").status_code == 303

    now = day.store.mode("test")
    assert (now.mode, now.reason) == ("disaster", "「警戒レベル4 避難指示」に合わせて")
    assert switched(day) == [(f"staff:{now.changed_by}", "災害")]
    assert OFFER not in chief.get("/disaster").text


def test_an_order_that_is_over_offers_nothing_and_switches_nothing(day: Bad, chief: Visitor) -> None:
    notice = day.issues(chief)
    link = f"/disaster/notice/{notice.id}/all-clear"
    chief.post(link, fields(chief.get(link).text))

    assert OFFER not in chief.get("/disaster").text
    chief.submit("/disaster", "/disaster/mode")
    assert day.store.mode("test").mode == "normal"
    assert "モードは変えていません" in chief.get("/disaster").text


def test_who_may_not_switch_is_not_offered_it(day: Bad, chief: Visitor) -> None:
    day.issues(chief)
    clerk = day.site.as_role("担当")

    assert OFFER not in clerk.get("/disaster").text
    assert clerk.post("/disaster/mode").status_code == 403
    assert day.store.mode("test").mode == "normal"


@pytest.mark.parametrize("town", ["day", "bold"])
def test_a_drill_never_switches_the_real_mode(town: str, request: pytest.FixtureRequest) -> None:
    place: Bad = request.getfixturevalue(town)
    chief = a_chief(place)
    chief.submit("/disaster", "/disaster/drill")
    chief.get("/disaster/new/evacuation-order")
    preview = chief.post("/disaster/new/evacuation-order", {"everywhere": "1", "reason": "flood"})
    assert "同時に、モード" not in preview.text

    chief.post("/disaster/new/evacuation-order/issue", fields(preview.text))
    assert OFFER not in chief.get("/disaster").text
    chief.post("/disaster/mode")

    assert place.newest().drill
    assert place.store.mode("test").mode == "normal"
    assert switched(place) == []


def test_of_two_who_switch_at_once_one_does_and_the_order_is_out(bold: Bad, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule of a telegram is a moment quicker: its 災害 stays, and nobody sees a failure."""
    change = bold.store.change_mode
    chief = a_chief(bold)

    def too_late(*before: object, **rest: object) -> None:
        monkeypatch.setattr(bold.store, "change_mode", change)
        put(bold, "disaster")
        raise NoticeConflict("disaster")

    monkeypatch.setattr(bold.store, "change_mode", too_late)
    notice = bold.issues(chief)

    assert notice.status == "scheduled"
    assert [who for who, _ in switched(bold)] == ["rule:test"]
