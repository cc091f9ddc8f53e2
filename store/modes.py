"""A city's mode: what it is, who changed it and why, and the rich menus that were made for the modes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from sqlalchemy import Connection, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from faq.in_mode import NAMES
from store.acts import Acts
from store.audit import write_audit
from store.errors import NoticeConflict
from store.rows import clean, from_ms, to_ms
from store.tables_modes import city_modes, rich_menus

Mode = Literal["normal", "alert", "disaster", "recovery"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)


@dataclass(frozen=True, slots=True)
class CityMode:
    """`changed_by` is the number of an account, 0 for a rule. `version` 0: it was never changed."""

    city: str
    mode: Mode = "normal"
    since: datetime | None = None
    changed_by: int = 0
    reason: str = ""
    remind_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class KeptMenu:
    """A rich menu at LINE. `digest` tells whether it is still what we would draw."""

    mode: Mode
    menu: str
    digest: str


class Modes(Acts):
    """The part of the `Store` about modes."""

    def mode(self, city: str) -> CityMode:
        return self._read(lambda connection: _mode(connection, city))

    def modes(self) -> dict[str, CityMode]:
        """The mode of every city that has ever changed it."""
        return self._read(lambda connection: {row.city: _view(row) for row in connection.execute(select(city_modes))})

    def change_mode(
        self,
        before: CityMode,
        mode: Mode,
        *,
        who: str,
        by: int = 0,
        reason: str = "",
        remind_at: datetime | None = None,
    ) -> CityMode:
        """Changes it and writes the audit line. `NoticeConflict` when somebody changed it since `before` was read.

        `who` stands in the audit log ("staff:12", "rule:heavy-rain-4"). The same mode again changes nothing.
        """
        if before.mode == mode:
            return before
        now = self._now()
        values = {
            "mode": mode,
            "since": now,
            "changed_by": by,
            "reason": clean(reason),
            "remind_at": None if remind_at is None else to_ms(remind_at),
            "version": before.version + 1,
        }
        detail = {"before": NAMES[before.mode], "mode": NAMES[mode], "reason": clean(reason)}

        def act(connection: Connection) -> CityMode:
            if not _changed(connection, before, values):
                raise NoticeConflict(_mode(connection, before.city).mode)
            write_audit(connection, before.city, now, who, "mode.change", before.city, detail)
            return _mode(connection, before.city)

        return self._act(act)

    def mode_reminded(self, seen: CityMode, remind_at: datetime | None) -> bool:
        """Staff are being reminded now, and next at `remind_at`. False: another process does it."""
        this = and_(city_modes.c.city == seen.city, city_modes.c.version == seen.version)
        due = None if seen.remind_at is None else to_ms(seen.remind_at)
        values = {"remind_at": None if remind_at is None else to_ms(remind_at)}
        reminding = update(city_modes).where(this, city_modes.c.remind_at == due).values(**values)
        return self._act(lambda connection: bool(connection.execute(reminding).rowcount))

    def rich_menus(self, city: str) -> dict[Mode, KeptMenu]:
        """The menus that were made for this city's modes."""
        wanted = select(rich_menus).where(rich_menus.c.city == city)
        rows = self._read(lambda connection: connection.execute(wanted).all())
        return {row.mode: KeptMenu(row.mode, row.menu, row.digest) for row in rows}

    def keep_rich_menu(self, city: str, menu: KeptMenu) -> None:
        row = {"city": city, "mode": menu.mode, "menu": menu.menu, "digest": menu.digest, "made_at": self._now()}
        rest = {name: row[name] for name in ("menu", "digest", "made_at")}

        def act(connection: Connection) -> None:
            adding = _insertion(connection)(rich_menus).values(row)
            connection.execute(adding.on_conflict_do_update(index_elements=["city", "mode"], set_=rest))

        self._act(act)


def _insertion(connection: Connection) -> Any:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


def _changed(connection: Connection, before: CityMode, values: dict[str, Any]) -> bool:
    if before.version == 0:
        row = {"city": before.city, **values}
        adding = _insertion(connection)(city_modes).values(row).on_conflict_do_nothing().returning(city_modes.c.city)
        return bool(connection.execute(adding).all())
    this = and_(city_modes.c.city == before.city, city_modes.c.version == before.version)
    return bool(connection.execute(update(city_modes).where(this).values(**values)).rowcount)


def _mode(connection: Connection, city: str) -> CityMode:
    row = connection.execute(select(city_modes).where(city_modes.c.city == city)).one_or_none()
    return CityMode(city) if row is None else _view(row)


def _view(row: Any) -> CityMode:
    since, remind = from_ms(row.since), None if row.remind_at is None else from_ms(row.remind_at)
    return CityMode(row.city, row.mode, since, row.changed_by, row.reason, remind, row.version)
