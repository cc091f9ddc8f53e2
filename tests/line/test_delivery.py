"""Sending once: what every answer of LINE means for a message, whatever happened to it before."""

import asyncio
from dataclasses import replace

import pytest

from clients.errors import ClientError
from clients.line.client import InvalidReplyToken
from clients.line.delivery import Step, after_failure, before_sending, deliver
from store.records import ClaimedOutgoing

NOW = 1_763_000_000.0
TOKEN_REFUSED = InvalidReplyToken("invalid reply token", permanent=True, status=400)
TOO_MANY = ClientError("status 429", status=429)
BROKEN = ClientError("status 500", fate_unknown=True, status=500)
SILENCE = ClientError("no answer", fate_unknown=True)
UNCONNECTED = ClientError("no connection: ClientConnectorError")
BAD_REQUEST = ClientError("status 400", permanent=True, status=400)
BAD_CARD = ClientError("status 400", permanent=True, status=400, blamed=("/body/contents/0/text",))
NOBODY = ClientError("status 400", permanent=True, status=400, blamed=("to",))
WRONG_SECRET = ClientError("status 401", status=401)


def an_item(**changes):
    item = ClaimedOutgoing(
        city="demo",
        resident="U1",
        channel="line",
        messages=[{"type": "text", "text": "はい"}],
        reply_token="token",
        token_received_at_ms=int(NOW * 1000),
        id=1,
        attempts=1,
        way="reply",
        fate_unknown=False,
        created_at_ms=int(NOW * 1000),
        worker="w",
    )
    return replace(item, **changes)


class Line:
    """Answers as told, and remembers the calls."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []

    async def reply(self, reply_token, messages):
        self.said = messages
        return self._answer(("reply", reply_token))

    async def push(self, to, messages, retry_key):
        return self._answer(("push", retry_key))

    def _answer(self, call):
        self.calls.append(call)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Outbox:
    def __init__(self):
        self.marks = []

    async def outgoing_later(self, item, delay_seconds, reason, fate_unknown):
        self.marks.append(("later", fate_unknown))

    async def outgoing_push_instead(self, item):
        self.marks.append("push instead")
        return replace(item, way="push")

    async def outgoing_dead(self, item, reason):
        self.marks.append(("dead", reason))


@pytest.mark.parametrize(
    ("item", "error", "expected"),
    [
        pytest.param(an_item(), TOKEN_REFUSED, Step("push", "token refused"), id="first try, token too old: push"),
        pytest.param(an_item(fate_unknown=True), TOKEN_REFUSED, Step("already"), id="used by us before: it arrived"),
        pytest.param(an_item(), TOO_MANY, Step("later", "status 429", 1.0, False), id="too many: later, not accepted"),
        pytest.param(an_item(), BROKEN, Step("later", "status 500", 1.0, True), id="LINE broke: later, unknown"),
        pytest.param(an_item(attempts=4), SILENCE, Step("later", "no answer", 8.0, True), id="pauses grow"),
        pytest.param(an_item(attempts=40), SILENCE, Step("later", "no answer", 300.0, True), id="pauses are bounded"),
        pytest.param(an_item(), BAD_CARD, Step("plain", "status 400"), id="minds a message: its words alone"),
        pytest.param(an_item(), NOBODY, Step("dead", "status 400"), id="minds the receiver: refused for good"),
        pytest.param(
            an_item(attempts=40),
            UNCONNECTED,
            Step("later", UNCONNECTED.reason, 60.0, False),
            id="no way to LINE: surely not sent, looked at again within a minute",
        ),
        pytest.param(an_item(), BAD_REQUEST, Step("dead", "status 400"), id="refused for good"),
        pytest.param(
            an_item(), WRONG_SECRET, Step("later", "status 401", 60.0, False), id="wrong secret: wait for staff"
        ),
        pytest.param(
            an_item(fate_unknown=True), TOO_MANY, Step("later", "status 429", 1.0, True), id="unknown stays unknown"
        ),
    ],
)
def test_what_a_failure_means(item, error, expected):
    assert after_failure(item, error, NOW) == expected


@pytest.mark.parametrize(
    ("item", "seconds_later", "expected"),
    [
        pytest.param(an_item(), 10, None, id="a fresh token is used"),
        pytest.param(an_item(), 51, Step("push", "token too old"), id="an old token is not tried"),
        pytest.param(an_item(fate_unknown=True), 51, None, id="perhaps used, perhaps not: asked with its token"),
        pytest.param(
            an_item(fate_unknown=True), 1201, Step("dead", "reply fate unknown"), id="never a second time by push"
        ),
        pytest.param(an_item(fate_unknown=True), 10, None, id="asked again with the same token"),
        pytest.param(an_item(way="push"), 3600, None, id="a push may wait"),
        pytest.param(
            an_item(way="push"), 23.5 * 3600, Step("dead", "retry key expired"), id="but not past its retry key"
        ),
    ],
)
def test_what_is_known_before_calling(item, seconds_later, expected):
    assert before_sending(item, NOW + seconds_later) == expected


def test_a_refused_token_that_is_old_says_nothing_about_whether_the_reply_arrived():
    late = after_failure(an_item(fate_unknown=True), TOKEN_REFUSED, NOW + 51)

    assert late == Step("dead", "reply fate unknown")


def test_a_reply_that_never_left_goes_by_push_when_its_token_is_old():
    """The city's way to the internet was cut for two minutes: nobody's answer may be given up for that."""
    item = an_item()

    step = after_failure(item, UNCONNECTED, NOW)

    assert (step.do, step.fate_unknown) == ("later", False)
    assert before_sending(item, NOW + 120) == Step("push", "token too old")


def delivered(item, line, outbox):
    return asyncio.run(deliver(item, line, outbox, lambda: NOW))


def test_a_refused_token_is_followed_by_one_push_with_the_stored_key():
    line, outbox, item = Line(TOKEN_REFUSED, "sent"), Outbox(), an_item()

    held, step = delivered(item, line, outbox)

    assert line.calls == [("reply", "token"), ("push", item.retry_key)]
    assert outbox.marks == ["push instead"]
    assert (held.way, step.do) == ("push", "sent")


CARD = {"type": "flex", "altText": "転入届\n14日以内です。", "contents": {}}
HINT = {"type": "text", "text": "ほかには？", "quickReply": {"items": [{}]}}


@pytest.mark.parametrize(
    ("answers", "end"),
    [([BAD_CARD, "sent"], "sent"), ([BAD_CARD, BAD_CARD], "dead"), ([BAD_CARD, TOO_MANY], "later")],
    ids=["as words", "not even as words", "later with the card again"],
)
def test_a_card_that_line_refuses_is_sent_as_its_words(answers, end):
    line, outbox = Line(*answers), Outbox()

    held, step = delivered(an_item(messages=[CARD, HINT]), line, outbox)

    assert line.calls == [("reply", "token")] * 2
    assert line.said == [{"type": "text", "text": CARD["altText"]}, {"type": "text", "text": "ほかには？"}]
    assert (held.messages, step.do) == ([CARD, HINT], end)


def test_words_that_line_refuses_are_not_sent_again():
    line, outbox = Line(BAD_CARD), Outbox()

    delivered(an_item(), line, outbox)

    assert len(line.calls) == 1
    assert outbox.marks == [("dead", "status 400")]


def test_a_reply_that_timed_out_is_not_pushed():
    line, outbox = Line(SILENCE), Outbox()

    delivered(an_item(), line, outbox)

    assert line.calls == [("reply", "token")]
    assert outbox.marks == [("later", True)]


def test_a_push_that_line_has_already_is_a_success():
    line, outbox, item = Line("already"), Outbox(), an_item(way="push", fate_unknown=True)

    assert delivered(item, line, outbox) == (item, Step("already"))
    assert outbox.marks == []
