"""Writes approved phrasings into the YAML that staff wrote, in memory, and says what that would break."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from faq.assembly import BASE, assemble
from faq.check import check
from faq.content import CityFiles
from faq.edit import EditError, edit_entry
from faq.problems import ContentError, Problem, errors_of


class CannotAdopt(ValueError):
    """The phrasings cannot be written; the message says why, in Japanese."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """`files` are those that changed, whole; `problems` are what was not there before."""

    files: Mapping[str, str]
    problems: tuple[Problem, ...]


def adopt(
    files: CityFiles, base_files: CityFiles, phrasings: Iterable[tuple[str, str]], day: date | None = None
) -> Adopted:
    """The files with these (entry id, phrasing) added behind each entry's own. Raises `CannotAdopt`."""
    before = check(files, base_files, day)
    if errors_of(before):
        shown = "\n".join(str(problem) for problem in errors_of(before))
        raise CannotAdopt(f"今の内容にまちがいがあります。先に直してください。\n{shown}")
    changed = _edited(files, base_files, phrasings)
    known = {_place(problem) for problem in before}
    after = check({**files, **changed}, base_files, day)
    return Adopted(changed, tuple(problem for problem in after if _place(problem) not in known))


def _edited(files: CityFiles, base_files: CityFiles, phrasings: Iterable[tuple[str, str]]) -> dict[str, str]:
    try:
        content = assemble(files, base_files)
    except ContentError as error:
        raise CannotAdopt(str(error)) from error
    changed: dict[str, str] = {}
    for entry_id, group in groupby(sorted(phrasings), key=lambda pair: pair[0]):
        entry, path = content.entries.get(entry_id), content.sources.get(entry_id, "")
        if entry is None:
            raise CannotAdopt(f"id「{entry_id}」の質問がありません。")
        if path.startswith(BASE):
            raise CannotAdopt(f"「{entry_id}」は共通の質問（{path}）です。市のファイルに写してから足してください。")
        words = [*entry.phrasings, *dict.fromkeys(phrasing for _, phrasing in group)]
        try:
            changed[path] = edit_entry(changed.get(path, files[path]), entry_id, {"phrasings": words})
        except EditError as error:
            raise CannotAdopt(f"{path}: {entry_id}: {error}") from error
    return changed


def _place(problem: Problem) -> tuple[str, str, str]:
    """Without the words: 「言い換えが1個です」 is the same problem when there are two."""
    return (problem.path, problem.entry, problem.field)
