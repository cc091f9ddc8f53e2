"""Which department: by what was read, by what is asked, by the topic, or by the one question back."""

from __future__ import annotations

import pytest

from bot.reception import mark_of, marked, route, which_department
from faq.search import Candidate, SearchResult


@pytest.mark.parametrize(
    ("question", "shown", "topic", "department"),
    [
        ("転入届の出し方", "ごみ減量課", "", "ごみ減量課"),
        ("転入届の出し方", "なくなった課", "", "総合案内"),
        ("転入届の出し方", "", "", "市民課"),
        ("ゴミの日", "", "moving", "ごみ減量課"),
        ("隣の家の木が道に出ています", "", "", "総合案内"),
        ("隣の家の木が道に出ています", "", "garbage", "ごみ減量課"),
        ("隣の家の木が道に出ています", "", "no-topic", "総合案内"),
        ("", "", "", "総合案内"),
        ("市民課", "", "", "市民課"),
        ("図書館の人と話したい", "", "", "図書館"),
        ("転入届のことでごみ減量課に聞きたい", "", "", "ごみ減量課"),
        ("総合案内に聞きたい", "", "garbage", "総合案内"),
    ],
)
def test_the_department_is_found_without_asking(voice, question, shown, topic, department):
    way = route(voice(), question, shown, topic)

    assert (way.department, way.likely) == (department, ())


def test_where_it_is_unclear_the_likely_departments_are_offered_with_the_default_one_last(voice, monkeypatch):
    found = route_of_candidates(voice, monkeypatch, ["moving-in", "garbage-days", "moving-out"])

    assert (found.department, found.likely) == ("", ("市民課", "ごみ減量課", "総合案内"))


def test_candidates_of_one_department_need_no_question(voice, monkeypatch):
    assert route_of_candidates(voice, monkeypatch, ["moving-in", "moving-out"]).department == "市民課"


def test_what_is_far_behind_the_first_names_no_department(voice, monkeypatch):
    found = route_of_candidates(voice, monkeypatch, ["moving-in", "moving-out", "garbage-days"], (30.0, 25.0, 23.0))

    assert found.department == "市民課"


def route_of_candidates(voice, monkeypatch, ids, scores=(0.5, 0.5, 0.5)):
    """The route where the search is unsure between these entries."""
    result = SearchResult(
        "", "choices", tuple(Candidate(entry, score, ()) for entry, score in zip(ids, scores, strict=False)), 0.5
    )
    monkeypatch.setattr("bot.reception.search", lambda *_args, **_more: result)
    return route(voice(), "手続きのこと", "", "")


def test_the_buttons_name_the_departments_whatever_becomes_of_their_order(voice):
    city = voice().city
    asked = which_department(voice(), ("市民課", "ごみ減量課", "総合案内"))

    assert [choice.label for choice in asked.choices] == ["市民課", "ごみ減量課", "わからない（総合案内）"]
    chosen = [marked(city, choice.value.removeprefix("person:")).name for choice in asked.choices]
    assert chosen == ["市民課", "ごみ減量課", "総合案内"]
    assert all(choice.value.isascii() for choice in asked.choices)
    assert marked(city, mark_of("なくなった課")).name == "総合案内"
