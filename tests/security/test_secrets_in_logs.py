"""Secrets stay out of logs, of pages, of the audit log and of the database in readable form."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest

from handlers.console.keys import FILE, Keys, read_or_make_key
from telemetry import JsonLines
from tests.console_site import PASSWORD, ConsoleSite, a_config

NEW = "まったくべつのひみつのことば"


class Everything(logging.Handler):
    """Keeps every line as an operator would see it, of every library, down to DEBUG."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.args}")


def live(site: ConsoleSite) -> dict[str, str]:
    """A day of an account, with everything that goes wrong; gives the secrets that were used."""
    admin = site.as_role("管理")
    page = admin.submit("/staff", "/staff/invitations", {"email": "new@x.jp", "role": "編集"}).text
    link = re.search(r'value="http://localhost(/console/test/invitation/([^"]+))"', page)
    assert link is not None
    newcomer = site.visitor()
    newcomer.get(link.group(1))
    newcomer.post(link.group(1), {"name": "新人", "new": PASSWORD, "again": PASSWORD})
    page = newcomer.get("/account/totp").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")  # type: ignore[union-attr]
    sealed = re.search(r'name="sealed" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]
    codes = newcomer.post(
        "/account/totp", {"sealed": sealed, "password": PASSWORD, "code": pyotp.TOTP(secret).at(int(site.clock()))}
    ).text
    recovery = re.search(r"<li>([a-z2-9-]{14})</li>", codes).group(1)  # type: ignore[union-attr]
    newcomer.submit("/account", "/account/password", {"password": "wrong one here", "new": NEW, "again": NEW})
    newcomer.submit("/account", "/account/password", {"password": PASSWORD, "new": NEW, "again": NEW})
    cookie = newcomer.cookie()
    newcomer.client.post("/console/test/account/password", data={"new": NEW})
    for password in (NEW, "mistyped-" + NEW):
        visitor = site.visitor()
        visitor.login("new@x.jp", password)
        visitor.get("/login/code")
        visitor.post("/login/code", {"code": recovery})
    return {
        "invitation": link.group(2),
        "password": PASSWORD,
        "new password": NEW,
        "mistyped password": "mistyped-" + NEW,
        "second factor": secret,
        "recovery code": recovery,
        "session": cookie.rpartition(".")[2],
        "secret key": site.config.console.secret_key,
    }


@pytest.fixture
def site(console: Callable[..., ConsoleSite]) -> ConsoleSite:
    return console(SECRET_KEY="the-secret-key-of-this-test-0123456789")


def test_no_secret_is_in_any_log(site: ConsoleSite) -> None:
    everything, root = Everything(), logging.getLogger()
    before = root.level
    root.addHandler(everything)
    root.setLevel(logging.DEBUG)
    try:
        secrets = live(site)
    finally:
        root.removeHandler(everything)
        root.setLevel(before)

    assert everything.lines
    found = {name for name, secret in secrets.items() for line in everything.lines if secret in line}
    assert found == set()


def test_no_secret_is_in_the_audit_log(site: ConsoleSite) -> None:
    secrets = live(site)
    lines = [repr(row) for row in site.store.audit_all("test")]

    assert len(lines) > 8
    assert {name for name, secret in secrets.items() for line in lines if secret in line} == set()


def test_the_database_holds_no_secret_that_could_be_used(site: ConsoleSite, sqlite_url: str) -> None:
    secrets = live(site)
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as database:
        dump = "\n".join(database.iterdump())
    database.close()

    assert "new@x.jp" in dump
    assert {name for name, secret in secrets.items() if secret in dump} == set()


def test_no_page_shows_a_secret_again(site: ConsoleSite) -> None:
    secrets = live(site)
    admin = site.as_role("管理")
    people = site.store.staff_list("test")
    paths = ["/account", "/staff", "/audit", "/audit.csv", *(f"/staff/{person.id}" for person in people)]
    pages = "\n".join(admin.get(path).text for path in paths)

    assert {name for name, secret in secrets.items() if secret in pages} == set()
    assert "$argon2" not in pages


def test_what_is_typed_wrongly_is_not_shown_again(site: ConsoleSite) -> None:
    person = site.hire("管理")

    assert "mistyped-" not in site.visitor().login(person.email, "mistyped-password").text


def test_secrets_do_not_stand_in_printed_settings(tmp_path: Path) -> None:
    config = a_config(
        tmp_path,
        SECRET_KEY="s" * 40,
        OIDC_ISSUER__DEMO="https://login.example.jp",
        OIDC_CLIENT_ID__DEMO="id",
        OIDC_CLIENT_SECRET__DEMO="oidc-secret",
    )

    assert "s" * 40 not in repr(config)
    assert "oidc-secret" not in repr(config)


def test_the_key_of_one_machine_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    config = a_config(tmp_path)

    first, second = read_or_make_key(config), read_or_make_key(config)

    path = config.data_dir / FILE
    assert first == second
    assert len(first) > 60
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in config.data_dir.iterdir()] == [FILE]


def test_the_key_of_the_environment_goes_first_and_leaves_no_file(tmp_path: Path) -> None:
    config = a_config(tmp_path, SECRET_KEY="k" * 32)

    assert read_or_make_key(config) == "k" * 32
    assert not config.data_dir.exists()


def test_what_is_sealed_opens_with_the_same_key_only() -> None:
    sealed = Keys("one key").seal("秘密")

    assert "秘密" not in sealed
    assert Keys("one key").unseal(sealed) == "秘密"
    assert Keys("another").unseal(sealed) is None
    assert Keys("one key").unseal(sealed[:-4] + "AAAA") is None
    assert Keys("one key").unseal("あ") is None
