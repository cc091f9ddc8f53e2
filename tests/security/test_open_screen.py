"""Somebody sits down at a colleague's open screen: they can read, and cannot make the account theirs."""

from __future__ import annotations

import re

import pyotp
import pytest

from tests.console_site import PASSWORD, ConsoleSite, Visitor

NEW = "あたらしい朝がきた希望の朝だ"


def starts_totp(site: ConsoleSite, browser: Visitor, **password: str) -> tuple[int, str]:
    """The telephone at hand reads the QR code of the open screen; the answer to its code and this `password`."""
    page = browser.get("/account/totp").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")  # type: ignore[union-attr]
    sealed = re.search(r'name="sealed" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]
    code = pyotp.TOTP(secret).at(int(site.clock()))
    answer = browser.post("/account/totp", {"sealed": sealed, "code": code, **password})
    return answer.status_code, answer.text


def has_totp(site: ConsoleSite, staff_id: int) -> bool:
    person = site.store.staff("test", staff_id)
    return person is not None and person.totp


@pytest.mark.parametrize("password", [{}, {"password": ""}, {"password": "ちがうことばをいれる"}])
def test_a_strange_telephone_does_not_become_the_second_factor(site: ConsoleSite, password: dict[str, str]) -> None:
    """It would shut the owner out for good: only the 管理 could take it off again."""
    person = site.hire("管理")

    status, page = starts_totp(site, site.as_staff(person), **password)

    assert (status, has_totp(site, person.id)) == (422, False)
    assert "いまのパスワードが違います。" in page


def test_with_the_password_the_second_factor_begins(site: ConsoleSite) -> None:
    person = site.hire("管理")

    status, page = starts_totp(site, site.as_staff(person), password=PASSWORD)

    assert (status, has_totp(site, person.id)) == (200, True)
    assert PASSWORD not in page


def test_the_qr_code_stays_when_the_password_was_mistyped(site: ConsoleSite) -> None:
    """The telephone has read it already; a new one would leave a dead entry there."""
    browser = site.as_role("管理")
    page = browser.get("/account/totp").text
    typed = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1)  # type: ignore[union-attr]
    sealed = re.search(r'name="sealed" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]

    again = browser.post("/account/totp", {"sealed": sealed, "code": "000000", "password": "ちがうことばをいれる"})

    assert typed in again.text
    assert "ちがうことばをいれる" not in again.text


def test_guessing_the_password_there_is_slowed_and_the_wait_is_said(site: ConsoleSite) -> None:
    person = site.hire("管理")
    browser = site.as_staff(person)
    for _ in range(5):
        starts_totp(site, browser, password="ちがうことばをいれる")

    status, page = starts_totp(site, browser, password=PASSWORD)

    assert (status, has_totp(site, person.id)) == (422, False)
    assert "5秒ほど待ってから" in page
    site.clock.forward(5)
    assert starts_totp(site, browser, password=PASSWORD)[0] == 200


def test_every_way_to_keep_an_account_asks_for_the_password(site: ConsoleSite) -> None:
    person = site.hire("管理")
    browser = site.as_staff(person)
    browser.get("/account")

    assert browser.post("/account/password", {"new": NEW, "again": NEW}).status_code == 422
    assert starts_totp(site, browser, password=PASSWORD)[0] == 200
    browser.get("/account")
    assert browser.post("/account/recovery-codes", {}).status_code == 422
    assert browser.post("/account/totp/off", {}).status_code == 422
    assert has_totp(site, person.id)
    assert site.visitor().login(person.email, NEW).status_code == 422
