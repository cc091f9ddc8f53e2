"""Questions short enough to be known by their words, before any entry is searched: 「避難所どこ」「給水所」."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ShortQuestion:
    """What asks it: words in the midst (`asks`) or nothing else (`alone`), and none of what is asked `otherwise`.

    `longest`: characters. Whoever writes more tells a story, and is asked about it elsewhere. The patterns see one
    width, small letters and no spaces.
    """

    asks: re.Pattern[str]
    longest: int
    alone: re.Pattern[str] | None = None
    otherwise: re.Pattern[str] | None = None

    def is_asked(self, text: str) -> bool:
        if len(text) > self.longest:
            return False
        words = _SPACES.sub("", unicodedata.normalize("NFKC", text)).lower()
        if self.otherwise is not None and self.otherwise.search(words):
            return False
        return self.asks.search(words) is not None or (self.alone is not None and bool(self.alone.fullmatch(words)))
