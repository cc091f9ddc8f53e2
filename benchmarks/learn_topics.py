"""Make `faq/topics.tsv` from the demo city's entries: what city halls are asked, in words and synonym groups.

    python benchmarks/learn_topics.py

Taken are questions, phrasings and keywords, and the answers' words; never the `tests`, which measure the matcher.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.cities import base_thesaurus, demo_entries  # noqa: E402
from faq.entry import Entry  # noqa: E402
from faq.index import LONGEST_ANSWER  # noqa: E402
from faq.thesaurus import Thesaurus  # noqa: E402
from faq.topics import FILE  # noqa: E402
from faq.units import read, units  # noqa: E402

OWN_NAMES: Final = ("彩野市", "彩野", "さいの")


def line(entry: Entry, own_forms: frozenset[str], thesaurus: Thesaurus) -> str:
    asks = (entry.question, *entry.phrasings, " ".join(entry.keywords))
    asked = _terms(" 。 ".join(asks), own_forms, thesaurus)
    answered = _terms(entry.answer, own_forms, thesaurus)[: LONGEST_ANSWER * 2]
    return "\t".join((entry.question, " ".join(asked), " ".join(answered)))


def _terms(text: str, own_forms: frozenset[str], thesaurus: Thesaurus) -> list[str]:
    found = read(text, own_forms, thesaurus)
    return [term for term in (*found.words, *found.groups) if not set(term) & {" ", "\t"}]


def main() -> None:
    thesaurus = base_thesaurus()
    own_forms = frozenset(token.form for name in OWN_NAMES for token in units(name) if len(token.form) > 1)
    lines = [line(entry, own_forms, thesaurus) for entry in demo_entries()]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} topics")


if __name__ == "__main__":
    main()
