"""LINE's limits on messages, one row each: just inside passes (through the real SDK), just outside is a 400."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from linebot.v3.messaging import Message, MessagingApi, ValidateMessageRequest

from emulator.checks.units import grapheme_length, utf16_length

IMAGE = "https://example.com/a.png"
Json = dict[str, Any]


def text(length: int, letter: str = "あ") -> str:
    return letter * length


def message_action(**changes: Any) -> Json:
    return {"type": "message", "label": "はい", "text": "はい"} | changes


def postback(**changes: Any) -> Json:
    return {"type": "postback", "label": "はい", "data": "yes"} | changes


def uri(address: str, **changes: Any) -> Json:
    return {"type": "uri", "label": "見る", "uri": address} | changes


def picker(**changes: Any) -> Json:
    return {"type": "datetimepicker", "label": "日", "data": "d", "mode": "date"} | changes


def quick(*actions: Json) -> Json:
    items = [{"type": "action", "action": action} for action in actions]
    return {"type": "text", "text": "選んでください", "quickReply": {"items": items}}


def buttons(**changes: Any) -> Json:
    template = {"type": "buttons", "text": "選んでください", "actions": [message_action()]} | changes
    return {"type": "template", "altText": "選択", "template": template}


def confirm(count: int, length: int = 10) -> Json:
    template = {"type": "confirm", "text": text(length), "actions": [message_action()] * count}
    return {"type": "template", "altText": "確認", "template": template}


def column(**changes: Any) -> Json:
    return {"text": "内容", "actions": [message_action()]} | changes


def carousel(*columns: Json) -> Json:
    return {"type": "template", "altText": "一覧", "template": {"type": "carousel", "columns": list(columns)}}


def image_carousel(count: int, label: int = 12) -> Json:
    one = {"imageUrl": IMAGE, "action": message_action(label=text(label))}
    return {"type": "template", "altText": "一覧", "template": {"type": "image_carousel", "columns": [one] * count}}


def box(*contents: Json, layout: str = "vertical", **changes: Any) -> Json:
    return {"type": "box", "layout": layout, "contents": list(contents)} | changes


def words(value: str = "文", **changes: Any) -> Json:
    return {"type": "text", "text": value} | changes


def bubble(*contents: Json, **changes: Any) -> Json:
    return {"type": "bubble", "body": box(*contents)} | changes


def flex(contents: Json, alt: str = "カード") -> Json:
    return {"type": "flex", "altText": alt, "contents": contents}


def bubbles(count: int, size: int = 10) -> Json:
    return flex({"type": "carousel", "contents": [bubble(words(text(size, "a")))] * count})


FITS: dict[str, Json] = {
    "text of 5000": {"type": "text", "text": text(5000)},
    "text of 2500 emoji": {"type": "text", "text": text(2500, "🍎")},
    "text v2 with a substitution": {
        "type": "textV2",
        "text": "{{a}} {who} さん",
        "substitution": {"who": {"type": "mention", "mentionee": {"type": "all"}}},
    },
    "LINE emoji at its dollar": {
        "type": "text",
        "text": "🍎$",
        "emojis": [{"index": 2, "productId": "p", "emojiId": "e"}],
    },
    "13 quick replies": quick(*[message_action()] * 13),
    "quick reply label of 20": quick(message_action(label=text(20))),
    "label of 20 emoji families": quick(message_action(label=text(20, "👨‍👩‍👧"))),
    "quick reply for a location": quick({"type": "location", "label": "場所"}),
    "quick reply for the camera": quick({"type": "camera", "label": "撮る"}),
    "quick reply to copy": quick({"type": "clipboard", "label": "写す", "clipboardText": text(1000)}),
    "postback data of 300": quick(postback(data=text(300), displayText=text(300))),
    "keyboard with words": quick(postback(inputOption="openKeyboard", fillInText="名前：")),
    "message action of 300": quick(message_action(text=text(300))),
    "telephone": quick(uri("tel:048-000-1100")),
    "uri of 1000": quick(uri("https://a.jp/" + text(987, "a"))),
    "date picker in its years": quick(picker(initial="2026-01-01", min="1900-01-01", max="2100-12-31")),
    "time picker": quick(picker(mode="datetime", initial="2017-06-18T06:15")),
    "buttons text of 160": buttons(text=text(160)),
    "buttons text of 60 with a title": buttons(title=text(40), text=text(60)),
    "four buttons": buttons(actions=[message_action()] * 4),
    "alternative text of 1500": buttons() | {"altText": text(1500)},
    "confirm with 240": confirm(2, 240),
    "ten columns": carousel(*[column()] * 10),
    "column text of 120": carousel(column(text=text(120))),
    "column with three buttons": carousel(column(title="題", actions=[message_action()] * 3)),
    "ten pictures": image_carousel(10),
    "twelve bubbles": bubbles(12),
    "bubble just under 30 KB": flex(bubble(words(text(30_000, "a")))),
    "flex label of 40": flex(bubble({"type": "button", "action": message_action(label=text(40))})),
    "flex alternative text of 1500": flex(bubble(words()), text(1500)),
    "image in a bubble": flex(bubble({"type": "image", "url": IMAGE, "aspectRatio": "20:13", "size": "full"})),
    "spans": flex(bubble({"type": "text", "contents": [{"type": "span", "text": "太字", "weight": "bold"}]})),
    "icon in a baseline box": flex(bubble(box({"type": "icon", "url": IMAGE}, words(), layout="baseline"))),
    "separator and filler": flex(bubble({"type": "separator", "margin": "md"}, {"type": "filler"})),
    "sizes in pixels": flex(bubble(words(size="18px", color="#00118F", margin="10px"), words(size="3xl"))),
    "gradient": flex(
        bubble(
            box(
                words(),
                background={
                    "type": "linearGradient",
                    "angle": "90deg",
                    "startColor": "#ffffff",
                    "endColor": "#000000",
                },
                paddingAll="5%",
            )
        )
    ),
    "location": {"type": "location", "title": text(100), "address": text(100), "latitude": 35.9, "longitude": 139.4},
    "image": {"type": "image", "originalContentUrl": IMAGE, "previewImageUrl": IMAGE},
    "sticker": {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    "sender of 20": {"type": "text", "text": "文", "sender": {"name": text(20)}},
}

BREAKS: dict[str, tuple[Json, str]] = {
    "empty text": ({"type": "text", "text": ""}, "messages[0].text"),
    "no text": ({"type": "text"}, "messages[0].text"),
    "text of 5001": ({"type": "text", "text": text(5001)}, "messages[0].text"),
    "text of 2501 emoji": ({"type": "text", "text": text(2501, "🍎")}, "messages[0].text"),
    "unknown type": ({"type": "letter", "text": "文"}, "messages[0].type"),
    "text v2 with a bare brace": ({"type": "textV2", "text": "a{b"}, "messages[0].text"),
    "text v2 without its substitution": ({"type": "textV2", "text": "{who}"}, "messages[0].text"),
    "LINE emoji beside its dollar": (
        {"type": "text", "text": "🍎$", "emojis": [{"index": 1, "productId": "p", "emojiId": "e"}]},
        "messages[0].emojis[0].index",
    ),
    "14 quick replies": (quick(*[message_action()] * 14), "messages[0].quickReply.items"),
    "no quick replies": (quick(), "messages[0].quickReply.items"),
    "quick reply label of 21": (
        quick(message_action(label=text(21))),
        "messages[0].quickReply.items[0].action.label",
    ),
    "quick reply without label": (
        quick({"type": "message", "text": "はい"}),
        "messages[0].quickReply.items[0].action.label",
    ),
    "postback data of 301": (quick(postback(data=text(301))), "messages[0].quickReply.items[0].action.data"),
    "postback data missing": (
        quick({"type": "postback", "label": "はい"}),
        "messages[0].quickReply.items[0].action.data",
    ),
    "display text of 301": (
        quick(postback(displayText=text(301))),
        "messages[0].quickReply.items[0].action.displayText",
    ),
    "words without a keyboard": (
        quick(postback(fillInText="名前")),
        "messages[0].quickReply.items[0].action.fillInText",
    ),
    "message action of 301": (
        quick(message_action(text=text(301))),
        "messages[0].quickReply.items[0].action.text",
    ),
    "script address": (quick(uri("javascript:alert(1)")), "messages[0].quickReply.items[0].action.uri"),
    "address with a space": (quick(uri("https://a.jp/b c")), "messages[0].quickReply.items[0].action.uri"),
    "address that is not percent-encoded": (
        quick(uri("https://a.jp/くらし")),
        "messages[0].quickReply.items[0].action.uri",
    ),
    "uri of 1001": (
        quick(uri("https://a.jp/" + text(988, "a"))),
        "messages[0].quickReply.items[0].action.uri",
    ),
    "date picker before 1900": (
        quick(picker(min="1899-12-31")),
        "messages[0].quickReply.items[0].action.min",
    ),
    "date picker in another form": (
        quick(picker(initial="2026/01/01")),
        "messages[0].quickReply.items[0].action.initial",
    ),
    "clipboard of 1001": (
        quick({"type": "clipboard", "label": "写す", "clipboardText": text(1001)}),
        "messages[0].quickReply.items[0].action.clipboardText",
    ),
    "camera in a template": (
        buttons(actions=[{"type": "camera", "label": "撮る"}]),
        "messages[0].template.actions[0].type",
    ),
    "alternative text of 1501": (buttons() | {"altText": text(1501)}, "messages[0].altText"),
    "buttons text of 161": (buttons(text=text(161)), "messages[0].template.text"),
    "buttons text of 61 with a title": (buttons(title="題", text=text(61)), "messages[0].template.text"),
    "buttons title of 41": (buttons(title=text(41)), "messages[0].template.title"),
    "five buttons": (buttons(actions=[message_action()] * 5), "messages[0].template.actions"),
    "template label of 21": (
        buttons(actions=[message_action(label=text(21))]),
        "messages[0].template.actions[0].label",
    ),
    "plain http picture": (
        buttons(thumbnailImageUrl="http://example.com/a.png"),
        "messages[0].template.thumbnailImageUrl",
    ),
    "confirm with one": (confirm(1), "messages[0].template.actions"),
    "confirm with three": (confirm(3), "messages[0].template.actions"),
    "confirm text of 241": (confirm(2, 241), "messages[0].template.text"),
    "eleven columns": (carousel(*[column()] * 11), "messages[0].template.columns"),
    "column text of 121": (carousel(column(text=text(121))), "messages[0].template.columns[0].text"),
    "column with four buttons": (
        carousel(column(actions=[message_action()] * 4)),
        "messages[0].template.columns[0].actions",
    ),
    "columns of different shape": (
        carousel(column(), column(actions=[message_action()] * 2)),
        "messages[0].template.columns",
    ),
    "eleven pictures": (image_carousel(11), "messages[0].template.columns"),
    "picture label of 13": (image_carousel(1, 13), "messages[0].template.columns[0].action.label"),
    "location title of 101": (FITS["location"] | {"title": text(101)}, "messages[0].title"),
    "latitude of 91": (FITS["location"] | {"latitude": 91}, "messages[0].latitude"),
    "picture over http": (
        FITS["image"] | {"originalContentUrl": "http://a.jp/a.png"},
        "messages[0].originalContentUrl",
    ),
    "sender named after LINE": ({"type": "text", "text": "文", "sender": {"name": "LINE"}}, "messages[0].sender.name"),
    "flex alternative text of 1501": (flex(bubble(words()), text(1501)), "messages[0].altText"),
    "flex without contents": ({"type": "flex", "altText": "カード"}, "messages[0].contents"),
}

FLEX_BREAKS: dict[str, tuple[Json, str]] = {
    "thirteen bubbles": (bubbles(13), "/contents"),
    "carousel over 50 KB": (bubbles(6, 9_000), "/"),
    "bubble over 30 KB": (flex(bubble(words(text(31_000, "a")))), "/"),
    "bubbles of two sizes": (
        flex({"type": "carousel", "contents": [bubble(words(), size="kilo"), bubble(words(), size="mega")]}),
        "/contents",
    ),
    "bubble without blocks": (flex({"type": "bubble"}), "/"),
    "empty words": (flex(bubble(words(""))), "/body/contents/0/text"),
    "unknown component": (flex(bubble({"type": "table"})), "/body/contents/0/type"),
    "unknown property": (flex(bubble(words(fontSize="sm"))), "/body/contents/0/fontSize"),
    "box without layout": (flex({"type": "bubble", "body": {"type": "box", "contents": []}}), "/body/layout"),
    "box without contents": (flex({"type": "bubble", "body": {"type": "box", "layout": "vertical"}}), "/body/contents"),
    "text as body": (flex({"type": "bubble", "body": words()}), "/body/type"),
    "colour by name": (flex(bubble(words(color="red"))), "/body/contents/0/color"),
    "size out of thin air": (flex(bubble(words(size="huge"))), "/body/contents/0/size"),
    "picture over http": (
        flex(bubble({"type": "image", "url": "http://example.com/a.png"})),
        "/body/contents/0/url",
    ),
    "ratio too tall": (
        flex(bubble({"type": "image", "url": IMAGE, "aspectRatio": "1:4"})),
        "/body/contents/0/aspectRatio",
    ),
    "button without action": (flex(bubble({"type": "button"})), "/body/contents/0/action"),
    "button without label": (
        flex(bubble({"type": "button", "action": {"type": "uri", "uri": "https://a.jp"}})),
        "/body/contents/0/action/label",
    ),
    "flex label of 41": (
        flex(bubble({"type": "button", "action": message_action(label=text(41))})),
        "/body/contents/0/action/label",
    ),
    "flex address without scheme": (
        flex(bubble({"type": "button", "action": uri("www.example.com")})),
        "/body/contents/0/action/uri",
    ),
    "icon outside a baseline box": (flex(bubble({"type": "icon", "url": IMAGE})), "/body/contents/0/type"),
    "button in a baseline box": (
        flex(bubble(box({"type": "button", "action": message_action()}, layout="baseline"))),
        "/body/contents/0/contents/0/type",
    ),
}


@pytest.fixture
def refuse(emulator):
    """Post one raw message to the validation endpoint (the SDK stops some of them itself); the error's JSON."""

    def refuse(message: Json) -> Json:
        response = requests.post(
            f"{emulator.url}/v2/bot/message/validate/push",
            json={"messages": [message]},
            headers={"Authorization": "Bearer token-of-the-demo-channel"},
            timeout=5,
        )
        assert response.status_code == 400
        assert response.headers["x-line-request-id"]
        return response.json()

    return refuse


@pytest.mark.parametrize("message", FITS.values(), ids=FITS)
def test_what_is_within_the_limits_is_accepted_from_the_sdk(api: MessagingApi, message: Json) -> None:
    request = ValidateMessageRequest(messages=[Message.from_dict(message)])

    assert api.validate_push_with_http_info(request).status_code == 200


@pytest.mark.parametrize(("message", "prop"), BREAKS.values(), ids=BREAKS)
def test_what_breaks_a_limit_is_named(refuse, message: Json, prop: str) -> None:
    error = refuse(message)

    assert prop in [detail["property"] for detail in error["details"]]
    assert error["message"] == f"The request body has {len(error['details'])} error(s)"


@pytest.mark.parametrize(("message", "pointer"), FLEX_BREAKS.values(), ids=FLEX_BREAKS)
def test_what_breaks_a_flex_message_is_pointed_at(refuse, message: Json, pointer: str) -> None:
    error = refuse(message)

    assert error["message"] == "A message (messages[0]) in the request body is invalid"
    assert pointer in [detail["property"] for detail in error["details"]]


@pytest.mark.parametrize("count", [0, 6])
def test_a_request_holds_one_to_five_messages(emulator, count: int) -> None:
    response = requests.post(
        f"{emulator.url}/v2/bot/message/validate/reply",
        json={"messages": [{"type": "text", "text": "文"}] * count},
        headers={"Authorization": "Bearer token-of-the-demo-channel"},
        timeout=5,
    )

    assert response.status_code == 400
    assert response.json()["details"] == [{"message": "Size must be between 1 and 5", "property": "messages"}]


@pytest.mark.parametrize(
    ("words", "units", "clusters"),
    [("abc", 3, 3), ("🍎", 2, 1), ("👨‍👩‍👧", 8, 1), ("か\u3099", 2, 1), ("🇯🇵🇺🇸", 8, 2), ("👍🏽", 4, 1), ("葛󠄀", 3, 1)],
)
def test_text_is_counted_as_line_counts(words: str, units: int, clusters: int) -> None:
    assert (utf16_length(words), grapheme_length(words)) == (units, clusters)
