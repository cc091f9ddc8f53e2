# ruff: noqa: S608 - the statements are put together from constants
"""Staff accounts, their sessions and invitations, and the audit log that nothing may change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = (
    "staff",
    "staff_sessions",
    "staff_invitations",
    "staff_recovery_codes",
    "staff_devices",
    "login_failures",
    "sso_logins",
    "audit_log",
)


def _words(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable, autoincrement=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def upgrade() -> None:
    op.create_table(
        "staff",
        _words("city", None),
        _number("id"),
        _words("email"),
        _words("name"),
        _words("role"),
        _words("departments", "[]"),
        _words("password_hash"),
        _words("totp_secret"),
        _number("totp_step"),
        _words("oidc_issuer"),
        _words("oidc_subject"),
        _number("created_at"),
        _number("disabled_at", nullable=True),
        sa.PrimaryKeyConstraint("city", "id"),
    )
    op.create_index("staff_email", "staff", ["city", "email"], unique=True)
    has_subject = sa.text("oidc_subject <> ''")
    op.create_index(
        "staff_subject",
        "staff",
        ["city", "oidc_issuer", "oidc_subject"],
        unique=True,
        sqlite_where=has_subject,
        postgresql_where=has_subject,
    )
    op.create_table(
        "staff_sessions",
        _words("city", None),
        _words("token_hash", None),
        _words("id"),
        _number("staff_id"),
        _words("stage"),
        _words("way"),
        _number("created_at"),
        _number("seen_at"),
        _words("agent"),
        _count("tries"),
        _number("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("city", "token_hash"),
    )
    op.create_index("staff_sessions_of", "staff_sessions", ["city", "staff_id", "seen_at"])
    op.create_table(
        "staff_invitations",
        _words("city", None),
        _words("token_hash", None),
        _words("id"),
        _words("kind"),
        _number("staff_id"),
        _words("email"),
        _words("role"),
        _words("departments", "[]"),
        _words("invited_by"),
        _number("created_at"),
        _number("expires_at"),
        _number("used_at", nullable=True),
        sa.PrimaryKeyConstraint("city", "token_hash"),
    )
    op.create_index("staff_invitations_id", "staff_invitations", ["city", "id"], unique=True)
    op.create_table(
        "staff_recovery_codes",
        _words("city", None),
        _number("staff_id"),
        _words("code_hash", None),
        _number("used_at", nullable=True),
        sa.PrimaryKeyConstraint("city", "staff_id", "code_hash"),
    )
    op.create_table(
        "staff_devices",
        _words("city", None),
        _number("staff_id"),
        _words("device_hash", None),
        _number("seen_at"),
        sa.PrimaryKeyConstraint("city", "staff_id", "device_hash"),
    )
    op.create_table(
        "login_failures",
        _words("city", None),
        _words("key", None),
        _count("failures"),
        _number("last_at"),
        sa.PrimaryKeyConstraint("city", "key"),
    )
    op.create_index("login_failures_last", "login_failures", ["city", "last_at"])
    op.create_table(
        "sso_logins",
        _words("city", None),
        _words("state_hash", None),
        _words("browser_hash"),
        _words("nonce"),
        _words("verifier"),
        _words("next"),
        _number("expires_at"),
        sa.PrimaryKeyConstraint("city", "state_hash"),
    )
    op.create_table(
        "audit_log",
        _words("city", None),
        _number("seq"),
        _number("at"),
        _words("who"),
        _words("action"),
        _words("record"),
        _words("detail", "{}"),
        _words("previous"),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("city", "seq"),
    )
    op.create_index("audit_log_at", "audit_log", ["city", "at"])
    op.create_index("audit_log_who", "audit_log", ["city", "who", "seq"])
    op.create_index("audit_log_action", "audit_log", ["city", "action", "seq"])
    op.create_index("audit_log_record", "audit_log", ["city", "record", "seq"])
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
_SQLITE = (
    f"CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log {_REFUSE}",
    f"CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log {_REFUSE}",
    # INSERT OR REPLACE would delete the old row without asking the trigger above.
    f"""
    CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log
    WHEN EXISTS (SELECT 1 FROM audit_log WHERE city = NEW.city AND seq = NEW.seq) {_REFUSE}
    """,
)
_POSTGRESQL = (
    """
    CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
    """,
    """
    CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_refuse()
    """,
    """
    CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()
    """,
)


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_log_refuse()")
