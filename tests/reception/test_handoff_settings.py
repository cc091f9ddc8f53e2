"""What city.yaml says about taking residents who ask for a person, and how a slip in it is told."""

from __future__ import annotations

import pytest

from faq.reader import read_city
from tests.builders import CITY_YAML, a_city

DEPARTMENTS = [
    {"name": "総合案内", "phone": "048-000-0000"},
    {"name": "市民課", "phone": "048-000-0001", "handoff": {"max_waiting": "7", "notify": {"mails": ["b@city.jp"]}}},
    {"name": "図書館", "phone": "048-000-0002", "handoff": {"chat": "いいえ", "notify": {"webhook": "なし"}}},
    {"name": "福祉課", "phone": "048-000-0003", "handoff": {"notify": {"webhook": "slack", "mails": []}}},
]
OF_THE_CITY = {
    "idle_minutes": "45",
    "notify": {"mails": ["a@city.jp"], "webhook": "teams", "webhook_channel": "MAIN", "escalate_mails": ["c@city.jp"]},
}


def test_without_a_word_about_it_a_department_chats_and_tells_nobody():
    rules = a_city().handoff_of("市民課")

    assert (rules.chat, rules.max_waiting, rules.idle_minutes, rules.escalate_minutes) == (True, 20, 20, 30)
    assert (rules.mails, rules.webhook, rules.escalate_mails) == ((), "", ())


@pytest.mark.parametrize(
    ("department", "field", "value"),
    [
        ("総合案内", "idle_minutes", 45),
        ("市民課", "idle_minutes", 45),
        ("市民課", "max_waiting", 7),
        ("総合案内", "max_waiting", 20),
        ("市民課", "mails", ("b@city.jp",)),
        ("市民課", "webhook", "teams"),
        ("市民課", "webhook_channel", "MAIN"),
        ("市民課", "escalate_mails", ("c@city.jp",)),
        ("図書館", "chat", False),
        ("図書館", "webhook", ""),
        ("図書館", "mails", ("a@city.jp",)),
        ("福祉課", "mails", ()),
        ("福祉課", "webhook", "slack"),
        ("福祉課", "webhook_channel", ""),
        ("no such department", "mails", ("a@city.jp",)),
    ],
)
def test_a_department_says_what_differs_and_the_city_the_rest(department, field, value):
    city = a_city(departments=DEPARTMENTS, handoff=OF_THE_CITY)

    assert getattr(city.handoff_of(department), field) == value


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("  chat: たぶん", "「はい」か「いいえ」"),
        ("  max_waiting: 0", "1 以上"),
        ("  max_waiting: 501", "500 以下"),
        ("  idle_minutes: 一時間", "半角の数字"),
        ("  escalate_minutes: -5", "0 以上"),
        ("  idle_minute: 5", "「idle_minutes」のまちがい"),
        ("  notify: {mails: shimin@city.jp}", "一覧にしてください"),
        ('  notify: {mails: ["a@city.jp, b@city.jp"]}', "メールアドレスは"),
        ('  notify: {mails: ["a@city.jp\\nBcc:x@y"]}', "メールアドレスは"),
        ("  notify: {webhook: https://chat.example.jp/hook/secret}", "使えるのは teams, slack, logo"),
        ("  notify: {webhook: ../secret.json}", "使えるのは teams, slack, logo"),
        ("  notify: {webhook: teams, webhook_channel: ふくし}", "半角の大文字"),
    ],
)
def test_a_slip_is_told_in_japanese_with_its_line(line, says):
    text = CITY_YAML.replace("default_department:", f"handoff:\n{line}\ndefault_department:")
    wanted = text[: text.index(line)].count("\n") + 1

    city, problems = read_city("city.yaml", text)

    assert city is None
    assert [(problem.line, says in problem.message) for problem in problems] == [(wanted, True)]
