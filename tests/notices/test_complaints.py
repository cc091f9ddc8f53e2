"""Who stops notices within a day of one, or complains, is counted there: by those who heard it, without their names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.wishes import Wishes
from store import Outcome, Store
from store.notice_people import hears, people
from store.records_notices import Audience
from store.tables_notices import notice_complaints
from tests.databases import Clock
from tests.notices.notice_builders import CITY, EVERYONE, a_notice, add_friends, resident
from tests.store.store_builders import AT, a_turn

GOMI = Audience(topics=("gomi",))
_HOUR = 3_600.0
_BOTH = Wishes(topics=("gomi", "bosai"), since=AT)


def _friends(store: Store, *wishes: Wishes | None) -> list[str]:
    """Friends with these wishes; None for who has never chosen."""
    names = add_friends(store, len(wishes))
    for name, wish in zip(names, wishes, strict=True):
        if wish is not None:
            store.set_wishes(CITY, name, wish)
    return names


def _sent(store: Store, clock: Clock, audience: Audience = GOMI, **changes: object) -> int:
    """A notice that has gone out; its number."""
    made = store.put_notice(a_notice(audience=audience, **changes), by=3)
    store.issue_notice(CITY, made.id, by=3)
    store.plan_due_notices(datetime.fromtimestamp(clock.now, UTC))
    for chunk in store.claim_chunks("w", 99, 8.0):
        store.chunk_sent(chunk, "r")
    return made.id


_events = iter(range(10**6))


def _says(store: Store, who: str, wishes: Wishes | None = None, *, complains: bool = False) -> None:
    turn = a_turn(f"complaint-{next(_events)}", resident=who)
    store.record(Outcome(turn=turn, wishes=wishes, complains=complains))


def _blocks(store: Store, who: str, times: int = 1) -> None:
    for _ in range(times):
        store.record(Outcome(turn=a_turn(f"block-{next(_events)}", resident=who), friend="blocked"))


def _counted(store: Store, number: int) -> dict[str, int]:
    return dict(store.notice_results(CITY, number).complaints)


def test_who_stops_is_counted_once_for_each_notice_that_they_heard(store: Store, clock: Clock) -> None:
    names = _friends(store, _BOTH, _BOTH, _BOTH, Wishes(topics=("bosai",), since=AT))
    gomi, bosai = _sent(store, clock), _sent(store, clock, Audience(topics=("bosai",)))
    clock.forward(23 * _HOUR)

    _says(store, names[0], replace(_BOTH, topics=("bosai",)))
    _says(store, names[1], replace(_BOTH, paused=True))
    _says(store, names[1], replace(_BOTH, paused=True))
    _says(store, names[2], replace(_BOTH, area="chuo"))
    _says(store, names[3], Wishes(topics=("bosai",), paused=True, since=AT))

    assert _counted(store, gomi) == {"left_topic": 1, "left_all": 1}
    assert _counted(store, bosai) == {"left_all": 2}


def test_what_is_said_counts_for_who_heard_it_and_for_nobody_else(store: Store, clock: Clock) -> None:
    names = _friends(store, _BOTH, Wishes(topics=("bosai",), since=AT))
    number = _sent(store, clock)

    for name in names:
        _says(store, name, complains=True)
    _says(store, names[0])

    assert _counted(store, number) == {"said": 1}


def test_who_blocks_the_account_within_a_week_is_counted_once_where_they_heard_it(store: Store, clock: Clock) -> None:
    names = _friends(store, _BOTH, _BOTH, Wishes(topics=("bosai",), since=AT))
    gomi, page = _sent(store, clock), _sent(store, clock, channels=("page",))
    clock.forward(6 * 24 * _HOUR)

    _blocks(store, names[0], times=2)  # LINE may tell it twice
    _blocks(store, names[2])
    in_time = _counted(store, gomi)
    clock.forward(2 * 24 * _HOUR)
    _blocks(store, names[1])

    assert in_time == _counted(store, gomi) == {"blocked": 1}
    assert _counted(store, page) == {}


def test_after_a_day_it_is_put_down_to_no_notice(store: Store, clock: Clock) -> None:
    names = _friends(store, _BOTH)
    number = _sent(store, clock)
    clock.forward(24 * _HOUR + 1)

    _says(store, names[0], replace(_BOTH, paused=True), complains=True)

    assert _counted(store, number) == {}


def test_who_never_chose_hears_what_goes_to_all_and_may_stop_it(store: Store, clock: Clock) -> None:
    (name,) = _friends(store, None)
    number = _sent(store, clock, EVERYONE)

    _says(store, name, Wishes(topics=("bosai",), paused=True, since=AT))

    assert _counted(store, number) == {"left_all": 1}


@pytest.mark.parametrize("changes", [{"channels": ("page",)}, {"audience": Audience(topics=("kosodate",))}])
def test_what_went_to_nobody_on_line_has_no_complaints(store: Store, clock: Clock, changes: dict[str, object]) -> None:
    names = _friends(store, _BOTH)
    number = _sent(store, clock, **changes)  # type: ignore[arg-type]

    _says(store, names[0], replace(_BOTH, paused=True), complains=True)

    assert _counted(store, number) == {}


def test_what_another_city_sent_is_not_counted(store: Store, clock: Clock) -> None:
    names = _friends(store, _BOTH)
    number = _sent(store, clock)

    store.record(Outcome(turn=a_turn("elsewhere", city="hoka", resident=names[0]), complains=True))

    assert _counted(store, number) == {}


def test_a_stroke_tells_neither_who_nor_when(store: Store, clock: Clock) -> None:
    names = _friends(store, _BOTH)
    _sent(store, clock)

    _says(store, names[0], complains=True)

    (row,) = store._read(lambda connection: connection.execute(select(notice_complaints)).all())
    assert row._fields == ("city", "notice_id", "what", "stroke")
    assert names[0] not in str(row)
    assert len(row.stroke) == 16


_WISHES = (
    None,
    Wishes(topics=("gomi",), since=AT),
    Wishes(topics=("gomi",), paused=True, since=AT),
    Wishes(topics=("bosai", "kosodate"), area="chuo", language="en", since=AT),
    Wishes(topics=("kosodate",), area="kita", facts=(("child", "2026-05"), ("pet", "dog")), since=AT),
    Wishes(topics=("kosodate",), area="chuo", facts=(("child", "2024-05"), ("pet", "cat")), since=AT),
    Wishes(since=AT),
)
_AUDIENCES = (
    EVERYONE,
    Audience(everyone=True, topics=("bosai",)),
    GOMI,
    Audience(),
    Audience(topics=("kosodate",), areas=("chuo",)),
    Audience(topics=("kosodate", "gomi"), languages=("en",)),
    Audience(topics=("kosodate",), child_months=(3, 8)),
    Audience(topics=("kosodate",), child_months=(28, 0), facts=(("pet", ("cat", "dog")),)),
)


@pytest.mark.parametrize("audience", _AUDIENCES)
def test_for_one_resident_it_is_known_as_for_all(store: Store, audience: Audience) -> None:
    now = datetime(2026, 9, 21, 3, 0, tzinfo=UTC)
    names = _friends(store, *_WISHES)
    gone, strangers = resident(99), resident(98)
    add_friends(store, 1, start=99, status="blocked")
    for name in (gone, strangers):
        store.set_wishes(CITY, name, _WISHES[1] or Wishes())
    friend = dict.fromkeys(names, "followed") | {gone: "blocked", strangers: ""}

    found, _ = people(CITY, audience, now)
    by_store = {row[0] for row in store._read(lambda connection: connection.execute(found).all())}

    assert by_store == {name for name in friend if hears(audience, store.wishes(CITY, name), friend[name], now)}
