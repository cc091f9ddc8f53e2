"""The FAQ as plain pages: searchable, linkable, printable, and complete without any script.

Only entries that are shown today are here; what ended is a page that says so and leads on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from config import Config
from faq.knowledge import Knowledge
from faq.library import Library, UnknownCity
from handlers.public import faq_view as view
from handlers.public.prose import inline, marked, prose

JAPAN = ZoneInfo("Asia/Tokyo")
FEW = 5
"""Questions of a topic on the first page; the rest is one click away."""

Page = str | Response | BaseResponse | tuple[str, int]


def japan_now() -> datetime:
    return datetime.now(JAPAN)


def faq_blueprint(library: Library, config: Config, clock: Callable[[], datetime] = japan_now) -> Blueprint:
    """`/faq/<city>/` (list, `?q=` search), `…/topics/<topic>/`, `…/<entry>`, `…/sitemap.xml`, `/robots.txt`."""
    blueprint = Blueprint("faq", __name__, template_folder="templates")
    blueprint.add_app_template_global(prose)
    blueprint.add_app_template_global(inline)
    blueprint.add_app_template_global(marked)

    def page(template: str, city: str, path: str, **values: Any) -> Response:
        """A page of this city; `path` is its one true address below `/faq/<city>/`."""
        known = library.get(city)
        canonical = f"{config.public_url}/faq/{city}/{path}"
        html = render_template(template, city=known.city, city_id=city, canonical=canonical, **values)
        return _cacheable(html)

    def today() -> Any:
        return clock().astimezone(JAPAN).date()

    @blueprint.get("/faq/")
    def cities() -> Page:
        if len(library.cities) == 1:
            return redirect(f"/faq/{library.cities[0]}/")
        known = {city: _known(library, city) for city in library.cities}
        shown = {city: knowledge.city for city, knowledge in known.items() if knowledge}
        return _cacheable(render_template("cities.html", cities=shown))

    @blueprint.get("/faq/<city>/")
    def questions(city: str) -> Page:
        knowledge = library.get(city)
        all_shelves = view.shelves(knowledge, today())
        question = request.args.get("q", "").strip()
        if not question:
            return page("faq.html", city, "", shelves=all_shelves, few=FEW)
        found = view.find(knowledge, question, today())
        response = page("faq_search.html", city, "", found=found, shelves=all_shelves)
        # What somebody typed belongs to nobody else's cache.
        response.headers["Cache-Control"] = "private, max-age=60"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @blueprint.get("/faq/<city>/topics/<topic>/")
    def topic(city: str, topic: str) -> Page:
        shelf = next((s for s in view.shelves(library.get(city), today()) if s.topic.id == topic), None)
        return page("faq_topic.html", city, f"topics/{topic}/", shelf=shelf) if shelf else missing(city)

    @blueprint.get("/faq/<city>/<entry_id>")
    def entry(city: str, entry_id: str) -> Page:
        knowledge = library.get(city)
        found = knowledge.entries.get(entry_id)
        if found is None or not found.shown_on(today()):
            return missing(city)
        shelf = next(s for s in view.shelves(knowledge, today()) if found in s.entries)
        return page(
            "faq_entry.html",
            city,
            entry_id,
            entry=found,
            topic=shelf.topic,
            contact=view.contact(knowledge.city, found),
            related=view.related(knowledge, found, today()),
            data=view.structured_data(found, f"{config.public_url}/faq/{city}/{entry_id}"),
        )

    def missing(city: str) -> tuple[str, int]:
        known = library.get(city)
        shown = view.shelves(known, today())
        return render_template("faq_missing.html", city=known.city, city_id=city, shelves=shown), 404

    @blueprint.get("/faq/<city>/sitemap.xml")
    def sitemap(city: str) -> Page:
        knowledge = library.get(city)
        paths = ["", *(f"topics/{shelf.topic.id}/" for shelf in view.shelves(knowledge, today()))]
        paths += [entry.id for entry in view.entries_on(knowledge, today())]
        addresses = [f"{config.public_url}/faq/{city}/{path}" for path in paths]
        return _cacheable(render_template("sitemap.xml", addresses=addresses), "application/xml")

    @blueprint.get("/robots.txt")
    def robots() -> Page:
        maps = "".join(f"Sitemap: {config.public_url}/faq/{city}/sitemap.xml\n" for city in library.cities)
        return _cacheable(
            f"User-agent: *\nDisallow: /widget/\nDisallow: /contact/\nDisallow: /emulator/\n{maps}", "text/plain"
        )

    return blueprint


def _known(library: Library, city: str) -> Knowledge | None:
    try:
        return library.get(city)
    except UnknownCity:
        return None


def _cacheable(body: str, mimetype: str = "text/html") -> Response:
    """Pages are the same for everybody: browsers and proxies may keep them for five minutes, then ask by ETag."""
    response = make_response(body)
    response.mimetype = mimetype
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    response.make_conditional(request)
    return response
