"""A city with departments that take residents in different ways, and the voice that speaks to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.answer import Voice
from faq.content import read_folder
from faq.knowledge import Knowledge, build_knowledge
from faq.office_hours import JAPAN
from tests.builders import CITY_YAML, city_files

BASE = Path(__file__).parents[2] / "cities" / "_base"

DEPARTMENTS = """
default_department: 総合案内
handoff:
  max_waiting: 3
departments:
  - {name: 総合案内, phone: 048-000-0000}
  - {name: 市民課, phone: 048-000-0001, place: 市役所1階}
  - {name: ごみ減量課, phone: 048-000-0002, handoff: {max_waiting: 1, idle_minutes: 0}}
  - {name: 消防本部, phone: 048-000-0119, handoff: {chat: いいえ}}
  - name: 図書館
    phone: 048-000-0003
    hours:
      - {days: [土, 日], open: 9:30, close: 12:00}
      - {days: [土, 日], open: 13:00, close: 17:00}
    closures: {national_holidays: いいえ, year_end: なし}
"""
FIRE_YAML = """\
category: moving
faqs:
  - id: fire-report
    question: 消防設備の届出のしかたを知りたい
    phrasings: [消防の届け, 消火器の届出, 火災報知機の届け]
    answer: 消防本部に届け出てください。電話 048-000-0119
    department: 消防本部
"""


def at(text: str) -> datetime:
    """`2026-11-20 10:00`, in Japan."""
    return datetime.fromisoformat(text).replace(tzinfo=JAPAN)


@pytest.fixture(scope="session")
def city_of_departments() -> Knowledge:
    head, rest = CITY_YAML.split("default_department:")
    topics = "topics:" + rest.split("topics:")[1]
    files = city_files({"city.yaml": head + DEPARTMENTS + topics, "faq/fire.yaml": FIRE_YAML})
    return build_knowledge(files, read_folder(BASE))


@pytest.fixture
def voice(city_of_departments: Knowledge) -> Callable[..., Voice]:
    """`voice("2026-11-20 10:00", language="en")`"""

    def make(now: str = "2026-11-20 10:00", language: Any = "ja") -> Voice:
        return Voice(city_of_departments, language, at(now))

    return make
