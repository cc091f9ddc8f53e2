"""The tables of staff accounts and of the audit log. See `store.tables` for the conventions."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text, text

from store.tables import _moment, _number, _words, metadata


def _id(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, nullable=False, autoincrement=False)


_HAS_SUBJECT = text("oidc_subject <> ''")

staff = Table(
    "staff",
    metadata,
    _words("city", key=True),
    # Counted from 1 in each city; never used twice, because nobody is ever deleted (the audit log names them).
    _id("id", key=True),
    # Folded (NFKC, small letters), so that one person has one account.
    _words("email"),
    _words("name"),
    _words("role"),
    # JSON list of `Department.name`.
    _words("departments", default="[]"),
    # Argon2; "" for somebody who only uses single sign-on or has not yet opened the invitation.
    _words("password_hash"),
    # Encrypted by `handlers.console.vault`; "" without a second factor.
    _words("totp_secret"),
    # The 30-second step of the last code accepted: a code counts once.
    _moment("totp_step"),
    _words("oidc_issuer"),
    _words("oidc_subject"),
    _moment("created_at"),
    _moment("disabled_at", nullable=True),
)
Index("staff_email", staff.c.city, staff.c.email, unique=True)
Index(
    "staff_subject",
    staff.c.city,
    staff.c.oidc_issuer,
    staff.c.oidc_subject,
    unique=True,
    sqlite_where=_HAS_SUBJECT,
    postgresql_where=_HAS_SUBJECT,
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    _words("city", key=True),
    # SHA-256 of the cookie's token.
    _words("token_hash", key=True),
    # Names the session in lists and forms; opens nothing.
    _words("id"),
    _id("staff_id"),
    # "full", or "code" between password and second factor.
    _words("stage"),
    # How the person proved who they are: "password", "code", "invitation" or "sso".
    _words("way"),
    _moment("created_at"),
    _moment("seen_at"),
    _words("agent"),
    _number("tries"),
    _moment("revoked_at", nullable=True),
)
Index("staff_sessions_of", staff_sessions.c.city, staff_sessions.c.staff_id, staff_sessions.c.seen_at)

staff_invitations = Table(
    "staff_invitations",
    metadata,
    _words("city", key=True),
    _words("token_hash", key=True),
    _words("id"),
    # "first" (the first account of a city), "invite" (a new one) or "renew" (a new password for `staff_id`).
    _words("kind"),
    _id("staff_id"),
    _words("email"),
    _words("role"),
    _words("departments", default="[]"),
    _words("invited_by"),
    _moment("created_at"),
    _moment("expires_at"),
    _moment("used_at", nullable=True),
)
Index("staff_invitations_id", staff_invitations.c.city, staff_invitations.c.id, unique=True)

staff_recovery_codes = Table(
    "staff_recovery_codes",
    metadata,
    _words("city", key=True),
    _id("staff_id", key=True),
    _words("code_hash", key=True),
    _moment("used_at", nullable=True),
)

staff_devices = Table(
    "staff_devices",
    metadata,
    _words("city", key=True),
    _id("staff_id", key=True),
    # SHA-256 of the browser's own cookie: a browser that this person has logged in from.
    _words("device_hash", key=True),
    _moment("seen_at"),
)

login_failures = Table(
    "login_failures",
    metadata,
    _words("city", key=True),
    # SHA-256 of what is counted: account and network, account and device, or network.
    _words("key", key=True),
    _number("failures"),
    _moment("last_at"),
)
Index("login_failures_last", login_failures.c.city, login_failures.c.last_at)

sso_logins = Table(
    "sso_logins",
    metadata,
    _words("city", key=True),
    _words("state_hash", key=True),
    # SHA-256 of the cookie of the browser that started it.
    _words("browser_hash"),
    _words("nonce"),
    _words("verifier"),
    _words("next"),
    _moment("expires_at"),
)

audit_log = Table(
    "audit_log",
    metadata,
    _words("city", key=True),
    _id("seq", key=True),
    _moment("at"),
    _words("who"),
    _words("action"),
    _words("record"),
    _words("detail", default="{}"),
    _words("previous"),
    Column("hash", Text, nullable=False),
)
Index("audit_log_at", audit_log.c.city, audit_log.c.at)
Index("audit_log_who", audit_log.c.city, audit_log.c.who, audit_log.c.seq)
Index("audit_log_action", audit_log.c.city, audit_log.c.action, audit_log.c.seq)
Index("audit_log_record", audit_log.c.city, audit_log.c.record, audit_log.c.seq)
