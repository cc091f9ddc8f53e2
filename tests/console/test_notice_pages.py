"""Notices to many in the console: composed, counted, approved by somebody else, held, and taken out as a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from bot.wishes import Wishes
from faq.library import Library, Source
from handlers.console.notice_forms import audience_of
from handlers.console.notice_view import reason_words
from store import Outcome, Store
from store.records_notices import NoticeInsight, NoticeView
from tests.builders import CITY_YAML, write_city
from tests.console_site import ConsoleSite, Visitor, a_console
from tests.databases import Clock
from tests.store.store_builders import a_turn
from tests.wishes.conftest import NOTICES, city_with_notices

FILLED = {
    "topic": "kosodate",
    "title": "4か月児健診のお知らせ",
    "text-ja": "健診の日が近づきました。母子健康手帳を持って来てください。",
    "text-en": "Your child's check-up is soon.",
    "link": "https://www.city.example.jp/kenshin",
    "channels": ["line", "page"],
    "when": "now",
    "clock": "09:00",
}


@pytest.fixture(scope="module")
def notice_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("notice-cities")
    sources = {}
    for city, text in (
        ("test", CITY_YAML + NOTICES.replace("notices:\n", "notices:\n  approval: はい\n")),
        ("other", CITY_YAML.replace("id: test", "id: other") + NOTICES + "  mails: [koho@city.example.jp]\n"),
    ):
        sources[city] = Source(write_city(folder, city, {"city.yaml": text}), folder / "_base")
    library = Library(sources)
    library.check_now()
    yield library
    library.stop()


@pytest.fixture
def hall(one_store: Store, notice_library: Library, tmp_path: Path, clock: Clock) -> ConsoleSite:
    return a_console(one_store, notice_library, tmp_path, clock, TOTP_ROLES="なし")


def a_friend(store: Store, resident: str, city: str = "test", **wishes: Any) -> None:
    store.record(Outcome(turn=a_turn(f"f-{resident}", city=city, resident=resident), friend="followed"))
    if wishes:
        store.set_wishes(city, resident, Wishes(**wishes))


def composed(visitor: Visitor, **changes: Any) -> int:
    """A draft, written in the form; its number."""
    visitor.get("/notices/new")
    response = visitor.post("/notices", {**FILLED, **changes})
    assert response.status_code == 303, response.text
    return int(response.location.rpartition("/")[2])


def kept(hall: ConsoleSite, number: int, city: str = "test") -> NoticeView:
    found = hall.store.notice(city, number)
    assert found is not None
    return found


def press(visitor: Visitor, number: int, act: str) -> Any:
    """Reads the page and presses its button."""
    page = visitor.get(f"/notices/{number}").text
    version = re.search(rf'notices/{number}/{act}".*?name="version" value="(\d+)"', page, re.DOTALL)
    assert version, f"no button for {act}"
    return visitor.post(f"/notices/{number}/{act}", {"version": version.group(1)})


def test_what_is_composed_is_a_draft_and_nobody_is_told(hall):
    number = composed(hall.as_role("編集"))

    notice = kept(hall, number)
    assert notice.status == "draft"
    assert notice.texts == {"ja": FILLED["text-ja"], "en": FILLED["text-en"]}
    assert notice.audience.topics == ("kosodate",)
    assert notice.needs_approval
    assert not hall.store.plan_due_notices(_now(hall))


def test_a_title_in_another_language_is_kept_shown_and_taken_over_by_a_correction(hall):
    author = hall.as_role("編集")
    number = composed(author, **{"title-en": "Check-up for babies"})

    assert kept(hall, number).titles == {"en": "Check-up for babies"}
    assert "Check-up for babies" in author.get(f"/notices/{number}").text
    for path in (f"/notices/{number}/edit", f"/notices/new?original={number}"):
        assert 'name="title-en" maxlength="60" value="Check-up for babies"' in author.get(path).text


def test_a_second_person_approves_and_the_first_cannot(hall):
    author, boss = hall.as_role("承認"), hall.as_role("管理")
    number = composed(author)
    press(author, number, "submit")

    by_author = author.post(f"/notices/{number}/approve", {})
    before = kept(hall, number).status
    press(boss, number, "approve")

    assert by_author.status_code == 303
    assert before == "waiting_approval"
    assert kept(hall, number).status == "scheduled"
    assert kept(hall, number).number == "2026-0001"
    rows = [row.action for row in hall.store.audit_rows("test")]
    assert {"notice.make", "notice.submit", "notice.approve"} <= set(rows)


def test_in_a_city_that_asks_for_approval_nobody_sends_alone(hall):
    author = hall.as_role("管理")
    number = composed(author)

    page = author.get(f"/notices/{number}").text
    author.post(f"/notices/{number}/issue", {})

    assert "承認を頼む" in page
    assert kept(hall, number).status == "draft"


def test_a_city_without_approval_sends_at_once(hall):
    author = hall.as_role("編集", city="other")
    number = composed(author)

    press(author, number, "issue")

    assert kept(hall, number, "other").issued_at is not None


def test_a_chosen_time_is_kept_and_the_notice_waits_for_it(hall):
    author = hall.as_role("編集", city="other")
    number = composed(author, when="later", at="2026-12-01T10:30")

    press(author, number, "issue")

    notice = kept(hall, number, "other")
    assert (notice.status, notice.issued_at) == ("scheduled", None)
    assert notice.due_at.isoformat() == "2026-12-01T01:30:00+00:00"


def test_a_monthly_notice_by_the_childs_age_begins_on_its_next_day(hall):
    author = hall.as_role("編集", city="other")
    number = composed(author, when="monthly", day="1", **{"child-from": "3", "child-to": "4"})

    page = author.get(f"/notices/{number}").text

    notice = kept(hall, number, "other")
    assert notice.audience.child_months == (3, 4)
    assert notice.repeats == {"every": "month", "day": 1, "at": "09:00"}
    assert notice.due_at.isoformat() == "2026-10-01T00:00:00+00:00"
    assert "子どもが 3〜4か月" in page


def test_the_count_follows_the_form_and_warns_of_few(hall):
    for number in range(6):
        a_friend(hall.store, f"U{number}", topics=("kosodate",), area="chuo" if number < 2 else "kita")
    author = hall.as_role("編集")

    everywhere = author.get("/notices/count?topic=kosodate").json
    in_chuo = author.get("/notices/count?topic=kosodate&areas=chuo").json
    nobody = author.get("/notices/count?topic=kosodate&areas=mars&areas=chuo&fact-pet=dog").json

    assert (everywhere["count"], everywhere["small"]) == (6, False)
    assert (in_chuo["count"], in_chuo["small"]) == (2, True)
    assert (nobody["count"], nobody["small"]) == (0, False)


def test_the_count_knows_what_people_read(hall):
    for number in range(6):
        a_friend(hall.store, f"U{number}", topics=("kosodate",), language="en" if number else "ja")

    in_english = hall.as_role("編集").get("/notices/count?topic=kosodate&languages=en&languages=xx").json

    assert in_english["count"] == 5


@pytest.mark.parametrize(
    ("typed", "months"),
    [
        (("3", "4"), (3, 4)),
        (("4", "3"), (3, 4)),
        (("6", ""), (6, 240)),
        (("", "0"), (0, 0)),
        (("", ""), None),
        (("三", "x"), None),
    ],
)
def test_the_childs_age_is_read_as_it_is_typed(typed, months):
    form = MultiDict({"topic": "kosodate", "child-from": typed[0], "child-to": typed[1]})

    assert audience_of(form, city_with_notices().city.notices).child_months == months


def test_only_disaster_topics_may_go_to_every_friend(hall):
    a_friend(hall.store, "U1")
    author = hall.as_role("編集")

    disaster = author.get("/notices/count?topic=bosai&everyone=yes").json
    news = author.get("/notices/count?topic=gomi&everyone=yes").json

    assert disaster["count"] == 1
    assert news["count"] == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "見出しを60文字まで"),
        ({"title-easy": "あ" * 61}, "見出しを60文字まで"),
        ({"title-en": "Check-up", "text-en": ""}, "見出しだけでは送れません"),
        ({"text-ja": " "}, "本文を書いてください"),
        ({"topic": "secret"}, "分野を選んでください"),
        ({"link": "javascript:alert(1)"}, "https:// で始まる"),
        ({"channels": []}, "知らせる方法を1つ以上"),
        ({"when": "later", "at": "2020-01-01T09:00"}, "これからの時"),
        ({"when": "monthly", "day": "32"}, "毎月の日"),
        ({"until": "2020-01-01"}, "載せる最後の日"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(hall, changes, said):
    author = hall.as_role("編集")
    author.get("/notices/new")

    response = author.post("/notices", {**FILLED, "text-easy": "けんしんです", **changes})

    assert response.status_code == 422
    assert said in response.text
    assert "けんしんです" in response.text
    assert hall.store.notices("test") == []


def test_mail_is_offered_only_where_the_city_has_named_addresses(hall):
    author = hall.as_role("編集")

    form = author.get("/notices/new").text
    number = composed(author, channels=["mail", "page"])

    elsewhere = hall.as_role("編集", city="other").get("/notices/new").text
    assert 'value="mail"' in elsewhere
    assert 'value="mail"' not in form
    assert kept(hall, number).channels == ("page",)


def test_a_draft_that_somebody_else_changed_is_not_overwritten(hall):
    author = hall.as_role("編集")
    number = composed(author)
    author.get(f"/notices/{number}/edit")
    colleague = hall.as_role("承認")
    colleague.get(f"/notices/{number}/edit")
    colleague.post(
        f"/notices/{number}", {**FILLED, "title": "直した見出し", "version": str(kept(hall, number).version)}
    )

    late = author.post(f"/notices/{number}", {**FILLED, "title": "おそい見出し", "version": "0"})

    assert late.status_code == 409
    assert "おそい見出し" in late.text
    assert kept(hall, number).title == "直した見出し"


@pytest.mark.parametrize("version", ["", "x", "-1", "٣", "9" * 30])
def test_a_version_that_is_none_changes_nothing(hall, version):
    author = hall.as_role("編集")
    number = composed(author)
    press(author, number, "submit")
    press(author, number, "withdraw")
    author.get(f"/notices/{number}/edit")

    response = author.post(f"/notices/{number}", {**FILLED, "title": "直した見出し", "version": version})

    assert response.status_code == 409
    assert kept(hall, number).title == FILLED["title"]


def test_a_yes_to_an_older_version_is_no_yes(hall):
    author, boss = hall.as_role("編集"), hall.as_role("管理")
    number = composed(author)
    press(author, number, "submit")
    boss.get(f"/notices/{number}")
    seen = kept(hall, number).version
    press(author, number, "withdraw")
    press(author, number, "submit")

    boss.post(f"/notices/{number}/approve", {"version": str(seen)})

    assert kept(hall, number).status == "waiting_approval"


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


def test_one_citys_notices_are_not_there_for_another(hall):
    number = composed(hall.as_role("編集"))
    stranger = hall.as_role("管理", city="other")

    assert stranger.get(f"/notices/{number}").status_code == 404
    assert stranger.get(f"/notices/{number}/progress.json").status_code == 404


def test_words_of_staff_are_shown_as_words(hall):
    author = hall.as_role("編集")
    number = composed(author, **{"text-ja": "<script>alert(1)</script>"})

    page = author.get(f"/notices/{number}").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def _now(hall: ConsoleSite) -> datetime:
    return datetime.fromtimestamp(hall.clock(), UTC)
