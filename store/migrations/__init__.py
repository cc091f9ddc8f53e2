"""Alembic's migrations, one file a step. `HEAD` is the newest; `store.opening` runs what a database lacks."""

HEAD = "0002"
