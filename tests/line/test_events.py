"""What each of LINE's events asks of us; unknown ones are left alone without a fault."""

import pytest

from bot.privacy import MASK_MY_NUMBER
from handlers.line.events import mask_event, read_event

USER = {"type": "user", "userId": "U" + "0" * 32}


def event(kind="message", **changes):
    base = {
        "type": kind,
        "mode": "active",
        "timestamp": 1_763_000_000_000,
        "source": USER,
        "webhookEventId": "01HZX",
        "replyToken": "token",
        "deliveryContext": {"isRedelivery": False},
    }
    if kind == "message":
        base["message"] = {"id": "1", "type": "text", "text": "住民票", "quoteToken": "q"}
    return {**base, **changes}


def test_a_text_becomes_an_inquiry():
    arrival = read_event("demo", event())

    assert arrival.action == "answer"
    assert (arrival.inquiry.text, arrival.inquiry.resident, arrival.inquiry.message_id) == (
        "住民票",
        USER["userId"],
        "1",
    )


def test_a_postback_becomes_a_choice():
    arrival = read_event("demo", event("postback", postback={"data": "entry:moving-in"}))

    assert (arrival.inquiry.kind, arrival.inquiry.choice) == ("choice", "entry:moving-in")


@pytest.mark.parametrize("kind", ["sticker", "image", "video", "audio", "file"])
def test_other_messages_keep_their_kind(kind):
    assert read_event("demo", event(message={"id": "1", "type": kind})).inquiry.kind == kind


def test_a_message_type_of_the_future_is_answered_as_unknown():
    assert read_event("demo", event(message={"id": "1", "type": "hologram"})).inquiry.kind == "unknown"


def test_a_location_keeps_its_point():
    place = {"id": "1", "type": "location", "latitude": 36.0, "longitude": 139.5, "address": "中央一丁目"}

    inquiry = read_event("demo", event(message=place)).inquiry

    assert (inquiry.place.latitude, inquiry.place.address) == (36.0, "中央一丁目")


def test_follow_unfollow_and_unsend():
    assert read_event("demo", event("follow", follow={"isUnblocked": False})).action == "followed"
    assert read_event("demo", event("unfollow")).action == "blocked"
    unsent = read_event("demo", event("unsend", unsend={"messageId": "77"}))
    assert (unsent.action, unsent.message_id) == ("erase", "77")


@pytest.mark.parametrize(
    "left_alone",
    [
        pytest.param(event(source={"type": "group", "groupId": "C1", "userId": "U1"}), id="group"),
        pytest.param(event(source={"type": "room", "roomId": "R1"}), id="room"),
        pytest.param(event(mode="standby"), id="standby"),
        pytest.param(event(source={"type": "user"}), id="no user"),
        pytest.param(event("somethingNew"), id="unknown event"),
        pytest.param(event("beacon"), id="beacon"),
        pytest.param({"type": "message"}, id="nearly empty"),
        pytest.param({"source": "text", "message": [], "timestamp": "soon"}, id="wrong shapes"),
        pytest.param({}, id="empty"),
    ],
)
def test_what_we_must_not_answer_is_left_alone(left_alone):
    assert read_event("demo", left_alone).action == "ignore"


def test_a_number_is_hidden_before_the_event_is_stored_and_told_of_afterwards():
    stored = mask_event(event(message={"id": "1", "type": "text", "text": "1234-5678-9018", "quoteToken": "q"}))

    assert stored["message"]["text"] == MASK_MY_NUMBER
    assert read_event("demo", stored).inquiry.masked == ("my_number",)


@pytest.mark.parametrize(
    "named",
    [
        {"type": "file", "fileName": "番号123456789018.pdf"},
        {"type": "location", "title": "番号１２３４ ５６７８ ９０１８"},
    ],
)
def test_a_number_in_the_name_of_a_file_or_a_place_is_hidden_too(named):
    stored = mask_event(event(message={"id": "1", **named}))

    assert MASK_MY_NUMBER in str(stored)
    assert read_event("demo", stored).inquiry.masked == ("my_number",)


@pytest.mark.parametrize("masked", [5, None, "x", {"a": 1}], ids=str)
def test_a_property_that_line_may_add_one_day_under_a_name_of_ours_breaks_nothing(masked):
    inquiry = read_event("demo", event(message={"id": "1", "type": "image", "masked": masked})).inquiry

    assert (inquiry.kind, inquiry.masked) == ("image", ())


def test_masking_leaves_other_events_as_they_are():
    assert mask_event(event("follow")) == event("follow")
