"""A command for people who run the service: who is told of residents who wait, and whether it arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from clients.errors import ClientError
from clients.mail import Letter, MailServer
from clients.staff_webhook import StaffWebhook
from config import Config
from errands.together import SENDER_NAME, TEMPLATES
from faq.city import City
from faq.handoff import HandoffRules
from faq.reader import read_city
from notify.staff import StaffNotice, Way
from notify.staff_text import BadTemplate, Words, mail_text, room_message, stable_id, words_of

TRIAL = "【試験】"
NOTE = "これは試しの知らせです。お待ちの方はいません。\n\n"
Reach = Callable[[StaffNotice, "Receiver"], None]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who is told. `target` is an address, or a room as `form/CHANNEL`."""

    way: Way
    target: str
    when: str


def tell_command(config_of: Callable[[], Config], city_folder: Callable[[str], Path]) -> click.Command:
    """`tell CITY [DEPARTMENT] [--send]`."""

    @click.command(help="お待ちの方がいるとき、その課のだれに知らせるかを見ます。--send で、試しに送ります。")
    @click.argument("city")
    @click.argument("department", default="")
    @click.option("--send", is_flag=True, help="「試験」と書いた知らせを、いま送ります。")
    def tell(city: str, department: str, send: bool) -> None:
        folder, config = city_folder(city), config_of()
        described, _ = read_city("city.yaml", (folder / "city.yaml").read_text(encoding="utf-8"))
        if described is None:
            raise click.ClickException(f"city.yaml を読めません。「app.py faq check {folder}」で確かめてください。")
        described = described.of_folder(city)
        name = department or described.default_department
        if name not in {one.name for one in described.departments}:
            raise click.ClickException(f"「{name}」という課は、city.yaml の departments にありません。")
        told = [_told(config, described, name, one, send) for one in _receivers(described.handoff_of(name))]
        if not all(told):
            count = told.count(False)
            raise click.ClickException(f"{count} か所に届きません。docs/runbooks/staff-not-told.md を見てください。")

    return tell


def _receivers(rules: HandoffRules) -> Iterator[Receiver]:
    if not rules.mails and not rules.webhook:
        click.echo("だれにも知らせません（city.yaml の notify に、あて先がありません）。")
    yield from (Receiver("mail", address, "すぐ") for address in rules.mails)
    if rules.webhook:
        room = f"{rules.webhook}/{rules.webhook_channel}" if rules.webhook_channel else rules.webhook
        yield Receiver("webhook", room, "すぐ")
    if rules.escalate_minutes:
        late = f"{rules.escalate_minutes}分たってもだれも引き受けないとき"
        yield from (Receiver("mail", address, late) for address in rules.escalate_mails)


def _told(config: Config, city: City, department: str, receiver: Receiver, send: bool) -> bool:
    """Whether this one can be told; with `send`, whether it has just worked. Says so in a line."""
    line = f"{'メール' if receiver.way == 'mail' else 'チャット'} {receiver.target}（{receiver.when}）"
    try:
        reach = _by_mail(config, city) if receiver.way == "mail" else _by_room(config, city, receiver)
        if send:
            reach(_trial(city, department, receiver), receiver)
    except (ClientError, BadTemplate) as error:
        click.echo(f"{line}: 届きません（{error}）")
        return False
    click.echo(f"{line}: {'送れました' if send else '送れる設定です'}")
    return True


def _by_mail(config: Config, city: City) -> Reach:
    if not config.smtp_url:
        raise ClientError("SMTP_URL がありません")
    server = MailServer(config.smtp_url, config.mail_from, SENDER_NAME)

    def send(notice: StaffNotice, receiver: Receiver) -> None:
        words = _words(config, notice, city.name)
        letter = Letter(receiver.target, words.title, f"{NOTE}{mail_text(words)}", _once(notice))
        server.send(letter, datetime.now(UTC))

    return send


def _by_room(config: Config, city: City, receiver: Receiver) -> Reach:
    form, _, channel = receiver.target.partition("/")
    url = config.staff_webhooks.get(city.id, {}).get(channel)
    if url is None:
        raise ClientError(f"STAFF_WEBHOOK_URL__…{'__' + channel if channel else ''} がありません")

    def send(notice: StaffNotice, _receiver: Receiver) -> None:
        own = config.cities_dir / city.id / TEMPLATES
        StaffWebhook(url).send(room_message(form, _words(config, notice, city.name), own), _once(notice))

    return send


def _words(config: Config, notice: StaffNotice, city_name: str) -> Words:
    return words_of(notice, city_name, config.public_url)


def _trial(city: City, department: str, receiver: Receiver) -> StaffNotice:
    name = f"{TRIAL}{department}"
    return StaffNotice(city.id, 0, "waiting", receiver.way, receiver.target, name, datetime.now(UTC))


def _once(notice: StaffNotice) -> str:
    """A trial is a notice of its own each time."""
    return f"{stable_id(notice)}-{notice.since.timestamp():.0f}"
