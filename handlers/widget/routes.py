"""The widget's routes: the script for a city's pages, the chat in its frame, and the JSON between chat and city.

No cookies, no credentials: who holds a session's token is the resident. Pages of others may call the JSON routes when
`widget.origins` of the city names them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from bot.messages import Language
from config import Config
from faq.library import Library, UnknownCity
from handlers.public.assets import the_assets
from handlers.widget import frame
from handlers.widget.asked import MAX_BODY, BadBody, read_asked
from handlers.widget.banner import Banner
from handlers.widget.buckets import Buckets, neighbourhood
from handlers.widget.origins import frame_ancestors, may_call
from handlers.widget.sessions import looks_like_session, resident_of
from handlers.widget.streams import Pace, Places, events
from handlers.widget.talk import Talk
from handlers.widget.uploads import NotTaken, Uploads
from handlers.widget.words import words_of
from store import Store
from store.errors import OwnerChanged, StoreError

log = logging.getLogger(__name__)
Json = dict[str, Any]
Answer = Response | tuple[Response, int] | tuple[Response, int, dict[str, str]]
Clock = Callable[[], datetime]

NOT_ALLOWED = "このページからは使えません。city.yaml の widget.origins に、このページの場所を書いてください。"
JSON_ROUTES = {"widget.banner", "widget.ask", "widget.earlier", "widget.stream", "widget.upload"}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
}
UNAVAILABLE = "いまは、これまでのやりとりを読めません。少し待って、もういちどお試しください。"


class Limits:
    """How much one session and one address may ask. A library's or school's address stands for many people."""

    def __init__(self, sessions: Buckets | None = None, addresses: Buckets | None = None) -> None:
        self._sessions = Buckets(burst=60, per_second=1) if sessions is None else sessions
        self._addresses = Buckets(burst=1000, per_second=20) if addresses is None else addresses

    def seconds_to_wait(self, session: str, address: str | None) -> int:
        wait = self._addresses.take(neighbourhood(address or ""))
        return wait or (self._sessions.take(resident_of(session)) if looks_like_session(session) else 0)


def now() -> datetime:
    return datetime.now(UTC)


def widget_blueprint(
    library: Library,
    store: Store,
    config: Config,
    *,
    clock: Clock = now,
    limits: Limits | None = None,
    pace: Pace | None = None,
    places: Places | None = None,
    uploads: Uploads | None = None,
) -> Blueprint:
    """The routes under `/widget/`."""
    blueprint = Blueprint("widget", __name__, url_prefix="/widget", template_folder="templates")
    talk = Talk(library, store, clock, config.form_url)
    limits = limits or Limits()
    places = places or Places(config.live_streams)
    uploads = uploads or Uploads(store, clock)
    above = Banner(store, clock)

    def the_words(language: Language) -> Mapping[str, str]:
        return words_of(library.get((request.view_args or {})["city"]).wording, language)

    @blueprint.before_request
    def only_for_known_pages() -> Answer | None:
        """CORS for the JSON routes: pages of the city's own origins, and ours. Others' scripts are refused."""
        if request.endpoint not in JSON_ROUTES:
            return None
        city, origin = library.get((request.view_args or {})["city"]).city, request.headers.get("Origin")
        if origin is not None and not may_call(origin, city, config.public_url, request.host):
            return _problem(403, NOT_ALLOWED)
        g.page = origin
        return Response(status=204, headers=PREFLIGHT) if request.method == "OPTIONS" else None

    @blueprint.after_request
    def name_the_page(response: Response) -> Response:
        if request.endpoint in JSON_ROUTES:
            response.headers["Vary"] = "Origin"
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers.setdefault("Cache-Control", "no-store")
            if g.get("page"):
                response.headers["Access-Control-Allow-Origin"] = g.page
        return response

    @blueprint.get("/<city>.js")
    def script(city: str) -> Response:
        knowledge = library.get(city)
        body = frame.launcher(city, knowledge, config.public_url, the_assets())
        response = Response(body, content_type="text/javascript; charset=utf-8")
        response.headers["Cache-Control"] = "public, max-age=300"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.add_etag()
        response.make_conditional(request)
        return response

    @blueprint.get("/<city>/frame")
    def chat(city: str) -> Response:
        knowledge = library.get(city)
        page = render_template("chat.html", **frame.chat_page(city, talk.voice, the_assets()))
        response = Response(page)
        ancestors = frame_ancestors(knowledge.city, config.public_url)
        response.headers["Content-Security-Policy"] = f"{frame.POLICY}; {ancestors}"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-cache"
        return response

    @blueprint.get("/<city>/banner")
    def banner(city: str) -> Response:
        of_mode = library.get(city).mode_line
        first = [{"text": of_mode, "url": "", "urgent": False}] if of_mode else []
        response = jsonify({"lines": [*first, *above.lines(city)]})
        response.headers["Cache-Control"] = "public, max-age=15"
        return response

    @blueprint.route("/<city>/messages", methods=["POST", "OPTIONS"])
    def ask(city: str) -> Answer:
        request.max_content_length = MAX_BODY
        asked = read_asked(request.get_data(cache=False))
        wait = limits.seconds_to_wait(asked.session, request.remote_addr)
        if wait:
            sentence = the_words(asked.language or "ja")["too_many"].format(seconds=wait)
            return _problem(429, sentence, {"Retry-After": str(wait)})
        try:
            return jsonify(talk.answer(city, asked))
        except OwnerChanged:
            return _problem(503, the_words(asked.language or "ja")["failed"], {"Retry-After": "1"})
        except StoreError:
            log.exception("could not forget a resident", extra={"city": city})
            return _problem(503, the_words(asked.language or "ja")["not_forgotten"], {"Retry-After": "10"})

    @blueprint.get("/<city>/messages", provide_automatic_options=False)
    def earlier(city: str) -> Answer:
        try:
            return jsonify(talk.earlier(city, request.args.get("session", ""), request.args.get("after", "")))
        except StoreError:
            return _problem(503, UNAVAILABLE, {"Retry-After": "10"})

    @blueprint.get("/<city>/stream")
    def stream(city: str) -> Answer:
        session = request.args.get("session", "")
        if not looks_like_session(session):
            return _problem(400, "session がありません。")
        give_back = places.take()
        if give_back is None:
            return _problem(503, "いまは、つながっている人が多いため、待てません。", {"Retry-After": "20"})
        after = request.headers.get("Last-Event-ID") or request.args.get("after", "")
        news = partial(talk.news, city, session)
        lines = events(news, partial(store.wait_for_cases, city), after, pace)
        response = Response(lines, mimetype="text/event-stream")
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"
        response.call_on_close(give_back)
        return response

    @blueprint.route("/<city>/attachments", methods=["POST", "OPTIONS"])
    def upload(city: str) -> Answer:
        return jsonify(uploads.take(city, request))

    @blueprint.errorhandler(NotTaken)
    def not_taken(error: NotTaken) -> Answer:
        again = {"Retry-After": str(error.seconds or 10)} if error.status in (429, 503) else None
        return _problem(error.status, error.sentence(the_words(error.language)), again)

    @blueprint.errorhandler(UnknownCity)
    def unknown(_error: UnknownCity) -> Answer:
        return _problem(404, "この市の案内係は見つかりません。アドレスを確かめてください。")

    @blueprint.errorhandler(BadBody)
    def bad_body(error: BadBody) -> Answer:
        return _problem(400, str(error))

    @blueprint.errorhandler(413)
    def too_large(_error: HTTPException) -> Answer:
        key = "picture_too_large" if request.endpoint == "widget.upload" else "too_long"
        return _problem(413, the_words("ja")[key])

    return blueprint


def _problem(status: int, message: str, headers: dict[str, str] | None = None) -> tuple[Response, int, dict[str, str]]:
    return jsonify({"message": message}), status, headers or {}
