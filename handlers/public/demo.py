"""`/`: in the demo a page for a stranger, with a phone and a city's web page; in production the way to the FAQ."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from config import Config
from faq.library import Library

SAMPLES = (
    "ひっこしてきたけど何すればいい？",
    "ゴミいつ",
    "まいなんばーカード無くした",
    "保育園に入れたい",
    "子どもが熱を出した",
    "人に聞く",
)
"""As people really type; any other words will do."""


def demo_blueprint(library: Library, config: Config) -> Blueprint:
    """`GET /`, and in the demo `GET /demo/<city>/`: the front page of a city that does not exist."""
    blueprint = Blueprint("home", __name__, template_folder="templates")

    @blueprint.get("/")
    def home() -> str | Response:
        if not config.demo:
            return redirect("/faq/")
        city_id = request.args.get("city", "")
        if city_id not in library.cities:
            city_id = "demo" if "demo" in library.cities else library.cities[0]
        return render_template(
            "demo.html",
            city=library.get(city_id).city,
            city_id=city_id,
            entries=library.status(city_id).entries,
            cities={known: library.get(known).city for known in library.cities if _readable(library, known)},
            phone=config.use_emulator,
            samples=SAMPLES,
        )

    if config.demo:

        @blueprint.get("/demo/<city_id>/")
        def city_page(city_id: str) -> str:
            return render_template("demo_city.html", city=library.get(city_id).city, city_id=city_id)

    return blueprint


def _readable(library: Library, city: str) -> bool:
    return library.status(city).serving is not None
