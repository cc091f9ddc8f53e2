"""試験市 on a bad day: shelters, areas, approved texts, a drill audience; its console and its plain page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from faq.content import PLACES_FILE
from faq.library import Library, Source
from faq.places import COLUMNS
from store import Store, open_store
from store.records_notices import NoticeView
from tests.browser import chromium, new_page  # noqa: F401 - pytest finds fixtures by their names here
from tests.builders import CITY_YAML, write_city
from tests.console_site import ConsoleSite, Visitor, a_console
from tests.databases import Clock
from tests.running import ROOT

NOTICES_YAML = """\
notices:
  topics:
    - {id: bosai, title: 防災, from_start: はい, kind: disaster}
    - {id: kunren, title: 防災訓練, kind: disaster}
  areas:
    - {id: kita, name: 北地区, kana: きたちく, towns: [北町, 桜台]}
    - {id: higashi, name: 東地区, kana: ひがしちく, towns: [東町]}
  languages: [ja, easy, en]
"""
ALERTS_YAML = """\
family: 新
places:
  - {name: 試験市, code: "1199900", regions: ["110000"]}
drill:
  topics: [kunren]
rules: []
"""
SHELTERS = """\
school,試験市立中央小学校,チュウオウショウガッコウ,試験市中央一丁目1番,36.0541,139.55,no,yes,no,yes,no,no,no,no,yes,300,
park,東公園,ヒガシコウエン,試験市東町2番,36.05,139.5635,no,no,no,yes,no,yes,no,no,no,,
hill,丘の上中学校,オカノウエチュウガッコウ,試験市丘3番,36.0302,139.53,yes,no,no,yes,no,no,yes,no,yes,500,
"""


@pytest.fixture(scope="session")
def shelter_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("disaster-cities")
    files = {
        "city.yaml": CITY_YAML + NOTICES_YAML,
        "disaster.yaml": ALERTS_YAML,
        PLACES_FILE: ",".join(COLUMNS) + "\n" + SHELTERS,
    }
    library = Library({"test": Source(write_city(folder, "test", files), ROOT / "cities" / "_base")})
    library.check_now()
    return library


@dataclass
class Bad:
    """A bad day at the town hall."""

    site: ConsoleSite
    folder: Path

    @property
    def store(self) -> Store:
        return self.site.store

    def page(self, language: str = "", drill: bool = False) -> str:
        """The plain page as it lies on the disk."""
        there = self.folder / "data" / "disaster" / "test"
        there = there / "drill" if drill else there
        return (there / language / "index.html").read_text(encoding="utf-8")

    def newest(self) -> NoticeView:
        return self.store.notices("test", "disaster")[0]

    def issues(self, staff: Visitor, text_id: str = "evacuation-order", **form: str | list[str]) -> NoticeView:
        """The way of staff through the pages: choose, look, send."""
        choice = {"everywhere": "1", "reason": "flood"} if text_id.startswith("evacuation") else {}
        staff.get(f"/disaster/new/{text_id}")
        preview = staff.post(f"/disaster/new/{text_id}", {**choice, **form})
        assert preview.status_code == 200, preview.text
        sent = staff.post(f"/disaster/new/{text_id}/issue", fields(preview.text))
        assert sent.status_code == 303, sent.text
        return self.newest()


def fields(html: str) -> dict[str, str | list[str]]:
    """What a browser would send of the page's last form, as it stands."""
    from tests.html import read_page

    form = [one for one in read_page(html).iter("form") if one.get("class") == "sure"][-1]
    sent: dict[str, str | list[str]] = {}
    for field in form.iter():
        name = field.get("name", "")
        if not name or name == "csrf_token" or field.tag == "button":
            continue
        value = (field.text or "") if field.tag == "textarea" else field.get("value", "")
        if name in sent:
            before = sent[name]
            sent[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            sent[name] = value
    return sent


@pytest.fixture
def day(shelter_library: Library, sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[Bad]:
    with open_store(sqlite_url, clock=clock) as opened:
        yield Bad(a_console(opened, shelter_library, tmp_path, clock, TOTP_ROLES="なし"), tmp_path)


@pytest.fixture
def chief(day: Bad) -> Visitor:
    """Somebody who may issue."""
    return day.site.as_staff(day.site.hire("承認", "test", ("総合案内",), name="危機 花子"))
