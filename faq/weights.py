"""Every weight of the matcher in one place, each with its reason. Measured 2026-11-21; trials: `docs/matching.md`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from faq.postings import Shape

_ASK: Final = Shape(k1=1.5, b=0.9, power=1.2)
_ANSWER: Final = Shape(k1=1.2, b=0.6, power=1.2)


@dataclass(frozen=True, slots=True)
class Weights:
    """Defaults are what the trials left standing; most sit on a plateau (halving them costs less than .01 nDCG)."""

    # Questions say everything once; a long question that shares one word with the query is about something else.
    ask: Shape = _ASK
    answer: Shape = _ANSWER
    # A word found in question and answer counts once, plus this share of the smaller find (1 = plain sum: -.02).
    both: float = 0.2
    # The first sum, which only chooses the entries looked at closely, counts answers at this weight.
    answer_in_first_sum: float = 0.6

    # A synonym group: entries that name the group (any member), in the question and in the answer …
    group_in_ask: float = 1.0
    group_in_answer: float = 0.7
    # … and entries that hold the words of one member; a member of n words counts 1 / n ** member_power.
    member_in_ask: float = 0.7
    member_in_answer: float = 0.5
    member_power: float = 0.6
    broader: float = 0.8
    group_both: float = 0.8
    # An entry of n asks (question, phrasings, keywords), three or more, counts synonyms (n - 2) ** -rich_power.
    rich_power: float = 0.4
    # Words found literally need their synonyms less (share of the literal worth taken off).
    literal_off: float = 0.2
    # A common word of the index says what it means by itself; a rare one needs its synonyms (power of its rarity).
    rare_power: float = 0.5
    # ごみ inside 粗大ごみ: the shorter name says less.
    inner: float = 0.6
    sounded: float = 0.85

    # A word nobody wrote in this index, matched to the nearest spelling (ratio 0 to 100).
    spelling: float = 0.8
    spelling_ratio: float = 72.0
    # A hiragana run cut again along the readings of the index; Sudachi's own pieces of it are dropped.
    kana: float = 0.8
    # Characters of unknown words.
    grams: float = 0.1


DEFAULT = Weights()
