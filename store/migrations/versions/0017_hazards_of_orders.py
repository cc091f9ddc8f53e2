"""What people flee from when staff have issued an order: shelters have to be safe in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incident_reports", sa.Column("hazard", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("incident_reports", "hazard")
