"""Who owns a conversation, and how it may change hands: the one table, which everything else looks up.

The bot owns the talk of a resident who has no open case ("bot"; also again after "closed"). A case waits ("waiting")
until a member of staff takes it ("staff"); while staff own it the bot is silent. Plain data: knows no SQL, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

BACK = "handover:back"
"""The value of the button 「まどぐち（自動）にもどる」."""

State = Literal["bot", "waiting", "staff", "closed", "erased"]
Who = Literal["resident", "staff", "bot", "clock"]
Event = Literal[
    "asks",
    "writes",
    "cancels",
    "takes",
    "releases",
    "transfers",
    "replies",
    "closes",
    "ends",
    "idles",
    "returns",
    "apologises",
    "erases",
]
OPEN_STATES: Final[tuple[State, ...]] = ("waiting", "staff")


@dataclass(frozen=True, slots=True)
class Transition:
    """One thing that may happen. `says` is the wording key of what the resident is told then, "" for nothing.

    Where the bot itself answers the event (a resident `asks`, `writes`, `cancels` or `ends`) that is its reply; in all
    other cases the resident is told unasked: on LINE by push, in the widget through the open stream.
    """

    before: State
    event: Event
    who: Who
    after: State
    why: str
    says: str = ""


TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition("bot", "writes", "resident", "bot", "The bot answers."),
    Transition("bot", "asks", "resident", "waiting", "A case is opened for the department.", "reception"),
    Transition("bot", "erases", "resident", "bot", "There is no case to forget."),
    Transition("waiting", "writes", "resident", "waiting", "The words join the case.", "handover_waiting_added"),
    Transition(
        "waiting", "asks", "resident", "waiting", "One case at a time: no second one.", "handover_waiting_added"
    ),
    Transition("waiting", "cancels", "resident", "closed", "Wants the bot, or nothing.", "handover_returned_cancelled"),
    Transition("waiting", "takes", "staff", "staff", "The first to take it owns it.", "handover_taken"),
    Transition("waiting", "transfers", "staff", "waiting", "It came to the wrong window.", "handover_transferred"),
    Transition("waiting", "closes", "staff", "closed", "Nothing to answer in the talk.", "handover_returned_closed"),
    Transition("waiting", "apologises", "clock", "waiting", "Nobody came as promised: said once.", "handover_late"),
    Transition("waiting", "erases", "resident", "erased", "A wish to be forgotten goes first."),
    Transition("staff", "writes", "resident", "staff", "For staff to read; the bot is silent."),
    Transition("staff", "asks", "resident", "staff", "Somebody is there already; the bot is silent."),
    Transition("staff", "replies", "staff", "staff", "The owner's words, and nobody else's."),
    Transition("staff", "releases", "staff", "waiting", "The owner gives it back.", "handover_released"),
    Transition("staff", "transfers", "staff", "waiting", "Another department knows.", "handover_transferred"),
    Transition("staff", "closes", "staff", "closed", "Done; the bot is back.", "handover_returned_closed"),
    Transition("staff", "ends", "resident", "closed", "The resident has finished.", "handover_returned_ended"),
    Transition("staff", "idles", "clock", "staff", "Silent for long: a notice comes first.", "handover_idle_notice"),
    Transition("staff", "returns", "clock", "closed", "Silent after the notice, too.", "handover_returned_idle"),
    Transition("staff", "erases", "resident", "erased", "A wish to be forgotten goes first."),
    Transition("closed", "writes", "resident", "closed", "The bot answers; a thank-you opens nothing."),
    Transition("closed", "asks", "resident", "closed", "The closed case stays closed; a new one is opened."),
    Transition("closed", "erases", "resident", "erased", "What was asked is forgotten."),
)
_BY_STEP = {(step.before, step.event, step.who): step for step in TRANSITIONS}


def transition(before: State, event: Event, who: Who) -> Transition | None:
    """What `event`, done by `who`, makes of a case in the state `before`; None: it is not allowed."""
    return _BY_STEP.get((before, event, who))


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owned the conversation when something was decided. `version` counts the transitions of the case."""

    state: State = "bot"
    case_id: int = 0
    version: int = 0
    department: str = ""

    @property
    def mark(self) -> str:
        """The same as long as nobody has taken over: "" for the bot, else case and version."""
        return f"{self.case_id}:{self.version}" if self.case_id else ""


THE_BOT: Final = Owner()
