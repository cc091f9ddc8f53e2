"""Puts the errands of an installation together, out of its settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from clients.jma import JmaFeeds
from clients.line.client import LineClient
from clients.line.content import LineContent
from clients.line.insights import LineInsights
from clients.line.profile import LineProfiles
from clients.line.richmenu import LineRichMenus
from clients.mail import MailServer
from clients.staff_webhook import StaffWebhook
from errands.broadcast import Broadcast
from errands.feeds import Feeds, Town
from errands.insights import Insights
from errands.modes import Reminders
from errands.names import Names
from errands.notice_mails import NoticeMails
from errands.pictures import Pictures
from errands.rich_menus import RichMenus
from errands.rounds import Errand, Rounds
from errands.telegrams import Telegrams
from errands.telling import Telling
from faq.city import City
from faq.knowledge import Knowledge
from faq.library import UnknownCity
from store import Store

SENDER_NAME = "まどぐち"
TEMPLATES = "notify"
"""The folder of a city's own templates, below its content."""


def all_errands(
    store: Store,
    knowledge_of: Callable[[str], Knowledge],
    *,
    tokens: Mapping[str, str],
    api_host: str,
    data_host: str,
    smtp_url: str,
    mail_from: str,
    rooms: Mapping[str, Mapping[str, str]],
    cities_dir: Path,
    public_url: str,
    cities: Callable[[], Iterable[str]] = tuple,
    jma_feed_url: str = "",
) -> Rounds:
    """What this process carries. `tokens`: LINE's access tokens by city; `rooms`: addresses by city and channel.

    Without a mail server and without rooms nobody is told, and no thread looks for it. `jma_feed_url` "": no feed is
    asked, and none either while no city of `cities` has rules for telegrams.
    """
    worker = f"{os.uname().nodename}-{os.getpid()}"
    mail = MailServer(smtp_url, mail_from, SENDER_NAME) if smtp_url else None
    telling = Telling(
        store,
        lambda city: _city(knowledge_of, city),
        mail,
        {city: {channel: StaffWebhook(url) for channel, url in known.items()} for city, known in rooms.items()},
        own_templates=lambda city: cities_dir / city / TEMPLATES,
        console=public_url,
        worker=worker,
    )
    contents = {city: LineContent(token, data_host) for city, token in tokens.items()}
    counts = {city: LineInsights(token, api_host) for city, token in tokens.items()}
    profiles = {city: LineProfiles(token, api_host) for city, token in tokens.items()}
    errands = [
        Errand("pictures", Pictures(store, knowledge_of, contents, worker).fetch_once),
        Errand("names", Names(store, profiles).ask_once),
        Errand("notice-insights", Insights(store, counts, worker).ask_once),
    ]
    if mail is not None:
        mails = NoticeMails(store, mail, lambda city: _name(knowledge_of, city), worker)
        errands.append(Errand("notice-mails", mails.send_once))
    if telling.anybody:
        errands += [
            Errand("plan-notices", telling.plan_once),
            Errand("mails", telling.mails_once),
            Errand("rooms", telling.rooms_once),
        ]

    def towns() -> dict[str, Town]:
        return _towns(knowledge_of, cities())

    menus = {city: LineRichMenus(token, api_host, data_host) for city, token in tokens.items()}
    errands += [
        Errand("mode-reminders", Reminders(store, towns, telling.alarm).remind_once),
        Errand("rich-menus", RichMenus(store, knowledge_of, menus, worker).show_once),
    ]
    if jma_feed_url:
        jma = JmaFeeds(jma_feed_url)
        errands += [
            Errand("feeds", Feeds(store, jma, towns, telling.alarm, worker).poll_once),
            Errand("telegrams", Telegrams(store, jma, towns, telling.alarm, worker).read_once),
        ]
    return Rounds(errands)


def all_notices(
    store: Store,
    knowledge_of: Callable[[str], Knowledge],
    *,
    tokens: Mapping[str, str],
    api_host: str,
    public_url: str,
    by_mail: bool,
) -> Broadcast:
    """What carries notices to many. Its clients are its own: they belong to its loop.

    With a `public_url` links go through the page that counts them. `by_mail`: there is a mail server.
    """

    def mail_to(city: str) -> tuple[str, ...]:
        found = _city(knowledge_of, city) if by_mail else None
        return found.notices.mails if found else ()

    lines = {city: LineClient(token, api_host) for city, token in tokens.items()}
    return Broadcast(
        store,
        lines,
        lambda city, language: _name(knowledge_of, city, language),
        f"{os.uname().nodename}-{os.getpid()}",
        link_of=lambda city, number: f"{public_url}/n/{city}/{number}" if public_url else "",
        mail_to=mail_to,
    )


def _city(knowledge_of: Callable[[str], Knowledge], city: str) -> City | None:
    """None for a city whose folder has gone while its residents still wait."""
    try:
        return knowledge_of(city).city
    except UnknownCity:
        return None


def _name(knowledge_of: Callable[[str], Knowledge], city: str, language: str = "ja") -> str:
    found = _city(knowledge_of, city)
    return found.said(language) if found else city


def _towns(knowledge_of: Callable[[str], Knowledge], cities: Iterable[str]) -> dict[str, Town]:
    """The cities with a `disaster.yaml`, as they stand now."""
    found: dict[str, Town] = {}
    for city in cities:
        try:
            knowledge = knowledge_of(city)
        except UnknownCity:
            continue
        if knowledge.alerts is not None:
            found[city] = Town(knowledge.city, knowledge.alerts)
    return found
