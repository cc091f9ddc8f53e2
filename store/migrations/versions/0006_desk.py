"""What staff write for themselves: notes, mentions, canned answers, FAQ drafts; and who has seen which case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _words(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "notes",
        _words("city", None),
        _number("id"),
        _number("case_id"),
        _number("staff"),
        _number("at"),
        _words("text"),
        sa.PrimaryKeyConstraint("city", "id"),
    )
    op.create_index("notes_case", "notes", ["city", "case_id", "id"])
    op.create_table(
        "mentions",
        _words("city", None),
        _number("staff"),
        _number("note_id"),
        _number("case_id"),
        _number("at"),
        _number("seen_at", nullable=True),
        sa.PrimaryKeyConstraint("city", "staff", "note_id"),
    )
    op.create_index(
        "mentions_open",
        "mentions",
        ["city", "staff", "case_id"],
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.create_table(
        "seen",
        _words("city", None),
        _number("case_id"),
        _number("staff"),
        _number("at"),
        sa.PrimaryKeyConstraint("city", "case_id", "staff"),
    )
    op.create_table(
        "canned",
        _words("city", None),
        _number("id"),
        _words("department"),
        _words("title"),
        _words("text"),
        _number("staff"),
        _number("at"),
        sa.PrimaryKeyConstraint("city", "id"),
    )
    op.create_table(
        "drafts",
        _words("city", None),
        _number("id"),
        _number("case_id"),
        _words("title"),
        _words("text"),
        _words("status", "open"),
        _number("made_by"),
        _number("made_at"),
        _number("changed_by"),
        _number("changed_at"),
        sa.PrimaryKeyConstraint("city", "id"),
    )
    op.create_index("drafts_status", "drafts", ["city", "status", "id"])
    op.create_index("drafts_case", "drafts", ["city", "case_id"])


def downgrade() -> None:
    for name in ("notes", "mentions", "seen", "canned", "drafts"):
        op.drop_table(name)
