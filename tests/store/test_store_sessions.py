"""Sessions, sign-ons and counted failures in the store, on both engines: each ends when it should."""

from __future__ import annotations

from store import Store, open_store
from store.records_accounts import Brake, Limits, NewSession, SsoLogin
from tests.databases import Clock
from tests.store.account_builders import LIMITS, hire, open_for, reason, together


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
