"""Weights of the features in `faq.features`, as shares of the best plain score.

Written by `benchmarks/learn_ranker.py`.

Learned 2026-11-21 from the judged development queries of localgovFAQ (as they are, mistyped and in kana) and
phrasings of the demo entries, each asked without itself. Five-fold cross-validation on localgovFAQ:
nDCG@10 0.681, P@1 0.617.
"""

from __future__ import annotations

from typing import Final

RANKER: Final[dict[str, float]] = {
    "of_best": 1.0000,
    "short": 0.1219,
    "topic_first": 0.0961,
    "said": 0.1312,
    "in_answer": 0.0861,
    "words": -0.2540,
    "letters": 0.7694,
    "most_letters": 0.0348,
    "near": 0.3656,
    "both_ask_when": 0.3383,
    "both_ask_cost": 0.1600,
    "both_ask_where": 0.1132,
    "both_ask_why": 0.0573,
    "both_ask_contact": -0.0321,
    "only_entry_asks_when": 0.0559,
    "only_entry_asks_cost": -0.0379,
    "only_entry_asks_where": 0.0361,
    "only_entry_asks_why": 0.0472,
    "only_entry_asks_contact": 0.1598,
}
