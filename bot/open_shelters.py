"""「避難所どこ」 on a day on which shelters are open: which ones, from memory, before anybody says where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from bot.answer import Voice
from bot.messages import Text
from bot.shelters import check_before_going, dangers_now, hazards_said, is_safe, name_of
from bot.short_questions import ShortQuestion
from faq.maps import map_link
from faq.place_states import KnownPlaces
from faq.places import Shelter

MOST: Final = 8
"""Shelters named at once to somebody of whom we do not know where they are: what fits on two screens."""

_FLEE: Final = "どこ(?:に|へ)(?:避難|ひなん|逃げ|にげ)"
_PLACE: Final = (
    "避難(?:所|場所|先|する(?:所|ところ|場所)|でき(?:る|ます)(?:所|ところ|場所))|ひなん(?:じょ|ばしょ|さき)"
    "|(?:逃|に)げる?(?:所|ところ|場所|ばしょ)|evacuation(?:center|centre|site|place)s?|shelters?(?![a-z])"
    "|避难(?:所|场所)|대피소|nơi(?:sơtán|trúẩn)|điểmsơtán|abrigo"
)
_WHERE: Final = (
    "どこ|何処|ドコ|近く|近い|ちかく|最寄|もより|(?:開|空|あ)[いき]?て|開設|一覧|教えて|おしえて|知りたい|しりたい|行きたい|いきたい"
    "|ある|あります|探|さがし|案内|地図|マップ|今|いま|where|near|open|list|find|any"
    "|哪|附近|어디|근처|가까|ởđâu|gần|onde|perto"
)
_NOTHING_ELSE: Final = re.compile(f"(?:{_PLACE})(?:は|を|が|の場所|情報)?[?？。!！]*")
_ASKS: Final = re.compile(f"(?:{_PLACE}).*(?:{_WHERE})|(?:{_WHERE}).*(?:{_PLACE})|{_FLEE}")
_OTHERWISE: Final = re.compile(
    "ペット|犬|猫|いぬ|ねこ|持(?:ち|って)|もちもの|何を|なにを|車|駐車|福祉|要支援|寝たきり|食事|ご飯|wi-?fi|充電|風呂|トイレ"
    "|運営|ボランティア|手伝|違い|ちがい|とは|使い方|決め|指定|訓練|(?:地震|台風)のとき|外国|医療|薬|子ども|赤ちゃん|授乳|介護"
    "|苦情|うるさ|臭[いく]|寒[いく]|暑[いく]|泊ま|いつまで|何時まで|食べ|コロナ|熱が|熱中症|涼"
    # Who flees from a person needs another place, and another answer.
    "|夫|妻|旦那|主人|父|母|親|彼|dv|暴力|家族|いじめ|ストーカー|wom[ae]n|husband|violen|abus|homeless"
    "|pet|dog|cat(?![a-z])|bring"
)


ASKS_FOR_SHELTERS: Final = ShortQuestion(_ASKS, 40, _NOTHING_ELSE, _OTHERWISE)
"""Whether somebody asks which shelters there are, and nothing of what is in them."""


def open_shelters(voice: Voice, known: KnownPlaces) -> Text:
    """The shelters that staff have opened, in the order of the city's list, and how to hear which are near."""
    dangers = dangers_now(voice, known)
    opened = [place for place in voice.knowledge.places if known.status(place.id) == "open"]
    safe = [place for place in opened if is_safe(place, dangers, opened_for_it=True)]
    full = [place for place in voice.knowledge.places if known.status(place.id) == "full"]
    return Text("\n\n".join(_paragraphs(voice, known, safe, full)), voice.spoken)


def _paragraphs(voice: Voice, known: KnownPlaces, safe: Sequence[Shelter], full: Sequence[Shelter]) -> Iterator[str]:
    dangers = dangers_now(voice, known)
    because = f"{voice.say('shelter_because', hazard=hazards_said(voice, dangers))}\n" if dangers else ""
    yield because + (voice.say("shelter_open_all", count=len(safe)) if safe else voice.say("shelter_none_open"))
    for place in safe[:MOST]:
        yield "\n".join(_lines(voice, place, known))
    if len(safe) > MOST:
        yield voice.say("shelter_open_more", count=len(safe) - MOST)
    if full:
        yield voice.say("shelter_full_near", names="、".join(name_of(voice, place) for place in full[:MOST]))
    yield voice.say("shelter_send")
    yield check_before_going(voice, known)


def _lines(voice: Voice, place: Shelter, known: KnownPlaces) -> Iterator[str]:
    yield f"■{name_of(voice, place)}"
    if place.address:
        yield place.address
    if known.states[place.id].note:
        yield voice.say("shelter_city_note", note=known.states[place.id].note)
    if place.note:
        yield voice.say("shelter_note", note=place.note)
    yield voice.say("shelter_map", link=map_link(place.latitude, place.longitude))
