"""Insecure direct object references: names and numbers of another city's or person's records open nothing."""

from __future__ import annotations

import re

import pytest

from handlers.console.cookies import digest
from tests.console_site import PASSWORD, ConsoleSite

ACTS = ("change", "disable", "enable", "renew", "reset-totp", "end-sessions")


def test_a_colleague_of_another_city_is_not_found(site: ConsoleSite) -> None:
    browser = site.as_role("管理")
    site.hire("管理", city="other")
    for _ in range(3):
        theirs = site.hire("担当", city="other")

    assert site.store.staff("test", theirs.id) is None
    assert browser.get(f"/staff/{theirs.id}").status_code == 404
    for act in ACTS:
        form = {"role": "管理", "departments": "市民課"}
        assert browser.post(f"/staff/{theirs.id}/{act}", form).status_code == 404, act
    assert site.store.staff("other", theirs.id) == theirs


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999999", "1e3", "1%00", "' OR 1=1 --"])
def test_a_number_that_is_none_is_not_found(site: ConsoleSite, number: str) -> None:
    assert site.as_role("管理").get(f"/staff/{number}").status_code == 404


def test_an_invitation_of_another_city_cannot_be_taken_back(site: ConsoleSite) -> None:
    here, there = site.as_role("管理"), site.as_role("管理", city="other")
    there.submit("/staff", "/staff/invitations", {"email": "new@x.jp", "role": "編集"})
    (invitation,) = site.store.invitations("other")

    assert here.post(f"/staff/invitations/{invitation.id}/withdraw").status_code == 404
    assert site.store.invitations("other") == [invitation]


def test_an_invitation_link_of_another_city_opens_nothing_here(site: ConsoleSite) -> None:
    there = site.as_role("管理", city="other")
    page = there.submit("/staff", "/staff/invitations", {"email": "new@x.jp", "role": "管理"}).text
    link = re.search(r'value="http://localhost(/console/other/invitation/[^"]+)"', page).group(1)  # type: ignore[union-attr]
    stranger = site.visitor()
    stranger.get("/login")

    moved = link.replace("/other/", "/test/")

    assert stranger.get(moved).status_code == 410
    form = {"name": "x", "email": "x@x.jp", "new": PASSWORD, "again": PASSWORD}
    assert stranger.post(moved, form).status_code == 410
    assert site.store.staff_by_email("test", "new@x.jp") is None


def test_nobody_ends_a_colleagues_session_as_their_own(site: ConsoleSite) -> None:
    one, two = site.hire("管理"), site.hire("担当")
    mine, theirs = site.as_staff(one), site.as_staff(two)
    session = site.store.session("test", digest(theirs.cookie().rpartition(".")[2]), site_limits(site))
    assert session is not None

    assert mine.post(f"/account/sessions/{session.id}/end").status_code == 404
    assert theirs.logged_in()


def site_limits(site: ConsoleSite):  # type: ignore[no-untyped-def]
    from store.records_accounts import Limits

    return Limits(site.config.console.idle_seconds, site.config.console.session_seconds)


def test_the_audit_log_of_another_city_is_not_shown(site: ConsoleSite) -> None:
    here = site.as_role("管理")
    site.store.audit("other", "staff:1", "case.taken", "case:of-the-other-city")

    assert "of-the-other-city" not in here.get("/audit").text
    assert "of-the-other-city" not in here.get("/audit?record=case:of-the-other-city").text.split("<tbody>")[-1][:0]
    assert "of-the-other-city" not in here.get("/audit.csv").text
    assert here.get("/console/other/audit").status_code == 302


def test_departments_of_another_city_cannot_be_given(site: ConsoleSite) -> None:
    browser = site.as_role("管理")
    person = site.hire("担当")

    answer = browser.post(f"/staff/{person.id}/change", {"role": "担当", "departments": "となりの課"})

    assert answer.status_code == 422
    assert site.store.staff("test", person.id) == person


def test_an_unknown_role_cannot_be_given(site: ConsoleSite) -> None:
    browser = site.as_role("管理")
    person = site.hire("担当")

    assert browser.post(f"/staff/{person.id}/change", {"role": "市長", "departments": "市民課"}).status_code == 422
    assert site.store.staff("test", person.id) == person
