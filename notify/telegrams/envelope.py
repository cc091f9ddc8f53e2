"""Control and Head: who says it, when, whether it is real, and whether it is new, corrected or withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Final, get_args
from xml.etree.ElementTree import Element

from notify.telegrams.parsing import text_at
from notify.telegrams.records import Envelope, InfoType, Status, TelegramError

_STATUSES: Final[dict[str, Status]] = {status: status for status in get_args(Status)}
_INFO_TYPES: Final[dict[str, InfoType]] = {info_type: info_type for info_type in get_args(InfoType)}
_LONGEST_SERIAL: Final = 9  # digits


def read_envelope(root: Element) -> Envelope:
    """The envelope, or TelegramError: whether a telegram is real and when it was said is never guessed."""
    status = _STATUSES.get(_needed(root, "j:Control/j:Status", "Status"))
    info_type = _INFO_TYPES.get(_needed(root, "h:Head/h:InfoType", "InfoType"))
    if status is None:
        raise TelegramError("Status が 通常・訓練・試験 のどれでもありません")
    if info_type is None:
        raise TelegramError("InfoType が 発表・訂正・取消 のどれでもありません")
    report_time = _time(_needed(root, "h:Head/h:ReportDateTime", "ReportDateTime"))
    if report_time is None:
        raise TelegramError("ReportDateTime を時刻として読めません")
    return Envelope(
        control_title=text_at(root, "j:Control/j:Title"),
        sent=_time(text_at(root, "j:Control/j:DateTime")),
        status=status,
        office=text_at(root, "j:Control/j:EditorialOffice"),
        title=text_at(root, "h:Head/h:Title"),
        report_time=report_time,
        event_id=text_at(root, "h:Head/h:EventID"),
        info_type=info_type,
        serial=_serial(text_at(root, "h:Head/h:Serial")),
        headline=text_at(root, "h:Head/h:Headline/h:Text"),
    )


def _needed(root: Element, path: str, name: str) -> str:
    text = text_at(root, path)
    if not text:
        raise TelegramError(f"{name} がありません")
    return text


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else None


def _serial(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_SERIAL else 0
