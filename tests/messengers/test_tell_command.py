"""`app.py tell`: an operator sees who would be told, and sends a trial that calls itself one."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import app
from tests.builders import CITY_YAML, write_city

TELLING = CITY_YAML.replace(
    "  - {name: 市民課, phone: 048-000-0001, place: 市役所1階}",
    "  - {name: 市民課, phone: 048-000-0001, handoff: {notify: {mails: [first@city.test.example.jp], "
    "webhook: slack, escalate_mails: [chief@city.test.example.jp]}}}",
)


@pytest.fixture
def tell(tmp_path, mailbox, room):
    write_city(tmp_path / "cities", "test", {"city.yaml": TELLING})

    def run(*words, **changes):
        settings = {
            "CITIES_DIR": str(tmp_path / "cities"),
            "DATA_DIR": str(tmp_path / "var"),
            "SMTP_URL": mailbox.url,
            "MAIL_FROM": "madoguchi@city.test.example.jp",
            "STAFF_WEBHOOK_URL__TEST": room.url,
            **changes,
        }
        return CliRunner().invoke(app.main, ["tell", *words], env=settings)

    return run


def test_it_says_who_would_be_told_and_sends_nothing(tell, mailbox, room):
    said = tell("test", "市民課")

    assert said.exit_code == 0
    assert "メール first@city.test.example.jp（すぐ）: 送れる設定です" in said.output
    assert "チャット slack（すぐ）: 送れる設定です" in said.output
    assert "chief@city.test.example.jp（30分たってもだれも引き受けないとき）" in said.output
    assert (mailbox.mails, room.posts) == ([], [])


def test_a_trial_arrives_everywhere_and_says_that_it_is_one(tell, mailbox, room):
    said = tell("test", "市民課", "--send")

    assert said.exit_code == 0, said.output
    assert sorted(mailbox.receivers) == ["chief@city.test.example.jp", "first@city.test.example.jp"]
    assert all("【試験】市民課" in mail["Subject"] for mail in mailbox.mails)
    assert all("お待ちの方はいません" in mail.get_content() for mail in mailbox.mails)
    assert "【試験】市民課" in json.dumps(room.posts[0].json, ensure_ascii=False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SMTP_URL": "", "MAIL_FROM": ""}, "SMTP_URL がありません"),
        ({"STAFF_WEBHOOK_URL__TEST": ""}, "STAFF_WEBHOOK_URL__… がありません"),
        ({"SMTP_URL": "smtp+plain://127.0.0.1:1"}, "no connection"),
    ],
)
def test_what_does_not_arrive_is_named_with_its_reason(tell, changes, said):
    refused = tell("test", "市民課", "--send", **changes)

    assert refused.exit_code == 1
    assert said in refused.output
    assert "staff-not-told.md" in refused.output
    assert "secret" not in refused.output


def test_a_department_without_receivers_and_one_that_is_none_are_told_apart(tell):
    nobody, unknown = tell("test"), tell("test", "宇宙課")

    assert nobody.exit_code == 0
    assert "だれにも知らせません" in nobody.output
    assert unknown.exit_code == 1
    assert "宇宙課" in unknown.output
