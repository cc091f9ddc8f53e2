"""When Python looks for circles of garbage, in a process that has loaded what it serves."""

from __future__ import annotations

import gc
from typing import Final

SELDOM: Final = (50_000, 20, 100)
"""What a message leaves behind has no circles; looking for them every 700 objects cost 5 to 10 % of a burst's time."""


def settle() -> None:
    """What is loaded stays: the collector need not look through all of it again while residents wait."""
    gc.freeze()
    gc.set_threshold(*SELDOM)
