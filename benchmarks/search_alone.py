"""A process that only searches, for `benchmarks.memory`: it imports nothing that a service or a benchmark needs.

python -m benchmarks.search_alone CITY_FOLDER FOLDER_OF_WHAT_WAS_READ_BEFORE
"""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

from bot.emergency_ear import ear
from faq import kept_units, parsed
from faq.knowledge import load_knowledge
from faq.library import give_back_memory

_FIELD = re.compile(r"^(\w+):\s+(\d+) kB$", re.MULTILINE)


def memory_of(pid: int | str) -> tuple[float, float, float, float]:
    """Megabytes: its own, pages of files, its own with its share of these (PSS), and all of both (RSS)."""
    field = {name: int(size) / 1024 for name, size in _FIELD.findall(Path(f"/proc/{pid}/smaps_rollup").read_text())}
    return field["Pss_Anon"], field["Rss"] - field["Pss_Anon"], field["Pss"], field["Rss"]


def main() -> None:
    parsed.keep_in(Path(sys.argv[2]))
    ear()
    knowledge = load_knowledge(Path(sys.argv[1]))
    kept_units.keep()
    knowledge.search("ゴミいつ", 3, date(2026, 11, 22))
    give_back_memory()
    print(*memory_of("self"))


if __name__ == "__main__":
    main()
