"""A city's modes: what they are called, and when staff are asked whether one is still right. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from faq.disaster import Disaster
from faq.in_mode import NAMES

USUAL: Final = "normal"
REMIND_HOURS: Final = 12
"""Where the city's file says nothing of the mode."""

ABOUT: Final[Mapping[str, str]] = {
    "normal": "ふだんの案内です。",
    "alert": "警報などが出て、備えるときです。",
    "disaster": "災害に対応しているときです。",
    "recovery": "危険が去り、罹災証明や支援の手続きが多いときです。",
}


def next_reminder(disaster: Disaster | None, mode: str, now: datetime) -> datetime | None:
    """When staff are asked next whether this mode is still right; never about 平常."""
    if mode == USUAL:
        return None
    effects = disaster.effects(NAMES[mode]) if disaster else None
    return now + timedelta(hours=effects.remind_hours if effects else REMIND_HOURS)
