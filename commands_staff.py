"""Commands for whoever runs the machine: let the first person in, help when nobody can log in, check the audit log."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, TypeVar, get_args

import click

from config import Config
from handlers.console.audit_words import as_csv
from handlers.console.invitation_pages import email_problem, one_line
from handlers.console.invitations import first_colleague, make_link, new_colleague, new_password
from store import Store
from store.records_accounts import AccountConflict, AuditCheck, NewInvitation, Role, Staff

OpenStore = Callable[[], AbstractContextManager[Store]]
KnownCity = Callable[[str], Path]
Result = TypeVar("Result")
CONFLICTS = {
    "known": "このメールアドレスの人は、もう登録されています。",
    "gone": "その人は見つかりません。「staff list」で確かめてください。",
    "last_admin": "最後の「管理」の人です。先に、ほかの人を「管理」にしてください。",
    "not_first": "この市には、もう職員がいます。「staff invite」か「staff new-link」を使ってください。",
    "taken": "ほかの人と結ばれています。",
}


def staff_commands(open_store: OpenStore, config: Callable[[], Config], known_city: KnownCity) -> click.Group:
    """`staff first-link|list|invite|new-link|disable|enable|reset-totp`: accounts without the console."""

    @click.group(help="職員のアカウント：はじめの1人を作る、招く、止める。")
    def staff() -> None:
        pass

    def show_link(new: NewInvitation) -> None:
        with open_store() as store:
            link = _tried(lambda: make_link(store, config().public_url, new, who_types()))
        click.echo(link)
        click.echo("1回だけ、72時間のうちに使えます。本人だけに届く方法で渡してください。", err=True)

    @staff.command("first-link", help="職員がまだいない市の、はじめの「管理」を作るリンクを出します。")
    @click.argument("city")
    def first_link(city: str) -> None:
        known_city(city)
        show_link(first_colleague(city))

    @staff.command("list", help="職員の一覧です。")
    @click.argument("city")
    def list_staff(city: str) -> None:
        known_city(city)
        with open_store() as store:
            people = store.staff_list(city)
        for person in people:
            click.echo(_line(person))
        if not people:
            click.echo(f"{city}: 職員はまだいません。「staff first-link {city}」で、はじめの1人を作れます。", err=True)

    @staff.command(help="職員を招くリンクを出します。")
    @click.argument("city")
    @click.argument("email")
    @click.option("--role", type=click.Choice(get_args(Role)), required=True, help="役割")
    @click.option("--department", "departments", multiple=True, help="課（くり返して書けます）")
    def invite(city: str, email: str, role: Role, departments: Sequence[str]) -> None:
        known_city(city)
        address = one_line(email)
        if problem := email_problem(address):
            raise click.ClickException(problem)
        show_link(new_colleague(city, address, role, tuple(departments)))

    @staff.command("new-link", help="パスワードを決めなおすリンクを出します。")
    @click.argument("city")
    @click.argument("email")
    def new_link(city: str, email: str) -> None:
        known_city(city)
        with open_store() as store:
            person = _found(store, city, email)
        show_link(new_password(city, person.id))

    def changing(name: str, help_text: str, act: Callable[[Store, Staff], None], done: str) -> None:
        @staff.command(name, help=help_text)
        @click.argument("city")
        @click.argument("email")
        def change(city: str, email: str) -> None:
            known_city(city)
            with open_store() as store:
                person = _found(store, city, email)
                _tried(lambda: act(store, person))
            click.echo(f"{person.name}（{person.email}）：{done}")

    changing(
        "disable",
        "ログインできなくします（記録は残ります）。",
        lambda store, person: store.disable_staff(person.city, person.id, who_types()),
        "ログインできなくしました。",
    )
    changing(
        "enable",
        "また、ログインできるようにします。",
        lambda store, person: store.enable_staff(person.city, person.id, who_types()),
        "ログインできるようにしました。",
    )
    changing(
        "reset-totp",
        "二段階の確認（TOTP）を外します。電話をなくした人のためです。",
        lambda store, person: store.clear_totp(person.city, person.id, who_types()),
        "二段階の確認を外しました。次のログインで設定しなおします。",
    )
    return staff


def audit_commands(open_store: OpenStore, cities: Callable[[], tuple[str, ...]], known_city: KnownCity) -> click.Group:
    """`audit verify|export`: whether the log is whole, and the log as a file."""

    @click.group(help="操作の記録（監査ログ）を確かめ、書き出します。")
    def audit() -> None:
        pass

    @audit.command(help="記録のつながりを確かめます。市を書かなければ、すべての市。こわれていれば 1 で終わります。")
    @click.argument("city", required=False)
    @click.option(
        "--head", metavar="番号:ハッシュ", help="前に控えた終わりの行。そこまで変わっていないことも確かめます"
    )
    def verify(city: str | None, head: str | None) -> None:
        if head and not city:
            raise click.ClickException("--head は、市を書いたときだけ使えます。")
        noted = _head(head) if head else None
        if city:
            known_city(city)
        with open_store() as store:
            checks = [store.audit_verify(name, noted) for name in ((city,) if city else cities())]
        for check in checks:
            click.echo(_said(check))
        if any(check.broken_at for check in checks):
            raise SystemExit(1)

    @audit.command(help="市の記録を CSV に書き出します（Excel で開けます）。")
    @click.argument("city")
    @click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
    def export(city: str, path: Path) -> None:
        known_city(city)
        if path.exists():
            raise click.ClickException(f"{path} は、もうあります。別の名前を書いてください。")
        with open_store() as store:
            store.audit(city, who_types(), "audit.exported", "audit", {"to": "file"})
            names = {person.id: person.name for person in store.staff_list(city)}
            try:
                with _for_me_alone(path) as file:
                    file.writelines(as_csv(store.audit_all(city), names))
            except OSError as error:
                raise click.ClickException(f"{path} に書けません（{error.strerror}）。") from error
        click.echo(f"{path} に書きました。")

    return audit


def _for_me_alone(path: Path) -> IO[str]:
    """Names of staff are in it: nobody else on the machine reads it."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline="")


def who_types() -> str:
    """Whoever typed the command, for the log."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:?"


def _found(store: Store, city: str, email: str) -> Staff:
    person = store.staff_by_email(city, email)
    if person is None:
        raise click.ClickException(CONFLICTS["gone"])
    return person


def _tried(act: Callable[[], Result]) -> Result:
    try:
        return act()
    except AccountConflict as conflict:
        raise click.ClickException(CONFLICTS[conflict.reason]) from conflict


def _line(person: Staff) -> str:
    state = "止めています" if person.disabled else "使えます"
    second = "二段階" if person.totp else "-"
    return "\t".join(
        (str(person.id), person.email, person.name, person.role, "、".join(person.departments) or "-", second, state)
    )


def _head(text: str) -> tuple[int, str]:
    number, _, hashed = text.partition(":")
    if not (number.isascii() and number.isdigit() and hashed):
        raise click.ClickException("--head は、audit verify が前に出した「番号:ハッシュ」の形で書いてください。")
    return int(number), hashed


def _said(check: AuditCheck) -> str:
    if check.broken_at:
        good = f"その前の {check.rows} 行は正しいです。"
        return f"{check.city}: {check.broken_at} 行目がおかしいです（{check.problem}）。{good}"
    if not check.rows:
        return f"{check.city}: 記録はまだありません。"
    return f"{check.city}: {check.rows} 行、すべて正しくつながっています。終わりの行 {check.rows}:{check.last_hash}"
