"""What an operator types: publish, roll back, see who waits, answer; a typing error never harms what is served."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3

import pytest
from click.testing import CliRunner

import app
from tests.running import CITY, ROOT, wait_until, words


@pytest.fixture
def cities(tmp_path):
    folder = tmp_path / "cities"
    shutil.copytree(ROOT / "cities" / "_base" / "wording", folder / "_base" / "wording")
    (folder / "demo" / "faq").mkdir(parents=True)
    shutil.copy(ROOT / "cities" / "demo" / "city.yaml", folder / "demo" / "city.yaml")
    shutil.copy(ROOT / "cities" / "demo" / "faq" / "pet.yaml", folder / "demo" / "faq" / "pet.yaml")
    for name in ("pet.yaml",):
        path = folder / "demo" / "faq" / name
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if "related:" not in line), encoding="utf-8")
    return folder


@pytest.fixture
def type_command(database_url, cities, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("CITIES_DIR", str(cities))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setattr(app, "log_to_stderr", lambda level: None)

    def type_it(*words):
        return CliRunner().invoke(app.main, list(words))

    return type_it


def test_a_revision_is_published_listed_and_rolled_back(type_command, cities):
    first = type_command("content", "publish", "demo", "--author", "佐藤", "--note", "はじめ")
    (cities / "demo" / "city.yaml").write_text(
        (cities / "demo" / "city.yaml").read_text(encoding="utf-8").replace("048-000-1100", "048-000-9999"),
        encoding="utf-8",
    )
    second = type_command("content", "publish", "demo", "--author", "鈴木", "--note", "電話番号")
    back = type_command("content", "rollback", "demo", "1", "--author", "佐藤")
    listed = type_command("content", "list", "demo")

    assert "版 1 を公開しました" in first.output
    assert "版 2 を公開しました。変えたファイル 1" in second.output
    assert "版 1 の内容を、版 3 として公開しました" in back.output
    assert [line.split("\t")[0] for line in listed.output.splitlines()] in (["1", "2", "3"], ["3", "2", "1"])


def test_a_broken_file_is_not_published_and_named_with_its_line(type_command, cities):
    path = cities / "demo" / "faq" / "pet.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("    question:", "    qestion:", 1), encoding="utf-8")

    refused = type_command("content", "publish", "demo", "--author", "佐藤")

    assert refused.exit_code == 1
    assert "faq/pet.yaml:" in refused.output
    assert "公開していません" in refused.output


def test_publishing_the_same_again_says_so(type_command):
    type_command("content", "publish", "demo", "--author", "佐藤")

    assert "同じなので" in type_command("content", "publish", "demo", "--author", "佐藤").output


def test_an_export_holds_what_residents_are_answered_from(type_command, cities, tmp_path):
    type_command("content", "publish", "demo", "--author", "佐藤")
    pets = cities / "demo" / "faq" / "pet.yaml"
    pets.write_text(pets.read_text(encoding="utf-8").replace("犬", "竜"), encoding="utf-8")

    exported = type_command("export", str(tmp_path / "knowledge.db"))

    assert exported.exit_code == 0, exported.output
    with contextlib.closing(sqlite3.connect(tmp_path / "knowledge.db")) as knowledge:
        questions = " ".join(row[0] for row in knowledge.execute("SELECT question FROM entries"))
    assert "犬" in questions
    assert "竜" not in questions


@pytest.mark.parametrize(
    "mistyped",
    [
        ("content", "publish", "nowhere", "--author", "佐藤"),
        ("content", "rollback", "demo", "7", "--author", "佐藤"),
        ("cases", "reply", "demo", "1", "はい"),
        ("cases", "list", "nowhere"),
    ],
)
def test_a_mistyped_command_says_what_to_do(type_command, mistyped):
    refused = type_command(*mistyped)

    assert refused.exit_code == 1
    assert refused.output.startswith("できませんでした: ")
    assert "Traceback" not in refused.output


def test_a_resident_who_asked_a_person_gets_the_reply_once(house, monkeypatch):
    config = house.parts.config
    monkeypatch.setenv("DATABASE_URL", config.database_url)
    monkeypatch.setenv("DATA_DIR", str(config.data_dir))
    monkeypatch.setattr(app, "log_to_stderr", lambda level: None)
    house.type("まいなんばー無くした")
    house.type("人に聞く")
    [case] = house.parts.store.cases(CITY)
    before = len(house.line.deliveries)

    listed = CliRunner().invoke(app.main, ["cases", "list", CITY])
    replied = CliRunner().invoke(app.main, ["cases", "reply", CITY, str(case.id), "窓口でお待ちしています。"])
    again = CliRunner().invoke(app.main, ["cases", "reply", CITY, str(case.id), "二度目です。"])
    wait_until(lambda: len(house.line.deliveries) > before and house.settled())

    assert "まいなんばー無くした" in listed.output
    assert "返事をしました" in replied.output
    assert again.exit_code == 1
    [delivery] = list(house.line.deliveries)[before:]
    assert delivery.method == "push"
    assert "【市民課】" in words(list(delivery.messages))
    assert "窓口でお待ちしています。" in words(list(delivery.messages))
