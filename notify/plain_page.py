"""The plain disaster page: one small file a language, with nothing in it that a telephone has to fetch or run.

Pure: what stands on it is handed in. A battery at 3 % and a network that hardly is there get all of it in one answer.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Final, Literal

from faq.city import City
from faq.maps import map_link, map_of
from faq.place_states import NOTHING_KNOWN, KnownPlaces, PlaceState
from faq.places import Shelter
from notify.notice_life import JAPAN
from notify.plain_page_words import NAMES, WORDS, PageLanguage

FILES: Final[Mapping[PageLanguage, str]] = {
    "ja": "index.html",
    "easy": "easy/index.html",
    "en": "en/index.html",
}
FEW: Final = 3
"""The newest notices, which stay when the page is full."""

DRILL: Final[Mapping[PageLanguage, str]] = {"ja": "【訓練】", "easy": "【訓練(くんれん)】", "en": "[DRILL] "}
"""Before every title on the page of a drill: somebody may see no more of it than that."""

MAX_BYTES: Final = 20_000
"""Four packets' worth of patience: some 6 KB on the way when the server compresses it."""

STYLE: Final = (
    ":root{color-scheme:light dark}body{max-width:40em;margin:0 auto;padding:0 12px 24px;font:1.0625em/1.7 sans-serif;"
    "overflow-wrap:anywhere}h1{font-size:1.35em}h2{font-size:1.15em;margin:1.5em 0 .3em}"
    "h3{font-size:1em;margin:1em 0 0}p,ul{margin:.3em 0}ul{padding-left:1.2em}"
    "article{border-left:6px solid;padding-left:10px;margin:1em 0}.over{border-left-style:dotted}"
    ".top{border:3px solid;padding:4px 10px}li{padding:3px 0}body{background:#fff;color:#111}a{color:#0017c1}"
    # Black costs the screens of most telephones next to nothing.
    "@media(prefers-color-scheme:dark){body{background:#000;color:#fff}a{color:#a8c7ff}}"
)
POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'"
)


@dataclass(frozen=True, slots=True)
class PageNotice:
    """A notice as it stands on the page. `over`: an all-clear has followed; `titles` are those in other languages."""

    title: str
    texts: Mapping[str, str]
    at: datetime
    mark: Literal["", "correction", "all_clear"] = ""
    over: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)


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


def plain_page(content: PageContent, language: PageLanguage) -> str:
    """The whole page, below `MAX_BYTES`. What does not fit is left out from the end, and the page says where it is."""
    page = ""
    for notices, places in _cuts(content):
        page = "".join(_page(content, language, notices, places))
        if len(page.encode()) <= MAX_BYTES:
            break
    return page


def _cuts(content: PageContent) -> Iterator[tuple[int, int]]:
    """How many notices, and how many places of each sort: the old notices give way first, the newest last of all."""
    every, few = len(content.places.states), min(len(content.notices), FEW)
    yield from ((count, every) for count in range(len(content.notices), few, -1))
    yield from ((few, count) for count in (every, 200, 150, 100, 75, 50, 35, 20, 10) if count <= every)
    yield from ((count, min(every, 10)) for count in range(few, -1, -1))


def _page(content: PageContent, language: PageLanguage, most_notices: int, most_places: int) -> Iterator[str]:
    words = {
        key: text.format(city=content.city.said(language), time="{time}", count="{count}")
        for key, text in WORDS[language].items()
    }
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
    yield from _notices(content, language, words, most_notices)
    yield from _places(content, language, words, most_places)
    yield from _phones(content.city, words)
    yield "</main></body></html>\n"


def _languages(language: PageLanguage, words: Mapping[str, str]) -> str:
    up = "" if language == "ja" else "../"
    others = [
        f'<a href="{up}{FILES[other].removesuffix("index.html") or "./"}">{name}</a>'
        for other, name in NAMES.items()
        if other != language
    ]
    return f'<nav aria-label="{escape(words["languages"])}"><p>{" ／ ".join(others)}</p></nav>'


def _notices(content: PageContent, language: PageLanguage, words: Mapping[str, str], most: int) -> Iterator[str]:
    yield f"<h2>{escape(words['notices'])}</h2>"
    if not content.notices:
        yield f"<p>{escape(words['nothing'])}</p>"
    for notice in content.notices[:most]:
        over = f" {escape(words['over'])}" if notice.over else ""
        text = notice.texts.get(language) or notice.texts.get("ja", "")
        theirs = language != "ja" and language in notice.texts
        title = notice.titles.get(language, "") if theirs else notice.title
        mark = (DRILL[language] if content.drill and title else "") + (words[notice.mark] if notice.mark else "")
        heading = f"<h3>{escape(mark + title)}{over}</h3>" if mark + title + over else ""
        yield f"<article{' class=over' if notice.over else ''}>{heading}{_paragraphs(text)}"
        yield f"<p><small>{escape(_time(notice.at, language))}</small></p></article>"
    if len(content.notices) > most:
        link = f'<a href="{escape(content.city.website)}">{escape(content.city.website)}</a>'
        yield f"<p>{escape(words['more'])} {link}</p>"


def _places(content: PageContent, language: PageLanguage, words: Mapping[str, str], most: int) -> Iterator[str]:
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
            items = (_place(state, known[state.place], status == "open", language, words) for state in those[:most])
            yield f"<ul>{''.join(items)}</ul>"
        if len(those) > most:
            yield f"<p>{escape(words['more_places'].replace('{count}', str(len(those) - most)))}</p>"
    water = content.places.water
    if water:
        items = (_water(state, content.city, words) for state in water[:most])
        yield f"<h2>{escape(words['water'])}</h2><ul>{''.join(items)}</ul>"
    if len(water) > most:
        yield f"<p>{escape(words['more_water'].replace('{count}', str(len(water) - most)))}</p>"


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
        said.append(_map(map_link(shelter.latitude, shelter.longitude), words))
    return f"<li>{' ・ '.join(said)}</li>"


def _water(state: PlaceState, city: City, words: Mapping[str, str]) -> str:
    said = (escape(state.hours), escape(state.address), escape(state.note), _map(map_of(state, city), words))
    return f"<li>{' ・ '.join((f'<strong>{escape(state.name)}</strong>', *filter(None, said)))}</li>"


def _map(link: str, words: Mapping[str, str]) -> str:
    return f'<a href="{escape(link)}">{escape(words["map"])}</a>'


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
