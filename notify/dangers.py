"""What telegrams in force mean for the places of one city: each danger with its step on its scale. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from faq.dangers import HAPPENINGS, LEVELS, SCALES, WARNINGS, rank
from faq.disaster import Disaster, Place
from notify.notice_life import JAPAN
from notify.telegrams.data_types import series_of
from notify.telegrams.records import Item, Notice
from notify.typhoon_areas import NOW_HOURS, step_at

_NEW_WEATHER: Final = {
    "VPWW55": ("大雨",),
    "VPWW56": ("土砂災害",),
    "VPWW57": ("高潮",),
    "VPWW58": ("暴風", "暴風雪"),
    "VPWW59": ("波浪",),
    "VPWW60": ("大雪",),
    "VPWW61": ("雷", "融雪", "濃霧", "乾燥", "なだれ", "低温", "霜", "着氷", "着雪"),
    "VPBS50": ("記録的短時間大雨", "線状降水帯", "顕著な大雪"),
}
# 土砂災害 comes with VXWW50: the old weather telegrams have it inside 大雨. VPWW53 says the same as VPWW54 again.
_OLD_WEATHER: Final = {
    "VPWW54": (
        *("大雨", "洪水", "高潮（旧）", "暴風", "暴風雪", "波浪", "大雪"),
        *("雷", "融雪", "濃霧", "乾燥", "なだれ", "低温", "霜", "着氷", "着雪"),
    ),
    "VXWW50": ("土砂災害",),
    "VPOA50": ("記録的短時間大雨",),
}
_ALWAYS: Final = {
    **dict.fromkeys(("VXKO", "VXSU"), ("氾濫",)),
    **dict.fromkeys(("VXSE51", "VXSE53"), ("地震",)),
    "VTSE41": ("津波",),
    "VPTW": ("台風",),
    **dict.fromkeys(("VPHW50", "VPHW51"), ("竜巻",)),
    "VFVO50": ("噴火",),
    "VFVO56": ("噴火速報",),
}
# Words in the name of a kind, the first that fits: 「大雨特別警報（土砂災害）」 is 大雨, 「暴風雪警報」 no 暴風.
_WEATHER_WORDS: Final = (
    *(("大雨", "大雨"), ("土砂災害", "土砂災害"), ("洪水", "洪水"), ("高潮", "高潮")),
    *(("暴風雪", "暴風雪"), ("風雪", "暴風雪"), ("暴風", "暴風"), ("強風", "暴風"), ("波浪", "波浪"), ("大雪", "大雪")),
    *((name, name) for name in ("雷", "融雪", "濃霧", "乾燥", "なだれ", "低温", "霜", "着氷", "着雪")),
)
_SUDDEN_WORDS: Final = (("記録雨", "記録的短時間大雨"), ("線状降水帯", "線状降水帯"), ("大雪", "顕著な大雪"))
_LASTING_BY_EVENT: Final = frozenset({"氾濫", "噴火"})
HOUR: Final = "%Y%m%d%H"
"""In Japan, at the end of an event that has no better name."""

_MINOR_TSUNAMI: Final = "津波予報（若干の海面変動）"
_SILENT_STATION: Final = "震度５弱以上未入電"


class About(NamedTuple):
    """One danger in one place: what is told of once. `event` is the earthquake, the river…; "" for weather."""

    what: str
    event: str
    area: str


@dataclass(frozen=True, slots=True)
class Danger:
    """A danger in force. `kind` is the telegram's name for it, `name` that of the river."""

    grade: str
    kind: str
    name: str
    headline: str
    report_at: datetime


def spoken_of(series: str, disaster: Disaster) -> frozenset[str]:
    """What telegrams of this series tell this city of; empty for a series that it does not use."""
    weather = _NEW_WEATHER if disaster.family == "新" else _OLD_WEATHER
    return frozenset({**_ALWAYS, **weather}.get(series, ()))


def wanted(data_type: str, disaster: Disaster) -> bool:
    """Whether a telegram of this type can matter to this city."""
    return bool(spoken_of(series_of(data_type), disaster) & {rule.what for rule in disaster.rules})


def dangers_in(telegrams: Iterable[Notice], disaster: Disaster) -> Mapping[About, Danger]:
    """The dangers of these telegrams (in force, oldest first) for the city's places; of two, the greater."""
    found: dict[About, Danger] = {}
    for telegram in _one_for_each_typhoon(telegrams):
        for about, danger in _dangers(telegram, disaster):
            if about not in found or rank(about.what, danger.grade) >= rank(about.what, found[about].grade):
                found[about] = danger
    return found


def _one_for_each_typhoon(telegrams: Iterable[Notice]) -> Iterator[Notice]:
    """The newest telegram of each, with the winds that the last forecast expects; one that is over has none."""
    typhoons: dict[str, Notice] = {}
    for telegram in telegrams:
        event = telegram.envelope.event_id
        if series_of(telegram.data_type or "") != "VPTW":
            yield telegram
        elif any(item.status.startswith("予報") for item in telegram.items) or event not in typhoons:
            typhoons[event] = telegram
        else:
            ahead = tuple(circle for circle in typhoons[event].circles if circle.hours > NOW_HOURS)
            typhoons[event] = replace(telegram, circles=telegram.circles + ahead)
    yield from (one for one in typhoons.values() if one.items and (one.items[0].kind or "").startswith("台風"))


def _dangers(telegram: Notice, disaster: Disaster) -> Iterator[tuple[About, Danger]]:
    series, envelope = series_of(telegram.data_type or ""), telegram.envelope
    whats = spoken_of(series, disaster)
    if series == "VPTW":
        yield from _typhoons(telegram, disaster)
        return
    name = telegram.items[0].area if series in ("VXKO", "VXSU") and telegram.items else ""
    for item in telegram.items:
        step = _step(item, series) if item.active else None
        if step is None or step[0] not in whats:
            continue
        for place in disaster.places:
            if item.area_code in _codes(place, series):
                danger = Danger(step[1], item.kind or "", name, envelope.headline, envelope.report_time)
                yield About(step[0], _event(telegram, step[0]), place.code), danger


def _typhoons(telegram: Notice, disaster: Disaster) -> Iterator[tuple[About, Danger]]:
    envelope = telegram.envelope
    name = telegram.items[0].kind or "" if telegram.items else ""
    for place in disaster.places:
        step = step_at(telegram.circles, *place.point) if place.point else ""
        if step:
            danger = Danger(step, name, name, envelope.headline, envelope.report_time)
            yield About("台風", envelope.event_id, place.code), danger


def _event(telegram: Notice, what: str) -> str:
    """What happens again without a number of its own (竜巻, an eruption of the same volcano) is told anew each hour."""
    event, hour = telegram.envelope.event_id, telegram.envelope.report_time.astimezone(JAPAN).strftime(HOUR)
    if what == "噴火速報":
        return f"{event} {hour}".strip()
    if what in HAPPENINGS:
        return event or hour
    return event if what in _LASTING_BY_EVENT else ""


def _codes(place: Place, series: str) -> tuple[str, ...]:
    if series == "VXSE51":
        return (place.quake,) if place.quake else ()
    if series == "VTSE41":
        return (place.tsunami,) if place.tsunami else ()
    return (place.code,) if series.startswith(("VPWW", "VXSE", "VXKO", "VXSU")) else (place.code, *place.regions)


def _step(item: Item, series: str) -> tuple[str, str] | None:
    """(what, step on its scale), or None for what no rule can be about."""
    kind = item.kind or ""
    if series.startswith("VPWW"):
        return _weather(kind, item.level)
    if series in ("VXKO", "VXSU"):
        return ("氾濫", str(item.level)) if str(item.level) in LEVELS else None
    if series.startswith("VXSE"):
        grade = "5弱" if kind == _SILENT_STATION else kind.removeprefix("震度")
        return ("地震", grade) if rank("地震", grade) >= 0 else None
    if series == "VTSE41":
        grade = "津波予報" if kind == _MINOR_TSUNAMI else kind
        return ("津波", grade) if rank("津波", grade) >= 0 else None
    if series == "VFVO50":
        return _volcano(kind)
    if series == "VXWW50":
        return ("土砂災害", str(item.level)) if str(item.level) in LEVELS else None
    return _sudden(kind, series)


def _weather(kind: str, level: int | None) -> tuple[str, str] | None:
    what = next((what for word, what in _WEATHER_WORDS if word in kind), "")
    if what == "高潮" and level is None:
        what = "高潮（旧）"
    if SCALES.get(what) == LEVELS:
        return (what, str(level)) if str(level) in LEVELS else None
    grade = next((step for step in reversed(WARNINGS) if step in kind), "")
    return (what, grade) if rank(what, grade) >= 0 else None


def _sudden(kind: str, series: str) -> tuple[str, str] | None:
    if series == "VPBS50":
        what = next((what for word, what in _SUDDEN_WORDS if word in kind), "")
    elif series == "VPOA50":
        what = "記録的短時間大雨"
    elif series.startswith("VPHW"):
        what = "竜巻"
    else:
        what = "噴火速報" if "噴火速報" in kind else ""
    return (what, "発表") if what else None


def _volcano(kind: str) -> tuple[str, str] | None:
    """「噴火予報：警報解除」 has the word in it and is none."""
    if "警報" not in kind or kind.startswith("噴火予報"):
        return None
    return "噴火", "火口周辺警報" if "火口周辺" in kind or "周辺海域" in kind else "噴火警報"
