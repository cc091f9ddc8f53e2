"""The phone in the browser."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("phone", __name__, url_prefix="/phone")
