"""Who may come in and how often: origins, content rules, rates, earlier turns, and streams."""

from __future__ import annotations

import json
import re
import threading
from datetime import UTC, datetime

import pytest

from handlers.widget.buckets import Buckets, neighbourhood
from handlers.widget.routes import Limits
from handlers.widget.sessions import resident_of
from store.records import Outcome, Turn
from tests.web_city import ALLOWED

QUESTION = "ひっこしてきたけど何すればいい？"
FOREIGN = "https://elsewhere.example.com"


# ── Origins ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("origin", [ALLOWED, "https://madoguchi.example.jp", "http://localhost", "https://localhost"])
def test_pages_of_the_city_and_our_own_may_ask_without_credentials(quick_door, origin):
    response = quick_door.post(text="ごみ", headers={"Origin": origin})

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Set-Cookie" not in response.headers
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("origin", [FOREIGN, "null", f"{ALLOWED}.evil.example", ALLOWED.replace("https", "http"), ""])
def test_pages_of_others_may_not(quick_door, origin):
    posted = quick_door.post(text="ごみ", headers={"Origin": origin})
    asked = quick_door.client.get("/widget/test/messages", headers={"Origin": origin})

    assert (posted.status_code, asked.status_code) == (403, 403)
    assert "Access-Control-Allow-Origin" not in posted.headers
    assert "origins" in posted.get_json()["message"]


def test_a_browser_may_ask_beforehand(quick_door):
    good = quick_door.client.options("/widget/test/messages", headers={"Origin": ALLOWED})
    bad = quick_door.client.options("/widget/test/messages", headers={"Origin": FOREIGN})

    assert good.status_code == 204
    assert good.headers["Access-Control-Allow-Origin"] == ALLOWED
    assert good.headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert bad.status_code == 403


def test_a_refusal_can_be_read_by_the_page_that_may_ask(quick_door):
    response = quick_door.client.post("/widget/test/messages", data=b"{", headers={"Origin": ALLOWED})

    assert response.status_code == 400
    assert response.headers["Access-Control-Allow-Origin"] == ALLOWED


def test_the_frame_may_stand_on_the_pages_of_the_city_only_and_runs_only_our_files(quick_door):
    policy = quick_door.client.get("/widget/test/frame").headers["Content-Security-Policy"]

    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["frame-ancestors"] == f"'self' {ALLOWED} https://madoguchi.example.jp"
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in policy


def test_the_frame_holds_no_script_and_no_style_of_its_own(quick_door):
    page = quick_door.client.get("/widget/test/frame")

    html = page.get_data(as_text=True)
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", html, re.S)
    assert all('type="application/json"' in attributes or not body.strip() for attributes, body in scripts)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html)
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers


def test_the_script_of_a_city_knows_its_frame_and_can_be_kept_for_a_while(quick_door):
    script = quick_door.client.get("/widget/test.js")

    assert script.headers["Content-Type"].startswith("text/javascript")
    assert "/widget/test/frame" in script.text
    assert "max-age" in script.headers["Cache-Control"]
    again = quick_door.client.get("/widget/test.js", headers={"If-None-Match": script.headers["ETag"]})
    assert again.status_code == 304
    assert quick_door.client.get("/widget/nowhere.js").status_code == 404


def test_files_named_by_the_frame_are_kept_for_a_year_and_their_name_changes_with_them(quick_door):
    html = quick_door.client.get("/widget/test/frame").text
    names = re.findall(r'(?:src|href)="(/assets/[^"]+)"', html)

    assert any(name.endswith("chat.js") for name in names)
    for name in names:
        response = quick_door.client.get(name, headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("path", ["../../config.py", "widget/../../../config.py", "vendor/font/files/x.woff2", ""])
def test_no_other_file_is_served(quick_door, path):
    assert quick_door.client.get(f"/assets/0/{path}").status_code in (308, 404)


# ── Rates ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_that_asks_too_fast_waits_and_is_told_how_long(a_door, store, clock):
    door = a_door(store, Limits(sessions=Buckets(2, 0.5, clock=clock)))
    door.say("ごみ")
    door.say("ごみ")
    door.say("ごみ")

    refused = door.post({"text": "ごみ", "session": door.session})
    clock.forward(2)
    later = door.post({"text": "ごみ", "session": door.session})

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
    assert "2秒" in refused.get_json()["message"]
    assert later.status_code == 200


def test_an_address_that_floods_waits_and_others_do_not(a_door, store, clock):
    door = a_door(store, Limits(addresses=Buckets(3, 1, clock=clock)))
    here, there = ({"REMOTE_ADDR": address} for address in ("203.0.113.7", "203.0.113.8"))
    codes = [
        door.client.post("/widget/test/messages", json={"text": "ごみ"}, environ_base=here).status_code
        for _ in range(5)
    ]

    assert codes == [200, 200, 200, 429, 429]
    assert door.client.post("/widget/test/messages", json={"text": "ごみ"}, environ_base=there).status_code == 200


def test_buckets_stay_small_and_fill_again(clock):
    buckets = Buckets(burst=1, per_second=1, size=100, clock=clock)

    waits = [buckets.take(f"address-{number}") for number in range(1000)]

    assert not any(waits)
    assert len(buckets) == 100
    assert buckets.take("address-999") == 1
    clock.forward(1)
    assert buckets.take("address-999") == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("nonsense", "", True),
    ],
)
def test_an_ipv6_household_is_one_address(one, other, same):
    assert (neighbourhood(one) == neighbourhood(other)) is same


# ── Earlier turns ────────────────────────────────────────────────────────────────────────────────────────────────────


def staff_writes(door, words, at):
    turn = Turn(
        city="test",
        resident=resident_of(door.session),
        channel="widget",
        event_id=f"staff-{at.timestamp()}",
        at=at,
        kind="staff",
        reply_text=words,
    )
    door.store.record(Outcome(turn=turn))


def test_a_page_opened_again_shows_the_talk_with_its_card_and_its_last_buttons(door, clock):
    door.say("こんにちは")
    clock.forward(1)
    answer = door.say(QUESTION)

    told = door.earlier()

    first, last = told["messages"]
    assert (first["from"], first["text"]) == ("resident", "こんにちは")
    assert "案内係" in json.dumps(first["reply"], ensure_ascii=False)
    assert last["reply"] == answer["reply"]
    assert told["waiting"] is False


def test_a_list_told_again_has_its_buttons_once(door):
    answer = door.say("メニュー")

    [told] = door.earlier()["messages"]

    words, buttons = told["reply"]["blocks"][:2]
    assert "番号でも選べます" in words["text"]
    assert "引越し" not in words["text"]
    assert buttons["choices"][0] == answer["reply"]["blocks"][0]["choices"][0]


def test_pressed_buttons_are_told_by_their_words(door, clock):
    pressed = ["menu", "topic:moving", "entry:moving-in", "helpful:moving-in:yes", "language:easy", "person", "none"]
    for value in pressed:
        door.say(choice=value)
        clock.forward(1)

    said = [message["text"] for message in door.earlier()["messages"]]

    assert said[1:3] == ["引越し", "引っ越してきたときの手続きを知りたい"]
    assert all(text and not re.search("^[a-z]+(:|$)", text) for text in said)


def test_only_what_came_after_is_told_when_asked_so(door, clock):
    first = door.say("こんにちは")
    clock.forward(1)
    door.say(QUESTION)

    assert [message["text"] for message in door.earlier(after=first["id"])["messages"]] == [QUESTION]
    assert len(door.earlier(after="unknown")["messages"]) == 2


@pytest.mark.parametrize("session", ["", "x", "A" * 43, "U0123456789abcdef0123456789abcdef"])
def test_a_session_that_is_nobodys_shows_nothing(quick_door, session):
    quick_door.say(QUESTION)
    quick_door.session = session

    the_bot = {"state": "bot", "department": ""}
    assert quick_door.earlier() == {"session": None, "messages": [], "waiting": False, "owner": the_bot}


def test_the_id_in_the_database_opens_no_talk(quick_door):
    quick_door.say(QUESTION)
    quick_door.session = resident_of(quick_door.session)

    assert quick_door.earlier()["messages"] == []


def test_without_a_store_earlier_turns_are_said_to_be_unavailable(quick_door):
    quick_door.say(QUESTION)
    quick_door.store.close()

    response = quick_door.client.get("/widget/test/messages", query_string={"session": quick_door.session})

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"


# ── Streams ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_until(lines, wanted):
    seen = ""
    for line in lines:
        seen += line.decode()
        if re.search(wanted, seen):
            return seen
    raise AssertionError(f"the stream ended without {wanted}")


def open_stream(door, **headers):
    return door.client.get("/widget/test/stream", query_string={"session": door.session}, headers=headers)


def test_what_staff_write_arrives_in_the_open_chat(door, clock):
    door.say(QUESTION)
    stream = open_stream(door)
    staff_writes(door, "市民課です。土曜も開いています。", datetime.fromtimestamp(clock() + 5, UTC))

    seen = read_until(stream.response, "data: ")

    message = json.loads(re.search("data: (.*)", seen)[1])
    assert message["from"] == "staff"
    assert message["reply"]["blocks"][0]["text"] == "市民課です。土曜も開いています。"
    assert f"id: {message['id']}" in seen
    stream.close()


def test_a_stream_goes_on_behind_the_last_message_that_was_received(quick_door, clock):
    quick_door.say(QUESTION)
    for seconds, words in ((5, "一つ目"), (6, "二つ目")):
        staff_writes(quick_door, words, datetime.fromtimestamp(clock() + seconds, UTC))
    first = quick_door.earlier()["messages"][1]["id"]

    stream = open_stream(quick_door, **{"Last-Event-ID": first})
    seen = read_until(stream.response, "二つ目")

    assert "一つ目" not in seen
    stream.close()


def test_a_quiet_stream_shows_that_it_lives(quick_door):
    quick_door.say(QUESTION)
    stream = open_stream(quick_door)

    assert read_until(stream.response, r"\n: \.\n")
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    assert stream.headers["Cache-Control"] == "no-store"
    stream.close()


def test_no_more_streams_than_there_are_places_and_a_closed_one_gives_its_place_back(quick_door):
    quick_door.say(QUESTION)
    first, second = open_stream(quick_door), open_stream(quick_door)

    third = open_stream(quick_door)
    first.close()
    first.close()
    fourth = open_stream(quick_door)
    fifth = open_stream(quick_door)

    assert (third.status_code, third.headers["Retry-After"]) == (503, "20")
    assert (fourth.status_code, fifth.status_code) == (200, 503)
    for stream in (second, fourth):
        stream.close()


def test_questions_are_answered_while_streams_are_open(quick_door):
    quick_door.say(QUESTION)
    streams = [open_stream(quick_door) for _ in range(2)]
    readers = [
        threading.Thread(target=read_until, args=(s.response, r"(?s)(: \.\n.*){5}"), daemon=True) for s in streams
    ]
    for reader in readers:
        reader.start()

    assert quick_door.say("ごみの日")["reply"]["blocks"]

    for reader in readers:
        reader.join(5)
    for stream in streams:
        stream.close()


def test_a_stream_needs_a_session(quick_door):
    quick_door.session = "nobody"

    assert open_stream(quick_door).status_code == 400
