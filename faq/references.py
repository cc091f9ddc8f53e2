"""What the files say of each other: departments, related entries and topics that must exist."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from difflib import get_close_matches
from typing import Final

from faq.assembly import BASE, Content, Locator
from faq.content import CityFiles, is_entry_file
from faq.entry import Entry
from faq.problems import Problem, errors_of

_ID_LINE: Final = re.compile(
    r"^[ \t\u3000]*-?[ \t\u3000]*\{?[ \t\u3000]*id[ \t\u3000]*[:：][ \t\u3000]*['\"]?([a-z0-9][a-z0-9._-]*)", re.M
)


def reference_problems(content: Content) -> tuple[Problem, ...]:
    """What names something that is not there. An entry that could not be read is there: its own errors are enough."""
    locator = Locator(content.files)
    known = content.entries.keys() | _written_ids(content.files)
    sound = ((content.sources[entry.id], entry) for entry in content.entries.values())
    each = (*sound, *_broken(content, locator))
    return tuple(problem for path, entry in each for problem in _of_entry(path, entry, known, content, locator))


def _broken(content: Content, locator: Locator) -> Iterator[tuple[str, Entry]]:
    """(file, what it says of others) of entries that cannot be served: staff read all of their mistakes at once."""
    for path in dict.fromkeys(problem.path for problem in errors_of(content.problems)):
        if is_entry_file(path) and path in content.files:
            for name, node in locator.nodes(path).items():
                if name not in content.entries:
                    yield path, _what_it_names(name, node.plain(), content)


def _what_it_names(name: str, plain: dict[str, object], content: Content) -> Entry:
    """As much of an entry as its mistakes leave."""
    department, category, related = (plain.get(field) for field in ("department", "category", "related"))
    topic = category if isinstance(category, str) else next((topic.id for topic in content.city.topics), "general")
    others = related if isinstance(related, list) else []
    return Entry.model_construct(
        id=name,
        department=department if isinstance(department, str) else None,
        category=topic,
        related=tuple(other for other in others if isinstance(other, str)),
    )


def _written_ids(files: CityFiles) -> set[str]:
    """Ids as they stand in the text, so that one slip does not bring an error for every entry that names this one."""
    texts = (text for path, text in files.items() if is_entry_file(path.removeprefix(BASE)))
    return {name for text in texts for name in _ID_LINE.findall(text)}


def _of_entry(path: str, entry: Entry, known: Set[str], content: Content, locator: Locator) -> Iterator[Problem]:
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
