"""Canned answers as staff use them: for the whole city and for one's departments, with their braces filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from handlers.console.desk_rules import SEE_ALL
from store.records_accounts import Staff
from store.records_cases import CaseView
from store.records_desk import Canned

BRACES: Final = {
    "department": "会話の課の名前",
    "name": "返事をする職員の名前",
    "city": "市の名前",
}
MAX_TITLE, MAX_TEXT = 60, 2_000
_BRACE = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Ready:
    """A canned answer that fits a case, ready to be put into the reply."""

    id: int
    title: str
    whose: str
    text: str


def ready_for(kept: Sequence[Canned], me: Staff, case: CaseView, city: str) -> tuple[Ready, ...]:
    """The answers for this case: its department's first, then the city's."""
    fitting = [one for one in kept if one.department in ("", case.department)]
    fitting.sort(key=lambda one: (not one.department, one.title))
    return tuple(
        Ready(one.id, one.title, one.department or "市全体", filled(one.text, me, case, city)) for one in fitting
    )


def filled(text: str, me: Staff, case: CaseView, city: str) -> str:
    """`{department}`, `{name}` and `{city}` as they are for this case; other braces stay as they were written."""
    values = {"department": case.department, "name": me.name, "city": city}
    return _BRACE.sub(lambda found: values.get(found[1], found[0]), text)


def complaint(title: str, text: str, department: str, departments: Sequence[str]) -> str:
    """What is wrong with a canned answer, "" for nothing."""
    if not title or not text:
        return "見出しと文の、両方を書いてください。"
    if len(title) > MAX_TITLE or len(text) > MAX_TEXT:
        return f"見出しは{MAX_TITLE}文字、文は{MAX_TEXT}文字までにしてください。"
    if department and department not in departments:
        return "課を、一覧から選んでください。"
    unknown = next((found[1] for found in _BRACE.finditer(text) if found[1] not in BRACES), None)
    if unknown is not None:
        return f"「{{{unknown}}}」は使えません。使えるのは {'、'.join(f'{{{name}}}' for name in BRACES)} です。"
    return ""


def may_change(me: Staff, department: str) -> bool:
    """A department's answers are its own staff's to change, the city's those of who answers for the city."""
    return me.role in SEE_ALL or (bool(department) and department in me.departments)
