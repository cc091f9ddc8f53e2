"""The plain disaster page: one small file a language, with nothing in it that a telephone has to fetch or run.

Pure: what stands on it is handed in. A battery at 3 % and a network that hardly is there get all of it in one answer.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from typing import Final, Literal

from faq.city import City
from faq.place_states import NOTHING_KNOWN, KnownPlaces, PlaceState
from faq.places import Shelter
from notify.notice_life import JAPAN

PageLanguage = Literal["ja", "easy", "en"]
FILES: Final[Mapping[PageLanguage, str]] = {
    "ja": "index.html",
    "easy": "easy/index.html",
    "en": "en/index.html",
}
MAX_BYTES: Final = 20_000
"""Four packets' worth of patience: some 6 KB on the way when the server compresses it."""

MAP_LINK: Final = "https://www.google.com/maps/search/?api=1&query={latitude:.5f}%2C{longitude:.5f}"
STYLE: Final = (
    ":root{color-scheme:light dark}body{max-width:40em;margin:0 auto;padding:0 12px 24px;font:1.0625em/1.7 sans-serif;"
    "overflow-wrap:anywhere}h1{font-size:1.35em}h2{font-size:1.15em;margin:1.5em 0 .3em}"
    "h3{font-size:1em;margin:1em 0 0}p,ul{margin:.3em 0}ul{padding-left:1.2em}"
    "article{border-left:6px solid;padding-left:10px;margin:1em 0}.over{border-left-style:dotted}"
    ".top{border:3px solid;padding:4px 10px}a{color:LinkText}li{padding:3px 0}"
)
POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'"
)


@dataclass(frozen=True, slots=True)
class PageNotice:
    """A notice as it stands on the page. `over`: an all-clear has followed."""

    title: str
    texts: Mapping[str, str]
    at: datetime
    mark: Literal["", "correction", "all_clear"] = ""
    over: bool = False


@dataclass(frozen=True, slots=True)
class PageContent:
    """Everything on the page of one city, newest notice first. `by_hand`: what an operator wrote without a console."""

    city: City
    at: datetime
    notices: Sequence[PageNotice] = ()
    places: KnownPlaces = NOTHING_KNOWN
    shelters: Sequence[Shelter] = ()
    drill: bool = False
    by_hand: str = ""


_WORDS: Final[Mapping[PageLanguage, Mapping[str, str]]] = {
    "ja": {
        "title": "{city} 災害の情報",
        "at": "最後に書きかえた時刻：{time}",
        "correction": "【訂正】",
        "all_clear": "【解除】",
        "drill": "【訓練】これは訓練のページです。本当の災害ではありません。",
        "danger": "危険がせまっているときは、この続きを読まずに、近くの安全な所へ逃げてください。",
        "notices": "市からの知らせ",
        "nothing": "いま出している知らせはありません。",
        "over": "（解除しました）",
        "open": "開いている避難所",
        "full": "満員の避難所（入れません）",
        "closed": "閉じた避難所",
        "no_open": "いま開いている避難所はありません。",
        "water": "水をもらえる所",
        "map": "地図",
        "phones": "電話",
        "fire": "火事・救急・助けを呼ぶ",
        "police": "警察",
        "family": "家族の無事を確かめる（災害用伝言ダイヤル）",
        "city": "{city}",
        "more": "ほかの知らせは、市のホームページにあります。",
        "languages": "ことば",
    },
    "easy": {
        "title": "{city} 災害(さいがい)の お知(し)らせ",
        "at": "{time}に 書(か)きました。もういちど 開(ひら)くと、新(あたら)しく なります。",
        "correction": "【訂正(ていせい)：なおします】",
        "all_clear": "【解除(かいじょ)：終(お)わりました】",
        "drill": "【訓練(くんれん)】本当(ほんとう)の 災害(さいがい)では ありません。",
        "danger": "あぶない ときは、いま すぐ 安全(あんぜん)な ところへ 逃(に)げて ください。",
        "notices": "市(し)からの お知(し)らせ",
        "nothing": "いま、お知(し)らせは ありません。",
        "over": "（終(お)わりました）",
        "open": "開(あ)いて いる 避難所(ひなんじょ)",
        "full": "人(ひと)が いっぱいの 避難所(ひなんじょ)",
        "closed": "終(お)わった 避難所(ひなんじょ)",
        "no_open": "いま 開(あ)いて いる 避難所(ひなんじょ)は ありません。",
        "water": "水(みず)を もらう ことが できる ところ",
        "map": "地図(ちず)",
        "phones": "電話(でんわ)",
        "fire": "火事(かじ)・けが・助(たす)けて ほしい とき",
        "police": "警察(けいさつ)",
        "family": "家族(かぞく)が だいじょうぶか 聞(き)く",
        "city": "{city}",
        "more": "ほかの お知(し)らせは、市(し)の ホームページに あります。",
        "languages": "ことば",
    },
    "en": {
        "title": "{city}: disaster information",
        "at": "Last changed: {time}. Open this page again to see whether anything is new.",
        "correction": "[CORRECTION] ",
        "all_clear": "[ALL CLEAR] ",
        "drill": "[DRILL] This page is part of a drill. There is no real disaster.",
        "danger": "If you are in danger, do not read on: go to a safe place nearby now.",
        "notices": "Notices from the city",
        "nothing": "There are no notices now.",
        "over": "(lifted)",
        "open": "Open shelters",
        "full": "Full shelters (no room)",
        "closed": "Closed shelters",
        "no_open": "No shelter is open now.",
        "water": "Drinking water",
        "map": "Map",
        "phones": "Telephone",
        "fire": "Fire, ambulance, rescue",
        "police": "Police",
        "family": "Disaster message dial",
        "city": "{city}",
        "more": "More notices are on the website of the city.",
        "languages": "Language",
    },
}
_NAMES: Final[Mapping[PageLanguage, str]] = {"ja": "日本語", "easy": "やさしい日本語", "en": "English"}


def plain_page(content: PageContent, language: PageLanguage) -> str:
    """The whole page, below `MAX_BYTES`: what does not fit is the oldest, and the page says where it is."""
    page = "".join(_page(content, language))
    while len(page.encode()) > MAX_BYTES and content.notices:
        content = replace(content, notices=content.notices[:-1])
        page = "".join(_page(content, language, cut=True))
    if len(page.encode()) > MAX_BYTES:
        page = "".join(_page(replace(content, shelters=(), places=NOTHING_KNOWN), language, cut=True))
    return page


def _page(content: PageContent, language: PageLanguage, cut: bool = False) -> Iterator[str]:
    words = {key: text.format(city=content.city.name, time="{time}") for key, text in _WORDS[language].items()}
    title = escape(words["title"])
    code = "en" if language == "en" else "ja"
    yield f'<!doctype html><html lang="{code}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    if content.drill:
        yield '<meta name="robots" content="noindex">'
    yield f'<title>{title}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head><body>'
    yield f"<header><h1>{title}</h1>"
    if content.drill:
        yield f'<p class="top"><strong>{escape(words["drill"])}</strong></p>'
    yield f"<p>{escape(words['at'].format(time=_time(content.at, language)))}</p>"
    yield _languages(language, words)
    yield "</header><main>"
    yield f"<p><strong>{escape(words['danger'])}</strong></p>"
    if content.by_hand:
        yield f'<div class="top">{_paragraphs(content.by_hand)}</div>'
    yield from _notices(content, language, words, cut)
    yield from _places(content, language, words)
    yield from _phones(content.city, words)
    yield "</main></body></html>\n"


def _languages(language: PageLanguage, words: Mapping[str, str]) -> str:
    up = "" if language == "ja" else "../"
    others = [
        f'<a href="{up}{FILES[other].removesuffix("index.html") or "./"}">{name}</a>'
        for other, name in _NAMES.items()
        if other != language
    ]
    return f'<nav aria-label="{escape(words["languages"])}"><p>{" ／ ".join(others)}</p></nav>'


def _notices(content: PageContent, language: PageLanguage, words: Mapping[str, str], cut: bool) -> Iterator[str]:
    yield f"<h2>{escape(words['notices'])}</h2>"
    if not content.notices and not cut:
        yield f"<p>{escape(words['nothing'])}</p>"
    for notice in content.notices:
        over = f" {escape(words['over'])}" if notice.over else ""
        text = notice.texts.get(language) or notice.texts.get("ja", "")
        title = notice.title if language == "ja" or language not in notice.texts else ""
        mark = words[notice.mark] if notice.mark else ""
        heading = f"<h3>{escape(mark + title)}{over}</h3>" if mark + title + over else ""
        yield f"<article{' class=over' if notice.over else ''}>{heading}{_paragraphs(text)}"
        yield f"<p><small>{escape(_time(notice.at, language))}</small></p></article>"
    if cut:
        link = f'<a href="{escape(content.city.website)}">{escape(content.city.website)}</a>'
        yield f"<p>{escape(words['more'])} {link}</p>"


def _places(content: PageContent, language: PageLanguage, words: Mapping[str, str]) -> Iterator[str]:
    known = {shelter.id: shelter for shelter in content.shelters}
    shelters = content.places.of_kind("shelter")
    yield f"<h2>{escape(words['open'])}</h2>"
    if not any(state.status == "open" for state in shelters):
        yield f"<p>{escape(words['no_open'])}</p>"
    for status in ("open", "full", "closed"):
        those = [state for state in shelters if state.status == status and state.place in known]
        if status != "open" and those:
            yield f"<h2>{escape(words[status])}</h2>"
        if those:
            items = (_place(state, known[state.place], status == "open", language, words) for state in those)
            yield f"<ul>{''.join(items)}</ul>"
    water = [state for state in content.places.of_kind("water") if state.status == "open"]
    if water:
        yield f"<h2>{escape(words['water'])}</h2><ul>{''.join(_water(state) for state in water)}</ul>"


def _place(
    state: PlaceState, shelter: Shelter, with_way: bool, language: PageLanguage, words: Mapping[str, str]
) -> str:
    said = [f"<strong>{escape(shelter.name)}</strong>"]
    if with_way and shelter.address:
        said.append(escape(shelter.address))
    if state.note:
        said.append(escape(state.note))
    said.append(escape(_time(state.at, language)))
    if with_way:
        link = MAP_LINK.format(latitude=shelter.latitude, longitude=shelter.longitude)
        said.append(f'<a href="{escape(link)}">{escape(words["map"])}</a>')
    return f"<li>{' ・ '.join(said)}</li>"


def _water(state: PlaceState) -> str:
    said = (f"<strong>{escape(state.name)}</strong>", escape(state.address), escape(state.note))
    return f"<li>{' ・ '.join(part for part in said if part)}</li>"


def _phones(city: City, words: Mapping[str, str]) -> Iterator[str]:
    yield f"<h2>{escape(words['phones'])}</h2><ul>"
    for what, number in ((words["fire"], "119"), (words["police"], "110"), (words["family"], "171")):
        yield f'<li>{escape(what)} <a href="tel:{number}">{number}</a></li>'
    yield f'<li>{escape(city.name)} <a href="tel:{escape(city.phone)}">{escape(city.phone)}</a></li></ul>'


def _paragraphs(text: str) -> str:
    return f"<p>{'<br>'.join(escape(line) for line in text.strip().splitlines())}</p>"


def _time(at: datetime, language: PageLanguage) -> str:
    here = at.astimezone(JAPAN)
    if language == "en":
        return here.strftime("%d %b %Y, %H:%M (JST)")
    return f"{here.month}月{here.day}日 {here.hour}時{here.minute:02}分"
