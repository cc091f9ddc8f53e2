"""`faq explain`: a member of staff asks why, and reads the reply, what decided it, and the chain of the search."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

import app
from bot.emergency_words import PATTERNS
from commands_explain import DANGERS, why
from tests.demo_city import the_demo_knowledge
from tests.running import ROOT

NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)


def told(question: str, top: int = 3) -> dict[str, str]:
    return {title: "\n".join(lines) for title, lines in why(the_demo_knowledge(), question, NOON, top)}


def reply_to(question: str) -> str:
    return told(question)["返事（はじめて話す人に、いま）"]


def reason_for(question: str) -> str:
    return told(question)["返事が決まったわけ"]


def test_it_is_typed_in_a_shell() -> None:
    result = CliRunner().invoke(
        app.main, ["faq", "explain", "--city", str(ROOT / "cities" / "demo"), "--top", "1", "ゴミいつ"]
    )

    assert result.exit_code == 0
    for part in ("返事（はじめて話す人に、いま）", "語の区切り", "1. garbage-calendar「", "点数の内わけ", "判定"):
        assert part in result.output
    assert "\n2. " not in result.output


def test_what_staff_wrote_down_is_named_as_the_reason() -> None:
    assert "【マイナンバーカードをなくした・盗まれた】" in reply_to("まいなんばー 無くした！")
    assert "職員が書いた言い回しと同じ" in reason_for("まいなんばー 無くした！")


def test_a_cry_for_help_is_not_explained_by_the_search() -> None:
    assert "0120-279-338" in reply_to("もう死にたい")
    assert "命に関わることば：自殺" in reason_for("もう死にたい")
    assert "使っていません" in reason_for("もう死にたい")


def test_every_kind_of_danger_has_a_name() -> None:
    assert DANGERS.keys() == PATTERNS.keys()


@pytest.mark.parametrize("words", ["ありがとう", "こんにちは", "人に聞く", "メニュー"])
def test_words_of_the_talk_itself_are_not_explained_by_the_search(words: str) -> None:
    assert "検索より先に決まりました" in reason_for(words)


def test_a_question_back_is_named_as_one() -> None:
    assert "住民票は、だれが、どのように取りますか。" in reply_to("住民票")
    assert "聞き返し（clarify）" in reason_for("住民票")


def test_candidates_are_the_decision_of_the_search() -> None:
    assert reason_for("税金") == "検索の判定：候補を出す"


def test_a_number_that_residents_may_not_send_is_hidden_here_too() -> None:
    everything = "\n".join(told("私の番号は123456789018です。引っ越しました").values())

    assert "123456789018" not in everything
    assert "引っ越し" in everything


def test_numbers_that_stand_before_an_answer_are_named_too() -> None:
    assert "119番" in reply_to("だれか")
    assert "danger_numbers" in reason_for("だれか")
