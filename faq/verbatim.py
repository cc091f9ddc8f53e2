"""A resident who types what staff wrote down as a way of asking gets that entry: no ranking can know better.

Compared are bare sentences: no width, case, script of kana, marks, spaces, and no polite or asking ending. They are
compared as written and as they sound, so that ひっこしてきたけど何すればいい？ is 引っ越してきた. A sentence that
belongs to two entries belongs to none. Keywords are no sentences: 国保 alone does not say what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from faq.entry import Entry
from faq.text import Token, analyse_once, normalise_once, to_hiragana
from faq.units import spoken

SHORTEST_SOUND: Final = 4
"""Kana. Shorter sounds have too many meanings (はし, かみ)."""

LONGEST: Final = 60
"""Characters. Nobody types a longer sentence word for word."""

RECENT: Final = 8
"""Sentences. Search and conversation look at the same one, and what it comes to is worked out once."""

OPENING: Final = 8
"""Letters or kana. Of a hundred questions five begin like a sentence of a city of 2,000 entries, of 4 letters 46."""

MOST_CLAIMS: Final = 200_000
"""Sentences of staff that are remembered for the next build: ten cities of 2,000 entries."""

_MARKS: Final = re.compile(r"[\s、。,.!?・…「」『』()（）♪☆★~〜ー\-]+")
# What people put behind the thing they ask about; cut again and again until nothing is left to cut.
_ENDING: Final = re.compile(
    r"(?:"
    r"(?:です|ます|でしょう|だろう|ました|でした)?(?:か|かな|かね|かしら)?(?:ね|よ|な)?"
    r"|(?:を|は|が|って|について|に関して|のこと|のことを|のことで)?(?:教えて|おしえて|知りたい|しりたい|聞きたい|ききたい|"
    r"どうすれば(?:いい|よい)|どうしたら(?:いい|よい)|どうする|どうやる|どうやって|どう|何|なに|なん|何を?すれば(?:いい|よい)|"
    r"なにを?すれば(?:いい|よい)|何を?したら(?:いい|よい)|何を?する|なにを?する|お願い|おねがい|助けて|困って(?:い)?)"
    r"(?:ください|下さい|ほしい|もらえ|いただけ|くれ|の|ん|たい|しま|し|る)*"
    r"|(?:けど|けれど|けれども|んだけど|のですが|んですが|ですが|んです|のです|ので|んで|ん|から)"
    r"|の|は|って|を|が|に"
    r")$"
)

_LAST: Final = "かなねよらすうたてにいる何んえけれのましどもがではを"
"""What such an ending ends with: most sentences end otherwise."""


class Openings(NamedTuple):
    """The first letters of sentences, as written and as they sound; shorter sentences whole."""

    written: frozenset[str]
    sounds: frozenset[str]

    @classmethod
    def of(cls, written: Iterable[str], sounds: Iterable[str]) -> Openings:
        return cls(*(frozenset(sentence[:OPENING] for sentence in said) for said in (written, sounds)))

    def has(self, text: str, units: Iterable[Token]) -> bool:
        """Whether a text of these units may be one of the sentences: endings are cut behind, never in front."""
        written = _MARKS.sub("", to_hiragana(text[: 2 * OPENING]))
        if len(written) < OPENING or any(written[:length] in self.written for length in _LENGTHS):
            return True
        sound = ""
        for unit in units:
            sound += _said(unit.surface, unit.reading)[1]
            if len(sound) >= OPENING:
                return any(sound[:length] in self.sounds for length in _LENGTHS)
        return True


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Bare sentence → number of the entry it asks for; `sounds` the same by how it sounds.

    `openings` are how these sentences begin: a question that begins otherwise, as nearly all do, is none of them.
    """

    written: Mapping[str, int] = field(repr=False)
    sounds: Mapping[str, int] = field(repr=False)
    openings: Openings = field(repr=False)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Verbatim:
        """From questions, phrasings and translated questions; what two entries claim is left out."""
        written: dict[str, int] = {}
        sounds: dict[str, int] = {}
        for number, entry in enumerate(entries):
            for sentence in _sentences(entry):
                bare_text, sound = _as_claimed(sentence)
                _claim(written, bare_text, number)
                if len(sound) >= SHORTEST_SOUND:
                    _claim(sounds, sound, number)
        written, sounds = _owned(written), _owned(sounds)
        return cls(written, sounds, Openings.of(written, sounds))

    def find(self, query: str) -> int | None:
        """The entry whose sentence this is, or None.

        >>> from faq.entry import Entry
        >>> entry = Entry(id="moving-in", question="転入届", answer="…", phrasings=("引っ越してきた",))
        >>> Verbatim.of([entry]).find("ひっこしてきたけど何すればいい？")
        0
        """
        text = normalise_once(query).strip()
        if not text or len(text) > LONGEST:
            return None
        units = analyse_once(text)
        if not self.openings.has(text, units):
            return None
        bare_text = _bare(text)
        found = self.written.get(bare_text)
        return self.sounds.get(_sound(bare_text, units)) if found is None else found


_NOBODY: Final = -1
_LENGTHS: Final = range(1, OPENING + 1)


def _claim(sentences: dict[str, int], sentence: str, number: int) -> None:
    if sentence:
        sentences[sentence] = number if sentences.get(sentence, number) == number else _NOBODY


def _owned(sentences: Mapping[str, int]) -> dict[str, int]:
    return {sentence: number for sentence, number in sentences.items() if number != _NOBODY}


def _sentences(entry: Entry) -> Iterator[str]:
    yield entry.question
    yield from entry.phrasings
    yield from (translation.question for translation in entry.translations.values())


def bare(sentence: str) -> str:
    """The sentence without marks, kana script and asking endings: 「ゴミの日はいつですか？」 → 「ごみの日はいつ」."""
    return _bare(normalise_once(sentence))


@lru_cache(maxsize=RECENT)
def _bare(normalised: str) -> str:
    rest = _MARKS.sub("", to_hiragana(normalised))
    while rest[-1:] in _LAST and (cut := _ENDING.sub("", rest, count=1)) != rest and cut:
        rest = cut
    return rest


def _as_claimed(sentence: str) -> tuple[str, str]:
    """A sentence of staff, bare and as it sounds. Only their sentences are remembered; of what residents type,
    the last few."""
    claim = _claims.get(sentence)
    if claim is None:
        units = spoken(sentence)
        written = _bare("".join([unit.surface for unit in units]))
        claim = written, _sound(written, units)
        remember({sentence: claim})
    return claim


def remembered(sentence: str) -> tuple[str, str] | None:
    """A sentence of staff as it was claimed before."""
    return _claims.get(sentence)


def remember(claims: Mapping[str, tuple[str, str]]) -> None:
    """Take over these sentences of staff, bare and as they sound; when there are too many, all others are forgotten."""
    if len(_claims) + len(claims) > MOST_CLAIMS:
        _claims.clear()
    _claims.update(claims)


_claims: dict[str, tuple[str, str]] = {}


@lru_cache(maxsize=RECENT)
def sounded(sentence: str) -> str:
    """How the bare sentence sounds, in hiragana: 引っ越してきた → ひっこしてきた."""
    return _sound(bare(sentence), analyse_once(normalise_once(sentence).strip()))


def _sound(bare_text: str, units: Iterable[Token]) -> str:
    """How a text of these units sounds, as far as it is bare: Sudachi is not asked a second time."""
    heard, left = [], len(bare_text)
    for unit in units:
        if left <= 0:
            break
        letters, said = _said(unit.surface, unit.reading)
        if letters > left:
            # 預かって without its asking ending って is 預か.
            said = said.removesuffix(to_hiragana(_MARKS.sub("", unit.surface)[left:]))
        heard.append(said)
        left -= letters
    return "".join(heard)


@lru_cache(maxsize=20_000)
def _said(surface: str, reading: str) -> tuple[int, str]:
    """How many letters a unit has, marks aside, and how it sounds without them."""
    letters = _MARKS.sub("", surface)
    return len(letters), _MARKS.sub("", reading or to_hiragana(letters)) if letters else ""
