"""Asks again who sits there, before what would let somebody else's hands keep the account: an open screen is enough to
read, never to take over. Guessing is slowed as at the login."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import request

from handlers.console import cookies, login_brakes
from handlers.console.gate import staff_member, staff_session
from handlers.console.parts import Parts
from handlers.console.passwords import MAX_LENGTH
from store.records_accounts import Brake

FRESH_SECONDS = 600
"""For so long after a single sign-on it is still the same hands: all there is to go by without a password."""

WRONG_PASSWORD = "いまのパスワードが違います。"  # noqa: S105 - a sentence
SIGN_ON_AGAIN = (
    "パスワードを決めていないアカウントです。ログアウトして、もういちど庁内のアカウントでログインしてから、"
    f"{FRESH_SECONDS // 60}分のうちに設定してください。"
)


def doubt(parts: Parts) -> str:
    """Why it may be somebody else, as a sentence; "" when it is the owner, by the `password` of this form."""
    me = staff_member()
    if not me.password:
        age = datetime.fromtimestamp(parts.clock(), UTC) - staff_session().created_at
        return "" if age.total_seconds() < FRESH_SECONDS else SIGN_ON_AGAIN
    found = parts.store.credentials_of(me.city, me.id)
    wait = parts.store.begin_attempt(me.city, [_brake(me.id)])
    if wait:
        return login_brakes.please_wait(wait)
    given = request.form.get("password", "")[: MAX_LENGTH + 1]
    if not parts.passwords.check(found.password_hash if found else "", given):
        return WRONG_PASSWORD
    parts.store.forgive(me.city, _brake(me.id).key)
    return ""


def _brake(staff_id: int) -> Brake:
    return Brake(cookies.digest(f"confirm {staff_id} {staff_session().id}"), free=5, first=5, most=900, forget=3600)
