"""Alembic's migrations, one file a step. `HEAD` is the newest; `store.opening` runs what a database lacks."""

from pathlib import Path

HEAD = max(step.name[:4] for step in (Path(__file__).parent / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))
