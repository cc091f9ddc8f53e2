"""Shows residents on LINE the rich menu of their city's mode, where the city wants ours (`rich_menu: はい`).

A switch of the mode is one process's (a slot of the store); what fails is tried again when its lease ends. Menus are
kept by mode, so that a switch needs no upload on the worst day.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from clients.errors import ClientError
from errands.menu_picture import Button, Menu, NoFont, definition, picture
from faq.in_mode import NAMES, in_mode
from faq.knowledge import Knowledge
from faq.library import UnknownCity
from store import Store
from store.modes import MODES, KeptMenu, Mode

log = logging.getLogger(__name__)

ALIAS: Final = "madoguchi-mode"
LEASE_SECONDS: Final = 60.0
SHORT: Final = 16
"""Letters of a pinned entry's question on its button; longer ones are cut at a mark of the sentence, or here."""

HEADINGS: Final[Mapping[Mode, str]] = {
    "normal": "",
    "alert": "警戒中",
    "disaster": "災害対応中",
    "recovery": "復旧中",
}
_EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""The moment of a mode that was never changed."""


class Line(Protocol):
    def create(self, menu: Mapping[str, Any], png: bytes) -> str: ...
    def exists(self, menu: str) -> bool: ...
    def point(self, alias: str, menu: str) -> None: ...
    def show(self, menu: str) -> None: ...
    def delete(self, menu: str) -> None: ...


class RichMenus:
    """The errand. `knowledge_of` gives a city as its residents meet it or as it is; both make the same menus."""

    def __init__(
        self,
        store: Store,
        knowledge_of: Callable[[str], Knowledge],
        lines: Mapping[str, Line],
        worker: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._knowledge_of = knowledge_of
        self._lines = lines
        self._worker = worker
        self._clock = clock
        self._menus: dict[str, tuple[str, Mapping[Mode, Menu]]] = {}
        # What is shown, or somebody else's turn, and until when we leave it alone.
        self._settled: dict[str, tuple[tuple[datetime, str], float]] = {}

    def show_once(self) -> int:
        """Shows what is not yet shown; in how many cities."""
        return sum(self._city(city, line) for city, line in self._lines.items())

    def _city(self, city: str, line: Line) -> int:
        try:
            knowledge = self._knowledge_of(city)
        except UnknownCity:
            return 0
        if knowledge.alerts is None or not knowledge.alerts.rich_menu:
            return 0
        now = self._store.mode(city)
        menus = self._menus_of(city, knowledge)
        since, digest = now.since or _EPOCH, menus[now.mode].digest
        wanted, until = self._settled.get(city, (None, 0.0))
        if wanted == (since, digest) and self._clock() < until:
            return 0
        job = f"rich-menu-{digest[:16]}"
        self._settled[city] = (since, digest), self._clock() + LEASE_SECONDS
        if not self._store.claim_slot(job, since, self._worker, LEASE_SECONDS, city=city):
            return 0
        try:
            self._show(city, line, now.mode, menus)
        except NoFont:
            log.warning("no font for rich menus (make setup, or fonts-morisawa-bizud-gothic)", extra={"city": city})
        except ClientError as error:
            # The slot stays unfinished: whoever comes first after its lease tries again.
            log.warning("rich menu not shown yet", extra={"city": city, "reason": error.reason})
            return 0
        self._store.finish_slot(job, since, self._worker, city=city)
        self._settled[city] = (since, digest), math.inf
        return 1

    def _menus_of(self, city: str, knowledge: Knowledge) -> Mapping[Mode, Menu]:
        version, menus = self._menus.get(city, ("", {}))
        if version != knowledge.version:
            menus = {mode: menu_of(knowledge, mode) for mode in MODES}
            self._menus[city] = knowledge.version, menus
        return menus

    def _show(self, city: str, line: Line, mode: Mode, menus: Mapping[Mode, Menu]) -> None:
        """That of the mode first; then those of the others are made ready."""
        shown = self._made(city, line, menus[mode])
        line.point(ALIAS, shown)
        line.show(shown)
        log.info("rich menu shown", extra={"city": city, "mode": mode})
        for other in MODES:
            if other != mode:
                self._made(city, line, menus[other])

    def _made(self, city: str, line: Line, menu: Menu) -> str:
        """LINE's id of this menu, made now if it is another one than before, or gone."""
        mode = next(mode for mode in MODES if mode == menu.mode)
        kept = self._store.rich_menus(city).get(mode)
        if kept is not None and kept.digest == menu.digest and line.exists(kept.menu):
            return kept.menu
        made = line.create(definition(menu), picture(menu))
        self._store.keep_rich_menu(city, KeptMenu(mode, made, menu.digest))
        if kept is not None:
            line.delete(kept.menu)
        return made


def menu_of(knowledge: Knowledge, mode: Mode) -> Menu:
    """Four buttons, six with pinned answers: what the mode pins, the topics, a person, and what to hear of."""
    known, words = in_mode(knowledge, mode), knowledge.wording["ja"]
    entries = [known.entries[one] for one in known.pinned if one in known.entries] if mode != "normal" else []
    effects = knowledge.alerts.effects(NAMES[mode]) if knowledge.alerts else None
    labels: Mapping[str, str] = effects.labels if effects else {}
    pinned = [Button(labels.get(entry.id) or _short(entry.question), entry.question) for entry in entries[:3]]
    last = [Button(words[key], words[key]) for key in ("menu_button", "person_button", "wish_button") if key in words]
    heading = f"{knowledge.city.name}　{HEADINGS[mode]}".strip()
    return Menu(mode, heading, tuple(_even([*pinned, *last])))


def _even(buttons: Sequence[Button]) -> Sequence[Button]:
    """Two full rows: an odd number would leave a hole that looks like a button."""
    return buttons if len(buttons) % 2 == 0 else [*buttons, Button("避難所をさがす", "避難所")]


def _short(question: str) -> str:
    """「罹災証明書を取りたい」 as it stands; a long one up to its first mark."""
    if len(question) <= SHORT:
        return question
    cut = next((question[: question.index(mark)] for mark in "（、。？" if mark in question), question)
    return cut if len(cut) <= 2 * SHORT else f"{cut[: 2 * SHORT - 1]}…"
