"""How much the words of a question mean what people ask a city hall, whichever entries there are.

One weight for each number of a direction (`faq.word_vectors`), learned by `benchmarks/learn_decisions.py` from messages
to city halls and from idle talk: no word and no city is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from faq.postings import Floats

FILE: Final = Path(__file__).with_name("civic.txt")


def civic(direction: Floats) -> float:
    """Log-odds of a direction of length 1 (or zeros, which say nothing: the constant)."""
    weights, constant = learned()
    return float(weights.dot(direction)) + constant


@lru_cache(maxsize=1)
def learned() -> tuple[Floats, float]:
    """The weights and the constant of the file: a number a line, the constant first."""
    constant, *weights = map(float, FILE.read_text(encoding="utf-8").split())
    return np.asarray(weights, np.float32), constant


def text_of(weights: Sequence[float], constant: float) -> str:
    """As the file has it."""
    return "".join(f"{number:.3f}\n" for number in (constant, *weights))
