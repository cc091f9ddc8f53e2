"""Rich menus of one LINE channel: made once with their picture, shown to everybody by pointing an alias at them.

An image cannot be replaced at LINE, so another picture is another menu. LINE allows 100 new menus an hour.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote

import urllib3

from clients.errors import ClientError

TIMEOUT: Final = urllib3.Timeout(connect=3.0, read=10.0)


class LineRichMenus:
    """One city's channel, for its menus. Safe to share between threads. Everything raises `ClientError`."""

    def __init__(self, access_token: str, host: str, data_host: str) -> None:
        self._host = host.rstrip("/")
        self._data_host = data_host.rstrip("/")
        self._token = access_token
        self._pool = urllib3.PoolManager(num_pools=2, maxsize=2, retries=False, timeout=TIMEOUT)

    def create(self, menu: Mapping[str, Any], png: bytes) -> str:
        """A new menu with its picture; LINE's id of it."""
        made = str(self._call("POST", f"{self._host}/v2/bot/richmenu", menu).get("richMenuId", ""))
        if not made:
            raise ClientError("no id of the rich menu")
        address = f"{self._data_host}/v2/bot/richmenu/{quote(made, safe='')}/content"
        try:
            self._send("POST", address, png, "image/png")
        except ClientError:
            # One without a picture is of no use, and LINE keeps 1,000 at the most.
            with suppress(ClientError):
                self.delete(made)
            raise
        return made

    def exists(self, menu: str) -> bool:
        """Whether LINE still has it: somebody may have deleted it there."""
        try:
            self._call("GET", f"{self._host}/v2/bot/richmenu/{quote(menu, safe='')}")
        except ClientError as error:
            if error.status == 404:
                return False
            raise
        return True

    def point(self, alias: str, menu: str) -> None:
        """Lets the alias stand for this menu from now on, for everybody at once."""
        try:
            self._call("POST", f"{self._host}/v2/bot/richmenu/alias/{quote(alias, safe='')}", {"richMenuId": menu})
        except ClientError as error:
            if error.status not in (400, 404):
                raise
            self._call("POST", f"{self._host}/v2/bot/richmenu/alias", {"richMenuAliasId": alias, "richMenuId": menu})

    def show(self, menu: str) -> None:
        """Everybody without a menu of their own sees this one."""
        self._call("POST", f"{self._host}/v2/bot/user/all/richmenu/{quote(menu, safe='')}")

    def delete(self, menu: str) -> None:
        """Takes a menu away; one that is not there is no error."""
        try:
            self._call("DELETE", f"{self._host}/v2/bot/richmenu/{quote(menu, safe='')}")
        except ClientError as error:
            if error.status != 404:
                raise

    def _call(self, method: str, address: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        answer = self._send(method, address, content, "application/json")
        try:
            said = json.loads(answer or b"{}")
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    def _send(self, method: str, address: str, body: bytes | None, mime: str) -> bytes:
        headers = {"Authorization": f"Bearer {self._token}", **({"Content-Type": mime} if body is not None else {})}
        try:
            answer = self._pool.request(method, address, body=body, headers=headers, redirect=False)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ClientError(f"no answer: {type(error).__name__}", fate_unknown=True) from None
        if answer.status != 200:
            lasting = 400 <= answer.status < 500 and answer.status not in (401, 403, 429)
            raise ClientError(f"status {answer.status}", permanent=lasting, status=answer.status)
        return answer.data
