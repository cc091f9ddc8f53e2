"""The errand of fetching: what is tried again, what is refused and told, and what is never opened again."""

from __future__ import annotations

import io
import signal
import threading
from collections import deque
from types import SimpleNamespace

import pytest
from PIL import Image

from bot.dialogue import Conversation
from clients.errors import ClientError
from clients.line.content import ContentGone, ContentTooLarge, NotReady
from emulator import LinePlatform, serve
from errands.pictures import ATTEMPTS, CRASHES, LEASE_SECONDS, PAUSES, Pictures
from errands.rounds import Errand, Rounds
from faq.content import read_folder
from faq.reader import read_wording
from media import MAX_BYTES
from store import open_store
from store.errors import StoreError
from store.records import Outcome, Turn
from tests.forks import Told
from tests.messengers.desk_builders import CITY, ask_for_a_person, send_file
from tests.running import ROOT, wait_until


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return out.getvalue()


class Contents:
    """LINE, answering as told: bytes, or an error to raise; the last answer stays."""

    def __init__(self, *answers: bytes | Exception) -> None:
        self.answers = deque(answers)
        self.asked: list[tuple[str, int]] = []

    def fetch(self, message_id: str, limit: int) -> bytes:
        self.asked.append((message_id, limit))
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(scope="module")
def knowledge():
    files = read_folder(ROOT / "cities" / "_base")
    said = {name[8:-5]: read_wording(name, text)[0] for name, text in files.items() if name.startswith("wording/")}
    return SimpleNamespace(wording=said)


@pytest.fixture
def fetching(store, knowledge):
    """`fetching(contents)`: the errand, with a picture of a waiting resident to be fetched."""
    case = ask_for_a_person(store)
    send_file(store, case)

    def make(contents, **cities):
        return Pictures(store, lambda _city: knowledge, cities or {CITY: contents}, "w1")

    make.file = lambda: store.attachments(CITY, case.id)[0]
    make.told = lambda: [turn.reply_text for turn in store.case_turns(CITY, case.id) if turn.kind == "told"]
    return make


def test_a_picture_is_fetched_by_its_message_within_the_limit_and_kept(fetching):
    contents = Contents(a_photo())
    errand = fetching(contents)

    assert (errand.fetch_once(), errand.fetch_once()) == (1, 0)

    assert contents.asked == [("m-e-file", MAX_BYTES)]
    assert (fetching.file().state, fetching.file().width) == ("kept", 40)
    assert fetching.told() == []


def test_what_is_not_ready_or_does_not_answer_is_tried_again_with_pauses(fetching, clock):
    contents = Contents(NotReady("202", status=202), ClientError("no content"), ClientError("401"), a_photo())
    errand = fetching(contents)

    for pause in (0, *PAUSES[:3]):
        clock.forward(pause)
        assert errand.fetch_once() == 1
        assert errand.fetch_once() == 0

    assert fetching.file().state == "kept"


@pytest.mark.parametrize(
    ("answer", "reason", "said"),
    [
        (ContentGone("gone", permanent=True), "gone", "開けませんでした"),
        (ContentTooLarge("large", permanent=True), "too_large", "大きすぎて"),
        (ClientError("status 400", permanent=True), "gone", "開けませんでした"),
        (b"%PDF-1.7", "kind", "写真だけです"),
        (a_photo()[:300], "broken", "開けませんでした"),
    ],
    ids=["gone", "too large", "refused", "pdf", "half a picture"],
)
def test_what_cannot_be_kept_is_refused_and_the_resident_is_told_kindly_once(fetching, answer, reason, said):
    errand = fetching(Contents(answer))

    assert (errand.fetch_once(), errand.fetch_once()) == (1, 0)

    assert (fetching.file().state, fetching.file().reason) == ("refused", reason)
    (words,) = fetching.told()
    assert said in words
    assert "保存していません" in words


def test_after_many_tries_it_is_given_up(fetching, clock):
    contents = Contents(ClientError("no content"))
    errand = fetching(contents)

    while errand.fetch_once():
        clock.forward(PAUSES[-1])

    assert len(contents.asked) == ATTEMPTS
    assert fetching.file().reason == "gone"


def test_a_picture_that_ends_the_process_again_and_again_is_not_opened_any_more(fetching, store, clock):
    contents = Contents(a_photo())
    for _ in range(CRASHES):
        assert store.claim_attachments("killed", 1, LEASE_SECONDS)
        clock.forward(LEASE_SECONDS + 1)

    fetching(contents).fetch_once()

    assert contents.asked == []
    assert (fetching.file().state, fetching.file().reason) == ("refused", "broken")


def test_a_city_without_a_channel_keeps_nothing_waiting(fetching):
    fetching(None, elsewhere=Contents(a_photo())).fetch_once()

    assert fetching.file().reason == "gone"


def test_a_picture_that_is_taken_back_while_it_is_fetched_is_not_kept(fetching, store):
    class TakenBack(Contents):
        def fetch(self, message_id: str, limit: int) -> bytes:
            store.erase_message(CITY, message_id)
            return super().fetch(message_id, limit)

    assert fetching(TakenBack(a_photo())).fetch_once() == 1
    assert store.claim_attachments("w", 5, 60) == []


def test_the_resident_hears_it_in_the_language_of_the_talk(fetching, store):
    case = store.open_case(CITY, "U1")
    turn = Turn(CITY, "U1", "line", "e9", case.opened_at, "text", "easy please")
    store.record(Outcome(turn=turn, conversation=Conversation(language="easy").to_dict(), owner=case.owner))

    fetching(Contents(b"%PDF-1.7")).fetch_once()

    assert "写真(しゃしん)だけです" in fetching.told()[-1]


def test_a_fault_ends_neither_the_errand_nor_the_others():
    done = []

    def faulty() -> int:
        done.append("faulty")
        raise StoreError("away") if len(done) % 2 else ValueError("ours")

    rounds = Rounds([Errand("faulty", faulty), Errand("sound", lambda: done.append("sound") or 0)], 0.001).start()
    wait_until(lambda: done.count("faulty") > 3 and done.count("sound") > 3)
    rounds.stop()

    counted = len(done)
    assert not [thread for thread in rounds._threads if thread.is_alive()]
    assert len(done) == counted


_A_PROCESS = """
import sys, time
from types import SimpleNamespace
from clients.line.content import LineContent
from errands import pictures
from store import open_store
pictures.LEASE_SECONDS = 0.3
knowledge = SimpleNamespace(wording={"ja": {key: "told" for key in pictures.TOLD.values()}})
with open_store(sys.argv[1]) as store:
    errand = pictures.Pictures(store, lambda city: knowledge, {"test": LineContent("token", sys.argv[2])}, sys.argv[3])
    while True:
        if not errand.fetch_once():
            time.sleep(0.02)
"""


def test_a_process_killed_while_it_fetches_leaves_the_picture_to_the_next_one(database_url):
    """`kill -9` while LINE is sending the bytes."""
    platform, process, killed = LinePlatform(webhook_threads=0), [], threading.Event()
    platform.add_channel(CITY, "token", "secret", None)
    get = platform.content.get

    def get_and_kill_the_first(city, number):
        if not killed.is_set():
            process[-1].send_signal(signal.SIGKILL)
            process[-1].wait()
            killed.set()
        return get(city, number)

    platform.content.get = get_and_kill_the_first
    platform.content.put(CITY, "m-e-file", a_photo(), "image/jpeg")
    with serve(platform) as line, open_store(database_url) as store:
        case = ask_for_a_person(store)
        send_file(store, case)
        try:
            for life in ("first", "second"):
                process.append(Told(_A_PROCESS, database_url, line.url, life))
                assert killed.wait(60)
            wait_until(lambda: store.attachments(CITY, case.id)[0].state == "kept", 60)
        finally:
            for one in process:
                one.kill()
                one.wait()

        (file,) = store.attachments(CITY, case.id)
        assert (file.width, file.height) == (40, 30)
        assert store.attachment(CITY, file.id) is not None
