"""Header injection: no line break of a visitor's gets into a header, and headers keep every page in its frame."""

from __future__ import annotations

import pytest

from tests.console_site import ConsoleSite

BREAKS = ["\r\nX-Evil: 1", "\nX-Evil: 1", "%0d%0aX-Evil:%201", "\u560d\u560aX-Evil: 1", "\x85X-Evil: 1"]


@pytest.mark.parametrize("evil", BREAKS)
def test_addresses_of_visitors_do_not_break_headers(site: ConsoleSite, evil: str) -> None:
    browser = site.as_role("管理")
    for path, query in (
        ("/login", {"next": f"/console/test/{evil}"}),
        ("/audit.csv", {"record": evil, "action": evil, "who": evil}),
        ("/audit", {"before": evil, "since": evil}),
    ):
        answer = browser.get(path, query_string=query)
        assert "X-Evil" not in answer.headers
        assert "X-Evil" not in " ".join(name for name, _ in answer.headers)


@pytest.mark.parametrize("evil", BREAKS)
def test_names_of_visitors_do_not_break_headers(site: ConsoleSite, evil: str) -> None:
    """The name comes back in a message that travels in a cookie."""
    browser = site.as_role("管理")
    page = browser.submit("/staff", "/staff/invitations", {"email": f"a@x.jp{evil}", "role": "編集"})

    assert "X-Evil" not in [name for name, _ in page.headers]


def test_the_host_header_does_not_decide_where_links_lead(site: ConsoleSite) -> None:
    """A link of an invitation names the address of the settings, whatever the request says of itself."""
    browser = site.as_role("管理")
    browser.get("/staff")
    form = {"csrf_token": browser.token, "email": "new@x.jp", "role": "編集"}

    page = browser.client.post(
        "/console/test/staff/invitations", data=form, headers={"X-Forwarded-Host": "evil.example.com"}
    ).text

    assert "evil.example.com" not in page
    assert "http://localhost/console/test/invitation/" in page


@pytest.mark.parametrize("path", ["/login", "/account", "/staff", "/audit", "/staff/999", "/audit.csv"])
def test_every_answer_says_what_browsers_may_do_with_it(site: ConsoleSite, path: str) -> None:
    headers = site.as_role("管理").get(path).headers
    rules = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))

    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize("path", ["/login", "/account", "/account/totp", "/staff", "/audit"])
def test_no_page_has_a_script_or_a_style_inside(site: ConsoleSite, path: str) -> None:
    page = site.as_role("管理").get(path).text

    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert all("src=" in tag for tag in page.split("<script")[1:])
