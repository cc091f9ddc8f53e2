"""What LINE counts of messages that were sent with an aggregation unit: who saw them, who opened a link of theirs.

Counts only, from yesterday back, and none below 20: fewer could point to a person (reference: "Get statistics per
aggregation unit"). What LINE answers to one name too many is not written down; here it is a 400 that says so.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from emulator.limits import day
from emulator.model import Json

UNITS_A_MONTH = 1_000
FEWEST = 20
LONGEST_DAYS = 30
_EVENTS = 200_000
_REQUESTS = 20_000


@dataclass(frozen=True, slots=True)
class _Event:
    """Somebody saw the `seq`-th message of a call, or (with a `url`) opened a link in it."""

    day: str
    user: str
    seq: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A message as the phone of somebody may meet it again."""

    unit: str
    links: frozenset[str]


class UnitInsights:
    """Units by channel. Not locked by itself."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], set[str]] = {}
        self._sent: dict[str, tuple[_Sent, ...]] = {}
        self._events: dict[tuple[str, str], deque[_Event]] = {}
        self._seen: dict[tuple[str, str], None] = {}

    def names(self, city: str, at: float) -> set[str]:
        """The names used in the month (in Japan) of this moment."""
        return self._names.setdefault((city, day(at)[:6]), set())

    def sent(self, city: str, unit: str, request_id: str, messages: tuple[Json, ...], at: float) -> None:
        """A call with this unit was accepted."""
        self.names(city, at).add(unit)
        self._sent[request_id] = tuple(_Sent(unit, frozenset(_links(message))) for message in messages)
        if len(self._sent) > _REQUESTS:
            del self._sent[next(iter(self._sent))]

    def seen(self, city: str, user: str, shown: list[tuple[str, str]], at: float) -> None:
        """The phone shows these messages (ids and the requests that brought them), oldest first."""
        place: dict[str, int] = {}
        for message_id, request_id in shown:
            parts, seq = self._sent.get(request_id, ()), place.get(request_id, 0)
            place[request_id] = seq + 1
            if seq < len(parts) and (user, message_id) not in self._seen:
                self._seen[user, message_id] = None
                if len(self._seen) > _EVENTS:
                    del self._seen[next(iter(self._seen))]
                self._note(city, parts[seq].unit, _Event(day(at), user, seq + 1))

    def opened(self, city: str, user: str, requests: list[str], url: str, at: float) -> None:
        """Somebody opened this link; it counts for the newest call that holds it."""
        for request_id in reversed(requests):
            for seq, part in enumerate(self._sent.get(request_id, ()), 1):
                if url in part.links:
                    self._note(city, part.unit, _Event(day(at), user, seq, url))
                    return

    def report(self, city: str, unit: str, since: str, until: str, today: str) -> Json:
        """As LINE answers, for days from `since` to `until` (yyyyMMdd). The day that goes on is not counted yet."""
        found = [one for one in self._events.get((city, unit), ()) if since <= one.day <= until and one.day < today]
        views, clicks = [one for one in found if not one.url], [one for one in found if one.url]
        return {
            "overview": {
                "uniqueImpression": _people(views),
                "uniqueClick": _people(clicks),
                "uniqueMediaPlayed": None,
                "uniqueMediaPlayed100Percent": None,
            },
            "messages": [
                {"seq": seq, "impression": _times(of_it), "uniqueImpression": _people(of_it)}
                for seq in sorted({one.seq for one in views})
                if (of_it := [one for one in views if one.seq == seq])
            ],
            "clicks": [
                {"seq": seq, "url": url, "click": _times(of_it), "uniqueClick": _people(of_it)}
                for seq, url in sorted({(one.seq, one.url) for one in clicks})
                if (of_it := [one for one in clicks if (one.seq, one.url) == (seq, url)])
            ],
        }

    def _note(self, city: str, unit: str, event: _Event) -> None:
        self._events.setdefault((city, unit), deque(maxlen=_EVENTS)).append(event)


def _people(events: list[_Event]) -> int | None:
    count = len({one.user for one in events})
    return count if count >= FEWEST else None


def _times(events: list[_Event]) -> int | None:
    """Many times by few people is hidden, too."""
    return len(events) if _people(events) is not None else None


def _links(part: object) -> list[str]:
    """Every address of a link in a message, however deep."""
    if isinstance(part, list):
        return [link for one in part for link in _links(one)]
    if not isinstance(part, dict):
        return []
    own = [str(part["uri"])] if part.get("type") == "uri" and part.get("uri") else []
    return own + [link for one in part.values() for link in _links(one)]
