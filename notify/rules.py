"""What residents of one city are told because of a telegram, each thing once. Pure.

It is not asked what a telegram says that is new, but what is in force now and what residents were told last: so a
telegram that comes late, twice, or after an hour without a feed tells nothing that is no longer true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, Literal, NamedTuple

from faq.dangers import DRILL_MARK, HAPPENINGS, rank
from faq.disaster import Disaster, Rule
from notify.dangers import HOUR, About, Danger
from notify.notice_life import JAPAN

Change = Literal["new", "raised", "lowered", "cleared", "corrected", "cancelled"]
Mark = Literal["", "correction", "all_clear"]

FRESH: Final = timedelta(minutes=60)
"""An earthquake or a tornado of longer ago is not told of any more: nobody can act on it."""

_BY_HOUR: Final = re.compile("(?:^| )([0-9]{10})$")
_MARKS: Final[Mapping[Change, Mark]] = {
    "new": "",
    "raised": "",
    "lowered": "",
    "cleared": "all_clear",
    "corrected": "correction",
    "cancelled": "correction",
}


class Told(NamedTuple):
    """What residents were told last; `grade` "" when they know that it is over. `notice`: the first one about it."""

    grade: str
    notice: int


@dataclass(frozen=True, slots=True)
class Announcement:
    """One notice to be made. `about` are the dangers it speaks of (one what, one event), `grade` their step now.

    `shown` is the step for the words: what is in force though no rule tells of it; "" for nothing.
    """

    change: Change
    about: tuple[About, ...]
    grade: str
    shown: str
    rule: Rule
    danger: Danger | None
    original: int
    report_at: datetime
    drill: bool

    @property
    def mark(self) -> Mark:
        return _MARKS[self.change]

    @property
    def text_id(self) -> str:
        return self.rule.text if self.change in ("new", "raised") else self.change

    @property
    def source_key(self) -> str:
        """The same for the same telegram, however often it is read."""
        what, event, _ = self.about[0]
        areas = "+".join(about.area for about in self.about)
        return "/".join(("jma", what, event, self.change, self.grade, self.report_at.isoformat(), areas))


@dataclass(frozen=True, slots=True)
class Spoken:
    """The telegram that is being read: what its series speaks of, and of which events; `events` None: of weather.

    `mark` stands before the events of what is told in a drill; "" in earnest.
    """

    whats: frozenset[str]
    events: frozenset[str] | None
    info_type: str
    report_at: datetime
    mark: str = ""

    @property
    def drill(self) -> bool:
        return bool(self.mark)


def announcements(
    spoken: Spoken,
    current: Mapping[About, Danger],
    told: Mapping[About, Told],
    disaster: Disaster,
    now: datetime,
) -> list[Announcement]:
    """What to tell now. `current`: the dangers in force by all telegrams of the series; `told`: by this city."""
    keys = {about for about in (*current, *told) if about.what in spoken.whats and _is_meant(about, spoken)}
    places = {place.code: number for number, place in enumerate(disaster.places)}
    found = [
        one
        for about in sorted(keys, key=lambda about: (about.what, about.event, places.get(about.area, -1)))
        for one in _one(about, spoken, current.get(about), told.get(about, Told("", 0)), disaster, now)
    ]
    return [_joined(list(group)) for _, group in groupby(sorted(found, key=_kind), key=_kind)]


def _is_meant(about: About, spoken: Spoken) -> bool:
    """Whether this telegram can have changed it: it speaks of weather as a whole, or of this event."""
    if not about.event.startswith(spoken.mark) or (not spoken.mark and about.event.startswith(DRILL_MARK)):
        return False
    event = about.event.removeprefix(spoken.mark)
    return event in spoken.events if spoken.events is not None else _is_recent(event, spoken.report_at)


def _is_recent(event: str, report_at: datetime) -> bool:
    """Of what is named by its hour alone, a telegram withdraws or corrects the last, not that of last week."""
    found = _BY_HOUR.search(event)
    hour = datetime.strptime(found[1], HOUR).replace(tzinfo=JAPAN) if found else report_at
    return report_at - hour < 2 * FRESH


def _one(
    about: About, spoken: Spoken, danger: Danger | None, before: Told, disaster: Disaster, now: datetime
) -> Iterator[Announcement]:
    shown = danger.grade if danger else ""
    rule_now = disaster.rule_for(about.what, shown) if danger else None
    after = shown if rule_now else ""
    change = _change(about.what, before.grade, after, spoken.info_type)
    rule = rule_now if change in ("new", "raised") else disaster.rule_for(about.what, before.grade)
    if change is None or rule is None:
        return
    happened = danger.report_at if danger else spoken.report_at
    if change == "new" and about.what in HAPPENINGS and now - happened > FRESH:
        return
    original = 0 if change == "new" else before.notice
    yield Announcement(change, (about,), after, shown, rule, danger, original, spoken.report_at, spoken.drill)


def _change(what: str, before: str, after: str, info_type: str) -> Change | None:
    """What has become of a danger, or None where nobody needs to hear of it."""
    if before == after:
        return None
    if not before:
        return "new"
    if info_type == "取消" and not after:
        return "cancelled"
    if rank(what, after) > rank(what, before):
        return "raised"
    if info_type == "訂正":
        return "corrected"
    if what in HAPPENINGS:
        return None
    return "lowered" if after else "cleared"


def _kind(one: Announcement) -> tuple[str, str, str, str, str, int]:
    """Those of one kind are told in one notice; places that hear of it by different rules are not."""
    what, event, _ = one.about[0]
    return what, event, one.change, one.grade or one.shown, one.rule.id, one.original


def _joined(group: list[Announcement]) -> Announcement:
    first = group[0]
    return Announcement(
        first.change,
        tuple(about for one in group for about in one.about),
        first.grade,
        first.shown,
        first.rule,
        first.danger,
        first.original,
        first.report_at,
        first.drill,
    )
