"""For machines that watch: alive (`/healthz`), ready to serve (`/readyz`), and figures (`/metrics`, Prometheus)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from faq.library import Library, UnknownCity
from store import Store
from store.errors import StoreError

OLD_SECONDS = 120.0
"""When the oldest unanswered event is older than this, nobody is working: not ready."""

LITTLE_BYTES = 16_000_000
"""With less room than this on the disk of a SQLite database a write fails at any moment: not ready."""


def health_blueprint(
    library: Library, store: Store, disk: Path | None, loading: Callable[[], bool] = lambda: False
) -> Blueprint:
    """`GET /healthz`, `GET /readyz`, `GET /metrics`. `disk` is the folder of a SQLite database, None for a server's.

    While the app is `loading` it turns residents away, so it is not ready, whatever can be served already.
    """
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def alive() -> Response:
        return Response("OK", mimetype="text/plain")

    @blueprint.get("/readyz")
    def ready() -> tuple[Response, int]:
        checks = readiness(library, store, disk) | ({"knowledge": "still loading"} if loading() else {})
        good = all(check == "ok" for check in checks.values())
        notes = {f"content:{city}": note for city in library.cities if (note := _refused(library, city))}
        notes |= _silent_feeds(library, store)
        return jsonify({"ready": good, "checks": checks, "notes": notes}), 200 if good else 503

    @blueprint.get("/metrics")
    def metrics() -> Response:
        return Response(
            generate_latest() + generate_latest(_gauges(library, store, disk)), content_type=CONTENT_TYPE_LATEST
        )

    return blueprint


def readiness(library: Library, store: Store, disk: Path | None) -> dict[str, str]:
    """What is needed to serve, each "ok" or what is wrong with it."""
    checks = {f"content:{city}": _content(library, city) for city in library.cities}
    try:
        queue = store.queue()
        checks["store"] = "ok"
        checks["queue"] = (
            "ok" if queue.inbox_oldest_seconds < OLD_SECONDS else "events wait too long; is a worker running?"
        )
    except StoreError:
        checks["store"] = "the database does not answer"
    if disk is not None:
        checks["disk"] = "ok" if shutil.disk_usage(disk).free >= LITTLE_BYTES else "the disk of the database is full"
    return checks


def _content(library: Library, city: str) -> str:
    return "ok" if library.status(city).serving is not None else "no content could be read"


def _refused(library: Library, city: str) -> str:
    """An edit that is not served: no reason to stop serving, but somebody waits for it."""
    count = len(library.status(city).refused)
    return f"an edit is not served, {count} to mend; run: app.py faq check" if count else ""


def _silent_feeds(library: Library, store: Store) -> dict[str, str]:
    """Feeds of the 気象庁 that do not answer, or that nobody asks: no reason to stop serving, but residents are not
    told of warnings."""
    try:
        feeds, now = store.feeds(), datetime.now(UTC)
    except StoreError:
        return {}
    notes = {
        f"feed:{name}": f"silent for {feed.silence(now).total_seconds() / 60:.0f} minutes; "
        "see docs/runbooks/feed-silent.md"
        for name, feed in feeds.items()
        if feed.is_silent(now)
    }
    if any(_tells_of_telegrams(library, city) for city in library.cities):
        unasked = [name for name, feed in feeds.items() if feed.is_unasked(now)]
        notes |= {f"feed:{name}": "nobody asks it; is a worker running?" for name in unasked}
    return notes


def _tells_of_telegrams(library: Library, city: str) -> bool:
    try:
        alerts = library.get(city).alerts
    except UnknownCity:
        return False
    return alerts is not None and bool(alerts.rules)


def _feed_gauges(store: Store, registry: CollectorRegistry) -> None:
    """Whether the feeds answer, and what they named that could not be read."""
    try:
        feeds, counts, now = store.feeds(), store.telegram_counts(), datetime.now(UTC)
    except StoreError:
        return
    silent = Gauge("madoguchi_feed_silent_seconds", "How long a feed has not answered", ["feed"], registry=registry)
    for name, feed in feeds.items():
        silent.labels(name).set(feed.silence(now).total_seconds())
    for state, count in (("waiting", counts.waiting), ("dead", counts.dead)):
        Gauge(f"madoguchi_telegrams_{state}", f"Telegrams {state}", registry=registry).set(count)


def _gauges(library: Library, store: Store, disk: Path | None) -> CollectorRegistry:
    registry = CollectorRegistry()
    entries = Gauge("madoguchi_entries", "FAQ entries served", ["city"], registry=registry)
    refused = Gauge("madoguchi_content_refused", "Problems of an edit that is not served", ["city"], registry=registry)
    for city in library.cities:
        status = library.status(city)
        entries.labels(city).set(status.entries)
        refused.labels(city).set(len(status.refused))
    if disk is not None:
        free = Gauge("madoguchi_disk_free_bytes", "Room on the disk of the SQLite database", registry=registry)
        free.set(shutil.disk_usage(disk).free)
    up = Gauge("madoguchi_store_up", "Whether the database answers", registry=registry)
    try:
        queue = store.queue()
    except StoreError:
        up.set(0)
        return registry
    up.set(1)
    _notice_gauges(store, registry)
    _feed_gauges(store, registry)
    for name, value in (
        ("inbox_waiting", queue.inbox_waiting),
        ("inbox_oldest_seconds", queue.inbox_oldest_seconds),
        ("inbox_failed", queue.inbox_failed),
        ("outbox_waiting", queue.outbox_waiting),
        ("outbox_oldest_seconds", queue.outbox_oldest_seconds),
        ("outbox_dead", queue.outbox_dead),
    ):
        Gauge(f"madoguchi_{name}", name.replace("_", " "), registry=registry).set(value)
    return registry


def _notice_gauges(store: Store, registry: CollectorRegistry) -> None:
    """Staff who were not told of a resident who waits. A store that falls silent in between says so by `store_up`."""
    try:
        notices = store.notice_state()
    except StoreError:
        return
    for name, value, help_text in (
        ("waiting", notices.waiting, "Notices to staff not yet sent"),
        ("oldest_seconds", notices.oldest_seconds, "Age of the oldest notice not yet sent"),
        ("dead", notices.dead, "Notices to staff given up"),
    ):
        Gauge(f"madoguchi_staff_notices_{name}", help_text, registry=registry).set(value)
