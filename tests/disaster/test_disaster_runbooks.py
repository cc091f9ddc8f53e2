"""What the runbooks of a bad day tell people to type and press is there, and does what they say."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from disaster_pages import DisasterPages
from faq.library import Library
from store import open_store
from tests.console_site import Visitor
from tests.disaster.conftest import Bad, fields
from tests.html import read_page, words
from tests.running import ROOT

FOLDER = ROOT / "docs" / "runbooks"


def commands(name: str, beginning: str) -> list[str]:
    return re.findall(rf"^({beginning}.+)$", (FOLDER / name).read_text(encoding="utf-8"), re.M)


def test_the_line_written_without_a_console_is_on_the_page_and_goes_again(
    sqlite_url: str, tmp_path: Path, shelter_library: Library
) -> None:
    [write], [remove] = commands("database-down.md", "printf"), commands("database-down.md", "rm")
    store = open_store(sqlite_url)
    pages = DisasterPages(tmp_path / "var", lambda _city: shelter_library.get("test"), store)
    pages.write("demo")
    store.close()

    subprocess.run(["sh", "-c", write], cwd=tmp_path, check=True)
    pages.write("demo")
    written = (tmp_path / "var/disaster/demo/index.html").read_text("utf-8")
    subprocess.run(["sh", "-c", remove], cwd=tmp_path, check=True)
    pages.write("demo")

    assert "防災無線を聞いてください。電話 048-000-1100" in written
    assert "防災無線" not in (tmp_path / "var/disaster/demo/index.html").read_text("utf-8")


@pytest.mark.parametrize("name", ["wrong-notice.md", "drill.md", "line-down.md", "database-down.md"])
def test_each_tells_what_is_seen_what_residents_notice_and_how_it_ends(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")

    assert "## 住民に起きること" in text
    assert "## 終わったとわかること" in text


def test_the_buttons_that_are_named_are_there_and_the_mistake_is_gone_after_the_second(
    day: Bad, chief: Visitor
) -> None:
    named = re.findall(r"\*\*「([^」]+)」\*\*", (FOLDER / "wrong-notice.md").read_text(encoding="utf-8"))[:2]
    wrong = day.issues(chief)
    assert named[0] in words(read_page(chief.get("/disaster").text))
    page = chief.get(f"/disaster/notice/{wrong.id}/correction")
    assert named[1] in words(read_page(page.text))

    chief.post(f"/disaster/notice/{wrong.id}/correction", fields(page.text))

    assert "【訂正】" in day.page()
    assert "全員、すぐに危険な場所から避難してください" not in day.page()


def test_the_drill_of_the_runbook_from_its_first_button_to_the_report(day: Bad, chief: Visitor) -> None:
    begin, end = re.findall(r"\*\*「([^」]+)」\*\*", (FOLDER / "drill.md").read_text(encoding="utf-8"))[:2]
    assert begin in words(read_page(chief.get("/disaster").text))
    chief.post("/disaster/drill")
    for text_id in ("evacuation-elderly", "evacuation-order", "damage-certificate"):
        day.issues(chief, text_id)
    assert end in words(read_page(chief.get("/disaster").text))

    report = chief.get(chief.post("/disaster/end").headers["Location"])

    assert "知らせ3報" in words(read_page(report.text))


def test_the_configuration_of_nginx_serves_the_folder_that_is_written() -> None:
    text = (ROOT / "docs" / "disaster.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```nginx\n(.+?)```", text, re.S)

    assert re.search(r"location /disaster/ \{", block)
    assert re.search(r"root\s+/srv/madoguchi/var;", block), "the folder disaster/ of DATA_DIR is added by nginx itself"
    assert r"by-hand\.txt" in block
