"""Guessing passwords: soon slow for whoever guesses, never a way to shut the owner out."""

from __future__ import annotations

import threading

import pytest

from handlers.console.passwords import AT_ONCE, IN_LINE, Busy, Passwords
from tests.console.second_factors import set_up_totp
from tests.console_site import PASSWORD, ConsoleSite, Visitor
from tests.running import wait_until

WRONG = "ちがうことばをいれてみる"


def guess(visitor: Visitor, email: str, times: int, address: str = "203.0.113.9") -> list[int]:
    """Wrong logins from this network. What answers a refused one is the form again."""
    network = {"REMOTE_ADDR": address}
    visitor.get("/login", environ_base=network)
    form = {"email": email, "password": WRONG}
    return [visitor.post("/login", form, environ_base=network).status_code for _ in range(times)]


def login_from(visitor: Visitor, address: str, email: str, password: str = PASSWORD) -> int:
    visitor.get("/login", environ_base={"REMOTE_ADDR": address})
    form = {"email": email, "password": password}
    return visitor.post("/login", form, environ_base={"REMOTE_ADDR": address}).status_code


def test_after_five_wrong_passwords_the_network_waits(site: ConsoleSite) -> None:
    person = site.hire("管理")
    guesser = site.visitor()

    assert guess(guesser, person.email, 5) == [422] * 5
    assert guess(guesser, person.email, 3) == [429] * 3


def test_while_it_waits_even_the_right_password_is_not_tried(site: ConsoleSite) -> None:
    person = site.hire("管理")
    guesser = site.visitor()
    guess(guesser, person.email, 5)

    assert login_from(guesser, "203.0.113.9", person.email) == 429


def test_the_wait_grows_and_is_said(site: ConsoleSite) -> None:
    person = site.hire("管理")
    guesser = site.visitor()
    guess(guesser, person.email, 5)
    waits = []
    for _ in range(6):
        guesser.get("/login", environ_base={"REMOTE_ADDR": "203.0.113.9"})
        answer = guesser.post(
            "/login", {"email": person.email, "password": WRONG}, environ_base={"REMOTE_ADDR": "203.0.113.9"}
        )
        waits.append(int(answer.headers["Retry-After"]))
        site.clock.forward(waits[-1])
        guess(guesser, person.email, 1)

    assert waits == [2, 4, 8, 16, 32, 64]
    assert "1分4秒ほど待って" in answer.text


def test_the_owner_comes_in_from_elsewhere_however_often_others_guess(site: ConsoleSite) -> None:
    person = site.hire("管理")
    for number in range(1, 20):
        guess(site.visitor(), person.email, 6, f"203.0.113.{number}")

    assert login_from(site.visitor(), "198.51.100.1", person.email) == 302


def test_the_owner_comes_in_from_the_same_network_with_a_browser_that_is_known(site: ConsoleSite) -> None:
    person = site.hire("管理")
    owner = site.visitor()
    assert login_from(owner, "203.0.113.9", person.email) == 302
    owner.get("/account")
    owner.post("/logout")

    assert guess(site.visitor(), person.email, 40)[-1] == 429

    assert login_from(owner, "203.0.113.9", person.email) == 302


def test_a_known_browser_that_guesses_is_slowed_by_itself(site: ConsoleSite) -> None:
    person = site.hire("管理")
    owner = site.visitor()
    login_from(owner, "203.0.113.9", person.email)
    owner.get("/account")
    owner.post("/logout")

    assert guess(owner, person.email, 12) == [422] * 10 + [429] * 2


def test_the_known_browser_of_one_person_is_unknown_for_another(site: ConsoleSite) -> None:
    site.hire("管理")
    mine, theirs = site.hire("担当"), site.hire("担当")
    browser = site.visitor()
    login_from(browser, "203.0.113.9", mine.email)
    browser.get("/account")
    browser.post("/logout")

    assert guess(browser, theirs.email, 6) == [422] * 5 + [429]


def test_many_accounts_from_one_network_are_slowed_too(site: ConsoleSite) -> None:
    """One password for all accounts (spraying) stays below the limit of each account."""
    site.hire("管理")
    guesser = site.visitor()

    answers = [guess(guesser, f"somebody{number}@x.jp", 1)[0] for number in range(45)]

    assert answers[:40] == [422] * 40
    assert set(answers[40:]) == {429}


def test_a_morning_of_good_logins_from_the_town_hall_is_not_slowed(site: ConsoleSite) -> None:
    people = [site.hire("管理") for _ in range(45)]

    assert [login_from(site.visitor(), "203.0.113.9", person.email) for person in people] == [302] * 45


def test_accounts_that_do_not_exist_are_slowed_alike(site: ConsoleSite) -> None:
    """The answers do not tell who works here."""
    person = site.hire("管理")

    assert guess(site.visitor(), person.email, 7, "203.0.113.1") == guess(site.visitor(), "x@x.jp", 7, "203.0.113.2")


def test_a_neighbour_in_the_same_ipv6_network_is_the_same_network(site: ConsoleSite) -> None:
    person = site.hire("管理")

    answers = [guess(site.visitor(), person.email, 1, f"2001:db8:1:2::{number:x}")[0] for number in range(1, 8)]

    assert answers == [422] * 5 + [429] * 2


# ── Many networks that guess at one account ──────────────────────────────────────────────────────────────────────────


def guess_from_many(site: ConsoleSite, email: str, networks: int, times: int = 5) -> list[int]:
    """`times` wrong logins from each of so many networks, one after the other."""
    return [
        status
        for number in range(networks)
        for status in guess(site.visitor(), email, times, f"198.{18 + number // 250}.{number % 250}.7")
    ]


@pytest.mark.parametrize("account", ["real", "none"])
def test_guesses_at_one_account_from_many_networks_are_bounded(site: ConsoleSite, account: str) -> None:
    """After a hundred each network has one try, and then waits: 60 networks get 140 guesses in, not 300."""
    person = site.hire("管理")
    email = person.email if account == "real" else "nobody@x.jp"

    answers = guess_from_many(site, email, 60)

    assert answers[:100] == [422] * 100
    assert answers[100:] == [422, 429, 429, 429, 429] * 40


def test_each_of_the_many_networks_waits_longer_and_longer(site: ConsoleSite) -> None:
    person = site.hire("管理")
    guess_from_many(site, person.email, 21)
    waits = []
    for _ in range(9):
        visitor = site.visitor()
        visitor.get("/login", environ_base={"REMOTE_ADDR": "198.18.20.7"})
        form = {"email": person.email, "password": WRONG}
        answer = visitor.post("/login", form, environ_base={"REMOTE_ADDR": "198.18.20.7"})
        waits.append(int(answer.headers["Retry-After"]))
        site.clock.forward(waits[-1])
        assert guess(site.visitor(), person.email, 1, "198.18.20.7") == [422]

    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_neighbours_of_one_attacker_are_one_network_by_then(site: ConsoleSite) -> None:
    """A /24 and a /48 are cheap to have whole."""
    person = site.hire("管理")
    guess_from_many(site, person.email, 20)

    assert [guess(site.visitor(), person.email, 1, f"203.0.113.{n}")[0] for n in (1, 2, 3)] == [422, 429, 429]
    assert [guess(site.visitor(), person.email, 1, f"2001:db8:1:{n}::1")[0] for n in (1, 2, 3)] == [422, 429, 429]


def test_the_right_password_passes_from_a_new_place_in_the_middle_of_it(site: ConsoleSite) -> None:
    """No guessing from anywhere can take the way in from the owner."""
    person = site.hire("管理")
    guess_from_many(site, person.email, 60)

    assert login_from(site.visitor(), "192.0.2.55", person.email) == 302


def test_a_known_browser_passes_in_the_middle_of_it_even_from_a_network_that_guesses(site: ConsoleSite) -> None:
    person = site.hire("管理")
    owner = site.visitor()
    login_from(owner, "198.18.20.9", person.email)
    owner.get("/account")
    owner.post("/logout")
    guess_from_many(site, person.email, 60)

    assert guess(owner, person.email, 2, "198.18.20.9") == [422, 422]
    assert login_from(owner, "198.18.20.9", person.email) == 302


def test_others_are_not_slowed_because_one_account_is_guessed_at(site: ConsoleSite) -> None:
    person, colleague = site.hire("管理"), site.hire("担当")
    guess_from_many(site, person.email, 30)

    assert guess(site.visitor(), colleague.email, 5, "192.0.2.55") == [422] * 5


def test_a_login_of_the_owner_does_not_give_the_guessers_a_clean_record(site: ConsoleSite) -> None:
    person = site.hire("管理")
    guess_from_many(site, person.email, 30)
    login_from(site.visitor(), "192.0.2.55", person.email)

    assert guess(site.visitor(), person.email, 2, "192.0.2.99") == [422, 429]


def test_after_twelve_quiet_hours_it_is_as_before(site: ConsoleSite) -> None:
    person = site.hire("管理")
    guess_from_many(site, person.email, 30)
    site.clock.forward(12 * 3600 + 1)

    assert guess(site.visitor(), person.email, 5, "192.0.2.55") == [422] * 5


def test_the_owner_is_told_at_the_next_login(site: ConsoleSite) -> None:
    person = site.hire("管理")
    guess_from_many(site, person.email, 5)
    owner = site.visitor()
    login_from(owner, "192.0.2.55", person.email)

    assert "知らないブラウザーから25回" in owner.get("/account").text


def test_a_few_mistakes_of_ones_own_are_not_worth_a_word(site: ConsoleSite) -> None:
    person = site.hire("管理")
    guess(site.visitor(), person.email, 3, "192.0.2.55")
    owner = site.visitor()
    login_from(owner, "192.0.2.55", person.email)

    assert "知らないブラウザーから" not in owner.get("/account").text


def test_who_has_the_password_cannot_guess_codes_for_ever(site: ConsoleSite) -> None:
    person = site.hire("管理")
    set_up_totp(site, site.as_staff(person))
    thief = site.visitor()
    codes = 0
    for _ in range(10):
        if thief.login(person.email).status_code == 429:
            break
        thief.get("/login/code")
        while thief.post("/login/code", {"code": "000000"}).status_code == 422:
            codes += 1
        codes += 1

    assert codes == 25


def test_a_login_with_a_code_takes_the_count_away(site: ConsoleSite) -> None:
    person = site.hire("管理")
    phone, _ = set_up_totp(site, site.as_staff(person))
    visitor = site.visitor()
    guess(visitor, person.email, 4, "127.0.0.1")
    site.clock.forward(60)
    visitor.login(person.email)
    visitor.get("/login/code")
    assert visitor.post("/login/code", {"code": phone.at(int(site.clock()))}).status_code == 302

    assert guess(site.visitor(), person.email, 5, "127.0.0.1") == [422] * 5


def test_refused_logins_are_in_the_log_without_what_was_typed(site: ConsoleSite) -> None:
    person = site.hire("管理")
    guess(site.visitor(), person.email, 2)

    refused = [row for row in site.store.audit_rows("test") if row.action == "login.refused"]

    assert [(row.record, dict(row.detail)) for row in refused] == [(f"staff:{person.id}", {"step": "password"})] * 2


@pytest.mark.parametrize("path", ["/account/totp/off", "/account/recovery-codes"])
def test_who_sits_at_an_open_screen_cannot_guess_the_password(site: ConsoleSite, path: str) -> None:
    person = site.hire("管理")
    browser = site.as_staff(person)
    set_up_totp(site, browser)
    browser.get("/account")

    answers = [browser.post(path, {"password": WRONG}).status_code for _ in range(6)]

    assert answers == [422] * 6
    assert browser.post(path, {"password": PASSWORD}).status_code == 422


def test_a_flood_of_logins_leaves_threads_for_everything_else() -> None:
    """Checking a password takes long on purpose. Only so many wait for it; the others are told at once."""
    passwords = Passwords(8, 1, 1)
    hold, held = threading.Event(), threading.Semaphore(0)

    class Slow:
        def verify(self, *_: str) -> bool:
            held.release()
            return hold.wait(10)

    passwords._hasher = Slow()  # type: ignore[assignment]
    refused: list[bool] = []

    def knock() -> None:
        try:
            passwords.check("x", PASSWORD)
        except Busy:
            refused.append(True)

    waiting = [threading.Thread(target=knock) for _ in range(AT_ONCE + IN_LINE)]
    for thread in waiting:
        thread.start()
    for _ in range(AT_ONCE):
        assert held.acquire(timeout=5)
    wait_until(lambda: passwords._line._value == 0)  # type: ignore[attr-defined]

    knock()

    assert refused == [True]
    hold.set()
    for thread in waiting:
        thread.join(5)
    assert refused == [True]


def test_who_comes_in_a_flood_is_told_to_wait(site: ConsoleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    person = site.hire("管理")

    def busy(*_: object) -> None:
        raise Busy

    monkeypatch.setattr(Passwords, "check", busy)

    answer = site.visitor().login(person.email)

    assert answer.status_code == 503
    assert "混みあっています" in answer.text
