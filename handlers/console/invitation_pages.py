"""The link of an invitation: a new account, or a new password for one that is there."""

from __future__ import annotations

import unicodedata

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from handlers.console import cookies, gate
from handlers.console.account_pages import password_problem
from handlers.console.gate import open_to_all
from handlers.console.login_pages import finish_login
from handlers.console.parts import Parts
from handlers.console.passwords import MIN_LENGTH
from store.records_accounts import AccountConflict, Invitation

MAX_NAME, MAX_EMAIL = 60, 200
Page = str | Response | tuple[str, int]


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/invitation/<token>`: looking at it changes nothing, so that a mail scanner uses nothing up."""

    @blueprint.get("/<city>/invitation/<token>")
    @open_to_all
    def invitation(city: str, token: str) -> Page:
        found = parts.store.invitation(city, cookies.digest(token))
        return _form(parts, found) if found else _over()

    @blueprint.post("/<city>/invitation/<token>")
    @open_to_all
    def accept_invitation(city: str, token: str) -> Page:
        found = parts.store.invitation(city, cookies.digest(token))
        return _accept(parts, found, cookies.digest(token)) if found else _over()


def _accept(parts: Parts, found: Invitation, token_hash: str) -> Page:
    name, email = one_line(request.form.get("name", "")), one_line(request.form.get("email", ""))
    known = parts.store.staff(found.city, found.staff_id) if found.kind == "renew" else None
    name, email = (known.name, known.email) if known else (name, email if found.kind == "first" else found.email)
    problem = _problem(name, email) or password_problem(
        parts, found.city, request.form.get("new", ""), request.form.get("again", ""), name, email
    )
    if problem:
        return _form(parts, found, problem, name, email), 422
    hashed = parts.passwords.hash(request.form.get("new", ""))
    try:
        me = parts.store.accept_invitation(found.city, token_hash, name, email, hashed)
    except AccountConflict:
        return _over()
    if me.totp:
        gate.flash("done", "パスワードを決めました。ログインしてください。")
        return redirect(url_for("console.login", city=found.city))
    gate.flash("done", "パスワードを決めました。" if known else f"{me.name}さん、ようこそ。登録できました。")
    return finish_login(parts, found.city, me.id, "invitation", "")


def _problem(name: str, email: str) -> str:
    if not name:
        return "名前を入れてください。"
    return email_problem(email)


def email_problem(email: str) -> str:
    """What is wrong with a mail address; "" when it may be one. Whether it is theirs, the invitation proves."""
    local, at, domain = email.partition("@")
    if not (local and at and domain) or " " in email or "@" in domain:
        return "メールアドレスを、名前@役所.example.jp のような形で入れてください。"
    return ""


def _form(parts: Parts, found: Invitation, problem: str = "", name: str = "", email: str = "") -> str:
    known = parts.store.staff(found.city, found.staff_id) if found.kind == "renew" else None
    return render_template(
        "console/invitation.html",
        invitation=found,
        known=known,
        problem=problem,
        name=name,
        email=email,
        min_length=MIN_LENGTH,
    )


def _over() -> Page:
    title, advice = (
        "このリンクは、もう使えません",
        "使えるのは1回だけで、72時間で切れます。管理の人に、新しいリンクを頼んでください。登録がすんでいれば、そのままログインできます。",
    )
    return render_template("console/sorry.html", title=title, advice=advice, known=True), 410


def one_line(text: str) -> str:
    """On one line, without what cannot be seen."""
    plain = "".join(letter if unicodedata.category(letter)[0] != "C" else " " for letter in text)
    return " ".join(plain.split())[:MAX_EMAIL]
