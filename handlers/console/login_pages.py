"""Logging in and out: password, then the second factor where there is one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from handlers.console import cookies, gate, login_brakes, second_factor
from handlers.console.agents import browser_name
from handlers.console.gate import local_path, open_to_all
from handlers.console.parts import Parts
from store.records_accounts import Brake, Credentials, LoginWay, NewSession, StaffSession

CODE_SECONDS = 600
"""How long the second step of a login may take."""

CODE_TRIES = 5
WRONG = "メールアドレスかパスワードが違います。"
WRONG_CODE = "この番号は使えません。新しい番号が出るのを待って、もういちど入れてください。"
GUESSES = (
    "知らないブラウザーから{times}回、あなたのアカウントに、まちがったパスワードが送られています。"
    "入られてはいません。心当たりがなければ、「管理」の人に伝えてください。"
)
Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/login`, `…/login/code`, `…/logout`."""

    @blueprint.get("/<city>/login")
    @open_to_all
    def login(city: str) -> Page:
        if _logged_in():
            return redirect(local_path(city, request.args.get("next", "")))
        return _login_page(parts, city, next=local_path(city, request.args.get("next", "")))

    @blueprint.post("/<city>/login")
    @open_to_all
    def check_login(city: str) -> Page:
        return _check_password(parts, city)

    @blueprint.get("/<city>/login/code")
    @open_to_all
    def code(city: str) -> Page:
        if _half_way(parts) is None:
            return redirect(url_for("console.login", city=city))
        return render_template("console/code.html", next=local_path(city, request.args.get("next", "")))

    @blueprint.post("/<city>/login/code")
    @open_to_all
    def check_code(city: str) -> Page:
        session = _half_way(parts)
        if session is None:
            return redirect(url_for("console.login", city=city))
        return _check_code(parts, session)

    @blueprint.post("/<city>/logout")
    @gate.allowed("account.self")
    def logout(city: str) -> Page:
        parts.store.end_session(gate.staff_session())
        gate.flash("done", "ログアウトしました。")
        gate.end_session()
        return redirect(url_for("console.login", city=city))


def finish_login(parts: Parts, city: str, staff_id: int, way: LoginWay, to: str, instead_of: str = "") -> Response:
    """A new session under a new token, whatever the browser held before, and on to the page that was asked for."""
    token = cookies.new_token()
    session = NewSession(city, staff_id, cookies.digest(token), cookies.new_token()[:12], "full", way, _agent())
    parts.store.open_session(session, instead_of)
    gate.start_session(token, staff_id)
    _tell_of_guesses(parts, city, staff_id)
    return redirect(local_path(city, to))


def _tell_of_guesses(parts: Parts, city: str, staff_id: int) -> None:
    """The owner hears that somebody tries to get in: only they know whether it was themselves."""
    me = parts.store.staff(city, staff_id)
    times = login_brakes.guesses(parts.store, city, me.email) if me else 0
    if times >= login_brakes.WORTH_TELLING:
        gate.flash("problem", GUESSES.format(times=times))


def _check_password(parts: Parts, city: str) -> Page:
    email, password = request.form.get("email", ""), request.form.get("password", "")
    to = local_path(city, request.form.get("next", ""))
    found = parts.store.credentials(city, email)
    counted = _brakes(parts, city, email, found)
    wait = parts.store.begin_attempt(city, counted)
    if wait:
        return _slow_down(parts, city, wait, email, to)
    usable = found if found is not None and not found.staff.disabled else None
    if not parts.passwords.check(usable.password_hash if usable else "", password) or usable is None:
        # Also for an account that does not exist (0): both take as long, and the log shows who guesses at names.
        whose = found.staff.id if found else 0
        parts.store.audit(city, "system", "login.refused", f"staff:{whose}", {"step": "password"})
        return _login_page(parts, city, problem=WRONG, email=email, next=to, status=422)
    _renew_hash(parts, usable, password)
    if usable.totp_secret:
        return _ask_for_code(parts, city, usable.staff.id, to)
    login_brakes.forgive(parts.store, city, counted)
    return finish_login(parts, city, usable.staff.id, "password", to, _old_session())


def _ask_for_code(parts: Parts, city: str, staff_id: int, to: str) -> Response:
    token = cookies.new_token()
    session = NewSession(city, staff_id, cookies.digest(token), cookies.new_token()[:12], "code", "password", _agent())
    parts.store.open_session(session, instead_of=_old_session())
    gate.start_session(token)
    return redirect(url_for("console.code", city=city, next=to))


def _check_code(parts: Parts, session: StaffSession) -> Page:
    city, me = session.city, session.staff
    to, given = local_path(city, request.form.get("next", "")), request.form.get("code", "")
    if not _code_fits(parts, session, given):
        parts.store.audit(city, "system", "login.refused", f"staff:{me.id}", {"step": "code"})
        if parts.store.count_wrong_code(session) < CODE_TRIES:
            return render_template("console/code.html", problem=WRONG_CODE, next=to), 422
        parts.store.end_session(session, "login.given_up")
        gate.flash("problem", "番号が続けて違ったので、はじめからやりなおしてください。")
        return redirect(url_for("console.login", city=city))
    found = parts.store.credentials_of(city, me.id)
    login_brakes.forgive(parts.store, city, _brakes(parts, city, me.email, found))
    return finish_login(parts, city, me.id, "code", to, session.token_hash)


def _code_fits(parts: Parts, session: StaffSession, given: str) -> bool:
    """A code of the telephone that was not used yet, or a recovery code that was not."""
    city, staff_id = session.city, session.staff.id
    found = parts.store.credentials_of(city, staff_id)
    secret = parts.keys.unseal(found.totp_secret) if found else None
    step = second_factor.matching_step(secret, given, parts.clock()) if secret else None
    if step is not None:
        return parts.store.use_totp_step(city, staff_id, step)
    return parts.store.use_recovery_code(city, staff_id, second_factor.recovery_hash(city, staff_id, given))


def _renew_hash(parts: Parts, found: Credentials, password: str) -> None:
    """Keeps the password under today's Argon2 parameters."""
    if parts.passwords.outdated(found.password_hash):
        new = parts.passwords.hash(password)
        parts.store.rehash_password(found.staff.city, found.staff.id, found.password_hash, new)


def _brakes(parts: Parts, city: str, email: str, found: Credentials | None) -> list[Brake]:
    staff_id = found.staff.id if found else 0
    return login_brakes.brakes(parts.store, city, email, staff_id, cookies.browser_token(), request.remote_addr)


def _logged_in() -> bool:
    session: StaffSession | None = g.get("console_session")
    return session is not None and session.stage == "full"


def _half_way(parts: Parts) -> StaffSession | None:
    """The session of somebody who has given the password and not yet the code."""
    session: StaffSession | None = g.get("console_session")
    if session is None or session.stage != "code":
        return None
    age = datetime.fromtimestamp(parts.clock(), UTC) - session.created_at
    return session if age.total_seconds() < CODE_SECONDS else None


def _old_session() -> str:
    """What the browser was logged in with until now; it ends with the new login."""
    session: StaffSession | None = g.get("console_session")
    return session.token_hash if session else ""


def _agent() -> str:
    return browser_name(request.headers.get("User-Agent", ""))


def _slow_down(parts: Parts, city: str, wait: int, email: str, to: str) -> Page:
    page = _login_page(parts, city, problem=login_brakes.please_wait(wait), email=email, next=to)
    return str(page), 429, {"Retry-After": str(wait)}


def _login_page(parts: Parts, city: str, status: int = 200, **values: Any) -> Page:
    sso = city in parts.config.console.sso
    page = render_template("console/login.html", sso=sso, has_staff=parts.store.has_staff(city), **values)
    return page if status == 200 else (page, status)
