"""How fast passwords may be tried, and by whom. See docs/console.md for what this means to staff and attackers.

A browser from which the person has logged in before is counted by itself. So nobody can take the way in from its
owner, however often they guess: guesses from elsewhere slow down only guesses from there. Many networks that guess at
one account are slowed more, each by itself: a network that was not wrong yet always has its one try, and the right
password passes there.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network

from handlers.console.cookies import digest
from handlers.widget.buckets import neighbourhood
from store import Store
from store.records_accounts import Brake
from store.staff_rows import folded

HOUR = 3600
GUESSED_AT = 100
"""So many wrong passwords for one account from browsers we do not know, and somebody is guessing from many networks.
(NIST SP 800-63B, 5.2.2: no more than 100 in a row without slowing down.)"""

WORTH_TELLING = 20
"""Fewer are the owner's own mistakes."""


def brakes(store: Store, city: str, email: str, staff_id: int, browser: str, address: str | None) -> list[Brake]:
    """What an attempt is counted under. `staff_id` is 0 for an account that does not exist, and makes no difference."""
    account = folded(email)
    if staff_id and browser and store.knows_device(city, staff_id, digest(browser)):
        return [Brake(_key("browser", account, digest(browser)), free=10, first=2, most=300, forget=12 * HOUR)]
    network, guessed = neighbourhood(address or ""), _guessed(account)
    own = Brake(_key("account", account, network), free=5, first=2, most=900, forget=12 * HOUR)
    if store.failed(city, guessed) >= GUESSED_AT:
        own = Brake(_key("guessed at", account, _wide(address or "")), free=1, first=30, most=HOUR, forget=24 * HOUR)
    # A town hall is one network; forty people may mistype in ten minutes.
    return [own, Brake(_key("network", network), free=40, first=2, most=60, forget=600), guessed]


def guesses(store: Store, city: str, email: str) -> int:
    """Wrong passwords for this account from browsers we do not know; forgotten after 12 hours without one."""
    return store.failed(city, _guessed(folded(email)))


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


def _guessed(account: str) -> Brake:
    """Counts, and never makes anybody wait."""
    return Brake(_key("guessed", account), free=10**9, first=0, most=0, forget=12 * HOUR)


def _wide(address: str) -> str:
    """The network around an address that one attacker may have whole: IPv4 by its /24, IPv6 by its /48."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


def _key(*parts: str) -> str:
    return digest("\n".join(parts))
