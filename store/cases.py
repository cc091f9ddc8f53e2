"""The hand-off in the store: who owns a conversation, what staff do with a case, and what both sides see of it.

Every method takes the city first. A change runs in one transaction with its row in `case_log` and the words that the
resident hears (`tell`; `counter.Counter` knows the wording, so a console calls that). Times come back with zone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import URL, Connection, update

from bot.handover import Event, Who
from store import case_acts, case_reading
from store.case_acts import Act, StaffReply
from store.core import Clock, Core
from store.handing_over import mark_change
from store.news import News
from store.records import Outcome, Proposal, Turn
from store.records_accounts import AuditLine
from store.records_cases import OPERATOR, CaseConflict, CaseStep, CaseView, Delivery, Remembered, Said, Tell, Waiting
from store.rows import clean
from store.tables import cases as cases_table
from store.writer import Kind, one_by_one


class Cases(Core):
    """The part of the `Store` about requests for a person."""

    def __init__(self, url: URL, clock: Clock, pace_seconds: float = 0.0) -> None:
        super().__init__(url, clock, pace_seconds)
        self._news = News(self.console_mark)

    # ── Looking ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def remembered(self, city: str, resident: str) -> Remembered:
        """The conversation's state and its owner, read together: what a decision is based on (`Outcome.owner`)."""
        return self._read(lambda connection: case_reading.remembered(connection, city, resident, json.loads))

    def remembered_of(self, residents: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Remembered]:
        """The same for many residents (city, resident), for the price of one."""
        if not residents:
            return {}
        return self._read(lambda connection: case_reading.remembered_of(connection, residents, json.loads))

    def open_case(self, city: str, resident: str) -> CaseView | None:
        """The resident's case that waits or is with staff."""
        return self._read(lambda connection: case_reading.open_case_of(connection, city, resident))

    def case(self, city: str, case_id: int) -> CaseView | None:
        return self._read(lambda connection: case_reading.one_case(connection, city, case_id))

    def cases(self, city: str, status: str | None = "waiting") -> list[CaseView]:
        """The city's cases, oldest first. `status` None gives all, "open" those that wait or are with staff."""
        return self._read(lambda connection: case_reading.filed_cases(connection, city, status))

    def case_log(self, city: str, case_id: int) -> list[CaseStep]:
        """Every step of a case, in order."""
        return self._read(lambda connection: case_reading.steps_of(connection, city, case_id))

    def case_turns(self, city: str, case_id: int, after: str = "") -> list[Turn]:
        """The talk of the case's resident, with what was said before the hand-off: the last 50 turns, in order.

        `after`: only what came behind the turn of this `event_id`. Turns of an open case never come in before one that
        was already read. Kinds: those of `bot.messages.InquiryKind`, "staff" (words of staff), "told" (of the city).
        """

        def ask(connection: Connection) -> list[Turn]:
            case = case_reading.one_case(connection, city, case_id)
            return [] if case is None else case_reading.turns_of(connection, city, case.resident, after)

        return self._read(ask)

    def turns_after(self, city: str, resident: str, after: str, limit: int = case_reading.SHOWN_TURNS) -> list[Turn]:
        """The resident's turns behind the one of this `event_id`; the last `limit` when it is not known."""
        return self._read(lambda connection: case_reading.turns_of(connection, city, resident, after, limit))

    def waiting(self, city: str, department: str) -> Waiting:
        """The queue of a department and how long its last answers took."""
        return self._read(lambda connection: case_reading.waiting(connection, city, department))

    def position(self, city: str, case_id: int) -> int:
        """The case's place in its department's queue: 1 is next; 0 when it does not wait."""
        return self._read(lambda connection: case_reading.position(connection, city, case_id))

    def deliveries(self, city: str, case_id: int) -> list[Delivery]:
        """What became, on LINE, of each turn of staff and city in `case_turns`; nothing for the widget."""

        def ask(connection: Connection) -> list[Delivery]:
            case = case_reading.one_case(connection, city, case_id)
            said = [] if case is None else case_reading.turns_of(connection, city, case.resident, "")
            return case_reading.deliveries(connection, city, [turn for turn in said if turn.kind in ("staff", "told")])

        return self._read(ask)

    def console_mark(self, city: str) -> int:
        """Grows with every change of the city's cases: a step, a message, a look. Cheap."""
        return self._read(lambda connection: case_reading.mark(connection, city))

    def wait_for_cases(self, city: str, seen: int, seconds: float) -> int:
        """The city's mark as soon as it is another than `seen` (another process: within 0.25 s), or after `seconds`."""
        return self._news.wait(city, seen, seconds)

    # ── Staff ────────────────────────────────────────────────────────────────────────────────────────────────────────
    # All of them raise CaseConflict when somebody was quicker, and write nothing then. `forced`: a colleague's case.
    # `line` is written to the audit log in the same transaction: what was done and what the log says cannot differ.

    def take_case(
        self, city: str, case_id: int, staff: int, tell: Tell | None = None, *, line: AuditLine | None = None
    ) -> CaseView:
        """waiting → staff. Taking what one holds already changes nothing."""
        return self._do_case(Act(city, "takes", "staff", self._now(), case_id, staff=staff, tell=tell, line=line))

    def release_case(
        self,
        city: str,
        case_id: int,
        staff: int,
        tell: Tell | None = None,
        *,
        forced: bool = False,
        line: AuditLine | None = None,
    ) -> CaseView:
        """staff → waiting, in the same department."""
        act = Act(city, "releases", "staff", self._now(), case_id, staff=staff, tell=tell)
        return self._do_case(replace(act, forced=forced, line=line))

    def transfer_case(
        self,
        city: str,
        case_id: int,
        staff: int,
        department: str,
        reason: str,
        tell: Tell | None = None,
        *,
        forced: bool = False,
        line: AuditLine | None = None,
    ) -> CaseView:
        """→ waiting in another department; the talk goes along. `reason` is for colleagues."""
        act = Act(city, "transfers", "staff", self._now(), case_id, staff=staff, reason=reason, department=department)
        return self._do_case(replace(act, tell=tell, forced=forced, line=line))

    def reply_case(
        self,
        city: str,
        case_id: int,
        staff: int,
        text: str,
        key: str,
        messages: Sequence[dict[str, Any]] | None = None,
        *,
        entry_id: str = "",
        line: AuditLine | None = None,
    ) -> Turn:
        """Say `text` to the resident: the turn, and on LINE its push, in one transaction.

        `key` names this very reply (a form's hidden number): repeated, the first one's turn comes back and nothing is
        written. `messages`: how LINE shows it; without, the department's name and the text.
        """
        act = Act(city, "replies", "staff", self._now(), case_id, staff=staff, line=line)
        said = None if messages is None else Said(text, tuple(messages))
        kind: Kind[StaffReply, Turn] = Kind("case_reply", 6, self._case_replies)
        turn = self._write(kind, StaffReply(act, text, key, said, entry_id))
        self._case_news()
        return turn

    def close_case(
        self,
        city: str,
        case_id: int,
        staff: int,
        reason: str,
        linked_entry: str = "",
        tell: Tell | None = None,
        *,
        forced: bool = False,
        taught: Proposal | None = None,
        line: AuditLine | None = None,
    ) -> CaseView:
        """→ closed; the conversation is the bot's again. `taught`: what the question teaches the linked entry."""
        act = Act(city, "closes", "staff", self._now(), case_id, staff=staff, reason=reason, linked_entry=linked_entry)
        return self._do_case(replace(act, tell=tell, forced=forced, taught=taught, line=line))

    def read_case(self, city: str, case_id: int) -> None:
        """Staff have looked at the talk: nothing is unread."""

        def run(connection: Connection, number: int) -> None:
            self._hot.lock_cases(connection, city)
            this = (cases_table.c.city == city, cases_table.c.id == number, cases_table.c.unread > 0)
            if connection.execute(update(cases_table).where(*this).values(unread=0)).rowcount:
                mark_change(lambda sql, values: self._hot.execute(connection, sql, values), city)

        self._write_alone(f"read_case {city}", run, case_id)

    def name_case(self, city: str, case_id: int, display_name: str) -> None:
        """What the resident calls themselves (LINE's display name, or a contact form): text of a stranger."""

        def run(connection: Connection, number: int) -> None:
            self._hot.lock_cases(connection, city)
            this = (cases_table.c.city == city, cases_table.c.id == number, cases_table.c.resident != "")
            name = clean(display_name)[:100]
            if connection.execute(update(cases_table).where(*this).values(display_name=name)).rowcount:
                mark_change(lambda sql, values: self._hot.execute(connection, sql, values), city)

        self._write_alone(f"name_case {city}", run, case_id)

    def cases_changed(self, city: str) -> None:
        """Something else that consoles show has changed (a note, an attachment)."""

        def run(connection: Connection, name: str) -> None:
            self._hot.lock_cases(connection, name)
            mark_change(lambda sql, values: self._hot.execute(connection, sql, values), name)

        self._write_alone("cases_changed", run, city)

    # ── Resident and clock ───────────────────────────────────────────────────────────────────────────────────────────

    def end_case(
        self,
        city: str,
        resident: str,
        who: Who,
        reason: str,
        tell: Tell | None = None,
        *,
        seen: CaseView | None = None,
    ) -> CaseView | None:
        """Close the resident's open case: "clock" after too long a silence, or "resident". None: there is none.

        `seen`: only if nobody has said or done anything since it was read; raises CaseConflict otherwise. (What a
        resident writes goes through `Outcome.ends`, in the transaction of the message.)
        """
        event: Event = "returns" if who == "clock" else "ends"
        act = Act(city, event, who, self._now(), resident=resident, reason=reason, tell=tell, seen=seen)
        return self._done_case(act)

    def idle_case(self, seen: CaseView, tell: Tell | None = None) -> CaseView:
        """Tell the resident that the talk will end; raises CaseConflict when something happened since `seen`."""
        return self._do_case(Act(seen.city, "idles", "clock", self._now(), seen.id, tell=tell, seen=seen))

    def apologise_case(self, seen: CaseView, tell: Tell | None = None) -> CaseView:
        """Tell a resident who still waits that the answer is late: once a case; raises CaseConflict the second time."""
        act = Act(seen.city, "apologises", "clock", self._now(), seen.id, tell=tell, seen=seen, once=True)
        return self._do_case(act)

    def apologised(self, city: str) -> frozenset[int]:
        """The open cases whose residents were told that the answer is late."""
        return self._read(lambda connection: case_reading.cases_with(connection, city, "apologises"))

    def answer_case(
        self, city: str, case_id: int, outcome: Outcome, tell: Tell | None = None, *, line: AuditLine | None = None
    ) -> bool:
        """Take a waiting case, write the answer, close it: all or nothing. False: it waits no longer."""
        now = self._now()
        take = Act(city, "takes", "staff", now, case_id, staff=OPERATOR)
        close = replace(take, event="closes", reason="answered", tell=tell, line=line)

        def run(connection: Connection, answer: Outcome) -> bool:
            case = case_reading.one_case(connection, city, case_id)
            if case is None or case.status != "waiting":
                return False
            if isinstance(case_acts.act(self._hot, connection, take), CaseConflict):
                return False
            case_acts.answer(self._hot, connection, replace(take, event="replies"), answer)
            case_acts.act(self._hot, connection, close)
            return True

        answered: bool = self._write_alone(f"answer_case {city} {case_id}", run, outcome)
        return answered

    # ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _do_case(self, act: Act) -> CaseView:
        done = self._done_case(act)
        if done is None:
            raise CaseConflict("gone")
        return done

    def _done_case(self, act: Act) -> CaseView | None:
        kind: Kind[Act, CaseView | None] = Kind("case_act", 6, self._case_acts)
        done = self._write(kind, act)
        self._case_news()
        return done

    def _case_acts(self, connection: Connection, acts: Sequence[Act]) -> list[Any]:
        return [case_acts.act(self._hot, connection, act) for act in acts]

    def _case_replies(self, connection: Connection, replies: Sequence[StaffReply]) -> list[Any]:
        return [case_acts.reply(self._hot, connection, reply) for reply in replies]

    def _write_alone(self, name: str, run: Callable[[Connection, Any], Any], request: Any) -> Any:
        """A write of its own: the kind's name keeps it apart from others in the batch."""
        result = self._write(Kind(name, 6, one_by_one(run)), request)
        self._case_news()
        return result

    def _case_news(self) -> None:
        """Open pages look at once, and a worker sends what was said."""
        self._news.ring()
        self._bell.ring()
