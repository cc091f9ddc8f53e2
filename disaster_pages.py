"""Writes the plain disaster pages: whole files, exchanged in one step, so that whoever serves them needs no database.

    DATA_DIR/disaster/<city>/index.html, easy/index.html, en/index.html       what residents read
    DATA_DIR/disaster/<city>/drill/…                                          the same of a drill
    DATA_DIR/disaster/<city>/by-hand.txt                                      words of an operator, put on top

Rewritten by the console with every report and every change of a shelter, and by the errand of a worker for what
telegrams and other processes did.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from faq.knowledge import Knowledge
from faq.library import UnknownCity
from faq.place_states import KnownPlaces
from notify.notice_life import PUBLIC
from notify.plain_page import FILES, PageContent, PageNotice, plain_page
from notify.plain_page_words import PageLanguage
from store import Store
from store.errors import StoreError
from store.records_notices import NoticeView

log = logging.getLogger(__name__)
FOLDER: Final = "disaster"
BY_HAND: Final = "by-hand.txt"
_ANY_TIME: Final = datetime(2026, 1, 1, tzinfo=UTC)
MOST_NOTICES: Final = 30
PAGES_SECONDS: Final = 5.0
"""So soon the page has what another process has changed."""

MOST_BY_HAND: Final = 1_000
"""Characters of what an operator writes on top."""

KnowledgeOf = Callable[[str], Knowledge]


class DisasterPages:
    """Writes the files of any city. One for a process; several processes may write, the last one wins whole."""

    def __init__(
        self, data_dir: Path, knowledge_of: KnowledgeOf, store: Store, clock: Callable[[], float] = time.time
    ) -> None:
        self._root = data_dir / FOLDER
        self._knowledge_of = knowledge_of
        self._store = store
        self._clock = clock
        self._known: dict[str, PageContent] = {}
        self._one_at_a_time = threading.Lock()

    def write(self, city: str) -> bool:
        """Rewrites what has changed of the city; whether anything had.

        Without the database the page stays as it was, but for what an operator writes on top of it.
        """
        try:
            with self._one_at_a_time:
                return self._write_both(city)
        except UnknownCity:
            log.warning("a city without content has no disaster page", extra={"city": city})
        except OSError:
            log.exception("the disaster page cannot be written", extra={"city": city})
        return False

    def _write_both(self, city: str) -> bool:
        folder, knowledge = self._root / city, self._knowledge_of(city)
        try:
            content, drill = self._content(city, knowledge), self._drill(city, knowledge)
        except StoreError:
            log.warning("the disaster page tells what was known", extra={"city": city})
            known = self._known.get(city)
            return known is not None and self._write(folder, replace(known, by_hand=by_hand(folder)))
        self._known[city] = content
        real = self._write(folder, content)
        return self._write(folder / "drill", drill) or real

    def write_all(self, cities: Iterable[str]) -> int:
        """Every city once; always 0, as nothing is left to be done."""
        for city in cities:
            self.write(city)
        return 0

    def _content(self, city: str, knowledge: Knowledge) -> PageContent:
        now = self._now()
        states = self._store.place_states(city)
        shown = self._store.public_notices(city, now, MOST_NOTICES)
        return PageContent(
            knowledge.city,
            now,
            page_notices([notice for notice in shown if notice.kind == "disaster"]),
            KnownPlaces(states, now),
            knowledge.places,
            by_hand=by_hand(self._root / city),
        )

    def _drill(self, city: str, knowledge: Knowledge) -> PageContent | None:
        """The page of the drill that goes on; None when there is none, and then its files go."""
        incident = self._store.open_incident(city)
        if incident is None or not incident.drill:
            return None
        theirs = [
            notice
            for notice in self._store.notices(city, "disaster", MOST_NOTICES)
            if notice.drill and notice.status in PUBLIC and notice.created_at >= incident.began_at
        ]
        places = KnownPlaces(self._store.place_states(city, drill=True), self._now())
        return PageContent(knowledge.city, self._now(), page_notices(theirs), places, knowledge.places, drill=True)

    def _write(self, folder: Path, content: PageContent | None) -> bool:
        """Whether a file had to be exchanged, or taken away where there is nothing to show."""
        changed = [_exchanged(folder / name, content, language) for language, name in FILES.items()]
        return any(changed)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def page_notices(notices: list[NoticeView]) -> tuple[PageNotice, ...]:
    """Newest first, those that an all-clear has ended behind the others."""
    ended = {notice.original for notice in notices if notice.mark == "all_clear"}
    shown = [
        PageNotice(
            notice.title,
            notice.texts,
            notice.issued_at or notice.created_at,
            notice.mark,
            notice.id in ended,
            notice.titles,
        )
        for notice in notices
    ]
    return tuple(sorted(sorted(shown, key=lambda one: one.at, reverse=True), key=lambda one: one.over))


def by_hand(folder: Path) -> str:
    """What an operator wrote for the top of the page; "" for nothing."""
    with suppress(OSError):
        return (folder / BY_HAND).read_text(encoding="utf-8", errors="replace")[:MOST_BY_HAND].strip()
    return ""


def exchange(path: Path, text: str) -> None:
    """The file is the old one or the new one, whole, at any moment and after any crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".page-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)  # another server reads it
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _exchanged(path: Path, content: PageContent | None, language: PageLanguage) -> bool:
    """The file's last line names what it tells, so that no process rewrites what another has written already."""
    if content is None:
        there = path.is_file()
        path.unlink(missing_ok=True)
        return there
    told = plain_page(replace(content, at=_ANY_TIME), language)
    mark = f"<!-- {hashlib.sha256(told.encode()).hexdigest()[:16]} -->\n"
    with suppress(OSError):
        if path.read_text(encoding="utf-8", errors="replace").endswith(mark):
            return False
    exchange(path, plain_page(content, language) + mark)
    return True
