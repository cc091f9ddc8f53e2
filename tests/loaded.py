"""What the forking process of `tests/forks.py` imports: the service, and the shared content, read once."""

from __future__ import annotations

import app
from faq.content import read_folder
from faq.knowledge import build_knowledge
from tests.builders import city_files
from tests.running import ROOT

__all__ = ["app"]

build_knowledge(city_files({"wording/ja.yaml": None}), read_folder(ROOT / "cities" / "_base"))
