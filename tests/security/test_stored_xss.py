"""Stored XSS: what residents call themselves and what they write stays text, on every page, stream and file."""

from __future__ import annotations

import re

import pytest

from tests.desk_site import CITY, Desk

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    "</textarea><script>alert(1)</script>",
    "{{ 7*7 }}${7*7}",
    "javascript:alert(1)",
    "\u202e<b>",
)
_TAGS = re.compile(r"<(script|img|svg|b|iframe|textarea)\b[^>]*>", re.I)


def strange_tags(page: str) -> list[str]:
    """Elements that none of our templates makes."""
    ours = re.compile(r'<script (type="module" )?src="/assets/[^"]+"( defer)?>|<textarea [^>]*name="(text|note)"')
    return [tag[0] for tag in _TAGS.finditer(page) if not ours.match(tag[0])]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_display_name_and_a_message_are_text_everywhere(desk: Desk, attack: str) -> None:
    person, browser = desk.staff("管理", "市民課")
    case = desk.asks(attack)
    desk.store.name_case(CITY, case.id, attack)
    desk.answered(case, person, attack)
    desk.says(case, attack)
    desk.store.add_note(CITY, case.id, person.id, attack)
    desk.store.put_canned(CITY, 0, "市民課", attack, attack, person.id)
    desk.store.make_draft(CITY, case.id, attack, attack, person.id)

    for path in (
        "/inbox?tab=all",
        f"/cases/{case.id}",
        f"/cases/{case.id}/talk",
        f"/cases/{case.id}/faq?q={attack}",
        f"/cases/{case.id}/erase",
        "/canned",
        "/canned/1",
        "/drafts",
        "/drafts/1",
        f"/search?q={attack[:20]}",
    ):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert strange_tags(answer.text) == [], path
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert " onerror=" not in re.sub(r"&lt;.*?&gt;|\"[^\"]*\"", "", answer.text), path
    row = browser.get("/live.json?tab=all&mark=0").get_json()["rows"][str(case.id)]
    assert strange_tags(row) == []


def test_files_are_never_pages(desk: Desk) -> None:
    person, browser = desk.staff()
    case = desk.answered(desk.asks("<script>alert(1)</script>"), person)
    desk.store.make_draft(CITY, case.id, "x", "<script>alert(1)</script>", person.id)

    for path in (f"/cases/{case.id}/export.txt", "/drafts/1/entry.yaml"):
        answer = browser.get(path)
        assert answer.mimetype in ("text/plain", "application/yaml")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
