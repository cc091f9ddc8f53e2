"""Pictures of notices, and what can be seen on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("picture_alt", sa.Text(), server_default="", nullable=False))
    shows = sa.text("picture <> ''")
    op.create_index("notices_picture", "notices", ["city", "picture"], sqlite_where=shows, postgresql_where=shows)
    op.create_table(
        "notice_pictures",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("mime", sa.Text(), server_default="", nullable=False),
        sa.Column("width", sa.Integer(), server_default="0", nullable=False),
        sa.Column("height", sa.Integer(), server_default="0", nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("city", "key"),
    )
    op.create_index("notice_pictures_made", "notice_pictures", ["city", "made_at"])


def downgrade() -> None:
    op.drop_table("notice_pictures")
    op.drop_index("notices_picture", "notices")
    op.drop_column("notices", "picture_alt")
