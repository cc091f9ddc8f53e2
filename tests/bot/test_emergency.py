"""A cry for help is heard before anything else, and a question is never taken for one.

The phrasings are in emergency_phrasings.yaml. Recall of the right kind at first look, before anything was mended: 1.00
on 169 phrases from the same sitting as `dev`; then, for phrases written after the patterns, .52 of 101, .42 of 140, .59
of 101, .72 of 81, .47 of 70 and .53 of 55. Since signs stand beside the whole phrases (bot/emergency_signs.py): .55 of
62, .48 of 63 that were strange on purpose, and .84 of the last 45; of any kind .56, .54 and .87.
Of `evening` .68 (any kind .73), of `second_evening` .41 (.45); since letters are weighed, too (bot/emergency_ear.py),
and before a batch was learned from, .60 (.73) of `second_evening`, with the roots .75 (.81) of `third_evening`, of
which the rules alone heard .54 (.57), and .95 (.98) of the plainer `fourth_evening`. Since the directions of the words
count, too, .83 (.93) of `fifth_evening`; without them .82 (.92). Of `sixth_evening`, which another writer kept sealed,
.65 (.77) before and .77 (.91) after the ear was taught from benchmarks/emergency_teaching and heard sounds and words;
none of the 200 innocent sentences of that writer was taken for a cry (before: one). Of `seventh_evening`, our own,
.73 (.81) before, .86 (.94) after. Of `eighth_evening` and `ninth_evening`, by two more writers who saw nothing of this,
.82 (.88) and .87 (.98) before, .88 (.92) and .92 (1.00) after three times as much was taught; with the numbers that are
told beside an answer in doubt (bot/danger.py) .96 and .98 of them were told the number that they need. Of
`tenth_evening`, plainer again and counted once, .96 (.99), with the number in .99 of the replies. All these harmless
sentences were tame: of whole messages that residents might type, upset and in dialect, ten of 300 and twenty of 200
were taken for cries. Since then 4,800 such messages are learned from, too. Of a further writer's batch, from which
nothing is learned (unlearned_…), none of 200 (before: 2), and .87 (.92) of 120 cries, .975 told the number (before
.875, .93 and .967). Of `eleventh_evening`, counted in between, .91 (.98) before, .87 (.94) after. Since the ear has
learned 11,000 messages of 25 writers who saw nothing of this, of 472 cries of three further ones, from which nothing
is learned and of which 352 were only counted: .92 (.966), .98 told the number; none of their 738 harmless messages was
taken for a cry. So the shares asked for below say that what was once missed stays heard; the next
resident's words are heard about as often as the last figures.
"""

import csv
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.dialogue import Conversation
from bot.emergency import recognise_emergency
from bot.messages import Inquiry, Text
from bot.respond import respond
from faq.entry import Entry
from faq.knowledge import Knowledge, load_knowledge

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PHRASINGS = YAML(typ="safe").load((HERE / "emergency_phrasings.yaml").read_text(encoding="utf-8"))
KINDS = ("suicide", "child_abuse", "violence", "fire", "ambulance", "police", "disaster", "help")
OTHER_CITY = ROOT / ".." / "shared" / "data" / "localgovfaq" / "faq.csv"

NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)
ABOUT_DANGER = PHRASINGS["about_danger"]


@pytest.fixture(scope="module")
def demo() -> Knowledge:
    return load_knowledge(ROOT / "cities" / "demo")


def said(half: str) -> list[tuple[str, str]]:
    return [(kind, phrase) for kind, phrases in PHRASINGS[half].items() for phrase in phrases]


def is_told_the_numbers(text: str, city: Knowledge) -> bool:
    """Whether all numbers for danger stand before what is answered otherwise."""
    response = respond(Inquiry("demo", "U1", "line", "text", "e1", NOON, text=text), city, Conversation(), NOON)
    line = city.wording["ja"]["danger_numbers"]
    return any(isinstance(block, Text) and block.text == line for block in response.reply.blocks)


def words_of(entry: Entry) -> tuple[str, ...]:
    translated = tuple(translation.question for translation in entry.translations.values())
    return (entry.question, *entry.phrasings, *entry.keywords, *entry.tests, *translated)


@pytest.mark.parametrize("part", [part for part in PHRASINGS if part.endswith("evening") or part == "learned"])
def test_cries_of_later_batches_stay_heard_though_one_danger_is_taken_for_another_at_times(part: str) -> None:
    heard = [(kind, phrase, recognise_emergency(phrase)) for kind, phrase in said(part)]

    assert sum(not found for _, _, found in heard) <= 0.03 * len(heard), [phrase for _, phrase, f in heard if not f]
    assert sum(kind != found for kind, _, found in heard) <= 0.1 * len(heard)


@pytest.mark.parametrize("half", ["dev", "unseen"])
def test_at_least_97_of_100_cries_get_the_numbers_they_need(half: str) -> None:
    missed = [(kind, phrase) for kind, phrase in said(half) if recognise_emergency(phrase) != kind]

    assert len(missed) <= 0.03 * len(said(half)), missed


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_danger_is_heard_worse_than_the_others(kind: str) -> None:
    phrases = [phrase for half in ("dev", "unseen") for phrase in PHRASINGS[half][kind]]
    missed = [phrase for phrase in phrases if not recognise_emergency(phrase)]

    assert len(phrases) >= 10
    assert len(missed) <= 0.05 * len(phrases), missed


@pytest.mark.parametrize(
    ("plain", "as_typed"),
    [
        ("しにたい", "ｼﾆﾀｲ"),
        ("死にたい", "死に たぃ…"),
        ("火事です", "火事です！！！🔥"),
        ("かじ", "  カジ\n"),
        ("救急車呼んで", "救急車、呼んでーーー"),
        ("殺される", "殺 さ れ る"),
        ("たすけて", "タスケテ!!!😭"),
        ("DVを受けている", "ＤＶを受けている"),
    ],
)
def test_a_cry_is_heard_in_any_width_script_and_with_any_marks(plain: str, as_typed: str) -> None:
    assert recognise_emergency(plain)
    assert recognise_emergency(as_typed) == recognise_emergency(plain)


@pytest.mark.parametrize("question", PHRASINGS["innocent"])
def test_a_question_that_shares_words_with_danger_is_no_cry(question: str) -> None:
    assert recognise_emergency(question) == ""


def test_no_question_that_the_demo_city_answers_is_taken_for_a_cry(demo: Knowledge) -> None:
    entries = demo.entries
    false_alarms = [
        (entry.id, words, kind)
        for entry in entries.values()
        if entry.id not in ABOUT_DANGER
        for words in words_of(entry)
        if (kind := recognise_emergency(words))
    ]

    assert false_alarms == []


def test_the_entries_about_danger_are_still_there_and_still_speak_of_it(demo: Knowledge) -> None:
    entries = demo.entries

    assert set(ABOUT_DANGER) <= set(entries)
    assert [entry for entry in ABOUT_DANGER if not any(map(recognise_emergency, words_of(entries[entry])))] == []


def test_no_question_of_another_city_is_taken_for_a_cry() -> None:
    if not OTHER_CITY.exists():
        pytest.skip("the questions of another city (localgovFAQ) are not here")
    with OTHER_CITY.open(encoding="utf-8", newline="") as file:
        false_alarms = [row["id"] for row in csv.DictReader(file) if recognise_emergency(row["question"])]

    assert false_alarms == []


def test_every_kind_of_danger_has_its_numbers_in_both_kinds_of_japanese(demo: Knowledge) -> None:
    needed = {
        "suicide": ("0120-279-338", "0120-783-556", "119"),
        "child_abuse": ("110", "189", "0120-0-78310"),
        "violence": ("110", "0120-279-889", "#8008", "#8891"),
        "fire": ("119",),
        "ambulance": ("119", "118"),
        "police": ("110",),
        "disaster": ("119",),
        "help": ("110", "119", "118", "0120-279-338", "189"),
    }
    wording = demo.wording

    assert set(needed) == set(KINDS)
    for language in ("ja", "easy"):
        for kind, numbers in needed.items():
            sentence = wording[language][f"emergency_{kind}"]
            assert [number for number in numbers if number not in sentence] == [], (language, kind)


def test_every_emergency_sentence_belongs_to_a_kind_that_is_recognised(demo: Knowledge) -> None:
    wording = demo.wording
    kinds = {key.removeprefix("emergency_") for key in wording["ja"] if key.startswith("emergency_")}

    assert kinds == set(KINDS)


def test_a_phone_number_in_an_emergency_sentence_is_one_that_was_checked(demo: Knowledge) -> None:
    checked = {
        *("110", "118", "119", "171", "189", "#7119", "#8000", "#8008", "#8891"),
        *("0120-279-338", "0120-783-556", "0120-061-338", "0120-279-889", "0120-0-78310"),
    }
    wording = demo.wording

    for language in ("ja", "easy"):
        for kind in KINDS:
            sentence = wording[language][f"emergency_{kind}"]
            numbers = re.findall(r"#?\d{3,}(?:-\d+)*|0120-[\d-]+", sentence)
            assert set(numbers) <= checked, (language, kind)


def test_messages_of_everyday_life_are_no_cries(demo: Knowledge) -> None:
    """Of three writers who saw no file of the project; nothing was or may be learned from them. Every third has words
    of danger in it."""
    messages = (HERE / "unlearned_messages.txt").read_text(encoding="utf-8").splitlines()

    assert len(messages) == 738
    assert sum(bool(recognise_emergency(text)) for text in messages) <= 3
    assert sum(is_told_the_numbers(text, demo) for text in messages) <= 12


def test_cries_that_were_not_learned_are_heard_or_at_least_told_the_numbers(demo: Knowledge) -> None:
    """Of the same three writers."""
    rows = (HERE / "unlearned_cries.tsv").read_text(encoding="utf-8").splitlines()
    cries = [row.partition("\t")[2] for row in rows]
    heard = [bool(recognise_emergency(text)) for text in cries]
    told = [was_heard or is_told_the_numbers(text, demo) for text, was_heard in zip(cries, heard, strict=True)]

    assert len(cries) == 472
    assert sum(heard) >= 0.95 * len(cries)
    assert sum(told) >= 0.97 * len(cries)
