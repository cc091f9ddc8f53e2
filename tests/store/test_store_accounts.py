"""Accounts in the store: the way in, and the rules that stay true however many act at once."""

from __future__ import annotations

from store import Store, open_store
from store.records_accounts import SsoLogin
from tests.databases import Clock
from tests.store.account_builders import LIMITS, an_invitation, hire, open_for, reason, together


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
