"""`/disaster/<city>/`: the plain disaster page out of its file. No database is asked, no template rendered.

Any web server can serve the same files (docs/disaster.md); this is the door for a city that runs only ours.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, abort, request
from werkzeug.wrappers import Response as BaseResponse

from config import Config
from disaster_pages import FOLDER, by_hand
from faq.city import City
from faq.library import Library, UnknownCity
from notify.plain_page import FILES, POLICY, PageContent, plain_page
from notify.plain_page_words import PageLanguage

_LANGUAGES: dict[str, PageLanguage] = {"": "ja", "easy": "easy", "en": "en"}
MAX_AGE = 30
"""Seconds for which a browser or proxy may keep the page."""


def disaster_blueprint(library: Library, config: Config) -> Blueprint:
    """`/disaster/<city>/`, `…/easy/`, `…/en/`, and the same below `…/drill/`."""
    blueprint = Blueprint("disaster", __name__, url_prefix="/disaster")
    root = config.data_dir / FOLDER

    def page(city: str, language: str, drill: bool) -> BaseResponse:
        if city not in library.cities or language not in _LANGUAGES:
            abort(404)
        folder = root / city / "drill" if drill else root / city
        text = _read(folder / FILES[_LANGUAGES[language]])
        if text is None:
            if drill:
                abort(404)
            # Nothing was ever written: the page says so, and has the phone numbers.
            content = PageContent(_city(library, city), datetime.now(UTC), by_hand=by_hand(root / city))
            text = plain_page(content, _LANGUAGES[language])
        return _answer(text)

    @blueprint.get("/<city>/", defaults={"language": ""})
    @blueprint.get("/<city>/<any(easy, en):language>/")
    def disaster_page(city: str, language: str) -> BaseResponse:
        return page(city, language, drill=False)

    @blueprint.get("/<city>/drill/", defaults={"language": ""})
    @blueprint.get("/<city>/drill/<any(easy, en):language>/")
    def drill_page(city: str, language: str) -> BaseResponse:
        return page(city, language, drill=True)

    return blueprint


def _city(library: Library, city: str) -> City:
    """A process that has just begun does not know it yet: 503."""
    try:
        return library.get(city).city
    except UnknownCity:
        abort(503)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None


def _answer(text: str) -> Response:
    response = Response(text, mimetype="text/html")
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-ancestors 'none'"
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.add_etag()
    response.make_conditional(request)
    return response
