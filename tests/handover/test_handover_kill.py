"""The service is killed again and again while staff answer and residents write: each word arrives, and arrives once."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest

from emulator import LinePlatform, serve
from store import Store, StoreError, open_store
from store.records_cases import CaseView
from tests.journeys.killing import CITY, SECRET, TOKEN, RecordingPoster, a_service
from tests.running import wait_until

RESIDENTS, ROUNDS, KILLS = 10, 12, 3
ON_THE_WAY = 12
"""Words that have not arrived; the next ones wait, so that every kill meets some."""

SATO = 11
VICTIMS = {"sqlite": [("serve",)], "postgresql": [("web",), ("worker",), ("web", "worker")]}


class Talks:
    """Residents who wrote to staff, and staff who answer each of them, word for word."""

    def __init__(
        self, line: LinePlatform, poster: RecordingPoster, staff_side: Store, cases: dict[str, CaseView]
    ) -> None:
        self.line, self.poster, self.staff_side, self.cases = line, poster, staff_side, cases
        self.accepted_before, self.delivered_before = len(poster.accepted), len(line.deliveries)
        self.written: list[str] = []
        self.replied: list[str] = []

    def residents_write(self) -> None:
        for number in range(ROUNDS):
            for resident in self.cases:
                text = f"{resident[-4:]}の話{number}"
                self.line.send_text(CITY, resident, text)
                self.written.append(text)
                while max(self._unheard(), len(self.written) - len(self.replied)) > ON_THE_WAY:
                    time.sleep(0.01)

    def staff_reply(self) -> None:
        for number in range(ROUNDS):
            for resident, case in self.cases.items():
                text = f"{resident[-4:]}への返事{number}"
                while not self._says(case, text):
                    time.sleep(0.05)
                self.replied.append(text)
                while max(self._unread(), len(self.replied) - len(self.written)) > ON_THE_WAY:
                    time.sleep(0.01)

    def _unheard(self) -> int:
        return len(self.written) - len(self.poster.accepted) + self.accepted_before

    def _unread(self) -> int:
        return len(self.replied) - len(self.line.deliveries) + self.delivered_before

    def _says(self, case: CaseView, text: str) -> bool:
        """As a browser does: the same form once more when nobody knows what became of it."""
        try:
            for _ in range(2):
                self.staff_side.reply_case(CITY, case.id, SATO, text, f"key of {text}")
        except StoreError as error:
            if error.permanent:
                raise
            return False
        return True


def ask_for_people(line: LinePlatform, staff_side: Store) -> dict[str, CaseView]:
    """Everybody asks for a person, and staff take all of them."""
    residents = [line.add_resident(CITY, f"住民{number}") for number in range(RESIDENTS)]
    for text in ("転入届の出し方", "人に聞く"):
        before = len(line.deliveries)
        for resident in residents:
            line.send_text(CITY, resident, text)
        wait_until(lambda before=before: len(line.deliveries) >= before + RESIDENTS, 40)
    cases = {case.resident: case for case in staff_side.cases(CITY)}
    assert set(cases) == {resident.user_id for resident in residents}
    for case in cases.values():
        staff_side.take_case(CITY, case.id, SATO)
    return cases


@pytest.mark.timeout(150)
def test_every_word_of_staff_and_residents_arrives_once_while_the_service_is_killed(database_url, tmp_path):
    platform, poster = LinePlatform(), RecordingPoster()
    platform.webhooks.poster, platform.webhooks.pauses = poster, (0.5,) * 200
    platform.faults.add("push", "server_error_after_accept", count=4)
    platform.faults.add("push", "slow", count=None, seconds=0.02)
    victims = VICTIMS[database_url.split(":", 1)[0]]
    roles = victims[-1]

    with (
        serve(platform) as emulator,
        a_service(database_url, tmp_path, emulator.url) as service,
        open_store(database_url) as staff_side,
    ):
        platform.add_channel(CITY, TOKEN, SECRET, f"{service.url}/line/{CITY}/callback").redelivery = True
        service.start(*roles)
        cases = ask_for_people(platform, staff_side)
        answered = len(platform.deliveries)
        talks = Talks(platform, poster, staff_side, cases)
        hands = [threading.Thread(target=act, daemon=True) for act in (talks.residents_write, talks.staff_reply)]
        for hand in hands:
            hand.start()
        for kill in range(1, KILLS + 1):
            share = RESIDENTS * ROUNDS * kill // (KILLS + 1)
            wait_until(lambda share=share: len(talks.replied) >= share and len(talks.written) >= share, 40)
            victim = victims[kill % len(victims)]
            service.kill(*victim)
            service.start(*victim)
        for hand in hands:
            hand.join(60)
        assert platform.wait_idle(40, redeliveries=True), "LINE could not bring every event"
        wait_until(lambda: staff_side.queue().inbox_waiting == staff_side.queue().outbox_waiting == 0, 60)
        queue = staff_side.queue()
        turns = {who: staff_side.turns(CITY, who, 500) for who in cases}
        delivered = list(platform.deliveries)[answered:]

    assert (len(talks.written), len(talks.replied)) == (RESIDENTS * ROUNDS, RESIDENTS * ROUNDS)
    assert any(not post.accepted for post in poster.posts), "no POST met a dead service: the test proves nothing"
    assert (queue.inbox_failed, queue.outbox_dead) == (0, 0)
    assert Counter(one.method for one in delivered) == {"push": len(talks.replied)}, "the bot has spoken, too"
    assert Counter(one.messages[0]["text"].split("\n")[1] for one in delivered) == Counter(talks.replied)
    heard = [turn for talk in turns.values() for turn in talk if turn.decision == "staff" and turn.kind == "text"]
    assert Counter(turn.text for turn in heard) == Counter(talks.written)
    for who in cases:
        mine = [text for text in talks.replied if text.startswith(who[-4:])]
        assert [turn.reply_text for turn in turns[who] if turn.kind == "staff"] == mine
        assert [one.messages[0]["text"].split("\n")[1] for one in delivered if one.to[0] == who] == mine
