"""Residents who stopped notices soon after one of them, and complaints: strokes on a list, nobody's name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_complaints",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("stroke", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("city", "notice_id", "what", "stroke"),
    )


def downgrade() -> None:
    op.drop_table("notice_complaints")
