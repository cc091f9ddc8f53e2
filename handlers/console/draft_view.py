"""An FAQ draft: made from a conversation, checked by the reader that reads the city's files. Knows no Flask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.privacy import MASK_CARD, MASK_MY_NUMBER, mask, without_masks
from faq.assembly import Locator
from faq.check import field_name
from faq.dump import Value, item_lines
from faq.entry import Entry
from faq.knowledge import Knowledge
from faq.lint import findings
from faq.problems import Problem
from faq.reader import read_entries
from faq.search import search
from store.records import Turn
from store.records_cases import CaseView

FILE: Final = "faq/draft.yaml"
MAX_TEXT: Final = 20_000
"""Characters of a draft; an entry has at most some thousand."""

TITLE_WORDS: Final = 60
_NO_ANSWER: Final = "（ここに答えを書いてください）"
_NO_QUESTION: Final = "（ここに、住民の知りたいことを書いてください）"


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a draft, on which line of its text, and whether it keeps the entry from being read."""

    line: int
    field: str
    message: str
    grave: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft as the reader sees it. `title` is the question of its first entry."""

    title: str
    mistakes: tuple[Mistake, ...]

    @property
    def sound(self) -> bool:
        return not any(mistake.grave for mistake in self.mistakes)


def draft_of(case: CaseView, turns: Sequence[Turn], knowledge: Knowledge) -> str:
    """The YAML of a new entry: the resident's question, the staff's words as its answer. Numbers stay hidden."""
    question = " ".join(without_masks(mask(case.question).text).split()) or _NO_QUESTION
    answers = [turn.reply_text.strip() for turn in turns if turn.kind == "staff" and turn.reply_text.strip()]
    fields: dict[str, Value] = {
        "id": _free_id(case, knowledge),
        "question": question[:500],
        "phrasings": [question[:200]],
        "answer": mask("\n\n".join(answers)).text or _NO_ANSWER,
        "department": case.department,
        "category": _category(case, question, knowledge),
    }
    return "\n".join(["faqs:", *item_lines(fields, 2), ""])


def _category(case: CaseView, question: str, knowledge: Knowledge) -> str:
    """The topic of the entry that was linked or read last, or of the nearest one."""
    nearest = search(knowledge.index, question, top=1).candidates
    for entry_id in (case.linked_entry, case.entry_id, *(one.id for one in nearest)):
        if entry_id in knowledge.entries:
            return knowledge.entries[entry_id].category
    return "general"


def _free_id(case: CaseView, knowledge: Knowledge) -> str:
    """`case-12`: an id that nobody has yet; staff give it a better one."""
    wanted, number = f"case-{case.id}", 2
    while wanted in knowledge.entries:
        wanted, number = f"case-{case.id}-{number}", number + 1
    return wanted


def check(text: str, knowledge: Knowledge, day: date) -> Checked:
    """Everything that `faq check` would say of this entry alone, line by line."""
    entries, problems = read_entries(FILE, text)
    mistakes = [_mistake(problem) for problem in problems]
    for entry in entries:
        mistakes += _of_entry(entry, text, knowledge, day)
    if not entries and not problems:
        mistakes.append(Mistake(1, "faqs", "質問が1つもありません。「faqs:」の下に「- id: …」を書いてください。", True))
    title = entries[0].question if entries else ""
    return Checked(title, tuple(sorted(dict.fromkeys(mistakes), key=lambda mistake: (mistake.line, mistake.field))))


def _mistake(problem: Problem) -> Mistake:
    return Mistake(problem.line, problem.field, problem.message, problem.severity == "error")


def _of_entry(entry: Entry, text: str, knowledge: Knowledge, day: date) -> Iterator[Mistake]:
    locator = Locator({FILE: text})

    def mistake(loc: tuple[str | int, ...], message: str, grave: bool = True) -> Mistake:
        return Mistake(locator.line(FILE, entry.id, *loc), field_name(loc), message, grave)

    for finding in findings(entry, day):
        yield mistake(finding.loc, finding.message, finding.severity == "error")
    if entry.id in knowledge.entries:
        yield mistake(
            ("id",), f"id「{entry.id}」は、もう使われています。ほかの id にするか、その案内を直してください。"
        )
    if entry.department and entry.department not in {one.name for one in knowledge.city.departments}:
        yield mistake(("department",), f"「{entry.department}」は city.yaml の departments にありません。")
    if knowledge.city.topics and entry.category not in {topic.id for topic in knowledge.city.topics}:
        message = f"分野「{entry.category}」は city.yaml の topics にないため、メニューから選べません。"
        yield mistake(("category",), message, grave=False)
    for number, other in enumerate(entry.related):
        if other not in knowledge.entries:
            yield mistake(("related", number), f"「{other}」という id の質問はありません。")
    for loc, words in _words(entry):
        if MASK_MY_NUMBER in words or MASK_CARD in words or mask(words).kinds:
            yield mistake(loc, "個人番号やカード番号のところを消してください。")


def _words(entry: Entry) -> Iterator[tuple[tuple[str | int, ...], str]]:
    yield ("question",), entry.question
    yield ("answer",), entry.answer
    yield from ((("phrasings", number), phrasing) for number, phrasing in enumerate(entry.phrasings))


def title_of(text: str, checked: Checked) -> str:
    """The name of a draft in lists: its question, or its first written line while it cannot be read."""
    first = next((line.strip() for line in text.splitlines() if line.strip() and line.strip() != "faqs:"), "下書き")
    title = checked.title or first
    return title if len(title) <= TITLE_WORDS else f"{title[:TITLE_WORDS]}…"
