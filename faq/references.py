"""What the files say of each other: departments, related entries and topics that must exist."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from faq.assembly import BASE, Content, Locator
from faq.entry import Entry
from faq.problems import Problem


def reference_problems(content: Content) -> tuple[Problem, ...]:
    locator = Locator(content.files)
    return tuple(problem for entry in content.entries.values() for problem in _of_entry(entry, content, locator))


def _of_entry(entry: Entry, content: Content, locator: Locator) -> Iterator[Problem]:
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
        if other not in content.entries or other == entry.id:
            message = (
                "自分自身は関連に書けません。消してください。"
                if other == entry.id
                else f"「{other}」という id の質問はありません。{_near(other, content.entries)}"
            )
            line = locator.line(path, entry.id, "related", number)
            yield Problem(path, line, f"related[{number + 1}]", message, entry=entry.id)
    for number, choice in enumerate(entry.clarify.choices if entry.clarify else ()):
        if choice.entry not in content.entries:
            message = f"「{choice.entry}」という id の質問はありません。{_near(choice.entry, content.entries)}"
            line = locator.line(path, entry.id, "clarify", "choices", number, "entry")
            yield Problem(path, line, f"clarify.choices[{number + 1}].entry", message, entry=entry.id)


def _near(name: str, known: object) -> str:
    near = get_close_matches(name, sorted(known), 1, 0.6)  # type: ignore[call-overload]
    return f"「{near[0]}」のまちがいではありませんか。" if near else "名前を見直すか、消してください。"
