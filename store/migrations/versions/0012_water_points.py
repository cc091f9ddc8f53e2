"""Where a water point is, and when it gives water."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("hours", "point"):
        op.add_column("places_state", sa.Column(name, sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    for name in ("point", "hours"):
        op.drop_column("places_state", name)
