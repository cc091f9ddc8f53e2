"""One's own account: password, second factor, sessions."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from handlers.console import confirming, cookies, gate, second_factor
from handlers.console.gate import allowed, staff_member, staff_session
from handlers.console.parts import Parts
from handlers.console.passwords import MIN_LENGTH, complaint
from store.records_accounts import AccountConflict

SETUP_SECONDS = 900
"""How long a QR code on the screen can be confirmed."""

Page = str | Response | tuple[str, int]


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/account` and below."""

    @blueprint.get("/<city>/account")
    @allowed("account.self")
    def account(city: str) -> Page:
        return _account_page(parts)

    @blueprint.post("/<city>/account/password")
    @allowed("account.self")
    def change_password(city: str) -> Page:
        return _change_password(parts)

    @blueprint.get("/<city>/account/totp")
    @allowed("account.self")
    def totp(city: str) -> Page:
        if staff_member().totp:
            return redirect(url_for("console.account", city=city))
        return _set_up_page(parts, second_factor.new_secret())

    @blueprint.post("/<city>/account/totp")
    @allowed("account.self")
    def set_totp(city: str) -> Page:
        return _set_totp(parts)

    @blueprint.post("/<city>/account/totp/off")
    @allowed("account.self")
    def clear_totp(city: str) -> Page:
        me = staff_member()
        if doubt := confirming.doubt(parts):
            return _account_page(parts, second_problem=doubt)
        parts.store.clear_totp(city, me.id, f"staff:{me.id}")
        gate.flash("done", "二段階の確認をやめました。もういちどログインしてください。")
        return redirect(url_for("console.login", city=city))

    @blueprint.post("/<city>/account/recovery-codes")
    @allowed("account.self")
    def recovery_codes(city: str) -> Page:
        me = staff_member()
        if not me.totp:
            abort(404)
        if doubt := confirming.doubt(parts):
            return _account_page(parts, second_problem=doubt)
        codes = second_factor.new_recovery_codes()
        hashes = [second_factor.recovery_hash(city, me.id, code) for code in codes]
        parts.store.new_recovery_codes(city, me.id, hashes, f"staff:{me.id}")
        return render_template("console/recovery_codes.html", codes=codes)

    @blueprint.post("/<city>/account/sessions/<session_id>/end")
    @allowed("account.self")
    def end_my_session(city: str, session_id: str) -> Page:
        me = staff_member()
        try:
            parts.store.revoke_session(city, me.id, session_id, f"staff:{me.id}")
        except AccountConflict:
            abort(404)
        gate.flash("done", "そのログインを終わらせました。")
        return redirect(url_for("console.account", city=city))

    @blueprint.post("/<city>/account/sessions/end-others")
    @allowed("account.self")
    def end_other_sessions(city: str) -> Page:
        me, session = staff_member(), staff_session()
        ended = parts.store.revoke_sessions(city, me.id, f"staff:{me.id}", keep=session.token_hash)
        gate.flash("done", f"ほかのログインを{ended}件、終わらせました。" if ended else "ほかのログインはありません。")
        return redirect(url_for("console.account", city=city))


def _account_page(parts: Parts, **problems: str) -> Page:
    me = staff_member()
    page = render_template(
        "console/account.html",
        sessions=parts.store.sessions_of(me.city, me.id, parts.limits),
        this=staff_session().id,
        codes_left=parts.store.recovery_codes_left(me.city, me.id) if me.totp else 0,
        totp_needed=me.role in parts.config.console.totp_roles,
        min_length=MIN_LENGTH,
        **problems,
    )
    return (page, 422) if problems else page


def _change_password(parts: Parts) -> Page:
    me, session = staff_member(), staff_session()
    new = request.form.get("new", "")
    if doubt := confirming.doubt(parts):
        return _account_page(parts, password_problem=doubt)
    problem = password_problem(parts, me.city, new, request.form.get("again", ""), me.name, me.email)
    if problem:
        return _account_page(parts, password_problem=problem)
    parts.store.set_password(me.city, me.id, parts.passwords.hash(new), f"staff:{me.id}", keep=session.token_hash)
    gate.flash("done", "パスワードを変えました。ほかの場所のログインは、すべて終わらせました。")
    _rotate(parts)
    return redirect(url_for("console.account", city=me.city))


def password_problem(parts: Parts, city: str, new: str, again: str, *known: str) -> str:
    """What is wrong with a new password typed twice; "" when it is good. `known` are the person's name and mail."""
    if new != again:
        return "2つのパスワードが違います。同じものを2回入れてください。"
    of_city = parts.city(city)
    names = (of_city.name, of_city.kana, *of_city.own_names) if of_city else ()
    return complaint(new, (*known, city, *names))


def _set_up_page(parts: Parts, secret: str, problem: str = "") -> Page:
    me = staff_member()
    city = parts.city(me.city)
    named = city.name if city else me.city
    page = render_template(
        "console/totp.html",
        qr=second_factor.qr_image(second_factor.address(secret, me.email, named)),
        typed=second_factor.in_groups(secret),
        sealed=parts.keys.seal(f"{me.id} {secret}"),
        needed=me.role in parts.config.console.totp_roles,
        problem=problem,
    )
    return (page, 422) if problem else page


def _set_totp(parts: Parts) -> Page:
    me = staff_member()
    if me.totp:
        return redirect(url_for("console.account", city=me.city))
    owner, _, secret = (parts.keys.unseal(request.form.get("sealed", ""), SETUP_SECONDS) or "").partition(" ")
    if owner != str(me.id):
        gate.flash("problem", "時間がたったので、新しいQRコードを読みとってください。")
        return redirect(url_for("console.totp", city=me.city))
    if doubt := confirming.doubt(parts):
        return _set_up_page(parts, secret, doubt)
    step = second_factor.matching_step(secret, request.form.get("code", ""), parts.clock())
    if step is None:
        return _set_up_page(parts, secret, "番号が合いません。アプリに出ている、いまの6けたを入れてください。")
    codes = second_factor.new_recovery_codes()
    hashes = [second_factor.recovery_hash(me.city, me.id, code) for code in codes]
    parts.store.set_totp(me.city, me.id, parts.keys.seal(secret), step, hashes, f"staff:{me.id}")
    parts.store.revoke_sessions(me.city, me.id, f"staff:{me.id}", keep=staff_session().token_hash)
    _rotate(parts)
    return render_template("console/recovery_codes.html", codes=codes, first=True)


def _rotate(parts: Parts) -> None:
    """The same session under a new token: what this person may do has changed."""
    token = cookies.new_token()
    parts.store.rotate_session(staff_session(), cookies.digest(token))
    gate.start_session(token)
