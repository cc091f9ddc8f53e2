"""The 気象庁's feeds: what was seen, what is in force, what each city was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _words(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "feeds",
        *(_words(name, None) for name in ("city", "name")),
        *(_words(name) for name in ("etag", "modified")),
        *(_moment(name, nullable=True) for name in ("answered_at", "silent_since", "told_at")),
        _words("reason"),
        sa.PrimaryKeyConstraint("city", "name"),
    )
    is_open = sa.text("state = 'open'")
    op.create_table(
        "telegrams",
        *(_words(name, None) for name in ("city", "id")),
        *(_words(name) for name in ("url", "data_type")),
        _moment("updated_at"),
        _words("state", "open"),
        _moment("due_at"),
        _number("attempts"),
        *(_words(name) for name in ("worker", "reason")),
        _moment("found_at"),
        _moment("finished_at", nullable=True),
        sa.PrimaryKeyConstraint("city", "id"),
    )
    op.create_index(
        "telegrams_due", "telegrams", ["updated_at", "city"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_index("telegrams_found", "telegrams", ["city", "found_at"])
    op.create_table(
        "telegram_state",
        *(_words(name, None) for name in ("city", "series", "speaks_by", "name")),
        _words("telegram", "{}"),
        _moment("report_at"),
        _number("version"),
        sa.PrimaryKeyConstraint("city", "series", "speaks_by", "name"),
    )
    op.create_index("telegram_state_report", "telegram_state", ["city", "report_at"])
    op.create_table(
        "told_dangers",
        *(_words(name, None) for name in ("city", "what", "event", "area")),
        _words("grade"),
        *(_moment(name) for name in ("notice", "report_at")),
        sa.PrimaryKeyConstraint("city", "what", "event", "area"),
    )
    op.create_index("told_dangers_report", "told_dangers", ["city", "report_at"])


def downgrade() -> None:
    for table in ("told_dangers", "telegram_state", "telegrams", "feeds"):
        op.drop_table(table)
