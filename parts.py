"""What a process is made of, built once and handed in everywhere: the store, the cities' knowledge, the calls to LINE,
and the worker with its planned jobs and its rounds.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import collector
from bot.emergency_ear import ear
from clients.line.client import LineClient
from config import Config, ConfigError
from disaster_pages import PAGES_SECONDS, DisasterPages
from errands.broadcast import Broadcast
from errands.previews import Previews
from errands.rounds import Errand, Rounds
from errands.together import all_errands, all_notices
from faq import parsed
from faq.content import CityFiles
from faq.library import Library, RevisionSource
from handover_jobs import EVERY_MINUTE, watch_cases
from store import Store, open_store
from worker import Job, Worker

COMMIT_EVERY_SECONDS = 0.015
"""Transactions of a process begin at least so far apart. A question passes four of them; at 400 a second most held one
write only, and a third of PostgreSQL's work was beginning and ending them (`docs/decisions/engine.md`)."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process is made of, built once and handed in everywhere.

    Loading a city's knowledge takes seconds (`loading` is set meanwhile); LINE's events are taken in from the first
    moment on, because all that they need is the store.
    """

    config: Config
    store: Store
    library: Library
    lines: Mapping[str, LineClient]
    loading: threading.Event = field(default_factory=threading.Event)

    def load(self) -> None:
        """Loads the cities' knowledge and keeps it fresh."""
        ear()  # the first message need not wait for its table, and the library gives back what reading it took
        self.library.start()
        collector.settle()
        self.loading.clear()

    def close(self) -> None:
        self.library.stop()
        self.store.close()


def build(config: Config) -> Parts:
    """Opens the store and prepares the calls to LINE. The cities' knowledge comes with `Parts.load()`."""
    collector.share_heaps()
    store = store_of(config)
    parsed.keep_in(config.data_dir / "parsed")
    library = Library.of_folder(config.cities_dir, revisions=_published(store), modes=lambda: _modes(store))
    lines = {city: LineClient(channel.access_token, config.line_api_host) for city, channel in config.line.items()}
    parts = Parts(config, store, library, lines)
    parts.loading.set()
    return parts


def store_of(config: Config) -> Store:
    """The store, in a data folder that is there; `ConfigError` when it cannot be."""
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"DATA_DIR: {config.data_dir} にフォルダーを作れません（{error.strerror}）。") from error
    return open_store(config.database_url, pace_seconds=COMMIT_EVERY_SECONDS)


def new_worker(parts: Parts) -> Worker:
    """A worker on these parts, with the planned jobs of the whole installation."""
    library, retention = parts.library, timedelta(days=parts.config.retention_days)
    jobs = (
        Job("retention", "15 3 * * *", lambda now: parts.store.purge(now - retention)),
        Job("accounts", "25 3 * * *", lambda _now: parts.store.sweep_accounts()),
        Job("handover", EVERY_MINUTE, lambda now: watch_cases(parts.store, library.get, library.cities, now)),
    )
    secrets = {city: channel.secret for city, channel in parts.config.line.items()}
    return Worker(
        parts.store,
        library.get,
        parts.lines,
        at_once=parts.config.worker_threads,
        jobs=jobs,
        public_url=parts.config.form_url,
        beside=(_errands(parts), _notices(parts), _pages(parts)),
        preview_of=Previews(parts.store, library.get, secrets).messages,
    )


def _errands(parts: Parts) -> Rounds:
    """Staff are told of residents who wait; residents' pictures are fetched."""
    config = parts.config
    return all_errands(
        parts.store,
        parts.library.get,
        tokens={city: channel.access_token for city, channel in config.line.items()},
        api_host=config.line_api_host,
        data_host=config.line_api_data_host,
        smtp_url=config.smtp_url,
        mail_from=config.mail_from,
        rooms=config.staff_webhooks,
        cities_dir=config.cities_dir,
        public_url=config.public_url,
        cities=lambda: parts.library.cities,
        jma_feed_url=config.jma_feed_url,
    )


def _notices(parts: Parts) -> Broadcast:
    """Notices to many are planned and sent."""
    config = parts.config
    tokens = {city: channel.access_token for city, channel in config.line.items()}
    return all_notices(
        parts.store,
        parts.library.get,
        tokens=tokens,
        api_host=config.line_api_host,
        public_url=config.form_url,
        by_mail=bool(config.smtp_url),
    )


def _pages(parts: Parts) -> Rounds:
    """The plain disaster pages follow what telegrams and other processes do."""
    pages = DisasterPages(parts.config.data_dir, parts.library.get, parts.store)
    # All of them each time: a round is done when nothing is new.
    return Rounds([Errand("disaster-pages", lambda: pages.write_all(parts.library.cities))], PAGES_SECONDS)


def _modes(store: Store) -> dict[str, str]:
    """The mode of every city that has ever changed it, for what residents see."""
    return {city: now.mode for city, now in store.modes().items()}


def _published(store: Store) -> RevisionSource:
    """Where the library asks for published revisions: cheap when nothing is new."""

    def newer(city: str, held: int | None) -> tuple[int, CityFiles] | None:
        # Every process knows which shelters are open before the database goes away, whether anybody asked or not.
        store.known_places(city)
        number = store.current_revision_number(city)
        if number is None or number == held:
            return None
        revision = store.current_revision(city)
        return (revision.number, revision.files) if revision else None

    return newer
