"""What staff are told besides of residents who wait: a feed that falls silent, a telegram nobody could read. Pure.

Told are the addresses and rooms of the departments that `disaster.yaml` names (`staff`), once for each occasion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from faq.city import City
from faq.disaster import Disaster
from notify.staff import AlarmKind, Reachable, StaffNotice, ways_to


@dataclass(frozen=True, slots=True)
class Alarm:
    """An occasion. `number` is its own (the minute in which it began), so that it is told once."""

    kind: AlarmKind
    number: int
    since: datetime


class AlarmWords(NamedTuple):
    title: str
    text: str
    to_do: str
    page: str


ALARM_WORDS: Final[Mapping[str, AlarmWords]] = {
    "feed_silent": AlarmWords(
        "気象庁の情報が届いていません",
        "気象庁の防災情報（フィード）から、10分より長く返事がありません。\n"
        "このあいだ、警報などを住民に自動で知らせることはできません。",
        "気象庁のホームページで警報を確かめ、要るものは画面から知らせてください。",
        "mode",
    ),
    "feed_back": AlarmWords(
        "気象庁の情報が、また届いています",
        "気象庁の防災情報（フィード）が、また届くようになりました。\n"
        "止まっていたあいだの分も読みました。いま出ているものだけを知らせます。",
        "止まっていたあいだに画面から知らせたことがあれば、重なっていないか確かめてください。",
        "mode",
    ),
    "telegram_unread": AlarmWords(
        "読めない電文がありました",
        "気象庁の電文を、何度ためしても読めませんでした。住民には知らせていません。\n"
        "続いても、お知らせは1時間に1回だけです。",
        "気象庁のホームページで内容を確かめ、要るものは画面から知らせてください。",
        "mode",
    ),
    "mode_reminder": AlarmWords(
        "モードは、いまのままでよいですか",
        "平常でないモードが続いています。",
        "終わっていれば、平常か復旧に戻してください。戻すまで、ときどきお知らせします。",
        "mode",
    ),
}


def notices_of(alarm: Alarm, city: City, disaster: Disaster, reachable: Reachable) -> list[StaffNotice]:
    """One notice for each address and room, each once though two departments share it."""
    found = {notice.key: notice for notice in _notices(alarm, city, disaster, reachable)}
    return list(found.values())


def _notices(alarm: Alarm, city: City, disaster: Disaster, reachable: Reachable) -> Iterator[StaffNotice]:
    for department in disaster.staff:
        rules = city.handoff_of(department)
        for way, target in ways_to(city.id, rules, reachable):
            yield StaffNotice(city.id, alarm.number, alarm.kind, way, target, department, alarm.since)
