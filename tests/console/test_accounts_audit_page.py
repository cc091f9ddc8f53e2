"""The audit log as a page and a file, and the commands that check it."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from app import Parts, greet, main, show_the_first_door
from faq.library import Library
from handlers.console.audit_words import ACTIONS, harmless
from handlers.console.cookies import digest
from handlers.console.permissions import PERMISSIONS
from store import Store, open_store
from store.errors import StoreError
from tests.console_site import ConsoleSite, a_config


def lines_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_page_says_who_did_what_in_japanese(site: ConsoleSite) -> None:
    admin = site.hire("管理", name="佐藤ハナ")
    page = site.as_staff(admin).get("/audit").text

    assert "佐藤ハナ（staff:1）" in page
    assert "ログイン" in page
    assert "登録した" in page


def test_the_page_is_filtered_and_goes_back_in_time(site: ConsoleSite) -> None:
    browser = site.as_role("監査")
    for number in range(120):
        site.store.audit("test", "system", "case.taken", f"case:{number}")

    first = browser.get("/audit?action=case.taken").text
    assert first.count("<code>case:") == 50
    assert "case:119<" in first
    older = browser.get("/audit?action=case.taken&before=" + str(site.store.audit_verify("test").rows - 49)).text

    assert "case:69<" in older
    assert "case:119<" not in older
    assert "case:7<" in browser.get("/audit?record=case:7").text
    assert "case:8<" not in browser.get("/audit?record=case:7").text
    assert "この条件の記録はありません" in browser.get("/audit?until=2020-01-01").text
    assert "case:119<" in browser.get("/audit?since=2026-01-01&until=2027-01-01").text


@pytest.mark.parametrize("query", ["before=x", "before=" + "9" * 40, "since=tomorrow", "until=9999-12-31", "who=%00"])
def test_a_strange_question_is_answered_all_the_same(site: ConsoleSite, query: str) -> None:
    assert site.as_role("監査").get(f"/audit?{query}").status_code == 200


def test_the_file_holds_what_was_asked_for_and_taking_it_is_a_line_too(site: ConsoleSite) -> None:
    browser = site.as_role("監査")
    site.store.audit("test", "system", "case.taken", "case:1", {"課": "市民課"})

    answer = browser.get("/audit.csv?action=case.")
    header, row = lines_of(answer.text)

    assert answer.text.startswith("\ufeff")
    assert header[:4] == ["番号", "日時", "だれ", "何をした"]
    assert row[4:7] == ["case.taken", "case:1", "課：市民課"]
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-test-')
    assert site.store.audit_rows("test")[0].action == "audit.exported"


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1+1", "\n=cmd|' /C calc'!A0"]
)
def test_a_cell_that_a_spreadsheet_would_run_becomes_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("普通の文") == "普通の文"
    assert harmless("") == ""


def test_a_name_that_is_a_formula_is_harmless_in_the_file(site: ConsoleSite) -> None:
    admin = site.hire("管理", name='=HYPERLINK("http://evil.example.com")')
    rows = lines_of(site.as_staff(admin).get("/audit.csv").text)

    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_every_action_that_is_written_has_a_name() -> None:
    root = Path(__file__).parents[2]
    sources = [
        path.read_text(encoding="utf-8")
        for room in ("store", "handlers/console")
        for path in (root / room).glob("*.py")
    ]
    written = {
        word
        for source in sources
        for word in re.findall(r'"((?:staff|session|case|draft|canned|audit)\.[a-z]+(?:_[a-z]+)*)"', source)
    }

    assert len(written) > 25
    assert written - set(ACTIONS) - set(PERMISSIONS) == set()


# ── Commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def machine(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line on a machine with this database; the city is the demo's."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PUBLIC_URL", "https://madoguchi.example.jp")
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    return CliRunner()


def test_the_command_line_lets_the_first_one_in_once(machine: CliRunner, sqlite_url: str) -> None:
    given = machine.invoke(main, ["staff", "first-link", "demo"])
    assert given.exit_code == 0, given.output
    assert given.stdout.startswith("https://madoguchi.example.jp/console/demo/invitation/")
    token = given.stdout.strip().rpartition("/")[2]
    with open_store(sqlite_url) as store:
        store.accept_invitation("demo", digest(token), "佐藤", "sato@x.jp", "hash")

    again = machine.invoke(main, ["staff", "first-link", "demo"])

    assert again.exit_code == 1
    assert "もう職員がいます" in again.output


def test_the_command_line_helps_when_nobody_can_log_in(machine: CliRunner, sqlite_url: str) -> None:
    link = machine.invoke(main, ["staff", "first-link", "demo"]).stdout.strip()
    with open_store(sqlite_url) as store:
        person = store.accept_invitation("demo", digest(link.rpartition("/")[2]), "佐藤", "sato@x.jp", "hash")
        store.set_totp("demo", person.id, "sealed", 1, [], "x")

    assert "sato@x.jp" in machine.invoke(main, ["staff", "list", "demo"]).stdout
    assert machine.invoke(main, ["staff", "reset-totp", "demo", "Sato@x.jp"]).exit_code == 0
    assert "/invitation/" in machine.invoke(main, ["staff", "new-link", "demo", "sato@x.jp"]).stdout
    last = machine.invoke(main, ["staff", "disable", "demo", "sato@x.jp"])
    assert last.exit_code == 1
    assert "最後の「管理」" in last.output
    invite = ["staff", "invite", "demo", "suzuki@x.jp", "--role", "担当", "--department", "市民課"]
    assert "/invitation/" in machine.invoke(main, invite).stdout
    with open_store(sqlite_url) as store:
        assert {row.who.partition(":")[0] for row in store.audit_rows("demo")} >= {"cli"}


@pytest.mark.parametrize(
    "command",
    [
        ["staff", "list", "atlantis"],
        ["staff", "disable", "demo", "nobody@x.jp"],
        ["staff", "invite", "demo", "no-mail", "--role", "担当"],
        ["audit", "verify", "atlantis"],
        ["audit", "verify", "demo", "--head", "x"],
        ["audit", "verify", "--head", "1:x"],
    ],
)
def test_a_command_that_cannot_be_done_says_so(machine: CliRunner, command: list[str]) -> None:
    done = machine.invoke(main, command)

    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert done.output.strip()


def test_the_command_line_names_the_first_broken_line(machine: CliRunner, sqlite_url: str) -> None:
    with open_store(sqlite_url) as store:
        for number in range(5):
            store.audit("demo", "staff:1", "case.taken", f"case:{number}")
    whole = machine.invoke(main, ["audit", "verify", "demo"])
    assert whole.exit_code == 0
    head = whole.stdout.rpartition("終わりの行 ")[2].strip()
    assert head.startswith("5:")
    assert machine.invoke(main, ["audit", "verify", "demo", "--head", head]).exit_code == 0

    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as database:
        database.execute("DROP TRIGGER audit_log_no_update")
        database.execute("UPDATE audit_log SET record = 'case:9' WHERE seq = 3")
    database.close()
    broken = machine.invoke(main, ["audit", "verify"])

    assert broken.exit_code == 1
    assert "demo: 3 行目がおかしいです" in broken.stdout


def test_the_command_line_writes_the_log_for_its_owner_alone(
    machine: CliRunner, sqlite_url: str, tmp_path: Path
) -> None:
    with open_store(sqlite_url) as store:
        store.audit("demo", "staff:1", "case.taken", "=case")
    path = tmp_path / "log.csv"

    assert machine.invoke(main, ["audit", "export", "demo", str(path)]).exit_code == 0

    rows = lines_of(path.read_text(encoding="utf-8"))
    assert [row[5] for row in rows[1:]] == ["'=case", "audit"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert machine.invoke(main, ["audit", "export", "demo", str(path)]).exit_code == 1


# ── The start of the service ─────────────────────────────────────────────────────────────────────────────────────────


def the_start(sqlite_url: str, folder: Path, **settings: str) -> Parts:
    config = a_config(folder, DATABASE_URL=sqlite_url, **settings)
    return Parts(config, open_store(sqlite_url), Library.of_folder(config.cities_dir), {})


def test_the_start_prints_a_link_that_makes_the_first_account(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = the_start(sqlite_url, tmp_path, PUBLIC_URL="http://0.0.0.0:8000")
    show_the_first_door(parts.config, parts, "demo")
    said = capsys.readouterr().err
    token = re.search(r"http://127\.0\.0\.1:8000/console/demo/invitation/([\w-]{43})", said)
    assert token is not None, said

    parts.store.accept_invitation("demo", digest(token.group(1)), "佐藤", "sato@x.jp", "hash")
    show_the_first_door(parts.config, parts, "demo")

    assert capsys.readouterr().err == ""
    parts.store.close()


def test_in_production_the_start_prints_no_link_because_it_would_stay_in_a_log(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = {"LINE_CHANNEL_SECRET__DEMO": "s", "LINE_CHANNEL_ACCESS_TOKEN__DEMO": "t"}
    parts = the_start(sqlite_url, tmp_path, MODE="production", **secrets)

    show_the_first_door(parts.config, parts, "demo")

    said = capsys.readouterr().err
    assert "app.py staff first-link demo" in said
    assert "/invitation/" not in said
    parts.store.close()


def test_a_database_that_goes_away_while_the_service_greets_stops_nothing(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = the_start(sqlite_url, tmp_path)
    parts.library.check_now()
    with patch.object(Store, "has_staff", side_effect=StoreError("the database went away")):
        greet(parts.config, parts)

    said = capsys.readouterr().err
    assert "まどぐちが動いています" in said
    assert "件の案内" in said
    parts.store.close()
