"""How the benchmark of confirmed phrasings chooses what becomes a phrasing."""

import random

import pytest

from faq.evaluate import JudgedQuery

pytest.importorskip("scipy", reason="the benchmarks' packages (requirements-bench.txt) are not installed")

from benchmarks.confirmed_phrasings import confirmed, figures

JUDGED = [
    JudgedQuery("犬を飼った", {"dog": 2, "cat": 1}),
    JudgedQuery("わんこの届け", {"dog": 2}),
    JudgedQuery("犬の注射", {"dog": 2, "vaccine": 2}),
    JudgedQuery("ねこの話", {"cat": 1}),
]


@pytest.mark.parametrize("most", [0, 1, 2, 3])
def test_a_query_becomes_a_phrasing_of_one_entry_that_answers_it_and_no_entry_gets_too_many(most: int) -> None:
    phrasings = confirmed(JUDGED, most, random.Random(0))
    given = [query for queries in phrasings.values() for query in queries]

    assert all(len(queries) <= most for queries in phrasings.values())
    assert len(given) == len(set(given)) <= 3
    assert "cat" not in phrasings


def test_the_same_seed_confirms_the_same_queries() -> None:
    assert confirmed(JUDGED, 2, random.Random(7)) == confirmed(JUDGED, 2, random.Random(7))


def test_figures_are_means_over_the_queries() -> None:
    found = [(JUDGED[0], [2, 0, 1]), (JUDGED[3], [0, 0, 0, 1])]

    assert figures(found).startswith("   2問  P@1 0.500  Hit@3 0.500  Hit@5 1.000")
