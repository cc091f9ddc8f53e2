"""The pages of a notice on its way: paused, waiting, given up, corrected, counted."""

from __future__ import annotations

import re

import pytest

from bot.wishes import Wishes
from handlers.console.notice_view import reason_words
from store import Outcome
from store.records_notices import NoticeInsight
from tests.console.hall_builders import FILLED, _now, a_friend, composed, kept, press
from tests.console_site import ConsoleSite, Visitor
from tests.store.store_builders import a_turn


def test_sending_is_paused_resumed_and_stopped(hall):
    for number in range(3):
        a_friend(hall.store, f"U{number}", city="other", topics=("kosodate",))
    author = hall.as_role("編集", city="other")
    number = composed(author)
    press(author, number, "issue")
    hall.store.plan_due_notices(_now(hall))
    states = [kept(hall, number, "other").status]

    for act in ("hold/pause", "hold/resume", "hold/stop"):
        press(author, number, act)
        states.append(kept(hall, number, "other").status)

    assert states == ["sending", "paused", "sending", "stopped"]


def test_the_bar_shows_how_far_it_has_come(hall):
    for number in range(3):
        a_friend(hall.store, f"U{number}", city="other", topics=("kosodate",))
    author = hall.as_role("編集", city="other")
    number = composed(author)
    press(author, number, "issue")
    hall.store.plan_due_notices(_now(hall))

    told = author.get(f"/notices/{number}/progress.json").json

    assert (told["status"], told["done"], told["total"], told["moving"]) == ("sending", 0, 3, True)
    assert f"notices/{number}/progress.json" in author.get("/notices").text


def test_staff_see_why_a_notice_waits(hall):
    a_friend(hall.store, "U1", city="other", topics=("kosodate",))
    author = hall.as_role("編集", city="other")
    number = composed(author, channels=["line"])
    press(author, number, "issue")
    hall.store.plan_due_notices(_now(hall))
    [chunk] = hall.store.claim_chunks("w", 10, 8.0)
    hall.store.chunk_later(chunk, 5.0, "no answer: TimeoutError", True)

    told = author.get(f"/notices/{number}/progress.json").json

    assert told["trouble"] == "待っています：相手が応えません。自動で送り直します。"
    assert told["trouble"] in author.get(f"/notices/{number}").text


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("status 503", "LINE の側の不具合です"),
        ("status 429", "速さの上限です"),
        ("the channel rests", "速さの上限です"),
        ("something new", "something new"),
    ],
)
def test_every_reason_is_told_in_words(reason, words):
    assert reason_words(reason) == words


def test_lines_own_count_stands_beside_ours(hall):
    author = hall.as_role("編集", city="other")
    number = composed(author)
    press(author, number, "issue")
    before = author.get(f"/notices/{number}").text
    hall.store.notice_tapped("other", number, "link")
    hall.store.keep_insight("other", number, NoticeInsight(1_234, None, _now(hall)))

    page, file = author.get(f"/notices/{number}").text, author.get(f"/notices/{number}/result.csv").text

    assert "LINE の数" not in before
    assert re.search(r"リンクを開いた</th><td[^>]*>1<", page)
    assert re.search(r"LINE で見た人（LINE の数）</th><td[^>]*>1,234<", page)
    assert re.search(r"LINE でリンクを開いた人（LINE の数）</th><td[^>]*>出ません（20人より少ないなど）<", page)
    assert "LINE で見た人（LINE の数）,1234" in file


def test_staff_see_how_many_had_enough(hall):
    author = hall.as_role("編集", city="other")
    for who in ("U1", "U2"):
        a_friend(hall.store, who, city="other", topics=("kosodate",))
    number = composed(author, channels=["line"])
    press(author, number, "issue")
    hall.store.plan_due_notices(_now(hall))
    for who, wishes in (("U1", Wishes(paused=True)), ("U2", None)):
        turn = a_turn(f"had-enough-{who}", city="other", resident=who)
        hall.store.record(Outcome(turn=turn, wishes=wishes, complains=wishes is None))

    page, file = author.get(f"/notices/{number}").text, author.get(f"/notices/{number}/result.csv").text

    for words, count in (
        ("すべてのお知らせを止めた人", 1),
        ("この分野を止めた人", 0),
        ("「多い」「うるさい」などの声", 1),
    ):
        assert re.search(rf"24時間のうちに[^<]*{words}</th><td[^>]*>{count}<", page)
        assert re.search(rf"{words},{count}\r?\n", file)


def _given_up(hall: ConsoleSite, author: Visitor) -> int:
    a_friend(hall.store, "U1", city="other", topics=("kosodate",))
    number = composed(author, channels=["line"])
    press(author, number, "issue")
    hall.store.plan_due_notices(_now(hall))
    [chunk] = hall.store.claim_chunks("w", 10, 8.0)
    hall.store.chunk_dead(chunk, "monthly limit")
    return number


def test_what_was_not_sent_is_sent_again_by_whoever_may_send(hall):
    author = hall.as_role("編集", city="other")
    number = _given_up(hall, author)
    watch = hall.as_role("監査", city="other")

    page, seen = author.get(f"/notices/{number}").text, watch.get(f"/notices/{number}").text
    refused = watch.post(f"/notices/{number}/resend", {})
    before = kept(hall, number, "other").status
    press(author, number, "resend")

    assert "住民 1 人に、もう一度送れます。2回届く人は、いません。" in page
    assert "送れなかった分をもう一度送る" not in seen
    assert (refused.status_code, before) == (403, "done")
    assert kept(hall, number, "other").status == "sending"
    assert "notice.resend" in [row.action for row in hall.store.audit_rows("other")]
    assert len(hall.store.claim_chunks("w", 10, 8.0)) == 1


def test_what_was_corrected_is_not_offered_again(hall):
    author = hall.as_role("編集", city="other")
    number = _given_up(hall, author)
    response = author.post("/notices", {**FILLED, "original": str(number)})
    draft = int(response.location.rpartition("/")[2])
    assert "送れなかった分をもう一度送る" in author.get(f"/notices/{number}").text, "a draft is no correction yet"
    press(author, draft, "issue")

    page = author.get(f"/notices/{number}").text

    assert "訂正を出したので、このお知らせは、もう送りません。" in page
    assert "送れなかった分をもう一度送る" not in page


def test_staff_are_told_plainly_of_whom_nobody_knows_whether_they_have_it(hall):
    author = hall.as_role("編集", city="other")
    a_friend(hall.store, "U1", city="other", topics=("kosodate",))
    number = composed(author, channels=["line"])
    press(author, number, "issue")
    hall.store.plan_due_notices(_now(hall))
    [chunk] = hall.store.claim_chunks("w", 10, 8.0)
    hall.store.chunk_later(chunk, 0.0, "no answer", True)
    [chunk] = hall.store.claim_chunks("w", 10, 8.0)
    hall.store.chunk_dead(chunk, "retry key expired")

    page = author.get(f"/notices/{number}").text

    assert "1 人は、届いたか分からないまま1日たちました。" in page
    assert "送れなかった分をもう一度送る" not in page
    assert author.post(f"/notices/{number}/resend", {}).status_code == 303
    assert kept(hall, number, "other").status == "done"


def test_a_correction_is_linked_to_what_it_corrects(hall):
    author = hall.as_role("編集", city="other")
    number = composed(author)
    press(author, number, "issue")

    form = author.get(f"/notices/new?original={number}").text
    response = author.post("/notices", {**FILLED, "original": str(number), "text-ja": "正しい日は10日です。"})

    second = int(response.location.rpartition("/")[2])
    assert FILLED["text-ja"] in form
    assert (kept(hall, second, "other").mark, kept(hall, second, "other").original) == ("correction", number)
    assert "【訂正】" in author.get(f"/notices/{number}").text


def test_before_a_correction_goes_out_staff_read_what_it_stops_and_it_does(hall):
    author = hall.as_role("編集", city="other")
    number = composed(author, when="monthly", day="1")
    press(author, number, "issue")
    author.get(f"/notices/new?original={number}")
    response = author.post("/notices", {**FILLED, "original": str(number), "title": "正しいお知らせ"})
    second = int(response.location.rpartition("/")[2])

    page = author.get(f"/notices/{second}").text
    press(author, second, "issue")

    said = page.index("この訂正を送ると、つぎのお知らせを止めます。")
    assert said < page.index(f'action="/console/other/notices/{second}/issue"'), "before the button"
    assert f"{FILLED['title']}（予定、毎月1日 09:00" in page
    assert kept(hall, number, "other").status == "stopped"
    assert "つぎのお知らせを止めます" not in author.get(f"/notices/{second}").text


def test_the_file_of_results_holds_counts_and_no_formula(hall):
    author = hall.as_role("編集", city="other")
    number = composed(author, title="=HYPERLINK(1)")
    press(author, number, "issue")

    response = author.get(f"/notices/{number}/result.csv")

    assert response.text.startswith("\ufeff番号,2026-0001")
    assert "'=HYPERLINK(1)" in response.text
    assert "対象の人,0" in response.text
