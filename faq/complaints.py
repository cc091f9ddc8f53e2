"""What pydantic finds, said to staff in Japanese: one sentence that tells what to do."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

# Names that staff try before they know ours.
JAPANESE_FIELDS = {
    "番号": "id",
    "質問": "question",
    "回答": "answer",
    "答え": "answer",
    "言い換え": "phrasings",
    "聞き方": "phrasings",
    "キーワード": "keywords",
    "分類": "category",
    "分野": "category",
    "担当課": "department",
    "担当": "department",
    "やさしい日本語": "easy",
    "連絡先": "contact",
    "リンク": "links",
    "関連": "related",
    "テスト": "tests",
    "開始日": "valid_from",
    "終了日": "valid_until",
    "見直し日": "review_by",
    "翻訳": "translations",
}

_IDENTIFIER = "半角の小文字の英字・数字と「.」「_」「-」だけで、64文字以内にしてください（先頭は英字か数字）。"
_URL = "https:// などで始まり、空白のない URL にしてください（電話は tel:、メールは mailto:）。"
_PATTERNS = (
    ("a-z0-9._-", _IDENTIFIER),
    ("tel:", _URL),
    ("^[0-9]{7}$", "市町村等の番号は、半角の数字7けたです（例 1110000。市町村の5けたの番号に 00 を付けます）。"),
    ("^[0-9]{3,12}$", "気象庁の番号を、半角の数字で書いてください。"),
    ("#[0-9]", "電話番号は半角の数字と「-」で書いてください。例 048-000-1100"),
    ("^/\\s", "https://www.example.jp のように、サイトの先頭だけを書いてください（後ろに / を付けない）。"),
    ("0[1-9]|1[0-2]", "月日は 12-29 のように、2けたずつ「-」でつないでください。"),
    ("@[", "メールアドレスは「shimin@city.example.lg.jp」の形で、1行に1つ書いてください。"),
    ("teams|", "使えるのは teams, slack, logo, なし か、見本のファイルの名前（例 yakusho.json）です。"),
    ("A-Z][A-Z0-9_]", "半角の大文字の英字・数字・「_」で書いてください（先頭は英字）。例 FUKUSHI"),
    ("\\n", "改行を入れずに、1行で書いてください。"),
)
_FIXED = {
    "missing": "必要な項目です。書き足してください。",
    "string_too_short": "空になっています。文を書いてください。",
    "string_type": "ここには文を1つだけ書いてください（一覧や入れ子にはできません）。",
    "tuple_type": "一覧にしてください。1行に1つ「- 文」、または [文, 文] と書きます。",
    "dict_type": "「項目名: 値」を字下げして並べてください。",
    "model_type": "「項目名: 値」を字下げして並べてください。",
    "model_attributes_type": "「項目名: 値」を字下げして並べてください。",
    "too_short": "1つ以上書いてください。",
    "int_parsing": "半角の数字で書いてください。",
    "int_type": "半角の数字で書いてください。",
    "bool_parsing": "「はい」か「いいえ」で書いてください。",
    "bool_type": "「はい」か「いいえ」で書いてください。",
    "closes_before_opening": "close（閉まる時刻）は open（開く時刻）より後にしてください。夜0時までなら 24:00 です。",
    "default_department_unknown": "default_department の課が departments にありません。名前をそろえてください。",
    "notice_id_twice": "同じ id が2つあります。ほかと重ならない id にしてください。",
    "question_and_choices": "kind が choice の質問には choices を書きます。month の質問には書きません。",
    "disaster_brace": "{ } に使えるのは areas, reason, places, city, phone, website, number, time, title です。",
    "unknown_placeholder": "{ } に使えるのは city, place, what, name, kind, grade, level, time, headline, phone です。",
    "words_of_an_order": "避難指示などの市の避難情報は、電文からは出せません。職員の画面から出してください。",
    "bare_level": "気象庁のレベルは、市の避難情報ではありません。数字を書かずに {level} を使ってください。",
    "unknown_danger": "what は、大雨・土砂災害・地震など、docs/disaster.md の表から選んでください。",
    "unknown_step": "at が、この what の段階にありません。docs/disaster.md の表から選んでください。",
    "nobody_told": "topics に、お知らせの分野の id を1つ以上書いてください（そこから外れた人には送りません）。",
    "step_twice": "同じ what と at の規則が2つあります。1つにまとめてください。",
    "both_families": "family の電文にない種類です。新は高潮・氾濫、旧は「高潮（旧）」・洪水です。両方は使えません。",
    "not_latin": "英語の名前を、半角の英字で書いてください。例：Kita (North) District",
    "department_twice": "departments に同じ name が2つあります。1つにまとめてください。",
}
_DAY = "日付は 2027-03-31 のように、実際にある日を半角の数字で書いてください。"
_CLOCK = "時刻は 8:30 のように、半角の数字で書いてください。"


def complain(error: ErrorDetails, known_fields: Collection[str]) -> str:
    """What to do about one pydantic error; `known_fields` are the names allowed where an unknown one was found."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return unknown_field(str(error["loc"][-1]), known_fields)
    if kind == "string_type" and isinstance(error["input"], dict) and not isinstance(error["loc"][-1], str):
        return "文の中に「: 」があるため、項目名として読まれました。文の全体を ' ' で囲んでください。"
    if kind == "tuple_type" and str(error["input"]).startswith("-"):
        return "「-」の後ろに半角の空白がありません。1行に1つ「- 文」の形にしてください。"
    if kind == "string_too_long":
        return f"長すぎます。{context['max_length']}文字以内にしてください（いまは{len(str(error['input']))}文字）。"
    if kind == "string_pattern_mismatch":
        return next((text for part, text in _PATTERNS if part in str(context["pattern"])), "書き方が決まりと違います。")
    if kind == "literal_error":
        return f"使えるのは {_choices(context)} だけです。"
    if kind in {"greater_than_equal", "less_than_equal"}:
        return _out_of_range(error)
    if kind == "too_long":
        return f"{context['max_length']}個までにしてください。"
    if kind == "value_error" or kind.startswith(("date", "time")):
        return _CLOCK if _is_clock(error) else _DAY
    return _FIXED.get(kind, "書き方が決まりと違います。docs/faq-authoring.md の例と見比べてください。")


def unknown_field(name: str, known_fields: Collection[str]) -> str:
    """`phrasing` → perhaps `phrasings`; `質問` → `question`."""
    wanted = JAPANESE_FIELDS.get(name)
    near = [wanted] if wanted in known_fields else get_close_matches(name.lower(), sorted(known_fields), 1, 0.6)
    if near and near[0]:
        return f"「{name}」という項目はありません。「{near[0]}」のまちがいではありませんか。"
    return f"「{name}」という項目はありません。使えるのは {', '.join(known_fields)} です。"


def _choices(context: dict[str, Any]) -> str:
    return str(context["expected"]).replace(" or ", ", ").replace("'", "")


def _out_of_range(error: ErrorDetails) -> str:
    if "weeks" in error["loc"]:
        return "1 から 5 の数字にしてください（第何週かを表します）。"
    context = error.get("ctx", {})
    return (
        f"{context['ge']} 以上の数字にしてください。"
        if "ge" in context
        else f"{context['le']} 以下の数字にしてください。"
    )


def _is_clock(error: ErrorDetails) -> bool:
    return bool({"open", "close"} & set(error["loc"]))
