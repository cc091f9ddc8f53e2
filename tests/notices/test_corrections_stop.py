"""A correction that goes out stops what it corrects, where that still goes out or comes again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from store import NoticeConflict, Store
from store.errors import StoreError
from store.records_notices import Audience, NoticeView
from tests.databases import Clock
from tests.notices.notice_builders import CITY, a_notice, add_friends

_MAKER, _SECOND = 3, 4
MONTHLY = {"every": "month", "day": 1, "at": "09:00"}


def _now(clock: Clock) -> datetime:
    return datetime.fromtimestamp(clock.now, UTC)


def issued(store: Store, **changes: Any) -> NoticeView:
    made = store.put_notice(a_notice(audience=Audience(everyone=True, topics=("bosai",)), **changes), by=_MAKER)
    return store.issue_notice(CITY, made.id, by=_MAKER)


def status(store: Store, number: int) -> str:
    found = store.notice(CITY, number)
    assert found is not None
    return found.status


def stops(store: Store) -> list[tuple[str, str]]:
    return [(row.who, row.record) for row in store.audit_rows(CITY) if row.action == "notice.stop"]


def test_whoever_has_not_got_the_wrong_one_does_not_get_it_any_more(store: Store, clock: Clock) -> None:
    add_friends(store, 1_200)
    wrong = issued(store)
    store.plan_due_notices(_now(clock))
    [on_its_way] = store.claim_chunks("w", 1, 8.0)
    draft = store.put_notice(a_notice(mark="correction", original=wrong.id), by=_MAKER)

    assert [one.id for one in store.stopped_by(CITY, draft.id)] == [wrong.id], "told before"
    assert status(store, wrong.id) == "sending", "a draft stops nothing"
    store.issue_notice(CITY, draft.id, by=_SECOND)

    assert status(store, wrong.id) == "stopped"
    assert stops(store) == [(f"staff:{_SECOND}", f"notice:{wrong.id}")]
    store.chunk_sent(on_its_way, "r1")
    progress = store.notice_progress(CITY, wrong.id)
    assert (progress.accepted, progress.waiting) == (500, 0)
    assert store.stopped_by(CITY, draft.id) == []


def test_what_was_sent_whole_stays_on_the_pages(store: Store, clock: Clock) -> None:
    wrong = issued(store)
    store.plan_due_notices(_now(clock))
    assert status(store, wrong.id) == "done"

    issued(store, mark="correction", original=wrong.id)

    assert status(store, wrong.id) == "done"
    assert stops(store) == []


def test_what_line_refused_of_a_wrong_one_is_not_sent_again(store: Store, clock: Clock) -> None:
    add_friends(store, 3)
    wrong = issued(store)
    store.plan_due_notices(_now(clock))
    [call] = store.claim_chunks("w", 1, 8.0)
    store.chunk_dead(call, "monthly limit")
    right = issued(store, mark="correction", original=wrong.id)

    with pytest.raises(NoticeConflict, match="corrected"):
        store.resend_notice(CITY, wrong.id, by=_MAKER)

    store.stop_notice(CITY, right.id, by=_MAKER)
    assert store.resend_notice(CITY, wrong.id, by=_MAKER).status == "sending", "the correction was the mistake"


def test_a_repeating_one_does_not_come_again(store: Store, clock: Clock) -> None:
    """Whichever of its months is corrected, the one that waits for the next is stopped, and none follows it."""
    wrong = issued(store, repeats=MONTHLY)
    store.plan_due_notices(_now(clock))
    clock.forward(40 * 86_400)
    store.plan_due_notices(_now(clock))
    first, second, third = sorted(store.notices(CITY), key=lambda one: one.id)
    assert [one.status for one in (first, second, third)] == ["done", "done", "scheduled"]

    draft = store.put_notice(a_notice(mark="correction", original=second.id), by=_MAKER)
    assert [one.id for one in store.stopped_by(CITY, draft.id)] == [third.id]
    store.issue_notice(CITY, draft.id, by=_MAKER)
    clock.forward(40 * 86_400)
    store.plan_due_notices(_now(clock))

    assert [status(store, one.id) for one in (wrong, second, third)] == ["done", "done", "stopped"]
    assert [one.id for one in store.notices(CITY)] == [draft.id, third.id, second.id, first.id]


def test_a_planner_leaves_no_moment_in_which_the_next_one_is_not_there(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This one begins to be planned and the next one is put in its place, or neither: else a correction misses it."""
    wrong = issued(store, repeats=MONTHLY)

    def killed(*_: object) -> datetime:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("store.notice_plan.next_time", killed)
        with pytest.raises(StoreError):
            store.plan_due_notices(_now(clock))
    assert status(store, wrong.id) == "scheduled"
    issued(store, mark="correction", original=wrong.id)
    store.plan_due_notices(_now(clock))

    assert status(store, wrong.id) == "stopped"
    assert [one.repeats for one in store.notices(CITY) if one.repeats and one.id != wrong.id] == []


@pytest.mark.parametrize("waits", [False, True])
def test_it_stops_when_it_goes_out_approved_or_at_its_time(store: Store, clock: Clock, waits: bool) -> None:
    add_friends(store, 3)
    wrong = issued(store)
    store.plan_due_notices(_now(clock))
    due = _now(clock) + timedelta(hours=2) if waits else None
    new = a_notice(mark="correction", original=wrong.id, needs_approval=True, due_at=due)
    draft = store.put_notice(new, by=_MAKER)
    store.submit_notice(CITY, draft.id, by=_MAKER)
    store.approve_notice(CITY, draft.id, by=_SECOND)

    if waits:
        assert status(store, wrong.id) == "sending"
        clock.forward(2 * 3600)
        store.plan_due_notices(_now(clock))
    assert status(store, wrong.id) == "stopped"
    assert stops(store)[0][0] == ("system" if waits else f"staff:{_SECOND}")


def test_a_correction_of_a_correction_stops_both_and_nothing_else(store: Store, clock: Clock) -> None:
    add_friends(store, 3)
    other = issued(store)
    wrong = issued(store)
    worse = issued(store, mark="correction", original=wrong.id)
    assert (status(store, wrong.id), status(store, worse.id)) == ("stopped", "scheduled")

    issued(store, mark="correction", original=wrong.id)

    assert [status(store, one.id) for one in (wrong, worse, other)] == ["stopped", "stopped", "scheduled"]


def test_to_correct_an_all_clear_leaves_what_it_had_lifted_in_force(store: Store, clock: Clock) -> None:
    add_friends(store, 3)
    order = issued(store, kind="disaster")
    clear = issued(store, kind="disaster", mark="all_clear", original=order.id)

    issued(store, kind="disaster", mark="correction", original=order.id)

    assert (status(store, order.id), status(store, clear.id)) == ("scheduled", "stopped")


@pytest.mark.parametrize("of", [{"source": "feed"}, {"source": "rule"}, {"source_key": "report:abc"}])
def test_what_telegrams_and_the_disaster_console_correct_is_theirs(store: Store, of: dict[str, Any]) -> None:
    wrong = issued(store, kind="disaster")

    issued(store, kind="disaster", mark="correction", original=wrong.id, **of)

    assert status(store, wrong.id) == "scheduled"


def test_another_citys_notice_of_that_number_goes_on(store: Store) -> None:
    made = store.put_notice(a_notice(city="hoka"), by=_MAKER)
    store.issue_notice("hoka", made.id, by=_MAKER)

    issued(store, mark="correction", original=made.id)

    found = store.notice("hoka", made.id)
    assert found is not None
    assert found.status == "scheduled"
