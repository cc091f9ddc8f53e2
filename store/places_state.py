"""Which places are open, full or closed, as staff say it; each change stands in the audit log as well."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, Connection, and_, func, insert, select, update

from faq.place_states import KnownPlaces, PlaceKind, PlaceState, PlaceStatus, Point
from faq.places import read_point
from store.acts import Acts
from store.audit import lock_audit, write_audit
from store.core import Clock
from store.hazards_now import hazards_now
from store.places_memory import PlacesMemory
from store.rows import clean, from_ms
from store.standing_notices import standing_ids, standing_notices
from store.tables_disaster import places_state as table

REAL, DRILL = "real", "drill"
_TOLD = {"open": "opened", "full": "full", "closed": "closed", "unopened": "unopened"}
"""As the audit log says it: "open" is said of talks and drafts there."""


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """What a place is from now on. `name` and what follows are those of a water point."""

    place: str
    status: PlaceStatus
    note: str = ""
    kind: PlaceKind = "shelter"
    name: str = ""
    address: str = ""
    hours: str = ""
    point: Point | None = None


class PlacesState(Acts):
    """The part of the `Store` that knows which places are open. A drill has a board of its own."""

    def __init__(self, url: URL, clock: Clock, pace_seconds: float = 0.0) -> None:
        super().__init__(url, clock, pace_seconds)
        self._places = PlacesMemory(clock, self._places_mark, self._all_places)

    def known_places(self, city: str) -> KnownPlaces:
        """What residents are told: from memory, at most two seconds old, and still there while the database is not."""
        return self._places.known(city)

    def place_states(self, city: str, *, drill: bool = False) -> dict[str, PlaceState]:
        """What staff see: asked of the database now."""
        board = DRILL if drill else REAL
        found = select(table).where(table.c.city == city, table.c.board == board).order_by(table.c.place)
        return {row.place: _state(row) for row in self._read(lambda connection: connection.execute(found).all())}

    def set_places(self, city: str, changes: Sequence[PlaceChange], by: int, *, drill: bool = False) -> int:
        """Keep these in one transaction; how many were something else before. Those that stay leave no trace."""
        now, board = self._now(), DRILL if drill else REAL
        changed = self._act(lambda connection: _set(connection, city, board, changes, by, now))
        if changed:
            self._places.forget()
        return changed

    def clear_places(self, city: str, by: int, *, drill: bool = False) -> int:
        """Everything is as on any other day (an incident or a drill has ended); how many places were something else."""
        states = self.place_states(city, drill=drill).values()
        back = [PlaceChange(s.place, "unopened", "", s.kind, s.name, s.address, s.hours, s.point) for s in states]
        return self.set_places(city, back, by, drill=drill)

    def _places_mark(self) -> Hashable:
        newest = select(func.max(table.c.seq).label("seq")).where(table.c.board == REAL).group_by(table.c.city)
        total = select(func.coalesce(func.sum(newest.subquery().c.seq), 0))
        now = self._now()
        return self._read(
            lambda connection: (
                connection.execute(total).scalar_one(),
                hazards_now(connection, now),
                standing_ids(connection, now),
            )
        )

    def _all_places(self) -> dict[str, KnownPlaces]:
        now = self._now()
        return self._read(lambda connection: _known(connection, now))


def _known(connection: Connection, now: int) -> dict[str, KnownPlaces]:
    pairs = hazards_now(connection, now)
    standing = standing_notices(connection, standing_ids(connection, now))
    states: dict[str, dict[str, PlaceState]] = {city: {} for city in (*standing, *(city for city, _ in pairs))}
    for row in connection.execute(select(table).where(table.c.board == REAL)):
        states.setdefault(row.city, {})[row.place] = _state(row)
    return {
        city: KnownPlaces(
            theirs,
            hazards=frozenset(hazard for where, hazard in pairs if where == city),
            standing=standing.get(city, ()),
        )
        for city, theirs in states.items()
    }


def _set(connection: Connection, city: str, board: str, changes: Sequence[PlaceChange], by: int, now: int) -> int:
    lock_audit(connection, city)
    mine = and_(table.c.city == city, table.c.board == board)
    before = {row.place: row for row in connection.execute(select(table).where(mine))}
    seq = max((row.seq for row in before.values()), default=0)
    changed = 0
    for change in changes:
        row, values = before.get(change.place), _values(change)
        if row is not None and all(getattr(row, name) == value for name, value in values.items()):
            continue
        if row is None and change.status == "unopened" and not change.note:
            continue
        changed += 1
        values |= {"seq": seq + changed, "at": now, "who": by}
        _keep(connection, city, board, change.place, values, known=row is not None)
        before_it = row.status if row else "unopened"
        told = {"status": _TOLD[change.status], "before": _TOLD[before_it], "drill": board == DRILL}
        write_audit(
            connection, city, now, f"staff:{by}" if by else "system", "place.set", f"place:{change.place}", told
        )
    return changed


def _values(change: PlaceChange) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "status": change.status,
        "name": clean(change.name),
        "address": clean(change.address),
        "note": clean(change.note),
        "hours": clean(change.hours),
        "point": ",".join(f"{degrees:.6f}" for degrees in change.point or ()),
    }


def _keep(connection: Connection, city: str, board: str, place: str, values: dict[str, Any], *, known: bool) -> None:
    if known:
        this = and_(table.c.city == city, table.c.board == board, table.c.place == place)
        connection.execute(update(table).where(this).values(**values))
    else:
        connection.execute(insert(table).values(city=city, board=board, place=clean(place), **values))


def _state(row: Any) -> PlaceState:
    at, point = from_ms(row.at), read_point(row.point)
    return PlaceState(row.place, row.status, at, row.kind, row.note, row.name, row.address, row.hours, point)
