"""The evaluation set localgovFAQ, if it lies beside the repository: for measuring only, never a part of the product."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from faq.entry import Entry
from faq.evaluate import JudgedQuery, read_queries

DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data" / "localgovfaq"


def load_entries() -> list[Entry]:
    """All entries (nothing when the set is absent). Their answers are longer than ours may be, so they are not
    checked.
    """
    if not (DATA / "faq.csv").exists():
        return []
    with (DATA / "faq.csv").open(encoding="utf-8", newline="") as file:
        return [
            Entry.model_construct(id=row["id"], question=row["question"], answer=row["answer"])
            for row in csv.DictReader(file)
        ]


def load_judged() -> list[JudgedQuery]:
    return read_queries(DATA / "dev.jsonl") if (DATA / "dev.jsonl").exists() else []
