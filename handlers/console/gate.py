"""The gate of the console: every request passes here before its view, and a view that names no permission is closed.

@allowed("case.read")
def case(city: str, number: int) -> str:
    me = staff_member()
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from handlers.console import cookies, csrf
from handlers.console.cookies import Cookies, Note
from handlers.console.parts import Parts
from handlers.console.permissions import PERMISSIONS, may
from store.records_accounts import AuditLine, Staff, StaffSession

log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])
OPEN = "open"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
TOUCH_SECONDS = 60
"""A session's last sign of life is written at most this often."""

SET_UP = ("console.totp", "console.set_totp", "console.logout")
"""What somebody may do who still has to set up the second factor that their role needs."""


def allowed(permission: str, *, passive: bool = False, takes: int = 0) -> Callable[[View], View]:
    """Opens a view to the roles that have this permission.

    `passive` marks what a page asks by itself (polling, streams): it does not keep an unattended session alive.
    `takes`: how many bytes a form may bring where it is more than usual; nobody who may not come in can bring them.
    """
    if permission not in PERMISSIONS:
        raise ValueError(f"{permission} is not in the table of permissions")

    def mark(view: View) -> View:
        view.console_permission = permission  # type: ignore[attr-defined]
        view.console_passive = passive  # type: ignore[attr-defined]
        view.console_takes = takes  # type: ignore[attr-defined]
        return view

    return mark


def open_to_all(view: View) -> View:
    """Opens a view to people who are not logged in: login, invitations, the choice of a city."""
    view.console_permission = OPEN  # type: ignore[attr-defined]
    return view


def permission_of(app: Flask, endpoint: str) -> str:
    """What the view of this endpoint was marked with; "" when somebody forgot."""
    return getattr(app.view_functions.get(endpoint), "console_permission", "")


def staff_member() -> Staff:
    """Who is asking."""
    return staff_session().staff


def staff_session() -> StaffSession:
    session: StaffSession | None = g.get("console_session")
    if session is None:
        abort(403)
    return session


def audit(action: str, record: str, **detail: Any) -> None:
    """Writes to the audit log, in the name of whoever is asking. Ids and small facts only, no words of residents."""
    me = staff_member()
    _parts().store.audit(me.city, f"staff:{me.id}", action, record, detail)


def line(action: str, record: str, **detail: Any) -> AuditLine:
    """What `audit` would write, for the store to write together with the change."""
    return AuditLine(f"staff:{staff_member().id}", action, record, detail)


def flash(kind: str, text: str) -> None:
    """A message ("done" or "problem") for the top of the next page."""
    g.console_note = Note(kind, text)


def csrf_token() -> str:
    city = (request.view_args or {}).get("city", "")
    return csrf.make_token(_parts().keys, city, _holder(city))


def browser() -> str:
    """The name of this browser, given to it with this answer if it had none."""
    _holder((request.view_args or {}).get("city", ""))
    name: str = g.get("console_browser") or cookies.browser_token()
    return name


def local_path(city: str, path: str) -> str:
    """`path` when it leads to a page of this city's console, else its front page: nobody is sent elsewhere."""
    home = f"/console/{city}/"
    parts = urlsplit(path)
    plain = path.isprintable() and "\\" not in path and "/." not in path and "//" not in path
    return path if plain and not parts.scheme and not parts.netloc and path.startswith(home) else home


def start_session(session_token: str, staff_id: int = 0) -> None:
    """Gives the browser its session with this answer; forms on the page are bound to it already.

    With a `staff_id` the browser also gets a new name, by which it is known as theirs.
    """
    g.console_token = session_token
    if staff_id:
        g.console_browser = cookies.new_token()
        city = (request.view_args or {})["city"]
        _parts().store.remember_device(city, staff_id, cookies.digest(g.console_browser))


def end_session() -> None:
    """Takes the session's cookie away with this answer."""
    g.console_token = ""


def guard(blueprint: Blueprint, parts: Parts) -> None:
    """Puts the gate before every view of the blueprint, and the safety headers on every answer."""

    @blueprint.before_request
    def check() -> BaseResponse | None:
        g.console = parts
        city = (request.view_args or {}).get("city", "")
        permission = permission_of(current_app, request.endpoint or "")
        if not permission:
            log.error("a view of the console names no permission", extra={"endpoint": request.endpoint})
            abort(403)
        if city and city not in parts.library.cities:
            abort(404)
        if city:
            g.console_session = _session(parts, city)
        return _refused(parts, city, permission)

    @blueprint.after_request
    def finish(response: Response) -> Response:
        _safety_headers(response, parts)
        city = (request.view_args or {}).get("city", "")
        # While the city's knowledge is loading, the app has answered before any page of ours was begun.
        if city and city in parts.library.cities and "console" in g:
            _leave_cookies(response)
        return response


def _refused(parts: Parts, city: str, permission: str) -> BaseResponse | None:
    """The answer to who may not come in; None lets them pass."""
    session: StaffSession | None = g.get("console_session")
    if permission != OPEN:
        if session is None or session.stage != "full":
            if cookies.session_of_another_city(city):
                abort(404)
            return _to_login(city, session)
        if not may(session.staff.role, permission):
            abort(403)
        if _must_set_up(parts, session) and request.endpoint not in SET_UP:
            return redirect(url_for("console.totp", city=city))
        takes: int = getattr(current_app.view_functions.get(request.endpoint or ""), "console_takes", 0)
        if takes:
            request.max_content_length = takes
    if request.method not in SAFE_METHODS and not (
        csrf.from_here(parts.config.public_url) and csrf.is_good(parts.keys, city, _holder(city))
    ):
        log.warning("form refused", extra={"city": city, "endpoint": request.endpoint})
        abort(400)
    return None


def _must_set_up(parts: Parts, session: StaffSession) -> bool:
    """Whether this person's role needs a second factor that they do not have. A single sign-on has its own."""
    me = session.staff
    return me.role in parts.config.console.totp_roles and not me.totp and session.way != "sso"


def _to_login(city: str, session: StaffSession | None) -> BaseResponse:
    """Pages lead to the login and back; what a script asks is told so; a form's sender is told why."""
    if session is not None:
        return redirect(url_for("console.code", city=city))
    back = request.full_path.rstrip("?") if request.method in SAFE_METHODS else ""
    target = url_for("console.login", city=city) + (f"?next={quote(back, safe='/')}" if back else "")
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": url_for("console.login", city=city)})
    if request.method not in SAFE_METHODS:
        flash("problem", "時間がたったので、ログアウトしました。いまの操作は、していません。")
    return redirect(target)


def _session(parts: Parts, city: str) -> StaffSession | None:
    token = cookies.session_token(city)
    if not token:
        return None
    session = parts.store.session(city, cookies.digest(token), parts.limits)
    view = current_app.view_functions.get(request.endpoint or "")
    if session is not None and not getattr(view, "console_passive", False):
        now = datetime.fromtimestamp(parts.clock(), UTC)
        if (now - session.seen_at).total_seconds() >= TOUCH_SECONDS:
            parts.store.touch_session(session)
    return session


def _holder(city: str) -> str:
    """The cookie that forms are bound to: the session's, or before the login the browser's (given if need be)."""
    token = g.get("console_token", cookies.session_token(city) if g.get("console_session") else "")
    if token:
        return f"session {token}"
    if "console_browser" not in g:
        g.console_browser = cookies.browser_token() or (cookies.new_token() if request.method == "GET" else "")
    return f"browser {g.console_browser}" if g.console_browser else ""


def _leave_cookies(response: Response) -> None:
    jar = _cookies()
    if g.get("console_token"):
        jar.set_session(response, g.console_token)
    elif "console_token" in g:
        jar.drop_session(response)
    given: str = g.get("console_browser", "")
    if given and given != cookies.browser_token():
        jar.set_browser(response, given)
    note: Note | None = g.get("console_note")
    if note is not None and response.status_code in (301, 302, 303):
        jar.set_note(response, note)
    elif request.cookies.get(cookies.NOTE) and g.get("console_note_shown"):
        jar.drop_note(response)


def note_to_show() -> Note | None:
    """The message for this page: of this request, or left by the one before."""
    note: Note | None = g.get("console_note") or _cookies().note()
    g.console_note_shown = True
    return note


def _cookies() -> Cookies:
    parts = _parts()
    city = (request.view_args or {}).get("city", "")
    return Cookies(city, is_https(parts), parts.keys.notes)


def is_https(parts: Parts) -> bool:
    return request.is_secure or parts.config.public_url.startswith("https:")


def _parts() -> Parts:
    parts: Parts = g.console
    return parts


POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; media-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def _safety_headers(response: Response, parts: Parts) -> None:
    response.headers.setdefault("Content-Security-Policy", POLICY)  # a picture has a stricter one
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers.setdefault("Cache-Control", "no-store")
    if is_https(parts):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
