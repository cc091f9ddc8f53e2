"""Which places are open, and the numbered reports of a disaster or a drill."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _words(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def _moment(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable, server_default=default)


def upgrade() -> None:
    op.create_table(
        "places_state",
        *(_words(name, None) for name in ("city", "board", "place")),
        _words("kind", "shelter"),
        _words("status", "unopened"),
        *(_words(name) for name in ("name", "address", "note")),
        _moment("seq"),
        _moment("at"),
        _number("who"),
        sa.PrimaryKeyConstraint("city", "board", "place"),
    )
    op.create_index("places_state_seq", "places_state", ["city", "board", "seq"])
    op.create_table(
        "incidents",
        _words("city", None),
        _moment("id"),
        sa.Column("drill", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _words("name"),
        _moment("began_at"),
        _number("began_by"),
        _moment("ended_at", nullable=True),
        _number("ended_by"),
        sa.PrimaryKeyConstraint("city", "id"),
    )
    goes_on = sa.text("ended_at IS NULL")
    op.create_index(
        "incidents_open", "incidents", ["city"], unique=True, sqlite_where=goes_on, postgresql_where=goes_on
    )
    op.create_table(
        "incident_reports",
        _words("city", None),
        _moment("incident"),
        _moment("number"),
        *(_words(name) for name in ("key", "text_id")),
        _words("areas", "[]"),
        _moment("notice", default="0"),
        _moment("opened_at"),
        _moment("at"),
        _number("who"),
        sa.PrimaryKeyConstraint("city", "incident", "number"),
    )
    has_key = sa.text("key <> ''")
    op.create_index(
        "incident_reports_key",
        "incident_reports",
        ["city", "key"],
        unique=True,
        sqlite_where=has_key,
        postgresql_where=has_key,
    )
    op.create_index("incident_reports_notice", "incident_reports", ["city", "notice"])


def downgrade() -> None:
    for name in ("incident_reports", "incidents", "places_state"):
        op.drop_table(name)
