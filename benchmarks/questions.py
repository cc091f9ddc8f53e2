"""What residents ask in a benchmark: the everyday few that everybody asks, or thousands that nobody asked before."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

from faq.assembly import assemble
from faq.content import base_folder, read_folder

DEMO = Path(__file__).parents[1] / "cities" / "demo"

EVERYDAY = (
    """
ひっこしてきたけど何すればいい？ / 住民票ほしい / ゴミの日いつ / 粗大ごみの出し方 / マイナンバーカード なくした
保育園の申し込みはいつから / こくほの保険料が高い / 年金の免除 / 水が出ない / 犬を飼い始めた / 出生届はどこに出すの
児童手当もらえる？ / 介護の認定を受けたい / 税金の証明がいる / 固定資産税の支払い / 引っ越しで水道を止めたい
予防接種の予定 / 図書館の時間 / 選挙の投票所はどこ / 避難所を知りたい / 結婚するので届を出したい / おくやみの手続き
外国人の住所変更 / 市営住宅に入りたい / 道路に穴があいている / カラスがごみを荒らす / 印鑑登録したい / ありがとう
学校を転校する / 障害者手帳の申請 / 相談したい / 税金を払い忘れた / 子どもが熱を出した / 公園で花火 / こんにちは
""".strip()
    .replace("\n", " / ")
    .split(" / ")
)
"""35: asked again and again, so that an answer found once is found again. None of them asks for a person."""


def everyday(seed: int = 1) -> Iterator[str]:
    chance = random.Random(seed)
    while True:
        yield chance.choice(EVERYDAY)


def all_different(seed: int = 1) -> Iterator[str]:
    """The demo city's phrasings and tests in pairs that nobody asked before: no text comes twice."""
    entries = assemble(read_folder(DEMO), read_folder(base_folder(DEMO))).entries.values()
    texts = [text for entry in entries for text in (*entry.phrasings, *entry.tests)]
    random.Random(seed).shuffle(texts)
    yield from dict.fromkeys(texts)
    for first, second in itertools.permutations(texts, 2):
        yield f"{first} {second}"
