"""What the pages of the disaster console share: the disaster or drill that goes on, its reports, and issuing one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import abort

from disaster_pages import FOLDER, DisasterPages
from faq.disaster_texts import DisasterTexts, TextLanguage
from faq.knowledge import Knowledge
from handlers.console.disaster_words import EVERYWHERE, header, new_report, with_header
from handlers.console.parts import Parts
from handlers.console.times import JAPAN
from store.errors import NoticeConflict
from store.incidents import Incident, Report
from store.records_accounts import Staff
from store.records_notices import Audience, NoticeChannel, NoticeMark, NoticeView, Progress

log = logging.getLogger(__name__)
MOST_AUTOMATIC = 5
WAITS_SECONDS = 60
"""A report of which LINE has taken nothing for so long is shown as stuck: the other channels have it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A report as staff have confirmed it. `key` makes the same form count once.

    `original` is what all follow-ups belong to; `about` the one that this corrects or lifts; `reason` is the id of why
    people have to leave. Of a follow-up, `prefix` says before the title what it is, and `audience` and `channels` are
    those of what it follows: who heard of that hears of its end.
    """

    key: str
    text_id: str
    title: str
    titles: Mapping[TextLanguage, str]
    texts: Mapping[TextLanguage, str]
    areas: tuple[str, ...]
    only_areas: bool
    opened_at: datetime
    mark: NoticeMark = ""
    original: int = 0
    about: int = 0
    reason: str = ""
    prefix: Mapping[TextLanguage, str] = field(default_factory=dict)
    audience: Audience | None = None
    channels: tuple[NoticeChannel, ...] = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Issued:
    """A report on the list: its notice, how far LINE is, and whether that waits for LINE."""

    report: Report
    notice: NoticeView | None
    progress: Progress | None
    who: str
    stuck: bool
    over: bool
    minutes: int

    @property
    def label(self) -> str:
        return header(self.report.number, self.report.at)


@dataclass(frozen=True, slots=True)
class Automatic:
    """A notice that a rule made of a telegram, as staff see it: how far LINE is, and whether it has been followed."""

    notice: NoticeView
    progress: Progress
    stuck: bool
    over: bool


class DisasterDesk:
    """One for a process (`DisasterDesk.of(parts)`); safe for its threads."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.store = parts.store
        self.pages = DisasterPages(parts.config.data_dir, parts.library.get, parts.store, parts.clock)

    @classmethod
    def of(cls, parts: Parts) -> DisasterDesk:
        desk: DisasterDesk = parts.shared.setdefault("disaster", cls(parts))
        return desk

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.parts.clock(), UTC)

    def knowledge(self, city: str) -> Knowledge:
        return self.parts.library.get(city)

    def texts(self, city: str) -> DisasterTexts:
        texts = self.knowledge(city).disaster
        if texts is None:
            abort(404)
        return texts

    def drill(self, city: str) -> bool:
        """Whether everything that is done now is a drill."""
        incident = self.store.open_incident(city)
        return incident is not None and incident.drill

    def audience(self, city: str, drill: bool, areas: tuple[str, ...] = ()) -> Audience:
        """All friends who did not stop 防災; in a drill only who takes part; of `areas` only who told theirs."""
        knowledge = self.knowledge(city)
        taking_part = knowledge.alerts.drill.topics if knowledge.alerts and knowledge.alerts.drill else ()
        if drill:
            return Audience(topics=taking_part)
        known = [topic.id for topic in knowledge.city.notices.topics if topic.kind == "disaster"]
        topics = tuple(topic for topic in known if topic not in taking_part) or tuple(known)
        return Audience(topics=topics, areas=areas) if areas and topics else Audience(everyone=True, topics=topics)

    def audience_of(self, city: str, drill: bool, draft: Draft) -> Audience:
        return draft.audience or self.audience(city, drill, draft.areas if draft.only_areas else ())

    def issue(self, me: Staff, draft: Draft) -> tuple[Report, NoticeView]:
        """Numbered, kept and on its way to every channel; pressed twice it is the same report."""
        drill = self.drill(me.city)
        incident = self._incident(me, drill)
        if incident.drill != drill:
            raise NoticeConflict(message="a disaster began while this was a drill")
        texts = self.texts(me.city)
        reason = texts.reasons.get(draft.reason)
        hazard = reason.hazard or "" if reason else ""
        report = self.store.take_report(
            me.city, incident.id, draft.key, draft.text_id, draft.areas, draft.opened_at, me.id, hazard
        )
        said = with_header(draft.texts, report.number, report.at, texts if incident.drill else None)
        new = new_report(
            me.city,
            draft.title,
            said,
            self.audience_of(me.city, incident.drill, draft),
            titles=draft.titles,
            channels=draft.channels,
            topic=self._topic(me.city),
            key=draft.key,
            link=self._link(me.city, incident.drill),
            drill=incident.drill,
            mark=draft.mark,
            original=draft.original,
        )
        notice = self.store.put_notice(new, me.id)
        self.store.link_report(me.city, report.incident, report.number, notice.id)
        notice = self.store.issue_notice(me.city, notice.id, me.id)
        if draft.mark == "correction":
            # Whoever has not got the wrong one yet shall not get it any more, and no page shows it.
            with suppress(NoticeConflict):
                self.store.stop_notice(me.city, draft.about, me.id)
        self.pages.write(me.city)
        return report, notice

    def issued(self, city: str, incident: Incident) -> list[Issued]:
        """The reports of an incident, the newest first."""
        names = {person.id: person.name for person in self.store.staff_list(city)}
        reports = self.store.reports(city, incident.id)
        notices = {r.number: self.store.notice(city, r.notice) if r.notice else None for r in reports}
        over = {notice.original for notice in notices.values() if notice is not None and notice.original}
        now = self.now()
        found = []
        for report in reversed(reports):
            notice = notices[report.number]
            progress = self.store.notice_progress(city, notice.id) if notice else None
            minutes = int((report.at - incident.began_at).total_seconds() // 60)
            found.append(
                Issued(
                    report,
                    notice,
                    progress,
                    names.get(report.who, "？"),
                    _is_stuck(notice, progress, now),
                    notice is not None and (notice.id in over or notice.status == "stopped"),
                    minutes,
                )
            )
        return found

    def automatic(self, city: str) -> list[Automatic]:
        """The newest notices that rules made of telegrams."""
        newest, now = self.store.notices(city, "disaster", 20), self.now()
        followed = {one.original for one in newest if one.original and one.mark}
        made = [one for one in newest if one.source != "staff" and one.number][:MOST_AUTOMATIC]
        with_progress = [(one, self.store.notice_progress(city, one.id)) for one in made]
        return [
            Automatic(one, progress, _is_stuck(one, progress, now), one.id in followed or one.status == "stopped")
            for one, progress in with_progress
        ]

    def feeds_silent_since(self, city: str) -> datetime | None:
        """Since when the 気象庁 does not answer or nobody asks it; None when all is well or nothing would be told."""
        rules, now = self.knowledge(city).alerts, self.now()
        if rules is None or not rules.rules or not self.parts.config.jma_feed_url:
            return None
        feeds = [feed for feed in self.store.feeds().values() if feed.is_silent(now) or feed.is_unasked(now)]
        return min((feed.answered_at or feed.silent_since or now for feed in feeds), default=None)

    def begin_drill(self, me: Staff) -> bool:
        """False while a real disaster goes on."""
        begun = self._incident(me, drill=True)
        self.pages.write(me.city)
        return begun.drill

    def end(self, me: Staff) -> Incident | None:
        """Ends what goes on; its places are as on any other day. None when nothing goes on."""
        incident = self.store.open_incident(me.city)
        if incident is None or not self.store.end_incident(me.city, incident.id, me.id):
            return None
        self.store.clear_places(me.city, me.id, drill=incident.drill)
        self.pages.write(me.city)
        return incident

    def page_address(self, city: str, drill: bool) -> str:
        return f"{self.parts.config.public_url}/{FOLDER}/{city}/{'drill/' if drill else ''}"

    def _incident(self, me: Staff, drill: bool) -> Incident:
        """The one that goes on. The first report of a disaster begins it: there is no time for forms."""
        here = self.now().astimezone(JAPAN)
        name = f"{here.month}月{here.day}日の{'訓練' if drill else '災害'}"
        return self.store.begin_incident(me.city, name, me.id, drill=drill)

    def _topic(self, city: str) -> str:
        topics = self.knowledge(city).city.notices.topics
        return next((topic.id for topic in topics if topic.kind == "disaster"), "")

    def _link(self, city: str, drill: bool) -> str:
        """LINE opens https only; without such an address the text stands alone."""
        address = self.page_address(city, drill)
        return address if address.startswith("https://") else ""


def _is_stuck(notice: NoticeView | None, progress: Progress | None, now: datetime) -> bool:
    """Whether LINE should have everything by now and has not: a million friends take less than a minute."""
    if notice is None or progress is None or notice.issued_at is None or "line" not in notice.channels:
        return False
    left = progress.waiting > 0 or notice.status in ("scheduled", "planning")
    return left and notice.status != "stopped" and (now - notice.issued_at).total_seconds() > WAITS_SECONDS
