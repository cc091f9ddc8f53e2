"""How fast and how right the matcher is, beside bm25s, tantivy and a RapidFuzz scan, on the same tokens in the
same run.

    python benchmarks/matching.py

Speed: one thread, tokenisation included, at 500, 2,000 and 22,000 entries made from the demo city. Quality:
localgovFAQ beside
plain BM25, when it lies beside the repository. About two minutes on one core.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.cities import base_thesaurus, demo_entries  # noqa: E402
from benchmarks.corpora import corpus  # noqa: E402
from benchmarks.local_gov_faq import load_entries, load_judged  # noqa: E402
from benchmarks.peers import PEERS, Bm25s  # noqa: E402
from faq.entry import Entry  # noqa: E402
from faq.evaluate import JudgedQuery, evaluate, ndcg, own_tests, reciprocal_rank, table  # noqa: E402
from faq.index import build_index  # noqa: E402
from faq.search import search  # noqa: E402
from faq.thesaurus import Thesaurus  # noqa: E402

SIZES: Final = (500, 2_000, 22_000)
TIMED_QUERIES: Final = 400
# RapidFuzz needs 50 ms a query at 22,000 entries.
SLOW_QUERIES: Final = 60


class Timing(NamedTuple):
    name: str
    build: float
    median: float
    slowest: float


def percentiles(find: Callable[[str], object], queries: Sequence[str]) -> tuple[float, float]:
    """Median and 99th percentile of one query, in milliseconds, after a warm-up."""
    for query in queries[:20]:
        find(query)
    gc.collect()
    taken = []
    for query in queries:
        started = time.perf_counter()
        find(query)
        taken.append((time.perf_counter() - started) * 1000)
    return float(np.percentile(taken, 50)), float(np.percentile(taken, 99))


def timings(entries: Sequence[Entry], thesaurus: Thesaurus, queries: Sequence[str]) -> list[Timing]:
    started = time.perf_counter()
    index = build_index(entries, thesaurus, own_names=["彩野市", "彩野", "さいの"])
    rows = [
        Timing("まどぐち", time.perf_counter() - started, *percentiles(lambda query: search(index, query), queries))
    ]
    for make in PEERS:
        started = time.perf_counter()
        peer = make(entries)
        built = time.perf_counter() - started
        asked = queries[:SLOW_QUERIES] if make.scans else queries
        rows.append(Timing(make.name, built, *percentiles(peer.find, asked)))
    return rows


def rebuild_seconds(entries: list[Entry], thesaurus: Thesaurus) -> float:
    """One entry edited: all other texts' units are remembered."""
    edited = entries[0].model_copy(update={"question": entries[0].question + "（改定）"})
    started = time.perf_counter()
    build_index([edited, *entries[1:]], thesaurus)
    return time.perf_counter() - started


def print_speed(thesaurus: Thesaurus) -> None:
    demo = demo_entries()
    queries = [judged.query for judged in own_tests(demo)][:TIMED_QUERIES]
    print(f"検索の速さ（1スレッド、形態素解析を含む、{len(queries)}質問、ミリ秒）")
    print(f"{'件数':>6}  {'方式':<24}{'構築 秒':>9}{'p50 ms':>10}{'p99 ms':>10}")
    for size in SIZES:
        entries = corpus(demo, size)
        for row in timings(entries, thesaurus, queries):
            print(f"{size:>8}  {row.name:<24}{row.build:>10.2f}{row.median:>10.3f}{row.slowest:>10.3f}", flush=True)
        if size == 2_000:
            print(f"{size:>8}  1件直したあとの作り直し    {rebuild_seconds(entries, thesaurus):>8.2f}")


def quality(find: Callable[[str], Sequence[str]], queries: Sequence[JudgedQuery]) -> str:
    gains = [[judged.relevant.get(entry, 0) for entry in find(judged.query)[:10]] for judged in queries]
    figures = {
        "P@1": np.mean([bool(gain and gain[0]) for gain in gains]),
        "Hit@3": np.mean([any(gain[:3]) for gain in gains]),
        "Hit@5": np.mean([any(gain[:5]) for gain in gains]),
        "MRR": np.mean([reciprocal_rank(gain) for gain in gains]),
        "nDCG@10": np.mean([ndcg(gain, judged.relevant) for gain, judged in zip(gains, queries, strict=True)]),
    }
    return "  ".join(f"{name} {value:.3f}" for name, value in figures.items())


def print_quality(thesaurus: Thesaurus) -> None:
    demo = demo_entries()
    print(f"\n正しさ：デモ市のFAQ {len(demo)}件、FAQごとの tests（索引に入れない文）")
    print(table(evaluate(build_index(demo, thesaurus, own_names=["彩野市", "彩野", "さいの"]), own_tests(demo))))
    entries, queries = load_entries(), load_judged()
    if not entries:
        print("\nlocalgovFAQ が見つからないため、正しさの比較は省きます。")
        return
    index = build_index(entries, thesaurus, own_names=["尼崎市", "尼崎", "あまがさき"])
    print(f"\n正しさ：localgovFAQ（{len(entries)}件、開発用{len(queries)}質問。順位づけの重みはこの質問で学習済み。")
    print("交差検証の値は benchmarks/learn_ranker.py）")
    print("まどぐち      " + quality(lambda query: [c.id for c in search(index, query, top=10).candidates], queries))
    plain = Bm25s(entries)
    print("BM25 (bm25s)  " + quality(lambda query: [entries[number].id for number in plain.find(query, 10)], queries))


def main() -> None:
    thesaurus = base_thesaurus()
    print_speed(thesaurus)
    print_quality(thesaurus)


if __name__ == "__main__":
    main()
