"""The first schema: inbox, outbox, turns, conversations, cases, feedback, friends, slots, revisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("resident", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("department", sa.Text(), server_default="", nullable=False),
        sa.Column("question", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("promised_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("city", "id"),
    )
    op.create_index("cases_resident", "cases", ["city", "resident"])
    op.create_index("cases_status", "cases", ["city", "status", "opened_at"])
    op.create_table(
        "conversations",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("resident", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="{}", nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("city", "resident"),
    )
    op.create_index("conversations_updated", "conversations", ["city", "updated_at"])
    op.create_table(
        "feedback",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("resident", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("helpful", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("city", "resident", "entry_id", "at"),
    )
    op.create_index("feedback_at", "feedback", ["city", "at"])
    op.create_table(
        "friends",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("resident", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("city", "resident"),
    )
    op.create_table(
        "inbox",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("resident", sa.Text(), server_default="", nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("payload", sa.Text(), server_default="{}", nullable=False),
        sa.Column("redelivered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reply_token", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("city", "event_id"),
    )
    op.create_index(
        "inbox_due",
        "inbox",
        ["due_at", "city", "event_id"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "inbox_failed",
        "inbox",
        ["city", "finished_at"],
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        "inbox_finished",
        "inbox",
        ["city", "finished_at"],
        sqlite_where=sa.text("finished_at IS NOT NULL"),
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index(
        "inbox_order",
        "inbox",
        ["city", "resident", "occurred_at", "event_id"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "outbox",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("resident", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("messages", sa.Text(), server_default="[]", nullable=False),
        sa.Column("reply_token", sa.Text(), server_default="", nullable=False),
        sa.Column("token_received_at", sa.BigInteger(), nullable=False),
        sa.Column("retry_key", sa.Text(), server_default="", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("way", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("fate_unknown", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("accepted", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("city", "id"),
    )
    op.create_index(
        "outbox_dead",
        "outbox",
        ["city", "finished_at"],
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "outbox_due",
        "outbox",
        ["priority", "due_at", "city", "id"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "outbox_finished",
        "outbox",
        ["city", "finished_at"],
        sqlite_where=sa.text("finished_at IS NOT NULL"),
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index("outbox_order", "outbox", ["resident", "city", "state", "priority", "id"])
    op.create_index("outbox_retry_key", "outbox", ["retry_key", "city"], unique=True)
    op.create_table(
        "revisions",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("files", sa.Text(), server_default="{}", nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("city", "number"),
    )
    op.create_table(
        "slots",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("city", "job", "due_at"),
    )
    op.create_table(
        "turns",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("resident", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("message_id", sa.Text(), server_default="", nullable=False),
        sa.Column("decision", sa.Text(), server_default="", nullable=False),
        sa.Column("entry_id", sa.Text(), server_default="", nullable=False),
        sa.Column("candidates", sa.Text(), server_default="[]", nullable=False),
        sa.Column("reply_text", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("city", "event_id"),
    )
    op.create_index(
        "turns_kept",
        "turns",
        ["city", "at"],
        sqlite_where=sa.text("resident <> ''"),
        postgresql_where=sa.text("resident <> ''"),
    )
    op.create_index(
        "turns_message",
        "turns",
        ["city", "message_id"],
        sqlite_where=sa.text("message_id <> ''"),
        postgresql_where=sa.text("message_id <> ''"),
    )
    op.create_index("turns_resident", "turns", ["city", "resident", "at"])
    if op.get_bind().dialect.name == "postgresql":
        _vacuum_early()


def _vacuum_early() -> None:
    """Queues: a row is changed three or four times within seconds, while a month of finished rows lies beside it.

    The usual "when a fifth of the table has changed" would let dead entries pile up in front of every claim.
    """
    for name in ("inbox", "outbox", "conversations"):
        op.execute(
            f"ALTER TABLE {name} SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.01)"
        )


def downgrade() -> None:
    for name in ("inbox", "outbox", "turns", "conversations", "cases", "feedback", "friends", "slots", "revisions"):
        op.drop_table(name)
