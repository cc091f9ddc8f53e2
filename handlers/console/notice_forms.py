"""What staff filled in to tell many: read, checked, and told in the words of the form what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final, Literal, Protocol, get_args

from faq.city_notices import NoticeLanguage, Notices
from handlers.console.times import JAPAN
from notify.notice_life import next_time
from store.records_notices import Audience, NoticeChannel, NoticeView

MAX_TITLE, MAX_TEXT, MAX_LINK, MAX_ALT = 60, 2_000, 1_000, 200
MAX_CHILD_MONTHS: Final = 20 * 12
CHANNELS: Final[Mapping[NoticeChannel, str]] = {
    "line": "LINE",
    "page": "お知らせのページ",
    "feed": "RSS・Atom",
    "widget": "ホームページのチャットの上",
    "mail": "メール（市が決めたあて先）",
}

When = Literal["now", "later", "monthly"]


class Form(Protocol):
    """A form as the web framework gives it: the last value of a name, or all of them."""

    def get(self, name: str, default: str = "", /) -> str: ...
    def getlist(self, name: str, /) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Filled:
    """The fields of a notice (`store.change_notice`), what is wrong with them by field, and what was typed."""

    fields: Mapping[str, Any]
    problems: Mapping[str, str]
    typed: Mapping[str, Any]


@dataclass(slots=True)
class _Reading:
    form: Form
    notices: Notices
    now: datetime
    problems: dict[str, str] = field(default_factory=dict)

    def line(self, name: str) -> str:
        return " ".join(self.form.get(name, "").replace("\x00", "").split())

    def text(self, name: str) -> str:
        return self.form.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()

    def number(self, name: str) -> int | None:
        typed = self.line(name)
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else None

    def picked(self, name: str, known: Sequence[str]) -> tuple[str, ...]:
        """Those of the known values that were ticked."""
        ticked = set(self.form.getlist(name))
        return tuple(value for value in known if value in ticked)


def read_notice(form: Form, notices: Notices, now: datetime) -> Filled:
    """A filled-in form. `now` decides which times are still to come."""
    reading = _Reading(form, notices, now)
    fields = {
        **_words(reading),
        "audience": audience_of(form, notices),
        "channels": _channels(reading),
        **_times(reading),
        **_picture(reading),
        "needs_approval": notices.approval,
    }
    return Filled(fields, reading.problems, typed_of(form, notices))


def channels_of(notices: Notices) -> Mapping[NoticeChannel, str]:
    """What staff choose from; mail where the city has named addresses for it (`notices.mails`)."""
    return {code: name for code, name in CHANNELS.items() if code != "mail" or notices.mails}


def audience_of(form: Form, notices: Notices) -> Audience:
    """Whom the form means: who wished to hear of its topic, and of these only those who fit the rest."""
    reading = _Reading(form, notices, datetime.now(JAPAN))
    topic = notices.topic(reading.line("topic"))
    topics = (topic.id,) if topic else ()
    if topic and topic.kind == "disaster" and reading.line("everyone"):
        return Audience(everyone=True, topics=topics)
    facts = [
        (one.id, picked)
        for one in notices.questions
        if one.kind == "choice" and (picked := reading.picked(f"fact-{one.id}", [choice.id for choice in one.choices]))
    ]
    return Audience(
        topics=topics,
        areas=reading.picked("areas", [area.id for area in notices.areas]),
        facts=tuple(facts),
        child_months=_child_months(reading),
        languages=reading.picked("languages", notices.languages),
    )


def _child_months(reading: _Reading) -> tuple[int, int] | None:
    youngest, oldest = reading.number("child-from"), reading.number("child-to")
    if youngest is None and oldest is None:
        return None
    low, high = youngest or 0, MAX_CHILD_MONTHS if oldest is None else oldest
    return min(low, high), max(low, high)


def _words(reading: _Reading) -> dict[str, Any]:
    topic = reading.notices.topic(reading.line("topic"))
    title, link = reading.line("title"), reading.line("link")
    texts = {language: reading.text(f"text-{language}") for language in reading.notices.languages}
    if topic is None:
        reading.problems["topic"] = "分野を選んでください。"
    if not 0 < len(title) <= MAX_TITLE:
        reading.problems["title"] = f"見出しを{MAX_TITLE}文字までで書いてください。"
    if not texts.get("ja"):
        reading.problems["text-ja"] = "本文を書いてください。"
    titles = _titles(reading, texts)
    for language, text in texts.items():
        if len(text) > MAX_TEXT:
            reading.problems[f"text-{language}"] = f"本文は{MAX_TEXT}文字までです。"
    if link and (not link.startswith("https://") or " " in link or len(link) > MAX_LINK):
        reading.problems["link"] = "https:// で始まるアドレスを書いてください。"
    return {
        "kind": topic.kind if topic else "news",
        "topic": topic.id if topic else "",
        "title": title,
        "titles": titles,
        "texts": {language: text for language, text in texts.items() if text},
        "link": link,
    }


def _titles(reading: _Reading, texts: Mapping[NoticeLanguage, str]) -> dict[str, str]:
    """In other languages than Japanese; left out, it is the Japanese one."""
    found: dict[NoticeLanguage, str] = {
        code: title for code in texts if code != "ja" and (title := reading.line(f"title-{code}"))
    }
    for code, title in found.items():
        if len(title) > MAX_TITLE:
            reading.problems[f"title-{code}"] = f"見出しを{MAX_TITLE}文字までで書いてください。"
        if not texts[code]:
            reading.problems[f"text-{code}"] = "見出しだけでは送れません。本文も書いてください。"
    return {str(code): title for code, title in found.items()}


def _picture(reading: _Reading) -> dict[str, str]:
    """`picture`: the address of one that is kept (`handlers.console.notice_uploads` has put it there)."""
    picture, alt = reading.line("picture"), reading.line("picture-alt")
    if picture and not 0 < len(alt) <= MAX_ALT:
        reading.problems["picture-alt"] = (
            f"写真や絵に何が写っているかを、{MAX_ALT}文字までで書いてください。見えない人には、この文が読まれます。"
        )
    return {"picture": picture, "picture_alt": alt if picture else ""}


def _channels(reading: _Reading) -> tuple[str, ...]:
    channels = reading.picked("channels", list(channels_of(reading.notices)))
    if not channels:
        reading.problems["channels"] = "知らせる方法を1つ以上選んでください。"
    return channels


def _times(reading: _Reading) -> dict[str, Any]:
    when = reading.line("when")
    times: dict[str, Any] = {"due_at": None, "repeats": None, "expires_at": None}
    if when == "later":
        times["due_at"] = _moment(reading, "at", "送る日時を、これからの時で選んでください。")
    if when == "monthly":
        day, clock = reading.number("day") or 0, reading.line("clock") or "09:00"
        if not 1 <= day <= 31 or not _is_clock(clock):
            reading.problems["day"] = "毎月の日（1〜31）と時刻を選んでください。"
        else:
            repeats = {"every": "month", "day": day, "at": clock}
            times |= {"repeats": repeats, "due_at": next_time(repeats, reading.now)}
    if reading.line("until"):
        until = _day(reading.line("until"))
        end = None if until is None else until + timedelta(days=1)
        if end is None or end <= reading.now:
            reading.problems["until"] = "載せる最後の日を、きょうか、その後で選んでください。"
        times["expires_at"] = end
    return times


def _moment(reading: _Reading, name: str, problem: str) -> datetime | None:
    try:
        at = datetime.strptime(reading.line(name), "%Y-%m-%dT%H:%M").replace(tzinfo=JAPAN)
    except ValueError:
        at = None
    if at is None or at <= reading.now:
        reading.problems[name] = problem
    return at


def _day(typed: str) -> datetime | None:
    try:
        return datetime.strptime(typed, "%Y-%m-%d").replace(tzinfo=JAPAN)
    except ValueError:
        return None


def _is_clock(typed: str) -> bool:
    try:
        time.fromisoformat(typed)
    except ValueError:
        return False
    return True


# ── What stands in the boxes ─────────────────────────────────────────────────────────────────────────────────────────


def typed_of(form: Form, notices: Notices) -> dict[str, Any]:
    """What was typed, for the same page again."""
    names = ("topic", "title", "link", "everyone", "child-from", "child-to", "when", "at", "day", "clock", "until")
    typed: dict[str, Any] = {name: form.get(name, "") for name in (*names, "picture", "picture-alt")}
    both = [f"{part}-{language}" for part in ("title", "text") for language in notices.languages]
    typed |= {name: form.get(name, "") for name in both}
    typed |= {
        "areas": form.getlist("areas"),
        "languages": form.getlist("languages"),
        "channels": form.getlist("channels"),
    }
    return typed | {f"fact-{one.id}": form.getlist(f"fact-{one.id}") for one in notices.questions}


def blank(notices: Notices) -> dict[str, Any]:
    """A new notice: everywhere, now."""
    return {"channels": list(channels_of(notices)), "when": "now", "clock": "09:00", "day": "1"}


def typed_from(notice: NoticeView) -> dict[str, Any]:
    """A kept draft in the boxes of the form."""
    audience, repeats = notice.audience, notice.repeats
    months = audience.child_months
    typed: dict[str, Any] = {
        "topic": notice.topic,
        "title": notice.title,
        "link": notice.link,
        "picture": notice.picture,
        "picture-alt": notice.picture_alt,
        "everyone": "yes" if audience.everyone else "",
        "areas": list(audience.areas),
        "languages": list(audience.languages),
        "channels": list(notice.channels),
        "child-from": "" if months is None else str(months[0]),
        "child-to": "" if months is None else str(months[1]),
        "when": _when(notice),
        "at": _local(notice.due_at, "%Y-%m-%dT%H:%M") if not repeats else "",
        "day": str(repeats.get("day", 1)),
        "clock": str(repeats.get("at", "09:00")),
        "until": _local(notice.expires_at - timedelta(days=1), "%Y-%m-%d") if notice.expires_at else "",
    }
    typed |= {f"title-{language}": title for language, title in notice.titles.items()}
    typed |= {f"text-{language}": text for language, text in notice.texts.items()}
    return typed | {f"fact-{name}": list(values) for name, values in audience.facts}


def _when(notice: NoticeView) -> When:
    if notice.repeats:
        return "monthly"
    return "later" if notice.due_at else "now"


def _local(at: datetime | None, form: str) -> str:
    return at.astimezone(JAPAN).strftime(form) if at else ""


assert set(CHANNELS) <= set(get_args(NoticeChannel))
