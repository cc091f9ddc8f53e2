"""What staff write for themselves, as the store takes and gives it: frozen, plain, without SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DraftStatus = Literal["open", "done"]


@dataclass(frozen=True, slots=True)
class Note:
    """An internal note on a case; no resident ever sees it. `mentions` are the staff it calls (their numbers)."""

    city: str
    id: int
    case_id: int
    staff: int
    at: datetime
    text: str
    mentions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Canned:
    """An answer kept ready. `department` "" is for the whole city; `{department}` and `{name}` are filled in later."""

    city: str
    id: int
    department: str
    title: str
    text: str
    staff: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """One FAQ entry in the making. `text` is its YAML; `case_id` 0 once the case's resident was forgotten."""

    city: str
    id: int
    case_id: int
    title: str
    text: str
    status: DraftStatus
    made_by: int
    made_at: datetime
    changed_by: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """What one look at a city's desk needs beside the cases: who has seen what, and who is called where.

    `seen`: (staff, case id) → when. `called`: staff → the cases in which a note calls them and they have not looked.
    """

    seen: dict[tuple[int, int], datetime]
    called: dict[int, frozenset[int]]
