"""The form that keeps personal data off LINE, and the page on which its answer can be read.

`/contact/<city>/<token>`: whoever was given the address may send the form once and read what staff answered. The token
is all that is needed and all that is checked, so no other site can send the form in somebody's name. Complete without
any script; what was typed stays in the form until it has arrived; nothing of it is logged.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from bot.privacy import MASK_CARD, MASK_MY_NUMBER
from bot.reception import opening_text
from bot.spelling import without_readings
from config import Config
from faq.city import City, Department
from faq.library import Library
from faq.office_hours import JAPAN, NeverOpen, next_opening
from handlers.public.contact_fields import MAX_BODY, Filled, read_fields
from handlers.public.contact_words import HTML_LANG, NAMES, WORDS, PageLanguage, page_language
from handlers.public.prose import inline, prose
from handlers.widget.buckets import Buckets, neighbourhood
from store import Store
from store.errors import StoreError
from store.records import Turn
from store.records_cases import CaseView
from store.records_contacts import ContactForm

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class ContactLimits:
    """How often one form, and one address, may be sent or opened. Many people may share an address."""

    def __init__(self, forms: Buckets | None = None, addresses: Buckets | None = None) -> None:
        self._forms = Buckets(burst=10, per_second=0.1) if forms is None else forms
        self._addresses = Buckets(burst=200, per_second=2) if addresses is None else addresses

    def seconds_to_wait(self, token: str, address: str | None, *, sending: bool) -> int:
        wait = self._addresses.take(neighbourhood(address or ""))
        return wait or (self._forms.take(token) if sending else 0)


def now() -> datetime:
    return datetime.now(UTC)


def contact_blueprint(
    library: Library, store: Store, config: Config, *, clock: Clock = now, limits: ContactLimits | None = None
) -> Blueprint:
    """GET shows the form, or after sending what happens next and the answer; POST sends it."""
    blueprint = Blueprint("contact", __name__, template_folder="templates")
    blueprint.add_app_template_global(prose)
    blueprint.add_app_template_global(inline)
    limits = limits or ContactLimits()
    pages = _Pages(store, config.retention_days, clock)

    @blueprint.after_request
    def keep_private(response: Response) -> Response:
        response.headers.update(PRIVATE)
        return response

    @blueprint.get("/contact/<city>/<token>")
    def show(city: str, token: str) -> BaseResponse:
        known = library.get(city).city
        if limits.seconds_to_wait(token, request.remote_addr, sending=False):
            return pages.away(known, 429)
        try:
            form = store.contact_form(city, token) if _TOKEN.fullmatch(token) else None
            if form is None:
                return pages.gone(known)
            return pages.form(known, form) if form.sent_at is None else pages.sent(known, form)
        except StoreError:
            log.warning("a contact form could not be opened", extra={"city": city})
            return pages.away(known, 503)

    @blueprint.post("/contact/<city>/<token>")
    def send(city: str, token: str) -> BaseResponse:
        known = library.get(city).city
        request.max_content_length = MAX_BODY
        filled = read_fields(request.form)
        wait = limits.seconds_to_wait(token, request.remote_addr, sending=True)
        try:
            form = store.contact_form(city, token) if _TOKEN.fullmatch(token) else None
            if form is None:
                return pages.gone(known)
            if wait:
                return pages.form(known, form, filled, 429, "e_many", seconds=wait)
            if filled.errors and form.sent_at is None:
                return pages.form(known, form, filled, 422)
            store.send_contact(city, token, filled.contact, _promised(known, form, clock()))
        except StoreError:
            log.warning("a contact form could not be kept", extra={"city": city})
            return pages.unkept(known, filled)
        return redirect(f"/contact/{city}/{token}?lang={pages.language(form)}", 303)

    return blueprint


class _Pages:
    """The pages of a form: as it is filled in, as it was sent, and where there is none."""

    def __init__(self, store: Store, retention_days: int, clock: Clock) -> None:
        self._store = store
        self._retention_days = retention_days
        self._clock = clock

    def language(self, form: ContactForm | None) -> PageLanguage:
        return page_language(request.args.get("lang"), form.language if form else None)

    def form(
        self,
        city: City,
        form: ContactForm,
        filled: Filled | None = None,
        status: int = 200,
        problem: str = "",
        **values: object,
    ) -> Response:
        """The form, with what was typed and what is wrong with it."""
        typed = filled.values if filled else {"message": form.question}
        return self._page(
            "contact_form.html",
            city,
            form.department,
            self.language(form),
            status,
            typed=typed,
            consent=filled is not None and filled.consent,
            errors=filled.errors if filled and not problem else {},
            problem=problem,
            values={"count": len(typed.get("message", "")), "days": self._retention_days, **values},
            filled=filled is not None,
        )

    def unkept(self, city: City, filled: Filled) -> Response:
        """The store did not take it: the same form again, so that nothing is lost."""
        form = ContactForm(city.id, "", "", "", city.default_department, "", self._clock(), self._clock())
        return self.form(city, form, filled, 503, "e_store")

    def sent(self, city: City, form: ContactForm) -> Response:
        assert form.sent_at is not None
        case = self._store.case(city.id, form.case_id)
        department = city.department(case.department if case and case.department else form.department)
        language = self.language(form)
        promised = _promised(city, form, form.sent_at) or form.sent_at
        return self._page(
            "contact_sent.html",
            city,
            department.name,
            language,
            form=form,
            answers=[(turn, _when(turn.at, language)) for turn in _answers(self._store, case)],
            key=_state(case, later=promised > self._clock()),
            masked=any(mark in form.contact.message for mark in (MASK_MY_NUMBER, MASK_CARD)),
            values={
                "department": department.name,
                "opening": opening_text(promised.astimezone(JAPAN), "en" if language == "en" else "ja"),
                "until": _day(form.expires_at, language),
            },
        )

    def gone(self, city: City) -> Response:
        return self._page("contact_gone.html", city, "", self.language(None), 404, title="gone_title", text="gone")

    def away(self, city: City, status: int) -> Response:
        return self._page("contact_gone.html", city, "", self.language(None), status, title="away_title", text="away")

    def _page(
        self, template: str, city: City, department: str, language: PageLanguage, status: int = 200, **values: Any
    ) -> Response:
        said = _words(language, city, city.department(department), values.pop("values", {}))
        html = render_template(
            template,
            city=city,
            city_id=city.id,
            office=city.department(department),
            say=said,
            plain_say=lambda key: without_readings(said(key)),
            language=language,
            page_lang=HTML_LANG[language],
            languages=NAMES,
            here=request.path,
            **values,
        )
        response = make_response(html)
        response.status_code = status
        return response


def _words(
    language: PageLanguage, city: City, office: Department, values: Mapping[str, object]
) -> Callable[[str], str]:
    known = {"city": city.name, "department": office.name, "phone": office.phone, **values}
    return lambda key: WORDS[language][key].format(**known)


def _promised(city: City, form: ContactForm, at: datetime) -> datetime | None:
    """When the window opens, which the page says; None while it is open, because then the page names no time."""
    try:
        opens = next_opening(city, city.department(form.department), at)
    except NeverOpen:
        return None
    return opens if opens > at else None


def _state(case: CaseView | None, *, later: bool) -> str:
    """What becomes of the question, as long as no answer is on the page."""
    if case is not None and case.status == "closed":
        return "cancelled" if case.close_reason in ("cancels", "ends") and not case.closed_by else "closed"
    return "next_later" if later else "next_now"


def _answers(store: Store, case: CaseView | None) -> list[Turn]:
    """What staff said in this case."""
    if case is None or not case.resident:
        return []
    said = [turn for turn in store.case_turns(case.city, case.id) if turn.kind == "staff" and turn.reply_text]
    return [t for t in said if t.at >= case.opened_at and (case.closed_at is None or t.at <= case.closed_at)]


def _day(at: datetime, language: PageLanguage) -> str:
    day = at.astimezone(JAPAN)
    return f"{day:%Y-%m-%d}" if language == "en" else f"{day.year}年{day.month}月{day.day}日"


def _when(at: datetime, language: PageLanguage) -> str:
    return opening_text(at.astimezone(JAPAN), "en" if language == "en" else "ja")
