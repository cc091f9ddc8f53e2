"""What a resident teaches us: their own words, and the entry that turned out to be meant.

Nothing is applied here. A lesson becomes a proposal that staff read, and approve or reject (`app.py faq learn`), so
words that might tell who somebody is are not even proposed. What is personal cannot be known for certain; therefore
the rules are strict, and a good phrasing lost is the smaller harm.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from bot.dialogue import Conversation
from bot.emergency import recognise_emergency
from bot.intents import recognise
from bot.privacy import without_masks
from faq.entry import Entry
from faq.lint import folded
from faq.text import names_in, normalise

Source = Literal["picked", "helpful", "staff"]

LONGEST = 60
"""Characters. A longer text is a story, and stories tell who somebody is."""

SHORTEST = 2
"""Letters that are left after folding; fewer mean nothing."""

_DIGITS = re.compile(
    r"\d(?:[\s.,、・/:()\-‐‑‒–—―−ー~〜]{0,3}\d){4,}|\d+\s?[-‐‑‒–—―−ー]\s?\d+|[〇零一二三四五六七八九]{5,}"
)
"""Five digits in a row (phones, postal codes, days of birth, numbers of cards and forms), 1-2-3 as in an address."""

_ADDRESS_OF_SOMETHING = re.compile(r"@|https?:|www\.")
_ABOUT_ME = re.compile(
    r"(?:私|わたし|わたくし|あたし|僕|ぼく|俺|おれ|自分|うち|娘|息子|夫|妻|父|母)の"
    r"(?:名前|なまえ|氏名|住所|じゅうしょ|電話番号|番号|誕生日|生年月日)"
    r"|(?:名前|なまえ|氏名|住所|じゅうしょ|電話番号|生年月日|誕生日|メール|アドレス)(?:は|:|=)"
    r"|(?:と|って)(?:申し|もうし|いい|言い)ます|と申す|という者|というもの"
    r"|[\d一二三四五六七八九十](?:丁目|番地)|番\d+号|\d号室|[\d元]年.{0,6}(?:生まれ|うまれ)"
)
"""「私の名前は」「住所は」「…と申します」「2丁目」: what follows or stands before them is a person or a home."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """A lesson: `phrasing` (first spelling, one line) asks for the entry. `taken_back`: it was not meant after all.

    `key` stands for entry and folded words: the same for ゴミの日 and ごみの日！, and no word can be read out of it.
    """

    entry_id: str
    phrasing: str
    source: Source
    key: str
    taken_back: bool = False


def lesson(entry: Entry, text: str, source: Source, own_names: Collection[str] = ()) -> Teaching | None:
    """What `text` teaches about the entry, or None: it is known already, no question, or might name somebody.

    `own_names` are the municipality's (`City.own_names`), which are nobody's.
    """
    phrasing = one_line(text)
    words = folded(phrasing)
    known = {folded(known) for known in (entry.question, *entry.phrasings, *entry.tests)}
    if len(words) < SHORTEST or words in known or not is_proposable(phrasing, own_names):
        return None
    return Teaching(entry.id, phrasing, source, key_of(entry.id, phrasing))


def key_of(entry_id: str, phrasing: str) -> str:
    return hashlib.sha256(f"{entry_id}\n{folded(phrasing)}".encode("utf-8", "replace")).hexdigest()[:24]


def one_line(text: str) -> str:
    """The text as it would stand in a list of phrasings."""
    return " ".join(text.split())


def is_proposable(text: str, own_names: Collection[str] = ()) -> bool:
    """Whether staff may be shown these words outside of the talk they were said in."""
    plain = unicodedata.normalize("NFKC", text)
    if len(text) > LONGEST or without_masks(text) != text or recognise(text) or recognise_emergency(text):
        return False
    if any(pattern.search(plain) for pattern in (_DIGITS, _ADDRESS_OF_SOMETHING, _ABOUT_ME)):
        return False
    return not [name for name in names_in(normalise(text)) if not any(name in own for own in own_names)]


# ── Within a talk ────────────────────────────────────────────────────────────────────────────────────────────────────


def learn(
    talk: Conversation, entry: Entry, source: Source, own_names: Collection[str]
) -> tuple[Teaching | None, tuple[str, ...]]:
    """What the talk's open question teaches about the entry, and what this resident has taught by now.

    The same resident counts once for the same words, as long as we remember the talk (`Conversation.taught`).
    """
    new = lesson(entry, talk.question, source, own_names)
    if new is None or any(mark.endswith(new.key) for mark in talk.taught):
        return None, talk.taught
    return new, (*talk.taught, f"{source}:{new.key}")


def unlearn(talk: Conversation, entry: Entry) -> tuple[Teaching | None, tuple[str, ...]]:
    """The lesson to take back because the entry did not help, and what the resident has taught without it."""
    key = key_of(entry.id, one_line(talk.question))
    mark = next((mark for mark in talk.taught if mark.endswith(f":{key}")), "")
    source: Source = "helpful" if mark.startswith("helpful") else "picked"
    if not mark:
        return None, talk.taught
    rest = tuple(other for other in talk.taught if other != mark)
    return Teaching(entry.id, one_line(talk.question), source, key, taken_back=True), rest
