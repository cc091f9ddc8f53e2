"""The 気象庁's Atom feeds: which telegrams there are. Pure.

The type stands in the name of the file (`20260528120000_0_VPWW55_110000.xml`); entries that are not of this form, or
whose time cannot be read, are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from notify.telegrams.parsing import parse_xml, text_at
from notify.telegrams.records import TelegramError

_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_FILE: Final = re.compile(r"/([0-9]{14}_[0-9]{1,4}_([A-Z0-9]{6})_[0-9A-Za-z]{1,12}\.xml)$")
LONGEST_URL: Final = 300
LARGEST_FEED: Final = 8_000_000  # as `clients.jma` fetches


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A telegram that can be fetched. `id` is its file's name: the 気象庁 gives it to one telegram only."""

    id: str
    url: str
    data_type: str
    updated_at: datetime


def read_feed(data: bytes) -> tuple[FeedEntry, ...]:
    """The entries of a feed, each once. TelegramError where it is none."""
    root = parse_xml(data, LARGEST_FEED)
    if root.tag != f"{_ATOM}feed":
        raise TelegramError("Atomフィードではありません")
    entries: dict[str, FeedEntry] = {}
    for node in root.iterfind(f"{_ATOM}entry"):
        link = node.find(f"{_ATOM}link")
        url = (link.get("href", "") if link is not None else "") or text_at(node, f"{_ATOM}id")
        entry = _entry(url, text_at(node, f"{_ATOM}updated"))
        if entry is not None:
            entries.setdefault(entry.id, entry)
    return tuple(entries.values())


def _entry(url: str, updated: str) -> FeedEntry | None:
    named = _FILE.search(url) if len(url) <= LONGEST_URL else None
    try:
        moment = datetime.fromisoformat(updated)
    except ValueError:
        return None
    if named is None or moment.tzinfo is None:
        return None
    return FeedEntry(str(named[1]), url, str(named[2]), moment)
