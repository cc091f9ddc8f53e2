"""Every weight of the matcher in one place, each with its reason. Measured 2026-11-21; `docs/matching.md` has the trials."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """Defaults are what the trials in `docs/matching.md` left standing."""

    # BM25. Questions are short and say everything once (low k1); flat within ±0.01 nDCG around these.
    ask_k1: float = 1.2
    ask_b: float = 0.75
    answer_k1: float = 1.5
    answer_b: float = 0.75
    # The answer names what the question leaves unsaid; .8 to 1.3 is a plateau.
    answer: float = 1.0
    # A synonym is worth less than the word itself; .4 to .8 is a plateau.
    same_in_ask: float = 0.6
    same_in_answer: float = 0.42
    # How the resident said it: colloquial forms and readings are less certain than the official words.
    colloquial: float = 0.9
    reading: float = 0.85
    broader: float = 0.4
    # Characters of the content words: typing errors and halves of compounds.
    grams: float = 0.1
    # A word nobody wrote in this index, matched to the nearest spelling (ratio 0 to 100).
    spelling: float = 0.8
    spelling_ratio: float = 72.0
    # A hiragana run cut again along the readings of the index.
    kana: float = 0.6
    kana_doubt: float = 0.4


DEFAULT = Weights()
