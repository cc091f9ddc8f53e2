"""Who says that the city sends too much is heard; who asks about something else is not taken for it."""

from __future__ import annotations

import time

import pytest

from bot.intents import recognise
from bot.too_many import sounds_annoyed, too_many_notices


@pytest.mark.parametrize(
    "text",
    [
        "お知らせが多い",
        "お知らせ多すぎ！",
        "通知がうるさいです",
        "配信が多すぎて困ります",
        "LINEがしつこい",
        "ﾗｲﾝの通知が多すぎて眠れない",
        "メッセージが多すぎる",
        "毎日お知らせが来てうるさい",
        "こんなにお知らせいらない",
        "お知らせを減らしてほしい",
        "お知らせの量を減らせませんか？",
        "市からのお知らせが多すぎるんですけど",
        "お知(し)らせが 多(おお)いです",
        "夜中に通知が迷惑",
    ],
)
def test_a_complaint_of_notices_leads_to_their_settings(text: str) -> None:
    assert too_many_notices(text)
    assert recognise(text) == "wish_less"


@pytest.mark.parametrize(
    "text",
    [
        "給付金のお知らせが多い月はいつ",
        "お知らせが届かない",
        "納税通知が多い",
        "通知カードがいらない",
        "通知書が迷惑",
        "となりの家がうるさい",
        "ごみの量を減らしたい",
        "広報のお知らせを減らして作る",
        "LINEで住民票",
        "迷惑メールの通知",
        "うるさい",
    ],
)
def test_a_question_is_no_complaint(text: str) -> None:
    assert not too_many_notices(text)
    assert recognise(text) != "wish_less"


@pytest.mark.parametrize("text", ["うるさい", "しつこい！", "もういらない", "送らないで", "毎日うるさいです"])
def test_few_words_may_be_one(text: str) -> None:
    assert sounds_annoyed(text)
    assert not sounds_annoyed(f"{text} となりの犬")


@pytest.mark.parametrize("text", ["お知らせが多い" + "んですのだ" * 900, "毎日" * 2_000 + "お知らせ", "お知らせ" * 999])
def test_a_long_message_costs_no_time(text: str) -> None:
    began = time.thread_time()

    assert not too_many_notices(text)
    assert not sounds_annoyed(text)
    assert time.thread_time() - began < 0.1
