"""Sending a notice to LINE, over real sockets: each resident once, whatever LINE answers and whatever staff decide."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from emulator.server import RunningEmulator
from store import Store, open_store
from store.tables_notices import notice_recipients
from tests.notices.notice_builders import CITY, add_wishes
from tests.notices.sending_builders import QUICK, Heard, a_line, befriend, issue, sending
from tests.running import wait_until


@pytest.fixture
def line() -> Iterator[tuple[RunningEmulator, Heard]]:
    with a_line() as running:
        yield running


@pytest.fixture
def open_now(database_url: str) -> Iterator[Store]:
    """On the clock of the world: the sender runs in threads of its own."""
    with open_store(database_url) as opened:
        yield opened


def _status(store: Store, number: int) -> str:
    notice = store.notice(CITY, number)
    return notice.status if notice else ""


def test_everybody_hears_it_once_in_their_language(open_now: Store, line: tuple[RunningEmulator, Heard]) -> None:
    running, heard = line
    names = befriend(open_now, running, 1_100)
    add_wishes(open_now, names[:10], topics=["gomi"], language="easy")

    with sending(open_now, running.url):
        notice = issue(open_now, link="https://city.example.jp/gomi")
        wait_until(lambda: _status(open_now, notice.id) == "done")

    assert heard.residents == dict.fromkeys(names, 1)
    easy = next(call for call in heard.calls if names[0] in call.to)
    assert "もえる ごみ" in str(easy.messages)
    assert sorted(len(call.to) for call in heard.calls) == [10, 90, 500, 500]
    progress, results = open_now.notice_progress(CITY, notice.id), open_now.notice_results(CITY, notice.id)
    assert (progress.accepted, progress.waiting, progress.failed, progress.chunks_open) == (1_100, 0, 0, 0)
    assert (results.accepted, results.languages, results.failures) == (1_100, {"ja": 1_090, "easy": 10}, {})


@pytest.mark.parametrize(
    "kind", ["rate_limited", "server_error", "timeout", "server_error_after_accept", "drop_after_accept"]
)
def test_whatever_line_answers_first_each_hears_it_once(
    open_now: Store, line: tuple[RunningEmulator, Heard], kind: str
) -> None:
    running, heard = line
    names = befriend(open_now, running, 600)
    running.platform.faults.add("multicast", kind, count=1)

    with sending(open_now, running.url):
        notice = issue(open_now)
        wait_until(lambda: _status(open_now, notice.id) == "done")

    assert heard.residents == dict.fromkeys(names, 1)


def test_a_call_that_line_refuses_for_good_is_counted_and_no_other_one_suffers(
    open_now: Store, line: tuple[RunningEmulator, Heard]
) -> None:
    running, heard = line
    befriend(open_now, running, 2)
    bad = issue(open_now, texts={"ja": "い" * 10}, link="no address at all")
    good = issue(open_now)

    with sending(open_now, running.url):
        wait_until(lambda: _status(open_now, good.id) == _status(open_now, bad.id) == "done")

    assert open_now.notice_results(CITY, bad.id).failures == {"status 400": 2}
    assert open_now.notice_results(CITY, good.id).accepted == 2
    assert len(heard) == 2


def test_when_the_months_messages_are_used_up_staff_see_it(
    open_now: Store, line: tuple[RunningEmulator, Heard]
) -> None:
    running, heard = line
    befriend(open_now, running, 700)
    running.platform.channel(CITY).quota = 600

    with sending(open_now, running.url):
        notice = issue(open_now)
        wait_until(lambda: _status(open_now, notice.id) == "done")

    results = open_now.notice_results(CITY, notice.id)
    assert results.failures.keys() == {"monthly limit"}
    assert results.accepted + results.failed == 700
    assert len(heard) == results.accepted


def test_while_line_is_down_notices_wait_and_other_channels_go_on(
    open_now: Store, line: tuple[RunningEmulator, Heard]
) -> None:
    running, heard = line
    names = befriend(open_now, running, 3)
    running.platform.faults.add("multicast", "server_error", count=None)

    with sending(open_now, running.url):
        notice = issue(open_now)
        wait_until(lambda: open_now.notice_progress(CITY, notice.id).trouble == "status 500")
        assert [one.id for one in open_now.public_notices(CITY, datetime.now(UTC))] == [notice.id]
        assert _status(open_now, notice.id) == "sending"
        running.platform.faults.clear()
        wait_until(lambda: _status(open_now, notice.id) == "done")

    assert heard.residents == dict.fromkeys(names, 1)


def test_a_paused_notice_stands_still_and_goes_on_where_it_was(
    open_now: Store, line: tuple[RunningEmulator, Heard]
) -> None:
    running, heard = line
    names = befriend(open_now, running, 3_000)
    slow = replace(QUICK, per_second=10.0, burst=1, ahead=0, reserve=0, batch=1)

    with sending(open_now, running.url, slow):
        notice = issue(open_now)
        wait_until(lambda: len(heard) >= 500)
        open_now.pause_notice(CITY, notice.id, by=3)
        wait_until(lambda: open_now.take_tokens(CITY, "multicast", 1, 10.0, 1) == 1)  # a call could have been made
        stood = len(heard)
        assert stood < 3_000
        wait_until(lambda: open_now.take_tokens(CITY, "multicast", 1, 10.0, 1) == 1)
        assert len(heard) - stood <= 500  # what had been begun
        open_now.resume_notice(CITY, notice.id, by=3)
        wait_until(lambda: _status(open_now, notice.id) == "done")

    assert heard.residents == dict.fromkeys(names, 1)


def test_a_stopped_notice_reaches_nobody_else(open_now: Store, line: tuple[RunningEmulator, Heard]) -> None:
    running, heard = line
    befriend(open_now, running, 3_000)
    slow = replace(QUICK, per_second=10.0, burst=1, ahead=0, reserve=0, batch=1)

    with sending(open_now, running.url, slow):
        notice = issue(open_now)
        wait_until(lambda: len(heard) >= 500)
        open_now.stop_notice(CITY, notice.id, by=3)
        wait_until(lambda: open_now.notice_progress(CITY, notice.id).chunks_open == 0)

    results = open_now.notice_results(CITY, notice.id)
    assert results.accepted == len(heard) < 3_000
    assert results.stopped == 3_000 - len(heard)
    assert _status(open_now, notice.id) == "stopped"


def test_an_alert_overtakes_a_campaign_that_is_under_way(open_now: Store, line: tuple[RunningEmulator, Heard]) -> None:
    running, heard = line
    befriend(open_now, running, 4_000)
    slow = replace(QUICK, per_second=20.0, burst=1, ahead=0, reserve=0, batch=4)

    with sending(open_now, running.url, slow):
        issue(open_now)
        wait_until(lambda: len(heard) >= 500)
        before = len(heard.calls)
        alert = issue(open_now, kind="disaster", title="避難指示")
        wait_until(lambda: _status(open_now, alert.id) == "done")
        order = ["避難指示" in str(call.messages) for call in heard.calls[before:]]

    assert sum(order[:20]) == 8  # 4,000 residents in 8 calls, of the next 20 calls
    assert len(order) < 8 + 20


def test_when_a_notice_is_over_nobody_can_tell_whom_it_reached(
    open_now: Store, line: tuple[RunningEmulator, Heard]
) -> None:
    running, _ = line
    befriend(open_now, running, 600)
    kept = select(func.count()).select_from(notice_recipients)

    with sending(open_now, running.url):
        over = issue(open_now)
        wait_until(lambda: _status(open_now, over.id) == "done")
    issue(open_now)
    open_now.plan_due_notices(datetime.now(UTC))
    while open_now.forget_recipients():
        pass

    assert open_now._read(lambda connection: connection.execute(kept).scalar()) == 2  # of the one that is under way


def test_two_senders_share_one_rate_and_no_call(open_now: Store, line: tuple[RunningEmulator, Heard]) -> None:
    running, heard = line
    names = befriend(open_now, running, 10_000)
    pace = replace(QUICK, per_second=20.0, burst=2, reserve=0)

    with sending(open_now, running.url, pace, "w1"), sending(open_now, running.url, pace, "w2"):
        began = time.time()
        notice = issue(open_now)
        wait_until(lambda: _status(open_now, notice.id) == "done")

    assert heard.residents == dict.fromkeys(names, 1)
    # Two calls may be saved up; each of the others waits for its token, whoever makes it.
    assert max(call.at for call in heard.calls) - began >= (20 - 2) / 20.0 * 0.99


def test_who_stops_while_a_notice_waits_does_not_hear_it(
    open_now: Store, line: tuple[RunningEmulator, Heard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("errands.channel.WAITED_SECONDS", 0.0)
    running, heard = line
    names = befriend(open_now, running, 600)
    notice = issue(open_now)
    open_now.plan_due_notices(datetime.now(UTC))
    add_wishes(open_now, names[:501], topics=["gomi"], paused=True)

    with sending(open_now, running.url):
        wait_until(lambda: _status(open_now, notice.id) == "done")

    assert heard.residents == dict.fromkeys(names[501:], 1)
    assert open_now.notice_results(CITY, notice.id).recipients == 99


def test_news_wait_while_it_is_quiet(open_now: Store, line: tuple[RunningEmulator, Heard]) -> None:
    running, heard = line
    names = befriend(open_now, running, 2)
    add_wishes(open_now, names[:1], topics=["gomi"], quiet_from=0, quiet_to=24 * 60 - 1)
    add_wishes(open_now, names[1:], topics=["gomi"], quiet_from=24 * 60 - 1, quiet_to=24 * 60 - 1)

    with sending(open_now, running.url):
        notice = issue(open_now)
        wait_until(lambda: len(heard) == 1)

    assert list(heard.residents) == names[1:]
    assert open_now.notice_progress(CITY, notice.id).waiting == 1
