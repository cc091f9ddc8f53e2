"""Rules that keep the house in order: directions of imports, documented settings, sentences that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from app import worker_config
from bot.wording import Wording
from config import ConfigError, read_config
from faq.content import read_folder
from faq.reader import read_wording

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "faq", "handlers", "store", "clients", "emulator", "notify")
MAY_IMPORT = {
    "faq": set(),
    "bot": {"faq"},
    # Of bot and notify: only the tables of what may happen to a conversation, to a notice; of faq: plain entries.
    "store": {"bot", "faq", "notify"},
    "clients": {"store"},  # records only
    "emulator": set(),
    "notify": {"faq"},
    "handlers": {"bot", "disaster_pages", "faq", "media", "notify", "store", "config", "desk", "telemetry"},
    "desk": {"bot", "faq", "store", "telemetry"},
    "worker": {"bot", "clients", "desk", "faq", "handlers", "store", "telemetry"},
    "commands": {"faq", "store"},
    # What a staff reply teaches is decided where talks are; who types a command is known by the one for staff.
    "commands_cases": {"bot", "commands_staff", "desk", "faq", "store"},
    "commands_explain": {"bot", "faq"},
    "commands_learn": {"faq", "store"},
    "commands_tell": {"clients", "config", "errands", "faq", "notify"},
    "commands_staff": {"config", "handlers", "store"},
    "media": set(),
    "disaster_pages": {"faq", "notify", "store"},
    "errands": {"bot", "clients", "faq", "media", "notify", "store", "telemetry"},
    "config": set(),
    "collector": set(),
    "parts": {
        "bot",
        "clients",
        "collector",
        "config",
        "disaster_pages",
        "errands",
        "faq",
        "handover_jobs",
        "store",
        "worker",
    },
    "doors": {"config", "emulator", "clients", "faq", "handlers", "parts", "telemetry"},
    "handover_jobs": {"bot", "faq", "store"},
    "failures": {"config", "faq", "store"},
    "telemetry": set(),
}
OURS = {
    *ROOMS,
    "errands",
    "media",
    "disaster_pages",
    "handover_jobs",
    "failures",
    "commands",
    "commands_cases",
    "commands_explain",
    "commands_learn",
    "commands_staff",
    "commands_tell",
    "desk",
    "worker",
    "config",
    "collector",
    "parts",
    "doors",
    "telemetry",
    "app",
}


def python_files(room: str) -> list[Path]:
    single = ROOT / f"{room}.py"
    return [single] if single.exists() else sorted((ROOT / room).rglob("*.py"))


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_imports_run_one_way(room):
    files = python_files(room)
    assert files

    wrong = {
        str(path.relative_to(ROOT)): (imports_of(path) & OURS) - MAY_IMPORT[room] - {room}
        for path in files
        if (imports_of(path) & OURS) - MAY_IMPORT[room] - {room}
    }

    assert wrong == {}


@pytest.mark.parametrize(
    ("room", "tables"), [("bot", {"bot.handover", "bot.wishes"}), ("notify", {"notify.notice_life"})]
)
def test_of_the_rooms_that_decide_the_store_knows_only_their_tables(room, tables):
    known = {
        node.module
        for path in python_files("store")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == room
    }

    assert known == tables


@pytest.mark.parametrize(
    ("library", "rooms"),
    [("flask", {"handlers", "emulator"}), ("sqlalchemy", {"store"}), ("linebot", {"clients", "handlers"})],
)
def test_a_library_stays_in_its_room(library, rooms):
    users = {
        path.relative_to(ROOT).parts[0] for room in ROOMS for path in python_files(room) if library in imports_of(path)
    }

    assert users <= rooms


def test_every_setting_is_in_the_example_and_the_other_way_round():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config.py").read_text(encoding="utf-8")))
    read |= {f"{prefix}__DEMO" for prefix in ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN")}
    read |= {"STAFF_WEBHOOK_URL__DEMO"}
    read |= {f"OIDC_{name}__DEMO" for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")}
    documented = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.M))

    assert read == documented


def test_no_setting_is_read_anywhere_else():
    readers = {
        str(path.relative_to(ROOT))
        for room in (*ROOMS, "desk", "worker", "telemetry", "app")
        for path in python_files(room)
        if re.search(r"os\.environ|getenv", path.read_text(encoding="utf-8"))
    }

    assert readers == set()


def base_wording() -> dict[str, dict[str, str]]:
    said = {}
    for name, text in read_folder(ROOT / "cities" / "_base").items():
        if name.startswith("wording/"):
            said[Path(name).stem], problems = read_wording(name, text)
            assert problems == ()
    return said


def test_every_sentence_that_the_code_says_exists():
    sources = "\n".join(
        path.read_text(encoding="utf-8") for room in ("bot", "handlers", "desk") for path in python_files(room)
    )
    keys = set(re.findall(r'\b(?:say|text|button)\(\s*"([a-z_]+)"', sources))
    keys |= set(re.findall(r'"(emergency_[a-z_]+)"', sources))
    assert len(keys) > 15

    assert keys - set(base_wording()["ja"]) == set()


def test_easy_japanese_has_no_sentence_that_plain_japanese_lacks_and_the_same_braces():
    said = base_wording()
    braces = {
        language: {key: set(re.findall(r"{(\w+)}", text)) for key, text in sentences.items()}
        for language, sentences in said.items()
    }

    assert set(said["easy"]) <= set(said["ja"])
    assert {key: found for key, found in braces["easy"].items() if found - braces["ja"][key]} == {}


def test_a_missing_sentence_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        Wording({"ja": {}}).say("greeting", "ja")


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"MODE": "prod"}, "MODE"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"PUBLIC_URL": "city.example.jp"}, "PUBLIC_URL"),
        ({"CITIES_DIR": "/nowhere"}, "CITIES_DIR"),
        ({"LINE_CHANNEL_SECRET__DEMO": "only one"}, "LINE_CHANNEL_ACCESS_TOKEN__DEMO"),
        ({"MODE": "production"}, "LINE_CHANNEL_SECRET__DEMO"),
        ({"LINE_CHANNEL_SECRET__DEMO_FILE": "/nowhere"}, "LINE_CHANNEL_SECRET__DEMO_FILE"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        ({"LIVE_STREAMS": "45"}, "LIVE_STREAMS"),
        ({"LIVE_STREAMS": "24", "WEB_THREADS": "20"}, "LIVE_STREAMS"),
        ({"SMTP_URL": "mail.city.example.jp:25"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp+plain://name:password@mail.city.example.jp"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.city.example.jp:port"}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.city.example.jp"}, "MAIL_FROM"),
        ({"MAIL_FROM": "案内係 <a@city.example.jp>"}, "MAIL_FROM"),
        ({"MAIL_FROM": "a@city.example.jp\r\nBcc: b@example.com"}, "MAIL_FROM"),
        ({"STAFF_WEBHOOK_URL__ELSEWHERE__TEAMS": "https://chat.example.com/x"}, "STAFF_WEBHOOK_URL__ELSEWHERE__TEAMS"),
        ({"STAFF_WEBHOOK_URL__DEMO__TEAMS": "http://chat.example.com/x"}, "STAFF_WEBHOOK_URL__DEMO__TEAMS"),
        ({"STAFF_WEBHOOK_URL__DEMO__TEAMS": "https://user:word@chat.example.com/x"}, "STAFF_WEBHOOK_URL__DEMO__TEAMS"),
    ],
)
def test_a_bad_setting_is_named(environment, named):
    with pytest.raises(ConfigError) as refused:
        read_config(environment)

    assert named in str(refused.value)


@pytest.mark.parametrize(("threads", "streams"), [("", 24), ("4", 0), ("20", 10), ("400", 24)])
def test_open_pages_never_hold_all_threads(threads, streams):
    config = read_config({"WEB_THREADS": threads})

    assert config.live_streams == streams
    assert config.web_threads - config.live_streams >= 4


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("madoguchi.local", "http://madoguchi.local:8000"),
    ],
)
def test_links_lead_to_an_address_that_opens(host, url):
    assert read_config({"HOST": host}).public_url == url


def test_production_uses_line_itself_and_no_emulator(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("from a file\n", encoding="utf-8")
    config = read_config(
        {
            "MODE": "production",
            "LINE_CHANNEL_SECRET__DEMO_FILE": str(secret),
            "LINE_CHANNEL_ACCESS_TOKEN__DEMO": "token",
        }
    )

    assert config.line["demo"].secret == "from a file"
    assert config.line_api_host == "https://api.line.me"
    assert not config.use_emulator
    assert "from a file" not in repr(config)


def test_a_worker_of_the_demo_calls_the_emulator_and_never_line(monkeypatch, capsys):
    """With secrets made up at the start it called LINE itself, and the phone of the demo never heard an answer."""
    monkeypatch.setenv("MODE", "demo")
    monkeypatch.setenv("PORT", "18000")
    monkeypatch.delenv("LINE_API_HOST", raising=False)
    monkeypatch.setattr("app.log_to_stderr", lambda _level: None)

    config = worker_config()

    assert config.line_api_host == config.line_api_data_host == "http://127.0.0.1:18000/emulator"
    assert "LINE_CHANNEL_SECRET__" in capsys.readouterr().err


def test_the_demo_may_talk_to_another_line():
    config = read_config({"LINE_API_HOST": "http://127.0.0.1:9"})

    assert config.line_api_host == config.line_api_data_host == "http://127.0.0.1:9"
    assert not config.use_emulator


def test_nothing_names_the_machine_it_was_written_on():
    forbidden = re.compile(rf"/(?:tmp|root|home)/|(?<![\w.]){re.escape(str(ROOT))}/")
    texts = [
        path for pattern in ("*.py", "*.md", "*.yaml", "*.toml", "Makefile", "*.sh") for path in ROOT.rglob(pattern)
    ]
    kept = [p for p in texts if not set(p.relative_to(ROOT).parts) & {".venv", "node_modules", "var", ".git"}]

    named = [
        str(p.relative_to(ROOT))
        for p in kept
        if p != Path(__file__) and forbidden.search(p.read_text(encoding="utf-8"))
    ]

    assert named == []
