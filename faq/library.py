"""The current knowledge of every city, kept fresh while people are being answered.

`get` is a dictionary look-up without a lock. A watcher thread reads what changed, builds the next knowledge beside the
serving one and swaps it in one assignment. An edit that brings a new error is refused: the old knowledge stays, and
`status` says what to mend.
"""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from faq import kept_units
from faq.content import CITY_FILE, CityFiles, base_folder, content_files, read_folder
from faq.in_mode import in_mode
from faq.knowledge import Knowledge, build_knowledge
from faq.problems import ContentError, Problem, errors_of

POLL_SECONDS: Final = 1.0
# One slip in a shared file can bring an error for each entry; the log names so many places, and how many there are.
LOGGED_PROBLEMS: Final = 20

RevisionSource = Callable[[str, int | None], tuple[int, CityFiles] | None]
"""(city, number held or None) → (number, files) of the published revision when it is another one, else None."""

ModeSource = Callable[[], Mapping[str, str]]
"""The mode ("alert", …) of every city that is not in the usual one, or was not once."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Source:
    """Where a city's content comes from: its folder, and the base folder it stands on."""

    directory: Path
    base: Path

    @classmethod
    def of(cls, directory: Path) -> Source:
        return cls(directory, base_folder(directory))


@dataclass(frozen=True)
class Status:
    """How a city's knowledge stands. `refused` are the problems of an edit that is not served; `serving` is None
    until there is something to serve. `revision` is None while the folder is served."""

    serving: str | None = None
    revision: int | None = None
    since: datetime | None = None
    entries: int = 0
    problems: tuple[Problem, ...] = ()
    refused: tuple[Problem, ...] = ()


class UnknownCity(KeyError):
    """No such city, or one whose content could not be read at all."""


Signature = tuple[tuple[str, int, int], ...]


class Library:
    """One for a process. `start()` loads every city and begins to watch; `get(city)` is for every request."""

    def __init__(
        self, sources: Mapping[str, Source], revisions: RevisionSource | None = None, modes: ModeSource | None = None
    ) -> None:
        self._sources = dict(sources)
        self._revisions = revisions
        self._modes = modes
        self._mode: Mapping[str, str] = {}
        self._modes_silent = False
        self._knowledge: dict[str, Knowledge] = {}
        # As residents meet it in the mode of the day.
        self._shown: dict[str, Knowledge] = {}
        self._status: dict[str, Status] = {city: Status() for city in sources}
        self._seen: dict[str, Signature] = {}
        self._revision: dict[str, tuple[int, CityFiles]] = {}
        self._work = threading.Lock()
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    @classmethod
    def of_folder(
        cls, cities: Path, revisions: RevisionSource | None = None, modes: ModeSource | None = None
    ) -> Library:
        """Every folder with a `city.yaml`, by the folder's name; `_base` and hidden folders are none."""
        folders = sorted(path.parent for path in cities.glob(f"*/{CITY_FILE}") if path.parent.name[0] not in "._")
        return cls({folder.name: Source.of(folder) for folder in folders}, revisions, modes)

    @property
    def cities(self) -> tuple[str, ...]:
        return tuple(self._sources)

    def get(self, city: str) -> Knowledge:
        """The knowledge served now. Raises `UnknownCity`."""
        try:
            return self._shown[city]
        except KeyError:
            raise UnknownCity(city) from None

    def status(self, city: str) -> Status:
        return self._status[city]

    def start(self) -> None:
        """Load every city, then watch. What is broken at the start is left out and reported; the rest is served."""
        self.check_now()
        self._stopping.clear()
        self._watcher = threading.Thread(target=self._watch, name="content-watcher", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join(timeout=30)
            self._watcher = None

    def check_now(self) -> tuple[str, ...]:
        """Look once at every city; the ids of those whose knowledge was exchanged."""
        self._look_at_modes()
        return tuple(city for city in self._sources if self._guarded(city, force=False))

    def reload(self, city: str) -> bool:
        """Read this city again even if nothing seems changed; whether its knowledge was exchanged."""
        if city not in self._sources:
            raise UnknownCity(city)
        return self._guarded(city, force=True)

    def _watch(self) -> None:
        while not self._stopping.wait(POLL_SECONDS):
            self.check_now()

    def _look_at_modes(self) -> None:
        """Show every city as its mode wants it. While the store does not answer the modes stay as they were."""
        if self._modes is None:
            return
        try:
            modes = self._modes()
        except Exception:
            if not self._modes_silent:
                logger.exception("mode_source_failed")
            self._modes_silent = True
            return
        self._modes_silent = False
        changed = {city for city in {*modes, *self._mode} if modes.get(city) != self._mode.get(city)}
        self._mode = modes
        for city in changed & self._knowledge.keys():
            self._show(city)
            logger.info("mode_shown", extra={"city": city, "mode": modes.get(city, "normal")})

    def _show(self, city: str) -> None:
        self._shown[city] = in_mode(self._knowledge[city], self._mode.get(city, "normal"))

    def _guarded(self, city: str, force: bool) -> bool:
        """A fault in one city's content, disk or revision store must not end the watch over the others."""
        with self._work:
            try:
                exchanged = self._refresh(city, force)
                kept_units.keep()
                if exchanged:
                    give_back_memory()
                return exchanged
            except ContentError as error:
                self._refuse(city, error.problems)
            except Exception:
                logger.exception("content_check_failed", extra={"city": city})
        return False

    def _refresh(self, city: str, force: bool) -> bool:
        source = self._sources[city]
        revision = self._published(city)
        signature = _signature(source, with_folder=revision is None)
        if signature == self._seen.get(city) and not force:
            return False
        files = revision[1] if revision else read_folder(source.directory)
        base_files = read_folder(source.base)
        # A file saved while it was being read is read again at the next look.
        if _signature(source, with_folder=revision is None) != signature:
            return False
        self._seen[city] = signature
        try:
            fresh = build_knowledge(files, base_files, earlier=self._knowledge.get(city)).of_folder(city)
        except ContentError as error:
            if revision is None or city in self._knowledge:
                raise
            # Published before an upgrade that reads it no more: residents get what the folder says, not silence.
            self._exchange(city, build_knowledge(read_folder(source.directory), base_files).of_folder(city), None)
            self._refuse(city, error.problems)
            return True
        return self._exchange(city, fresh, revision[0] if revision else None)

    def _published(self, city: str) -> tuple[int, CityFiles] | None:
        """The revision to serve. While the store does not answer, what is held (at the start: the folder) is served."""
        held = self._revision.get(city)
        try:
            newer = self._revisions(city, held[0] if held else None) if self._revisions else None
        except Exception:
            logger.exception("revision_source_failed", extra={"city": city})
            return held
        if newer is not None:
            self._revision[city] = newer
            self._seen.pop(city, None)
        return newer or held

    def _exchange(self, city: str, fresh: Knowledge, revision: int | None) -> bool:
        serving = self._knowledge.get(city)
        if serving is not None:
            known = {problem.identity for problem in serving.problems}
            broken = tuple(problem for problem in errors_of(fresh.problems) if problem.identity not in known)
            if broken:
                self._refuse(city, broken)
                return False
            if serving.version == fresh.version:
                self._status[city] = replace(self._status[city], refused=(), revision=revision)
                return False
        self._knowledge[city] = fresh
        self._show(city)
        now = datetime.now(UTC)
        self._status[city] = Status(fresh.version, revision, now, len(fresh.entries), fresh.problems)
        logger.info("content_exchanged", extra={"city": city, "version": fresh.version, "entries": len(fresh.entries)})
        _log_problems("content_problem", city, errors_of(fresh.problems))
        return True

    def _refuse(self, city: str, problems: tuple[Problem, ...]) -> None:
        self._status[city] = replace(self._status[city], refused=problems)
        _log_problems("content_refused", city, problems)
        check = f"app.py faq check {self._sources[city].directory}"
        logger.warning("content_not_served", extra={"city": city, "problems": len(problems), "check": check})


def give_back_memory() -> None:
    """Hand the memory that a build needed for a moment back to the system: a tenth of a worker. glibc only; elsewhere
    it stays with the process for the next build."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def _signature(source: Source, with_folder: bool) -> Signature:
    """Name, time and size of every file that counts."""
    folders = [source.base, source.directory] if with_folder else [source.base]
    return tuple(_stamp(path) for folder in folders for _, path in content_files(folder))


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError:  # between listing and looking
        return (str(path), 0, -1)
    return (str(path), stat.st_mtime_ns, stat.st_size)


def _log_problems(event: str, city: str, problems: Iterable[Problem]) -> None:
    """Places only: a field or an id that is wrong may hold any words."""
    for problem in islice(problems, LOGGED_PROBLEMS):
        logger.warning(event, extra={"city": city, "path": problem.path, "line": problem.line})
