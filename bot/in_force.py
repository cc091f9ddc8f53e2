"""「避難指示は出ていますか」: the notices of the disaster that are in force, as they were sent, from memory.

Where none is, the entries answer: nobody is told that there is no danger because we know of none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.answer import Voice
from bot.messages import Text
from bot.shelters import clock_of
from bot.short_questions import ShortQuestion
from faq.place_states import KnownPlaces, Standing

MOST: Final = 3
"""Notices that are shown whole; of the others the titles."""

MOST_LETTERS: Final = 500
_WHAT: Final = (
    "避難(?:指示|勧告|情報|命令)|高齢者等?避難|緊急安全確保|特別警報|警報|注意報|警戒レベル|(?:防災|災害)(?:の)?(?:情報|知らせ|お知らせ)"
    "|ひなんしじ|けいほう|市(?:の|からの)(?:お)?知らせ|evacuationorder|warnings?(?![a-z])|alerts?(?![a-z])"
)
_NOW: Final = (
    "(?:出|で)(?:て|た|まし|ます|る)|発令|発表|いま|今|現在|最新|どこ|どうなって|状況|ある(?:[?？の]|$)|ありますか|つづいて|続いて|解除"
    "|now|current|issued|effect|anythere"
)
_ASKS: Final = re.compile(f"(?:{_WHAT}).*(?:{_NOW})|(?:{_NOW}).*(?:{_WHAT})")
_ONLY: Final = re.compile(f"(?:{_WHAT})(?:は|を|が)?[?？。!！]*")
_OTHERWISE: Final = re.compile(
    "出たら|でたら|のとき|の時(?!刻)|意味|とは|違い|ちがい|なに[?？をが]|何を|どうすれば|どうしたら|火災警報|警報器|学校|休み|保育|ごみ|ゴミ"
    "|休校|if|when|mean"
)


ASKS_WHAT_IS_IN_FORCE: Final = ShortQuestion(_ASKS, 40, _ONLY, _OTHERWISE)
"""Whether somebody asks what the city says now, and not what its words mean."""


def in_force(voice: Voice, known: KnownPlaces) -> Text:
    """The newest notices with their words, and since when this is known."""
    return Text("\n\n".join(_paragraphs(voice, known)), voice.spoken)


def _paragraphs(voice: Voice, known: KnownPlaces) -> Iterator[str]:
    yield voice.say("in_force", count=len(known.standing))
    for notice in known.standing[:MOST]:
        yield f"■{_title(voice, notice)}\n{_words(voice, notice)}"
    others = [f"・{_title(voice, notice)}" for notice in known.standing[MOST:]]
    if others:
        yield "\n".join(others)
    if known.as_of is not None:
        key = "in_force_as_of" if known.sure else "in_force_not_sure"
        yield voice.say(key, time=clock_of(voice, known.as_of), website=voice.city.website)


def _title(voice: Voice, notice: Standing) -> str:
    corrected = voice.say("in_force_corrected") if notice.corrected else ""
    title = notice.titles.get(voice.language) or notice.titles.get(voice.spoken) or notice.title
    return f"{corrected}{title}（{clock_of(voice, notice.at)}）"


def _words(voice: Voice, notice: Standing) -> str:
    said = next((text for code in (voice.language, voice.spoken, "ja") if (text := notice.texts.get(code))), "")
    return said if len(said) <= MOST_LETTERS else f"{said[: MOST_LETTERS - 1]}…"
