"""Invitations: the only way to an account, and to a new password for one. The link's token is kept hashed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from store.audit import write_audit
from store.records_accounts import AccountConflict, Invitation, NewInvitation, Staff
from store.rows import clean, dump
from store.staff_changes import StaffChanges
from store.staff_rows import folded, invitation_from, next_id, open_invitation, set_staff, the_staff
from store.staff_sessions import revoke_all
from store.tables_accounts import staff, staff_invitations


class StaffInvitations(StaffChanges):
    """The part of the `Store` that invites people."""

    def invite(self, new: NewInvitation, who: str) -> None:
        """Makes an invitation; earlier open ones for the same person can no longer be used.

        Raises `AccountConflict`: "known" (the mail has an account), "not_first" (the city has staff), "gone".
        """
        now = self._now()
        self._change_staff(new.city, lambda connection: _invite(connection, new, who, now))

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
            if not expire(connection, this, now):
                raise AccountConflict("gone")
            write_audit(connection, city, now, who, "staff.invitation_withdrawn", f"invitation:{invitation_id}", {})

        self._change_staff(city, withdraw)

    def accept_invitation(self, city: str, token_hash: str, name: str, email: str, password_hash: str) -> Staff:
        """Uses the invitation up: a new account, or a new password for the one it names. Raises `AccountConflict`.

        `email` counts only for the first account of a city; `name` not for "renew".
        """
        now = self._now()
        person = clean(name), folded(email), password_hash
        return self._change_staff(city, lambda connection: _accept(connection, city, token_hash, person, now))

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

        return self._change_staff(city, join)


def expire(connection: Connection, these: Any, now: int) -> int:
    """Ends those that are still open; how many there were."""
    still = and_(these, staff_invitations.c.used_at.is_(None), staff_invitations.c.expires_at > now)
    return connection.execute(update(staff_invitations).where(still).values(expires_at=now)).rowcount


def _invite(connection: Connection, new: NewInvitation, who: str, now: int) -> None:
    email = folded(new.email)
    table, these = staff_invitations, staff_invitations.c.city == new.city
    if new.kind == "first":
        if connection.execute(select(staff.c.id).where(staff.c.city == new.city).limit(1)).first():
            raise AccountConflict("not_first")
        expire(connection, and_(these, table.c.kind == "first"), now)
    elif new.kind == "renew":
        email = the_staff(connection, new.city, new.staff_id).email
        expire(connection, and_(these, table.c.staff_id == new.staff_id), now)
    else:
        if connection.execute(select(staff.c.id).where(staff.c.city == new.city, staff.c.email == email)).first():
            raise AccountConflict("known")
        expire(connection, and_(these, table.c.email == email), now)
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
        set_staff(connection, known, password_hash=password_hash)
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
