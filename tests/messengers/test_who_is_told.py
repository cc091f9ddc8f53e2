"""Which notices are due: by department, once, late ones to the chief, and in which words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from notify.staff import Reachable, WaitingCase, due_notices, room_of
from notify.staff_text import BadTemplate, mail_text, room_message, stable_id, words_of
from tests.builders import a_city

FRIDAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # 10:00 in Japan
EVERYTHING = Reachable(mail=True, rooms=lambda city, channel: True)
NOTIFY = {
    "mails": ["a@city.test.example.jp", "b@city.test.example.jp"],
    "webhook": "teams",
    "webhook_channel": "SHIMIN",
    "escalate_mails": ["chief@city.test.example.jp"],
}
HOSTILE = [
    '"}],"x":"',
    "改\r\n行\nBcc: evil@example.com",
    "\\",
    "{link}{text}",
    "<!channel> <https://evil.example|ここ> & 課",
    "\x00\x1b[31m\u2028\ud83d",
    "[押して](https://evil.example)",
    "課" * 200,
]


def told(department="市民課", since=FRIDAY, now=FRIDAY, planned=(), reachable=EVERYTHING, **handoff):
    departments = [
        {"name": "総合案内", "phone": "048-000-0000"},
        {"name": "市民課", "phone": "048-000-0001", "handoff": {"notify": NOTIFY, **handoff}},
    ]
    city = a_city(departments=departments)
    case = WaitingCase("test", 12, department, since)
    return due_notices([case], {"test": city}.get, reachable, set(planned), now)


def a_notice(department="市民課", kind="waiting"):
    now = FRIDAY + timedelta(hours=1)
    (notice, *_) = [one for one in told(now=now) if one.kind == kind]
    return type(notice)(**{**{name: getattr(notice, name) for name in notice.__slots__}, "department": department})


def addresses(notices):
    return [(notice.kind, notice.way, notice.target) for notice in notices]


def test_the_department_is_told_at_once_by_every_way_it_named():
    assert addresses(told()) == [
        ("waiting", "mail", "a@city.test.example.jp"),
        ("waiting", "mail", "b@city.test.example.jp"),
        ("waiting", "webhook", "teams/SHIMIN"),
    ]
    assert room_of("teams/SHIMIN") == ("teams", "SHIMIN")
    assert room_of("own.json") == ("own.json", "")


def test_nobody_is_told_twice():
    first = told()

    assert told(planned={notice.key for notice in first}) == []


def test_a_department_without_receivers_is_told_nothing():
    assert told(department="総合案内") == []


@pytest.mark.parametrize(
    ("minutes_waited", "late"),
    [(29, False), (30, True), (300, True)],
)
def test_the_chief_is_told_when_nobody_took_it_in_time(minutes_waited, late):
    notices = told(now=FRIDAY + timedelta(minutes=minutes_waited))

    assert (("escalated", "mail", "chief@city.test.example.jp") in addresses(notices)) is late


def test_a_night_and_a_weekend_are_no_delay():
    evening, monday_holiday = FRIDAY + timedelta(hours=7), FRIDAY + timedelta(days=3)
    tuesday = datetime(2026, 11, 23, 23, 44, tzinfo=UTC)  # 8:44 in Japan; 17:00 to 17:15 on Friday were open

    assert not [one for one in told(since=evening, now=monday_holiday) if one.kind == "escalated"]
    assert not [one for one in told(since=evening, now=tuesday) if one.kind == "escalated"]
    assert [one for one in told(since=evening, now=tuesday + timedelta(minutes=1)) if one.kind == "escalated"]


def test_zero_minutes_mean_that_no_chief_is_told():
    assert not [one for one in told(now=FRIDAY + timedelta(hours=5), escalate_minutes=0) if one.kind == "escalated"]


def test_ways_that_this_installation_does_not_have_are_left_out():
    rooms_only = Reachable(mail=False, rooms=lambda city, channel: (city, channel) == ("test", "SHIMIN"))
    mail_only = Reachable(mail=True, rooms=lambda city, channel: False)

    assert {one.way for one in told(reachable=rooms_only)} == {"webhook"}
    assert {one.way for one in told(reachable=mail_only)} == {"mail"}


def test_cases_of_long_ago_and_of_cities_unknown_are_not_told_of():
    city = a_city()
    unknown = [WaitingCase("elsewhere", 1, "市民課", FRIDAY)]

    assert told(since=FRIDAY - timedelta(days=7, seconds=1)) == []
    assert due_notices(unknown, {"test": city}.get, EVERYTHING, set(), FRIDAY) == []


def test_a_mail_says_who_where_since_when_and_which_page_to_open():
    words = words_of(a_notice(), "試験市", "https://madoguchi.example.jp/")

    text = mail_text(words)
    assert words.title == "市民課：お待ちの方がいます（No.12）"
    for part in (
        "試験市　市民課",
        "依頼：No.12",
        "11月20日（金）10時00分",
        "https://madoguchi.example.jp/console/test/cases/12\n",
    ):
        assert part in text


def test_an_escalation_says_that_nobody_has_taken_it():
    words = words_of(a_notice(kind="escalated"), "試験市", "https://madoguchi.example.jp")

    assert "まだ、だれも対応していません" in words.title
    assert "だれも引き受けていません" in words.text


def test_a_notice_has_one_id_for_all_attempts_and_no_other_notice_has_it():
    notices = told(now=FRIDAY + timedelta(hours=1))

    ids = [stable_id(notice) for notice in notices]
    assert ids == [stable_id(notice) for notice in told(now=FRIDAY + timedelta(hours=2))]
    assert len(set(ids)) == len(ids) == 4
    assert not any("city.test" in one for one in ids)


@pytest.mark.parametrize("form", ["teams", "slack", "logo"])
@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_our_templates_make_sound_json_of_any_name(form, name):
    sound = json.loads(room_message(form, words_of(a_notice(), "試験市", "https://m.example.jp"), None))
    words = words_of(a_notice(department=name), name, "https://m.example.jp")

    filled = json.loads(room_message(form, words, None))

    assert shape(filled) == shape(sound)
    assert "https://m.example.jp/console/test/cases/12" in json.dumps(filled)
    assert "\n" not in words.title
    assert "\r" not in words.text


def shape(value):
    """The JSON without its strings."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    return [shape(part) for part in value] if isinstance(value, list) else type(value)


def test_slack_calls_nobody_and_links_nowhere_whatever_a_department_is_called():
    words = words_of(a_notice(department="<!channel> <https://evil.example|ここ>"), "試験市", "https://m.example.jp")

    assert b"<" not in room_message("slack", words, None)


def test_teams_gets_no_text_that_it_reads_as_markup():
    card = json.loads(room_message("teams", words_of(a_notice(), "試験市", "https://m.example.jp"), None))

    body = card["attachments"][0]["content"]["body"]
    assert {block["type"] for block in body} == {"RichTextBlock"}  # a TextBlock would read Markdown


def test_a_city_may_bring_a_template_of_its_own(tmp_path):
    (tmp_path / "own.json").write_text('{"msg": "{title} {link}", "n": [1, null, "{case}"]}', encoding="utf-8")

    filled = json.loads(
        room_message("own.json", words_of(a_notice('課"\n'), "試験市", "https://m.example.jp"), tmp_path)
    )

    assert filled["msg"].startswith('課"：お待ちの方がいます')
    assert filled["n"] == [1, None, "12"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "JSON"),
        ('{"text": "{question}"}', "{question}"),
        ("[" * 100_000, "JSON"),
        (None, "読めません"),
    ],
)
def test_a_template_that_cannot_be_used_says_why(tmp_path, text, said):
    if text is not None:
        (tmp_path / "own.json").write_text(text, encoding="utf-8")
    words = words_of(a_notice(), "試験市", "https://m.example.jp")

    with pytest.raises(BadTemplate, match=said):
        room_message("own.json", words, tmp_path)


@pytest.mark.parametrize("form", ["../own.json", "/etc/own.json", ".own.json", "discord"])
def test_a_template_is_looked_for_nowhere_else(tmp_path, form):
    (tmp_path / "notify").mkdir()
    (tmp_path / "own.json").write_text("{}", encoding="utf-8")

    with pytest.raises(BadTemplate):
        room_message(form, words_of(a_notice(), "試験市", "https://m.example.jp"), tmp_path / "notify")
