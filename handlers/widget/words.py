"""The words on the chat's own buttons and states: sentences of the city (`chat_…` of its wording) like all others."""

from __future__ import annotations

from collections.abc import Mapping

from bot import languages
from bot.messages import Language

NAMES: Mapping[Language, str] = {"ja": "日本語", "easy": "やさしい日本語", **languages.NAMES}
Sentences = Mapping[str, Mapping[str, str]]

_PREFIX = "chat_"
_ENDINGS = tuple(f"_{code}" for code in languages.NAMES)
_COMMANDS = {"forget_words": "会話を消して"}
"""What a button says for the resident: `bot.intents` must know it, so no city can change it."""


def words_of(sentences: Sentences, language: Language) -> Mapping[str, str]:
    """Every word of the page in this language, of a city's wording; where it has none, やさしい日本語, then 日本語.

    A language without a file of its own has its words in that of Japanese: `chat_send_en`.
    """
    said = _chat(sentences, "ja")
    words = {**_COMMANDS, **{key: sentence for key, sentence in said.items() if not key.endswith(_ENDINGS)}}
    if language == "ja":
        return words
    words |= _chat(sentences, "easy")
    if language == "easy":
        return words
    ending = f"_{language}"
    foreign = {key.removesuffix(ending): sentence for key, sentence in said.items() if key.endswith(ending)}
    return {**words, **foreign, **_chat(sentences, language)}


def _chat(sentences: Sentences, file: str) -> dict[str, str]:
    said = sentences.get(file, {})
    return {key.removeprefix(_PREFIX): sentence for key, sentence in said.items() if key.startswith(_PREFIX)}
