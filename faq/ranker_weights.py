"""Weights of the features in `faq.features`, as shares of the best plain score.

Written by `benchmarks/learn_ranker.py`.

Learned 2026-11-21 from the judged development queries of localgovFAQ (as they are, mistyped and in kana) and
phrasings of the demo entries, each asked without itself. Five-fold cross-validation on localgovFAQ:
nDCG@10 0.683, P@1 0.618.
"""

from __future__ import annotations

from typing import Final

RANKER: Final[dict[str, float]] = {
    "of_best": 1.0000,
    "short": 0.1231,
    "topic_first": 0.0814,
    "said": 0.1463,
    "in_answer": 0.0620,
    "words": -0.3210,
    "letters": 0.7161,
    "most_letters": 0.0235,
    "near": 0.3393,
    "asks_mean": 0.0456,
    "answer_means": 0.2099,
    "both_mean": 0.6106,
    "both_ask_when": 0.3363,
    "both_ask_cost": 0.1837,
    "both_ask_where": 0.1140,
    "both_ask_why": 0.0702,
    "both_ask_contact": 0.0456,
    "only_entry_asks_when": 0.0513,
    "only_entry_asks_cost": -0.0483,
    "only_entry_asks_where": 0.0455,
    "only_entry_asks_why": 0.0511,
    "only_entry_asks_contact": 0.1647,
}
