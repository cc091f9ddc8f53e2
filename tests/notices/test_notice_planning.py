"""Planning: whom a notice reaches, and the calls it becomes; all of them at once, or none."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import and_, select

from notify.notice_life import JAPAN, next_time, quiet_until
from store import Store, StoreError
from store.notice_plan import PLAN_LEASE_SECONDS
from store.records_notices import Audience, HeadCount
from store.tables_notices import notice_chunks, notice_recipients
from tests.databases import Clock
from tests.notices.notice_builders import CITY, EVERYONE, a_notice, add_friends, add_wishes, resident


def _now(clock: Clock) -> datetime:
    return datetime.fromtimestamp(clock.now, UTC)


def _chunks(store: Store, number: int) -> list[Any]:
    both = and_(notice_recipients.c.notice_id == number, notice_recipients.c.part == notice_chunks.c.part)
    found = select(notice_chunks, notice_recipients.c.recipients).join(notice_recipients, both)
    found = found.where(notice_chunks.c.city == CITY, notice_chunks.c.notice_id == number)
    return list(store._read(lambda connection: connection.execute(found.order_by(notice_chunks.c.part)).all()))


def _planned(store: Store, clock: Clock, **changes: Any) -> list[Any]:
    """The calls of a notice that is issued and planned now."""
    made = store.put_notice(a_notice(**changes), by=3)
    store.issue_notice(CITY, made.id, by=3)
    assert store.plan_due_notices(_now(clock)) == 1
    return _chunks(store, made.id)


def _heard(chunks: list[Any]) -> list[str]:
    return sorted(name for chunk in chunks for name in json.loads(chunk.recipients))


def test_everybody_is_in_one_call_and_no_call_is_too_large(store: Store, clock: Clock) -> None:
    names = add_friends(store, 1_203)
    add_friends(store, 5, start=9_000, status="blocked")
    add_friends(store, 5, city="hoka")

    chunks = _planned(store, clock)

    assert _heard(chunks) == sorted(names)
    assert [chunk.count for chunk in chunks] == [500, 500, 203]
    assert len({uuid.UUID(chunk.retry_key) for chunk in chunks}) == 3
    assert {(chunk.state, chunk.due_at, chunk.priority) for chunk in chunks} == {("open", clock.ms, 8)}
    assert store.notices(CITY)[0].recipients == 1_203


def test_who_left_a_topic_out_or_wants_silence_is_not_everybody(store: Store, clock: Clock) -> None:
    names = add_friends(store, 6)
    add_wishes(store, names[:2], topics=["bousai"])
    add_wishes(store, names[2:4], topics=["gomi"])
    add_wishes(store, names[4:5], topics=["bousai"], paused=True)
    alarm = Audience(everyone=True, topics=("bousai",))

    chunks = _planned(store, clock, audience=alarm)

    assert _heard(chunks) == [names[0], names[1], names[5]]
    assert store.head_count(CITY, alarm, _now(clock)) == HeadCount(3, small=True)
    assert store.head_count(CITY, EVERYONE, _now(clock)) == HeadCount(5, small=False)


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        (Audience(topics=("gomi",)), [0, 1, 2, 3]),
        (Audience(topics=("gomi", "kosodate")), [0, 1, 2, 3, 4]),
        (Audience(topics=("gomi",), areas=("kita",)), [0, 1]),
        (Audience(topics=("gomi",), facts=(("pet", ("dog", "cat")),)), [0, 2]),
        (Audience(topics=("gomi",), facts=(("pet", ("dog", "cat")), ("care", ("yes",)))), [2]),
        (Audience(topics=("gomi",), languages=("en",)), [3]),
        (Audience(), []),
    ],
)
def test_an_audience_is_topic_and_area_and_facts_and_language(
    store: Store, clock: Clock, audience: Audience, expected: list[int]
) -> None:
    names = add_friends(store, 6)
    add_wishes(store, names[:1], topics=["gomi"], area="kita", facts=[("pet", "dog")])
    add_wishes(store, names[1:2], topics=["gomi"], area="kita")
    add_wishes(store, names[2:3], topics=["gomi"], facts=[("pet", "cat"), ("care", "yes")])
    add_wishes(store, names[3:4], topics=["gomi"], language="en")
    add_wishes(store, names[4:5], topics=["kosodate"])
    add_wishes(store, [resident(77)], topics=["gomi"], channel="widget")
    add_wishes(store, add_friends(store, 1, start=88, status="blocked"), topics=["gomi"])

    chunks = _planned(store, clock, audience=audience)

    assert _heard(chunks) == [names[number] for number in expected]
    assert store.head_count(CITY, audience, _now(clock)).count == len(expected)


def test_a_childs_age_is_counted_in_months_at_the_time_of_planning(store: Store, clock: Clock) -> None:
    clock.now = datetime(2026, 2, 28, 16, 0, tzinfo=UTC).timestamp()  # March in Japan
    born = {"2025-11": 4, "2025-12": 3, "2026-01": 2, "2025-03": 12, "2025-02": 13}
    names = add_friends(store, len(born))
    for name, month in zip(names, born, strict=True):
        add_wishes(store, [name], topics=["kosodate"], facts=[("child", month)])

    def ages(youngest: int, oldest: int) -> list[int]:
        audience = Audience(topics=("kosodate",), child_months=(youngest, oldest))
        heard = _heard(_planned(store, clock, audience=audience))
        return sorted(age for name, age in zip(names, born.values(), strict=True) if name in heard)

    assert ages(3, 12) == [3, 4, 12]
    assert ages(13, 13) == [13]


def test_a_call_has_one_language(store: Store, clock: Clock) -> None:
    names = add_friends(store, 700)
    add_wishes(store, names[100:400], topics=["gomi"], language="en")
    add_wishes(store, names[400:650], topics=["gomi"], language="easy")

    chunks = _planned(store, clock)

    assert {chunk.language: chunk.count for chunk in chunks} == {"ja": 150, "en": 300, "easy": 250}
    assert len(chunks) == 3
    assert _heard(chunks) == names


def test_news_wait_for_the_end_of_quiet_hours_and_alerts_do_not(store: Store, clock: Clock) -> None:
    clock.now = datetime(2026, 9, 21, 13, 30, tzinfo=UTC).timestamp()  # 22:30 in Japan
    names = add_friends(store, 3)
    add_wishes(store, names[:1], topics=["gomi"], quiet_from=21 * 60, quiet_to=7 * 60)
    add_wishes(store, names[1:2], topics=["gomi"], quiet_from=0, quiet_to=7 * 60)
    morning = datetime(2026, 9, 22, 7, 0, tzinfo=JAPAN)

    news = _planned(store, clock)
    alert = _planned(store, clock, kind="disaster")

    assert {json.loads(chunk.recipients)[0]: chunk.due_at for chunk in news} == {
        names[0]: morning.timestamp() * 1000,
        names[1]: clock.ms,
        names[2]: clock.ms,
    }
    assert [(chunk.count, chunk.due_at, chunk.quiet_from) for chunk in alert] == [(3, clock.ms, -1)]


@pytest.mark.parametrize(
    ("at", "window", "until"),
    [
        ("22:00", (22 * 60, 7 * 60), "07:00"),
        ("06:59", (22 * 60, 7 * 60), "07:00"),
        ("07:00", (22 * 60, 7 * 60), None),
        ("21:59", (22 * 60, 7 * 60), None),
        ("13:00", (12 * 60, 13 * 60), None),
        ("12:30", (12 * 60, 13 * 60), "13:00"),
        ("12:30", (-1, -1), None),
        ("12:30", (600, 600), None),
    ],
)
def test_quiet_hours_may_go_over_midnight(at: str, window: tuple[int, int], until: str | None) -> None:
    now = datetime.strptime(f"2026-09-21 {at}", "%Y-%m-%d %H:%M").replace(tzinfo=JAPAN)

    end = quiet_until(now, *window)

    assert (None if end is None else f"{end:%H:%M}") == until
    assert end is None or timedelta(0) < end - now <= timedelta(days=1)


def test_a_notice_goes_out_at_its_time_and_not_before(store: Store, clock: Clock) -> None:
    made = store.put_notice(a_notice(), by=3)
    store.schedule_notice(CITY, made.id, 3, _now(clock) + timedelta(hours=1))
    add_friends(store, 1)

    assert store.plan_due_notices(_now(clock)) == 0
    clock.forward(3_600)
    assert store.plan_due_notices(_now(clock)) == 1
    planned = store.notice(CITY, made.id)
    assert planned is not None
    assert (planned.status, bool(planned.number), planned.issued_at) == ("sending", True, _now(clock))


def test_only_the_urgent_ones_are_planned_where_that_is_asked(store: Store, clock: Clock) -> None:
    news, alert = (store.put_notice(a_notice(kind=kind), by=3) for kind in ("news", "disaster"))
    for notice in (news, alert):
        store.issue_notice(CITY, notice.id, by=3)

    assert store.plan_due_notices(_now(clock), most=1) == 1
    assert [one.status for one in store.notices(CITY)] == ["done", "scheduled"]


def test_a_notice_that_reaches_nobody_or_no_line_is_done_at_once(store: Store, clock: Clock) -> None:
    add_friends(store, 2)

    assert _planned(store, clock, audience=Audience(topics=("gomi",))) == []
    assert _planned(store, clock, channels=("page", "feed")) == []
    assert [one.status for one in store.notices(CITY)] == ["done", "done"]


def test_a_planner_that_died_leaves_nothing_and_another_one_takes_over(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_friends(store, 600)
    made = store.put_notice(a_notice(), by=3)
    store.issue_notice(CITY, made.id, by=3)
    with monkeypatch.context() as patched:
        patched.setattr("store.notice_plan.take_step", _fail_when_planned(clock))
        with pytest.raises(StoreError):
            store.plan_due_notices(_now(clock))

    assert _chunks(store, made.id) == []
    assert store.plan_due_notices(_now(clock)) == 0  # its lease still runs
    clock.forward(PLAN_LEASE_SECONDS + 1)
    assert store.plan_due_notices(_now(clock)) == 1
    assert [chunk.count for chunk in _chunks(store, made.id)] == [500, 100]


def test_a_planner_slower_than_its_lease_keeps_the_notice_that_it_works_on(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_friends(store, 600)
    made = store.put_notice(a_notice(), by=3)
    store.issue_notice(CITY, made.id, by=3)
    monkeypatch.setattr("store.notice_plan._PAGE", 100)
    others: list[int] = []
    read = store._read

    def slowly(work: Any) -> Any:
        """Each page takes most of a lease; meanwhile another process looks for notices that nobody plans."""
        found = read(work)
        if isinstance(found, list) and len(found) == 100:
            clock.forward(PLAN_LEASE_SECONDS * 0.8)
            with monkeypatch.context() as elsewhere:
                elsewhere.setattr(store, "_read", read)
                others.append(store.plan_due_notices(_now(clock)))
        return found

    monkeypatch.setattr(store, "_read", slowly)

    assert store.plan_due_notices(_now(clock)) == 1
    assert others == [0] * 6
    assert [chunk.count for chunk in _chunks(store, made.id)] == [500, 100]


def _fail_when_planned(clock: Clock) -> Any:
    from store.notice_steps import take_step

    def failing(connection: Any, row: Any, event: Any, *rest: Any) -> Any:
        if event == "planned":
            raise RuntimeError("killed")
        return take_step(connection, row, event, *rest)

    return failing


def test_a_notice_stopped_while_it_is_planned_stays_stopped(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_friends(store, 10)
    made = store.put_notice(a_notice(), by=3)
    store.issue_notice(CITY, made.id, by=3)
    work_out = store._chunks_of

    def stopped_meanwhile(notice: Any, now: datetime) -> Any:
        store.stop_notice(CITY, made.id, by=4)
        return work_out(notice, now)

    monkeypatch.setattr(store, "_chunks_of", stopped_meanwhile)

    assert store.plan_due_notices(_now(clock)) == 0
    assert _chunks(store, made.id) == []
    assert store.notices(CITY)[0].status == "stopped"


def test_a_repeating_notice_makes_the_next_one_when_it_goes_out(store: Store, clock: Clock) -> None:
    clock.now = datetime(2026, 9, 1, 0, 0, tzinfo=UTC).timestamp()
    monthly = {"every": "month", "day": 1, "at": "09:00"}
    again = a_notice(repeats=monthly, titles={"en": "Every month"}, channels=("page",), needs_approval=True)
    first = store.put_notice(again, by=3)
    store.submit_notice(CITY, first.id, by=3)
    store.approve_notice(CITY, first.id, by=4)
    store.plan_due_notices(_now(clock))
    clock.now = datetime(2026, 10, 1, 0, 0, tzinfo=UTC).timestamp()
    store.plan_due_notices(_now(clock))

    third, second, first_again = store.notices(CITY)
    assert [one.status for one in (first_again, second, third)] == ["done", "done", "scheduled"]
    assert third.due_at == datetime(2026, 11, 1, 9, 0, tzinfo=JAPAN)
    assert third.created_by == 3
    assert third.titles == {"en": "Every month"}
    assert [row.who for row in store.audit_all(CITY) if row.record == f"notice:{third.id}"] == ["system", "system"]


@pytest.mark.parametrize(
    ("repeats", "expected"),
    [
        ({"every": "month", "day": 31, "at": "09:00"}, "2027-02-28 09:00"),
        ({"every": "month", "day": 5, "at": "09:00"}, "2027-02-05 09:00"),
        ({"every": "week", "day": 0, "at": "07:30"}, "2027-02-01 07:30"),
        ({"every": "day", "at": "08:30"}, "2027-02-01 08:30"),
        ({}, None),
    ],
)
def test_repeating_ends_with_the_month_where_that_is_short(repeats: dict[str, Any], expected: str | None) -> None:
    then = next_time(repeats, datetime(2027, 1, 31, 9, 0, tzinfo=JAPAN))

    assert (None if then is None else f"{then:%Y-%m-%d %H:%M}") == expected
