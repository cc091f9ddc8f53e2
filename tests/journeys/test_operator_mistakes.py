"""What an operator gets wrong on a first evening (an address, a folder, a port, a file): a sentence, no traceback."""

from __future__ import annotations

import contextlib
import logging
import re
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

import app
from store import open_store
from store.errors import StoreError
from store.records import Outcome, Turn
from telemetry import log_to_stderr
from tests.builders import write_city


@pytest.fixture
def type_command(tmp_path, monkeypatch):
    write_city(tmp_path / "cities", "demo")
    monkeypatch.setenv("CITIES_DIR", str(tmp_path / "cities"))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(app, "log_to_stderr", lambda level: None)

    def type_it(*words, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        result = CliRunner().invoke(app.main, list(words))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return type_it


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("postgresql://town:secret@127.0.0.1:1/town", "psql"),
        ("postgres://town:secret@127.0.0.1:1/town", "psql"),
        ("postgresql://town:p@ss/secret#1%@127.0.0.1:1/town", "%40"),
        ("postgresql://town:secret@127.0.0.1:abc/town", "DATABASE_URL"),
    ],
    ids=["nobody listens", "old scheme", "signs in the password", "port is no number"],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_password(type_command, address, says):
    refused = type_command("serve", DATABASE_URL=address)

    assert refused.exit_code == 1
    assert refused.output.startswith("できませんでした: データベース postgres")
    assert says in refused.output
    assert "secret" not in refused.output


def test_a_file_that_is_no_database_is_said_to_be_none(type_command, tmp_path):
    (tmp_path / "notes.db").write_text("買い物の覚え書き。" * 200, encoding="utf-8")

    refused = type_command("serve", DATABASE_URL=f"sqlite:///{tmp_path / 'notes.db'}")

    assert refused.exit_code == 1
    assert "データベースではないファイル" in refused.output


@pytest.mark.parametrize(
    ("code", "says"), [("SQLITE_FULL", "df -h"), ("SQLITE_READONLY", "権限"), ("SQLITE_CORRUPT", "backup.md")]
)
def test_a_disk_that_fails_is_told_with_what_to_do(type_command, monkeypatch, code, says):
    def refuse(url, **_settings):
        raise StoreError(f"the database refused: OperationalError {code}")

    monkeypatch.setattr("parts.open_store", refuse)

    refused = type_command("cases", "list", "demo")

    assert refused.exit_code == 1
    assert says in refused.output


def test_a_database_of_a_newer_version_is_left_alone_and_told(type_command, tmp_path):
    path = tmp_path / "var" / "madoguchi.db"
    open_store(path).close()
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    refused = type_command("cases", "list", "demo")

    assert refused.exit_code == 1
    assert "新しい版" in refused.output


def runbook_commands(name):
    text = (app.Path(app.__file__).parent / "docs" / "runbooks" / name).read_text(encoding="utf-8")
    return re.findall(r"^(?:   )?\.venv/bin/python (.+)$", text, re.M)


def test_the_backup_of_the_runbook_holds_what_was_written_while_the_service_ran(tmp_path):
    back_up, look = (shlex.split(command)[:2] for command in runbook_commands("backup.md")[:2])
    now = datetime.now(UTC)
    with open_store(tmp_path / "live.db") as live:
        live.record(Outcome(turn=Turn("demo", "resident", "widget", "event-1", now, "text", "ごみの日")))
        subprocess.run([sys.executable, *back_up, "live.db", "backup.db"], cwd=tmp_path, check=True)
    looked = subprocess.run([sys.executable, *look, "backup.db"], cwd=tmp_path, check=True, capture_output=True)

    with open_store(tmp_path / "backup.db") as restored:
        turns = restored.turns("demo", "resident", 10)

    assert looked.stdout.decode().strip() == "ok"
    assert [turn.event_id for turn in turns] == ["event-1"]


def test_every_command_that_a_runbook_names_is_there():
    folder = app.Path(app.__file__).parent / "docs" / "runbooks"
    said = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.md"))
    commands = re.findall(r"app\.py ([a-z-]+)(?: ([a-z-]+))?", said)
    groups = {name: set(getattr(group, "commands", {})) for name, group in app.main.commands.items()}

    assert len(commands) > 8
    assert [name for name, sub in commands if name not in groups or (groups[name] and sub not in groups[name])] == []


def test_a_data_folder_that_cannot_be_made_is_named(type_command, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")

    refused = type_command("serve", DATA_DIR=str(tmp_path / "file" / "var"))

    assert refused.exit_code == 1
    assert "DATA_DIR" in refused.output


def test_a_port_that_is_taken_and_a_host_that_is_none_are_told_apart(type_command):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = type_command("serve", PORT=str(taken.getsockname()[1]))
    host = type_command("serve", HOST="no-such-host.invalid")

    assert (port.exit_code, host.exit_code) == (1, 1)
    assert "PORT に別の番号" in port.output
    assert "HOST に" in host.output


def test_secrets_of_a_city_that_is_none_are_named(type_command):
    refused = type_command(
        "serve", MODE="production", LINE_CHANNEL_SECRET__DEMOO="a", LINE_CHANNEL_ACCESS_TOKEN__DEMOO="b"
    )

    assert refused.exit_code == 1
    assert "LINE_CHANNEL_SECRET__DEMOO" in refused.output


@pytest.mark.parametrize("command", [("faq", "search"), ("faq", "evaluate")])
def test_a_folder_that_is_no_city_is_told(type_command, tmp_path, command):
    refused = type_command(*command, "--city", str(tmp_path / "cities"))

    assert refused.exit_code == 1
    assert "city.yaml がありません" in refused.output


def test_an_export_never_replaces_the_database_or_another_file(type_command, tmp_path):
    open_store(tmp_path / "var" / "madoguchi.db").close()
    (tmp_path / "notes.txt").write_text("大事なメモ", encoding="utf-8")

    for name in ("var/madoguchi.db", "notes.txt"):
        before = (tmp_path / name).read_bytes()
        refused = type_command("export", str(tmp_path / name))
        assert refused.exit_code == 1
        assert "別の名前" in refused.output
        assert (tmp_path / name).read_bytes() == before


def test_an_export_is_replaced_by_the_next_one(type_command, tmp_path):
    first = type_command("export", str(tmp_path / "knowledge.db"))
    second = type_command("export", str(tmp_path / "knowledge.db"))

    assert (first.exit_code, second.exit_code) == (0, 0)


def test_an_export_into_a_place_that_cannot_be_written_says_so(type_command, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")

    refused = type_command("export", str(tmp_path / "file" / "knowledge.db"))

    assert refused.exit_code == 1
    assert "書けません" in refused.output


def test_a_version_has_the_name_of_a_person_and_the_first_one_says_what_changes(type_command, tmp_path):
    nameless = type_command("content", "publish", "demo", "--author", " ")
    first = type_command("content", "publish", "demo", "--author", "佐藤")

    assert nameless.exit_code == 1
    assert "名前" in nameless.output
    assert "content publish をするまで住民には出ません" in first.output


def test_a_fault_in_a_thread_is_logged_without_the_words_that_it_quotes(capsys):
    def fail() -> None:
        raise ValueError("母の電話番号は")

    hook, handlers = threading.excepthook, logging.getLogger().handlers[:]
    try:
        log_to_stderr("INFO")
        thread = threading.Thread(target=fail, name="courier")
        thread.start()
        thread.join()
    finally:
        threading.excepthook = hook
        logging.getLogger().handlers[:] = handlers

    said = capsys.readouterr().err
    assert '"exception": "ValueError"' in said
    assert "courier" in said
    assert "母の" not in said


def test_until_the_knowledge_is_loaded_no_page_is_begun_and_nobody_is_told_that_we_are_ready(type_command):
    """A city may be read already while others are not: whoever is sent here meanwhile hears when to come again."""
    parts = app.build(app.read_config())
    try:
        parts.library.start()
        client = app.create_app(parts=parts).test_client()
        paths = ("/readyz", "/console/demo/", "/console/demo/login", "/faq/demo/", "/widget/demo/config")
        early = {path: client.get(path) for path in paths}
        parts.load()
        late = client.get("/readyz")
    finally:
        parts.close()

    assert {path: answer.status_code for path, answer in early.items()} == dict.fromkeys(paths, 503)
    assert early["/readyz"].get_json()["checks"]["knowledge"] == "still loading"
    assert "準備しています" in early["/console/demo/login"].get_data(as_text=True)
    assert "Set-Cookie" not in early["/console/demo/login"].headers
    assert (late.status_code, late.get_json()["checks"].get("knowledge")) == (200, None)


def test_a_full_disk_and_a_refused_edit_are_seen_by_whoever_watches(type_command, tmp_path, monkeypatch):
    parts = app.build(app.read_config())
    parts.load()
    try:
        client = app.create_app(parts=parts).test_client()
        well = client.get("/readyz")
        path = tmp_path / "cities" / "demo" / "faq" / "garbage.yaml"
        path.write_text("faqs: 文", encoding="utf-8")
        parts.library.check_now()
        refused = client.get("/readyz")
        usage = shutil.disk_usage(tmp_path)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
        full = client.get("/readyz")
        figures = client.get("/metrics").get_data(as_text=True)
    finally:
        parts.close()

    assert (well.status_code, well.get_json()["notes"]) == (200, {})
    assert refused.status_code == 200
    assert "faq check" in refused.get_json()["notes"]["content:demo"]
    assert full.status_code == 503
    assert full.get_json()["checks"]["disk"] != "ok"
    assert "madoguchi_disk_free_bytes 1000.0" in figures
