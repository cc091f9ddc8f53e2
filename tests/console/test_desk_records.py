"""What is left of a talk: its text for the file, who may look at it, what is erased and what retention takes along."""

from __future__ import annotations

import re

from handover_jobs import IDLE_REASON
from tests.console.desk_forms import actions, press
from tests.desk_site import CITY, Desk


def test_the_text_for_the_file_has_everybody_and_every_step_but_notes_only_if_asked(desk: Desk) -> None:
    person, browser = desk.staff(name="山田花子")
    case = desk.answered(desk.asks("住民票は？"), person, "1階です。\n平日です。")
    desk.store.add_note(CITY, case.id, person.id, "内緒のこと")
    case = desk.closed(case, person)

    plain = browser.get(f"/cases/{case.id}/export.txt")
    whole = browser.get(f"/cases/{case.id}/export.txt?notes=1&bom=1")

    assert plain.mimetype == "text/plain"
    assert plain.headers["Content-Disposition"] == f'attachment; filename="case-{case.id}-20260921.txt"'
    lines = plain.data.decode("utf-8").split("\r\n")
    assert lines[0] == "対話記録"
    assert f"受付番号：{case.id}" in lines
    assert "自治体：試験市" in lines
    assert any(re.fullmatch(r"受付日時：2026年（令和8年）9月21日（月）23時\d\d分\d\d秒", line) for line in lines)
    assert "　　住民票は？" in lines
    assert lines[lines.index("　　1階です。") + 1] == "　　平日です。"
    assert any(line.endswith("職員　市民課 山田花子　［送っています］") for line in lines)
    assert any("山田花子さんが受けました" in line for line in lines)
    assert "終了の理由：答えた" in lines
    assert "内緒のこと" not in plain.text
    assert "\n" not in plain.data.decode("utf-8").replace("\r\n", "")
    assert whole.data.startswith("\ufeff対話記録".encode())
    assert "内緒のこと" in whole.text
    exports = [dict(row.detail) for row in desk.store.audit_all(CITY) if row.action == "case.export"]
    assert exports == [{"notes": False}, {"notes": True}]


def test_erasing_asks_once_empties_everything_and_leaves_a_record(both_desk: Desk) -> None:
    person, _ = both_desk.staff()
    manager, boss = both_desk.staff("管理", "総合案内")
    case = both_desk.answered(both_desk.asks("ひみつの相談"), person, "ひみつの返事")
    both_desk.store.add_note(CITY, case.id, person.id, "ひみつのメモ", [manager.id])
    both_desk.store.make_draft(CITY, case.id, "下書き", "faqs: ひみつの下書き", person.id)

    asked = boss.get(f"/cases/{case.id}/erase").text
    assert "元には戻せません" in asked
    assert boss.post(f"/cases/{case.id}/erase").status_code == 422
    assert both_desk.case(case).resident
    done = boss.post(f"/cases/{case.id}/erase", {"sure": "yes"})

    assert done.status_code == 302
    page = boss.get(f"/cases/{case.id}").text
    assert "ひみつ" not in page
    assert "この人のことばは、消しました" in page
    assert both_desk.store.notes(CITY, case.id) == []
    assert both_desk.store.drafts(CITY) == both_desk.store.drafts_of(CITY, case.id) == []
    assert both_desk.store.watched(CITY).called == {}
    row = next(row for row in both_desk.store.audit_all(CITY) if row.action == "case.erase")
    assert (row.who, row.record, dict(row.detail)) == (
        f"staff:{manager.id}",
        f"case:{case.id}",
        {"cases": 1, "by_wish": True},
    )
    assert boss.get(f"/cases/{case.id}/erase").text.count("消すことばは、もうありません") == 1
    for act, form in (("note", {"note": "ひみつの続き"}), ("draft", {})):
        assert press(boss, case.id, act, **form).status_code == 422, act
    assert "メモを残す" not in page
    assert both_desk.store.notes(CITY, case.id) == []
    assert both_desk.store.drafts(CITY) == []


def test_the_text_for_the_file_says_who_ended_the_talk(desk: Desk) -> None:
    person, browser = desk.staff(name="山田花子")
    by_staff, by_resident, by_clock = (desk.answered(desk.asks(), person) for _ in range(3))
    desk.closed(by_staff, person)
    desk.store.end_case(CITY, by_resident.resident, "resident", "ends")
    desk.store.end_case(CITY, by_clock.resident, "clock", IDLE_REASON)

    heads = []
    for case in (by_staff, by_resident, by_clock):
        lines = browser.get(f"/cases/{case.id}/export.txt").text.split("\r\n")
        heads.append([line.partition("：")[2] for line in lines if line.startswith(("終了した者", "終了の理由"))])

    assert heads == [
        ["山田花子", "答えた"],
        ["住民", "住民が終わりにした"],
        ["自動", "住民からことばがないまま、時間がすぎた"],
    ]


def test_what_the_resident_hears_stands_behind_the_step_that_says_it(desk: Desk) -> None:
    _, browser = desk.staff(name="山田花子")
    case = desk.asks()

    press(browser, case.id, "take")

    page = browser.get(f"/cases/{case.id}").text
    assert page.index("山田花子さんが受けました") < page.index("おつなぎしました")


def test_retention_takes_notes_and_unfinished_drafts_along(both_desk: Desk) -> None:
    person, _ = both_desk.staff()
    case = both_desk.asks("古い相談")
    both_desk.store.add_note(CITY, case.id, person.id, "古いメモ", [person.id])
    both_desk.store.see_case(CITY, case.id, person.id)
    draft = both_desk.store.make_draft(CITY, case.id, "古い", "faqs: 古い", person.id)
    ready = both_desk.store.make_draft(CITY, case.id, "できた", "faqs: できた", person.id)
    both_desk.store.change_draft(ready, "できた", "faqs: できた", "done", person.id)
    young = both_desk.asks("新しい相談")
    both_desk.store.add_note(CITY, young.id, person.id, "新しいメモ")
    both_desk.closed(case, person)
    both_desk.site.clock.forward(86_400)

    purged = both_desk.store.purge(both_desk.now)

    assert (purged.notes, purged.mentions, purged.seen, purged.drafts) == (1, 1, 1, 1)
    assert both_desk.store.notes(CITY, case.id) == []
    assert [note.text for note in both_desk.store.notes(CITY, young.id)] == ["新しいメモ"]
    assert both_desk.store.draft(CITY, draft.id) is None
    assert both_desk.store.draft(CITY, ready.id) is not None


def test_a_look_at_what_is_known_writes_nothing_but_the_audit_log(desk: Desk) -> None:
    _, browser = desk.staff()
    case = desk.asks()
    browser.get(f"/cases/{case.id}")
    mark = desk.store.console_mark(CITY)

    browser.get(f"/cases/{case.id}")

    assert desk.store.console_mark(CITY) == mark
    assert actions(desk).count("case.view") == 2


def test_what_the_resident_said_elsewhere_is_shown_to_those_who_may_see_it(desk: Desk) -> None:
    person, browser = desk.staff()
    other, _ = desk.staff("担当", "ごみ減量課")
    _, boss = desk.staff("管理", "総合案内")
    first = desk.asks("粗大ごみの相談", "ごみ減量課", resident="U9")
    desk.answered(first, other, "粗大ごみの返事")
    desk.closed(first, other)
    second = desk.asks("住民票の相談", "市民課", resident="U9")

    assert "粗大ごみ" not in browser.get(f"/cases/{second.id}").text
    assert "住民票の相談" in browser.get(f"/cases/{second.id}").text
    assert "粗大ごみの返事" in boss.get(f"/cases/{second.id}").text
    assert person.id != other.id
