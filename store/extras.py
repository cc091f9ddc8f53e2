"""The rarer parts of an outcome: feedback, a friend who came or went, a message taken back."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from bot.wishes import Wishes
from store import statements
from store.notice_complaints import tally_block, tally_complaints
from store.proposals import FORGET_WORDS, as_phrasing
from store.rows import Row, Writing, clean
from store.wish_rows import drop_wishes, write_wishes

_TALKING = "SELECT 1 FROM cases WHERE city = %s AND resident = %s AND status IN ('waiting', 'staff')"
SAME_VERDICT_MS = 30 * 60 * 1000
"""A talk is remembered for half an hour; a verdict after that is a new one."""

Execute = Callable[[str, Sequence[Any]], Any]


def write_extras(execute: Execute, outcome: Writing) -> None:
    """Write what `outcome` holds besides turn, conversation and messages. Erasing comes first."""
    for message_id in outcome.erase_messages:
        if not erase_message(execute, outcome.city, message_id) and message_id:
            # Not here yet: LINE may bring what was taken back after the taking back.
            row = (outcome.city, taken_back_id(message_id), *(outcome.now,) * 4)
            execute(statements.TAKEN_BACK, row)
    if outcome.feedback:
        _judge(execute, outcome.feedback)
    if outcome.friend and outcome.friend[2] == "blocked":
        tally_block(execute, outcome.city, outcome.resident, outcome.now)
    if outcome.friend:
        execute(statements.SET_FRIEND, outcome.friend)
    if outcome.wishes or outcome.complains:
        whose = (outcome.city, outcome.resident)
        tally_complaints(execute, *whose, outcome.now, outcome.wishes, outcome.complains)
    if outcome.wishes == Wishes():
        drop_wishes(execute, outcome.city, outcome.resident)
    elif outcome.wishes:
        write_wishes(execute, outcome.city, outcome.resident, outcome.now, outcome.wishes)


def _judge(execute: Execute, feedback: Row) -> None:
    """One verdict of a resident on an answer: a button pressed twice counts once; who thinks again changes it."""
    city, resident, entry_id, at, _ = feedback
    execute(statements.DROP_LATE_FEEDBACK, (city, resident, entry_id, at - SAME_VERDICT_MS))
    execute(statements.ADD_FEEDBACK, feedback)


def taken_back_id(message_id: str) -> str:
    """Under which event the inbox knows that a message must not be kept when it arrives."""
    return f"taken-back:{clean(message_id)[:100]}"


def erase_message(execute: Execute, city: str, message_id: str) -> int:
    """Forget the words of one message: in its turn, in a case made from it, in the conversation's memory, and as a
    proposed phrasing if nobody else has said them.

    Returns how many turns were emptied. The turn stays, without words, so that counts stay true.
    """
    if not message_id:
        return 0
    said = execute(
        "SELECT resident, text FROM turns WHERE city = %s AND message_id = %s", (city, message_id)
    ).fetchall()
    execute(
        "UPDATE turns SET text = '', reply_text = '', message_id = '' WHERE city = %s AND message_id = %s",
        (city, message_id),
    )
    # The picture that it was; whoever is fetching it just now loses the row, and with it the picture.
    execute("DELETE FROM attachments WHERE city = %s AND message_id = %s", (city, message_id))
    for resident, text in said:
        if text:
            _forget_words(execute, city, resident, text)
    if any(execute(_TALKING, (city, resident)).fetchone() for resident, _ in said):
        execute(statements.MARK_CASES, (city,))  # staff who look at the talk see it go
    # An event that failed keeps its payload for the operator; done ones are already empty.
    pattern = "%" + json.dumps(message_id).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    execute(
        "UPDATE inbox SET payload = '{}' WHERE city = %s AND state = 'failed' AND payload LIKE %s ESCAPE '\\'",
        (city, clean(pattern)),
    )
    return len(said)


def _forget_words(execute: Execute, city: str, resident: str, text: str) -> None:
    execute(FORGET_WORDS, (city, as_phrasing(text)))
    execute(
        "UPDATE cases SET question = '' WHERE city = %s AND resident = %s AND question = %s", (city, resident, text)
    )
    execute(
        "UPDATE contact_forms SET question = '' WHERE city = %s AND resident = %s AND question = %s",
        (city, resident, text),
    )
    row = execute("SELECT state FROM conversations WHERE city = %s AND resident = %s", (city, resident)).fetchone()
    if row and json.dumps(text, ensure_ascii=False)[1:-1] in row[0]:
        execute("DELETE FROM conversations WHERE city = %s AND resident = %s", (city, resident))
