"""What is in force, from telegrams that arrive late, twice or in any order: pure functions on plain data.

    state = apply(apply(EMPTY, first), second)
    in_force(state)

The same telegrams give the same state in whatever order they come, because every key keeps only its newest telegram and
a withdrawn one stays as a mark that nothing older can pass.

- Earthquakes, tsunami, rivers, 土砂災害警戒情報 and all that carries an EventID: one key for the type and the EventID.
  A tsunami telegram that names several earthquakes stands under each of them.
- Typhoons: the newest telegram, and the newest that forecasts: those of the hours in between tell of now alone.
- 気象警報・注意報 and 竜巻, whose EventID is empty: one key for the type and the area that the telegram speaks for.
  Each type speaks for its own phenomena alone: 「なし」 of 大雨 (VPWW55) leaves 暴風 (VPWW58) as it is. The area, not
  the office, because a neighbouring office takes over when one fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from notify.telegrams.data_types import series_of
from notify.telegrams.records import Item, Notice


class Key(NamedTuple):
    """What a telegram speaks about: `by` is "event", "area" or "office"."""

    series: str
    by: str
    name: str


State = Mapping[Key, Notice]
EMPTY: Final[State] = {}
_CORRECTS: Final = {"発表": 0, "訂正": 1, "取消": 2}
_AFTER_ALL: Final = 10**9  # above every Serial


def apply(state: State, notice: Notice) -> State:
    """The state after one more telegram. Drills, tests and what was not understood change nothing."""
    if not notice.real:
        return state
    newer = {key: notice for key in keys_of(notice) if key not in state or _is_newer(notice, state[key])}
    return {**state, **newer} if newer else state


def supersedes(new: Notice, old: Notice) -> bool:
    """Whether `new` takes the place of `old`: both real, about the same thing, and newer; never one of itself."""
    return new.real and old.real and not set(keys_of(new)).isdisjoint(keys_of(old)) and _is_newer(new, old)


def in_force(state: State) -> tuple[Notice, ...]:
    """The telegrams that were not withdrawn, each once, oldest first."""
    standing = {id(notice): notice for key, notice in state.items() if not _withdrawn(state, key, notice)}
    return tuple(sorted(standing.values(), key=lambda notice: (_rank(notice), keys_of(notice))))


def dangers(state: State, area_code: str) -> tuple[Item, ...]:
    """What goes on in one area (a municipality's 7 digits, a 津波予報区…), by the telegrams in force."""
    return tuple(i for notice in in_force(state) for i in notice.items if i.area_code == area_code and i.active)


def keys_of(notice: Notice) -> tuple[Key, ...]:
    """What a telegram speaks about; several for a tsunami of several earthquakes, never none."""
    series = series_of(notice.data_type or "")
    events = tuple(dict.fromkeys(notice.envelope.event_id.split()))
    if events:
        told = (*events, *(f"{event} 予報" for event in events if _forecasts(notice, series)))
        return tuple(Key(series, "event", name) for name in told)
    if notice.scope:
        return (Key(series, "area", notice.scope),)
    return (_office_key(notice),)


def _forecasts(notice: Notice, series: str) -> bool:
    """Whether it takes the place of the last forecast of a typhoon, too."""
    return series == "VPTW" and (
        notice.envelope.info_type == "取消" or any(item.status.startswith("予報") for item in notice.items)
    )


def _office_key(notice: Notice) -> Key:
    return Key(series_of(notice.data_type or ""), "office", notice.envelope.office)


def _withdrawn(state: State, key: Key, notice: Notice) -> bool:
    if notice.envelope.info_type == "取消":
        return True
    # A 取消 without EventID has an empty body, so it names no area: it withdraws what its office said before.
    mark = state.get(_office_key(notice)) if key.by == "area" else None
    return mark is not None and mark.envelope.info_type == "取消" and _is_newer(mark, notice)


def _is_newer(new: Notice, old: Notice) -> bool:
    """Never both ways: where two different telegrams rank alike, their texts settle it."""
    ranks = _rank(new), _rank(old)
    return ranks[0] > ranks[1] if ranks[0] != ranks[1] else repr(new) > repr(old)


def _rank(notice: Notice) -> tuple[datetime, int, int, datetime]:
    """The report's time first: rivers use their EventID again and count from 1.

    Reports of earthquakes are timed to the minute, so within one minute the Serial decides, then 訂正 over 発表 and
    取消 over both, then the time of sending. A correction without a number follows whatever it corrects.
    """
    envelope = notice.envelope
    corrects = _CORRECTS[envelope.info_type]
    serial = envelope.serial or (_AFTER_ALL if corrects else 0)
    return envelope.report_time, serial, corrects, envelope.sent or envelope.report_time
