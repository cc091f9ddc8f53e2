"""Single sign-on: to the city's identity provider and back. Nobody gets an account by it who was not invited."""

from __future__ import annotations

import logging

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from handlers.console import cookies, gate, login_brakes
from handlers.console.gate import local_path, open_to_all
from handlers.console.login_pages import finish_login
from handlers.console.parts import Parts
from handlers.console.sign_on import SignedOn, SignOn
from store.records_accounts import AccountConflict, SsoLogin, Staff

log = logging.getLogger(__name__)
LOGIN_SECONDS = 600
NOT_NOW = "いまは、庁内のアカウントでログインできません。少し待つか、パスワードでログインしてください。"
UNKNOWN = "庁内のアカウントは確かめられましたが、この画面には登録されていません。管理の人に、招待を頼んでください。"
UNVERIFIED = "庁内のアカウントのメールアドレスが確かめられていません。情報システムの担当に相談してください。"
OVER = "時間がたったか、ほかの画面で進めたようです。もういちど、はじめからお願いします。"


class Refused(Exception):
    """Somebody signed on who may not come in; the text is for them."""

    def __init__(self, text: str, staff_id: int = 0) -> None:
        super().__init__(text)
        self.text = text
        self.staff_id = staff_id


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/sso` and `…/sso/callback`."""

    @blueprint.get("/<city>/sso")
    @open_to_all
    def begin_sso(city: str) -> Response:
        return _begin(parts, city, parts.sign_on.get(city) or abort(404))

    @blueprint.get("/<city>/sso/callback")
    @open_to_all
    def finish_sso(city: str) -> Response | tuple[str, int]:
        provider = parts.sign_on.get(city) or abort(404)
        state, code = request.args.get("state", ""), request.args.get("code", "")
        began = parts.store.finish_sso(city, cookies.digest(state), cookies.digest(cookies.browser_token()))
        if began is None or not code:
            return _problem(OVER if began is None else NOT_NOW)
        try:
            person = provider.finish(_callback(parts, city), code, began.verifier, began.nonce)
            me = _colleague(parts, city, person)
        except Refused as refused:
            if refused.staff_id:
                parts.store.audit(city, "system", "login.refused", f"staff:{refused.staff_id}", {"step": "sso"})
            return _problem(refused.text)
        except parts.sign_on_errors as error:
            log.warning("single sign-on failed", extra={"city": city, "reason": getattr(error, "reason", "")})
            return _problem(NOT_NOW)
        session = g.get("console_session")
        return finish_login(parts, city, me.id, "sso", began.next, session.token_hash if session else "")


def _begin(parts: Parts, city: str, provider: SignOn) -> Response:
    if parts.store.begin_attempt(city, [login_brakes.sso_brake(request.remote_addr)]):
        abort(429)
    state, nonce = cookies.new_token(), cookies.new_token()
    try:
        address, verifier = provider.start(_callback(parts, city), state, nonce)
    except parts.sign_on_errors as error:
        log.warning("single sign-on failed", extra={"city": city, "reason": getattr(error, "reason", "")})
        gate.flash("problem", NOT_NOW)
        return redirect(url_for("console.login", city=city))
    began = SsoLogin(nonce, verifier, local_path(city, request.args.get("next", "")))
    parts.store.begin_sso(city, cookies.digest(state), cookies.digest(gate.browser()), began, LOGIN_SECONDS)
    return redirect(address)


def _colleague(parts: Parts, city: str, person: SignedOn) -> Staff:
    """The account of this person: linked before, or known or invited under the mail that the provider has verified."""
    store = parts.store
    me = store.staff_by_subject(city, person.issuer, person.subject)
    if me is None:
        if not person.email_verified:
            raise Refused(UNVERIFIED)
        me = store.staff_by_email(city, person.email) or _join(parts, city, person)
        if me.disabled:
            raise Refused(UNKNOWN, me.id)
        try:
            store.link_subject(city, me.id, person.issuer, person.subject)
        except AccountConflict:
            raise Refused(UNKNOWN, me.id) from None
    if me.disabled:
        raise Refused(UNKNOWN, me.id)
    return me


def _join(parts: Parts, city: str, person: SignedOn) -> Staff:
    try:
        return parts.store.join_invited(city, person.email, person.name or person.email.partition("@")[0])
    except AccountConflict:
        raise Refused(UNKNOWN) from None


def _callback(parts: Parts, city: str) -> str:
    return f"{parts.config.public_url}{url_for('console.finish_sso', city=city)}"


def _problem(words: str) -> tuple[str, int]:
    return render_template("console/sorry.html", title="ログインできませんでした", advice=words, known=True), 403
