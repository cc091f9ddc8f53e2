"""Session fixation and stolen cookies: a token that somebody knew before is worth nothing after."""

from __future__ import annotations

import re

import pyotp

from handlers.console.cookies import new_token
from tests.console_site import PASSWORD, ConsoleSite


def test_a_token_of_the_attackers_choice_is_not_taken_over(site: ConsoleSite) -> None:
    person = site.hire("管理")
    planted = f"test.{new_token()}"
    victim, attacker = site.visitor(), site.visitor()
    victim.set_cookie("madoguchi", planted)
    attacker.set_cookie("madoguchi", planted)

    victim.login(person.email)

    assert victim.logged_in()
    assert victim.cookie() != planted
    assert not attacker.logged_in()


def test_a_real_session_of_the_attacker_does_not_become_the_victims(site: ConsoleSite) -> None:
    site.hire("管理")
    victim_account, attacker_account = site.hire("管理"), site.hire("担当")
    attacker = site.as_staff(attacker_account)
    victim = site.visitor()
    victim.set_cookie("madoguchi", attacker.cookie())
    victim.get("/account")
    victim.post("/logout")

    victim.login(victim_account.email)

    assert not attacker.logged_in()
    assert victim_account.name in victim.get("/account").text


def test_a_login_over_a_living_session_ends_the_old_one(site: ConsoleSite) -> None:
    person = site.hire("管理")
    browser = site.as_staff(person)
    old = browser.cookie()
    browser.get("/login?again")
    browser.client.post(
        "/console/test/login", data={"csrf_token": browser.token, "email": person.email, "password": PASSWORD}
    )
    thief = site.visitor()
    thief.set_cookie("madoguchi", old)

    assert browser.cookie() != old
    assert browser.logged_in()
    assert not thief.logged_in()


def test_the_token_of_the_half_login_is_not_the_one_of_the_whole(site: ConsoleSite) -> None:
    person = site.hire("管理")
    setting = site.as_staff(person)
    page = setting.get("/account/totp").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")  # type: ignore[union-attr]
    sealed = re.search(r'name="sealed" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]
    setting.post(
        "/account/totp", {"sealed": sealed, "password": PASSWORD, "code": pyotp.TOTP(secret).at(int(site.clock()))}
    )
    site.clock.forward(60)
    browser, thief = site.visitor(), site.visitor()
    browser.login(person.email)
    half = browser.cookie()
    thief.set_cookie("madoguchi", half)
    browser.get("/login/code")

    browser.post("/login/code", {"code": pyotp.TOTP(secret).at(int(site.clock()))})

    assert browser.logged_in()
    assert browser.cookie() != half
    assert not thief.logged_in()


def test_a_new_password_gives_a_new_token_and_ends_the_others(site: ConsoleSite) -> None:
    person = site.hire("管理")
    browser, elsewhere, thief = site.as_staff(person), site.as_staff(person), site.visitor()
    thief.set_cookie("madoguchi", browser.cookie())
    new = "あたらしい朝がきた希望の朝だ"

    changed = browser.submit("/account", "/account/password", {"password": PASSWORD, "new": new, "again": new})

    assert changed.status_code == 302
    assert browser.logged_in()
    assert not elsewhere.logged_in()
    assert not thief.logged_in()
    assert site.visitor().login(person.email, new).status_code == 302


def test_the_second_factor_gives_a_new_token(site: ConsoleSite) -> None:
    browser, thief = site.as_role("管理"), site.visitor()
    thief.set_cookie("madoguchi", browser.cookie())
    page = browser.get("/account/totp").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")  # type: ignore[union-attr]
    sealed = re.search(r'name="sealed" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]

    browser.post(
        "/account/totp", {"sealed": sealed, "password": PASSWORD, "code": pyotp.TOTP(secret).at(int(site.clock()))}
    )

    assert browser.logged_in()
    assert not thief.logged_in()


def test_a_qr_code_of_somebody_else_is_not_taken(site: ConsoleSite) -> None:
    """The secret in the form is sealed for its owner: nobody is given a second factor that another person knows."""
    attacker, victim = site.as_role("管理"), site.as_role("管理")
    page = attacker.get("/account/totp").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")  # type: ignore[union-attr]
    sealed = re.search(r'name="sealed" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]

    answer = victim.post(
        "/account/totp", {"sealed": sealed, "password": PASSWORD, "code": pyotp.TOTP(secret).at(int(site.clock()))}
    )

    assert answer.headers["Location"] == "/console/test/account/totp"


def test_cookies_are_for_this_city_only_and_out_of_reach_of_scripts(site: ConsoleSite) -> None:
    person = site.hire("管理")
    browser = site.visitor()

    for cookie in browser.login(person.email).headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/console/test" in cookie
        assert "Domain" not in cookie


def test_under_https_cookies_never_travel_in_the_clear(console) -> None:  # type: ignore[no-untyped-def]
    site = console(PUBLIC_URL="https://madoguchi.example.jp")
    person = site.hire("管理")
    browser = site.visitor()
    browser.get("/login", base_url="https://madoguchi.example.jp")

    form = {"csrf_token": browser.token, "email": person.email, "password": PASSWORD}
    answer = browser.client.post("/console/test/login", data=form, base_url="https://madoguchi.example.jp")

    assert answer.status_code == 302
    assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
