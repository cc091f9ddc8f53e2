"""`/console/`: which city; `/console/<city>/`: on to the first page of one's own menu. And kind words for errors."""

from __future__ import annotations

import logging

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import Conflict, HTTPException, ServiceUnavailable
from werkzeug.wrappers import Response

from handlers.console.gate import allowed, open_to_all, staff_member
from handlers.console.parts import Parts
from handlers.console.passwords import Busy
from store.errors import NoticeConflict, StoreError

log = logging.getLogger(__name__)

SORRY = {
    400: (
        "この画面は古くなりました",
        "もういちど開いてから、やりなおしてください。ログインの途中なら、はじめからお願いします。",
    ),
    403: ("この画面は、あなたの役割では使えません", "必要なときは、管理の人に相談してください。"),
    404: ("ページが見つかりません", "アドレスを確かめるか、メニューから開いてください。"),
    409: ("ほかの人が先に変えました", "新しい内容を見てから、もういちどお試しください。"),
    429: ("続けてたくさん届きました", "1分ほど待ってから、もういちどお試しください。"),
    503: ("いま、混みあっています", "10秒ほど待ってから、もういちどお試しください。"),
    413: ("送られたものが大きすぎます", "小さくしてから、もういちど送ってください。"),
}
NO_STORE = "いま、データベースを使えません"
NO_STORE_ADVICE = (
    "住民への答え・避難所の案内・災害のページは動いています。"
    "いまの操作ができたかは、使えるようになったら、画面で確かめてください。"
    "急いで知らせることは、運用の人に「データベースが使えない」の手順で、災害のページに書いてもらってください。"
)
SORRY_OTHERWISE = ("うまく動きませんでした", "少し待って、もういちどお試しください。")


def register(blueprint: Blueprint, parts: Parts) -> None:
    """The front pages and the blueprint's error pages."""

    @blueprint.get("/")
    @open_to_all
    def cities() -> str | Response:
        if len(parts.library.cities) == 1:
            return redirect(url_for("console.home", city=parts.library.cities[0]))
        return render_template("console/cities.html", cities=parts.cities)

    @blueprint.get("/<city>/")
    @allowed("account.self")
    def home(city: str) -> Response:
        menu = parts.menu_of(staff_member().role)
        return redirect(url_for(menu[0].endpoint if menu else "console.account", city=city))

    @blueprint.errorhandler(Busy)
    def busy(_error: Busy) -> tuple[str, int]:
        return sorry(ServiceUnavailable())

    @blueprint.errorhandler(StoreError)
    def no_store(error: StoreError) -> tuple[str, int]:
        """Staff are told what residents still have, and what they can do meanwhile."""
        log.exception("the store refused a page of staff", extra={"endpoint": request.endpoint})
        if isinstance(error, NoticeConflict):
            return sorry(Conflict())
        city = (request.view_args or {}).get("city", "")
        known = city in parts.library.cities
        return render_template("console/sorry.html", title=NO_STORE, advice=NO_STORE_ADVICE, known=known), 503

    @blueprint.errorhandler(HTTPException)
    def sorry(error: HTTPException) -> tuple[str, int]:
        title, advice = SORRY.get(error.code or 500, SORRY_OTHERWISE)
        city = (request.view_args or {}).get("city", "")
        known = city in parts.library.cities
        return render_template("console/sorry.html", title=title, advice=advice, known=known), error.code or 500
