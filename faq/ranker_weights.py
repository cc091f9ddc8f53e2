"""Weights of the features in `faq.features`, as shares of the best plain score. Written by
`benchmarks/learn_ranker.py`.

Learned 2026-11-21 from the judged development queries of localgovFAQ and one phrasing of each demo entry, asked
without itself.
Five-fold cross-validation on localgovFAQ: nDCG@10 0.654, P@1 0.607.
"""

from __future__ import annotations

from typing import Final

RANKER: Final[dict[str, float]] = {
    "of_best": 1.0000,
    "short": 0.0156,
    "topic_first": 0.1153,
    "said_elsewhere": 0.0404,
    "in_answer": -0.0045,
    "both_ask_when": 0.1932,
    "both_ask_cost": 0.1052,
    "both_ask_where": 0.1295,
    "both_ask_why": 0.1028,
    "both_ask_contact": 0.0361,
    "only_entry_asks_when": 0.0459,
    "only_entry_asks_cost": -0.0174,
    "only_entry_asks_where": 0.0296,
    "only_entry_asks_why": 0.0268,
    "only_entry_asks_contact": 0.1044,
}
