"""How a process that serves residents uses memory: when Python looks for circles of garbage, how many heaps it has."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress
from typing import Final

SELDOM: Final = (50_000, 20, 100)
"""What a message leaves behind has no circles; looking for them every 700 objects cost 5 to 10 % of a burst's time."""


HEAPS: Final = 2
"""glibc gives each thread a heap of its own, up to eight times the processors, and what is free in one is of no use to
the others: 8 MB after three hundred questions. Python's threads take turns anyway."""
_M_ARENA_MAX: Final = -8


def share_heaps() -> None:
    """Called before there are threads. glibc only; elsewhere it stays as it is."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, HEAPS)


def settle() -> None:
    """What is loaded stays: the collector need not look through all of it again while residents wait."""
    gc.freeze()
    gc.set_threshold(*SELDOM)
