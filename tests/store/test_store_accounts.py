"""Accounts in the store: the way in, the rules that stay true however many act at once, sessions, counted failures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from store import Store, open_store
from store.records_accounts import AccountConflict, Brake, Limits, NewInvitation, NewSession, Role, SsoLogin, Staff
from tests.databases import Clock

LIMITS = Limits(idle=1800, absolute=43200)
_count = iter(range(1, 10_000))


def an_invitation(city: str = "demo", **changes: Any) -> NewInvitation:
    number = next(_count)
    fields: dict[str, Any] = {
        "kind": "invite",
        "token_hash": f"token-{number}",
        "id": f"id-{number}",
        "lasts": 3600,
        "email": f"p{number}@x.jp",
    }
    return NewInvitation(city, **{**fields, **changes})


def hire(store: Store, role: Role = "管理", city: str = "demo", email: str = "") -> Staff:
    kind = "invite" if store.has_staff(city) else "first"
    invitation = an_invitation(city, kind=kind, role=role, email=email or f"p{next(_count)}@x.jp")
    store.invite(invitation, "system")
    return store.accept_invitation(city, invitation.token_hash, "人", invitation.email, "hash")


def open_for(store: Store, person: Staff, token: str = "t", **changes: Any) -> None:
    fields: dict[str, Any] = {"id": f"s-{token}", "stage": "full", "way": "password", "agent": "Chrome"}
    store.open_session(NewSession(person.city, person.id, token_hash=token, **{**fields, **changes}))


def together(*acts: Callable[[], object]) -> list[object]:
    """Runs the acts at the same time; their results, or the reasons of their conflicts."""
    results: list[object] = [None] * len(acts)
    barrier = threading.Barrier(len(acts))

    def run(place: int) -> None:
        barrier.wait()
        try:
            results[place] = acts[place]()
        except AccountConflict as conflict:
            results[place] = conflict.reason

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def reason(act: Callable[[], object]) -> str:
    with pytest.raises(AccountConflict) as refused:
        act()
    return refused.value.reason


def test_the_first_link_makes_a_管理_and_works_once(store: Store) -> None:
    first = an_invitation(kind="first", role="管理")
    store.invite(first, "system")

    person = store.accept_invitation("demo", first.token_hash, "佐藤", "Sato@X.jp", "hash")

    assert (person.id, person.role, person.email) == (1, "管理", "sato@x.jp")
    assert reason(lambda: store.accept_invitation("demo", first.token_hash, "鈴木", "b@x.jp", "hash")) == "gone"
    assert reason(lambda: store.invite(an_invitation(kind="first"), "system")) == "not_first"


def test_a_new_first_link_ends_the_old_one(store: Store) -> None:
    old, new = an_invitation(kind="first"), an_invitation(kind="first")
    store.invite(old, "system")
    store.invite(new, "system")

    assert store.invitation("demo", old.token_hash) is None
    assert store.invitation("demo", new.token_hash) is not None


def test_an_invitation_runs_out(store: Store, clock: Clock) -> None:
    invitation = an_invitation(lasts=3600)
    store.invite(invitation, "system")

    clock.forward(3601)

    assert store.invitation("demo", invitation.token_hash) is None
    assert store.invitations("demo") == []


def test_an_invitation_of_one_city_opens_nothing_in_another(store: Store) -> None:
    invitation = an_invitation()
    store.invite(invitation, "system")

    assert store.invitation("other", invitation.token_hash) is None
    assert reason(lambda: store.accept_invitation("other", invitation.token_hash, "x", "x@x.jp", "h")) == "gone"


def test_who_has_an_account_is_not_invited_again(store: Store) -> None:
    person = hire(store)

    assert reason(lambda: store.invite(an_invitation(email=person.email.upper()), "system")) == "known"


def test_an_invitation_can_be_taken_back(store: Store) -> None:
    invitation = an_invitation()
    store.invite(invitation, "staff:1")

    store.withdraw_invitation("demo", invitation.id, "staff:1")

    assert store.invitation("demo", invitation.token_hash) is None
    assert reason(lambda: store.withdraw_invitation("demo", invitation.id, "staff:1")) == "gone"


def test_a_new_password_ends_the_sessions(store: Store) -> None:
    person = hire(store)
    open_for(store, person)
    renew = an_invitation(kind="renew", staff_id=person.id)
    store.invite(renew, "staff:1")

    store.accept_invitation("demo", renew.token_hash, "", "", "new-hash")

    found = store.credentials_of("demo", person.id)
    assert found is not None
    assert found.password_hash == "new-hash"
    assert store.session("demo", "t", LIMITS) is None


def test_people_are_numbered_in_each_city(store: Store) -> None:
    assert [hire(store).id, hire(store).id, hire(store, city="other").id] == [1, 2, 1]
    assert store.staff("other", 2) is None


def test_the_last_管理_stays(store: Store) -> None:
    admin, other = hire(store), hire(store, "担当")

    assert reason(lambda: store.disable_staff("demo", admin.id, "x")) == "last_admin"
    assert reason(lambda: store.change_staff("demo", admin.id, "担当", (), "x")) == "last_admin"
    store.change_staff("demo", other.id, "管理", (), "x")
    store.disable_staff("demo", admin.id, "x")
    assert [person.disabled for person in store.staff_list("demo")] == [False, True]


def test_a_管理_who_is_stopped_does_not_count_as_one_who_stays(store: Store) -> None:
    admin, other = hire(store), hire(store)
    store.disable_staff("demo", other.id, "x")

    assert reason(lambda: store.disable_staff("demo", admin.id, "x")) == "last_admin"


def test_two_管理_who_stop_each_other_at_once_leave_one(database_url: str) -> None:
    with open_store(database_url) as here, open_store(database_url) as there:
        one, two = hire(here), hire(here)

        results = together(
            lambda: here.disable_staff("demo", one.id, f"staff:{two.id}"),
            lambda: there.disable_staff("demo", two.id, f"staff:{one.id}"),
        )

        assert sorted(results, key=str) == [None, "last_admin"]


def test_a_link_opened_twice_at_once_makes_one_account(database_url: str) -> None:
    with open_store(database_url) as here, open_store(database_url) as there:
        first = an_invitation(kind="first")
        here.invite(first, "system")

        results = together(
            lambda: here.accept_invitation("demo", first.token_hash, "一", "a@x.jp", "h").id,
            lambda: there.accept_invitation("demo", first.token_hash, "二", "b@x.jp", "h").id,
        )

        assert sorted(results, key=str) == [1, "gone"]
        assert len(here.staff_list("demo")) == 1


def test_a_recovery_code_used_twice_at_once_counts_once(database_url: str) -> None:
    with open_store(database_url) as here, open_store(database_url) as there:
        person = hire(here)
        here.set_totp("demo", person.id, "sealed", 5, ["c1", "c2"], "x")

        results = together(
            lambda: here.use_recovery_code("demo", person.id, "c1"),
            lambda: there.use_recovery_code("demo", person.id, "c1"),
        )

        assert sorted(results, key=str) == [False, True]
        assert here.recovery_codes_left("demo", person.id) == 1


def test_a_step_of_the_second_factor_counts_once_and_never_backwards(store: Store) -> None:
    person = hire(store)
    store.set_totp("demo", person.id, "sealed", 5, [], "x")

    assert [store.use_totp_step("demo", person.id, step) for step in (5, 6, 6, 4, 7)] == [
        False,
        True,
        False,
        False,
        True,
    ]


def test_a_session_lives_until_it_is_idle_old_or_ended(store: Store, clock: Clock) -> None:
    person = hire(store)
    open_for(store, person)
    session = store.session("demo", "t", LIMITS)
    assert session is not None
    assert (session.staff, session.way, session.agent) == (person, "password", "Chrome")
    assert store.session("other", "t", LIMITS) is None

    clock.forward(1801)
    assert store.session("demo", "t", LIMITS) is None
    store.touch_session(session)
    assert store.session("demo", "t", LIMITS) is not None
    store.end_session(session)
    assert store.session("demo", "t", LIMITS) is None


def test_a_session_in_place_of_another_ends_it(store: Store) -> None:
    person = hire(store)
    open_for(store, person, "old", stage="code")

    store.open_session(NewSession("demo", person.id, "new", "s2", "full", "code", "Chrome"), instead_of="old")

    assert store.session("demo", "old", LIMITS) is None
    assert [session.id for session in store.sessions_of("demo", person.id, LIMITS)] == ["s2"]


def test_a_rotated_session_is_the_same_under_another_token(store: Store) -> None:
    person = hire(store)
    open_for(store, person)
    session = store.session("demo", "t", LIMITS)
    assert session is not None

    store.rotate_session(session, "t2")

    assert store.session("demo", "t", LIMITS) is None
    rotated = store.session("demo", "t2", LIMITS)
    assert rotated is not None
    assert (rotated.id, rotated.created_at) == (session.id, session.created_at)
    assert reason(lambda: store.rotate_session(session, "t3")) == "gone"


def test_another_role_ends_the_sessions_and_other_departments_do_not(store: Store) -> None:
    hire(store)
    person = hire(store, "担当")
    open_for(store, person)

    store.change_staff("demo", person.id, "担当", ("市民課",), "x")
    session = store.session("demo", "t", LIMITS)
    assert session is not None
    assert session.staff.departments == ("市民課",)
    store.change_staff("demo", person.id, "編集", ("市民課",), "x")

    assert store.session("demo", "t", LIMITS) is None


def test_nobody_ends_the_session_of_another_person_by_its_name(store: Store) -> None:
    one, two = hire(store), hire(store)
    open_for(store, two, "t")

    assert reason(lambda: store.revoke_session("demo", one.id, "s-t", "staff:1")) == "gone"
    assert reason(lambda: store.revoke_session("other", two.id, "s-t", "staff:1")) == "gone"
    assert store.session("demo", "t", LIMITS) is not None


def test_every_change_is_in_the_log_in_the_name_of_who_did_it(store: Store) -> None:
    hire(store)
    person = hire(store, "担当")
    store.rename_staff("demo", person.id, "新しい名", "staff:1")
    store.set_password("demo", person.id, "h2", f"staff:{person.id}")
    store.set_totp("demo", person.id, "sealed", 1, ["c"], f"staff:{person.id}")
    store.clear_totp("demo", person.id, "staff:1")
    store.disable_staff("demo", person.id, "staff:1")
    store.enable_staff("demo", person.id, "cli:ops")

    lines = [(row.who, row.action) for row in store.audit_rows("demo") if row.record == f"staff:{person.id}"]

    assert lines == [
        ("cli:ops", "staff.enabled"),
        ("staff:1", "staff.disabled"),
        ("staff:1", "staff.totp_cleared"),
        ("staff:2", "staff.totp_set"),
        ("staff:2", "staff.password_changed"),
        ("staff:1", "staff.renamed"),
        ("staff:2", "staff.joined"),
    ]
    assert store.audit_verify("demo").broken_at == 0


def test_what_is_refused_leaves_no_line(store: Store) -> None:
    admin = hire(store)
    before = len(store.audit_rows("demo"))

    assert reason(lambda: store.disable_staff("demo", admin.id, "x")) == "last_admin"

    assert len(store.audit_rows("demo")) == before


def test_a_single_sign_on_person_belongs_to_one_account(store: Store) -> None:
    one, two = hire(store), hire(store)
    store.link_subject("demo", one.id, "https://i", "s1")

    assert reason(lambda: store.link_subject("demo", two.id, "https://i", "s1")) == "taken"
    assert reason(lambda: store.link_subject("demo", one.id, "https://i", "s2")) == "taken"
    found = store.staff_by_subject("demo", "https://i", "s1")
    assert found is not None
    assert found.id == one.id
    assert store.staff_by_subject("other", "https://i", "s1") is None
    assert store.staff_by_subject("demo", "", "") is None


def test_an_unfinished_sign_on_is_found_once_by_its_browser(store: Store, clock: Clock) -> None:
    login = SsoLogin("nonce", "verifier", "/console/demo/")
    for state in ("s1", "s2", "s3"):
        store.begin_sso("demo", state, "browser", login, 600)

    assert store.finish_sso("demo", "s1", "another") is None
    assert store.finish_sso("other", "s1", "browser") is None
    assert store.finish_sso("demo", "s1", "browser") == login
    assert store.finish_sso("demo", "s1", "browser") is None
    clock.forward(601)
    assert store.finish_sso("demo", "s2", "browser") is None


BRAKE = Brake("k", free=3, first=2, most=10, forget=3600)


def test_attempts_wait_longer_and_longer(store: Store, clock: Clock) -> None:
    waits = []
    for _ in range(7):
        wait = store.begin_attempt("demo", [BRAKE])
        waits.append(wait)
        clock.forward(wait)
        if wait:
            assert store.begin_attempt("demo", [BRAKE]) == 0

    assert waits == [0, 0, 0, 2, 4, 8, 10]


def test_an_attempt_while_waiting_does_not_lengthen_the_wait(store: Store) -> None:
    for _ in range(3):
        store.begin_attempt("demo", [BRAKE])

    assert [store.begin_attempt("demo", [BRAKE]) for _ in range(5)] == [2] * 5


def test_a_success_takes_the_count_away_and_gives_the_shared_one_back(store: Store) -> None:
    shared = Brake("net", free=2, first=5, most=5, forget=3600)
    for _ in range(2):
        assert store.begin_attempt("demo", [BRAKE, shared]) == 0
        store.forgive("demo", "k", ["net"])

    assert store.begin_attempt("demo", [BRAKE, shared]) == 0


def test_failures_are_forgotten_after_a_while(store: Store, clock: Clock) -> None:
    for _ in range(3):
        store.begin_attempt("demo", [BRAKE])

    clock.forward(3601)

    assert [store.begin_attempt("demo", [BRAKE]) for _ in range(3)] == [0, 0, 0]


def test_a_count_that_makes_nobody_wait_is_read_and_forgotten(store: Store, clock: Clock) -> None:
    counted = Brake("count", free=10**9, first=0, most=0, forget=3600)

    assert [store.begin_attempt("demo", [counted]) for _ in range(30)] == [0] * 30
    assert (store.failed("demo", counted), store.failed("other", counted)) == (30, 0)
    store.forgive("demo", "k", ["count"])
    assert store.failed("demo", counted) == 29
    clock.forward(3601)
    assert store.failed("demo", counted) == 0


def test_a_hundred_attempts_at_once_do_not_all_find_a_clean_record(database_url: str) -> None:
    with open_store(database_url) as here, open_store(database_url) as there:
        results = together(
            *(lambda store=store: store.begin_attempt("demo", [BRAKE]) for store in (here, there) for _ in range(10))
        )

        assert results.count(0) == 3


def test_a_browser_is_known_for_one_person_of_one_city(store: Store) -> None:
    one, two = hire(store), hire(store)
    store.remember_device("demo", one.id, "d")
    store.remember_device("demo", one.id, "d")

    assert store.knows_device("demo", one.id, "d")
    assert not store.knows_device("demo", two.id, "d")
    assert not store.knows_device("other", one.id, "d")


def test_what_is_over_for_long_is_swept_away(store: Store, clock: Clock) -> None:
    person = hire(store)
    open_for(store, person)
    store.begin_attempt("demo", [BRAKE])
    store.begin_sso("demo", "s", "b", SsoLogin("n", "v", "/"), 600)
    store.remember_device("demo", person.id, "d")

    clock.forward(31 * 86_400)
    store.sweep_accounts()

    assert store.sessions_of("demo", person.id, Limits(10**9, 10**9)) == []
    assert store.knows_device("demo", person.id, "d")
    assert store.staff("demo", person.id) is not None
    assert store.audit_verify("demo").broken_at == 0


def test_secrets_do_not_stand_in_what_is_printed(store: Store) -> None:
    person = hire(store)
    store.set_totp("demo", person.id, "sealed-secret", 1, [], "x")
    open_for(store, person, "token-hash", id="sid")

    shown = repr(
        (
            store.credentials_of("demo", person.id),
            store.session("demo", "token-hash", LIMITS),
            an_invitation(token_hash="invitation-hash"),
            SsoLogin("the-nonce", "the-verifier", "/"),
        )
    )

    for secret in ("sealed-secret", "'hash'", "token-hash", "invitation-hash", "the-nonce", "the-verifier"):
        assert secret not in shown
