"""Notices to database rows and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.errors import StoreError
from store.records_notices import (
    DISASTER_PRIORITY,
    DRILL_PRIORITY,
    NEWS_PRIORITY,
    Audience,
    NewNotice,
    NoticeView,
)
from store.rows import clean, dump, from_ms, to_ms

CHANGEABLE = frozenset(
    {
        "kind",
        "topic",
        "title",
        "titles",
        "texts",
        "audience",
        "channels",
        "link",
        "picture",
        "picture_alt",
        "level",
        "mark",
        "original",
        "drill",
        "due_at",
        "repeats",
        "expires_at",
        "needs_approval",
    }
)
"""What of a draft may be changed."""


def audience_json(audience: Audience) -> dict[str, Any]:
    """What of an audience says something."""
    told: dict[str, Any] = {
        "everyone": audience.everyone,
        "topics": list(audience.topics),
        "areas": list(audience.areas),
        "facts": {name: list(values) for name, values in audience.facts},
        "child_months": None if audience.child_months is None else list(audience.child_months),
        "languages": list(audience.languages),
    }
    return {name: value for name, value in told.items() if value}


def audience_from(told: Mapping[str, Any]) -> Audience:
    months = told.get("child_months")
    return Audience(
        everyone=bool(told.get("everyone", False)),
        topics=tuple(told.get("topics", ())),
        areas=tuple(told.get("areas", ())),
        facts=tuple((name, tuple(values)) for name, values in told.get("facts", {}).items()),
        child_months=None if not months else (int(months[0]), int(months[1])),
        languages=tuple(told.get("languages", ())),
    )


def priority_of(kind: str, drill: bool) -> int:
    if drill:
        return DRILL_PRIORITY
    return DISASTER_PRIORITY if kind == "disaster" else NEWS_PRIORITY


def notice_values(new: NewNotice) -> dict[str, Any]:
    """The columns of a new draft, without those that the store gives it. Raises StoreError for what cannot be."""
    if new.kind not in ("news", "disaster"):
        raise StoreError("a notice is news or disaster", permanent=True)
    changed = changed_values({name: getattr(new, name) for name in CHANGEABLE})
    priority = priority_of(new.kind, new.drill) if new.priority is None else new.priority
    return {
        "city": clean(new.city),
        **changed,
        "priority": priority,
        "source": new.source,
        "source_key": clean(new.source_key),
    }


def changed_values(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a notice as columns."""
    if unknown := set(changes) - CHANGEABLE:
        raise StoreError(f"not a changeable field of a notice: {min(unknown)}", permanent=True)
    return {name: _column(name, value) for name, value in changes.items()}


def _column(name: str, value: Any) -> Any:
    if name == "texts":
        if not value.get("ja"):
            raise StoreError("a notice has no Japanese text", permanent=True)
        return dump(dict(value))
    if name == "audience":
        return dump(audience_json(value))
    if name == "channels":
        return dump(list(value))
    if name in ("repeats", "titles"):
        return dump(dict(value or {}))
    if isinstance(value, datetime):
        return to_ms(value)
    return clean(value) if isinstance(value, str) else value


def notice_view(row: Any) -> NoticeView:
    """From all columns of `notices`."""
    return NoticeView(
        city=row.city,
        id=row.id,
        number=row.number,
        kind=row.kind,
        topic=row.topic,
        title=row.title,
        titles=json.loads(row.titles),
        texts=json.loads(row.texts),
        audience=audience_from(json.loads(row.audience)),
        channels=tuple(json.loads(row.channels)),
        link=row.link,
        picture=row.picture,
        picture_alt=row.picture_alt,
        level=row.level,
        mark=row.mark,
        original=row.original,
        source=row.source,
        source_key=row.source_key,
        priority=row.priority,
        drill=bool(row.drill),
        status=row.status,
        needs_approval=bool(row.needs_approval),
        created_by=row.created_by,
        approved_by=row.approved_by,
        created_at=from_ms(row.created_at),
        due_at=_moment(row.due_at),
        repeats=json.loads(row.repeats),
        issued_at=_moment(row.issued_at),
        finished_at=_moment(row.finished_at),
        expires_at=_moment(row.expires_at),
        version=row.version,
        recipients=row.recipients,
        reason=row.reason,
    )


def _moment(at: int | None) -> datetime | None:
    return None if at is None else from_ms(at)
