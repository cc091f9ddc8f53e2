"""What a telegram of the 気象庁 says, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Status = Literal["通常", "訓練", "試験"]
InfoType = Literal["発表", "訂正", "取消"]


class TelegramError(Exception):
    """Bytes that are no telegram we may act on. The message is Japanese and for staff. Trying again does not help."""

    permanent = True


class BrokenOff(TelegramError):
    """The bytes end too early, or are spoilt: fetched again, it may be whole."""

    permanent = False


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of danger in one area.

    `area_code` is the telegram's own: 7 digits for a municipality (越谷市 1122200), 3 for an earthquake's 細分区域 or a
    津波予報区, 12 for a river. `kind` is None where the telegram says that nothing is in force.
    `level` is the 気象庁's 「レベル○相当」 (1 to 5), never an evacuation order; None where the source table gives none.
    """

    area: str
    area_code: str
    kind: str | None
    level: int | None
    status: str

    @property
    def active(self) -> bool:
        """Whether the danger goes on after this telegram (a downgrade goes on with the lower kind)."""
        return self.kind is not None and self.status not in ("解除", "なし")


@dataclass(frozen=True, slots=True)
class Circle:
    """Where a typhoon's wind blows or will: `kind` is 暴風域, 強風域 or 暴風警戒域, `hours` from its analysis on."""

    kind: str
    latitude: float
    longitude: float
    kilometres: float
    hours: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """Control and Head, the same in every telegram. Times carry their offset; `serial` is 0 where there is none."""

    control_title: str
    sent: datetime | None
    status: Status
    office: str
    title: str
    report_time: datetime
    event_id: str
    info_type: InfoType
    serial: int
    headline: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader of one family found. `scope` is the code of the area that the telegram speaks for, or empty."""

    items: tuple[Item, ...] = ()
    scope: str = ""
    warnings: tuple[str, ...] = ()
    circles: tuple[Circle, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A whole telegram. `understood` is false for a type that no reader here knows: its items are empty, not absent."""

    data_type: str | None
    envelope: Envelope
    items: tuple[Item, ...]
    scope: str
    understood: bool
    warnings: tuple[str, ...]
    circles: tuple[Circle, ...] = ()

    @property
    def real(self) -> bool:
        """False for drills and tests, which must never reach residents as real, and for what was not understood."""
        return self.envelope.status == "通常" and self.understood


def as_record(file: str, notice: Notice) -> dict[str, object]:
    """The line that `notices read` prints."""
    envelope = notice.envelope
    return {
        "file": file,
        "data_type": notice.data_type,
        "status": envelope.status,
        "info_type": envelope.info_type,
        "event_id": envelope.event_id,
        "serial": envelope.serial or None,
        "report_time": envelope.report_time.isoformat(),
        "title": envelope.title,
        "headline": envelope.headline,
        "understood": notice.understood,
        "items": [
            {"area": i.area, "area_code": i.area_code, "kind": i.kind, "level": i.level, "status": i.status}
            for i in notice.items
        ],
        "warnings": list(notice.warnings),
    }
