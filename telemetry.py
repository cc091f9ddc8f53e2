"""What operators can watch: Prometheus counters and histograms, and log lines as JSON. Ids only, never words."""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from functools import lru_cache

from prometheus_client import Counter, Histogram

WEBHOOK_EVENTS = Counter("madoguchi_webhook_events_total", "LINE events accepted for the first time", ["city"])
WEBHOOK_SECONDS = Histogram(
    "madoguchi_webhook_seconds",
    "Time from receiving a webhook to answering it",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0),
)
ANSWERS = Counter("madoguchi_answers_total", "Inquiries answered", ["city", "channel", "decision"])
ANSWER_SECONDS = Histogram(
    "madoguchi_answer_seconds",
    "Time from the arrival of an inquiry to LINE's acceptance of the answer",
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0),
)
DELIVERIES = Counter(
    "madoguchi_deliveries_total", "Messages handed to LINE, by what became of them", ["city", "result"]
)
FAULTS = Counter(
    "madoguchi_faults_total", "Inquiries answered with the emergency sentence because of a fault", ["city"]
)
STAFF_NOTICES = Counter(
    "madoguchi_staff_notices_total",
    "Notices to staff of waiting residents, by what became of them",
    ["city", "way", "result"],
)
NOTICE_CALLS = Counter(
    "madoguchi_notice_calls_total", "Calls that carry notices to many, by what became of them", ["city", "result"]
)
ATTACHMENTS = Counter("madoguchi_attachments_total", "Files of residents, kept or why not", ["city", "result"])
FEEDS = Counter("madoguchi_feeds_total", "Times that a feed of the 気象庁 was asked", ["feed", "result"])
TELEGRAMS = Counter("madoguchi_telegrams_total", "Telegrams of the 気象庁, read or given up", ["series", "result"])


@lru_cache(maxsize=4096)
def labelled(counter: Counter, *labels: str) -> Counter:
    """The counter of these labels, looked up once: `labels()` takes longer than counting, several times an event."""
    return counter.labels(*labels)


_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object a line: a fixed message, and ids as fields."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info and record.exc_info[0] is not None:
            # The type and the place, not the exception's text: that may quote what a resident wrote.
            line["exception"] = record.exc_info[0].__name__
            line["where"] = _where(record)
        return json.dumps(line, ensure_ascii=False, default=str)


def _where(record: logging.LogRecord) -> str:
    traceback = record.exc_info[2] if record.exc_info else None
    frames = []
    while traceback is not None:
        frames.append(f"{traceback.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return " > ".join(frames[-8:])


def _log_thread_fault(fault: threading.ExceptHookArgs) -> None:
    """Python's own report would print the exception's text, which may quote what a resident wrote."""
    name = fault.thread.name if fault.thread else ""
    if fault.exc_value is not None:
        found = (fault.exc_type, fault.exc_value, fault.exc_traceback)
        logging.getLogger(__name__).error("a thread ended with a fault", exc_info=found, extra={"of_thread": name})


def log_to_stderr(level: str) -> None:
    """Sets up logging for a process: JSON lines on standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    threading.excepthook = _log_thread_fault
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("urllib3").setLevel("ERROR")
    logging.getLogger("alembic").setLevel("WARNING")
