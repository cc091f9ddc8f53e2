"""What was given up goes out once more when staff say so, as far as nobody can hear it twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from store import NoticeConflict, Store, open_store
from store.records_notices import ClaimedChunk, NoticeResults
from store.tables_notices import notice_recipients
from tests.databases import Clock
from tests.notices.notice_builders import CITY, a_notice, add_friends
from tests.notices.sending_builders import a_line, befriend, issue, sending
from tests.running import wait_until

_HOUR = 3600.0


def _claimed(store: Store, clock: Clock, residents: int = 700, **changes: object) -> list[ClaimedChunk]:
    add_friends(store, residents)
    made = store.put_notice(a_notice(**changes), by=3)
    store.issue_notice(CITY, made.id, by=3)
    store.plan_due_notices(datetime.fromtimestamp(clock.now, UTC), mail_to=lambda _city: ["koho@city.example.jp"])
    return store.claim_chunks("w1", 10, 8.0)


def _results(store: Store) -> NoticeResults:
    return store.notice_results(CITY, 1)


def _lists(store: Store) -> int:
    kept = select(func.count()).select_from(notice_recipients)
    return store._read(lambda connection: connection.execute(kept).scalar_one())


def test_what_line_surely_refused_goes_out_again_and_what_it_took_does_not(store: Store, clock: Clock) -> None:
    first, second = _claimed(store, clock)
    store.chunk_sent(first, "r1")
    store.chunk_dead(second, "monthly limit")
    store.forget_recipients()
    assert (_results(store).again, _results(store).failed, _lists(store)) == (200, 200, 1)

    clock.forward(71 * _HOUR)  # known to be refused: no day limits it
    again = store.resend_notice(CITY, 1, by=4)
    (call,) = store.claim_chunks("w1", 10, 8.0)

    assert (again.status, again.finished_at) == ("sending", None)
    assert (call.part, call.recipients, call.retry_key) == (second.part, second.recipients, second.retry_key)
    assert call.first_at == datetime.fromtimestamp(clock.now, UTC)
    store.chunk_sent(call, "r2")
    assert (_results(store).accepted, _results(store).failed, _results(store).again) == (700, 0, 0)
    audit = [(row.action, row.who) for row in store.audit_rows(CITY)]
    assert audit.count(("notice.resend", "staff:4")) == 1


def test_what_line_may_have_taken_keeps_its_key_and_is_never_called_after_its_day(store: Store, clock: Clock) -> None:
    (call,) = _claimed(store, clock, 10)
    store.chunk_later(call, 0.0, "no answer", fate_unknown=True)
    (call,) = store.claim_chunks("w1", 1, 8.0)
    store.chunk_dead(call, "monthly limit")
    clock.forward(22 * _HOUR)

    assert (_results(store).again, _results(store).unsure) == (10, 0)
    store.resend_notice(CITY, 1, by=4)
    (again,) = store.claim_chunks("w1", 1, 8.0)
    assert (again.retry_key, again.first_at, again.fate_unknown) == (call.retry_key, call.first_at, True)

    store.chunk_dead(again, "monthly limit")
    clock.forward(1.1 * _HOUR)
    assert (_results(store).again, _results(store).unsure) == (0, 10)
    with pytest.raises(NoticeConflict):
        store.resend_notice(CITY, 1, by=4)
    store.forget_recipients()
    assert _lists(store) == 0


@pytest.mark.parametrize("reason", ["expired", "retry key expired"])
def test_what_came_too_late_is_not_offered(store: Store, clock: Clock, reason: str) -> None:
    (call,) = _claimed(store, clock, 10)
    store.chunk_dead(call, reason)

    assert _results(store).again == 0
    with pytest.raises(NoticeConflict):
        store.resend_notice(CITY, 1, by=4)
    store.forget_recipients()
    assert _lists(store) == 0


def test_whom_it_would_have_reached_is_forgotten_after_three_days(store: Store, clock: Clock) -> None:
    (call,) = _claimed(store, clock, 10)
    store.chunk_dead(call, "monthly limit")
    clock.forward(72 * _HOUR)

    store.forget_recipients()

    assert (_lists(store), _results(store).again, _results(store).failed) == (0, 0, 10)


def test_a_stopped_notice_keeps_no_list_and_goes_out_no_more(store: Store, clock: Clock) -> None:
    (call,) = _claimed(store, clock, 10)
    store.chunk_dead(call, "monthly limit")
    store.stop_notice(CITY, 1, by=4)

    store.forget_recipients()

    assert _lists(store) == 0
    with pytest.raises(NoticeConflict):
        store.resend_notice(CITY, 1, by=4)


def test_what_is_over_is_not_sent_again(store: Store, clock: Clock) -> None:
    until = datetime.fromtimestamp(clock.now, UTC) + timedelta(hours=1)
    (call,) = _claimed(store, clock, 10, expires_at=until)
    store.chunk_dead(call, "monthly limit")
    clock.forward(2 * _HOUR)

    with pytest.raises(NoticeConflict):
        store.resend_notice(CITY, 1, by=4)


def test_a_mail_goes_again_only_when_it_was_surely_refused(store: Store, clock: Clock) -> None:
    _claimed(store, clock, 0, channels=("mail",))
    (mail,) = store.claim_chunks("w1", 1, 90.0, channel="mail")
    store.chunk_later(mail, 0.0, "connection lost", fate_unknown=True)
    (mail,) = store.claim_chunks("w1", 1, 90.0, channel="mail")
    store.chunk_dead(mail, "mail refused")
    assert (_results(store).again_mails, _results(store).unsure) == (0, 0)

    store.put_notice(a_notice(channels=("mail",)), by=3)
    store.issue_notice(CITY, 2, by=3)
    store.plan_due_notices(datetime.fromtimestamp(clock.now, UTC), mail_to=lambda _city: ["koho@city.example.jp"])
    (known,) = store.claim_chunks("w1", 1, 90.0, channel="mail")
    store.chunk_dead(known, "login refused")

    assert store.notice_results(CITY, 2).again_mails == 1
    store.resend_notice(CITY, 2, by=4)
    assert store.claim_chunks("w1", 1, 90.0, channel="mail")[0].retry_key == known.retry_key


def test_when_the_month_has_messages_again_everybody_has_heard_it_once(database_url: str) -> None:
    with open_store(database_url) as store, a_line() as (line, heard):
        names = befriend(store, line, 700)
        line.platform.channel(CITY).quota = 600
        line.platform.faults.add("multicast", "drop_after_accept", count=1)
        with sending(store, line.url):
            notice = issue(store)
            wait_until(lambda: _done(store, notice.id))
            assert 0 < store.notice_results(CITY, notice.id).again < 700
            line.platform.channel(CITY).quota = None
            store.resend_notice(CITY, notice.id, by=4)
            wait_until(lambda: _done(store, notice.id))

    assert heard.residents == dict.fromkeys(names, 1)


def _done(store: Store, number: int) -> bool:
    kept = store.notice(CITY, number)
    return kept is not None and kept.status == "done"
