"""Weights of the features in `faq.features`, as shares of the best plain score.

Written by `benchmarks/learn_ranker.py`.

Learned 2026-11-21 from the judged development queries of localgovFAQ and one phrasing of each demo entry, asked
without itself. Five-fold cross-validation on localgovFAQ: nDCG@10 0.654, P@1 0.606.
"""

from __future__ import annotations

from typing import Final

RANKER: Final[dict[str, float]] = {
    "of_best": 1.0000,
    "short": 0.0164,
    "topic_first": 0.1173,
    "said_elsewhere": 0.0439,
    "in_answer": -0.0065,
    "both_ask_when": 0.2346,
    "both_ask_cost": 0.1068,
    "both_ask_where": 0.1281,
    "both_ask_why": 0.0854,
    "both_ask_contact": 0.0320,
    "only_entry_asks_when": 0.0481,
    "only_entry_asks_cost": -0.0155,
    "only_entry_asks_where": 0.0245,
    "only_entry_asks_why": 0.0285,
    "only_entry_asks_contact": 0.1084,
}
