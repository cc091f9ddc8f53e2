"""Calls of a notice that were divided because LINE refused one of their residents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice_chunks", sa.Column("splits", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("notice_chunks", "splits")
