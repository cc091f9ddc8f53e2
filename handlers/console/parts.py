"""What the console's pages are made with, and the entries of its menu."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from config import Config
from faq.city import City
from faq.library import Library, UnknownCity
from handlers.console.keys import Keys
from handlers.console.passwords import Passwords
from handlers.console.permissions import may
from handlers.console.sign_on import SignOn
from handlers.widget.streams import Pace, Places
from store import Store
from store.records_accounts import Limits, Role


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu: shown to roles that have the permission, in the order of `place`."""

    endpoint: str
    label: str
    permission: str
    place: int


@dataclass(slots=True)
class Parts:
    """Handed to every page's `register(blueprint, parts)`, which may add its entry to `menu`.

    `clock` gives seconds since 1970 (for codes that change with time). `places` are the live streams that may be open
    in this process, shared with the widget; `pace` is theirs. `shared`: what several pages make once.
    """

    library: Library
    store: Store
    config: Config
    keys: Keys
    passwords: Passwords
    clock: Callable[[], float] = time.time
    sign_on: Mapping[str, SignOn] = field(default_factory=dict)
    sign_on_errors: tuple[type[Exception], ...] = ()
    places: Places = field(default_factory=lambda: Places(24))
    pace: Pace = field(default_factory=Pace)
    menu: list[MenuItem] = field(default_factory=list)
    shared: dict[str, Any] = field(default_factory=dict)

    @property
    def limits(self) -> Limits:
        return Limits(self.config.console.idle_seconds, self.config.console.session_seconds)

    @property
    def cities(self) -> Mapping[str, City]:
        """The cities whose knowledge can be read."""
        return {id: city for id in self.library.cities if (city := self.city(id)) is not None}

    def city(self, city: str) -> City | None:
        """None for an unknown city, and for one whose files cannot be read now: the console works without them."""
        try:
            return self.library.get(city).city
        except UnknownCity:
            return None

    def menu_of(self, role: Role) -> list[MenuItem]:
        return sorted((item for item in self.menu if may(role, item.permission)), key=lambda item: item.place)
