"""How a department takes residents who ask for a person: by chat or not, how many, for how long, and who is told.

`city.yaml` says it for the whole city (`handoff`) and again for a department where that differs; field by field, what
the department leaves out is the city's. No secret stands in a city's files: the address of a webhook comes from the
environment, and YAML only names its kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

from pydantic import Field, StringConstraints

from faq.entry import Strict
from faq.yes_no import YesNo

_Value = TypeVar("_Value")

# No blank, comma, bracket or quote: an address must stay one address in the header of a mail.
MailAddress = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^\s@,;:<>()\"']+@[A-Za-z0-9.-]+$")
]
MailAddresses = Annotated[tuple[MailAddress, ...], Field(max_length=20)]
Webhook = Annotated[str, StringConstraints(pattern=r"^(なし|teams|slack|logo|[a-z0-9][a-z0-9_-]{0,59}\.json)$")]
WebhookChannel = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]
Waiting = Annotated[int, Field(ge=1, le=500)]
Minutes = Annotated[int, Field(ge=0, le=1440)]

MAX_WAITING: Final = 20
IDLE_MINUTES: Final = 20
ESCALATE_MINUTES: Final = 30
NO_WEBHOOK: Final = "なし"


class Notify(Strict):
    """Who is told of a waiting resident, never with the resident's words. An empty list: nobody.

    `webhook` is the form of the message: `teams`, `slack`, `logo` (LoGoチャット), or a template of the city's own, the
    file `notify/<name>.json` in its folder; `なし` where the city has one and the department wants none. Its address
    is read from the environment: `STAFF_WEBHOOK_URL__<CITY>`, and where a `webhook_channel` is named,
    `STAFF_WEBHOOK_URL__<CITY>__<CHANNEL>`. `escalate_mails` are told when nobody has taken a case in time.
    """

    mails: MailAddresses | None = None
    webhook: Webhook | None = None
    webhook_channel: WebhookChannel | None = None
    escalate_mails: MailAddresses | None = None


class Handoff(Strict):
    """What a city or a department says; None leaves it to the city, and to the defaults above.

    `max_waiting`: how many may wait at once while the window is open. `idle_minutes`: after so long without an answer
    of the resident to the staff's last words, the talk goes back to the bot (0: never by itself).
    `escalate_minutes`: after so long that nobody took a case, `escalate_mails` are told (0: never).
    """

    chat: YesNo | None = None
    max_waiting: Waiting | None = None
    idle_minutes: Minutes | None = None
    escalate_minutes: Minutes | None = None
    notify: Notify = Notify()


@dataclass(frozen=True, slots=True)
class HandoffRules:
    """What holds for one department. `webhook` "": none; minutes of 0: never."""

    chat: bool = True
    max_waiting: int = MAX_WAITING
    idle_minutes: int = IDLE_MINUTES
    escalate_minutes: int = ESCALATE_MINUTES
    mails: tuple[str, ...] = ()
    webhook: str = ""
    webhook_channel: str = ""
    escalate_mails: tuple[str, ...] = ()


def rules_of(city: Handoff, department: Handoff) -> HandoffRules:
    """The department's word first, then the city's, then the default."""
    here, there = department.notify, city.notify
    webhook = _first(here.webhook, there.webhook, "")
    # A channel belongs to the webhook beside which it was written.
    channel = here.webhook_channel if here.webhook else _first(here.webhook_channel, there.webhook_channel, "")
    return HandoffRules(
        chat=_first(department.chat, city.chat, True),
        max_waiting=_first(department.max_waiting, city.max_waiting, MAX_WAITING),
        idle_minutes=_first(department.idle_minutes, city.idle_minutes, IDLE_MINUTES),
        escalate_minutes=_first(department.escalate_minutes, city.escalate_minutes, ESCALATE_MINUTES),
        mails=_first(here.mails, there.mails, ()),
        webhook="" if webhook == NO_WEBHOOK else webhook,
        webhook_channel=channel or "",
        escalate_mails=_first(here.escalate_mails, there.escalate_mails, ()),
    )


def _first(here: _Value | None, there: _Value | None, otherwise: _Value) -> _Value:
    if here is not None:
        return here
    return otherwise if there is None else there
