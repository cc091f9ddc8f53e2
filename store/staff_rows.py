"""Staff between records and rows, and the rules that every change of accounts keeps."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from store.records_accounts import AccountConflict, Credentials, Invitation, Staff
from store.rows import clean, from_ms
from store.tables_accounts import staff, staff_invitations

ADMIN = "管理"


def folded(email: str) -> str:
    """An e-mail address as it is compared: one person, one account."""
    return clean(unicodedata.normalize("NFKC", email).strip().lower())


def staff_from(row: Any) -> Staff:
    return Staff(
        city=row.city,
        id=row.id,
        name=row.name,
        email=row.email,
        role=row.role,
        departments=tuple(json.loads(row.departments)),
        created_at=from_ms(row.created_at),
        disabled=row.disabled_at is not None,
        password=bool(row.password_hash),
        totp=bool(row.totp_secret),
        sso=bool(row.oidc_subject),
    )


def credentials_from(row: Any) -> Credentials:
    return Credentials(
        staff_from(row), row.password_hash, row.totp_secret, row.totp_step, row.oidc_issuer, row.oidc_subject
    )


def invitation_from(row: Any) -> Invitation:
    return Invitation(
        city=row.city,
        id=row.id,
        kind=row.kind,
        staff_id=row.staff_id,
        email=row.email,
        role=row.role,
        departments=tuple(json.loads(row.departments)),
        invited_by=row.invited_by,
        created_at=from_ms(row.created_at),
        expires_at=from_ms(row.expires_at),
    )


def the_staff(connection: Connection, city: str, staff_id: int) -> Staff:
    """The person, or `AccountConflict("gone")`."""
    found = connection.execute(select(staff).where(staff.c.city == city, staff.c.id == staff_id)).one_or_none()
    if found is None:
        raise AccountConflict("gone")
    return staff_from(found)


def next_id(connection: Connection, city: str) -> int:
    last: int | None = connection.execute(select(func.max(staff.c.id)).where(staff.c.city == city)).scalar()
    return (last or 0) + 1


def keep_an_admin(connection: Connection, person: Staff) -> None:
    """`AccountConflict("last_admin")` when the city would be left without a 管理 who can log in."""
    others = select(func.count()).where(
        staff.c.city == person.city,
        staff.c.role == ADMIN,
        staff.c.id != person.id,
        staff.c.disabled_at.is_(None),
        (staff.c.password_hash != "") | (staff.c.oidc_subject != ""),
    )
    if person.role == ADMIN and not person.disabled and not connection.execute(others).scalar():
        raise AccountConflict("last_admin")


def open_invitation(connection: Connection, city: str, token_hash: str, now: int) -> Invitation:
    """The invitation of this token if it can still be used, or `AccountConflict("gone")`."""
    this = and_(
        staff_invitations.c.city == city,
        staff_invitations.c.token_hash == token_hash,
        staff_invitations.c.used_at.is_(None),
        staff_invitations.c.expires_at > now,
    )
    row = connection.execute(select(staff_invitations).where(this)).one_or_none()
    if row is None:
        raise AccountConflict("gone")
    return invitation_from(row)


def set_staff(connection: Connection, person: Staff, **values: Any) -> None:
    this = and_(staff.c.city == person.city, staff.c.id == person.id)
    connection.execute(update(staff).where(this).values(**values))
