"""Staff accounts: who belongs to a city, in which role, and how they get in. Every change is in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from store.audit import write_audit
from store.login_guard import LoginGuard
from store.records_accounts import AccountConflict, Credentials, Role, Staff
from store.rows import clean, dump
from store.staff_invitations import StaffInvitations, expire
from store.staff_rows import credentials_from, folded, keep_an_admin, set_staff, staff_from, the_staff
from store.staff_sessions import StaffSessions, revoke_all
from store.tables_accounts import staff, staff_invitations, staff_recovery_codes


class Accounts(StaffInvitations, StaffSessions, LoginGuard):
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

    def change_staff(self, city: str, staff_id: int, role: Role, departments: Sequence[str], who: str) -> None:
        """Gives another role or other departments. Who gets another role has to log in again."""
        now = self._now()

        def change(connection: Connection) -> None:
            person = the_staff(connection, city, staff_id)
            if role != person.role:
                if role != "管理":
                    keep_an_admin(connection, person)
                revoke_all(connection, city, staff_id, now)
            set_staff(connection, person, role=role, departments=dump([clean(name) for name in departments]))
            detail = {
                "role": role,
                "role_before": person.role,
                "departments": list(departments),
                "departments_before": list(person.departments),
            }
            write_audit(connection, city, now, who, "staff.changed", f"staff:{staff_id}", detail)

        self._change_staff(city, change)

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
            expire(connection, this, now)
            set_staff(connection, person, disabled_at=now)
            write_audit(connection, city, now, who, "staff.disabled", f"staff:{staff_id}", {})

        self._change_staff(city, disable)

    def enable_staff(self, city: str, staff_id: int, who: str) -> None:
        self._set_and_log(city, staff_id, who, "staff.enabled", disabled_at=None)

    def set_password(self, city: str, staff_id: int, password_hash: str, who: str, keep: str = "") -> None:
        """A new password; every session ends but the one whose `token_hash` is `keep`."""
        now = self._now()

        def change(connection: Connection) -> None:
            set_staff(connection, the_staff(connection, city, staff_id), password_hash=password_hash)
            revoke_all(connection, city, staff_id, now, keep)
            write_audit(connection, city, now, who, "staff.password_changed", f"staff:{staff_id}", {})

        self._change_staff(city, change)

    def rehash_password(self, city: str, staff_id: int, old_hash: str, new_hash: str) -> None:
        """The same password under other Argon2 parameters; nothing when it was changed meanwhile."""
        this = and_(staff.c.city == city, staff.c.id == staff_id, staff.c.password_hash == old_hash)
        self._change_staff(
            city, lambda connection: connection.execute(update(staff).where(this).values(password_hash=new_hash))
        )

    def set_totp(self, city: str, staff_id: int, secret: str, step: int, codes: Sequence[str], who: str) -> None:
        """Turns the second factor on: the encrypted secret, the step of the first code, and hashed recovery codes."""
        now = self._now()

        def change(connection: Connection) -> None:
            set_staff(connection, the_staff(connection, city, staff_id), totp_secret=secret, totp_step=step)
            _new_codes(connection, city, staff_id, codes)
            write_audit(connection, city, now, who, "staff.totp_set", f"staff:{staff_id}", {})

        self._change_staff(city, change)

    def clear_totp(self, city: str, staff_id: int, who: str) -> None:
        """Turns the second factor off; every session ends, because somebody may have lost their telephone."""
        now = self._now()

        def change(connection: Connection) -> None:
            set_staff(connection, the_staff(connection, city, staff_id), totp_secret="", totp_step=0)
            _new_codes(connection, city, staff_id, ())
            revoke_all(connection, city, staff_id, now, keep="")
            write_audit(connection, city, now, who, "staff.totp_cleared", f"staff:{staff_id}", {})

        self._change_staff(city, change)

    def use_totp_step(self, city: str, staff_id: int, step: int) -> bool:
        """Whether this step's code had not been used yet; it is used now."""
        this = and_(staff.c.city == city, staff.c.id == staff_id, staff.c.totp_step < step)
        use = update(staff).where(this).values(totp_step=step)
        return self._change_staff(city, lambda connection: connection.execute(use).rowcount == 1)

    def new_recovery_codes(self, city: str, staff_id: int, codes: Sequence[str], who: str) -> None:
        """Replaces the hashed recovery codes."""
        now = self._now()

        def change(connection: Connection) -> None:
            _new_codes(connection, city, staff_id, codes)
            write_audit(connection, city, now, who, "staff.recovery_codes_made", f"staff:{staff_id}", {})

        self._change_staff(city, change)

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

        return self._change_staff(city, use)

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
            set_staff(connection, person, oidc_issuer=issuer, oidc_subject=subject)
            write_audit(connection, city, now, who, "staff.sso_linked", who, {"issuer": issuer})

        self._change_staff(city, link)

    def _set_and_log(self, city: str, staff_id: int, who: str, action: str, **values: Any) -> None:
        now = self._now()

        def change(connection: Connection) -> None:
            set_staff(connection, the_staff(connection, city, staff_id), **values)
            write_audit(connection, city, now, who, action, f"staff:{staff_id}", {})

        self._change_staff(city, change)


def _one(connection: Connection, found: Any) -> Staff | None:
    row = connection.execute(found).one_or_none()
    return None if row is None else staff_from(row)


def _new_codes(connection: Connection, city: str, staff_id: int, codes: Sequence[str]) -> None:
    these = and_(staff_recovery_codes.c.city == city, staff_recovery_codes.c.staff_id == staff_id)
    connection.execute(delete(staff_recovery_codes).where(these))
    for code in codes:
        connection.execute(insert(staff_recovery_codes).values(city=city, staff_id=staff_id, code_hash=code))
