"""One telegram, what is in force after it, and what a city told before: what it tells now. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from faq.dangers import DRILL_MARK
from faq.disaster import Disaster
from notify.dangers import About, dangers_in, spoken_of
from notify.rules import Announcement, Spoken, Told, announcements
from notify.telegrams.data_types import series_of
from notify.telegrams.records import Notice
from notify.telegrams.state import EMPTY, State, apply, in_force

_BY_EVENT: Final = frozenset({"VXSE51", "VXSE53", "VXKO", "VXSU", "VPBS50", "VPOA50", "VFVO50", "VPTW"})
"""Series whose telegrams speak of one earthquake, river, typhoon or downpour each, and leave the others as they are."""


def news_of(
    telegram: Notice,
    state: State,
    told: Mapping[About, Told],
    disaster: Disaster,
    now: datetime,
    *,
    drill: bool = False,
) -> list[Announcement]:
    """What this city's residents are to be told because of this telegram; `state` is that of its series after it.

    A 訓練 is told in drill mode only, as a drill, beside what is really in force; a 試験 never is. A telegram that
    changed nothing still has something to tell when a worker died between keeping it and telling of it.
    """
    series = series_of(telegram.data_type or "")
    whats = spoken_of(series, disaster)
    if not whats or not telegram.understood:
        return []
    envelope = telegram.envelope
    if envelope.status == "訓練" and drill:
        return _in_a_drill(telegram, whats, series, told, disaster, now)
    if envelope.status != "通常":
        return []
    spoken = Spoken(whats, _events(telegram, series), envelope.info_type, envelope.report_time)
    return announcements(spoken, dangers_in(in_force(state), disaster), told, disaster, now)


def _in_a_drill(
    telegram: Notice,
    whats: frozenset[str],
    series: str,
    told: Mapping[About, Told],
    disaster: Disaster,
    now: datetime,
) -> list[Announcement]:
    """As if it were real, with a memory of its own that lasts for the day."""
    envelope = telegram.envelope
    mark = f"{DRILL_MARK}{envelope.report_time:%Y%m%d} "
    practised = _as_if_real(telegram)
    current = {
        About(about.what, mark + about.event, about.area): danger
        for about, danger in dangers_in(in_force(apply(EMPTY, practised)), disaster).items()
    }
    spoken = Spoken(whats, _events(telegram, series), envelope.info_type, envelope.report_time, mark)
    return announcements(spoken, current, told, disaster, now)


def _as_if_real(telegram: Notice) -> Notice:
    return replace(telegram, envelope=replace(telegram.envelope, status="通常"))


def _events(telegram: Notice, series: str) -> frozenset[str] | None:
    event = telegram.envelope.event_id
    return frozenset({event}) if event and series in _BY_EVENT else None
