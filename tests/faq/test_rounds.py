"""Asks and answers laid out in rounds give each entry its best ask and its answer, as a loop over the entries would."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from faq.rounds import Rounds


@given(st.lists(st.integers(1, 60), max_size=200), st.integers(0, 2**32 - 1))
@example([*[3] * 3000, 40, 41], 1)  # several blocks of rounds
def test_every_entry_gets_the_most_that_one_of_its_asks_is_given_and_what_its_answer_is_given(
    counts: list[int], seed: int
) -> None:
    rounds = Rounds.of(counts)
    chance = np.random.default_rng(seed)
    given_to_ask, given_to_answer = chance.random(sum(counts)), chance.random(len(counts))
    by_place = np.zeros(rounds.size)
    by_place[rounds.place_of] = given_to_ask
    by_place[rounds.answers] = given_to_answer[rounds.entry_at]
    ends = np.cumsum(counts).tolist()

    expected = [given_to_ask[end - count : end].max() for count, end in zip(counts, ends, strict=True)]
    expected = [most + answer for most, answer in zip(expected, given_to_answer.tolist(), strict=True)]

    assert rounds.most(by_place)[np.argsort(rounds.entry_at)].tolist() == expected


@given(st.lists(st.integers(1, 60), min_size=3, max_size=200))
def test_a_mark_lies_at_all_places_of_its_entry_and_nowhere_else(counts: list[int]) -> None:
    rounds = Rounds.of(counts)
    owners = np.repeat(np.arange(len(counts)), counts)
    first, second = rounds.entry_at[[2, 0]].tolist()
    mark_of = {first: 1, second: 2}

    marks = rounds.marked(np.asarray([2, 0]))

    assert marks[rounds.place_of].tolist() == [mark_of.get(owner, 0) for owner in owners.tolist()]
    assert marks[rounds.answers].tolist() == [mark_of.get(entry, 0) for entry in rounds.entry_at.tolist()]
