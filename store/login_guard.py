"""Slows guessing down, for all processes together, in a way that cannot shut the owner out.

Attempts are counted under (account, network), (account, known browser) and network. The count under the account alone
makes nobody wait, because then anybody could lock anybody out: it only says that many are guessing. An attempt counts
as failed from its beginning, so that a hundred sent at once do not all find a clean record; a success takes the count
away.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from store.acts import Acts
from store.audit import lock_audit
from store.records_accounts import Brake, SsoLogin
from store.rows import clean
from store.tables_accounts import login_failures, sso_logins, staff_devices


class LoginGuard(Acts):
    """The part of the `Store` that counts failed logins, and knows browsers and unfinished single sign-ons."""

    def begin_attempt(self, city: str, brakes: Sequence[Brake]) -> int:
        """0 and every count one higher when the attempt may be made; else the seconds to wait, and nothing changes."""
        now = self._now()

        def run(connection: Connection) -> int:
            lock_audit(connection, city)
            found = {brake.key: _count(connection, city, brake, now) for brake in brakes}
            wait = max((_wait(brake, *found[brake.key], now) for brake in brakes), default=0)
            if wait == 0:
                for brake in brakes:
                    _set(connection, city, brake.key, found[brake.key][0] + 1, now)
            return wait

        return self._act(run)

    def failed(self, city: str, brake: Brake) -> int:
        """How many attempts have failed under this brake's key and are not forgotten."""
        now = self._now()
        return self._read(lambda connection: _count(connection, city, brake, now)[0])

    def forgive(self, city: str, key: str, shared: Sequence[str] = ()) -> None:
        """After a success: the count under `key` is gone, the `shared` ones are lowered by the attempt itself."""
        this = and_(login_failures.c.city == city, login_failures.c.key == key)
        others = and_(
            login_failures.c.city == city, login_failures.c.key.in_(list(shared)), login_failures.c.failures > 0
        )

        def run(connection: Connection) -> None:
            lock_audit(connection, city)
            connection.execute(delete(login_failures).where(this))
            connection.execute(update(login_failures).where(others).values(failures=login_failures.c.failures - 1))

        self._act(run)

    def knows_device(self, city: str, staff_id: int, device_hash: str) -> bool:
        """Whether this person has logged in from this browser before."""
        found = select(staff_devices.c.seen_at).where(_device(city, staff_id, device_hash))
        return self._read(lambda connection: connection.execute(found).first() is not None)

    def remember_device(self, city: str, staff_id: int, device_hash: str) -> None:
        now, this = self._now(), _device(city, staff_id, device_hash)

        def run(connection: Connection) -> None:
            lock_audit(connection, city)
            if not connection.execute(update(staff_devices).where(this).values(seen_at=now)).rowcount:
                values = {"city": city, "staff_id": staff_id, "device_hash": device_hash, "seen_at": now}
                connection.execute(insert(staff_devices).values(**values))

        self._act(run)

    def begin_sso(self, city: str, state_hash: str, browser_hash: str, login: SsoLogin, lasts: int) -> None:
        """Keeps what the return of a single sign-on is checked against, for `lasts` seconds."""
        values = {
            "city": city,
            "state_hash": state_hash,
            "browser_hash": browser_hash,
            "nonce": login.nonce,
            "verifier": login.verifier,
            "next": clean(login.next),
            "expires_at": self._now() + lasts * 1000,
        }
        new = insert(sso_logins).values(**values)
        self._act(lambda connection: connection.execute(new))

    def finish_sso(self, city: str, state_hash: str, browser_hash: str) -> SsoLogin | None:
        """The sign-on that this browser began with this state, once: a second return finds nothing."""
        now, table = self._now(), sso_logins

        def run(connection: Connection) -> SsoLogin | None:
            this = and_(table.c.city == city, table.c.state_hash == state_hash, table.c.browser_hash == browser_hash)
            row = connection.execute(delete(table).where(this, table.c.expires_at > now).returning(table)).one_or_none()
            return None if row is None else SsoLogin(row.nonce, row.verifier, row.next)

        return self._act(run)


def _device(city: str, staff_id: int, device_hash: str) -> ColumnElement[bool]:
    table = staff_devices
    return and_(table.c.city == city, table.c.staff_id == staff_id, table.c.device_hash == device_hash)


def _count(connection: Connection, city: str, brake: Brake, now: int) -> tuple[int, int]:
    """Failures under this key and the moment of the last one."""
    table = login_failures
    found = select(table.c.failures, table.c.last_at).where(table.c.city == city, table.c.key == brake.key)
    row = connection.execute(found).one_or_none()
    return (0, 0) if row is None or now - row.last_at > brake.forget * 1000 else (row.failures, row.last_at)


def _wait(brake: Brake, failures: int, last_at: int, now: int) -> int:
    if failures < brake.free:
        return 0
    delay = min(brake.most, brake.first << min(failures - brake.free, 20))
    return max(0, math.ceil((last_at - now) / 1000 + delay))


def _set(connection: Connection, city: str, key: str, failures: int, now: int) -> None:
    this = and_(login_failures.c.city == city, login_failures.c.key == key)
    if not connection.execute(update(login_failures).where(this).values(failures=failures, last_at=now)).rowcount:
        connection.execute(insert(login_failures).values(city=city, key=key, failures=failures, last_at=now))
