"""Events as they arrive at the bot: LINE's JSON, signed, redelivered, and with every mishap that is ordered."""

from __future__ import annotations

import io
import threading

import pytest
from linebot.v3 import webhooks as line
from linebot.v3.webhook import UnknownEvent, WebhookParser
from PIL import Image

from emulator import LinePlatform
from emulator.signing import signature
from emulator.webhooks import Mishaps

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"


@pytest.fixture
def connected(platform: LinePlatform, bot) -> LinePlatform:
    platform.set_webhook_url("demo", bot.url)
    return platform


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


def test_the_signature_is_the_one_line_documents() -> None:
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'

    assert signature(SECRET, body) == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


ACTS = [
    ("text", lambda p, u: p.send_text("demo", u, "ひっこし🍎"), line.MessageEvent, line.TextMessageContent),
    ("sticker", lambda p, u: p.send_sticker("demo", u), line.MessageEvent, line.StickerMessageContent),
    ("image", lambda p, u: p.send_image("demo", u, picture()), line.MessageEvent, line.ImageMessageContent),
    ("video", lambda p, u: p.send_video("demo", u, b"v"), line.MessageEvent, line.VideoMessageContent),
    ("audio", lambda p, u: p.send_audio("demo", u, b"a"), line.MessageEvent, line.AudioMessageContent),
    ("file", lambda p, u: p.send_file("demo", u, "届.pdf", b"f"), line.MessageEvent, line.FileMessageContent),
    ("location", lambda p, u: p.send_location("demo", u, 35.9, 139), line.MessageEvent, line.LocationMessageContent),
    ("postback", lambda p, u: p.press("demo", u, {"type": "postback", "data": "x"}), line.PostbackEvent, None),
    ("follow", lambda p, u: p.follow("demo", u), line.FollowEvent, None),
    ("unfollow", lambda p, u: p.unfollow("demo", u), line.UnfollowEvent, None),
    ("unsend", lambda p, u: p.unsend("demo", u, "1"), line.UnsendEvent, None),
    ("join", lambda p, u: p.send_event("demo", p.add_group("demo", "町内会"), "join"), line.JoinEvent, None),
    ("unknown", lambda p, u: p.send_event("demo", u, "somethingNew", more={"a": 1}), UnknownEvent, None),
]


@pytest.mark.parametrize(("act", "event_type", "message_type"), [row[1:] for row in ACTS], ids=[row[0] for row in ACTS])
def test_the_sdk_reads_what_a_resident_does(connected, hana, bot, act, event_type, message_type) -> None:
    sent = act(connected, hana)

    connected.deliver_now()

    body, signed = bot.posts[0]
    (event,) = WebhookParser(SECRET).parse(body.decode(), signed)
    assert isinstance(event, event_type)
    assert event.webhook_event_id == sent.event_id
    assert message_type is None or isinstance(event.message, message_type)
    assert getattr(event, "reply_token", None) == sent.reply_token or event_type is UnknownEvent


def test_an_event_carries_what_line_writes(connected, clock, hana, bot) -> None:
    connected.send_text("demo", hana, "こんにちは")
    connected.deliver_now()

    (event,) = bot.events
    assert bot.bodies[0]["destination"] == connected.channel("demo").bot_user_id
    assert (event["mode"], event["timestamp"]) == ("active", int(clock.now * 1000))
    assert event["source"] == {"type": "user", "userId": hana.user_id}
    assert event["deliveryContext"] == {"isRedelivery": False}
    assert len(event["webhookEventId"]) == 26


def test_standby_and_groups_look_as_they_do_at_line(connected, hana, bot) -> None:
    group = connected.add_group("demo", "町内会")

    connected.send_text("demo", hana, "こんにちは", standby=True)
    connected.send_text("demo", hana, "みなさん", group=group)
    connected.deliver_now()

    standby, in_group = bot.events
    assert standby["mode"] == "standby"
    assert "replyToken" not in standby
    assert in_group["source"] == {"type": "group", "groupId": group.user_id, "userId": hana.user_id}


def test_a_date_picker_reports_the_chosen_day(connected, hana, bot) -> None:
    action = {"type": "datetimepicker", "label": "日を選ぶ", "data": "day", "mode": "date"}

    connected.press("demo", hana, action, {"date": "2026-12-01"})
    connected.deliver_now()

    assert bot.events[0]["postback"] == {"data": "day", "params": {"date": "2026-12-01"}}


def test_a_button_shows_its_display_text_on_the_phone(connected, hana) -> None:
    connected.press("demo", hana, {"type": "postback", "data": "entry:a", "displayText": "転入届"})

    assert [one.message["text"] for one in connected.phone_messages("demo", hana.user_id)] == ["転入届"]


def test_a_refused_event_is_redelivered_with_the_same_id_and_token(connected, clock, hana, bot) -> None:
    bot.statuses = [500, 503]
    connected.channel("demo").redelivery = True

    sent = connected.send_text("demo", hana, "こんにちは")
    for _ in range(4):
        connected.deliver_now()
        clock.turn(20)

    assert [event["deliveryContext"]["isRedelivery"] for event in bot.events] == [False, True, True]
    assert {(event["webhookEventId"], event["replyToken"]) for event in bot.events} == {
        (sent.event_id, sent.reply_token)
    }
    assert bot.signed()
    assert connected.webhooks.statistics("demo") == {"error_status_code": 2, "ok": 1}


def test_without_the_switch_nothing_is_redelivered(connected, clock, hana, bot) -> None:
    bot.statuses = [500]
    connected.send_text("demo", hana, "こんにちは")
    connected.deliver_now()

    clock.turn(600)
    connected.deliver_now()

    assert len(bot.events) == 1
    assert connected.phone_messages("demo", hana.user_id)[0].state == "failed"


def test_a_read_mark_appears_when_the_bot_took_the_event(connected, hana) -> None:
    connected.send_text("demo", hana, "こんにちは")
    before = connected.phone_messages("demo", hana.user_id)[0].read

    connected.deliver_now()

    after = connected.phone_messages("demo", hana.user_id)[0]
    assert (before, after.read, after.state) == (False, True, "delivered")


def test_events_that_happen_together_leave_in_one_body(connected, hana, bot) -> None:
    other = connected.add_resident("demo", "鈴木みさき")

    with connected.webhooks.together():
        connected.send_text("demo", hana, "一")
        connected.send_text("demo", other, "二")
    connected.deliver_now()

    assert [len(body["events"]) for body in bot.bodies] == [2]


def test_a_duplicate_comes_without_the_redelivery_flag(connected, hana, bot) -> None:
    connected.webhooks.mishaps = Mishaps(duplicate=1.0)

    connected.send_text("demo", hana, "こんにちは")
    connected.deliver_now()

    first, second = bot.events
    assert first == second
    assert second["deliveryContext"] == {"isRedelivery": False}


def test_a_dropped_event_never_arrives(connected, hana, bot) -> None:
    connected.webhooks.mishaps = Mishaps(drop=1.0)

    connected.send_text("demo", hana, "こんにちは")
    connected.deliver_now()

    assert bot.posts == []
    assert connected.webhooks.statistics("demo") == {"dropped": 1}


def test_events_can_arrive_out_of_order_and_none_is_lost(connected, hana, bot) -> None:
    connected.webhooks.mishaps = Mishaps(out_of_order=1.0)

    for text in "一二三四":
        connected.send_text("demo", hana, text)
    connected.deliver_now()

    arrived = [event["message"]["text"] for event in bot.events]
    assert arrived != list("一二三四")
    assert sorted(arrived) == sorted("一二三四")


def test_waiting_events_can_share_a_body(connected, hana, bot) -> None:
    connected.webhooks.mishaps = Mishaps(batch=3)

    for text in "一二三四":
        connected.send_text("demo", hana, text)
    connected.deliver_now()

    assert [len(body["events"]) for body in bot.bodies] == [3, 1]


def test_a_silent_server_counts_as_a_timeout(connected, hana, bot) -> None:
    bot.silent = threading.Event()
    connected.webhooks.poster.timeout = 0.05

    connected.send_text("demo", hana, "こんにちは")
    connected.deliver_now()

    assert connected.webhooks.statistics("demo") == {"request_timeout": 1}


def test_an_absent_server_counts_as_not_connected(platform, hana) -> None:
    platform.set_webhook_url("demo", "http://127.0.0.1:9/callback")

    platform.send_text("demo", hana, "こんにちは")
    platform.deliver_now()

    assert platform.webhooks.statistics("demo") == {"could_not_connect": 1}


def test_threads_deliver_a_talk_in_order_and_all_of_it(clock, bot) -> None:
    platform = LinePlatform(clock, webhook_threads=4)
    platform.add_channel("demo", "t", SECRET, bot.url)
    residents = platform.seed_demo("demo")

    for number in range(100):
        platform.send_text("demo", residents[number % 5], str(number))
    idle = platform.wait_idle(20)
    platform.close()

    arrived = [int(event["message"]["text"]) for event in bot.events]
    assert idle
    assert sorted(arrived) == list(range(100))
    for one in range(5):
        mine = [number for number in arrived if number % 5 == one]
        assert mine == sorted(mine)


def test_threads_redeliver_when_the_clock_says_so(clock, bot) -> None:
    bot.statuses = [500]
    platform = LinePlatform(clock, webhook_threads=2)
    platform.add_channel("demo", "t", SECRET, bot.url).redelivery = True
    platform.send_text("demo", platform.add_resident("demo", "佐藤ハナ"), "こんにちは")
    platform.wait_idle(10)
    before = len(bot.events)

    clock.turn(2)
    settled = platform.wait_idle(10, redeliveries=True)
    platform.close()

    assert settled
    assert (before, len(bot.events)) == (1, 2)


def test_blocking_silences_a_phone_until_it_follows_again(connected, hana, bot) -> None:
    connected.send_text("demo", hana, "こんにちは")
    connected.unfollow("demo", hana)
    with pytest.raises(ValueError, match="blocked"):
        connected.send_text("demo", hana, "もしもし")

    connected.follow("demo", hana)
    connected.deliver_now()

    assert [event["type"] for event in bot.events] == ["message", "unfollow", "follow"]
    assert bot.events[-1]["follow"] == {"isUnblocked": True}


def test_unsending_erases_words_and_content(connected, hana, bot) -> None:
    sent = connected.send_image("demo", hana, picture())

    connected.unsend("demo", hana, sent.message_id)
    connected.deliver_now()

    assert bot.events[-1]["unsend"] == {"messageId": sent.message_id}
    assert connected.content.get("demo", sent.message_id) is None
    assert connected.phone_messages("demo", hana.user_id)[0].message == {"type": "unsent"}


def test_a_phone_remembers_a_bounded_number_of_messages(clock) -> None:
    platform = LinePlatform(clock, webhook_threads=0, messages_per_resident=3, max_residents=1)
    platform.add_channel("demo", "t", SECRET, None)
    hana = platform.add_resident("demo", "佐藤ハナ")

    for number in range(5):
        platform.send_text("demo", hana, str(number))

    assert [one.message["text"] for one in platform.phone_messages("demo", hana.user_id)] == ["2", "3", "4"]
    with pytest.raises(OverflowError):
        platform.add_resident("demo", "もう一人")
