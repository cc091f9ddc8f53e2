"""Residents who wait, and a city whose departments want to be told: for tests of messengers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.handover import THE_BOT
from faq.city import City
from store import Store
from store.records import Case, Outcome, Turn
from store.records_cases import CaseView
from store.records_messengers import SentFile
from tests.builders import a_city

CITY = "test"
MARKER = "ひみつの相談マーカー7f3a"
"""Stands in everything that residents say in these tests; it must never reach staff's mails, rooms or the log."""

FIRST, SECOND, CHIEF = (f"{name}@city.test.example.jp" for name in ("first", "second", "chief"))


def a_telling_city(**notify: Any) -> City:
    """市民課 is told by two addresses and a room (`teams`), its chief after 30 minutes; 総合案内 tells nobody."""
    said = {"mails": [FIRST, SECOND], "webhook": "teams", "escalate_mails": [CHIEF], **notify}
    return a_city(
        departments=[
            {"name": "総合案内", "phone": "048-000-0000"},
            {"name": "市民課", "phone": "048-000-0001", "handoff": {"notify": said}},
            {"name": "税務課", "phone": "048-000-0002", "handoff": {"notify": {"mails": [SECOND, CHIEF]}}},
        ]
    )


def ask_for_a_person(
    store: Store, resident: str = "U1", department: str = "市民課", *, channel: str = "line", city: str = CITY
) -> CaseView:
    """The resident's case, opened now."""
    now = datetime.fromtimestamp(store._clock(), UTC)
    turn = Turn(city, resident, channel, f"ask-{resident}-{store._now()}", now, "text", text=MARKER, decision="handoff")
    case = Case(city, resident, channel, department, f"質問 {MARKER}", now)
    store.record(Outcome(turn=turn, case=case, owner=THE_BOT))
    opened = store.open_case(city, resident)
    assert opened is not None
    return opened


def send_file(store: Store, case: CaseView, event: str = "e-file", file: SentFile | None = None) -> None:
    """The resident sends a picture (or what `file` says) to the open case."""
    now = datetime.fromtimestamp(store._clock(), UTC)
    sent = file or SentFile("image")
    turn = Turn(
        case.city, case.resident, case.channel, event, now, sent.kind, message_id=f"m-{event}", decision="staff"
    )
    current = store.case(case.city, case.id)
    assert current is not None
    store.record(Outcome(turn=turn, owner=current.owner, file=sent))
