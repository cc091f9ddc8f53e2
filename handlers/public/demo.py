"""The first page of the house."""

from __future__ import annotations

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from config import Config
from faq.library import Library


def demo_blueprint(library: Library, config: Config) -> Blueprint:
    """`GET /`."""
    blueprint = Blueprint("home", __name__)

    @blueprint.get("/")
    def home() -> Response:
        return redirect(f"/faq/{library.cities[0]}/")

    return blueprint
