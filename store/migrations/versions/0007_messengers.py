"""Who of the staff was told of which case, and the pictures that residents sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _words(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    is_open = sa.text("state = 'open'")
    op.create_table(
        "staff_notices",
        _words("city", None),
        _moment("case_id"),
        *(_words(name, None) for name in ("kind", "way", "target")),
        _words("department"),
        _moment("since"),
        _words("state", "open"),
        _moment("due_at"),
        _number("attempts"),
        _words("worker"),
        _words("reason"),
        _moment("planned_at"),
        _moment("finished_at", nullable=True),
        sa.PrimaryKeyConstraint("city", "case_id", "kind", "way", "target"),
    )
    op.create_index(
        "staff_notices_due",
        "staff_notices",
        ["way", "due_at", "city"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("staff_notices_finished", "staff_notices", ["city", "finished_at"])
    op.create_table(
        "attachments",
        _words("city", None),
        _words("id", None),
        _words("resident"),
        _moment("case_id"),
        _words("event_id"),
        _words("message_id"),
        _words("kind"),
        _words("state", "open"),
        _words("reason"),
        _words("mime"),
        *(_number(name) for name in ("width", "height", "size")),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        _moment("due_at"),
        _number("attempts"),
        _number("crashes"),
        _words("worker"),
        _moment("arrived_at"),
        _moment("finished_at", nullable=True),
        sa.PrimaryKeyConstraint("city", "id"),
    )
    op.create_index(
        "attachments_due", "attachments", ["due_at", "city"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_index("attachments_case", "attachments", ["city", "case_id"])
    op.create_index("attachments_resident", "attachments", ["city", "resident"])
    has_message = sa.text("message_id <> ''")
    op.create_index(
        "attachments_message",
        "attachments",
        ["city", "message_id"],
        sqlite_where=has_message,
        postgresql_where=has_message,
    )


def downgrade() -> None:
    op.drop_table("attachments")
    op.drop_table("staff_notices")
