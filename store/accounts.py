"""Staff accounts: who belongs to a city, in which role, and how they get in. Every change is in the audit log.

A change and its audit line are one transaction. It begins by taking the lock of the city's log, so that changes of
one city happen one after the other and a rule that is checked first ("one 管理 stays") still holds at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from store.audit import lock_audit, write_audit
from store.login_guard import LoginGuard
from store.records_accounts import AccountConflict, Credentials, Invitation, NewInvitation, Role, Staff
from store.rows import clean, dump
from store.staff_rows import (
    credentials_from,
    folded,
    invitation_from,
    keep_an_admin,
    next_id,
    open_invitation,
    staff_from,
    the_staff,
)
from store.staff_sessions import StaffSessions, revoke_all
from store.tables_accounts import staff, staff_invitations, staff_recovery_codes

Result = TypeVar("Result")


class Accounts(StaffSessions, LoginGuard):
    """The part of the `Store` that knows staff. `who` is "staff:12", "system" or "cli:<user>"; it goes to the log."""

    def staff(self, city: str, staff_id: int) -> Staff | None:
        found = select(staff).where(staff.c.city == city, staff.c.id == staff_id)
        return self._read(lambda connection: _one(connection, found))

    def staff_by_email(self, city: str, email: str) -> Staff | None:
        found = select(staff).where(staff.c.city == city, staff.c.email == folded(email))
        return self._read(lambda connection: _one(connection, found))

    def staff_by_subject(self, city: str, issuer: str, subject: str) -> Staff | None:
        """Who has logged in before as this person of the city's identity provider."""
        this = and_(staff.c.city == city, staff.c.oidc_issuer == issuer, staff.c.oidc_subject == subject)
        found = select(staff).where(this, staff.c.oidc_subject != "")
        return self._read(lambda connection: _one(connection, found))

    def staff_list(self, city: str) -> list[Staff]:
        """Everybody, those who may not log in last."""
        found = select(staff).where(staff.c.city == city).order_by(staff.c.disabled_at.isnot(None), staff.c.id)
        return self._read(lambda connection: [staff_from(row) for row in connection.execute(found)])

    def has_staff(self, city: str) -> bool:
        found = select(staff.c.id).where(staff.c.city == city).limit(1)
        return self._read(lambda connection: connection.execute(found).first() is not None)

    def credentials(self, city: str, email: str) -> Credentials | None:
        return self._credentials(and_(staff.c.city == city, staff.c.email == folded(email)))

    def credentials_of(self, city: str, staff_id: int) -> Credentials | None:
        return self._credentials(and_(staff.c.city == city, staff.c.id == staff_id))

    def _credentials(self, this: Any) -> Credentials | None:
        def ask(connection: Connection) -> Credentials | None:
            row = connection.execute(select(staff).where(this)).one_or_none()
            return None if row is None else credentials_from(row)

        return self._read(ask)

    # ── Invitations ──────────────────────────────────────────────────────────────────────────────────────────────────

    def invite(self, new: NewInvitation, who: str) -> None:
        """Makes an invitation; earlier open ones for the same person can no longer be used.

        Raises `AccountConflict`: "known" (the mail has an account), "not_first" (the city has staff), "gone".
        """
        now = self._now()
        self._change(new.city, lambda connection: _invite(connection, new, who, now))

    def invitation(self, city: str, token_hash: str) -> Invitation | None:
        """The invitation of this token, while it can be used."""

        def ask(connection: Connection) -> Invitation | None:
            try:
                return open_invitation(connection, city, token_hash, self._now())
            except AccountConflict:
                return None

        return self._read(ask)

    def invitations(self, city: str) -> list[Invitation]:
        """Those that can still be used, newest first."""
        still = and_(staff_invitations.c.used_at.is_(None), staff_invitations.c.expires_at > self._now())
        found = select(staff_invitations).where(staff_invitations.c.city == city, still)
        ordered = found.order_by(staff_invitations.c.created_at.desc(), staff_invitations.c.id)
        return self._read(lambda connection: [invitation_from(row) for row in connection.execute(ordered)])

    def withdraw_invitation(self, city: str, invitation_id: str, who: str) -> None:
        now = self._now()

        def withdraw(connection: Connection) -> None:
            this = and_(staff_invitations.c.city == city, staff_invitations.c.id == invitation_id)
            if not _expire(connection, this, now):
                raise AccountConflict("gone")
            write_audit(connection, city, now, who, "staff.invitation_withdrawn", f"invitation:{invitation_id}", {})

        self._change(city, withdraw)

    def accept_invitation(self, city: str, token_hash: str, name: str, email: str, password_hash: str) -> Staff:
        """Uses the invitation up: a new account, or a new password for the one it names. Raises `AccountConflict`.

        `email` counts only for the first account of a city; `name` not for "renew".
        """
        now = self._now()
        person = clean(name), folded(email), password_hash
        return self._change(city, lambda connection: _accept(connection, city, token_hash, person, now))

    def join_invited(self, city: str, email: str, name: str) -> Staff:
        """Uses up the open invitation for this mail, whose owner the identity provider vouches for; no password."""
        now = self._now()

        def join(connection: Connection) -> Staff:
            table, address = staff_invitations, folded(email)
            these = and_(table.c.city == city, table.c.kind == "invite", table.c.email == address)
            still = and_(these, table.c.used_at.is_(None), table.c.expires_at > now)
            token_hash = connection.execute(select(table.c.token_hash).where(still)).scalar()
            if token_hash is None:
                raise AccountConflict("gone")
            return _accept(connection, city, token_hash, (clean(name), address, ""), now)

        return self._change(city, join)

    # ── Changes to one person ────────────────────────────────────────────────────────────────────────────────────────

    def change_staff(self, city: str, staff_id: int, role: Role, departments: Sequence[str], who: str) -> None:
        """Gives another role or other departments. Who gets another role has to log in again."""
        now = self._now()

        def change(connection: Connection) -> None:
            person = the_staff(connection, city, staff_id)
            if role != person.role:
                if role != "管理":
                    keep_an_admin(connection, person)
                revoke_all(connection, city, staff_id, now)
            _set(connection, person, role=role, departments=dump([clean(name) for name in departments]))
            detail = {"role": [person.role, role], "departments": [list(person.departments), list(departments)]}
            write_audit(connection, city, now, who, "staff.changed", f"staff:{staff_id}", detail)

        self._change(city, change)

    def rename_staff(self, city: str, staff_id: int, name: str, who: str) -> None:
        self._set_and_log(city, staff_id, who, "staff.renamed", name=clean(name))

    def disable_staff(self, city: str, staff_id: int, who: str) -> None:
        """Ends all their sessions and open invitations; nothing of what they did is removed."""
        now = self._now()

        def disable(connection: Connection) -> None:
            person = the_staff(connection, city, staff_id)
            keep_an_admin(connection, person)
            revoke_all(connection, city, staff_id, now)
            this = and_(staff_invitations.c.city == city, staff_invitations.c.staff_id == staff_id)
            _expire(connection, this, now)
            _set(connection, person, disabled_at=now)
            write_audit(connection, city, now, who, "staff.disabled", f"staff:{staff_id}", {})

        self._change(city, disable)

    def enable_staff(self, city: str, staff_id: int, who: str) -> None:
        self._set_and_log(city, staff_id, who, "staff.enabled", disabled_at=None)

    def set_password(self, city: str, staff_id: int, password_hash: str, who: str, keep: str = "") -> None:
        """A new password; every session ends but the one whose `token_hash` is `keep`."""
        now = self._now()

        def change(connection: Connection) -> None:
            _set(connection, the_staff(connection, city, staff_id), password_hash=password_hash)
            revoke_all(connection, city, staff_id, now, keep)
            write_audit(connection, city, now, who, "staff.password_changed", f"staff:{staff_id}", {})

        self._change(city, change)

    def rehash_password(self, city: str, staff_id: int, old_hash: str, new_hash: str) -> None:
        """The same password under other Argon2 parameters; nothing when it was changed meanwhile."""
        this = and_(staff.c.city == city, staff.c.id == staff_id, staff.c.password_hash == old_hash)
        self._change(
            city, lambda connection: connection.execute(update(staff).where(this).values(password_hash=new_hash))
        )

    def set_totp(self, city: str, staff_id: int, secret: str, step: int, codes: Sequence[str], who: str) -> None:
        """Turns the second factor on: the encrypted secret, the step of the first code, and hashed recovery codes."""
        now = self._now()

        def change(connection: Connection) -> None:
            _set(connection, the_staff(connection, city, staff_id), totp_secret=secret, totp_step=step)
            _new_codes(connection, city, staff_id, codes)
            write_audit(connection, city, now, who, "staff.totp_set", f"staff:{staff_id}", {})

        self._change(city, change)

    def clear_totp(self, city: str, staff_id: int, who: str) -> None:
        """Turns the second factor off; every session ends, because somebody may have lost their telephone."""
        now = self._now()

        def change(connection: Connection) -> None:
            _set(connection, the_staff(connection, city, staff_id), totp_secret="", totp_step=0)
            _new_codes(connection, city, staff_id, ())
            revoke_all(connection, city, staff_id, now, keep="")
            write_audit(connection, city, now, who, "staff.totp_cleared", f"staff:{staff_id}", {})

        self._change(city, change)

    def use_totp_step(self, city: str, staff_id: int, step: int) -> bool:
        """Whether this step's code had not been used yet; it is used now."""
        this = and_(staff.c.city == city, staff.c.id == staff_id, staff.c.totp_step < step)
        use = update(staff).where(this).values(totp_step=step)
        return self._change(city, lambda connection: connection.execute(use).rowcount == 1)

    def new_recovery_codes(self, city: str, staff_id: int, codes: Sequence[str], who: str) -> None:
        """Replaces the hashed recovery codes."""
        now = self._now()

        def change(connection: Connection) -> None:
            _new_codes(connection, city, staff_id, codes)
            write_audit(connection, city, now, who, "staff.recovery_codes_made", f"staff:{staff_id}", {})

        self._change(city, change)

    def use_recovery_code(self, city: str, staff_id: int, code_hash: str) -> bool:
        """Whether it was one of theirs and unused; it is used now."""
        now, codes = self._now(), staff_recovery_codes

        def use(connection: Connection) -> bool:
            this = and_(codes.c.city == city, codes.c.staff_id == staff_id, codes.c.code_hash == code_hash)
            marked = update(codes).where(this, codes.c.used_at.is_(None)).values(used_at=now)
            used = connection.execute(marked).rowcount == 1
            if used:
                who = f"staff:{staff_id}"
                write_audit(connection, city, now, who, "staff.recovery_code_used", who, {})
            return used

        return self._change(city, use)

    def recovery_codes_left(self, city: str, staff_id: int) -> int:
        codes = staff_recovery_codes
        these = and_(codes.c.city == city, codes.c.staff_id == staff_id, codes.c.used_at.is_(None))
        found = select(func.count()).select_from(codes).where(these)
        return self._read(lambda connection: int(connection.execute(found).scalar() or 0))

    def link_subject(self, city: str, staff_id: int, issuer: str, subject: str) -> None:
        """Remembers which person of the identity provider this is; `AccountConflict("taken")` if there is another."""
        now, who = self._now(), f"staff:{staff_id}"

        def link(connection: Connection) -> None:
            person = the_staff(connection, city, staff_id)
            same = and_(staff.c.city == city, staff.c.oidc_issuer == issuer, staff.c.oidc_subject == subject)
            other = connection.execute(select(staff.c.id).where(same, staff.c.id != staff_id)).first()
            if other is not None or person.sso:
                raise AccountConflict("taken")
            _set(connection, person, oidc_issuer=issuer, oidc_subject=subject)
            write_audit(connection, city, now, who, "staff.sso_linked", who, {"issuer": issuer})

        self._change(city, link)

    def _set_and_log(self, city: str, staff_id: int, who: str, action: str, **values: Any) -> None:
        now = self._now()

        def change(connection: Connection) -> None:
            _set(connection, the_staff(connection, city, staff_id), **values)
            write_audit(connection, city, now, who, action, f"staff:{staff_id}", {})

        self._change(city, change)

    def _change(self, city: str, act: Callable[[Connection], Result]) -> Result:
        def locked(connection: Connection) -> Result:
            lock_audit(connection, city)
            return act(connection)

        return self._act(locked)


def _one(connection: Connection, found: Any) -> Staff | None:
    row = connection.execute(found).one_or_none()
    return None if row is None else staff_from(row)


def _set(connection: Connection, person: Staff, **values: Any) -> None:
    this = and_(staff.c.city == person.city, staff.c.id == person.id)
    connection.execute(update(staff).where(this).values(**values))


def _expire(connection: Connection, these: Any, now: int) -> int:
    still = and_(these, staff_invitations.c.used_at.is_(None), staff_invitations.c.expires_at > now)
    return connection.execute(update(staff_invitations).where(still).values(expires_at=now)).rowcount


def _new_codes(connection: Connection, city: str, staff_id: int, codes: Sequence[str]) -> None:
    these = and_(staff_recovery_codes.c.city == city, staff_recovery_codes.c.staff_id == staff_id)
    connection.execute(delete(staff_recovery_codes).where(these))
    for code in codes:
        connection.execute(insert(staff_recovery_codes).values(city=city, staff_id=staff_id, code_hash=code))


def _invite(connection: Connection, new: NewInvitation, who: str, now: int) -> None:
    email = folded(new.email)
    table, these = staff_invitations, staff_invitations.c.city == new.city
    if new.kind == "first":
        if connection.execute(select(staff.c.id).where(staff.c.city == new.city).limit(1)).first():
            raise AccountConflict("not_first")
        _expire(connection, and_(these, table.c.kind == "first"), now)
    elif new.kind == "renew":
        email = the_staff(connection, new.city, new.staff_id).email
        _expire(connection, and_(these, table.c.staff_id == new.staff_id), now)
    else:
        if connection.execute(select(staff.c.id).where(staff.c.city == new.city, staff.c.email == email)).first():
            raise AccountConflict("known")
        _expire(connection, and_(these, table.c.email == email), now)
    connection.execute(
        insert(table).values(
            city=new.city,
            token_hash=new.token_hash,
            id=new.id,
            kind=new.kind,
            staff_id=new.staff_id,
            email=email,
            role=new.role,
            departments=dump([clean(name) for name in new.departments]),
            invited_by=who,
            created_at=now,
            expires_at=now + new.lasts * 1000,
        )
    )
    detail = {"kind": new.kind, "role": new.role, "departments": list(new.departments), "staff": new.staff_id}
    write_audit(connection, new.city, now, who, "staff.invited", f"invitation:{new.id}", detail)


def _accept(connection: Connection, city: str, token_hash: str, person: tuple[str, str, str], now: int) -> Staff:
    invitation = open_invitation(connection, city, token_hash, now)
    name, email, password_hash = person
    this = and_(staff_invitations.c.city == city, staff_invitations.c.token_hash == token_hash)
    connection.execute(update(staff_invitations).where(this).values(used_at=now))
    if invitation.kind == "renew":
        known = the_staff(connection, city, invitation.staff_id)
        if known.disabled:
            raise AccountConflict("gone")
        _set(connection, known, password_hash=password_hash)
        revoke_all(connection, city, known.id, now)
        write_audit(connection, city, now, f"staff:{known.id}", "staff.password_renewed", f"staff:{known.id}", {})
        return the_staff(connection, city, known.id)
    first = invitation.kind == "first"
    email = email if first else invitation.email
    if first and connection.execute(select(staff.c.id).where(staff.c.city == city).limit(1)).first():
        raise AccountConflict("not_first")
    if connection.execute(select(staff.c.id).where(staff.c.city == city, staff.c.email == email)).first():
        raise AccountConflict("known")
    number = next_id(connection, city)
    connection.execute(
        insert(staff).values(
            city=city,
            id=number,
            email=email,
            name=name,
            role="管理" if first else invitation.role,
            departments=dump(list(invitation.departments)),
            password_hash=password_hash,
            totp_step=0,
            created_at=now,
        )
    )
    detail = {"invitation": invitation.id, "role": "管理" if first else invitation.role}
    write_audit(connection, city, now, f"staff:{number}", "staff.joined", f"staff:{number}", detail)
    return the_staff(connection, city, number)
