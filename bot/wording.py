"""Finds the sentence the city says: a key, a language, and the values that go into the braces.

The sentences themselves are text that staff own: `cities/_base/wording/`, overridden by `cities/<city>/wording/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.messages import Language

WORDING_LANGUAGE: Mapping[Language, tuple[str, ...]] = {"ja": ("ja",), "easy": ("easy", "ja")}
"""Which wording files serve a language, best first. Languages without sentences of their own read やさしい日本語."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one city, by language and key."""

    sentences: Mapping[str, Mapping[str, str]]

    def say(self, key: str, language: Language, **values: object) -> str:
        """The sentence `key` in `language`, with its braces filled. Unknown keys are a fault of ours: KeyError."""
        for file in WORDING_LANGUAGE.get(language, ("easy", "ja")):
            sentence = self.sentences.get(file, {}).get(key)
            if sentence is not None:
                return sentence.format(**values).strip()
        raise KeyError(key)

    def has_own(self, language: Language) -> bool:
        """Whether the city speaks this language itself (otherwise やさしい日本語 stands in)."""
        return bool(self.sentences.get(language))
