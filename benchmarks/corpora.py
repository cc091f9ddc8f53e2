"""Corpora of any size for timing, made from the demo city's entries so that the benchmark runs anywhere."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from faq.entry import Entry

_FIRST = (
    "青赤朝雨石泉岩梅浦江大岡奥小鹿桂川北霧草熊黒桜笹里沢島白杉鈴瀬高竹谷玉塚月辻鶴寺富中波西野萩橋浜原東平福藤星堀"
)
_SECOND = "田山川野原沢島崎本村井口谷塚浜橋森林岡坂台丘町里見浦瀬戸津宮城"
_SENTENCE = re.compile(r"[^。\n]+[。\n]?")


def corpus(entries: Sequence[Entry], size: int, seed: int = 2026) -> list[Entry]:
    """`size` entries: the given ones first, then variations of them about invented districts, with their
    sentences mixed.
    """
    chance = random.Random(seed)
    made = [entry.model_copy(update={"related": ()}) for entry in entries[:size]]
    while len(made) < size:
        one, other = chance.choice(entries), chance.choice(entries)
        made.append(_variation(one, other, len(made), chance))
    return made


def _variation(one: Entry, other: Entry, number: int, chance: random.Random) -> Entry:
    place = (
        chance.choice(_FIRST) + chance.choice(_SECOND) + chance.choice(["地区", "支所", "町", "会館", "公園", "小学校"])
    )
    own, lent = _SENTENCE.findall(one.answer), _SENTENCE.findall(other.answer)
    sentences = chance.sample(own, (len(own) + 1) // 2) + chance.sample(lent, (len(lent) + 1) // 2)
    chance.shuffle(sentences)
    return Entry.model_construct(
        id=f"made-{number}",
        question=f"{place}：{one.question}"[:200],
        phrasings=tuple(
            f"{place} {phrasing}"[:200] for phrasing in chance.sample(one.phrasings, min(3, len(one.phrasings)))
        ),
        keywords=one.keywords,
        answer="".join(sentences)[:4000],
    )
