"""Weights of the features in `faq.features`, as shares of the best plain score. Written by `benchmarks/learn_ranker.py`.

Learned 2026-11-21 from the 380 judged development queries of localgovFAQ; five-fold cross-validation there:
nDCG@10 0.654, P@1 0.592.
"""

from __future__ import annotations

from typing import Final

RANKER: Final[dict[str, float]] = {
    "of_best": 1.0000,
    "short": 0.0807,
    "topic_first": 0.0805,
    "said_elsewhere": 0.0399,
    "in_answer": 0.0304,
    "both_ask_when": 0.1751,
    "both_ask_cost": 0.1279,
    "both_ask_where": 0.1115,
    "both_ask_why": 0.0989,
    "both_ask_contact": -0.0528,
    "only_entry_asks_when": 0.0756,
    "only_entry_asks_cost": -0.0073,
    "only_entry_asks_where": 0.0422,
    "only_entry_asks_why": 0.0317,
    "only_entry_asks_contact": 0.1605,
}
