"""The staff's own words: canned answers and FAQ drafts, over real pages and on both engines."""

from __future__ import annotations

import re
from datetime import date

import pytest

from handlers.console.draft_view import check, draft_of
from tests.desk_site import CITY, Desk

GOOD = """\
faqs:
  - id: parking
    question: 市役所の駐車場を知りたい
    phrasings: [駐車場, 車で行きたい, 車をとめる所]
    answer: 市役所の東に100台分あります。電話 048-000-0000
    department: 市民課
    category: moving
"""


def seen_of(page: str) -> str:
    return re.search(r'name="seen" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]


def test_canned_answers_are_kept_changed_and_removed(both_desk: Desk) -> None:
    _, browser = both_desk.staff()

    kept = browser.submit("/canned", "/canned", {"department": "市民課", "title": "お礼", "text": "{name}です。"})
    assert "「お礼」を残しました" in browser.get(kept.headers["Location"]).text
    (one,) = both_desk.store.canned(CITY)
    browser.submit(f"/canned/{one.id}", f"/canned/{one.id}", {"department": "市民課", "title": "礼", "text": "{city}"})
    (one,) = both_desk.store.canned(CITY)
    assert (one.department, one.title, one.text) == ("市民課", "礼", "{city}")
    browser.post(f"/canned/{one.id}/remove")

    assert both_desk.store.canned(CITY) == []


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"department": "市民課", "title": "", "text": "文"}, "両方を書いてください"),
        ({"department": "市民課", "title": "題", "text": "{resident}さん"}, "「{resident}」は使えません"),
        ({"department": "市民課", "title": "題", "text": "あ" * 2001}, "2000文字まで"),
        ({"department": "ない課", "title": "題", "text": "文"}, "一覧から選んでください"),
        ({"department": "ごみ減量課", "title": "題", "text": "文"}, "自分の課の定型文だけ"),
        ({"department": "", "title": "題", "text": "文"}, "自分の課の定型文だけ"),
    ],
)
def test_a_canned_answer_with_a_mistake_is_not_kept_and_stays_in_the_form(
    desk: Desk, form: dict[str, str], says: str
) -> None:
    _, browser = desk.staff()

    answer = browser.submit("/canned", "/canned", form)

    assert answer.status_code == 422
    assert says in answer.text
    assert f">{form['text']}</textarea>" in answer.text
    assert desk.store.canned(CITY) == []


def test_answers_of_other_departments_are_neither_shown_nor_changed(desk: Desk) -> None:
    person, browser = desk.staff()
    theirs = desk.store.put_canned(CITY, 0, "ごみ減量課", "ごみの題", "ごみの文", person.id)
    for_all = desk.store.put_canned(CITY, 0, "", "みんなの題", "みんなの文", person.id)

    page = browser.get("/canned").text

    assert "ごみの題" not in page
    assert "みんなの題" in page
    for number in (theirs, for_all):
        assert browser.get(f"/canned/{number}").status_code == 404
        assert browser.post(f"/canned/{number}/remove").status_code == 404
        assert browser.post(f"/canned/{number}", {"title": "x", "text": "y", "department": "市民課"}).status_code == 404
    assert len(desk.store.canned(CITY)) == 2


def test_a_draft_begins_with_the_question_and_the_answer_of_the_talk(desk: Desk) -> None:
    person, browser = desk.staff()
    case = desk.answered(desk.asks("車で行けますか: 123456789018"), person, "東に100台分あります。\n無料です。")

    made = browser.submit(f"/cases/{case.id}", f"/cases/{case.id}/draft")
    page = browser.get(made.headers["Location"]).text

    assert "id: case-" in page
    assert "車で行けますか:" in page
    assert "123456789018" not in page
    assert "東に100台分あります。\n      無料です。" in page
    assert "department: 市民課" in page
    assert "行目 phrasings" in page  # one phrasing is few: the real checker says so, with its line


def test_a_draft_is_checked_by_line_kept_with_mistakes_and_finished_without(both_desk: Desk) -> None:
    person, browser = both_desk.staff()
    case = both_desk.asks("駐車場")
    draft = both_desk.store.make_draft(CITY, case.id, "駐車場", "faqs:\n", person.id)
    path = f"/drafts/{draft.id}"
    broken = GOOD.replace("answer:", "anser:")

    page = browser.get(path).text
    browser.post(path, {"text": broken, "seen": seen_of(page), "act": "done"})
    page = browser.get(path).text
    assert "5行目 anser" in page
    assert "「answer」のまちがいではありませんか" in page
    assert both_desk.store.draft(CITY, draft.id).status == "open"  # type: ignore[union-attr]

    both_desk.site.clock.forward(1)
    browser.post(path, {"text": GOOD.replace("\n", "\r\n"), "seen": seen_of(page), "act": "done"})
    page = browser.get(path).text
    assert "直すところはありません" in page
    kept = both_desk.store.draft(CITY, draft.id)
    assert kept is not None
    assert (kept.status, kept.title, kept.text) == ("done", "市役所の駐車場を知りたい", GOOD)
    assert "市役所の駐車場を知りたい" in browser.get("/drafts?status=done").text
    file = browser.get(f"{path}/entry.yaml")
    assert file.text == GOOD
    assert file.headers["Content-Disposition"] == 'attachment; filename="parking.yaml"'


def test_two_who_change_a_draft_lose_neither_text(both_desk: Desk) -> None:
    person, browser = both_desk.staff()
    case = both_desk.asks("駐車場")
    draft = both_desk.store.make_draft(CITY, case.id, "駐車場", GOOD, person.id)
    page = browser.get(f"/drafts/{draft.id}").text
    both_desk.site.clock.forward(1)
    assert both_desk.store.change_draft(draft, "駐車場", GOOD + "# 先に直した\n", "open", person.id)

    answer = browser.post(f"/drafts/{draft.id}", {"text": GOOD + "# あとから\n", "seen": seen_of(page), "act": "check"})

    assert answer.status_code == 409
    assert "# 先に直した" in answer.text
    assert "# あとから" in answer.text
    assert not both_desk.store.change_draft(draft, "古い", "古い", "open", person.id)
    assert "# 先に直した" in both_desk.store.draft(CITY, draft.id).text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("id: parking", "id: moving-in"), "id"),
        (("department: 市民課", "department: ない課"), "department"),
        (("東に100台分", "番号は 1234-5678-9018"), "answer"),
        (("    category: moving", "    category: moving\n    related: [no-such]"), "related[1]"),
    ],
)
def test_what_would_be_wrong_in_the_city_is_wrong_in_a_draft(desk: Desk, change: tuple[str, str], field: str) -> None:
    checked = check(GOOD.replace(*change), desk.site.library.get(CITY), date(2026, 11, 21))

    assert not checked.sound
    assert field in [mistake.field for mistake in checked.mistakes if mistake.grave]


def test_a_sound_draft_has_no_mistake(desk: Desk) -> None:
    assert check(GOOD, desk.site.library.get(CITY), date(2026, 11, 21)).mistakes == ()


def test_a_draft_has_an_id_that_nobody_has(desk: Desk) -> None:
    case = desk.asks("x")

    assert f"id: case-{case.id}" in draft_of(case, [], desk.site.library.get(CITY))


def test_drafts_of_talks_one_may_not_see_are_not_shown(desk: Desk) -> None:
    maker, _ = desk.staff("担当", "ごみ減量課")
    _, browser = desk.staff()
    _, editor = desk.staff("編集")
    case = desk.asks("ごみの相談", "ごみ減量課")
    draft = desk.store.make_draft(CITY, case.id, "ごみの下書き", "faqs: ごみ", maker.id)

    assert browser.get(f"/drafts/{draft.id}").status_code == 404
    assert browser.get(f"/drafts/{draft.id}/entry.yaml").status_code == 404
    assert browser.post(f"/drafts/{draft.id}", {"text": "x"}).status_code == 404
    assert "ごみの下書き" not in browser.get("/drafts").text
    assert "ごみの下書き" in editor.get("/drafts").text
