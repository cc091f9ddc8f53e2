"""A notice's title in each language in which it has a text."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("titles", sa.Text(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("notices", "titles")
