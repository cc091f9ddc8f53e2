"""`make bench`: every benchmark in its own process, one after the other, so that none warms or disturbs the next.

Each also runs alone: `.venv/bin/python -m benchmarks.matching`, `.store`, `.service`.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
BENCHMARKS = {
    "matching": "finding the answer, beside bm25s, tantivy and a RapidFuzz scan",
    "memory": "how much memory the processes of a town need",
    "places": "the nearest places to flee to, beside a plain loop",
    "store": "the store, beside a loop of the bare driver",
    "service": "the whole service, beside a Flask app that does nothing",
    "notices": "a notice to a million residents, and an alert that overtakes it, beside a bare loop",
    "console": "the staff's desk with 100 live streams, beside a Flask app that only sends",
}


def main() -> int:
    failed = []
    for name, subject in BENCHMARKS.items():
        print(f"\n━━━ benchmarks.{name}: {subject} ━━━\n", flush=True)
        began = time.monotonic()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, check=False).returncode:
            failed.append(name)
        print(f"\n({name}: {time.monotonic() - began:.0f} s)", flush=True)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
