"""Tells staff of residents who wait: plans what is due, hands mails in, posts to rooms, tries again, gives up."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from clients.errors import ClientError
from clients.mail import Letter
from faq.city import City
from faq.disaster import Disaster
from notify.staff import KINDS, Reachable, StaffNotice, WaitingCase, due_notices, room_of
from notify.staff_alarms import Alarm, notices_of
from notify.staff_text import BadTemplate, Words, mail_text, room_message, stable_id, words_of
from store import Store
from store.errors import LeaseLost
from store.records_messengers import ClaimedNotice, PlannedNotice
from telemetry import STAFF_NOTICES

log = logging.getLogger(__name__)

LEASE_SECONDS = 90.0
"""Longer than a mail may take at its slowest, so that nobody sends what another is just sending."""

PAUSES = (5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0)
GIVE_UP_AFTER = timedelta(hours=24)
PLAN_SECONDS = 15.0
"""How often cases are looked through though none has changed: somebody may have waited too long."""


class Mail(Protocol):
    def send(self, letter: Letter, now: datetime) -> None: ...


class Room(Protocol):
    def send(self, body: bytes, idempotency_key: str) -> None: ...


class Telling:
    """The errands around notices. `mail` None and no `rooms`: nobody is told, and nothing is planned."""

    def __init__(
        self,
        store: Store,
        city_of: Callable[[str], City | None],
        mail: Mail | None,
        rooms: Mapping[str, Mapping[str, Room]],
        *,
        own_templates: Callable[[str], Path],
        console: str,
        worker: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._city_of = city_of
        self._mail = mail
        self._rooms = rooms
        self._own_templates = own_templates
        self._console = console
        self._worker = worker
        self._clock = clock
        self._reachable = Reachable(mail is not None, lambda city, channel: channel in rooms.get(city, {}))
        self._seen: int | None = None
        self._looked = 0.0

    @property
    def anybody(self) -> bool:
        """Whether there is any way to tell somebody."""
        return self._mail is not None or any(self._rooms.values())

    def plan_once(self) -> int:
        """Plans the notices that are due, when a case has changed or some time has passed. How many are new."""
        mark, now = self._store.cases_mark(), self._clock()
        if mark == self._seen and now - self._looked < PLAN_SECONDS:
            return 0
        untaken, planned = self._store.untaken_cases()
        waiting = [WaitingCase(case.city, case.case_id, case.department, case.since) for case in untaken]
        due = due_notices(waiting, self._city_of, self._reachable, planned, self._now())
        new = self._store.plan_notices([_planned(notice) for notice in due])
        self._seen, self._looked = mark, now
        return new

    def alarm(self, alarm: Alarm, city: City, disaster: Disaster) -> int:
        """Plans what staff are told of this occasion; known ones change nothing. How many are new."""
        return self._store.plan_notices([_planned(one) for one in notices_of(alarm, city, disaster, self._reachable)])

    def mails_once(self) -> int:
        """Sends one mail that is due; how many there were."""
        return self._send_next("mail", self._send_mail)

    def rooms_once(self) -> int:
        """Posts one message that is due; how many there were."""
        return self._send_next("webhook", self._send_to_room)

    def _send_next(self, way: str, send: Callable[[ClaimedNotice, StaffNotice, Words], None]) -> int:
        # One at a time: the lease of a second one would run while the first is slow.
        claimed = self._store.claim_notices(way, self._worker, 1, LEASE_SECONDS)
        for notice in claimed:
            try:
                self._deliver(notice, send)
            except LeaseLost:
                log.warning("somebody else took this notice", extra=_ids(notice))
        return len(claimed)

    def _deliver(self, claimed: ClaimedNotice, send: Callable[[ClaimedNotice, StaffNotice, Words], None]) -> None:
        city = self._city_of(claimed.city)
        if city is None:
            self._give_up(claimed, "unknown city")
            return
        notice = _notice(claimed)
        try:
            send(claimed, notice, words_of(notice, city.name, self._console))
        except ClientError as error:
            self._failed(claimed, error)
        except BadTemplate:
            # Mended in a moment by whoever wrote it, so it is tried again.
            self._later(claimed, "template")
        else:
            self._store.notice_sent(claimed)
            log.info("staff told", extra=_ids(claimed))
            STAFF_NOTICES.labels(claimed.city, claimed.way, "sent").inc()

    def _send_mail(self, claimed: ClaimedNotice, notice: StaffNotice, words: Words) -> None:
        if self._mail is None:
            raise ClientError("no mail server")
        subject = f"【{words.values['city']}】{words.title}"
        self._mail.send(Letter(claimed.target, subject, mail_text(words), stable_id(notice)), self._now())

    def _send_to_room(self, claimed: ClaimedNotice, notice: StaffNotice, words: Words) -> None:
        form, channel = room_of(claimed.target)
        room = self._rooms.get(claimed.city, {}).get(channel)
        if room is None:
            raise ClientError("no room")
        room.send(room_message(form, words, self._own_templates(claimed.city)), stable_id(notice))

    def _failed(self, claimed: ClaimedNotice, error: ClientError) -> None:
        if error.permanent:
            self._give_up(claimed, error.reason)
        else:
            self._later(claimed, error.reason)

    def _later(self, claimed: ClaimedNotice, reason: str) -> None:
        if self._now() - claimed.planned_at > GIVE_UP_AFTER:
            self._give_up(claimed, reason)
            return
        log.warning("notice to staff waits for another try", extra={**_ids(claimed), "reason": reason})
        STAFF_NOTICES.labels(claimed.city, claimed.way, "later").inc()
        self._store.notice_later(claimed, PAUSES[min(claimed.attempts, len(PAUSES)) - 1], reason)

    def _give_up(self, claimed: ClaimedNotice, reason: str) -> None:
        log.error("notice to staff given up", extra={**_ids(claimed), "reason": reason})
        STAFF_NOTICES.labels(claimed.city, claimed.way, "dead").inc()
        self._store.notice_dead(claimed, reason)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _planned(notice: StaffNotice) -> PlannedNotice:
    return PlannedNotice(*notice.key, department=notice.department, since=notice.since)


def _notice(claimed: ClaimedNotice) -> StaffNotice:
    return StaffNotice(
        city=claimed.city,
        case_id=claimed.case_id,
        kind=KINDS.get(claimed.kind, "waiting"),
        way="mail" if claimed.way == "mail" else "webhook",
        target=claimed.target,
        department=claimed.department,
        since=claimed.since,
    )


def _ids(notice: ClaimedNotice) -> dict[str, object]:
    """For the log: no address, which may be a person's name."""
    return {"city": notice.city, "case": notice.case_id, "kind": notice.kind, "way": notice.way}
