"""A resident's own words, from the candidate they picked on the phone to a line in the YAML that staff approved."""

from __future__ import annotations

import difflib
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import app
from faq.knowledge import load_knowledge
from faq.search import search
from store import Outcome
from store.records_cases import CaseView
from tests.running import CITY, ROOT, House, words
from tests.store.store_builders import a_proposal, a_turn

ASKED = "うちの粗大なやつを捨てたいんだけど"


@dataclass
class Staff:
    """Somebody at a terminal, with the city's folder to write in."""

    folder: Path
    type: Callable[..., Result]

    def learn(self, *options: str) -> Result:
        return self.type("faq", "learn", "--city", str(self.folder), *options)

    def texts(self) -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in (self.folder / "faq").iterdir()}


@pytest.fixture
def staff(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Staff:
    cities = tmp_path / "cities"
    shutil.copytree(ROOT / "cities" / "_base", cities / "_base")
    (cities / CITY / "faq").mkdir(parents=True)
    shutil.copy(ROOT / "cities" / CITY / "city.yaml", cities / CITY)
    for name in ("garbage.yaml", "pet.yaml"):  # the whole city takes seconds to check
        lines = (ROOT / "cities" / CITY / "faq" / name).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = "".join(line for line in lines if "related:" not in line)
        (cities / CITY / "faq" / name).write_text(kept, encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", house.parts.config.database_url)
    monkeypatch.setenv("DATA_DIR", str(house.parts.config.data_dir))
    monkeypatch.setenv("CITIES_DIR", str(cities))
    monkeypatch.setattr(app, "log_to_stderr", lambda level: None)
    return Staff(cities / CITY, lambda *typed: CliRunner().invoke(app.main, list(typed)))


def asked_and_picked(house: House, text: str = ASKED) -> str:
    """The entry that the resident got for their own words, by way of candidates and feedback; its id."""
    shown = house.type(text)
    if not answered(house):
        shown = house.type("1")
    house.press("役に立った")
    [proposal] = house.parts.store.proposals(CITY)
    assert proposal.phrasing == text, words(shown)
    return proposal.entry_id


def answered(house: House) -> bool:
    return house.parts.store.turns(CITY, house.resident.user_id, 1)[0].decision == "answer"


def ids(result: Result) -> list[str]:
    return re.findall(r"^([0-9a-f]{6,})\s", result.output, re.M)


def changed_lines(before: dict[str, str], after: dict[str, str]) -> list[str]:
    lines: list[str] = []
    for name, text in before.items():
        diff = difflib.unified_diff(text.splitlines(), after[name].splitlines(), n=0, lineterm="")
        lines += [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    return lines


def test_a_picked_candidate_becomes_one_new_line_that_staff_approved(house: House, staff: Staff) -> None:
    entry_id, before = asked_and_picked(house), staff.texts()
    seldom, shown = staff.learn(), staff.learn("--min-count", "1")

    applied = staff.learn("--apply", *ids(shown))

    assert ids(seldom) == []
    assert ASKED in shown.output
    assert applied.exit_code == 0, applied.output
    [line] = changed_lines(before, staff.texts())
    assert line.strip("+ ") == f"- {ASKED}"
    knowledge = load_knowledge(staff.folder)
    assert search(knowledge.index, ASKED).candidates[0].id == entry_id
    assert ids(staff.learn("--min-count", "1")) == []
    assert [proposal.phrasing for proposal in house.parts.store.proposals(CITY, "approved")] == [ASKED]


def test_a_saved_list_is_handed_back_without_the_lines_that_staff_deleted(
    house: House, staff: Staff, tmp_path: Path
) -> None:
    teach(house, "でかいやつ引き取って", "garbage-bulky", "たんすを持っていって")
    before, shown = staff.texts(), staff.learn()
    lines = [line for line in shown.output.splitlines() if "たんす" not in line]
    saved = tmp_path / "reviewed.txt"
    saved.write_text("\n".join(lines), encoding="utf-8")

    applied = staff.learn("--apply-all-from", str(saved))

    assert applied.exit_code == 0, applied.output
    assert [line.strip("+ ") for line in changed_lines(before, staff.texts())] == ["- でかいやつ引き取って"]


def test_rejected_words_are_shown_no_more_however_often_they_come(house: House, staff: Staff) -> None:
    entry_id = asked_and_picked(house)
    [name] = ids(staff.learn("--min-count", "1"))

    rejected = staff.learn("--reject", name)
    teach(house, ASKED, entry_id, key=house.parts.store.proposals(CITY, "rejected")[0].key)

    assert "もう提案しない" in rejected.output
    assert ids(staff.learn("--min-count", "1")) == []


def test_words_that_would_break_something_are_refused_with_file_and_line(house: House, staff: Staff) -> None:
    """The words of another entry: whichever answers, half of the residents would get the wrong one."""
    taken = load_knowledge(staff.folder).entries["dog-registration"].phrasings[0]
    teach(house, taken, "garbage-bulky")
    before, [name] = staff.texts(), ids(staff.learn())

    refused = staff.learn("--apply", name)

    assert refused.exit_code == 1
    assert re.search(r"faq/\w+\.yaml:\d+: \S+: ", refused.output)
    assert "何も書いていません" in refused.output
    assert staff.texts() == before
    assert len(house.parts.store.proposals(CITY)) == 1
    assert staff.learn("--apply", name, "--anyway").exit_code == 0
    assert len(changed_lines(before, staff.texts())) == 1


@pytest.mark.parametrize(
    "typed", [("--apply", "123456"), ("--reject", "zz"), ("--apply", "123456", "--reject", "123456")]
)
def test_an_id_that_there_is_not_is_named_and_nothing_is_done(
    house: House, staff: Staff, typed: tuple[str, ...]
) -> None:
    before = staff.texts()

    refused = staff.learn(*typed)

    assert refused.exit_code == 1
    assert f"提案 {typed[1]} はありません" in refused.output
    assert staff.texts() == before


def test_a_city_without_proposals_says_so(house: House, staff: Staff) -> None:
    assert "提案はありません" in staff.learn().output


def test_not_helpful_takes_the_proposal_back(house: House, staff: Staff) -> None:
    house.type(ASKED)
    if not answered(house):
        house.type("1")
        assert len(house.parts.store.proposals(CITY)) == 1

    house.press("ちがった")

    assert house.parts.store.proposals(CITY) == []


def test_a_staff_reply_linked_to_an_entry_is_shown_at_once(house: House, staff: Staff) -> None:
    house.type("職員と話したい")
    case = asks_staff(house, "家の前にずっと置いてある大きい家具は誰が持っていくの")

    wrong = staff.type("cases", "reply", CITY, str(case.id), "申込制です。", "--entry", "no-such-entry")
    replied = staff.type("cases", "reply", CITY, str(case.id), "申込制です。", "--entry", "garbage-bulky")

    assert wrong.exit_code == 1
    assert "no-such-entry" in wrong.output
    assert "言い換えとして提案しました" in replied.output
    assert "家の前にずっと置いてある大きい家具は誰が持っていくの" in staff.learn().output


def test_a_linked_question_that_may_name_somebody_is_not_proposed(house: House, staff: Staff) -> None:
    house.type("職員と話したい")
    case = asks_staff(house, "佐藤花子です。粗大ごみの件で電話ください")

    replied = staff.type("cases", "reply", CITY, str(case.id), "申込制です。", "--entry", "garbage-bulky")

    assert replied.exit_code == 0
    assert "提案にしません" in replied.output
    assert house.parts.store.proposals(CITY) == []


def asks_staff(house: House, question: str) -> CaseView:
    """Tells staff the question; where it is unclear whose it is, the first department that is offered."""
    house.type(question)
    if not house.parts.store.cases(CITY):
        house.type("1")
    [case] = house.parts.store.cases(CITY)
    return case


def teach(house: House, phrasing: str, entry_id: str, *others: str, key: str = "") -> None:
    """Two residents taught each of these words, in talks that are no matter here."""
    for number, text in enumerate((phrasing, *others)):
        lesson = a_proposal(text, entry_id=entry_id, key=key or f"{number}abcdef{len(text):06d}")
        for resident in ("U1", "U2"):
            turn = a_turn(f"{resident} {text}", resident=resident)
            house.parts.store.record(Outcome(turn=turn, proposal=lesson))
