"""Staff are told once of each waiting resident: over real mail and real HTTP, through faults, races and kills."""

from __future__ import annotations

import json
import logging
import signal
import threading
from collections import Counter
from itertools import pairwise

import pytest
from prometheus_client import CollectorRegistry

from clients.mail import MailServer
from clients.staff_webhook import StaffWebhook
from errands.rounds import Errand, Rounds
from errands.telling import GIVE_UP_AFTER, LEASE_SECONDS, PLAN_SECONDS, Telling
from handlers.public.health import _notice_gauges
from store import open_store
from store.errors import LeaseLost
from telemetry import JsonLines
from tests.forks import Told
from tests.messengers.desk_builders import CHIEF, FIRST, MARKER, SECOND, a_telling_city, ask_for_a_person
from tests.running import wait_until


@pytest.fixture
def tell(store, mailbox, room, clock, tmp_path):
    """`tell()`: a telling of a process of its own, on the test's store, mail server and room."""
    # A Friday, 10:00 in Japan: 市民課 is open.
    clock.now = 1_795_136_400.0

    def make(name="w1", **parts):
        defaults = {
            "mail": MailServer(mailbox.url, "madoguchi@city.test.example.jp", "まどぐち"),
            "rooms": {"test": {"": StaffWebhook(room.url)}},
        }
        given = {"city": a_telling_city(), **defaults, **parts}
        return Telling(
            store,
            {"test": given["city"]}.get,
            given["mail"],
            given["rooms"],
            own_templates=lambda _city: tmp_path,
            console="https://madoguchi.example.jp",
            worker=name,
            clock=clock,
        )

    return make


def all_of_it(telling):
    """Everything that is due now."""
    telling.plan_once()
    while telling.mails_once() + telling.rooms_once():
        pass


# ── Once ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_receiver_is_told_once_with_the_way_to_the_case(store, tell, mailbox, room):
    case = ask_for_a_person(store)
    telling = tell()

    all_of_it(telling)
    all_of_it(telling)

    assert sorted(mailbox.receivers) == [FIRST, SECOND]
    link = f"https://madoguchi.example.jp/console/test/cases/{case.id}"
    assert all(link in mail.get_content() for mail in mailbox.mails)
    assert mailbox.mails[0]["Subject"] == f"【試験市】市民課：お待ちの方がいます（No.{case.id}）"
    assert link in json.dumps(room.posts[0].json)
    assert len(room.posts) == 1
    assert store.notice_state().waiting == store.notice_state().dead == 0


def test_no_word_of_the_resident_reaches_staff_or_the_log(store, tell, mailbox, room, caplog):
    caplog.set_level(logging.ERROR, "urllib3")  # as `telemetry.log_to_stderr` does
    caplog.set_level(logging.DEBUG)
    case = ask_for_a_person(store)
    store.name_case("test", case.id, f"名前 {MARKER}")
    mailbox.answers.append("451 try later")
    room.answers += [500, 400]

    all_of_it(tell())

    everything = b"".join(mailbox.raw) + b"".join(post.body for post in room.posts)
    said = "".join(str(mail) + mail.get_content() + mail["Subject"] for mail in mailbox.mails)
    ours = [record for record in caplog.records if record.name != "mail.log"]  # that is the test's mail server
    logged = "".join(JsonLines().format(record) for record in ours)
    assert len(mailbox.mails) == 1
    assert "another try" in logged
    for secret in (MARKER, case.resident):
        assert secret not in everything.decode("utf-8", "replace") + said + logged
    for address in (FIRST, SECOND, room.url):
        assert address not in logged


def test_two_processes_tell_once(store, tell, mailbox, room):
    cases = [ask_for_a_person(store, f"U{number}") for number in range(5)]

    def errands(telling):
        return [Errand(name, getattr(telling, name)) for name in ("plan_once", "mails_once", "rooms_once")]

    processes = [Rounds(errands(tell(name)), look_seconds=0.01).start() for name in ("w1", "w2")]
    wait_until(lambda: len(mailbox.mails) >= 10 and len(room.posts) >= 5)
    wait_until(lambda: store.notice_state().waiting == 0)
    for process in processes:
        process.stop()

    assert Counter(mailbox.receivers) == {FIRST: len(cases), SECOND: len(cases)}
    assert len(set(mailbox.ids)) == len(mailbox.ids) == 10
    assert len(set(room.keys)) == len(room.keys) == 5


def test_a_case_given_back_is_not_told_of_again_but_another_department_is(store, tell, mailbox, room):
    case = ask_for_a_person(store)
    telling = tell()
    all_of_it(telling)

    store.take_case("test", case.id, 7)
    store.release_case("test", case.id, 7)
    all_of_it(telling)
    assert (len(mailbox.mails), len(room.posts)) == (2, 1)

    store.transfer_case("test", case.id, 7, "税務課", "税の話")
    all_of_it(telling)
    assert Counter(mailbox.receivers) == {FIRST: 1, SECOND: 1, CHIEF: 1}  # SECOND knows the case already
    assert "税務課" in mailbox.mails[-1]["Subject"]


def test_a_notice_that_has_not_gone_out_yet_is_dropped_when_somebody_takes_the_case(store, tell, mailbox, room):
    case = ask_for_a_person(store)
    telling = tell()
    telling.plan_once()

    store.take_case("test", case.id, 7)
    all_of_it(telling)

    assert (mailbox.mails, room.posts) == ([], [])
    assert store.notice_state().waiting == 0


def test_the_chief_is_told_once_when_nobody_takes_it(store, tell, mailbox, clock):
    ask_for_a_person(store)
    taken = ask_for_a_person(store, "U2")
    telling = tell()
    all_of_it(telling)
    store.take_case("test", taken.id, 7)

    for _ in range(3):
        clock.forward(15 * 60)
        all_of_it(telling)

    assert Counter(mailbox.receivers) == {FIRST: 2, SECOND: 2, CHIEF: 1}
    assert "まだ、だれも対応していません" in mailbox.mails[-1]["Subject"]


def test_a_new_case_is_seen_at_the_next_look_and_quiet_looks_are_rare(store, tell, clock, monkeypatch):
    telling = tell()
    looks = []
    looked = store.untaken_cases
    monkeypatch.setattr(type(store), "untaken_cases", lambda _self: looks.append(1) or looked())

    for _ in range(5):
        telling.plan_once()
    assert len(looks) == 1

    ask_for_a_person(store)
    assert telling.plan_once() == 3
    clock.forward(PLAN_SECONDS)
    telling.plan_once()
    assert len(looks) == 3


def test_without_any_way_nobody_is_told_and_nothing_is_planned(store, tell):
    ask_for_a_person(store)
    nobody = tell(mail=None, rooms={})

    assert nobody.plan_once() == 0
    assert not nobody.anybody


# ── Faults ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refused_mail_is_tried_again_with_longer_and_longer_pauses(store, tell, mailbox, clock):
    ask_for_a_person(store)
    mailbox.refused[SECOND] = "450 busy"
    telling = tell(rooms={})
    tries = []

    telling.plan_once()
    for _ in range(400):
        while telling.mails_once():
            tries.append(clock.now)
        clock.forward(5)

    assert mailbox.receivers == [FIRST]
    pauses = [round(later - earlier) for earlier, later in pairwise(tries[1:])]
    assert pauses[:5] == [5, 15, 60, 300, 900]


def test_after_a_day_it_is_given_up_and_the_operator_can_see_it(store, tell, mailbox, clock, caplog):
    ask_for_a_person(store)
    mailbox.refused = {FIRST: "450 busy", SECOND: "550 unknown"}
    telling = tell(rooms={})

    for _ in range(60):
        all_of_it(telling)
        clock.forward(GIVE_UP_AFTER.total_seconds() / 40)

    assert store.notice_state().dead == 2
    assert store.notice_state().waiting == 0
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        "notice to staff given up"
    ] * 2


def test_a_lost_answer_leads_to_a_second_try_under_the_same_name(store, tell, mailbox, room, clock):
    ask_for_a_person(store)
    mailbox.cut = 1
    room.answers.append(0)
    telling = tell()

    for _ in range(3):
        all_of_it(telling)
        clock.forward(60)

    assert len(mailbox.mails) == 3
    assert len(set(mailbox.ids)) == 2
    assert len(room.posts) == 2
    assert len(set(room.keys)) == 1


def test_a_bad_template_is_used_as_soon_as_it_is_mended(store, tell, room, clock, tmp_path):
    ask_for_a_person(store)
    telling = tell(mail=None, city=a_telling_city(webhook="own.json"))
    all_of_it(telling)
    assert room.posts == []

    (tmp_path / "own.json").write_text('{"msg": "{department}"}', encoding="utf-8")
    clock.forward(5)
    all_of_it(telling)

    assert room.posts[0].json == {"msg": "市民課"}


def test_a_late_worker_marks_nothing(store, tell, clock):
    ask_for_a_person(store)
    tell().plan_once()
    (slow,) = store.claim_notices("mail", "slow", 1, LEASE_SECONDS)

    clock.forward(LEASE_SECONDS + 1)
    again = [notice for notice in store.claim_notices("mail", "quick", 5, LEASE_SECONDS) if notice.key == slow.key]

    assert again[0].attempts == 2
    with pytest.raises(LeaseLost):
        store.notice_sent(slow)
    store.notice_sent(again[0])
    with pytest.raises(LeaseLost):
        store.notice_later(again[0], 5, "x")


# ── Kills ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_A_PROCESS = """
import sys, time
from clients.mail import MailServer
from errands import telling
from handlers.public.health import _notice_gauges
from store import open_store
from tests.messengers.desk_builders import a_telling_city
telling.LEASE_SECONDS = 0.3
city = a_telling_city()
with open_store(sys.argv[1]) as store:
    tells = telling.Telling(store, {"test": city}.get, MailServer(sys.argv[2], "m@city.test.example.jp", "x"), {},
        own_templates=lambda city: None, console="https://m.example.jp", worker=sys.argv[3])
    while True:
        tells.plan_once()
        if not tells.mails_once():
            time.sleep(0.02)
"""


@pytest.mark.parametrize("killed_at", [(1, 4)])
def test_a_process_killed_between_sending_and_marking_leaves_one_name_for_each_notice(database_url, mailbox, killed_at):
    """`kill -9` at the worst moment: the mail server has taken the mail, and the process never hears of it."""
    process: list[Told] = []
    kills = threading.Semaphore(0)

    def kill_at_the_worst_moment() -> None:
        if len(mailbox.mails) in killed_at:
            process[-1].send_signal(signal.SIGKILL)
            process[-1].wait()
            kills.release()

    mailbox.on_mail = kill_at_the_worst_moment
    with open_store(database_url) as store:
        cases = [ask_for_a_person(store, f"U{number}") for number in range(3)]
        try:
            for life in range(len(killed_at) + 1):
                process.append(Told(_A_PROCESS, database_url, mailbox.url, f"life{life}"))
                if life < len(killed_at):
                    assert kills.acquire(timeout=30)
            wait_until(lambda: len(set(mailbox.ids)) == 6 and store.notice_state().waiting == 0, 30)
        finally:
            for one in process:
                one.kill()
                one.wait()

    names = Counter(mailbox.ids)
    assert len(names) == 2 * len(cases)
    assert Counter(str(mail["To"]) for mail in {str(mail["Message-ID"]): mail for mail in mailbox.mails}.values()) == {
        FIRST: 3,
        SECOND: 3,
    }
    assert sum(names.values()) - len(names) == len(killed_at)  # each kill cost one copy, under the same name


def test_the_metrics_show_that_staff_are_not_told(store, tell, mailbox, clock):
    ask_for_a_person(store)
    mailbox.refused = {FIRST: "450 busy", SECOND: "550 unknown"}
    all_of_it(tell(rooms={}))
    clock.forward(2)
    registry = CollectorRegistry()

    _notice_gauges(store, registry)

    names = ("waiting", "oldest_seconds", "dead")
    assert [registry.get_sample_value(f"madoguchi_staff_notices_{name}") for name in names] == [1, 2, 1]
