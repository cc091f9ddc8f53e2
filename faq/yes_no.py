"""`はい` and `いいえ`, as staff write yes and no."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator


def _yes_no(value: object) -> object:
    return {"はい": True, "いいえ": False}.get(value, value) if isinstance(value, str) else value


YesNo = Annotated[bool, BeforeValidator(_yes_no)]
