"""Cries for help and harmless sentences of daily business, written to teach the ear (`bot.emergency_ear`).

In the files of emergency_teaching, each named after a kind of danger (or `innocent…`), a line `# …` opens a theme; each
other line is a sentence. `{父|母}が{倒れた|動かない}` stands for as many sentences as its longest braces have ways: the
first of each, the second of each, and so on round. `messages.tsv` holds whole messages, cries and harmless ones, by
writers who were shown none of this. All were written from knowledge of how people type, by nobody who was in danger.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

TEACHING: Final = Path(__file__).with_name("emergency_teaching")
MESSAGES: Final = TEACHING / "messages.tsv"
HARMLESS: Final = "innocent"
HARMLESS_MESSAGES: Final = "innocent_messages"
"""A file of whole messages, by other writers of that kind."""
AS_TAUGHT, AS_TYPED = 1.0, 8.0
"""As how many sentences one counts that was written to teach, and one that was asked, collected to measure, or written
as a message by somebody who was shown nothing. Learned from the other twelve writers, .856 of the cries of a thirteenth
are heard where one in a hundred of their harmless messages is taken for one; .737 without any of them."""
NEIGHBOURS: Final = 6
"""Lines of a teaching file that are learned from, or measured, together: they speak of one subject."""
_WAYS: Final = re.compile(r"\{([^}]*)\}")


class Said(NamedTuple):
    """A sentence, the kind of danger it tells ("" for none), what is measured together with it, and as how many it
    counts."""

    kind: str
    text: str
    group: str
    counts: float = AS_TYPED


def taught_by(path: Path) -> Iterator[Said]:
    """The sentences of a teaching file, which is named after a kind."""
    kind = "" if path.stem.startswith(HARMLESS) else path.stem
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        if line and not line.startswith("#"):
            group = f"{path.stem} {number // NEIGHBOURS}"
            counts = AS_TYPED if path.stem == HARMLESS_MESSAGES else AS_TAUGHT
            yield from (Said(kind, text, group, counts) for text in sentences(line))


def written_apart() -> Iterator[Said]:
    """The messages of `messages.tsv`; those of one writer belong together."""
    writer = ""
    for line in MESSAGES.read_text(encoding="utf-8").splitlines():
        kind, tab, text = line.partition("\t")
        if tab:
            yield Said("" if kind == HARMLESS else kind, text, writer, AS_TYPED)
        else:
            writer = line


def sentences(line: str) -> list[str]:
    """What a line with braces stands for.

    >>> sentences("{父|母}が{倒れた|動かない|起きない}")
    ['父が倒れた', '母が動かない', '父が起きない']
    """
    ways = [found.split("|") for found in _WAYS.findall(line)]
    return [_with_ways(line, [way[turn % len(way)] for way in ways]) for turn in range(max(map(len, ways), default=1))]


def _with_ways(line: str, chosen: Sequence[str]) -> str:
    left = iter(chosen)
    return _WAYS.sub(lambda _: next(left), line)
