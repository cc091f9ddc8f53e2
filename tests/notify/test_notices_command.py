"""`app.py notices read`: one line of JSON for each file, in order, whatever the files are."""

from __future__ import annotations

import json
import os

from click.testing import CliRunner

from app import main
from tests.notify.telegram_builders import KOSHIGAYA, weather_xml


def run(*paths: object):
    result = CliRunner().invoke(main, ["notices", "read", *map(str, paths)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_a_telegram_is_one_line(tmp_path):
    path = tmp_path / "20260701010000_0_VPWW55_110000.xml"
    path.write_bytes(weather_xml(rows=[(KOSHIGAYA, [("レベル３大雨警報", "03", "発表")])], title="埼玉県大雨警報"))

    code, lines = run(path)

    assert code == 0
    assert lines == [
        {
            "file": str(path),
            "data_type": "VPWW55",
            "status": "通常",
            "info_type": "発表",
            "event_id": "",
            "serial": None,
            "report_time": "2026-07-01T10:00:00+09:00",
            "title": "埼玉県大雨警報",
            "headline": "見出しの文です。",
            "understood": True,
            "items": [
                {"area": "越谷市", "area_code": "1122200", "kind": "レベル３大雨警報", "level": 3, "status": "発表"}
            ],
            "warnings": [],
        }
    ]


def test_files_that_cannot_be_read_are_told_and_the_others_still_printed(tmp_path):
    good, empty, huge = tmp_path / "good.xml", tmp_path / "empty.xml", tmp_path / "huge.xml"
    good.write_bytes(weather_xml())
    empty.touch()
    with huge.open("wb") as file:
        file.truncate(5_000_001)
    pipe = tmp_path / "pipe.xml"
    os.mkfifo(pipe)

    code, lines = run(empty, good, tmp_path / "absent.xml", tmp_path, huge, pipe, good)

    assert code == 1
    assert [line.get("error") for line in lines] == [
        "中身がありません",
        None,
        "ファイルがありません",
        "ふつうのファイルではありません",
        "大きすぎます（5 MBまで）",
        "ふつうのファイルではありません",
        None,
    ]
    assert [set(line) for line in lines if "error" in line] == [{"file", "error"}] * 5


def test_a_file_name_that_is_no_text_is_shown_all_the_same(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.xml"
    with open(path, "wb") as file:
        file.write(weather_xml())

    code, lines = run(os.fsdecode(path))

    assert code == 0
    assert lines[0]["status"] == "通常"


def test_no_file_at_all_is_a_mistake_in_the_command():
    code, lines = run()

    assert code == 2
    assert lines == []
