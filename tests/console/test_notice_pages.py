"""Notices to many in the console: composed, counted, approved by somebody else, held, and taken out as a file."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from handlers.console.notice_forms import audience_of
from tests.console.hall_builders import FILLED, _now, a_friend, composed, kept, press
from tests.wishes.conftest import city_with_notices


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
