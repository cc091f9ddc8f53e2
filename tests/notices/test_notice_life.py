"""The life of a notice: who may do what when, its number, and its lines in the audit log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from notify.notice_life import STEPS, Event, Status, step_of
from store import NoticeConflict, Store, StoreError
from store.records_notices import Audience
from tests.databases import Clock
from tests.notices.notice_builders import CITY, a_notice

_MAKER, _SECOND = 3, 4


def _now(clock: Clock) -> datetime:
    return datetime.fromtimestamp(clock.now, UTC)


def test_a_notice_comes_back_as_it_was_written(store: Store, clock: Clock) -> None:
    audience = Audience(
        topics=("kosodate",), areas=("kita",), facts=(("pet", ("dog", "cat")),), child_months=(3, 8), languages=("ja",)
    )
    due = _now(clock) + timedelta(days=1)
    new = a_notice(audience=audience, link="https://example.jp/", due_at=due, repeats={"every": "month", "day": 1})

    made = store.put_notice(new, by=_MAKER)

    assert store.notice(CITY, made.id) == made
    assert (made.audience, made.texts, made.due_at) == (audience, new.texts, due)
    assert (made.status, made.number, made.created_by, made.priority) == ("draft", "", _MAKER, 8)


def test_what_hurries_goes_first(store: Store) -> None:
    priorities = [
        store.put_notice(a_notice(kind=kind, drill=drill), by=_MAKER).priority
        for kind, drill in (("disaster", False), ("disaster", True), ("news", False))
    ]

    assert priorities == [0, 1, 8]


def test_a_telegram_is_told_once(store: Store) -> None:
    telegram = a_notice(source="feed", source_key="VPWW55/20260921/1")
    first = store.put_notice(telegram, by=0)
    issued = store.issue_notice(CITY, first.id, by=0)

    again = store.put_notice(telegram, by=0)
    elsewhere = store.put_notice(a_notice(city="hoka", source="feed", source_key="VPWW55/20260921/1"), by=0)

    assert again == issued
    assert elsewhere.city == "hoka"
    assert elsewhere.status == "draft"
    assert store.issue_notice(CITY, first.id, by=0) == issued


def test_numbers_are_counted_by_city_and_by_the_year_in_japan(store: Store, clock: Clock) -> None:
    clock.now = datetime(2026, 12, 31, 14, 59, tzinfo=UTC).timestamp()
    old = [_issued(store) for _ in range(2)]
    clock.forward(120)  # 00:01 on New Year's Day in Japan
    new = [_issued(store), _issued(store, city="hoka")]

    assert [*old, *new] == ["2026-0001", "2026-0002", "2027-0001", "2027-0001"]


def test_a_draft_is_changed_by_one_and_the_other_one_hears_of_it(store: Store) -> None:
    made = store.put_notice(a_notice(), by=_MAKER)

    changed = store.change_notice(CITY, made.id, made.version, _MAKER, title="新しい題", texts={"ja": "新しい文"})

    assert (changed.title, changed.texts) == ("新しい題", {"ja": "新しい文"})
    with pytest.raises(NoticeConflict):
        store.change_notice(CITY, made.id, made.version, _SECOND, title="ほかの題")
    with pytest.raises(StoreError, match="Japanese"):
        store.change_notice(CITY, made.id, changed.version, _MAKER, texts={"easy": "やさしい文"})


def test_where_a_second_person_approves_nobody_sends_alone(store: Store) -> None:
    made = store.put_notice(a_notice(needs_approval=True), by=_MAKER)
    with pytest.raises(NoticeConflict):
        store.issue_notice(CITY, made.id, by=_MAKER)
    asked = store.submit_notice(CITY, made.id, by=_MAKER)
    with pytest.raises(NoticeConflict, match="nobody approves"):
        store.approve_notice(CITY, made.id, by=_MAKER)

    approved = store.approve_notice(CITY, made.id, by=_SECOND)

    assert (asked.status, approved.status, approved.approved_by) == ("waiting_approval", "scheduled", _SECOND)
    assert approved.number
    assert approved.issued_at


def test_an_approved_notice_waits_for_its_time_and_a_withdrawn_one_asks_again(store: Store, clock: Clock) -> None:
    made = store.put_notice(a_notice(needs_approval=True, due_at=_now(clock) + timedelta(hours=2)), by=_MAKER)
    store.submit_notice(CITY, made.id, by=_MAKER)
    approved = store.approve_notice(CITY, made.id, by=_SECOND)

    back = store.withdraw_notice(CITY, made.id, by=_MAKER)

    assert (approved.status, approved.number) == ("scheduled", "")
    assert (back.status, back.approved_by) == ("draft", 0)
    with pytest.raises(NoticeConflict):
        store.issue_notice(CITY, made.id, by=_MAKER)


def test_the_system_issues_what_was_approved_before(store: Store) -> None:
    made = store.put_notice(a_notice(source="rule", needs_approval=True), by=0)

    assert store.issue_notice(CITY, made.id, by=0).status == "scheduled"


def test_every_step_that_the_table_does_not_allow_is_refused() -> None:
    allowed = {(step.before, step.event) for step in STEPS}
    states = {step.before for step in STEPS} | {step.after for step in STEPS}
    events: set[Event] = {step.event for step in STEPS}

    assert len(allowed) == len(STEPS)
    for state in states:
        for event in events:
            assert (step_of(state, event, "system") is not None) <= ((state, event) in allowed)
    assert not [step for step in STEPS if step.before == "stopped"]


@pytest.mark.parametrize("state", ["stopped", "draft", "scheduled"])
def test_what_is_not_on_its_way_can_not_be_paused(store: Store, state: Status) -> None:
    made = store.put_notice(a_notice(), by=_MAKER)
    if state != "draft":
        store.issue_notice(CITY, made.id, by=_MAKER)
    if state == "stopped":
        store.stop_notice(CITY, made.id, by=_MAKER)

    with pytest.raises(NoticeConflict) as refused:
        store.pause_notice(CITY, made.id, by=_MAKER)

    assert refused.value.status == state
    assert "notice.pause" not in _audit(store)


def test_every_decision_is_in_the_audit_log(store: Store, clock: Clock) -> None:
    made = store.put_notice(a_notice(needs_approval=True), by=_MAKER)
    store.submit_notice(CITY, made.id, by=_MAKER)
    store.withdraw_notice(CITY, made.id, by=_MAKER)
    store.submit_notice(CITY, made.id, by=_MAKER)
    store.approve_notice(CITY, made.id, by=_SECOND)
    store.stop_notice(CITY, made.id, by=_SECOND)

    assert _audit(store) == [
        "notice.make",
        "notice.submit",
        "notice.withdraw",
        "notice.submit",
        "notice.approve",
        "notice.stop",
    ]
    assert {row.record for row in store.audit_all(CITY)} == {f"notice:{made.id}"}
    assert store.audit_verify(CITY).problem == ""


def test_pages_show_what_is_issued_and_not_over(store: Store, clock: Clock) -> None:
    now = _now(clock)
    shown = store.put_notice(a_notice(title="出ている"), by=_MAKER)
    over = store.put_notice(a_notice(expires_at=now + timedelta(hours=1)), by=_MAKER)
    stopped, elsewhere, drill, _draft = (
        store.put_notice(a_notice(**changes), by=_MAKER)
        for changes in ({}, {"channels": ("line", "widget")}, {"drill": True}, {})
    )
    for notice in (shown, over, stopped, elsewhere, drill):
        store.issue_notice(CITY, notice.id, by=_MAKER)
    store.stop_notice(CITY, stopped.id, by=_MAKER)

    def titles(at: datetime, channel: str = "page") -> list[int]:
        return [notice.id for notice in store.public_notices(CITY, at, channel=channel)]

    assert titles(now) == [over.id, shown.id]
    assert titles(now + timedelta(hours=2)) == [shown.id]
    assert titles(now, "widget") == [elsewhere.id]


def test_a_correction_and_an_all_clear_stay_beside_their_original(store: Store) -> None:
    first = store.put_notice(a_notice(), by=_MAKER)
    wrong = store.put_notice(a_notice(mark="correction", original=first.id), by=_MAKER)
    clear = store.put_notice(a_notice(mark="all_clear", original=first.id), by=_MAKER)
    store.put_notice(a_notice(), by=_MAKER)

    family = [first.id, wrong.id, clear.id]
    assert [[one.id for one in store.related_notices(CITY, start)] for start in family] == [family] * 3


def test_notices_are_listed_newest_first_in_pieces(store: Store) -> None:
    made = [store.put_notice(a_notice(kind=kind), by=_MAKER).id for kind in ("news", "disaster", "news")]
    store.put_notice(a_notice(city="hoka"), by=_MAKER)

    assert [one.id for one in store.notices(CITY)] == made[::-1]
    assert [one.id for one in store.notices(CITY, "news")] == [made[2], made[0]]
    assert [one.id for one in store.notices(CITY, limit=1, before=made[2])] == [made[1]]


def _issued(store: Store, city: str = CITY) -> str:
    made = store.put_notice(a_notice(city=city), by=_MAKER)
    return store.issue_notice(city, made.id, by=_MAKER).number


def _audit(store: Store) -> list[str]:
    return [row.action for row in store.audit_all(CITY)]
