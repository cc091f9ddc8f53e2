"""Puts the errands of an installation together, out of its settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from clients.line.content import LineContent
from clients.line.profile import LineProfiles
from clients.mail import MailServer
from clients.staff_webhook import StaffWebhook
from errands.names import Names
from errands.pictures import Pictures
from errands.rounds import Errand, Rounds
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
) -> Rounds:
    """What this process carries. `tokens`: LINE's access tokens by city; `rooms`: addresses by city and channel.

    Without a mail server and without rooms nobody is told, and no thread looks for it.
    """
    worker = f"{os.uname().nodename}-{os.getpid()}"
    telling = Telling(
        store,
        lambda city: _city(knowledge_of, city),
        MailServer(smtp_url, mail_from, SENDER_NAME) if smtp_url else None,
        {city: {channel: StaffWebhook(url) for channel, url in known.items()} for city, known in rooms.items()},
        own_templates=lambda city: cities_dir / city / TEMPLATES,
        console=public_url,
        worker=worker,
    )
    contents = {city: LineContent(token, data_host) for city, token in tokens.items()}
    profiles = {city: LineProfiles(token, api_host) for city, token in tokens.items()}
    errands = [
        Errand("pictures", Pictures(store, knowledge_of, contents, worker).fetch_once),
        Errand("names", Names(store, profiles).ask_once),
    ]
    if telling.anybody:
        errands += [
            Errand("plan-notices", telling.plan_once),
            Errand("mails", telling.mails_once),
            Errand("rooms", telling.rooms_once),
        ]
    return Rounds(errands)


def _city(knowledge_of: Callable[[str], Knowledge], city: str) -> City | None:
    """None for a city whose folder has gone while its residents still wait."""
    try:
        return knowledge_of(city).city
    except UnknownCity:
        return None
