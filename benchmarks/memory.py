"""How much memory the processes of a city of 2,000 entries need: at rest, and after thousands of questions.

    .venv/bin/python -m benchmarks.memory

Linux only (/proc). "own": what only this process has, and what a further one adds. "file": pages of files it has looked
at, of which there is one copy for all processes and which the system takes back when it needs them: three quarters are
Sudachi's dictionary. "share" (PSS) is its own and its share of the pages. "RSS" counts all of them in full.
The row "検索だけ" is a process with Python, numpy, Sudachi, the city and the ear for danger, and no service.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import copytree
from typing import Final

from ruamel.yaml import YAML

from benchmarks.cities import CITIES, demo_entries
from benchmarks.corpora import corpus
from benchmarks.load import hooks
from benchmarks.questions import all_different
from benchmarks.search_alone import memory_of
from benchmarks.service import CITY, ROOT, WEBHOOK, Benchmark, Candidate, wait_until_ready
from faq.entry import Entry

SIZE: Final = 2_000
ENTRIES_A_FILE: Final = 150
EVENTS: Final = 2_000
RATE: Final = 100
SETTLING_SECONDS: Final = 5.0


def write_city(cities: Path) -> None:
    """The demo city with entries about invented districts, `SIZE` in all."""
    copytree(CITIES / "_base", cities / "_base")
    copytree(CITIES / CITY, cities / CITY)
    known = demo_entries()
    made = [_plain(entry) for entry in corpus(known, SIZE)[len(known) :]]
    writer = YAML()
    for first in range(0, len(made), ENTRIES_A_FILE):
        path = cities / CITY / "faq" / f"made-{first:05}.yaml"
        with path.open("w", encoding="utf-8") as file:
            writer.dump({"faqs": made[first : first + ENTRIES_A_FILE]}, file)


def _plain(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "question": entry.question,
        "phrasings": list(entry.phrasings),
        "keywords": list(entry.keywords),
        "answer": entry.answer,
    }


def search_alone(folder: Path) -> tuple[float, ...]:
    """What it was read from is kept for the second start, which counts."""
    command = [sys.executable, "-m", "benchmarks.search_alone", str(folder / "cities" / CITY), str(folder / "kept")]
    for _ in range(2):
        told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(map(float, told.split()))


def service(folder: Path) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Each process of a town: with `web` and `worker` apart, and as one. The first start of each is not counted."""
    benchmark, settings = Benchmark(folder, "", 1), {"CITIES_DIR": str(folder / "cities")}
    questions = all_different()
    for roles in (("web", "worker"), ("serve",)):
        database = benchmark.sqlite()
        for start in ("first", "second"):
            with benchmark.processes("SQLite", roles, database, settings) as candidate:
                wait_until_ready(candidate.port)
                _ask(benchmark, candidate, 20, questions)
                if start == "first":
                    continue
                yield from _rows(roles, candidate, "起動のあと")
                _ask(benchmark, candidate, EVENTS, questions)
                yield from _rows(roles, candidate, f"{EVENTS:,}問のあと")


def _ask(benchmark: Benchmark, candidate: Candidate, events: int, questions: Iterator[str]) -> None:
    run = benchmark.load.open(candidate.port, hooks(events, WEBHOOK, questions), RATE)
    benchmark.wait_for_replies(run, 60)
    time.sleep(SETTLING_SECONDS)  # what is done beside talks: menus, looking for telegrams


def _rows(roles: Sequence[str], candidate: Candidate, when: str) -> list[tuple[str, tuple[float, ...]]]:
    return [(f"{role}（{when}）", memory_of(pid)) for role, pid in zip(roles, candidate.pids, strict=True)]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_city(folder / "cities")
        print(f"FAQ {SIZE:,}件の市、MB。worker の目標は 350（docs/matching.md）\n")
        print("| プロセス | 自分だけ | ファイル | 自分と分け前（PSS） | 全部（RSS） |\n|---|---|---|---|---|")
        for row, memory in (("検索だけ", search_alone(folder)), *service(folder)):
            print(f"| {row} | " + " | ".join(f"{size:.0f}" for size in memory) + " |", flush=True)


if __name__ == "__main__":
    main()
