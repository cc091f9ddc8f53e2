"""Reply tokens and retry keys, asked through the real SDK."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from linebot.v3.messaging import (
    ApiException,
    MessagingApi,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    TextMessage,
)

from emulator import LinePlatform
from emulator.model import Resident


def reply(api: MessagingApi, token: str | None, text: str = "はい") -> None:
    api.reply_message(ReplyMessageRequest(replyToken=token, messages=[TextMessage(text=text)]))


def push(api: MessagingApi, to: str, key: str | None = None) -> object:
    request = PushMessageRequest(to=to, messages=[TextMessage(text="お知らせ")])
    return api.push_message(request, x_line_retry_key=key)


def refused(work: Callable[[], object]) -> ApiException:
    with pytest.raises(ApiException) as caught:
        work()
    return caught.value


def test_a_reply_token_works_once(platform: LinePlatform, hana: Resident, api: MessagingApi) -> None:
    event = platform.send_text("demo", hana, "こんにちは")

    reply(api, event.reply_token)
    error = refused(lambda: reply(api, event.reply_token))

    assert (error.status, json.loads(error.body)) == (400, {"message": "Invalid reply token"})
    assert [one.event_id for one in platform.deliveries] == [event.event_id]


@pytest.mark.parametrize(("seconds", "works"), [(59, True), (61, False)])
def test_a_reply_token_lives_one_minute(platform, clock, hana, api, seconds: int, works: bool) -> None:
    event = platform.send_text("demo", hana, "こんにちは")
    platform.deliver_now()

    clock.turn(seconds)

    if works:
        reply(api, event.reply_token)
    else:
        assert refused(lambda: reply(api, event.reply_token)).status == 400
    assert len(platform.deliveries) == int(works)


def test_a_redelivery_gives_the_token_another_minute(platform, clock, hana, api, bot) -> None:
    bot.statuses = [500]
    platform.set_webhook_url("demo", bot.url)
    platform.channel("demo").redelivery = True
    platform.webhooks.pauses = (300.0,)
    event = platform.send_text("demo", hana, "こんにちは")
    platform.deliver_now()

    clock.turn(300)
    platform.deliver_now()
    clock.turn(59)
    reply(api, event.reply_token)

    assert len(platform.deliveries) == 1


def test_no_redelivery_revives_a_token_twenty_minutes_after_the_event(platform, clock, hana, api, bot) -> None:
    bot.statuses = [500]
    platform.set_webhook_url("demo", bot.url)
    platform.channel("demo").redelivery = True
    platform.webhooks.pauses = (1190.0,)
    event = platform.send_text("demo", hana, "こんにちは")
    platform.deliver_now()

    clock.turn(1190)
    platform.deliver_now()
    clock.turn(11)

    assert bot.events[-1]["deliveryContext"] == {"isRedelivery": True}
    assert refused(lambda: reply(api, event.reply_token)).status == 400


def test_a_refused_body_leaves_the_token_usable(platform, hana, api) -> None:
    event = platform.send_text("demo", hana, "こんにちは")

    assert refused(lambda: reply(api, event.reply_token, "あ" * 5001)).status == 400
    reply(api, event.reply_token)

    assert len(platform.deliveries) == 1


def test_a_token_belongs_to_its_channel(platform, hana, api) -> None:
    platform.add_channel("other", "another-token", "secret", None)
    stranger = platform.add_resident("other", "だれか")
    event = platform.send_text("other", stranger, "こんにちは")

    assert refused(lambda: reply(api, event.reply_token)).status == 400


def test_used_tokens_and_old_ones_are_forgotten(platform, clock, hana) -> None:
    for _ in range(3):
        platform.send_text("demo", hana, "こんにちは")
    clock.turn(1201)

    platform.send_text("demo", hana, "まだですか")

    assert len(platform.reply_tokens) == 1


def test_a_retry_key_makes_a_push_happen_once(platform, hana, api) -> None:
    key = str(uuid.uuid4())

    first = push(api, hana.user_id, key)
    error = refused(lambda: push(api, hana.user_id, key))

    assert error.status == 409
    assert error.headers["x-line-accepted-request-id"] == platform.deliveries[0].request_id
    assert json.loads(error.body)["sentMessages"][0]["id"] == first.sent_messages[0].id
    assert len(platform.phone_messages("demo", hana.user_id)) == 1


def test_a_retry_key_is_forgotten_after_a_day(platform, clock, hana, api) -> None:
    key = str(uuid.uuid4())
    push(api, hana.user_id, key)

    clock.turn(24 * 3600)
    push(api, hana.user_id, key)

    assert len(platform.deliveries) == 2


def test_a_retry_key_also_guards_a_multicast(platform, hana, api) -> None:
    request = MulticastRequest(to=[hana.user_id], messages=[TextMessage(text="お知らせ")])
    key = str(uuid.uuid4())
    api.multicast(request, x_line_retry_key=key)

    error = refused(lambda: api.multicast(request, x_line_retry_key=key))

    assert (error.status, json.loads(error.body)) == (409, {"message": "The retry key is already accepted"})


def test_a_retry_key_that_is_no_uuid_is_refused(platform, hana, api) -> None:
    assert refused(lambda: push(api, hana.user_id, "notice-1")).status == 400
    assert not platform.deliveries


def test_a_reply_takes_no_retry_key(platform, hana, api) -> None:
    event = platform.send_text("demo", hana, "こんにちは")
    request = ReplyMessageRequest(replyToken=event.reply_token, messages=[TextMessage(text="はい")])

    error = refused(lambda: api.reply_message(request, _headers={"X-Line-Retry-Key": str(uuid.uuid4())}))

    assert error.status == 400
    assert not platform.deliveries


def test_of_many_callers_at_once_one_wins(platform, hana, emulator) -> None:
    event = platform.send_text("demo", hana, "こんにちは")
    body = {"replyToken": event.reply_token, "messages": [{"type": "text", "text": "はい"}]}

    def call(_: int) -> int:
        headers = {"Authorization": "Bearer token-of-the-demo-channel"}
        return requests.post(f"{emulator.url}/v2/bot/message/reply", json=body, headers=headers, timeout=5).status_code

    with ThreadPoolExecutor(8) as callers:
        seen = sorted(callers.map(call, range(16)))

    assert seen == [200] + [400] * 15
    assert len(platform.deliveries) == 1
