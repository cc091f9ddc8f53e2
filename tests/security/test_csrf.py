"""Cross-site request forgery: only a form of our own page, given to this very visitor, is taken."""

from __future__ import annotations

import re

import pytest

from handlers.console.gate import permission_of
from tests.console_site import PASSWORD, ConsoleSite

FORGED = {"name": "x", "email": "evil@example.com", "password": PASSWORD, "new": "y", "role": "管理"}


def posts(site: ConsoleSite) -> list[str]:
    """Every address of 試験市 that takes a form."""
    return [
        re.sub(r"<(?:(int):)?(\w+)>", lambda m: "test" if m[2] == "city" else ("1" if m[1] else "x"), rule.rule)
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and "POST" in (rule.methods or set())
    ]


def test_every_form_is_refused_without_its_token(site: ConsoleSite) -> None:
    browser = site.as_role("管理")
    before = site.store.audit_verify("test").rows

    answers = {path: browser.client.post(path, data=FORGED).status_code for path in posts(site)}

    assert len(answers) > 15
    assert set(answers.values()) == {400}
    assert site.store.audit_verify("test").rows == before


def test_nothing_is_changed_by_reading(site: ConsoleSite) -> None:
    """A link or an image on another page only ever reads: what changes something takes no GET."""
    methods = {
        rule.endpoint: rule.methods or set()
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and permission_of(site.app, rule.endpoint)
    }

    assert [endpoint for endpoint, allowed in methods.items() if {"GET", "POST"} <= allowed] == []


@pytest.mark.parametrize(
    "token",
    ["", "x", "あ", "A" * 88, "=" * 88, pytest.param(None, id="of another person"), "%00"],
)
def test_a_token_that_is_not_this_visitors_is_refused(site: ConsoleSite, token: str | None) -> None:
    browser, other = site.as_role("管理"), site.as_role("管理")
    used = other.token if token is None else token

    assert browser.post("/account/sessions/end-others", {"csrf_token": used}).status_code == 400


def test_a_token_of_another_city_is_refused(site: ConsoleSite) -> None:
    browser, there = site.as_role("管理"), site.as_role("管理", city="other")

    assert browser.post("/account/sessions/end-others", {"csrf_token": there.token}).status_code == 400


def test_a_token_from_before_the_login_is_worth_nothing_after_it(site: ConsoleSite) -> None:
    person = site.hire("管理")
    browser = site.visitor()
    browser.get("/login")
    early = browser.token
    browser.login(person.email)

    assert browser.post("/account/sessions/end-others", {"csrf_token": early}).status_code == 400


def test_a_token_dies_with_its_session(site: ConsoleSite) -> None:
    person = site.hire("管理")
    browser = site.as_staff(person)
    old = browser.token
    browser.post("/logout")
    browser.login(person.email)

    assert browser.post("/account/sessions/end-others", {"csrf_token": old}).status_code == 400


def test_the_login_form_too_needs_its_token(site: ConsoleSite) -> None:
    """Otherwise a page could log the victim in as the attacker, and read what they write then."""
    person = site.hire("管理")
    stranger = site.visitor()

    answer = stranger.client.post("/console/test/login", data={"email": person.email, "password": PASSWORD})

    assert answer.status_code == 400
    assert stranger.cookie() == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example.com"},
    ],
)
def test_even_with_a_token_a_request_from_elsewhere_is_refused(site: ConsoleSite, headers: dict[str, str]) -> None:
    browser = site.as_role("管理")

    assert browser.post("/account/sessions/end-others", headers=headers).status_code == 400
    assert browser.post("/account/sessions/end-others", headers={"Origin": "http://localhost"}).status_code == 302


def test_a_script_of_ours_sends_the_token_as_a_header(site: ConsoleSite) -> None:
    browser = site.as_role("管理")
    page = browser.get("/account").text
    token = re.search(r'<meta name="csrf-token" content="([^"]+)"', page).group(1)  # type: ignore[union-attr]

    answer = browser.client.post("/console/test/account/sessions/end-others", headers={"X-CSRF-Token": token})

    assert answer.status_code == 302


def test_a_token_looks_different_each_time(site: ConsoleSite) -> None:
    """So that its letters cannot be guessed one by one from the size of compressed pages (BREACH)."""
    browser = site.as_role("管理")

    assert len({(browser.get("/account"), browser.token)[1] for _ in range(5)}) == 5


def test_a_form_in_an_old_window_says_what_to_do(site: ConsoleSite) -> None:
    answer = site.as_role("管理").post("/account/password", {"csrf_token": "old"})

    assert "画面は古くなりました" in answer.text
