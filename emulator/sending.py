"""Reply, push, multicast, narrowcast and broadcast: what is accepted, what it costs, whom it reaches."""

from __future__ import annotations

from emulator import ids
from emulator.checks.messages import check_messages
from emulator.checks.problems import Problems
from emulator.insights import UNITS_A_MONTH
from emulator.model import ApiError, Channel, Delivery, Json, Method, PhoneMessage
from emulator.state import PlatformState
from emulator.tokens import is_uuid

MAX_MULTICAST = 500
QUOTABLE = frozenset({"text", "textV2", "sticker", "image", "video", "template", "flex", "imagemap"})


def reply(platform: PlatformState, channel: Channel, body: Json, retry_key: str | None, request_id: str) -> Json:
    """Answer an event with its token, once. A body that is refused leaves the token usable."""
    if retry_key is not None:
        raise ApiError(400, "The reply endpoint does not accept the header X-Line-Retry-Key")
    token = body.get("replyToken")
    problems = Problems()
    problems.require_text("replyToken", token)
    messages = check_messages(problems, body)
    problems.finish()
    with platform.lock:
        entry = platform.reply_tokens.find(token, channel.city) if isinstance(token, str) else None
        if entry is None or not isinstance(token, str):
            raise ApiError(400, "Invalid reply token")
        platform.reply_tokens.spend(token)
        sent = _deliver(
            platform, channel, "reply", (entry.chat_id,), messages, request_id, token=token, event_id=entry.event_id
        )
    return {"sentMessages": list(sent)}


def push(platform: PlatformState, channel: Channel, body: Json, retry_key: str | None, request_id: str) -> Json:
    """Send to one user, group or room; a blocked one is accepted and gets nothing."""
    to = body.get("to")
    problems = Problems()
    problems.require_text("to", to)
    messages = check_messages(problems, body)
    unit = _check_common(problems, body, platform, channel)
    problems.finish()
    if not isinstance(to, str) or not ids.CHAT_ID.fullmatch(to):
        raise invalid_property("to")
    with platform.lock:
        _check_retry_key(platform, channel, retry_key, with_sent=True)
        if platform.resident(channel.city, to) is None:
            raise ApiError(400, "Failed to send messages")
        _check_quota(platform, channel, (to,))
        sent = _deliver(platform, channel, "push", (to,), messages, request_id, retry_key=retry_key, unit=unit)
    return {"sentMessages": list(sent)}


def multicast(platform: PlatformState, channel: Channel, body: Json, retry_key: str | None, request_id: str) -> Json:
    """Send to up to 500 users; unknown and blocked ones are passed over. One that is refused spoils it for all."""
    to = body.get("to")
    problems = Problems()
    problems.require_list("to", to, 1, MAX_MULTICAST)
    messages = check_messages(problems, body)
    unit = _check_common(problems, body, platform, channel)
    problems.finish()
    users = to if isinstance(to, list) else []
    for number, user in enumerate(users):
        if not isinstance(user, str) or not ids.USER_ID.fullmatch(user) or channel.refused.get(user):
            raise invalid_property(f"to[{number}]")
    if channel.refused and any(user in channel.refused for user in users):
        raise ApiError(400, "Failed to send messages")
    _send_to_many(platform, channel, "multicast", tuple(dict.fromkeys(users)), messages, retry_key, request_id, unit)
    return {}


def broadcast(platform: PlatformState, channel: Channel, body: Json, retry_key: str | None, request_id: str) -> Json:
    """Send to every friend."""
    problems = Problems()
    messages = check_messages(problems, body)
    problems.finish()
    _send_to_many(platform, channel, "broadcast", _friends(platform, channel), messages, retry_key, request_id)
    return {}


def narrowcast(platform: PlatformState, channel: Channel, body: Json, retry_key: str | None, request_id: str) -> Json:
    """Send to friends, at most `limit.max`; recipient and filter are accepted but no attributes are known here."""
    problems = Problems()
    messages = check_messages(problems, body)
    limit = body.get("limit") or {}
    most = limit.get("max") if isinstance(limit, dict) else None
    if most is not None and (not isinstance(most, int) or most < 1):
        problems.add("limit.max", "Must be greater than or equal to 1")
    problems.finish()
    friends = _friends(platform, channel)[:most]
    _send_to_many(platform, channel, "narrowcast", friends, messages, retry_key, request_id)
    return {}


def invalid_property(name: str) -> ApiError:
    """LINE's words for a property of the wrong shape."""
    return ApiError(400, f"The property, '{name}', in the request body is invalid (line: -, column: -)")


def _send_to_many(
    platform: PlatformState,
    channel: Channel,
    method: Method,
    users: tuple[str, ...],
    messages: tuple[Json, ...],
    retry_key: str | None,
    request_id: str,
    unit: str = "",
) -> None:
    with platform.lock:
        _check_retry_key(platform, channel, retry_key, with_sent=False)
        _check_quota(platform, channel, users)
        _deliver(platform, channel, method, users, messages, request_id, retry_key=retry_key, unit=unit)


def _friends(platform: PlatformState, channel: Channel) -> tuple[str, ...]:
    return tuple(one.user_id for one in platform.residents(channel.city) if one.following)


def _check_common(problems: Problems, body: Json, platform: PlatformState, channel: Channel) -> str:
    """The aggregation unit of this call, "" for none."""
    units = body.get("customAggregationUnits")
    if units is None or not problems.require_list("customAggregationUnits", units, 1, 1):
        return ""
    before = len(problems.found)
    problems.matches("customAggregationUnits[0]", units[0], r"[A-Za-z0-9_]{1,30}")
    if len(problems.found) > before:
        return ""
    with platform.lock:
        names = platform.insights.names(channel.city, platform.clock())
    if units[0] not in names and len(names) >= UNITS_A_MONTH:
        problems.add("customAggregationUnits", f"No more than {UNITS_A_MONTH} names of units in a month")
    return str(units[0])


def _check_retry_key(platform: PlatformState, channel: Channel, key: str | None, *, with_sent: bool) -> None:
    if key is None:
        return
    if not is_uuid(key):
        raise ApiError(400, "The value for the 'X-Line-Retry-Key' header is invalid")
    accepted = platform.retry_keys.accepted(channel.city, key)
    if accepted:
        extra = {"sentMessages": list(accepted.sent)} if with_sent else {}
        headers = {"x-line-accepted-request-id": accepted.request_id}
        raise ApiError(409, "The retry key is already accepted", headers=headers, extra=extra)


def _check_quota(platform: PlatformState, channel: Channel, users: tuple[str, ...]) -> None:
    if channel.quota is None:
        return
    cost = len(_reached(platform, channel, users))
    if platform.usage.month(channel.city, platform.clock()) + cost > channel.quota:
        raise ApiError(429, "You have reached your monthly limit.")


def _reached(platform: PlatformState, channel: Channel, users: tuple[str, ...]) -> tuple[str, ...]:
    known = ((user, platform.resident(channel.city, user)) for user in users)
    return tuple(user for user, resident in known if resident and resident.following)


def _deliver(
    platform: PlatformState,
    channel: Channel,
    method: Method,
    to: tuple[str, ...],
    messages: tuple[Json, ...],
    request_id: str,
    *,
    token: str | None = None,
    event_id: str | None = None,
    retry_key: str | None = None,
    unit: str = "",
) -> tuple[Json, ...]:
    """Carry out an accepted request; the `sentMessages` of the answer."""
    now = platform.clock()
    reached = _reached(platform, channel, to)
    sent = tuple(_sent(message) for message in messages)
    if platform.keep_history:
        for user in reached:
            for answer, message in zip(sent, messages, strict=True):
                shown = PhoneMessage(answer["id"], "city", message, now, True, "delivered", request_id)
                platform.show(channel.city, user, shown)
    platform.usage.count(channel.city, method, len(reached), now)
    if unit:
        platform.insights.sent(channel.city, unit, request_id, messages, now)
    if retry_key:
        platform.retry_keys.remember(channel.city, retry_key, request_id, sent)
    platform.delivered(
        Delivery(request_id, method, channel.city, to, reached, messages, now, retry_key, token, event_id, sent)
    )
    return sent


def _sent(message: Json) -> Json:
    sent = {"id": ids.message_id()}
    return sent | {"quoteToken": ids.opaque_token()} if message.get("type") in QUOTABLE else sent
