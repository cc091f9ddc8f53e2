"""Open redirects: whatever a link says, the login leads to a page of the same city's console."""

from __future__ import annotations

import pytest

from handlers.console.gate import local_path
from tests.console_site import PASSWORD, ConsoleSite

HOME = "/console/test/"
ELSEWHERE = [
    "https://evil.example.com/",
    "//evil.example.com/",
    "///evil.example.com",
    "/\\evil.example.com",
    "\\\\evil.example.com",
    "/console/test/..//evil.example.com",
    "/console/test//evil.example.com",
    "/console/test/../../faq/",
    "/console/test/%2e%2e/../x",
    "/console/other/account",
    "/console/test2/account",
    "/console/test",
    "javascript:alert(1)",
    "data:text/html,x",
    " https://evil.example.com",
    "/console/test/\thttps://evil.example.com",
    "/console/test/\r\nSet-Cookie: a=b",
    "http:/console/test/",
    "https:/console/test/account",
    "/console/test/\x00",
    "/faq/test/",
    "",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_another_place_becomes_the_front_page(site: ConsoleSite, address: str) -> None:
    person = site.hire("管理")
    browser = site.visitor()
    browser.get("/login")

    answer = browser.post("/login", {"email": person.email, "password": PASSWORD, "next": address})

    assert answer.status_code == 302
    assert answer.headers["Location"] == HOME
    assert "a=b" not in str(answer.headers)


@pytest.mark.parametrize("address", ELSEWHERE)
def test_who_is_logged_in_already_is_not_sent_away_either(site: ConsoleSite, address: str) -> None:
    browser = site.as_role("管理")

    answer = browser.get("/login", query_string={"next": address})

    assert answer.headers["Location"] == HOME


@pytest.mark.parametrize(
    "address", ["/console/test/", "/console/test/account", "/console/test/audit?who=staff:1&before=3"]
)
def test_a_page_of_this_citys_console_stays(address: str) -> None:
    assert local_path("test", address) == address


def test_the_page_of_the_login_shows_no_address_of_elsewhere(site: ConsoleSite) -> None:
    page = site.visitor().get("/login", query_string={"next": "https://evil.example.com/"}).text

    assert "evil.example.com" not in page
