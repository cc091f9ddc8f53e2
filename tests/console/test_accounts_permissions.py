"""House rules of the console: every route names a permission, and lets in exactly the table's roles, of its city."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from handlers.console.gate import OPEN, allowed, permission_of
from handlers.console.permissions import PERMISSIONS, ROLE_NOTES, may
from store.records_accounts import ROLES, Role
from tests.console_site import ConsoleSite, Visitor

REFUSED = (403, 404)
EXAMPLES = {"int": "9", "string": "x", "default": "x", "path": "x"}


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """(method, path of 試験市, endpoint) of every route of the console that belongs to a city."""
    return [
        (method, address, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and "city" in rule.arguments
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})
        for address in [example(rule)]
    ]


def example(rule: Rule) -> str:
    """The route's address with something in each place."""

    def filled(found: re.Match[str]) -> str:
        kind, _, name = found.group(1).rpartition(":")
        return "test" if name == "city" else EXAMPLES[kind or "default"]

    return re.sub(r"<([^>]+)>", filled, rule.rule)


def ask(visitor: Visitor, method: str, path: str) -> int:
    """Sends the request as a form of this visitor; a stream is opened and left."""
    client: FlaskClient = visitor.client
    form = {"csrf_token": visitor.token} if method != "GET" else None
    response = client.open(path, method=method, data=form, buffered=False)
    status = response.status_code
    response.close()
    return status


def test_every_route_names_a_line_of_the_table(site: ConsoleSite) -> None:
    unmarked = {
        rule.endpoint
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and not permission_of(site.app, rule.endpoint)
    }

    assert unmarked == set()


def test_the_doors_without_a_login_are_these_and_no_more(site: ConsoleSite) -> None:
    doors = {rule.endpoint for rule in site.app.url_map.iter_rules() if permission_of(site.app, rule.endpoint) == OPEN}

    assert doors == {
        "console.cities",
        "console.login",
        "console.check_login",
        "console.code",
        "console.check_code",
        "console.invitation",
        "console.accept_invitation",
        "console.begin_sso",
        "console.finish_sso",
    }


def test_a_view_that_forgot_its_permission_is_closed_to_everybody(site: ConsoleSite) -> None:
    site.app.view_functions["console.account"] = lambda city: "forgotten"

    assert site.visitor().get("/account").status_code == 403


def test_a_permission_that_is_not_in_the_table_cannot_be_named() -> None:
    with pytest.raises(ValueError, match="not in the table"):
        allowed("case.steal")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_comes_in_exactly_where_the_table_says(site: ConsoleSite, role: Role) -> None:
    visitor = site.as_role(role)
    wrong = {}
    for method, path, endpoint in routes(site.app):
        permission = permission_of(site.app, endpoint)
        if permission == OPEN or endpoint == "console.logout":
            continue
        status = ask(visitor, method, path)
        # Behind the gate a record that is not there is 404, a form without its fields 4xx or a way back.
        if (status == 403) is may(role, permission):
            wrong[f"{method} {path}"] = (permission, status)
        visitor = visitor if visitor.logged_in() else site.as_role(role)

    assert wrong == {}


@pytest.mark.parametrize("role", ROLES)
def test_nobody_comes_into_another_city(site: ConsoleSite, role: Role) -> None:
    """The cookie of となり市, carried over by hand; also one that claims to be of this city."""
    theirs = site.as_role(role, city="other")
    named, _, token = theirs.cookie().rpartition(".")
    for cookie in (theirs.cookie(), f"test.{token}"):
        intruder = site.visitor("test")
        intruder.set_cookie("madoguchi", cookie)
        intruder.token = theirs.token
        for method, path, endpoint in routes(site.app):
            if permission_of(site.app, endpoint) == OPEN:
                continue
            status = ask(intruder, method, path)
            assert status in (REFUSED if cookie == theirs.cookie() else (302, *REFUSED)), (method, path, status)
    assert named == "other"


def test_without_a_login_every_page_leads_to_it(site: ConsoleSite) -> None:
    stranger = site.visitor()
    for method, path, endpoint in routes(site.app):
        if permission_of(site.app, endpoint) != OPEN:
            answer = stranger.client.open(path, method=method)
            assert answer.status_code == 302, (method, path)
            assert answer.headers["Location"].startswith("/console/test/login"), (method, path)


def test_half_a_login_opens_nothing(site: ConsoleSite) -> None:
    person = site.hire("管理")
    site.store.set_totp("test", person.id, "sealed", 1, [], "x")
    visitor = site.visitor()
    assert visitor.login(person.email).headers["Location"].startswith("/console/test/login/code")

    for method, path, endpoint in routes(site.app):
        if permission_of(site.app, endpoint) != OPEN:
            answer = visitor.client.open(path, method=method)
            assert answer.headers.get("Location") == "/console/test/login/code", (method, path)


def test_a_script_that_asks_without_a_login_is_led_by_a_header(site: ConsoleSite) -> None:
    answer = site.visitor().get("/account", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/console/test/login"


def test_what_a_page_asks_by_itself_keeps_nobody_logged_in(site: ConsoleSite) -> None:
    site.app.view_functions["console.account"].console_passive = True  # type: ignore[attr-defined]
    browser = site.as_role("管理")

    for _ in range(4):
        site.clock.forward(10 * 60)
        last = browser.get("/account").status_code

    assert last == 302


def test_rights_change_at_once_with_the_role(site: ConsoleSite) -> None:
    site.hire("管理")
    person = site.hire("管理")
    browser = site.as_staff(person)
    assert browser.get("/staff").status_code == 200

    site.store.change_staff("test", person.id, "担当", ("市民課",), "staff:1")

    assert browser.get("/staff").status_code == 302
    assert site.as_staff(person).get("/staff").status_code == 403


def test_the_menu_shows_what_the_role_may_open(site: ConsoleSite) -> None:
    def menu(role: Role) -> Iterator[str]:
        page = site.as_role(role).get("/account").text
        found = re.search(r'<nav class="menu".*?</nav>', page, re.S)
        return iter(re.findall(r'href="([^"]+)"', found.group(0) if found else ""))

    for role in ROLES:
        visitor = site.as_role(role)
        for address in menu(role):
            assert visitor.get(address).status_code in (200, 302), (role, address)
    assert "/console/test/staff" in list(menu("管理"))
    assert "/console/test/staff" not in list(menu("監査"))


def test_the_table_names_every_role_somewhere_and_only_roles() -> None:
    assert set().union(*PERMISSIONS.values()) == set(ROLES) == set(ROLE_NOTES)


@pytest.mark.parametrize(
    ("role", "may_not"),
    [
        (
            "監査",
            {"case.reply", "case.take", "case.erase", "staff.manage", "staff.invite", "draft.edit", "case.export"},
        ),
        ("担当", {"case.erase", "staff.manage", "audit.read", "draft.edit"}),
        ("編集", {"case.reply", "case.erase", "staff.manage", "audit.read"}),
        ("承認", {"case.reply", "staff.manage", "audit.read"}),
        ("管理", set()),
    ],
)
def test_what_each_role_may_not(role: Role, may_not: set[str]) -> None:
    assert {permission for permission in may_not if may(role, permission)} == set()
    assert not may(role, "no.such.permission")
