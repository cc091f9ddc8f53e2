"""Contact forms: names, addresses and numbers of residents who want to be answered another way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WORDS = ("resident", "channel", "language", "department", "question", "name", "email", "phone", "message", "reference")


def upgrade() -> None:
    op.create_table(
        "contact_forms",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in _WORDS),
        sa.Column("case_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("city", "token"),
    )
    has_case = sa.text("case_id <> 0")
    op.create_index(
        "contact_forms_case", "contact_forms", ["city", "case_id"], sqlite_where=has_case, postgresql_where=has_case
    )
    op.create_index("contact_forms_resident", "contact_forms", ["city", "resident"])
    op.create_index("contact_forms_made", "contact_forms", ["city", "made_at"])


def downgrade() -> None:
    op.drop_table("contact_forms")
