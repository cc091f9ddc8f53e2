"""A reply as LINE shows it: cards, quick replies, numbers for desktop, and nothing cut in silence."""

import json

import pytest

from bot.messages import Answer, Choice, Choices, Link, Reply, Text
from emulator.checks.actions import valid_uri
from handlers.line import limits
from handlers.line.messages import render

LABELS = {
    "contact": "お問い合わせ",
    "place": "窓口",
    "hours": "受付時間",
    "phone": "電話",
    "call": "電話する",
    "type_hint": "（{labels}と送っても選べます）",
    "ask_again": "もういちど送ってください。",
}


def say(key, language, **values):
    return LABELS[key].format(**values)


def an_answer(body="転入届を出してください。", **changes):
    fields = {
        "entry_id": "moving-in",
        "title": "引っ越してきたときの手続き",
        "body": body,
        "department": "市民課",
        "place": "市役所1階",
        "hours": "平日 8:30〜17:15",
        "phone": "048-000-1110",
        "links": (Link("転入届の案内", "https://www.city.example.jp/tennyu"),),
    }
    return Answer(**{**fields, **changes})


FEEDBACK = Choices(
    "役に立ちましたか。", (Choice("役に立った", "helpful:moving-in:yes"), Choice("人に聞く", "person")), "feedback"
)
RELATED = Choices("こちらも。", (Choice("転出届", "entry:moving-out"), Choice("住民票", "entry:juminhyo")), "related")


def everything(messages):
    return json.dumps(messages, ensure_ascii=False)


def test_an_answer_is_a_card_with_its_window_phone_and_link():
    [card, _] = render(Reply("answer", (an_answer(), RELATED, FEEDBACK)), say)

    assert card["type"] == "flex"
    for expected in (
        "転入届を出してください。",
        "市民課",
        "平日 8:30〜17:15",
        "tel:0480001110",
        "https://www.city.example.jp/tennyu",
    ):
        assert expected in everything(card)
    assert "転入届を出してください。" in card["altText"]
    assert "048-000-1110" in card["altText"]


def test_quick_replies_stand_on_the_last_message_only():
    messages = render(Reply("answer", (an_answer(), RELATED, FEEDBACK)), say)

    assert [("quickReply" in message) for message in messages] == [False, True]
    labels = [item["action"]["label"] for item in messages[-1]["quickReply"]["items"]]
    assert labels == ["1 転出届", "2 住民票", "役に立った", "人に聞く"]


def test_desktop_line_can_pick_by_number_or_by_word():
    last = render(Reply("answer", (an_answer(), RELATED, FEEDBACK)), say)[-1]["text"]

    assert "1 転出届\n2 住民票" in last
    assert "（「役に立った」「人に聞く」と送っても選べます）" in last


def test_candidates_are_numbered_rows_to_tap():
    choices = Choices("どれですか。", (Choice("転入届", "entry:a"), Choice("人に聞く", "none")), "candidates")

    [card] = render(Reply("choices", (choices,)), say)

    assert card["altText"] == "どれですか。\n1 転入届\n2 人に聞く"
    assert '"data": "entry:a"' in everything(card)
    assert [item["action"]["data"] for item in card["quickReply"]["items"]] == ["entry:a", "none"]


def test_a_long_title_is_whole_in_the_row_and_short_on_the_button():
    title = "市外から引っ越してきたときの手続き（転入届・国民健康保険・学校）をまとめて知りたい"

    [card] = render(Reply("choices", (Choices("どれですか。", (Choice(title, "entry:a"),), "candidates"),)), say)

    assert title in everything(card["contents"])
    assert limits.graphemes(card["quickReply"]["items"][0]["action"]["label"]) == 20


def test_a_label_that_is_too_long_loses_its_readings_before_it_is_cut():
    choices = (Choice("どれも ちがう・人(ひと)に 聞(き)く", "none"),)

    messages = render(Reply("choices", (Choices("どれですか。", choices, "candidates", "easy"),)), say)

    assert messages[-1]["quickReply"]["items"][0]["action"]["label"] == "1 どれも ちがう・人に 聞く"
    assert "人(ひと)に 聞(き)く" in messages[0]["altText"]


def test_neighbouring_texts_become_one_message():
    messages = render(Reply("talk", (Text("一つめ"), Text("二つめ"))), say)

    assert messages == [{"type": "text", "text": "一つめ\n\n二つめ"}]


@pytest.mark.parametrize("length", [100, 1999, 2001, 4000, 10_000])
def test_an_answer_of_any_length_arrives_whole_and_within_the_limits(length):
    body = ("手続きの説明の文です。" * (length // 11 + 1))[:length]

    messages = render(Reply("answer", (Text("はじめに"), an_answer(body), RELATED, FEEDBACK)), say)

    assert limits.problems(messages) == []
    shown = "".join(
        message["text"] if message["type"] == "text" else everything(message["contents"]) for message in messages
    ).replace("\n", "")
    assert body in shown.replace("\\n", "")


def test_an_answer_without_phone_links_or_window_is_still_a_card():
    bare = an_answer(department="", place="", hours="", phone="", links=())

    [card] = render(Reply("answer", (bare,)), say)

    assert limits.problems([card]) == []
    assert "footer" not in card["contents"]


def test_a_reply_without_blocks_is_never_silence():
    assert render(Reply("talk", ()), say) == [{"type": "text", "text": "もういちど送ってください。"}]


def test_every_link_arrives_as_a_button_or_in_words():
    links = [Link(f"ページ{number}", f"https://www.city.example.jp/{number}") for number in range(5)]
    mail = Link("メール", "mailto:a@city.example.jp")

    card, more = render(Reply("answer", (an_answer(links=(mail, *links)),)), say)

    buttons = [button["action"]["label"] for button in card["contents"]["footer"]["contents"]]
    assert limits.problems([card, more]) == []
    assert buttons == ["ページ0", "ページ1", "ページ2", "電話する"]
    assert more["text"].splitlines() == [
        "メール",
        "a@city.example.jp",
        "ページ3",
        "https://www.city.example.jp/3",
        "ページ4",
        "https://www.city.example.jp/4",
    ]


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("https://www.city.example.jp/くらし/ごみ?地区=東#表", "https://www.city.example.jp/%E3%81%8F"),
        ("https://例え.jp/", "https://xn--r8jz45g.jp/"),
        ("https://www.city.example.jp/100%のこと", "https://www.city.example.jp/100%25%E3"),
        ("https://www.city.example.jp/%E3%81%94?a=1&b=[2]", "https://www.city.example.jp/%E3%81%94?a=1&b=[2]"),
        ("tel:#7119", "tel:%237119"),
        ("https://[half", ""),
        ("https:///nobody", ""),
        ("https://www.city.example.jp/" + "く" * 120, ""),
    ],
    ids=["words", "host", "percent", "encoded already", "short number", "no address", "no host", "too long encoded"],
)
def test_an_address_as_staff_paste_it_is_one_that_line_opens_or_no_button(address, uri):
    """LINE refuses the whole message for one address that is not encoded: the resident would hear nothing."""
    card, *in_words = render(Reply("answer", (an_answer(links=(Link("くわしく", address),)),)), say)

    buttons = [button["action"]["uri"] for button in card["contents"]["footer"]["contents"]]
    assert limits.problems([card, *in_words]) == []
    assert all(valid_uri(one) for one in buttons)
    assert buttons[0].startswith(uri or "tel:")
    assert (address in everything(in_words)) is not bool(uri)
