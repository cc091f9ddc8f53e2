"""A notice by mail: one letter to each address of the city, beside LINE and whether or not LINE answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from clients.mail import MailServer
from errands.notice_mails import LEASE_SECONDS, NoticeMails
from store import Store
from store.records_notices import NoticeView
from tests.databases import Clock
from tests.mailbox import Mailbox, mailbox  # noqa: F401 - a fixture
from tests.notices.notice_builders import CITY, a_notice, add_friends

_FIRST, _SECOND = "magazine@city.example.jp", "radio@city.example.jp"


@pytest.fixture
def mails(store: Store, clock: Clock, mailbox: Mailbox) -> NoticeMails:  # noqa: F811
    server = MailServer(mailbox.url, "madoguchi@city.example.jp", "まどぐち")
    return NoticeMails(store, server, lambda _city: "彩野市", "w1", clock)


def _planned(store: Store, clock: Clock, to: Sequence[str] = (_FIRST, _SECOND), *, drill: bool = False) -> NoticeView:
    made = store.put_notice(a_notice(channels=("line", "mail"), drill=drill), by=3)
    store.issue_notice(CITY, made.id, by=3)
    store.plan_due_notices(datetime.fromtimestamp(clock.now, UTC), mail_to=lambda _city: to)
    return made


def _all(mails: NoticeMails) -> None:
    while mails.send_once():
        pass


def test_each_address_gets_one_letter_and_is_not_counted_as_a_resident(
    store: Store,
    clock: Clock,
    mails: NoticeMails,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    add_friends(store, 3)
    notice = _planned(store, clock)

    _all(mails)

    assert sorted(mailbox.receivers) == [_FIRST, _SECOND]
    assert str(mailbox.mails[0]["Subject"]) == "【彩野市】収集日の変更"
    assert len(set(mailbox.ids)) == 2
    progress = store.notice_progress(CITY, notice.id)
    assert (progress.accepted, progress.waiting, progress.chunks_open) == (0, 3, 1)  # LINE's call still waits
    assert [chunk.channel for chunk in store.claim_chunks("w2", 5, 8.0)] == ["line"]


def test_a_mail_server_that_is_busy_gets_the_same_letter_again(
    store: Store,
    clock: Clock,
    mails: NoticeMails,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    _planned(store, clock, [_FIRST])
    mailbox.answers.append("451 busy")

    _all(mails)
    assert mailbox.mails == []
    clock.forward(LEASE_SECONDS)
    _all(mails)

    assert len(mailbox.mails) == 1
    assert store.notices(CITY)[0].status == "done"


def test_an_address_that_is_refused_is_given_up_and_the_other_one_is_told(
    store: Store,
    clock: Clock,
    mails: NoticeMails,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    _planned(store, clock)
    mailbox.refused[_FIRST] = "550 unknown"

    _all(mails)

    assert mailbox.receivers == [_SECOND]
    assert store.notices(CITY)[0].status == "done"


def test_a_drill_goes_to_nobody_by_mail(
    store: Store,
    clock: Clock,
    mails: NoticeMails,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    _planned(store, clock, drill=True)

    _all(mails)

    assert mailbox.mails == []
