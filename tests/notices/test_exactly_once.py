"""A notice to 100,000 residents while senders are killed twenty times and LINE misbehaves: none twice, none missing."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from sqlalchemy import select

from emulator.faults import KINDS, Fault
from emulator.model import Delivery
from store import Store, open_store
from store.tables_notices import notice_chunks
from tests.notices.killing_senders import Senders, some_senders
from tests.notices.notice_builders import CITY
from tests.notices.sending_builders import a_line, befriend, issue
from tests.running import wait_until

RESIDENTS, KILLS = 100_000, 20
KILLS_WHILE_PLANNING = 2
PATIENCE = 60.0


def test_a_hundred_thousand_residents_hear_it_once_though_senders_are_killed_twenty_times(database_url: str) -> None:
    with open_store(database_url) as store, a_line(RESIDENTS) as (line, heard):
        names = befriend(store, line, RESIDENTS)
        for kind, count, seconds in (
            ("rate_limited", 3, 0.0),
            ("server_error", 5, 0.0),
            ("timeout", 2, 0.0),
            ("server_error_after_accept", 5, 0.0),
            ("drop_after_accept", 5, 0.0),
            ("drop_after_accept", 1, 3.5),  # longer than we wait: it was accepted, and we gave up waiting
        ):
            line.platform.faults.add("multicast", kind, count=count, probability=0.1, seconds=seconds)
        met = _Met(line.platform.faults.pick)
        line.platform.faults.pick = met.pick
        with some_senders(database_url, line.url) as senders:
            killer = _Killer(senders)
            line.platform.on_delivery.append(killer.look)
            notice = issue(store)
            _kill_while_planning(store, notice.id, killer)
            wait_until(lambda: _is_done(store, notice.id), PATIENCE)
            wait_until(lambda: not killer.under_way)

        ends, already = _ends(store, notice.id)

    assert killer.kills == KILLS
    assert set(met.kinds) == set(KINDS) - {"slow"}
    assert (len(heard.residents), set(heard.residents.values())) == (RESIDENTS, {1})
    assert heard.residents.keys() == set(names)
    assert ends == {"sent": RESIDENTS // 500}
    assert already > 0  # some calls had been accepted before, and LINE said 409
    assert len({call.retry_key for call in heard.calls}) == len(heard.calls) == RESIDENTS // 500


class _Met:
    """Which faults calls did meet."""

    def __init__(self, pick: Callable[[str, str], Fault | None]) -> None:
        self._pick = pick
        self.kinds: Counter[str] = Counter()

    def pick(self, city: str, endpoint: str) -> Fault | None:
        fault = self._pick(city, endpoint)
        if fault is not None:
            self.kinds[fault.kind] += 1
        return fault


class _Killer:
    """Kills at the worst moment: LINE has accepted a call, and the sender never hears of it."""

    def __init__(self, senders: Senders) -> None:
        self._senders = senders
        self._lock = threading.Lock()
        self.kills = 0
        self.calls = 0
        self.under_way = False

    def look(self, _delivery: Delivery) -> None:
        self.calls += 1
        if self.calls % 9 == 0 and self.kills < KILLS:
            self.kill()

    def kill(self) -> None:
        with self._lock:
            self.under_way = True
            self._senders.kill()
            self.kills += 1
            self.under_way = False


def _kill_while_planning(store: Store, number: int, killer: _Killer) -> None:
    """Both senders, as soon as one of them has begun to work out whom the notice reaches."""
    wait_until(lambda: _status(store, number) != "scheduled", PATIENCE)
    for _ in range(KILLS_WHILE_PLANNING):
        killer.kill()


def _status(store: Store, number: int) -> str:
    notice = store.notice(CITY, number)
    return notice.status if notice else ""


def _is_done(store: Store, number: int) -> bool:
    return _status(store, number) == "done"


def _ends(store: Store, number: int) -> tuple[Counter[str], int]:
    """How calls ended, and how many of them LINE had accepted before."""
    found = select(notice_chunks.c.state, notice_chunks.c.reason).where(notice_chunks.c.notice_id == number)
    rows = store._read(lambda connection: connection.execute(found).all())
    return Counter(row.state for row in rows), sum(row.reason == "already" for row in rows)
