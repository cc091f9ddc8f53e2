"""Who is reached, what it costs, and every refusal that is not about the message itself."""

from __future__ import annotations

import json
import uuid

import pytest
import requests
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    BroadcastRequest,
    Configuration,
    Limit,
    MessagingApi,
    MulticastRequest,
    NarrowcastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    TextMessage,
)

AUTH = {"Authorization": "Bearer token-of-the-demo-channel"}
NOTICE = [TextMessage(text="お知らせ")]


def push(api: MessagingApi, to: str) -> None:
    api.push_message(PushMessageRequest(to=to, messages=NOTICE))


def failure(work) -> tuple[int, str]:
    with pytest.raises(ApiException) as caught:
        work()
    return caught.value.status, json.loads(caught.value.body)["message"]


def test_a_push_appears_on_the_phone(platform, hana, api) -> None:
    answer = api.push_message_with_http_info(PushMessageRequest(to=hana.user_id, messages=NOTICE))

    (shown,) = platform.phone_messages("demo", hana.user_id)
    assert (shown.sender, shown.message["text"]) == ("city", "お知らせ")
    assert shown.id == answer.data.sent_messages[0].id
    assert platform.deliveries[0].request_id == answer.headers["x-line-request-id"]


def test_a_push_to_who_has_blocked_is_accepted_but_not_shown_nor_counted(platform, hana, api) -> None:
    platform.unfollow("demo", hana)

    push(api, hana.user_id)

    assert platform.phone_messages("demo", hana.user_id) == []
    assert platform.deliveries[0].reached == ()
    assert api.get_message_quota_consumption().total_usage == 0


def test_a_push_to_nobody_is_refused(platform, api) -> None:
    assert failure(lambda: push(api, "U" + "f" * 32)) == (400, "Failed to send messages")
    status, message = failure(lambda: push(api, "hana"))
    assert (status, message.startswith("The property, 'to', in the request body is invalid")) == (400, True)
    assert not platform.deliveries


def test_a_push_reaches_a_group(platform, api) -> None:
    group = platform.add_group("demo", "町内会")

    push(api, group.user_id)

    assert len(platform.phone_messages("demo", group.user_id)) == 1


def test_a_multicast_passes_over_the_blocked_and_the_unknown(platform, hana, api) -> None:
    blocked = platform.add_resident("demo", "鈴木みさき", following=False)

    api.multicast(MulticastRequest(to=[hana.user_id, blocked.user_id, "U" + "f" * 32], messages=NOTICE))

    assert platform.deliveries[0].reached == (hana.user_id,)
    assert api.get_message_quota_consumption().total_usage == 1


def test_a_multicast_with_somebody_who_is_refused_reaches_nobody(platform, hana, api) -> None:
    foreign = "U" + "f" * 32
    sending = MulticastRequest(to=[hana.user_id, foreign], messages=NOTICE)
    platform.channel("demo").refused = {foreign: True}
    status, message = failure(lambda: api.multicast(sending))
    platform.channel("demo").refused = {foreign: False}

    assert (status, message.startswith("The property, 'to[1]', in the request body is invalid")) == (400, True)
    assert failure(lambda: api.multicast(sending)) == (400, "Failed to send messages")
    assert not platform.deliveries


def test_a_multicast_holds_at_most_500(emulator) -> None:
    body = {"to": [f"U{number:032x}" for number in range(501)], "messages": [{"type": "text", "text": "文"}]}

    response = requests.post(f"{emulator.url}/v2/bot/message/multicast", json=body, headers=AUTH, timeout=5)

    assert response.status_code == 400
    assert response.json()["details"] == [{"message": "Size must be between 1 and 500", "property": "to"}]


def test_a_broadcast_reaches_every_friend(platform, api) -> None:
    residents = platform.seed_demo("demo")
    platform.unfollow("demo", residents[0])

    api.broadcast(BroadcastRequest(messages=NOTICE))

    assert set(platform.deliveries[0].reached) == {one.user_id for one in residents[1:]}


def test_a_narrowcast_is_accepted_with_202_and_its_progress_can_be_asked(platform, api) -> None:
    platform.seed_demo("demo")

    answer = api.narrowcast_with_http_info(NarrowcastRequest(messages=NOTICE, limit=Limit(max=2)))
    progress = api.get_narrowcast_progress(answer.headers["x-line-request-id"])

    assert (answer.status_code, progress.phase, progress.success_count) == (202, "succeeded", 2)


def test_the_monthly_quota_ends_pushes_but_not_replies(platform, hana, api, clock) -> None:
    platform.channel("demo").quota = 1
    event = platform.send_text("demo", hana, "こんにちは")
    push(api, hana.user_id)

    assert failure(lambda: push(api, hana.user_id)) == (429, "You have reached your monthly limit.")
    api.reply_message(ReplyMessageRequest(replyToken=event.reply_token, messages=NOTICE))
    quota = api.get_message_quota()
    assert (quota.type, quota.value, api.get_message_quota_consumption().total_usage) == ("limited", 1, 1)

    clock.turn(31 * 86400)
    push(api, hana.user_id)
    assert len(platform.deliveries) == 3


def test_no_second_wherever_it_begins_takes_more_than_the_rate(platform, hana, api, clock) -> None:
    too_many = (429, "The API rate limit has been exceeded. Try again later.")
    platform.limits.set_rate("push", 2, 1.0)
    push(api, hana.user_id)
    clock.turn(0.75)
    push(api, hana.user_id)

    assert failure(lambda: push(api, hana.user_id)) == too_many
    clock.turn(0.25)
    push(api, hana.user_id)
    assert failure(lambda: push(api, hana.user_id)) == too_many
    clock.turn(1.0)
    push(api, hana.user_id)

    assert len(platform.deliveries) == 4


def test_yesterdays_messages_are_counted(platform, hana, api, clock) -> None:
    push(api, hana.user_id)
    today = api.get_number_of_sent_push_messages("20261110")

    clock.turn(86400)
    counted = api.get_number_of_sent_push_messages("20261110")

    assert (today.status, counted.status, counted.success) == ("unready", "ready", 1)


def test_a_wrong_token_is_401(emulator, hana) -> None:
    with ApiClient(Configuration(access_token="wrong", host=emulator.url)) as client:
        status, message = failure(lambda: push(MessagingApi(client), hana.user_id))
        client.rest_client.pool_manager.clear()

    assert status == 401
    assert message.startswith("Authentication failed due to the following reason: invalid token.")


REFUSALS = [
    ("unknown path", "GET", "/v2/bot/nowhere", None, {}, 404),
    ("wrong method", "GET", "/v2/bot/message/push", None, {}, 405),
    ("not JSON", "POST", "/v2/bot/message/push", b"to=me", {"Content-Type": "application/json"}, 400),
    ("deep JSON", "POST", "/v2/bot/message/push", b"[" * 100_000, {"Content-Type": "application/json"}, 400),
    ("a list", "POST", "/v2/bot/message/push", b"[]", {"Content-Type": "application/json"}, 400),
    ("a form", "POST", "/v2/bot/message/push", b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ("over 2 MB", "POST", "/v2/bot/message/push", b" " * 2_100_000, {"Content-Type": "application/json"}, 413),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS]
)
def test_a_request_that_is_no_request_is_refused(emulator, method, path, body, headers, status) -> None:
    response = requests.request(method, emulator.url + path, data=body, headers=AUTH | headers, timeout=5)

    assert response.status_code == status
    assert response.json()["message"]
    assert uuid.UUID(response.headers["x-line-request-id"])


def test_without_history_nothing_is_kept_but_listeners_hear(platform, hana, api) -> None:
    heard = []
    platform.keep_history = False
    platform.on_delivery.append(heard.append)

    push(api, hana.user_id)

    assert len(heard) == 1
    assert not platform.deliveries
    assert platform.phone_messages("demo", hana.user_id) == []
