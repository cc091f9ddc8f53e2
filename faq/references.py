"""What the files say of each other: departments, related entries and topics that must exist."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from difflib import get_close_matches
from typing import Final

from faq.assembly import BASE, Content, Locator
from faq.content import CityFiles, is_entry_file
from faq.entry import Entry
from faq.problems import Problem

_ID_LINE: Final = re.compile(
    r"^[ \t\u3000]*-?[ \t\u3000]*\{?[ \t\u3000]*id[ \t\u3000]*[:：][ \t\u3000]*['\"]?([a-z0-9][a-z0-9._-]*)", re.M
)


def reference_problems(content: Content) -> tuple[Problem, ...]:
    """What names something that is not there. An entry that could not be read is there: its own error is enough."""
    locator = Locator(content.files)
    known = content.entries.keys() | _written_ids(content.files)
    return tuple(problem for entry in content.entries.values() for problem in _of_entry(entry, known, content, locator))


def _written_ids(files: CityFiles) -> set[str]:
    """Ids as they stand in the text, so that one slip does not bring an error for every entry that names this one."""
    texts = (text for path, text in files.items() if is_entry_file(path.removeprefix(BASE)))
    return {name for text in texts for name in _ID_LINE.findall(text)}


def _of_entry(entry: Entry, known: Set[str], content: Content, locator: Locator) -> Iterator[Problem]:
    path = content.sources[entry.id]
    departments = {department.name for department in content.city.departments}
    # A base entry names departments and topics that many cities have and some have not.
    if entry.department and entry.department not in departments and not path.startswith(BASE):
        message = (
            f"「{entry.department}」は city.yaml の departments にありません。{_near(entry.department, departments)}"
        )
        yield Problem(path, locator.line(path, entry.id, "department"), "department", message, entry=entry.id)
    topics = {topic.id for topic in content.city.topics}
    if topics and entry.category not in topics and not path.startswith(BASE):
        message = f"分野「{entry.category}」は city.yaml の topics にないため、メニューから選べません。"
        line = locator.line(path, entry.id, "category")
        yield Problem(path, line, "category", message, "warning", entry.id)
    for number, other in enumerate(entry.related):
        if other not in known or other == entry.id:
            message = (
                "自分自身は関連に書けません。消してください。"
                if other == entry.id
                else f"「{other}」という id の質問はありません。{_near(other, content.entries)}"
            )
            line = locator.line(path, entry.id, "related", number)
            yield Problem(path, line, f"related[{number + 1}]", message, entry=entry.id)
    for number, choice in enumerate(entry.clarify.choices if entry.clarify else ()):
        if choice.entry not in known:
            message = f"「{choice.entry}」という id の質問はありません。{_near(choice.entry, content.entries)}"
            line = locator.line(path, entry.id, "clarify", "choices", number, "entry")
            yield Problem(path, line, f"clarify.choices[{number + 1}].entry", message, entry=entry.id)


def _near(name: str, known: object) -> str:
    near = get_close_matches(name, sorted(known), 1, 0.6)  # type: ignore[call-overload]
    return f"「{near[0]}」のまちがいではありませんか。" if near else "名前を見直すか、消してください。"
