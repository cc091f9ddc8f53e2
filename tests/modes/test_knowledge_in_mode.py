"""What residents meet when a city is not in its usual mode: the greeting, pinned answers, what is found first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialogue import Conversation
from bot.messages import Choices, Inquiry, Text
from bot.respond import respond
from faq.boost import boosted
from faq.in_mode import in_mode
from faq.knowledge import Knowledge, build_knowledge
from faq.library import Library
from faq.search import Candidate, SearchResult
from tests.builders import base_files, city_files, write_city

MODES = """\
modes:
  - mode: 警戒
    greeting: 警報が出ています。
    easy: 警報(けいほう)が 出(で)ています。
    en: A warning is in force.
    banner: 警報が出ています。ここで調べられます。
    pinned: [garbage-days, moving-in]
    boost: [garbage]
"""


@pytest.fixture(scope="module")
def usual() -> Knowledge:
    return build_knowledge(city_files({"disaster.yaml": MODES}), base_files())


def test_the_usual_mode_changes_nothing(usual: Knowledge) -> None:
    assert in_mode(usual, "normal") is usual


def test_a_mode_of_which_the_city_says_nothing_changes_nothing(usual: Knowledge) -> None:
    assert in_mode(usual, "recovery") is usual


def test_the_greeting_begins_with_the_line_of_the_mode(usual: Knowledge) -> None:
    alert = in_mode(usual, "alert")

    assert alert.wording["ja"]["greeting"].startswith("警報が出ています。\n\n")
    assert alert.wording["ja"]["greeting"].endswith(usual.wording["ja"]["greeting"])
    assert alert.wording["ja"]["closed"] == usual.wording["ja"]["closed"]
    assert alert.mode_line == "警報が出ています。ここで調べられます。"


def test_pinned_answers_are_the_first_buttons_of_a_greeting() -> None:
    root = Path(__file__).parents[2] / "cities"
    demo = Library.of_folder(root, modes=lambda: {"demo": "disaster"})
    demo.check_now()
    now = datetime(2026, 11, 21, tzinfo=UTC)
    hello = Inquiry(city="demo", resident="U1", channel="line", kind="text", event_id="e1", at=now, text="こんにちは")

    reply = respond(hello, demo.get("demo"), Conversation(), now).reply

    texts = [block.text for block in reply.blocks if isinstance(block, Text)]
    choices = [choice.value for block in reply.blocks if isinstance(block, Choices) for choice in block.choices]
    assert "災害に対応しています。" in texts[0]
    assert choices[:4] == [f"entry:{entry}" for entry in demo.get("demo").pinned]
    assert "person" in choices


def found(*scores: tuple[str, float], decision: str = "answer", confidence: float = 0.7) -> SearchResult:
    candidates = tuple(Candidate(entry, score, ()) for entry, score in scores)
    return SearchResult("どこに行けばいい", decision, candidates, confidence)  # type: ignore[arg-type]


BOOSTS = {
    "as good as the best: it leads, and the resident chooses": (
        found(("a", 10.0), ("b", 9.0)),
        ("choices", ["b", "a"]),
    ),
    "much less good: nothing changes": (found(("a", 10.0), ("b", 5.0)), ("answer", ["a", "b"])),
    "already the answer: it stays the answer": (found(("b", 10.0), ("a", 9.0)), ("answer", ["b", "a"])),
    "what staff wrote down for another entry stays the answer": (
        found(("a", 10.0), ("b", 9.9), confidence=0.995),
        ("answer", ["a", "b"]),
    ),
    "among choices it goes first": (
        found(("a", 10.0), ("c", 9.5), ("b", 9.0), decision="choices"),
        ("choices", ["b", "a", "c"]),
    ),
    "what was not understood stays so": (found(("a", 1.0), ("b", 1.0), decision="handoff"), ("handoff", ["a", "b"])),
}


@pytest.mark.parametrize(("result", "expected"), BOOSTS.values(), ids=BOOSTS)
def test_favoured_entries_go_before_what_was_found_about_as_well(
    result: SearchResult, expected: tuple[str, list[str]]
) -> None:
    ordered = boosted(result, {"b"})

    assert (ordered.decision, [candidate.id for candidate in ordered.candidates]) == expected


def test_only_entries_of_the_named_topics_are_favoured(usual: Knowledge) -> None:
    assert in_mode(usual, "alert").boosted == {"garbage-days"}


def test_a_switch_is_seen_at_the_next_look_and_a_silent_store_keeps_the_mode(tmp_path: Path) -> None:
    write_city(tmp_path, changes={"disaster.yaml": MODES})
    modes: list[dict[str, str] | Exception] = [{}, {"test": "alert"}, OSError("away"), {"test": "normal"}]

    def source() -> dict[str, str]:
        now = modes.pop(0)
        if isinstance(now, Exception):
            raise now
        return now

    library = Library.of_folder(tmp_path, modes=source)
    lines = []
    for _ in range(4):
        library.check_now()
        lines.append(library.get("test").mode_line)

    alert = "警報が出ています。ここで調べられます。"
    assert lines == ["", alert, alert, ""]


def test_an_edit_during_the_mode_is_shown_in_the_mode(tmp_path: Path) -> None:
    folder = write_city(tmp_path, changes={"disaster.yaml": MODES})
    library = Library.of_folder(tmp_path, modes=lambda: {"test": "alert"})
    library.check_now()

    (folder / "disaster.yaml").write_text(MODES.replace("ここで調べられます", "避難所を見られます"), encoding="utf-8")
    library.check_now()

    assert library.get("test").mode_line == "警報が出ています。避難所を見られます。"


def test_unknown_entries_and_topics_of_a_mode_are_named(usual: Knowledge) -> None:
    wrong = MODES.replace("moving-in", "moving").replace("[garbage]", "[trash]")

    problems = [str(one) for one in build_knowledge(city_files({"disaster.yaml": wrong}), base_files()).problems]

    assert any(one.startswith("disaster.yaml:7: pinned: 「moving」は") for one in problems), problems
    assert any(one.startswith("disaster.yaml:8: boost: 「trash」は") for one in problems), problems
