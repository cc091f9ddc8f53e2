"""How fast passwords may be tried, and by whom. See docs/console.md for what this means to staff and attackers.

A browser from which the person has logged in before is counted by itself. So nobody can take the way in from its
owner, however often they guess: guesses from elsewhere slow down only guesses from there.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.console.cookies import digest
from handlers.widget.buckets import neighbourhood
from store import Store
from store.records_accounts import Brake
from store.staff_rows import folded

HOUR = 3600


def brakes(store: Store, city: str, email: str, staff_id: int, browser: str, address: str | None) -> list[Brake]:
    """What an attempt is counted under. `staff_id` is 0 for an account that does not exist, and makes no difference."""
    account = folded(email)
    if staff_id and browser and store.knows_device(city, staff_id, digest(browser)):
        return [Brake(_key("browser", account, digest(browser)), free=10, first=2, most=300, forget=12 * HOUR)]
    network = neighbourhood(address or "")
    return [
        Brake(_key("account", account, network), free=5, first=2, most=900, forget=12 * HOUR),
        # A town hall is one network; forty people may mistype in ten minutes.
        Brake(_key("network", network), free=40, first=2, most=60, forget=600),
    ]


def sso_brake(address: str | None) -> Brake:
    """Starting single sign-ons costs the store a row each."""
    return Brake(_key("sso", neighbourhood(address or "")), free=60, first=2, most=60, forget=600)


def please_wait(seconds: int) -> str:
    """What whoever is slowed down reads."""
    minutes, rest = divmod(seconds, 60)
    words = f"{minutes}分{rest}秒" if minutes else f"{rest}秒"
    return f"まちがいが続いたので、{words}ほど待ってから、もういちどお試しください。"


def forgive(store: Store, city: str, counted: Sequence[Brake]) -> None:
    """After a success: the person's own count is gone, and the network's is one less."""
    if counted:
        store.forgive(city, counted[0].key, [brake.key for brake in counted[1:]])


def _key(*parts: str) -> str:
    return digest("\n".join(parts))
