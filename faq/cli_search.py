"""`faq search` and `faq evaluate`: ask a city's knowledge from a terminal and measure how often it is right."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from faq import evaluate as evaluation
from faq.knowledge import load_knowledge
from faq.search import SearchResult
from faq.search import search as find

CITY_OPTION: Final[Callable[[Callable[..., None]], Callable[..., None]]] = click.option(
    "--city",
    "directory",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="市のフォルダー（city.yaml のある場所）",
)


@click.command("search")
@CITY_OPTION
@click.option("--top", default=5, show_default=True, type=click.IntRange(1, 100), help="表示する候補の数")
def search(directory: Path, top: int) -> None:
    """標準入力の1行を1つの質問として検索し、1行のJSONで答えます。"""
    index = load_knowledge(directory).index
    for line in click.open_file("-", encoding="utf-8", errors="replace"):
        query = line.rstrip("\r\n")
        started = time.perf_counter()
        result = find(index, query, top=top)
        click.echo(as_json(result, (time.perf_counter() - started) * 1000))


@click.command("evaluate")
@CITY_OPTION
@click.option(
    "--queries",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='1行に {"query": "質問文", "relevant": {"FAQのid": 2}} を書いたファイル。省くと、FAQの tests で測ります',
)
def evaluate(directory: Path, queries: Path | None) -> None:
    """正解のわかっている質問で、検索の正しさを測ります。"""
    knowledge = load_knowledge(directory)
    try:
        judged = evaluation.read_queries(queries) if queries else evaluation.own_tests(knowledge.entries.values())
    except evaluation.UnreadableQueries as error:
        raise click.ClickException(str(error)) from error
    if not judged:
        raise click.ClickException("測る質問がありません。FAQに tests を書くか、--queries でファイルを指定してください")
    click.echo(evaluation.table(evaluation.evaluate(knowledge.index, judged)))


def as_json(result: SearchResult, milliseconds: float) -> str:
    """One result as one line of JSON, in the form that other programs rely on."""
    record = {
        "query": result.query,
        "decision": result.decision,
        "results": [
            {"id": candidate.id, "score": candidate.score, "matched": list(candidate.matched)}
            for candidate in result.candidates
        ],
        "ms": round(milliseconds, 3),
    }
    return json.dumps(record, ensure_ascii=False)


COMMANDS: Final[list[click.Command]] = [search, evaluate]
