"""Fetches and reads telegrams, one after the other, and issues the notices that cities' rules make of them.

Whatever breaks in between, the telegram stays open and is read again: its notices are known by their `source_key`, what
is in force is kept only if nobody changed it meanwhile.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from clients.errors import ClientError
from errands.feeds import Jma, Raise, Town, Towns
from faq.disaster import ModeName, Rule
from notify.dangers import About, wanted
from notify.modes import next_reminder
from notify.news_of_telegrams import news_of
from notify.rule_words import words_of
from notify.rules import Announcement, Told
from notify.staff_alarms import Alarm
from notify.telegrams.data_types import series_of
from notify.telegrams.kept import as_text, from_text
from notify.telegrams.read import read_telegram
from notify.telegrams.records import Notice, TelegramError
from notify.telegrams.state import Key, State, apply
from store import Store
from store.errors import LeaseLost, NoticeConflict, StoreError
from store.modes import Mode
from store.records_feeds import ClaimedTelegram, KeptTelegram, ToldDanger
from store.records_notices import Audience, NewNotice
from telemetry import TELEGRAMS

log = logging.getLogger(__name__)

LEASE_SECONDS: Final = 30.0
"""Longer than one may take to fetch (20 s); so soon another worker reads it when this one dies."""

PAUSES: Final = (3.0, 10.0, 30.0, 60.0, 120.0)
"""A telegram that came broken off, or did not come, is fetched again after these; then staff are told."""

_SAME_EVENTS: Final[Mapping[str, tuple[str, ...]]] = {"VXSE51": ("VXSE53",), "VXSE53": ("VXSE51",)}
_MODES: Final[Mapping[ModeName, Mode]] = {"警戒": "alert", "災害": "disaster"}
_WORSE: Final[Mapping[Mode, int]] = {"normal": 0, "recovery": 0, "alert": 1, "disaster": 2}


class Telegrams:
    """The errand that reads."""

    def __init__(
        self, store: Store, jma: Jma, towns: Towns, alarm: Raise, worker: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._jma = jma
        self._towns = towns
        self._alarm = alarm
        self._worker = worker
        self._clock = clock

    def read_once(self) -> int:
        """Reads the newest telegram that waits; how many there were (0 or 1)."""
        claimed = self._store.claim_telegram(self._worker, LEASE_SECONDS)
        if claimed is None:
            return 0
        try:
            self._read(claimed)
        except LeaseLost:
            log.warning("somebody else took this telegram", extra=_ids(claimed))
        except StoreError:
            with suppress(StoreError):
                self._store.telegram_later(claimed, PAUSES[0], "store")
            raise
        return 1

    def _read(self, claimed: ClaimedTelegram) -> None:
        try:
            telegram = read_telegram(self._jma.telegram(claimed.url), claimed.id)
        except (ClientError, TelegramError) as error:
            self._failed(claimed, error)
            return
        state, versions = self._state_of(series_of(telegram.data_type or ""))
        after = apply(state, telegram)
        known = {**self._beside(telegram), **after}
        told = [row for city, town in self._towns().items() for row in self._tell(city, town, telegram, known)]
        self._store.telegram_read(claimed, _changes(state, after, versions), told)
        TELEGRAMS.labels(series_of(telegram.data_type or ""), "read").inc()
        if telegram.warnings:
            log.warning("telegram to be looked at", extra={**_ids(claimed), "warnings": len(telegram.warnings)})

    def _failed(self, claimed: ClaimedTelegram, error: ClientError | TelegramError) -> None:
        reason = str(error)[:200]
        if not error.permanent and claimed.attempts <= len(PAUSES):
            log.warning("telegram waits for another try", extra={**_ids(claimed), "reason": reason})
            self._store.telegram_later(claimed, PAUSES[claimed.attempts - 1], reason)
            return
        log.error("telegram given up", extra={**_ids(claimed), "reason": reason})
        TELEGRAMS.labels(claimed.data_type, "dead").inc()
        now = self._now()
        hour = int(now.timestamp()) // 3600  # one letter an hour, though a server may spoil every telegram for a night
        for town in self._towns().values():
            if wanted(claimed.data_type, town.disaster):
                self._alarm(Alarm("telegram_unread", hour, now), town.city, town.disaster)
        self._store.telegram_dead(claimed, reason)

    def _state_of(self, series: str) -> tuple[State, Mapping[Key, int]]:
        kept = {Key(one.series, one.speaks_by, one.name): one for one in self._store.kept_telegrams(series)}
        state = {key: from_text(one.telegram) for key, one in kept.items()}
        return state, {key: one.version for key, one in kept.items()}

    def _beside(self, telegram: Notice) -> State:
        """What another series says of the same: a 震度速報 that is withdrawn does not undo the report after it."""
        others = _SAME_EVENTS.get(series_of(telegram.data_type or ""), ())
        return {key: notice for series in others for key, notice in self._state_of(series)[0].items()}

    def _tell(self, city: str, town: Town, telegram: Notice, state: State) -> list[ToldDanger]:
        """Issues what this city's residents are to be told; what to remember of it."""
        if not wanted(telegram.data_type or "", town.disaster):
            return []
        told = {
            About(row.what, row.event, row.area): Told(row.grade, row.notice) for row in self._store.told_dangers(city)
        }
        drill = telegram.envelope.status == "訓練" and town.disaster.drill is not None and self._practises(city)
        news = news_of(telegram, state, told, town.disaster, self._now(), drill=drill)
        return [row for one in news for row in self._issue(city, town, one)]

    def _practises(self, city: str) -> bool:
        """Whether staff have begun a drill (`handlers.console.disaster`)."""
        incident = self._store.open_incident(city)
        return incident is not None and incident.drill

    def _issue(self, city: str, town: Town, news: Announcement) -> list[ToldDanger]:
        new = notice_of(city, town, news)
        if new is None:
            log.error("no approved text", extra={"city": city, "text": news.text_id})
            return []
        notice = self._store.put_notice(new, 0)
        try:
            self._store.issue_notice(city, notice.id, 0)
        except NoticeConflict:  # stopped by staff, or sent before this worker's predecessor died
            log.warning("notice stands differently by now", extra={"city": city, "notice": notice.id})
        log.info("notice issued", extra={"city": city, "notice": notice.id, "rule": news.rule.id})
        if news.change in ("new", "raised") and not news.drill:
            self._switch_mode(city, town, news.rule)
        first = news.original or notice.id
        return [
            ToldDanger(city, about.what, about.event, about.area, news.grade, first, news.report_at)
            for about in news.about
        ]

    def _switch_mode(self, city: str, town: Town, rule: Rule) -> None:
        """To the rule's mode where the city's is less; back only people switch."""
        if rule.mode is None:
            return
        before, wished = self._store.mode(city), _MODES[rule.mode]
        if _WORSE[wished] <= _WORSE[before.mode]:
            return
        with suppress(NoticeConflict):  # staff are just switching: theirs counts
            remind_at = next_reminder(town.disaster, wished, self._now())
            self._store.change_mode(before, wished, who=f"rule:{rule.id}", reason=rule.what, remind_at=remind_at)
            log.info("mode switched by a rule", extra={"city": city, "mode": wished, "rule": rule.id})

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def notice_of(city: str, town: Town, news: Announcement) -> NewNotice | None:
    """The notice of an announcement; None without an approved text."""
    words = words_of(news, town.disaster, town.city.name, town.city.phone)
    if words is None:
        return None
    return NewNotice(
        city=city,
        kind="disaster",
        topic=news.rule.topics[0],
        title=words.title,
        titles=words.titles,
        texts=words.texts,
        audience=_audience(town, news),
        channels=news.rule.channels,
        level=words.level,
        mark=news.mark,
        original=news.original,
        source="feed",
        source_key=news.source_key,
        drill=news.drill,
    )


def _audience(town: Town, news: Announcement) -> Audience:
    drill = town.disaster.drill
    if news.drill:
        return Audience(topics=drill.topics if drill else news.rule.topics)
    codes = {about.area for about in news.about}
    places = [place for place in town.disaster.places if place.code in codes]
    areas = {area for place in places for area in place.areas} if all(place.areas for place in places) else set()
    return Audience(everyone=news.rule.everyone, topics=news.rule.topics, areas=tuple(sorted(areas)))


def _changes(before: State, after: State, versions: Mapping[Key, int]) -> Sequence[KeptTelegram]:
    changed = {key: notice for key, notice in after.items() if before.get(key) is not notice}
    return [
        KeptTelegram(*key, as_text(notice), notice.envelope.report_time, versions.get(key, 0))
        for key, notice in changed.items()
    ]


def _ids(claimed: ClaimedTelegram) -> dict[str, object]:
    return {"telegram": claimed.id, "attempts": claimed.attempts}
