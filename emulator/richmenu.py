"""Rich menus, their images and aliases, and who sees which. Called under the platform's lock."""

from __future__ import annotations

from dataclasses import dataclass, field

from emulator import ids
from emulator.content import Content
from emulator.model import Json

NO_ALIAS = "RICHMENU_ALIAS_ID_NOTFOUND"
NO_MENU = "RICHMENU_NOTFOUND"
SUCCESS = "SUCCESS"
MAX_MENUS = 1000
MAX_ALIASES = 1000


@dataclass(slots=True)
class Menus:
    """One channel's menus (id → menu object), images, aliases (alias → id), links (user → id) and the default."""

    menus: dict[str, Json] = field(default_factory=dict)
    images: dict[str, Content] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    default: str | None = None


class RichMenus:
    """The menus of every city."""

    def __init__(self) -> None:
        self._cities: dict[str, Menus] = {}

    def of(self, city: str) -> Menus:
        """A city's menus."""
        return self._cities.setdefault(city, Menus())

    def create(self, city: str, menu: Json) -> str:
        """Store a valid menu; its new ID."""
        rich_menu_id = f"richmenu-{ids.hex_id('')}"
        self.of(city).menus[rich_menu_id] = {"richMenuId": rich_menu_id, **menu}
        return rich_menu_id

    def delete(self, city: str, rich_menu_id: str) -> None:
        """Delete a menu with its image, links and default; aliases that point at it stay, dangling, as at LINE."""
        mine = self.of(city)
        mine.menus.pop(rich_menu_id, None)
        mine.images.pop(rich_menu_id, None)
        mine.links = {user: menu for user, menu in mine.links.items() if menu != rich_menu_id}
        mine.default = None if mine.default == rich_menu_id else mine.default

    def shown(self, city: str, user_id: str) -> Json | None:
        """The menu on this phone: its own before the default; only menus with an image are shown."""
        mine = self.of(city)
        for rich_menu_id in (mine.links.get(user_id), mine.default):
            if rich_menu_id in mine.menus and rich_menu_id in mine.images:
                return mine.menus[rich_menu_id]
        return None

    def switch(self, city: str, user_id: str, alias: str) -> str:
        """Carry out a `richmenuswitch` action; the status that the postback reports."""
        mine = self.of(city)
        if alias not in mine.aliases:
            return NO_ALIAS
        if mine.aliases[alias] not in mine.menus:
            return NO_MENU
        mine.links[user_id] = mine.aliases[alias]
        return SUCCESS
