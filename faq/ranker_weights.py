"""Weights of the features in `faq.features`, as shares of the best plain score.

Written by `benchmarks/learn_ranker.py`.

Learned 2026-11-21 from the judged development queries of localgovFAQ and one phrasing of each demo entry, asked
without itself. Five-fold cross-validation on localgovFAQ: nDCG@10 0.676, P@1 0.603.
"""

from __future__ import annotations

from typing import Final

RANKER: Final[dict[str, float]] = {
    "of_best": 1.0000,
    "short": 0.1282,
    "topic_first": 0.1317,
    "said": 0.1330,
    "in_answer": 0.0692,
    "words": -0.2526,
    "letters": 0.7069,
    "most_letters": 0.0303,
    "near": 0.3875,
    "both_ask_when": 0.3483,
    "both_ask_cost": 0.0749,
    "both_ask_where": 0.1617,
    "both_ask_why": 0.1126,
    "both_ask_contact": -0.0051,
    "only_entry_asks_when": 0.0781,
    "only_entry_asks_cost": -0.0317,
    "only_entry_asks_where": 0.0554,
    "only_entry_asks_why": 0.0583,
    "only_entry_asks_contact": 0.1846,
}
