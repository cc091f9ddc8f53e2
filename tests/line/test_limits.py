"""LINE's limits, each met exactly and broken by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.line import limits

FAMILY = "👨‍👩‍👧‍👦"


def text(content, **more):
    return {"type": "text", "text": content, **more}


def postback(label="えらぶ", data="menu", display="えらぶ"):
    return {"type": "postback", "label": label, "data": data, "displayText": display}


def quick(*actions):
    return text("どうぞ", quickReply={"items": [{"type": "action", "action": action} for action in actions]})


def flex(contents=None, alt="カード"):
    body = contents or [{"type": "text", "text": "あ"}]
    return {
        "type": "flex",
        "altText": alt,
        "contents": {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": body}},
    }


def button(action):
    return flex([{"type": "button", "action": action}])


def uri(address, label="開く"):
    return {"type": "uri", "label": label, "uri": address}


@pytest.mark.parametrize(
    ("fits", "too_much", "names"),
    [
        pytest.param([text("あ")] * 5, [text("あ")] * 6, "messages", id="five messages"),
        pytest.param([text("あ")], [], "messages", id="at least one message"),
        pytest.param([text("あ" * 5000)], [text("あ" * 5001)], "text", id="text of 5000"),
        pytest.param([text("🍎" * 2500)], [text("🍎" * 2500 + "a")], "text", id="text counts UTF-16 units"),
        pytest.param([text("あ")], [text(" \n")], "text", id="text is not empty"),
        pytest.param([flex(alt="あ" * 1500)], [flex(alt="あ" * 1501)], "altText", id="altText of 1500"),
        pytest.param([flex()], [flex(alt="")], "altText", id="altText is not empty"),
        pytest.param([quick(*[postback()] * 13)], [quick(*[postback()] * 14)], "quickReply", id="13 quick replies"),
        pytest.param([quick(postback("あ" * 20))], [quick(postback("あ" * 21))], "label", id="quick label of 20"),
        pytest.param(
            [quick(postback(FAMILY * 20))], [quick(postback(FAMILY * 21))], "label", id="labels count graphemes"
        ),
        pytest.param([quick(postback())], [quick(postback(label=" "))], "label", id="label is not empty"),
        pytest.param([button(postback("あ" * 40))], [button(postback("あ" * 41))], "label", id="Flex label of 40"),
        pytest.param([button(postback(data="a" * 300))], [button(postback(data="a" * 301))], "data", id="data of 300"),
        pytest.param([button(postback())], [button(postback(data=""))], "data", id="data is not empty"),
        pytest.param(
            [button(postback(display="あ" * 300))],
            [button(postback(display="あ" * 301))],
            "displayText",
            id="display of 300",
        ),
        pytest.param(
            [button(uri("https://a.example/" + "a" * 982))],
            [button(uri("https://a.example/" + "a" * 983))],
            "uri",
            id="uri of 1000",
        ),
        pytest.param([button(uri("tel:0480001110"))], [button(uri("ftp://a.example"))], "uri", id="uri schemes"),
        pytest.param(
            [flex([{"type": "text", "text": "あ" * 9000}])],
            [flex([{"type": "text", "text": "あ" * 11000}])],
            "bytes",
            id="bubble of 30 KB",
        ),
        pytest.param([flex()], [flex([{"type": "text", "text": ""}])], "empty", id="Flex text is not empty"),
        pytest.param(
            [flex()],
            [flex([{"type": "box", "layout": "vertical", "contents": []}])],
            "empty",
            id="Flex box is not empty",
        ),
        pytest.param([text("あ")], [{"type": "imagemap"}], "type", id="only types that we send"),
    ],
)
def test_a_limit_is_met_exactly_and_not_passed(fits, too_much, names):
    assert limits.problems(fits) == []
    assert any(names in problem for problem in limits.problems(too_much))


def test_a_long_text_is_split_between_sentences_and_loses_nothing():
    story = "これは一文です。" * 1500

    parts = limits.split_text(story)

    assert "".join(parts) == story
    assert all(limits.utf16_units(part) <= 5000 for part in parts)
    assert all(part.endswith("。") for part in parts)


@given(st.text(alphabet=st.sampled_from("あ🍎👨‍👩‍👧 \n。a"), max_size=400), st.integers(min_value=4, max_value=60))
def test_splitting_keeps_every_visible_character_and_the_limit(text_in, limit):
    parts = limits.split_text(text_in, limit)

    assert "".join("".join(parts).split()) == "".join(text_in.split())
    assert all(limits.utf16_units(part) <= max(limit, 11) for part in parts)


def test_a_label_is_shortened_with_a_visible_mark():
    assert limits.shorten("市外から引っ越してきたときの手続きを知りたい", 10) == "市外から引っ越して…"
    assert limits.shorten(FAMILY * 3, 3) == FAMILY * 3
