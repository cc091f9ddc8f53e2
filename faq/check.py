"""`faq check`: every problem of a city's content, from the shape of the YAML to tests that miss their entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from faq.assembly import BASE, Content, Locator, assemble
from faq.city_draft import DRAFT_PHONE
from faq.content import CITY_FILE, CityFiles
from faq.entry import Entry
from faq.knowledge import index_of
from faq.lint import findings, folded
from faq.my_number import my_number_problems
from faq.office_hours import JAPAN, NeverOpen, next_opening
from faq.problems import ContentError, Problem
from faq.references import reference_problems
from faq.search import search
from faq.yaml_tree import read_tree

# A test must find its entry among the first three: as many as a resident reads before giving up.
TEST_TOP: Final = 3


def check(files: CityFiles, base_files: CityFiles, day: date | None = None) -> list[Problem]:
    """All problems, by file and line. `day` (Japan, default today) decides what has expired."""
    day = day or datetime.now(JAPAN).date()
    found = [*my_number_problems(files)]
    try:
        content = assemble(files, base_files)
    except ContentError as error:
        found.extend(error.problems)
    else:
        found.extend(content.problems)
        found.extend(reference_problems(content))
        found.extend(_departments_that_never_open(content, day))
        found.extend(_draft_phones(content))
        found.extend(_areas_without_english(content))
        found.extend(_entries(content, day))
        if not _own_entries(content):
            message = "使える質問が1つもありません。faq/ に YAML ファイルを置いてください。"
            found.append(Problem("faq", 1, "ファイル", message))
    return sorted(dict.fromkeys(found), key=lambda problem: (problem.path, problem.line))


def _own_entries(content: Content) -> list[Entry]:
    """The city's entries; the inherited ones are not its staff's to mend."""
    return [entry for entry in content.entries.values() if not content.sources[entry.id].startswith(BASE)]


def _departments_that_never_open(content: Content, day: date) -> Iterator[Problem]:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=JAPAN)
    for department in content.city.departments:
        try:
            next_opening(content.city, department, noon)
        except NeverOpen:
            lines = content.files[CITY_FILE].splitlines()
            line = next((n for n, text in enumerate(lines, 1) if department.name in text and "name" in text), 1)
            message = f"「{department.name}」は1年のあいだ一度も開きません。hours と closures を見直してください。"
            yield Problem(CITY_FILE, line, "hours", message)


def _draft_phones(content: Content) -> Iterator[Problem]:
    lines = [n for n, text in enumerate(content.files[CITY_FILE].splitlines(), 1) if DRAFT_PHONE in text]
    if lines:
        message = f"見本の電話番号（{DRAFT_PHONE}）が{len(lines)}か所あります。本当の番号に書きかえてください。"
        yield Problem(CITY_FILE, lines[0], "phone", message, "warning")


def _areas_without_english(content: Content) -> Iterator[Problem]:
    """An order to evacuate in English that names 「北地区」 says nothing to who cannot read it."""
    notices = content.city.notices
    unnamed = [(number, area.name) for number, area in enumerate(notices.areas) if not area.en]
    if "en" not in notices.languages or not unnamed:
        return
    root, _ = read_tree(CITY_FILE, content.files[CITY_FILE])
    line = root.line_of(("notices", "areas", unnamed[0][0])) if root is not None else 1
    names = "、".join(name for _, name in unnamed[:3]) + (f" など{len(unnamed)}か所" if len(unnamed) > 3 else "")
    message = f"英語の名前（en）がない地域があります：{names}。英語の文にも、日本語の名前のまま出ます。"
    yield Problem(CITY_FILE, line, "notices.areas", message, "warning")


def _entries(content: Content, day: date) -> Iterator[Problem]:
    locator = Locator(content.files)
    entries = _own_entries(content)
    for entry in entries:
        path = content.sources[entry.id]
        for finding in findings(entry, day):
            line = locator.line(path, entry.id, *finding.loc)
            yield Problem(path, line, field_name(finding.loc), finding.message, finding.severity, entry.id)
    yield from _same_asks(entries, content, locator)
    yield from _lost_tests(entries, content, locator)


def field_name(loc: tuple[str | int, ...]) -> str:
    """`("links", 0, "title")` → `links[1].title`, counted as staff count."""
    name = ""
    for step in loc:
        name += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if name else step
    return name


def _same_asks(entries: list[Entry], content: Content, locator: Locator) -> Iterator[Problem]:
    """The same words asking for two entries: whichever answers, half of the residents get the wrong one."""
    seen: dict[str, tuple[str, str]] = {}
    for entry in entries:
        for loc, text in _asks(entry):
            key = folded(text) or text
            if key not in seen:
                seen[key] = (entry.id, text)
                continue
            owner, earlier = seen[key]
            whose = "この質問の中" if owner == entry.id else f"「{owner}」"
            message = f"「{text}」は{whose}にもあります（{earlier}）。どちらか一方に残してください。"
            line = locator.line(content.sources[entry.id], entry.id, *loc)
            yield Problem(content.sources[entry.id], line, field_name(loc), message, "warning", entry.id)


def _asks(entry: Entry) -> Iterator[tuple[tuple[str | int, ...], str]]:
    yield ("question",), entry.question
    yield from ((("phrasings", number), text) for number, text in enumerate(entry.phrasings))


def _lost_tests(entries: list[Entry], content: Content, locator: Locator) -> Iterator[Problem]:
    tested = [entry for entry in entries if entry.tests]
    if not tested:
        return
    index = index_of(content)
    for entry in tested:
        for number, test in enumerate(entry.tests):
            result = search(index, test, top=TEST_TOP)
            if entry.id in (candidate.id for candidate in result.candidates):
                continue
            first = f"（1番目は「{result.candidates[0].id}」）" if result.candidates else ""
            message = f"「{test}」で探しても、この質問が上位{TEST_TOP}件に出ません{first}。言い換えを足してください。"
            path = content.sources[entry.id]
            line = locator.line(path, entry.id, "tests", number)
            yield Problem(path, line, f"tests[{number + 1}]", message, "warning", entry.id)
