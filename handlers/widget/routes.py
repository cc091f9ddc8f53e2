"""The routes of the widget."""

from __future__ import annotations

from flask import Blueprint

from config import Config
from faq.library import Library
from store import Store


def widget_blueprint(library: Library, store: Store, config: Config) -> Blueprint:
    """The widget's routes under `/widget`."""
    return Blueprint("widget", __name__, url_prefix="/widget")
