"""The city's notices for everybody: a list, a page for each, and feeds; and the door that counts opened links.

What is shown was issued for the page and is not over; drills are never here. Of an opened link only the number is
kept: not who, not from where.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from config import Config
from faq.library import Library
from handlers.notice_pictures import PATH, as_shown, key_of
from handlers.notice_words import LANGUAGES, title_of
from handlers.public.prose import prose, summary
from notify.notice_life import JAPAN, PUBLIC
from store import Store
from store.errors import StoreError
from store.records_notices import NoticeView

log = logging.getLogger(__name__)
LISTED, IN_FEED = 50, 30
MAX_AGE = 60
"""Seconds for which a browser or proxy may keep a page: an alert must not be old news."""

Clock = Callable[[], datetime]
Page = Response | BaseResponse


def notice_blueprint(
    library: Library, store: Store, config: Config, clock: Clock = lambda: datetime.now(UTC)
) -> Blueprint:
    """`/notices/<city>/`, `…/<number>`, `…/atom.xml`, `…/rss.xml`, and `/n/<city>/<number>`."""
    blueprint = Blueprint("notices", __name__, template_folder="templates")

    def address(city: str, path: object = "") -> str:
        return f"{config.public_url}/notices/{city}/{path}"

    def shown(city: str, channel: str, limit: int) -> list[NoticeView]:
        library.get(city)  # a city that is not there is 404
        return store.public_notices(city, clock(), limit, channel)

    def one(city: str, number: int) -> NoticeView:
        library.get(city)
        found = store.notice(city, number) if number < 2**62 else None
        if found is None or not _is_public(found, clock()):
            abort(404)
        return found

    def page(template: str, city: str, path: object, **values: Any) -> Response:
        known = library.get(city).city
        said = {"title_of": title_of, "day_of": day_of, "summary": summary, "prose": prose, "languages": LANGUAGES}
        html = render_template(
            template, city=known, city_id=city, canonical=address(city, path), address=address, **said, **values
        )
        return _kept_shortly(html, "text/html")

    def feed(template: str, city: str, mimetype: str) -> Response:
        rows = shown(city, "feed", IN_FEED)
        newest = max((row.issued_at for row in rows if row.issued_at), default=datetime(2026, 1, 1, tzinfo=UTC))
        known = library.get(city).city
        values = {
            "city": known,
            "city_id": city,
            "rows": rows,
            "updated": newest,
            "title_of": title_of,
            "rfc822": format_datetime,
            "pictures": store.told_pictures(city, [row.id for row in rows if row.picture]),
        }
        return _kept_shortly(render_template(template, address=address, **values), mimetype)

    @blueprint.get("/notices/<city>/")
    def notices(city: str) -> Page:
        return page("notices.html", city, "", rows=shown(city, "page", LISTED))

    @blueprint.get("/notices/<city>/<int:number>")
    def notice(city: str, number: int) -> Page:
        family = store.related_notices(city, number) if number < 2**62 else []
        related = [row for row in family if row.id != number and _is_public(row, clock())]
        right = [row for row in related if row.mark == "correction" and row.id > number]
        if right and not any(row.id == number and _is_public(row, clock()) for row in family):
            # Stopped because it was wrong: whoever has its address already reads what is right.
            return redirect(address(city, right[-1].id), 302)
        found = one(city, number)
        picture = store.told_pictures(city, [number]).get(number) if found.picture else None
        return page("notice.html", city, number, notice=found, related=related, picture=picture, key_of=key_of)

    @blueprint.get(f"/notices/<city>/{PATH}/<key>")
    @blueprint.get(f"/notices/<city>/{PATH}/<key>/<any(small):size>")
    def picture(city: str, key: str, size: str = "") -> Page:
        """Of a notice that is told, or tried on the phone of its writer; of a stopped or corrected one it is gone."""
        library.get(city)
        found = store.notice_picture(city, key, told=True) or abort(404)
        return as_shown(found, small=size == "small", cache=f"public, max-age={MAX_AGE}")

    @blueprint.get("/notices/<city>/atom.xml")
    def atom(city: str) -> Page:
        return feed("notices_atom.xml", city, "application/atom+xml")

    @blueprint.get("/notices/<city>/rss.xml")
    def rss(city: str) -> Page:
        return feed("notices_rss.xml", city, "application/rss+xml")

    @blueprint.get("/n/<city>/<int:number>")
    def opened(city: str, number: int) -> Page:
        """Leads on to the link that staff wrote, and nowhere else."""
        library.get(city)
        found = store.notice(city, number) if number < 2**62 else None
        if found is None or found.issued_at is None:
            abort(404)
        try:
            store.notice_tapped(city, number, "link")
        except StoreError:
            log.warning("an opened link was not counted", extra={"city": city, "notice": number})
        response = redirect(found.link or address(city, number), 302)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @blueprint.errorhandler(StoreError)
    def away(_error: StoreError) -> tuple[str, int, dict[str, str]]:
        """The database does not answer: the page says so, with the phone number of the city."""
        log.warning("notices could not be read")
        city = library.get((request.view_args or {})["city"]).city
        advice = "いまは、お知らせを読めません。少し待って、もういちど開いてください。急ぐときは、お電話ください。"
        page = render_template("sorry.html", title="お知らせを開けません", advice=advice, city=city, city_id=city.id)
        return page, 503, {"Retry-After": "30"}

    return blueprint


def day_of(at: datetime) -> str:
    """「2026年11月21日 9:05」"""
    here = at.astimezone(JAPAN)
    return f"{here.year}年{here.month}月{here.day}日 {here.hour}:{here.minute:02}"


def _is_public(notice: NoticeView, now: datetime) -> bool:
    issued = notice.issued_at is not None and notice.issued_at <= now and notice.status in PUBLIC
    over = notice.expires_at is not None and notice.expires_at <= now
    return issued and not over and not notice.drill and "page" in notice.channels


def _kept_shortly(body: str, mimetype: str) -> Response:
    response = make_response(body)
    response.mimetype = mimetype
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.add_etag()
    response.make_conditional(request)
    return response
