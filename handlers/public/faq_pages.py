"""The FAQ as plain pages."""

from __future__ import annotations

from flask import Blueprint

from config import Config
from faq.library import Library


def faq_blueprint(library: Library, config: Config) -> Blueprint:
    """The FAQ pages under `/faq`."""
    return Blueprint("faq", __name__, url_prefix="/faq")
