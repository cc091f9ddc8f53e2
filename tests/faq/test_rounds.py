"""Asks laid out in rounds give each entry its best ask, as a loop over the entries would."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from faq.rounds import Rounds


@given(st.lists(st.integers(1, 6), max_size=30), st.integers(0, 2**32 - 1))
def test_every_entry_gets_the_most_that_one_of_its_asks_is_given(counts: list[int], seed: int) -> None:
    rounds = Rounds.of(counts)
    given_to_ask = np.random.default_rng(seed).random(sum(counts))
    by_place = np.zeros(len(given_to_ask))
    by_place[rounds.place_of] = given_to_ask
    ends = np.cumsum(counts).tolist()

    expected = [given_to_ask[end - count : end].max() for count, end in zip(counts, ends, strict=True)]

    assert rounds.most(by_place).tolist() == expected


@given(st.lists(st.integers(1, 6), min_size=3, max_size=30))
def test_a_mark_lies_at_all_places_of_its_entry_and_nowhere_else(counts: list[int]) -> None:
    rounds = Rounds.of(counts)
    owners = np.repeat(np.arange(len(counts)), counts)

    spread = rounds.spread(np.asarray([2, 0]), np.asarray([7, 9], np.int16))

    assert spread[rounds.place_of].tolist() == [{2: 7, 0: 9}.get(owner, 0) for owner in owners.tolist()]
