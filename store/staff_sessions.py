"""Sessions of staff: kept in the database, so that they can be listed and ended. The cookie's token is kept hashed."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from store.acts import Acts
from store.audit import lock_audit, write_audit
from store.records_accounts import AccountConflict, Limits, NewSession, StaffSession
from store.rows import clean, from_ms
from store.staff_rows import staff_from
from store.tables_accounts import login_failures, sso_logins, staff, staff_devices, staff_sessions

KEPT_MS = 30 * 86_400_000
DEVICE_MS = 180 * 86_400_000
FAILURE_MS = 86_400_000


class StaffSessions(Acts):
    """The part of the `Store` that keeps who is logged in."""

    def open_session(self, new: NewSession, instead_of: str = "") -> None:
        """Opens a session; the one with the token hash `instead_of` ends in the same moment.

        A token changes whenever what it can do changes, so that nobody rides on an old one.
        """
        now = self._now()

        def run(connection: Connection) -> None:
            lock_audit(connection, new.city)
            if instead_of:
                _revoke(connection, and_(_of(new.city), staff_sessions.c.token_hash == instead_of), now)
            _insert(connection, new, now, now)
            if new.stage == "full":
                who = f"staff:{new.staff_id}"
                write_audit(
                    connection, new.city, now, who, f"login.{new.way}", f"session:{new.id}", {"agent": new.agent}
                )

        self._act(run)

    def rotate_session(self, old: StaffSession, token_hash: str) -> None:
        """The same session under another token. `AccountConflict("gone")` when it has ended meanwhile."""
        now = self._now()

        def run(connection: Connection) -> None:
            this = and_(_of(old.city), staff_sessions.c.token_hash == old.token_hash)
            values = {"token_hash": token_hash, "seen_at": now}
            still = staff_sessions.c.revoked_at.is_(None)
            if not connection.execute(update(staff_sessions).where(this, still).values(**values)).rowcount:
                raise AccountConflict("gone")

        self._act(run)

    def session(self, city: str, token_hash: str, limits: Limits) -> StaffSession | None:
        """The living session of this token: not ended, not too old, of somebody who may log in."""
        this = and_(_living(city, self._now(), limits), staff_sessions.c.token_hash == token_hash)
        found = self._sessions(and_(this, staff.c.disabled_at.is_(None)))
        return found[0] if found else None

    def sessions_of(self, city: str, staff_id: int, limits: Limits) -> list[StaffSession]:
        """The person's living sessions, the last used first."""
        living = _living(city, self._now(), limits)
        return self._sessions(and_(living, staff_sessions.c.staff_id == staff_id, staff_sessions.c.stage == "full"))

    def touch_session(self, session: StaffSession) -> None:
        """Notes that the person is there."""
        this = and_(_of(session.city), staff_sessions.c.token_hash == session.token_hash)
        seen = update(staff_sessions).where(this).values(seen_at=self._now())
        self._act(lambda connection: connection.execute(seen))

    def count_wrong_code(self, session: StaffSession) -> int:
        """How many wrong codes this session has had, with this one."""
        this = and_(_of(session.city), staff_sessions.c.token_hash == session.token_hash)
        more = update(staff_sessions).where(this).values(tries=staff_sessions.c.tries + 1)

        def run(connection: Connection) -> int:
            connection.execute(more)
            return int(connection.execute(select(staff_sessions.c.tries).where(this)).scalar() or 0)

        return self._act(run)

    def end_session(self, session: StaffSession, action: str = "logout") -> None:
        """Ends this session, as its owner asked."""
        self.revoke_session(session.city, session.staff.id, session.id, f"staff:{session.staff.id}", action)

    def revoke_session(
        self, city: str, staff_id: int, session_id: str, who: str, action: str = "session.ended"
    ) -> None:
        """Ends one session of this person. `AccountConflict("gone")` when there is none of this name."""
        these = and_(_of(city), staff_sessions.c.staff_id == staff_id, staff_sessions.c.id == session_id)
        if not self._revoke_logged(city, these, who, action, f"session:{session_id}"):
            raise AccountConflict("gone")

    def revoke_sessions(self, city: str, staff_id: int, who: str, keep: str = "") -> int:
        """Ends all sessions of this person but the one with the token hash `keep`; how many there were."""
        these = and_(_of(city), staff_sessions.c.staff_id == staff_id, staff_sessions.c.token_hash != keep)
        return self._revoke_logged(city, these, who, "session.all_ended", f"staff:{staff_id}")

    def sweep_accounts(self) -> None:
        """Removes what has been over for long: sessions and devices, counted failures, unfinished single sign-ons."""
        now = self._now()

        def run(connection: Connection) -> None:
            connection.execute(delete(staff_sessions).where(staff_sessions.c.seen_at < now - KEPT_MS))
            connection.execute(delete(staff_devices).where(staff_devices.c.seen_at < now - DEVICE_MS))
            connection.execute(delete(login_failures).where(login_failures.c.last_at < now - FAILURE_MS))
            connection.execute(delete(sso_logins).where(sso_logins.c.expires_at < now))

        self._act(run)

    def _revoke_logged(self, city: str, these: ColumnElement[bool], who: str, action: str, record: str) -> int:
        now = self._now()

        def run(connection: Connection) -> int:
            lock_audit(connection, city)
            ended = _revoke(connection, these, now)
            if ended:
                write_audit(connection, city, now, who, action, record, {"ended": ended})
            return ended

        return self._act(run)

    def _sessions(self, these: ColumnElement[bool]) -> list[StaffSession]:
        own = ("token_hash", "id", "stage", "way", "created_at", "seen_at", "agent", "tries")
        columns = [staff_sessions.c[name].label(f"session_{name}") for name in own]
        joined = staff_sessions.join(
            staff, and_(staff.c.city == staff_sessions.c.city, staff.c.id == staff_sessions.c.staff_id)
        )
        found = select(staff, *columns).select_from(joined).where(these).order_by(staff_sessions.c.seen_at.desc())

        def ask(connection: Connection) -> list[StaffSession]:
            return [
                StaffSession(
                    city=row.city,
                    id=row.session_id,
                    token_hash=row.session_token_hash,
                    staff=staff_from(row),
                    stage=row.session_stage,
                    way=row.session_way,
                    created_at=from_ms(row.session_created_at),
                    seen_at=from_ms(row.session_seen_at),
                    agent=row.session_agent,
                    tries=row.session_tries,
                )
                for row in connection.execute(found)
            ]

        return self._read(ask)


def revoke_all(connection: Connection, city: str, staff_id: int, now: int, keep: str = "") -> None:
    """Ends the person's sessions inside another change's transaction."""
    these = and_(_of(city), staff_sessions.c.staff_id == staff_id, staff_sessions.c.token_hash != keep)
    _revoke(connection, these, now)


def _revoke(connection: Connection, these: ColumnElement[bool], now: int) -> int:
    still = staff_sessions.c.revoked_at.is_(None)
    return connection.execute(update(staff_sessions).where(these, still).values(revoked_at=now)).rowcount


def _of(city: str) -> ColumnElement[bool]:
    return staff_sessions.c.city == city


def _living(city: str, now: int, limits: Limits) -> ColumnElement[bool]:
    return and_(
        _of(city),
        staff_sessions.c.revoked_at.is_(None),
        staff_sessions.c.seen_at > now - limits.idle * 1000,
        staff_sessions.c.created_at > now - limits.absolute * 1000,
    )


def _insert(connection: Connection, new: NewSession, created: int, seen: int) -> None:
    connection.execute(
        insert(staff_sessions).values(
            city=new.city,
            token_hash=new.token_hash,
            id=new.id,
            staff_id=new.staff_id,
            stage=new.stage,
            way=new.way,
            created_at=created,
            seen_at=seen,
            agent=clean(new.agent)[:80],
        )
    )
