"""The hand-off: who owns a case, every step it took, and who speaks in a turn of staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WORDS = ("category", "entry_id", "display_name", "close_reason", "linked_entry")
_NUMBERS = ("staff", "closed_by", "version", "unread")
_MOMENTS = ("taken_at", "resident_at", "staff_at", "answered_at", "idle_told_at", "closed_at")


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def upgrade() -> None:
    op.add_column("turns", _words("speaker"))
    op.add_column("turns", _number("staff"))
    for name in _WORDS:
        op.add_column("cases", _words(name))
    for name in _NUMBERS:
        op.add_column("cases", _number(name))
    for name in _MOMENTS:
        op.add_column("cases", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("cases", sa.Column("last_at", sa.BigInteger(), server_default="0", nullable=False))
    _one_open_case_a_resident()
    talking = sa.text("status IN ('waiting', 'staff')")
    op.create_index(
        "cases_open", "cases", ["city", "resident"], unique=True, sqlite_where=talking, postgresql_where=talking
    )
    answered = sa.text("answered_at IS NOT NULL")
    op.create_index(
        "cases_answered",
        "cases",
        ["city", "department", "answered_at"],
        sqlite_where=answered,
        postgresql_where=answered,
    )
    op.create_table(
        "case_log",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _words("who_kind"),
        _number("staff_id"),
        _words("before"),
        _words("after"),
        _words("event"),
        _words("reason"),
        sa.PrimaryKeyConstraint("city", "case_id", "seq"),
    )
    op.create_index("case_log_at", "case_log", ["city", "at"])
    op.create_table(
        "case_marks",
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("mark", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("city"),
    )


def _one_open_case_a_resident() -> None:
    """Until now every request was a case of its own. The first one stays open and takes the later questions along."""
    run = op.get_bind().execute
    run(
        sa.text(
            "UPDATE cases SET status = 'closed', closed_at = opened_at, answered_at = NULL WHERE status = 'answered'"
        )
    )
    run(sa.text("UPDATE cases SET resident_at = opened_at, last_at = opened_at, unread = 1 WHERE status = 'waiting'"))
    waiting = sa.text(
        "SELECT city, resident, id, question FROM cases WHERE status = 'waiting' ORDER BY city, resident, opened_at, id"
    )
    first: dict[tuple[str, str], tuple[int, list[str]]] = {}
    for city, resident, number, question in run(waiting).all():
        known = first.get((city, resident))
        if known is None:
            first[city, resident] = (number, [question])
            continue
        known[1].append(question)
        merged = sa.text(
            "UPDATE cases SET status = 'closed', closed_at = opened_at, close_reason = 'merged', unread = 0 "
            "WHERE city = :city AND id = :id"
        )
        run(merged, {"city": city, "id": number})
    for (city, _), (number, questions) in first.items():
        if len(questions) > 1:
            joined = {"city": city, "id": number, "question": "\n".join(filter(None, questions))}
            run(sa.text("UPDATE cases SET question = :question WHERE city = :city AND id = :id"), joined)


def downgrade() -> None:
    op.drop_table("case_marks")
    op.drop_table("case_log")
    op.drop_index("cases_answered", "cases")
    op.drop_index("cases_open", "cases")
    for name in (*_WORDS, *_NUMBERS, *_MOMENTS, "last_at"):
        op.drop_column("cases", name)
    for name in ("speaker", "staff"):
        op.drop_column("turns", name)
