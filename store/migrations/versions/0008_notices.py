"""Who wishes to hear what, notices to many, and the pieces in which they are sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _words(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _number(name: str, default: str | None = "0") -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=default, nullable=False)


def _moment(name: str, default: str | None = None, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=default, nullable=nullable, autoincrement=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def upgrade() -> None:
    _wishes()
    _notices()
    _chunks()


def _wishes() -> None:
    op.create_table(
        "subscribers",
        _words("city", None),
        _words("resident", None),
        _words("channel", "line"),
        _words("language", "ja"),
        _words("area"),
        _number("quiet_from", "-1"),
        _number("quiet_to", "-1"),
        _flag("paused"),
        _moment("since"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("city", "resident"),
    )
    op.create_table(
        "subscriptions",
        *(_words(name, None) for name in ("city", "topic", "resident")),
        sa.PrimaryKeyConstraint("city", "topic", "resident"),
    )
    op.create_index("subscriptions_resident", "subscriptions", ["city", "resident"])
    op.create_table(
        "subscriber_facts",
        *(_words(name, None) for name in ("city", "name", "value", "resident")),
        sa.PrimaryKeyConstraint("city", "name", "value", "resident"),
    )
    op.create_index("subscriber_facts_resident", "subscriber_facts", ["city", "resident"])


def _notices() -> None:
    op.create_table(
        "notices",
        _words("city", None),
        _moment("id"),
        *(_words(name) for name in ("number", "kind")),
        _flag("drill"),
        *(_words(name) for name in ("topic", "title")),
        _words("texts", "{}"),
        *(_words(name) for name in ("link", "picture")),
        _words("audience", "{}"),
        _words("channels", "[]"),
        _number("priority"),
        _words("status", "draft"),
        _words("mark"),
        _moment("original", "0"),
        _words("source", "staff"),
        *(_words(name) for name in ("source_key", "level")),
        _flag("needs_approval"),
        *(_number(name) for name in ("created_by", "approved_by")),
        _moment("created_at"),
        _moment("due_at", nullable=True),
        _words("repeats", "{}"),
        *(_moment(name, nullable=True) for name in ("issued_at", "finished_at", "expires_at")),
        *(_number(name) for name in ("version", "recipients")),
        _words("reason"),
        sa.PrimaryKeyConstraint("city", "id"),
    )
    op.create_index("notices_status", "notices", ["city", "status", "id"])
    op.create_index("notices_issued", "notices", ["city", "issued_at"])
    lives = sa.text("status IN ('scheduled', 'planning')")
    op.create_index("notices_due", "notices", ["due_at", "city", "id"], sqlite_where=lives, postgresql_where=lives)
    keyed = sa.text("source_key <> ''")
    op.create_index(
        "notices_source", "notices", ["source_key", "city"], unique=True, sqlite_where=keyed, postgresql_where=keyed
    )
    op.create_table(
        "notice_taps",
        _words("city", None),
        *(_moment(name) for name in ("notice_id", "at")),
        _words("what", None),
        _number("count"),
        sa.PrimaryKeyConstraint("city", "notice_id", "at", "what"),
    )


def _chunks() -> None:
    op.create_table(
        "notice_chunks",
        _words("city", None),
        _moment("notice_id"),
        _number("part", None),
        _words("channel", "line"),
        _words("language", "ja"),
        _number("count"),
        _words("retry_key"),
        _number("quiet_from", "-1"),
        _number("quiet_to", "-1"),
        _words("state", "open"),
        _number("priority"),
        _moment("due_at"),
        _number("attempts"),
        _words("worker"),
        _flag("fate_unknown"),
        _moment("first_at", nullable=True),
        *(_words(name) for name in ("reason", "request_id")),
        _moment("finished_at", nullable=True),
        sa.PrimaryKeyConstraint("city", "notice_id", "part"),
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "notice_chunks_due",
        "notice_chunks",
        ["priority", "due_at", "city", "notice_id", "part"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index(
        "notice_chunks_left",
        "notice_chunks",
        ["notice_id", "city"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "notice_recipients",
        _words("city", None),
        _moment("notice_id"),
        _number("part", None),
        _words("recipients", "[]"),
        sa.PrimaryKeyConstraint("city", "notice_id", "part"),
    )
    op.create_table(
        "rate_buckets",
        *(_words(name, None) for name in ("city", "name")),
        _moment("tokens_milli", "0"),
        _moment("at"),
        sa.PrimaryKeyConstraint("city", "name"),
    )


def downgrade() -> None:
    for table in (
        "rate_buckets",
        "notice_recipients",
        "notice_chunks",
        "notice_taps",
        "notices",
        "subscriber_facts",
        "subscriptions",
        "subscribers",
    ):
        op.drop_table(table)
