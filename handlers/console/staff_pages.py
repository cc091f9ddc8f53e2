"""Who works here: invite people, give them their role and departments, let nobody in any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from handlers.console import gate
from handlers.console.gate import allowed, staff_member
from handlers.console.invitation_pages import email_problem, one_line
from handlers.console.invitations import make_link, new_colleague, new_password
from handlers.console.parts import MenuItem, Parts
from handlers.console.permissions import ROLE_NOTES
from store.records_accounts import AccountConflict, NewInvitation, Role, Staff

LAST_ADMIN = "最後の「管理」の人です。先に、ほかの人を「管理」にしてください。"
NOT_MYSELF = "自分の役割は変えられません。ほかの「管理」の人に頼んでください。"
Page = str | Response | tuple[str, int]


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/staff` and below."""
    parts.menu.append(MenuItem("console.staff_list", "職員", "staff.invite", 80))

    @blueprint.get("/<city>/staff")
    @allowed("staff.invite")
    def staff_list(city: str) -> Page:
        return _list_page(parts)

    @blueprint.post("/<city>/staff/invitations")
    @allowed("staff.invite")
    def invite_staff(city: str) -> Page:
        return _invite(parts)

    @blueprint.post("/<city>/staff/invitations/<invitation_id>/withdraw")
    @allowed("staff.invite")
    def withdraw_invitation(city: str, invitation_id: str) -> Page:
        try:
            parts.store.withdraw_invitation(city, invitation_id, _me())
        except AccountConflict:
            abort(404)
        gate.flash("done", "招待を取り消しました。そのリンクは、もう使えません。")
        return redirect(url_for("console.staff_list", city=city))

    @blueprint.get("/<city>/staff/<int:staff_id>")
    @allowed("staff.manage")
    def staff_page(city: str, staff_id: int) -> Page:
        return _person_page(parts, _person(parts, staff_id))

    @blueprint.post("/<city>/staff/<int:staff_id>/change")
    @allowed("staff.manage")
    def change_staff(city: str, staff_id: int) -> Page:
        return _change(parts, _person(parts, staff_id))

    @blueprint.post("/<city>/staff/<int:staff_id>/disable")
    @allowed("staff.manage")
    def disable_staff(city: str, staff_id: int) -> Page:
        person = _person(parts, staff_id)
        done = "ログインできないようにしました。いまのログインも終わらせました。"
        if person.id == staff_member().id:
            return _person_page(parts, person, NOT_MYSELF)
        return _try(parts, person, lambda: parts.store.disable_staff(city, staff_id, _me()), done)

    @blueprint.post("/<city>/staff/<int:staff_id>/enable")
    @allowed("staff.manage")
    def enable_staff(city: str, staff_id: int) -> Page:
        person = _person(parts, staff_id)
        done = "また、ログインできるようにしました。"
        return _try(parts, person, lambda: parts.store.enable_staff(city, staff_id, _me()), done)

    @blueprint.post("/<city>/staff/<int:staff_id>/renew")
    @allowed("staff.manage")
    def renew_password(city: str, staff_id: int) -> Page:
        person = _person(parts, staff_id)
        if person.disabled:
            return _person_page(parts, person, "先に、ログインできるようにしてください。")
        return _link_page(parts, new_password(city, person.id), person.email)

    @blueprint.post("/<city>/staff/<int:staff_id>/reset-totp")
    @allowed("staff.manage")
    def reset_totp(city: str, staff_id: int) -> Page:
        person = _person(parts, staff_id)
        done = "二段階の確認を外しました。次のログインで、設定しなおしてもらってください。"
        return _try(parts, person, lambda: parts.store.clear_totp(city, staff_id, _me()), done)

    @blueprint.post("/<city>/staff/<int:staff_id>/end-sessions")
    @allowed("staff.manage")
    def end_staff_sessions(city: str, staff_id: int) -> Page:
        person = _person(parts, staff_id)
        done = "この人のログインを、すべて終わらせました。"
        return _try(parts, person, lambda: parts.store.revoke_sessions(city, staff_id, _me()), done)


def _me() -> str:
    return f"staff:{staff_member().id}"


def _person(parts: Parts, staff_id: int) -> Staff:
    found = parts.store.staff(staff_member().city, staff_id) if staff_id < 2**63 else None
    return found if found is not None else abort(404)


def _list_page(parts: Parts, problem: str = "") -> Page:
    city = staff_member().city
    page = render_template(
        "console/staff.html",
        people=parts.store.staff_list(city),
        invitations=parts.store.invitations(city),
        roles=ROLE_NOTES,
        departments=_departments(parts),
        role=request.form.get("role", "担当"),
        chosen=request.form.getlist("departments"),
        email=request.form.get("email", ""),
        problem=problem,
    )
    return (page, 422) if problem else page


def _person_page(parts: Parts, person: Staff, problem: str = "") -> Page:
    page = render_template(
        "console/staff_person.html",
        person=person,
        sessions=parts.store.sessions_of(person.city, person.id, parts.limits),
        roles=ROLE_NOTES,
        departments=[*_departments(parts), *(set(person.departments) - set(_departments(parts)))],
        role=request.form.get("role", person.role),
        chosen=request.form.getlist("departments") or person.departments,
        problem=problem,
    )
    return (page, 422) if problem else page


def _invite(parts: Parts) -> Page:
    email = one_line(request.form.get("email", ""))
    problem = email_problem(email) or _role_problem(parts)
    if problem:
        return _list_page(parts, problem)
    new = new_colleague(staff_member().city, email, _role(), tuple(_chosen(parts)))
    return _link_page(parts, new, email)


def _link_page(parts: Parts, new: NewInvitation, email: str) -> Page:
    """Shows the link once. Whoever invites hands it over on a way that they trust; it is kept hashed."""
    try:
        link = make_link(parts.store, parts.config.public_url, new, _me())
    except AccountConflict as conflict:
        if conflict.reason == "known":
            return _list_page(parts, "このメールアドレスの人は、もう登録されています。")
        abort(404)
    return render_template("console/invited.html", link=link, email=email, renew=new.kind == "renew")


def _change(parts: Parts, person: Staff) -> Page:
    problem = _role_problem(parts, person)
    if not problem and person.id == staff_member().id and _role() != person.role:
        problem = NOT_MYSELF
    if problem:
        return _person_page(parts, person, problem)
    departments = _chosen(parts, person)
    return _try(
        parts,
        person,
        lambda: parts.store.change_staff(person.city, person.id, _role(), departments, _me()),
        "役割と課を変えました。",
    )


def _try(parts: Parts, person: Staff, act: Callable[[], object], done: str) -> Page:
    try:
        act()
    except AccountConflict as conflict:
        return _person_page(parts, person, LAST_ADMIN if conflict.reason == "last_admin" else "先に変わっていました。")
    if person.id == staff_member().id and request.endpoint in ("console.reset_totp", "console.end_staff_sessions"):
        return redirect(url_for("console.login", city=person.city))
    gate.flash("done", f"{person.name}：{done}")
    return redirect(url_for("console.staff_page", city=person.city, staff_id=person.id))


def _departments(parts: Parts) -> list[str]:
    city = parts.city(staff_member().city)
    return [department.name for department in city.departments] if city else []


def _role() -> Role:
    """The role that was chosen; an unknown one is refused before this is asked."""
    role: Role = next(known for known in get_args(Role) if known == request.form.get("role"))
    return role


def _role_problem(parts: Parts, person: Staff | None = None) -> str:
    role = request.form.get("role", "")
    if role not in get_args(Role):
        return "役割を選んでください。"
    if role == "担当" and not _chosen(parts, person):
        return "「担当」の人には、課を1つ以上選んでください。その課の会話だけが見えます。"
    return ""


def _chosen(parts: Parts, person: Staff | None = None) -> list[str]:
    """The departments that were ticked, of those that the city has or the person had."""
    known = [*_departments(parts), *(person.departments if person else ())]
    return [name for name in dict.fromkeys(request.form.getlist("departments")) if name in known]
