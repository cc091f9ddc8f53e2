"""Residents' pictures in the store: with the turn or not at all, leased, shown to their case only, forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.handover import THE_BOT
from store.errors import LeaseLost, OwnerChanged
from store.file_rows import attachment_id
from store.records import Outcome, Turn
from store.records_cases import Said
from store.records_messengers import KeptPicture, PlannedNotice, SentFile
from tests.messengers.desk_builders import CITY, ask_for_a_person, send_file

PICTURE = KeptPicture(b"\x89PNG kept", "image/png", 20, 10)


def rows_with_bytes(store) -> int:
    with store._reading_engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM attachments WHERE data IS NOT NULL")).scalar()


def test_a_picture_is_listed_with_its_case_as_soon_as_it_was_sent(store):
    case = ask_for_a_person(store)
    mark = store.console_mark(CITY)

    send_file(store, case)

    (file,) = store.attachments(CITY, case.id)
    assert (file.state, file.kind, file.event_id, file.id) == ("open", "image", "e-file", attachment_id(CITY, "e-file"))
    assert store.attachment(CITY, file.id) is None
    assert store.console_mark(CITY) > mark


def test_without_a_case_nothing_is_kept(store):
    now = datetime.fromtimestamp(store._clock(), UTC)
    turn = Turn(CITY, "U1", "line", "e1", now, "image", message_id="m1")

    store.record(Outcome(turn=turn, owner=THE_BOT, file=SentFile("image")))

    assert store.claim_attachments("w", 5, 60) == []


def test_a_picture_for_a_case_that_closed_meanwhile_is_not_kept(store):
    case = ask_for_a_person(store)
    store.take_case(CITY, case.id, 7)
    now = datetime.fromtimestamp(store._clock(), UTC)
    turn = Turn(CITY, "U1", "line", "e1", now, "image", message_id="m1")
    outcome = Outcome(turn=turn, owner=case.owner, file=SentFile("image"))

    with pytest.raises(OwnerChanged):
        store.record(outcome)

    assert store.attachments(CITY, case.id) == []


def test_the_same_event_again_makes_no_second_file(store):
    case = ask_for_a_person(store)

    send_file(store, case)
    send_file(store, case)

    assert len(store.attachments(CITY, case.id)) == 1


def test_a_fetched_picture_can_be_looked_at_and_consoles_hear_of_it(store):
    case = ask_for_a_person(store)
    send_file(store, case)
    (item,) = store.claim_attachments("w", 5, 60)
    mark = store.console_mark(CITY)

    store.keep_attachment(item, PICTURE)

    found = store.attachment(CITY, item.id)
    assert found.data == PICTURE.data
    assert (found.attachment.mime, found.attachment.size, found.attachment.case_id) == ("image/png", 9, case.id)
    assert store.console_mark(CITY) > mark
    assert store.claim_attachments("w", 5, 60) == []


def test_a_picture_of_another_city_is_not_there(store):
    case = ask_for_a_person(store)
    send_file(store, case, file=SentFile("image", "kept", picture=PICTURE))

    (file,) = store.attachments(CITY, case.id)
    assert store.attachment(CITY, file.id) is not None
    assert store.attachment("elsewhere", file.id) is None
    assert store.attachments("elsewhere", case.id) == []


def test_a_refused_file_says_why_and_the_resident_is_told_once(store, clock):
    case = ask_for_a_person(store)
    send_file(store, case)
    (item,) = store.claim_attachments("w", 5, 60)

    store.refuse_attachment(item, "broken", lambda _case: Said("写真を読めませんでした。"))

    clock.forward(1)
    (file,) = store.attachments(CITY, case.id)
    told = [turn.reply_text for turn in store.case_turns(CITY, case.id) if turn.kind == "told"]
    pushed = [message["text"] for sent in store.claim_outgoing("w", 5) for message in sent.messages]
    assert (file.state, file.reason) == ("refused", "broken")
    assert told == pushed == ["写真を読めませんでした。"]
    with pytest.raises(LeaseLost):
        store.refuse_attachment(item, "broken", lambda _case: Said("写真を読めませんでした。"))


def test_nobody_is_told_after_the_case_was_closed(store, clock):
    case = ask_for_a_person(store)
    send_file(store, case)
    (item,) = store.claim_attachments("w", 5, 60)
    store.take_case(CITY, case.id, 7)
    store.close_case(CITY, case.id, 7, "済")

    store.refuse_attachment(item, "gone", lambda _case: Said("読めませんでした。"))

    clock.forward(1)
    assert store.claim_outgoing("w", 5) == []


def test_a_killed_worker_s_file_is_taken_up_and_its_crashes_are_counted(store, clock):
    case = ask_for_a_person(store)
    send_file(store, case)
    (slow,) = store.claim_attachments("slow", 5, 60)
    assert store.claim_attachments("quick", 5, 60) == []

    clock.forward(61)
    (again,) = store.claim_attachments("quick", 5, 60)

    assert (slow.crashes, again.crashes, again.attempts) == (0, 1, 2)
    with pytest.raises(LeaseLost):
        store.keep_attachment(slow, PICTURE)
    store.attachment_later(again, 30)
    clock.forward(31)
    assert store.claim_attachments("quick", 5, 60)[0].crashes == 1


def test_a_picture_goes_with_the_message_that_is_taken_back_even_while_it_is_fetched(store):
    case = ask_for_a_person(store)
    send_file(store, case)
    (item,) = store.claim_attachments("w", 5, 60)

    store.erase_message(CITY, "m-e-file")

    assert store.attachments(CITY, case.id) == []
    with pytest.raises(LeaseLost):
        store.keep_attachment(item, PICTURE)
    assert rows_with_bytes(store) == 0


def test_a_picture_goes_with_the_resident(store):
    mine, others = ask_for_a_person(store), ask_for_a_person(store, "U2")
    for case, event in ((mine, "e1"), (others, "e2")):
        send_file(store, case, event, SentFile("image", "kept", picture=PICTURE))

    store.erase_resident(CITY, "U1")

    assert store.attachments(CITY, mine.id) == []
    assert len(store.attachments(CITY, others.id)) == rows_with_bytes(store) == 1


def test_retention_takes_pictures_of_closed_cases_only(store, clock):
    over, still_open = ask_for_a_person(store), ask_for_a_person(store, "U2")
    for case, event in ((over, "e1"), (still_open, "e2")):
        send_file(store, case, event, SentFile("image", "kept", picture=PICTURE))
    store.take_case(CITY, over.id, 7)
    store.close_case(CITY, over.id, 7, "済")
    clock.forward(91 * 86400)

    purged = store.purge(datetime.fromtimestamp(clock.now, UTC) - timedelta(days=90))

    assert purged.attachments == 1
    assert store.attachments(CITY, over.id) == []
    assert len(store.attachments(CITY, still_open.id)) == 1


def test_retention_forgets_notices_but_never_so_that_somebody_is_told_twice(store, clock):
    over, still_open = ask_for_a_person(store), ask_for_a_person(store, "U2")
    notices = [
        PlannedNotice(CITY, case.id, "waiting", "mail", "a@city.test.example.jp", "市民課", case.opened_at)
        for case in (over, still_open)
    ]
    store.plan_notices(notices)
    for notice in store.claim_notices("mail", "w", 5, 60):
        store.notice_sent(notice)
    store.take_case(CITY, over.id, 7)
    store.close_case(CITY, over.id, 7, "済")
    clock.forward(91 * 86400)

    purged = store.purge(datetime.fromtimestamp(clock.now, UTC) - timedelta(days=90))

    assert purged.staff_notices == 1
    assert store.plan_notices(notices[1:]) == 0
