"""What a notice to staff says: the subject and text of a mail, and a chat room's JSON out of a template. Pure.

A template is JSON in whose strings `{title}`, `{text}`, `{city}`, `{department}`, `{case}`, `{since}` and `{link}` are
filled in after it was parsed, so that no name of a department can break it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from notify.staff import JAPAN, StaffNotice
from notify.staff_alarms import ALARM_WORDS, AlarmWords

TEMPLATES = Path(__file__).parent / "templates"
FIELDS = ("title", "text", "city", "department", "case", "since", "link")
LONGEST_TITLE = 140
"""Slack refuses a header of more than 150 characters."""

_FIELD = re.compile(r"{(\w+)}")
_WEEKDAYS = "月火水木金土日"


class BadTemplate(ValueError):
    """A template that cannot be used. The text is for the operator."""


@dataclass(frozen=True, slots=True)
class Words:
    """A notice in words: plain text, without line breaks in the title."""

    title: str
    text: str
    values: Mapping[str, str]
    asks: str = "次のページを開いて、引き受けてください。"
    note: str = "ご相談の中身は、個人の情報を守るため、このメールには書いていません。\n"


def words_of(notice: StaffNotice, city_name: str, console: str) -> Words:
    """`console` is the public address of this service."""
    alarm = ALARM_WORDS.get(notice.kind)
    if alarm is not None:
        return _alarm(notice, alarm, city_name, console)
    moment = _moment(notice)
    city, department = _plain(city_name), _plain(notice.department)
    link = f"{console.rstrip('/')}/console/{notice.city}/cases/{notice.case_id}"
    late = notice.kind == "escalated"
    title = f"{department}：{'まだ、だれも対応していません' if late else 'お待ちの方がいます'}（No.{notice.case_id}）"
    first = "お待ちの方がいますが、まだ、だれも引き受けていません。" if late else "住民の方が、職員の返事をお待ちです。"
    text = f"{first}\n{city}　{department}\n依頼：No.{notice.case_id}\nお待ちのはじまり：{moment}"
    values = {
        "title": title[:LONGEST_TITLE],
        "text": text,
        "city": city,
        "department": department,
        "case": str(notice.case_id),
        "since": moment,
        "link": link,
    }
    return Words(values["title"], text, values)


def _alarm(notice: StaffNotice, alarm: AlarmWords, city_name: str, console: str) -> Words:
    moment, city, department = _moment(notice), _plain(city_name), _plain(notice.department)
    values = {
        "title": alarm.title,
        "text": f"{alarm.text}\n{city}　{department}\n{moment}から",
        "city": city,
        "department": department,
        "case": "",
        "since": moment,
        "link": f"{console.rstrip('/')}/console/{notice.city}/{alarm.page}",
    }
    return Words(values["title"], values["text"], values, alarm.to_do, "")


def _moment(notice: StaffNotice) -> str:
    since = notice.since.astimezone(JAPAN)
    return f"{since.month}月{since.day}日（{_WEEKDAYS[since.weekday()]}）{since.hour}時{since:%M}分"


def mail_text(words: Words) -> str:
    """The body of a mail. The resident's words are read in the console only."""
    return (
        f"{words.text}\n\n"
        f"{words.asks}\n{words.values['link']}\n\n"
        f"{words.note}"
        "このメールは自動でお送りしています。返信は読まれません。\n"
    )


def stable_id(notice: StaffNotice) -> str:
    """The same for every attempt at this notice, and for no other. Tells nobody who it went to."""
    return f"madoguchi-{hashlib.sha256(repr(notice.key).encode()).hexdigest()[:40]}"


def room_message(form: str, words: Words, own: Path | None) -> bytes:
    """The JSON for a room. `form` is `teams`, `slack`, `logo`, or a file of the city's folder `own`.

    Raises `BadTemplate`.
    """
    if form.endswith(".json"):
        return _filled(_own_template(form, own), words.values)
    values = {name: _for_slack(value) for name, value in words.values.items()} if form == "slack" else words.values
    return _filled(_template_of_ours(form), values)


@cache
def _template_of_ours(form: str) -> Any:
    try:
        return json.loads((TEMPLATES / f"{form}.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise BadTemplate(f"{form}: この形はありません。") from error


def _own_template(form: str, own: Path | None) -> Any:
    """Read at each notice: a mended template is used at once."""
    if own is None or "/" in form or form.startswith("."):
        raise BadTemplate(f"{form}: 市のフォルダーの notify/ にありません。")
    try:
        template = json.loads((own / form).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadTemplate(f"notify/{form}: ファイルを読めません。") from error
    except (ValueError, RecursionError) as error:
        raise BadTemplate(f"notify/{form}: JSON として読めません。") from error
    unknown = sorted({name for text in _strings(template) for name in _FIELD.findall(text)} - set(FIELDS))
    if unknown:
        raise BadTemplate(f"notify/{form}: {{{unknown[0]}}} は使えません。{'、'.join(FIELDS)} のどれかです。")
    return template


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _strings(part)]


def _filled(template: Any, values: Mapping[str, str]) -> bytes:
    return json.dumps(_fill(template, values), ensure_ascii=False).encode()


def _fill(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _FIELD.sub(lambda found: values.get(found[1], found[0]), value)
    if isinstance(value, dict):
        return {key: _fill(part, values) for key, part in value.items()}
    return [_fill(part, values) for part in value] if isinstance(value, list) else value


def _plain(name: str) -> str:
    """One line of text that both JSON and mail take: no control characters, no half characters."""
    text = "".join(char if char.isprintable() else " " for char in name)
    return " ".join(text.encode("utf-8", "replace").decode().split())


def _for_slack(text: str) -> str:
    """Slack reads <…> and & as links and calls (`<!channel>`)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
