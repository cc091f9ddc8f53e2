"""`faq explain`: what the city would say to a question, and why: danger, the words, the points, the decision.

In a module of its own at the top: the search of `faq/` knows neither danger nor replies (`bot/`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.answer import CANDIDATES
from bot.dialogue import Conversation
from bot.emergency import listen
from bot.emergency_words import Emergency
from bot.messages import Decision, Inquiry
from bot.numbering import plain_text
from bot.privacy import mask, without_masks
from bot.respond import JAPAN, respond
from bot.turn import Response
from faq.cli_search import CITY_OPTION
from faq.explain import Explanation, explain
from faq.explain_words import DECISIONS, Section, as_text, sections
from faq.knowledge import Knowledge, load_knowledge

DANGERS: dict[Emergency, str] = {
    "suicide": "自殺・死にたい気持ち",
    "child_abuse": "子どもへの虐待",
    "violence": "暴力（DV）",
    "fire": "火事",
    "ambulance": "けが・急病（救急）",
    "police": "事件・犯罪（警察）",
    "disaster": "災害・津波",
    "help": "助けを求める声",
}
SAID_OTHERWISE: dict[Decision, str] = {
    "menu": "メニュー",
    "talk": "会話のことば（あいさつ・お礼・命令など）への返事",
}
LONGEST_REPLY = 12
"""Lines."""


@click.command("explain")
@CITY_OPTION
@click.option("--top", default=3, show_default=True, type=click.IntRange(1, 20), help="説明する候補の数")
@click.argument("question")
def explain_command(directory: Path, top: int, question: str) -> None:
    """この質問に何と返事をするのか、なぜそうなるのか（語と読み・言いかえ・点数・判定）を説明します。"""
    told = why(load_knowledge(directory), question, datetime.now(UTC), top)
    click.echo(as_text(told))


def why(knowledge: Knowledge, question: str, now: datetime, top: int = CANDIDATES) -> list[Section]:
    """What somebody who begins to talk with this question gets `now`, and the chain that leads there."""
    masked = mask(question)
    inquiry = Inquiry("", "", "line", "text", "", now, text=masked.text, masked=masked.kinds)
    response = respond(inquiry, knowledge, Conversation(), now)
    day = now.astimezone(JAPAN).date()
    explanation = explain(knowledge.index, without_masks(masked.text), top, day, knowledge.entries)
    return [
        Section("返事（はじめて話す人に、いま）", tuple(_reply(response))),
        Section("返事が決まったわけ", tuple(_reason(knowledge, inquiry.text, response, explanation))),
        *sections(explanation),
    ]


def _reply(response: Response) -> Iterator[str]:
    lines = [line for line in plain_text(response.reply).splitlines() if line.strip()]
    yield from lines[:LONGEST_REPLY]
    if len(lines) > LONGEST_REPLY:
        yield f"（あと {len(lines) - LONGEST_REPLY} 行）"


def _reason(knowledge: Knowledge, text: str, response: Response, explanation: Explanation) -> Iterator[str]:
    heard, decision = listen(text), response.reply.decision
    if heard.kind:
        yield f"命に関わることば：{DANGERS[heard.kind]}。ほかの何よりも先に返事をします"
        if heard.torn:
            yield "ほかの番号がいるかもしれないので、ほかの番号も添えます"
        yield "下は、これがなかったときの検索です（使っていません）"
    elif not response.candidates:
        yield f"{SAID_OTHERWISE.get(decision, '会話の決まり')}。検索より先に決まりました"
        yield "下は、これがなかったときの検索です（使っていません）"
    else:
        searched: Decision = "answer" if explanation.verbatim else explanation.decision
        because = "職員が書いた言い回しと同じなので、" if explanation.verbatim else ""
        yield f"検索の判定：{because}{DECISIONS[searched]}"
        if response.conversation.clarified:
            yield "案内に聞き返し（clarify）が書いてあるので、先に1つ聞きます"
        elif decision != searched:
            yield "会話の決まり（聞き返し、いくつもの用件、文ごとの検索）で、検索の判定とちがう返事になりました"
    if not heard.kind and knowledge.wording["ja"]["danger_numbers"] in plain_text(response.reply):
        yield "命に関わることばかもしれないので、番号を先に添えます（danger_numbers）"
