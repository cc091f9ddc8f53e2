"""A notice as messages of LINE, in one language: a card when it has a link, else text; and its picture after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from notify.notice_life import JAPAN

TEXT_UNITS, ALT_UNITS, CARD_TEXT_UNITS = 5000, 400, 2000
SETTINGS: Final = "お知らせの設定"
"""What a resident writes to see and change what they hear (`bot.intents`)."""

_FALLBACKS: Final = ("easy", "ja")
"""Whoever reads another language than there is a text for can read easy Japanese best."""

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "ja": {
        "drill": "【訓練】",
        "disaster": "【防災】",
        "correction": "【訂正】",
        "all_clear": "【解除】",
        "more": "くわしく見る",
        "settings": "お知らせの設定",
        "stop": "この分野を止める",
        "picture": "写真・絵：",
        "elsewhere": "（お知らせのページで見られます）",
    },
    "easy": {
        "drill": "【訓練（くんれん）】",
        "disaster": "【防災（ぼうさい）】",
        "correction": "【訂正（なおします）】",
        "all_clear": "【解除（おわりました）】",
        "more": "くわしく 見る",
        "settings": "お知らせの 設定",
        "stop": "この お知らせを 止(と)める",
        "picture": "写真(しゃしん)・絵(え)：",
        "elsewhere": "（お知(し)らせの ページで 見(み)られます）",
    },
    "en": {
        "drill": "[DRILL] ",
        "disaster": "[EMERGENCY] ",
        "correction": "[CORRECTION] ",
        "all_clear": "[ALL CLEAR] ",
        "more": "Read more",
        "settings": "Settings",
        "stop": "Stop this topic",
        "picture": "Picture: ",
    },
}


class Told(Protocol):
    """What a message shows of a `store.records_notices.NoticeView`."""

    @property
    def kind(self) -> str: ...
    @property
    def drill(self) -> bool: ...
    @property
    def topic(self) -> str: ...
    @property
    def mark(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def titles(self) -> Mapping[str, str]: ...
    @property
    def texts(self) -> Mapping[str, str]: ...
    @property
    def link(self) -> str: ...
    @property
    def picture(self) -> str: ...
    @property
    def picture_alt(self) -> str: ...
    @property
    def channels(self) -> Sequence[str]: ...
    @property
    def issued_at(self) -> datetime | None: ...


def notice_messages(notice: Told, language: str, named: Callable[[str], str], link: str = "") -> list[dict[str, Any]]:
    """What residents of this language get. `link` stands for the notice's own (an address that counts, say).

    `named`: the city's name for readers of a language. News carry a button to the settings and one that stops their
    topic: whoever wants no more of them needs one tap, and for nothing at all two. LINE shows such buttons under the
    last message only, and has no words for who cannot see a picture: these stand in the text. A picture that LINE
    cannot fetch is told by its words, and where it can be seen.
    """
    body, spoken = text_of(notice, language)
    words = _WORDS.get(spoken, _WORDS["en"])
    title = title_in(notice, spoken)
    foot = _foot(notice, named(spoken), spoken)
    picture = notice.picture if notice.picture.startswith("https://") else ""
    if notice.picture and spoken in ("ja", "easy"):
        body = f"{body}\n\n{words['picture']}{notice.picture_alt}"
        if not picture and "page" in notice.channels:
            body = f"{body}\n{words['elsewhere']}"
    plain = f"{title}\n\n{body}\n\n{foot}"
    link = link or notice.link
    messages: list[dict[str, Any]] = [{"type": "text", "text": _cut(f"{plain}\n{link}".rstrip(), TEXT_UNITS)}]
    if link and _units(body) <= CARD_TEXT_UNITS:
        card = _card((title, body, foot), link, words["more"])
        messages = [{"type": "flex", "altText": _cut(plain, ALT_UNITS), "contents": card}]
    if picture:
        messages.append({"type": "image", "originalContentUrl": picture, "previewImageUrl": f"{picture}/small"})
    if notice.kind == "news":
        settings = {"type": "message", "label": words["settings"], "text": SETTINGS}
        # As `bot.wish_talk` reads it; it says which way, so that pressing it twice does no harm.
        data = f"wish:topic:{notice.topic}:off"
        stop = {"type": "postback", "label": words["stop"], "data": data, "displayText": words["stop"]}
        messages[-1]["quickReply"] = {"items": [{"type": "action", "action": action} for action in (settings, stop)]}
    return messages


def notice_mail(notice: Told, city_name: str) -> tuple[str, str]:
    """(subject, text) of a mail: Japanese first, then every other language there is."""
    title = f"{heading(notice, _WORDS['ja'])}{notice.title}"
    languages = ["ja", *(code for code in notice.texts if code != "ja")]
    said = "\n\n――――――\n\n".join(_in_mail(notice, code) for code in languages if notice.texts.get(code))
    picture = f"{_WORDS['ja']['picture']}{notice.picture_alt}\n{notice.picture}" if notice.picture else ""
    parts = (title, said, picture, notice.link, _foot(notice, city_name, "ja"))
    return f"【{city_name}】{title}", "\n\n".join(part for part in parts if part) + "\n"


def _in_mail(notice: Told, code: str) -> str:
    return "\n\n".join(filter(None, (notice.titles.get(code), notice.texts[code])))


def text_of(notice: Told, language: str) -> tuple[str, str]:
    """The notice's text for readers of a language, and the language that it is in."""
    for code in (language, *_FALLBACKS):
        if notice.texts.get(code):
            return notice.texts[code], code
    return "", "ja"


def title_in(notice: Told, language: str) -> str:
    """With its marks; in Japanese where staff have written no other."""
    words = _WORDS.get(language, _WORDS["en"])
    return f"{heading(notice, words)}{notice.titles.get(language) or notice.title}"


def heading(notice: Told, words: Mapping[str, str]) -> str:
    """【訓練】 first: nobody may take a drill for the real thing."""
    marks = ("drill" if notice.drill else "", "disaster" if notice.kind == "disaster" else "", notice.mark)
    return "".join(words[mark] for mark in marks if mark)


def _foot(notice: Told, city_name: str, spoken: str) -> str:
    if notice.issued_at is None:
        return city_name
    at = notice.issued_at.astimezone(JAPAN)
    if spoken not in ("ja", "easy"):
        return f"{city_name} {notice.number} ({at:%Y-%m-%d %H:%M})"
    return f"{city_name} {notice.number}（{at.month}月{at.day}日 {at:%H:%M}）"


def _card(words: tuple[str, str, str], link: str, more: str) -> dict[str, Any]:
    title, body, foot = words
    contents: list[dict[str, Any]] = [
        {"type": "text", "text": title, "weight": "bold", "size": "lg", "wrap": True},
        {"type": "text", "text": body, "wrap": True, "margin": "md"},
        {"type": "text", "text": foot, "wrap": True, "margin": "lg", "size": "xs", "color": "#555555"},
    ]
    card: dict[str, Any] = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": contents}}
    button = {"type": "button", "style": "primary", "action": {"type": "uri", "label": more, "uri": link}}
    card["footer"] = {"type": "box", "layout": "vertical", "contents": [button]}
    return card


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str, units: int) -> str:
    """As LINE counts: 🍎 is 2."""
    if _units(text) <= units:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: 2 * (units - 1)].decode("utf-16-le", "ignore") + "…"
