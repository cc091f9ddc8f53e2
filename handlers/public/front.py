"""What all pages share: their files, their safety headers, and kind words when something is not there."""

from __future__ import annotations

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException, NotFound

from config import Config
from faq.city import City
from faq.library import Library, UnknownCity
from handlers.public.assets import assets_blueprint, the_assets

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
MACHINES = ("/widget/", "/line/", "/healthz", "/readyz", "/metrics")
"""Doors that no person reads: errors there are JSON."""

SORRY = {
    404: ("ページが見つかりません", "アドレスが変わったか、案内が終わったのかもしれません。"),
    405: ("この開き方はできません", "リンクやボタンから、もういちど開いてください。"),
    413: ("送られたものが大きすぎます", "短くしてから、もういちど送ってください。"),
    500: ("申し訳ありません。うまく動きませんでした", "こちらの不具合です。少し待って、もういちど開いてください。"),
}
SORRY_OTHERWISE = ("ページを開けませんでした", "アドレスを確かめて、もういちど開いてください。")


def register_front(app: Flask, library: Library, config: Config) -> None:
    """Serves `/assets/…`, adds safety headers to every answer, and says errors in Japanese."""
    assets = the_assets()
    app.register_blueprint(assets_blueprint(assets))
    app.jinja_env.globals["asset"] = assets.url

    @app.after_request
    def add_headers(response: Response) -> Response:
        if request.blueprint == "line":
            return response  # read by LINE, not by a browser, and thousands a second
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.errorhandler(HTTPException)
    def sorry(error: HTTPException) -> tuple[Response | str, int, dict[str, str]]:
        code = error.code or 500
        title, advice = SORRY.get(code, SORRY_OTHERWISE)
        headers = {"Allow": ", ".join(allowed)} if (allowed := getattr(error, "valid_methods", None)) else {}
        if request.path.startswith(MACHINES):
            return jsonify({"message": title}), code, headers
        city = city_of_path(library, request.path)
        page = render_template("sorry.html", title=title, advice=advice, city=city, city_id=city.id if city else "")
        return page, code, headers

    @app.errorhandler(UnknownCity)
    def no_such_city(_error: UnknownCity) -> tuple[Response | str, int, dict[str, str]]:
        return sorry(NotFound())


def city_of_path(library: Library, path: str) -> City | None:
    """The city that a page belongs to; the only city there is when the path names none."""
    parts = path.split("/")
    named = parts[2] if len(parts) > 2 and parts[1] in ("faq", "demo", "contact", "notices", "n") else ""
    for city_id in (named, *(library.cities if len(library.cities) == 1 else ())):
        try:
            return library.get(city_id).city
        except UnknownCity:
            continue
    return None
