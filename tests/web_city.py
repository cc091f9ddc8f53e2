"""A small city with a web site, for tests of the widget and the public pages: real wording, few entries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from faq.library import Library, Source
from tests.builders import CITY_YAML, write_city
from tests.running import ROOT

ALLOWED = "https://www.city.test.example.jp"

ENTRIES_YAML = """\
category: moving
faqs:
  - id: moving-in
    question: 引っ越してきたときの手続きを知りたい
    phrasings: [ひっこしてきたけど何すればいい？, 転入届の出し方, 新しく住み始めた, 他の市から来た]
    answer: |
      引っ越した日から14日以内に、転入届を出してください。電話は 048-000-0001 です。

      ■持ち物
      ・本人確認書類
      ・在留カード（外国籍の人）

      ■費用　かかりません。
    easy: |
      引(ひ)っ越(こ)しを した 人(ひと)は、14日(にち) 以内(いない)に 市民課(しみんか)へ 来(き)て ください。
    department: 市民課
    links: [{title: 転入届の案内, url: "https://www.city.test.example.jp/tennyu"}]
    related: [moving-out, ended]
    tests: [先週越してきたけど役所で何するの, 転入のとき持っていくもの]
    translations:
      en:
        question: I have just moved here. What should I do?
        answer: Submit a moving-in notification within 14 days.
  - id: moving-out
    question: 市の外へ引っ越すときの手続きを知りたい
    phrasings: [転出届の出し方, よその市に移る, 引っ越して出ていく]
    answer: 引っ越す前に、市民課で転出届を出してください。電話 048-000-0001
    department: 市民課
  - id: ended
    question: 去年の引越し助成金をもらいたい
    phrasings: [引越し助成金, 引越しの補助, 助成金の申し込み]
    answer: 受付は終わりました。
    valid_until: 2025-03-31
  - id: nasty
    question: <script>alert("題")</script> という札を見た
    phrasings: [あやしい札, 変な札, 札の意味]
    answer: |
      <img src=x onerror="document.title='壊れた'">
      市民課に電話してください。</script><b>太字</b>
    department: 市民課
    links: [{title: "<b>案内</b>", url: "https://www.city.test.example.jp/?a=1&b=<2>"}]
"""

_NAMES = """
住民票 戸籍 印鑑登録 パスポート 婚姻届 出生届 死亡届 国民健康保険 国民年金 介護保険 住民税 固定資産税
軽自動車税 納税証明 保育園 幼稚園 学童保育 児童手当 予防接種 健康診断 がん検診 障害者手帳 生活保護 市営住宅
水道 下水道 道路の穴 街灯 公園 犬の登録 野良猫 図書館 体育館 公民館 防災マップ 避難所 消火器 選挙 議会 入札
農地 商店街 観光 祭り 市史 広報紙 自転車 駐輪場 バス 空き家 騒音 墓地 火葬場
"""
OTHER_THINGS = tuple(_NAMES.split())
"""A city knows many things; a word is worth what it tells apart."""


def _others() -> str:
    rows = (
        f"  - id: other-{number}\n"
        f"    question: {thing}のことを知りたい\n"
        f"    answer: {thing}のことは、総合案内（048-000-0000）へ。\n"
        for number, thing in enumerate(OTHER_THINGS)
    )
    return "category: garbage\nfaqs:\n" + "".join(rows)


def a_web_library(
    cities: Path, origins: tuple[str, ...] = (ALLOWED,), changes: Mapping[str, str] | None = None
) -> Library:
    """試験市, whose pages of these origins may embed the chat; its sentences are the ones that residents read."""
    widget = "widget:\n  origins:\n" + "".join(f"    - {origin}\n" for origin in origins)
    files = {
        "city.yaml": CITY_YAML + widget,
        "faq/moving.yaml": ENTRIES_YAML,
        "faq/other.yaml": _others(),
        **(changes or {}),
    }
    folder = write_city(cities, "test", files)
    library = Library({"test": Source(folder, ROOT / "cities" / "_base")})
    library.check_now()
    return library
