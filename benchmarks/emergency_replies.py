"""How often a cry for help is heard, and gets the number it needs, over batches of sentences.

    python benchmarks/emergency_replies.py FILE.yaml ...

A file leads from each kind of danger (bot/emergency_words.py), and from `innocent`, to sentences. Only counts are
printed, so that a batch written by somebody else can stay sealed. Without a file: the batches of
tests/bot/emergency_phrasings.yaml together, which the ear has learned from, and tests/bot/unlearned_…, from which
nothing is learned.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot.dialogue import Conversation  # noqa: E402
from bot.emergency import recognise_emergency  # noqa: E402
from bot.messages import Inquiry, Text  # noqa: E402
from bot.respond import respond  # noqa: E402
from faq.knowledge import Knowledge, load_knowledge  # noqa: E402

NOON: Final = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
INNOCENT: Final = "innocent"
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("fire", "ambulance", "disaster"), ("119",)),
    **dict.fromkeys(("police", "violence"), ("110",)),
    "child_abuse": ("189", "110"),
    "suicide": ("0120-279-338",),
    "help": ("119", "110"),
}
"""The numbers that the words of a reply must name, entries aside."""

Batch = Mapping[str, Sequence[str]]


def words_to(text: str, city: Knowledge) -> str:
    inquiry = Inquiry("demo", "U1", "line", "text", "event-1", NOON, text=text)
    blocks = respond(inquiry, city, Conversation(), NOON).reply.blocks
    return "\n".join(block.text for block in blocks if isinstance(block, Text))


def count(name: str, batch: Batch, city: Knowledge) -> None:
    right = heard = told = cries = 0
    for kind, needed in NEEDED.items():
        for text in batch.get(kind, ()):
            found, reply = recognise_emergency(text), words_to(text, city)
            cries += 1
            right += found == kind
            heard += bool(found)
            told += all(number in reply for number in needed)
    shares = " ".join(f"{share / max(cries, 1):.3f}" for share in (right, heard, told))
    harmless = list(batch.get(INNOCENT, ()))
    alarms = [bool(recognise_emergency(text)) for text in harmless]
    line = city.wording["ja"]["danger_numbers"]
    beside = sum(line in words_to(text, city) for text, alarm in zip(harmless, alarms, strict=True) if not alarm)
    print(f"{name}: 危険 {cries}文（種類も合う・何かの危険・要る番号を言う {shares}）", end="")
    print(f"、そうでない {len(harmless)}文（まちがい {sum(alarms)}、番号を添える {beside}）")


def learned(path: Path) -> Batch:
    known = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    batches = [part for name, part in known.items() if name not in (INNOCENT, "about_danger")]
    cries = {kind: [text for part in batches for text in part.get(kind, ())] for kind in NEEDED}
    return {**cries, INNOCENT: known[INNOCENT]}


def unlearned(folder: Path) -> Batch:
    batch: dict[str, list[str]] = {INNOCENT: (folder / "unlearned_messages.txt").read_text("utf-8").splitlines()}
    for row in (folder / "unlearned_cries.tsv").read_text("utf-8").splitlines():
        kind, _, text = row.partition("\t")
        batch.setdefault(kind, []).append(text)
    return batch


def main() -> None:
    city = load_knowledge(ROOT / "cities" / "demo")
    for name in sys.argv[1:]:
        count(name, YAML(typ="safe").load(Path(name).read_text(encoding="utf-8")), city)
    if not sys.argv[1:]:
        count("emergency_phrasings", learned(ROOT / "tests" / "bot" / "emergency_phrasings.yaml"), city)
        count("unlearned_…", unlearned(ROOT / "tests" / "bot"), city)


if __name__ == "__main__":
    main()
