"""What the tests of the phone's page send to it, and what they look for on it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from emulator import LinePlatform

CARD = {
    "type": "bubble",
    "header": {
        "type": "box",
        "layout": "vertical",
        "backgroundColor": "#00118F",
        "contents": [{"type": "text", "text": "転入届の手続き", "weight": "bold", "color": "#FFFFFF", "wrap": True}],
    },
    "body": {
        "type": "box",
        "layout": "vertical",
        "spacing": "md",
        "contents": [
            {"type": "text", "text": "14日以内に市民課で届け出てください。", "wrap": True},
            {"type": "separator"},
            {
                "type": "box",
                "layout": "horizontal",
                "contents": [
                    {"type": "text", "text": "窓口", "flex": 2, "size": "sm", "color": "#55555C"},
                    {"type": "text", "text": "市民課", "flex": 5, "size": "sm"},
                ],
            },
        ],
    },
    "footer": {
        "type": "box",
        "layout": "vertical",
        "contents": [
            {
                "type": "button",
                "style": "primary",
                "action": {"type": "uri", "label": "電話をかける", "uri": "tel:048-000-1110"},
            },
            {
                "type": "button",
                "action": {"type": "postback", "label": "持ち物", "data": "bring", "displayText": "持ち物は？"},
            },
        ],
    },
}


def sent(platform: LinePlatform, bot) -> list[dict[str, Any]]:
    """The events that reached the bot so far."""
    platform.set_webhook_url("demo", bot.url)
    platform.deliver_now()
    return bot.events


def quick(*actions: dict[str, Any]) -> dict[str, Any]:
    items = [{"type": "action", "action": action} for action in actions]
    return {"type": "text", "text": "どれですか？", "quickReply": {"items": items}}


def bubbles(page: Page):
    return page.locator(".row .bubble")
