"""How fast and how right the matcher is, beside bm25s, tantivy, SQLite FTS5, character TF-IDF and a
RapidFuzz scan, in the same run.

    python benchmarks/matching.py           # figures
    python benchmarks/matching.py --chart   # also draws docs/images/matching.svg

Speed: one thread, tokenisation included, garbage looked for as seldom as in `app.py`, at 500, 2,000 and 22,000 entries
made from the demo city. All questions are asked in five rounds, and of each the median counts: it belongs to the
engine, single times to what else the machine was doing. What the first round took, when every question was new, stands
beside it. An index is built in a process of its own, the first time and with the texts cut before. Quality:
localgovFAQ beside the same engines, when it lies beside the repository. Five minutes on one core.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.chart import Bar, draw  # noqa: E402
from benchmarks.cities import base_thesaurus, demo_entries  # noqa: E402
from benchmarks.corpora import corpus  # noqa: E402
from benchmarks.local_gov_faq import load_entries, load_judged  # noqa: E402
from benchmarks.peers import PEERS  # noqa: E402
from collector import settle  # noqa: E402
from faq import kept_units, parsed  # noqa: E402
from faq.entry import Entry  # noqa: E402
from faq.evaluate import JudgedQuery, evaluate, ndcg, own_tests, reciprocal_rank, table  # noqa: E402
from faq.index import build_index  # noqa: E402
from faq.search import search  # noqa: E402
from faq.thesaurus import Thesaurus  # noqa: E402

OWN_NAMES = ("彩野市", "彩野", "さいの")
SIZES: Final = (500, 2_000, 22_000)
TIMED_QUERIES: Final = 400
ROUNDS: Final = 5
# RapidFuzz needs 50 ms a query at 22,000 entries.
SLOW_QUERIES: Final = 60
CHART: Final = ROOT / "docs" / "images" / "matching.svg"


class Timing(NamedTuple):
    name: str
    build: float
    median: float
    slowest: float
    slowest_at_first: float


def percentiles(find: Callable[[str], object], queries: Sequence[str]) -> tuple[float, float, float]:
    """Median and 99th percentile of a query's usual time, and the 99th percentile of the first round, in milliseconds,
    after a warm-up, in a process as `app.py` makes it."""
    for query in queries[:20]:
        find(query)
    gc.collect()
    settle()
    taken = np.empty((ROUNDS, len(queries)))
    for round_of_all in taken:
        for number, query in enumerate(queries):
            started = time.perf_counter()
            find(query)
            round_of_all[number] = (time.perf_counter() - started) * 1000
    usual = np.median(taken, axis=0)
    return float(np.percentile(usual, 50)), float(np.percentile(usual, 99)), float(np.percentile(taken[0], 99))


def build_seconds(size: int) -> Iterator[float]:
    """A first build of so many entries, then one for which the cut texts were kept, each in a process of its own: what
    this one remembers of smaller cities would help."""
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            command = [sys.executable, __file__, "--build", str(size), folder]
            yield float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def build_once(size: int, folder: Path) -> float:
    """Seconds, without what a process loads only once (Sudachi's dictionary, the tables of meanings and topics)."""
    thesaurus, entries = base_thesaurus(), corpus(demo_entries(), size)
    search(build_index([Entry(id="warm-up", question="天気", answer="晴れ")], thesaurus), "あした")
    parsed.keep_in(folder)
    started = time.perf_counter()
    build_index(entries, thesaurus, own_names=OWN_NAMES)
    taken = time.perf_counter() - started
    kept_units.keep()
    return taken


def timings(entries: Sequence[Entry], thesaurus: Thesaurus, queries: Sequence[str], first_build: float) -> list[Timing]:
    index = build_index(entries, thesaurus, own_names=OWN_NAMES)
    rows = [Timing("まどぐち", first_build, *percentiles(lambda query: search(index, query), queries))]
    for make in PEERS:
        started = time.perf_counter()
        peer = make(entries)
        built = time.perf_counter() - started
        asked = queries[:SLOW_QUERIES] if make.scans else queries
        rows.append(Timing(make.name, built, *percentiles(peer.find, asked)))
    return rows


def rebuild_seconds(entries: list[Entry], thesaurus: Thesaurus) -> float:
    """One entry edited: all other texts' units are remembered, and so are the constants of the decision."""
    earlier = build_index(entries, thesaurus, own_names=OWN_NAMES)
    edited = entries[0].model_copy(update={"question": entries[0].question + "（改定）"})
    started = time.perf_counter()
    build_index([edited, *entries[1:]], thesaurus, own_names=OWN_NAMES, earlier=earlier)
    return time.perf_counter() - started


def print_speed(thesaurus: Thesaurus) -> dict[int, list[Timing]]:
    measured: dict[int, list[Timing]] = {}
    demo = demo_entries()
    queries = [judged.query for judged in own_tests(demo)][:TIMED_QUERIES]
    print(f"検索の速さ（1スレッド、形態素解析を含む、{len(queries)}質問を{ROUNDS}周、質問ごとの中央値、ミリ秒）")
    print(f"{'件数':>6}  {'方式':<24}{'構築 秒':>9}{'p50 ms':>10}{'p99 ms':>10}{'1周めの p99':>11}")
    for size in SIZES:
        entries = corpus(demo, size)
        first, again = build_seconds(size)
        measured[size] = timings(entries, thesaurus, queries, first)
        for row in measured[size]:
            figures = "".join(f"{figure:>10.3f}" for figure in row[2:])
            print(f"{size:>8}  {row.name:<24}{row.build:>10.2f}{figures}", flush=True)
        print(f"{size:>8}  切った文が残っているときの構築{again:>8.2f}")
        if size == 2_000:
            print(f"{size:>8}  1件直したあとの作り直し    {rebuild_seconds(entries, thesaurus):>8.2f}")
    return measured


def quality(find: Callable[[str], Sequence[str]], queries: Sequence[JudgedQuery]) -> dict[str, float]:
    gains = [[judged.relevant.get(entry, 0) for entry in find(judged.query)[:10]] for judged in queries]
    return {
        "P@1": float(np.mean([bool(gain and gain[0]) for gain in gains])),
        "Hit@3": float(np.mean([any(gain[:3]) for gain in gains])),
        "Hit@5": float(np.mean([any(gain[:5]) for gain in gains])),
        "MRR": float(np.mean([reciprocal_rank(gain) for gain in gains])),
        "nDCG@10": float(np.mean([ndcg(gain, judged.relevant) for gain, judged in zip(gains, queries, strict=True)])),
    }


def compared(
    entries: Sequence[Entry], queries: Sequence[JudgedQuery], thesaurus: Thesaurus, names: Sequence[str]
) -> dict[str, dict[str, float]]:
    """The figures of every engine over the same entries and questions, printed as they come."""
    index = build_index(entries, thesaurus, own_names=names)
    figures = {"まどぐち": quality(lambda query: [c.id for c in search(index, query, top=10).candidates], queries)}
    for make in PEERS:
        peer = make(entries)
        figures[make.name] = quality(lambda query, peer=peer: [entries[n].id for n in peer.find(query, 10)], queries)  # type: ignore[misc]
    for name, found in figures.items():
        print(f"{name:<24}" + "  ".join(f"{label} {value:.3f}" for label, value in found.items()), flush=True)
    return figures


def print_quality(thesaurus: Thesaurus) -> dict[str, dict[str, float]]:
    demo = demo_entries()
    names = ["彩野市", "彩野", "さいの"]
    print(f"\n正しさ：デモ市のFAQ {len(demo)}件、FAQごとの tests（索引に入れない文）")
    print(table(evaluate(build_index(demo, thesaurus, own_names=names), own_tests(demo))))
    figures = compared(demo, own_tests(demo), thesaurus, names)
    entries, queries = load_entries(), load_judged()
    if not entries:
        print("\nlocalgovFAQ が見つからないため、その比較は省きます。")
        return figures
    print(f"\n正しさ：localgovFAQ（{len(entries)}件、開発用{len(queries)}質問。順位づけの重みはこの質問で学習済み。")
    print("交差検証の値は benchmarks/learn_ranker.py）")
    compared(entries, queries, thesaurus, ["尼崎市", "尼崎", "あまがさき"])
    return figures


def main() -> None:
    if "--build" in sys.argv:
        size, folder = sys.argv[sys.argv.index("--build") + 1 :]
        print(build_once(int(size), Path(folder)))
        return
    thesaurus = base_thesaurus()
    measured = print_speed(thesaurus)
    figures = print_quality(thesaurus)
    if "--chart" in sys.argv:
        bars = [Bar(row.name, row.median, figures[row.name]["Hit@3"]) for row in measured[2_000]]
        CHART.write_text(draw(bars), encoding="utf-8")


if __name__ == "__main__":
    main()
