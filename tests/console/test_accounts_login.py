"""Logging in: password, second factor, recovery codes, limits of a session."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest

from handlers.console import second_factor
from tests.console.second_factors import set_up_totp
from tests.console_site import PASSWORD, ConsoleSite

Console = Callable[..., ConsoleSite]


def test_a_page_leads_to_the_login_and_the_login_back_to_the_page(site: ConsoleSite) -> None:
    admin = site.hire("管理")
    visitor = site.visitor()

    sent = visitor.get("/staff?role=x")
    assert sent.headers["Location"] == "/console/test/login?next=/console/test/staff%3Frole%3Dx"
    visitor.get(sent.headers["Location"])
    back = visitor.post("/login", {"email": admin.email, "password": PASSWORD, "next": "/console/test/staff?role=x"})

    assert back.headers["Location"] == "/console/test/staff?role=x"


def test_the_only_console_is_found_at_once_and_several_are_offered(site: ConsoleSite) -> None:
    page = site.visitor().get("/console/")

    assert "試験市" in page.text
    assert "となり市" in page.text


@pytest.mark.parametrize("email", ["staff1@city.example.jp", "nobody@city.example.jp"])
def test_a_wrong_login_says_the_same_whether_the_account_exists(site: ConsoleSite, email: str) -> None:
    site.hire("管理")

    refused = site.visitor().login(email, "まちがったことばですよ")

    assert refused.status_code == 422
    assert "メールアドレスかパスワードが違います" in refused.text


def test_the_mail_may_be_typed_in_capitals_or_full_width(site: ConsoleSite) -> None:
    site.hire("管理", email="Sato@City.example.jp")

    assert site.visitor().login("ＳＡＴＯ@city.example.jp").status_code == 302


def test_who_was_stopped_cannot_log_in_and_is_out_at_once(site: ConsoleSite) -> None:
    site.hire("管理")
    person = site.hire("担当")
    browser = site.as_staff(person)

    site.store.disable_staff("test", person.id, "system")

    assert not browser.logged_in()
    assert site.visitor().login(person.email).status_code == 422


def test_logging_out_ends_the_session_for_whoever_kept_the_cookie(site: ConsoleSite) -> None:
    browser = site.as_role("管理")
    kept = browser.cookie()

    browser.post("/logout")
    thief = site.visitor()
    thief.set_cookie("madoguchi", kept)

    assert not browser.logged_in()
    assert not thief.logged_in()


def test_a_session_ends_when_nobody_uses_it(site: ConsoleSite) -> None:
    browser = site.as_role("管理")

    site.clock.forward(29 * 60)
    assert browser.logged_in()
    site.clock.forward(29 * 60)
    assert browser.logged_in()
    site.clock.forward(31 * 60)

    assert not browser.logged_in()


def test_a_session_ends_after_half_a_day_however_busy(site: ConsoleSite) -> None:
    browser = site.as_role("管理")

    for _ in range(12 * 3 - 1):
        site.clock.forward(20 * 60)
        assert browser.logged_in()
    site.clock.forward(20 * 60)

    assert not browser.logged_in()


def test_the_second_factor_is_asked_for_after_the_password(site: ConsoleSite) -> None:
    person = site.hire("管理")
    phone, _ = set_up_totp(site, site.as_staff(person))
    site.clock.forward(60)
    visitor = site.visitor()

    asked = visitor.login(person.email)
    assert asked.headers["Location"].startswith("/console/test/login/code")
    assert not visitor.logged_in()
    visitor.get("/login/code")
    passed = visitor.post("/login/code", {"code": phone.at(int(site.clock()))})

    assert passed.status_code == 302
    assert visitor.logged_in()


def test_a_code_counts_once(site: ConsoleSite) -> None:
    person = site.hire("管理")
    phone, _ = set_up_totp(site, site.as_staff(person))
    site.clock.forward(60)
    code = phone.at(int(site.clock()))
    first, second = site.visitor(), site.visitor()
    for visitor in (first, second):
        visitor.login(person.email)
        visitor.get("/login/code")

    assert first.post("/login/code", {"code": code}).status_code == 302
    assert second.post("/login/code", {"code": code}).status_code == 422


def test_five_wrong_codes_lead_back_to_the_password(site: ConsoleSite) -> None:
    person = site.hire("管理")
    set_up_totp(site, site.as_staff(person))
    visitor = site.visitor()
    visitor.login(person.email)
    visitor.get("/login/code")

    tries = [visitor.post("/login/code", {"code": "000000"}) for _ in range(5)]

    assert [answer.status_code for answer in tries] == [422, 422, 422, 422, 302]
    assert visitor.get("/login/code").headers["Location"] == "/console/test/login"


def test_the_second_step_must_follow_within_ten_minutes(site: ConsoleSite) -> None:
    person = site.hire("管理")
    phone, _ = set_up_totp(site, site.as_staff(person))
    visitor = site.visitor()
    visitor.login(person.email)
    visitor.get("/login/code")

    site.clock.forward(601)
    late = visitor.post("/login/code", {"code": phone.at(int(site.clock()))})

    assert late.headers["Location"] == "/console/test/login"
    assert not visitor.logged_in()


def test_a_recovery_code_opens_once_however_it_is_typed(site: ConsoleSite) -> None:
    person = site.hire("管理")
    _, codes = set_up_totp(site, site.as_staff(person))
    assert len(set(codes)) == 10

    answers = []
    for typed in (codes[0].upper().replace("-", " "), codes[0]):
        visitor = site.visitor()
        visitor.login(person.email)
        visitor.get("/login/code")
        answers.append(visitor.post("/login/code", {"code": typed}).status_code)

    assert answers == [302, 422]
    assert site.store.recovery_codes_left("test", person.id) == 9


def test_a_role_that_needs_the_second_factor_sets_it_up_before_anything_else(console: Console) -> None:
    site = console(TOTP_ROLES="管理")
    visitor = site.visitor()
    visitor.login(site.hire("管理").email)

    assert visitor.get("/staff").headers["Location"] == "/console/test/account/totp"
    set_up_totp(site, visitor)

    assert visitor.get("/staff").status_code == 200


def test_other_roles_need_none(console: Console) -> None:
    site = console(TOTP_ROLES="管理")
    site.hire("管理")

    assert site.as_role("担当").get("/account").status_code == 200


@pytest.mark.parametrize(("late", "accepted"), [(-60, False), (-30, True), (0, True), (30, True), (90, False)])
def test_a_telephones_clock_may_be_half_a_minute_off(late: int, accepted: bool) -> None:
    secret, now = second_factor.new_secret(), 1_790_000_010

    step = second_factor.matching_step(secret, pyotp.TOTP(secret).at(now + late), now)

    assert (step is not None) is accepted


def test_a_code_may_be_typed_in_full_width_with_a_space() -> None:
    secret, now = second_factor.new_secret(), 1_790_000_010
    code = pyotp.TOTP(secret).at(now)
    wide = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    assert second_factor.matching_step(secret, f"{wide[:3]}　{wide[3:]}", now) == now // 30


def test_a_lost_secret_key_leaves_the_recovery_codes(console: Console) -> None:
    site = console(SECRET_KEY="a" * 40)
    person = site.hire("管理")
    phone, codes = set_up_totp(site, site.as_staff(person))
    changed = console(SECRET_KEY="b" * 40)
    site.clock.forward(60)
    visitor = changed.visitor()
    visitor.login(person.email)
    visitor.get("/login/code")

    assert visitor.post("/login/code", {"code": phone.at(int(site.clock()))}).status_code == 422
    assert visitor.post("/login/code", {"code": codes[3]}).status_code == 302


def test_a_password_under_old_parameters_is_renewed_at_the_login(site: ConsoleSite) -> None:
    from handlers.console.passwords import Passwords

    person = site.hire("管理")
    old = Passwords(memory_kib=16, rounds=1, lanes=1).hash(PASSWORD)
    site.store.set_password("test", person.id, old, "system")

    site.as_staff(person)

    found = site.store.credentials_of("test", person.id)
    assert found is not None
    assert "m=8,t=1,p=1" in found.password_hash
