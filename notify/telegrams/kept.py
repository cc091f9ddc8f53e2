"""A telegram as text for the store, and back: what is in force must outlive a restart. Pure."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from notify.telegrams.records import Circle, Envelope, Item, Notice


def as_text(notice: Notice) -> str:
    envelope = notice.envelope
    return json.dumps(
        {
            "data_type": notice.data_type,
            "scope": notice.scope,
            "understood": notice.understood,
            "envelope": {
                "control_title": envelope.control_title,
                "sent": envelope.sent.isoformat() if envelope.sent else None,
                "status": envelope.status,
                "office": envelope.office,
                "title": envelope.title,
                "report_time": envelope.report_time.isoformat(),
                "event_id": envelope.event_id,
                "info_type": envelope.info_type,
                "serial": envelope.serial,
                "headline": envelope.headline,
            },
            "items": [[item.area, item.area_code, item.kind, item.level, item.status] for item in notice.items],
            "warnings": list(notice.warnings),
            "circles": [[c.kind, c.latitude, c.longitude, c.kilometres, c.hours] for c in notice.circles],
        },
        ensure_ascii=False,
    )


def from_text(text: str) -> Notice:
    """The telegram that `as_text` wrote."""
    kept: dict[str, Any] = json.loads(text)
    envelope: dict[str, Any] = kept["envelope"]
    sent = envelope["sent"]
    times = {
        "sent": datetime.fromisoformat(sent) if sent else None,
        "report_time": datetime.fromisoformat(envelope["report_time"]),
    }
    return Notice(
        data_type=kept["data_type"],
        envelope=Envelope(**{**envelope, **times}),
        items=tuple(Item(*item) for item in kept["items"]),
        scope=kept["scope"],
        understood=kept["understood"],
        warnings=tuple(kept["warnings"]),
        circles=tuple(Circle(*circle) for circle in kept.get("circles", ())),
    )
