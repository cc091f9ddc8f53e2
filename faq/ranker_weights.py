"""Weights of the features in `faq.features`, as shares of the best plain score.

Written by `benchmarks/learn_ranker.py`.

Learned 2026-11-21 from the judged development queries of localgovFAQ (as they are, mistyped and in kana) and
phrasings of the demo entries, each asked without itself. Five-fold cross-validation on localgovFAQ:
nDCG@10 0.686, P@1 0.615.
"""

from __future__ import annotations

from typing import Final

RANKER: Final[dict[str, float]] = {
    "of_best": 1.0000,
    "short": 0.1243,
    "topic_first": 0.0811,
    "said": 0.1523,
    "in_answer": 0.0624,
    "words": -0.3295,
    "letters": 0.7194,
    "most_letters": 0.0218,
    "near": 0.3423,
    "asks_mean": 0.0629,
    "answer_means": 0.2066,
    "both_mean": 0.6314,
    "both_ask_when": 0.3399,
    "both_ask_cost": 0.1859,
    "both_ask_where": 0.1140,
    "both_ask_why": 0.0672,
    "both_ask_contact": 0.0428,
    "only_entry_asks_when": 0.0505,
    "only_entry_asks_cost": -0.0488,
    "only_entry_asks_where": 0.0491,
    "only_entry_asks_why": 0.0531,
    "only_entry_asks_contact": 0.1647,
}
