"""The console of two small cities, without a network: people of every role log in through its real pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

from config import Config, read_config
from faq.library import Library, Source
from handlers.console import console_blueprint
from handlers.console.cookies import digest, new_token
from handlers.console.passwords import Passwords
from handlers.public.front import register_front
from store import Store
from store.records_accounts import NewInvitation, Role, Staff
from tests.builders import CITY_YAML, write_city
from tests.databases import Clock
from tests.running import ROOT

PASSWORD = "かえるの池に三日月ひとつ"
OTHER_YAML = CITY_YAML.replace("id: test", "id: other").replace("試験市", "となり市").replace("しけんし", "となりし")
_QUICK = Passwords(memory_kib=8, rounds=1, lanes=1)
_HASH = _QUICK.hash(PASSWORD)


class _Compiled(BytecodeCache):
    """Templates compiled once for all tests: every test has an app of its own."""

    known: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key] = bucket.bytecode_to_string()


def two_cities(folder: Path) -> Library:
    """試験市 (`test`) and となり市 (`other`)."""
    sources = {}
    for city, text in (("test", CITY_YAML), ("other", OTHER_YAML)):
        sources[city] = Source(write_city(folder, city, {"city.yaml": text}), folder / "_base")
    library = Library(sources)
    library.check_now()
    return library


class Visitor:
    """A browser. Forms are sent as pages offer them: with the token of the page that was read last."""

    def __init__(self, client: FlaskClient, city: str) -> None:
        self.client = client
        self.city = city
        self.token = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        """`path` below `/console/<city>`, or a whole one that begins with `/console`."""
        return self._read(self.client.get(self._whole(path), **options))

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        form = {"csrf_token": self.token, **(data or {})}
        return self._read(self.client.post(self._whole(path), data=form, **options))

    def submit(self, page: str, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        """Reads `page` and sends a form of it to `path`."""
        self.get(page)
        return self.post(path, data)

    def login(self, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
        return self.submit("/login", "/login", {"email": email, "password": password, **more})

    def logged_in(self) -> bool:
        return self.get("/account").status_code == 200

    def cookie(self, name: str = "madoguchi") -> str:
        found = self.client.get_cookie(name, path=f"/console/{self.city}")
        return found.value if found else ""

    def set_cookie(self, name: str, value: str) -> None:
        self.client.set_cookie(name, value, path=f"/console/{self.city}")

    def _whole(self, path: str) -> str:
        return path if path.startswith("/console") else f"/console/{self.city}{path}"

    def _read(self, response: TestResponse) -> TestResponse:
        if response.mimetype == "text/html":
            found = re.search(r'name="csrf_token" value="([^"]+)"', response.text)
            self.token = found.group(1) if found else self.token
        return response


@dataclass
class ConsoleSite:
    """The console's app, and the people who use it."""

    app: Flask
    store: Store
    library: Library
    config: Config
    clock: Clock
    hired: int = field(default=0)

    def visitor(self, city: str = "test") -> Visitor:
        return Visitor(self.app.test_client(), city)

    def hire(
        self, role: Role, city: str = "test", departments: Sequence[str] = ("市民課",), name: str = "", email: str = ""
    ) -> Staff:
        """Somebody with an account whose password is `PASSWORD`; the city's first is a 管理."""
        self.hired += 1
        email = email or f"staff{self.hired}@city.example.jp"
        kind = "invite" if self.store.has_staff(city) else "first"
        token = digest(new_token())
        invitation = NewInvitation(city, kind, token, new_token()[:12], 3600, email, role, tuple(departments))  # type: ignore[arg-type]
        self.store.invite(invitation, "system")
        person = self.store.accept_invitation(city, token, name or f"{role}の人{self.hired}", email, _HASH)
        if person.role == role:
            return person
        self.hire("管理", city)
        self.store.change_staff(city, person.id, role, departments, "system")
        changed = self.store.staff(city, person.id)
        assert changed is not None
        return changed

    def as_staff(self, person: Staff) -> Visitor:
        """This person's browser, logged in through the login page."""
        visitor = self.visitor(person.city)
        response = visitor.login(person.email)
        assert response.status_code == 302, response.text
        visitor.get("/account")
        return visitor

    def as_role(self, role: Role, city: str = "test", departments: Sequence[str] = ("市民課",)) -> Visitor:
        return self.as_staff(self.hire(role, city, departments))


def a_config(folder: Path, **settings: str) -> Config:
    known = {"PUBLIC_URL": "http://localhost", "DATA_DIR": str(folder / "data"), "CITIES_DIR": str(ROOT / "cities")}
    return read_config({**known, **settings})


def a_console(store: Store, library: Library, folder: Path, clock: Clock, **settings: str) -> ConsoleSite:
    """`settings` are environment variables, e.g. `TOTP_ROLES="管理"`."""
    config = a_config(folder, **settings)
    app = Flask("console", static_folder=None)
    app.jinja_options = {"bytecode_cache": _Compiled()}
    app.register_blueprint(console_blueprint(library, store, config, passwords=_QUICK, clock=clock))
    register_front(app, library, config)
    return ConsoleSite(app, store, library, config, clock)
