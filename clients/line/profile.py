"""Asks LINE how a resident calls themselves, for the staff who talk to them (Messaging API, "Get profile")."""

from __future__ import annotations

import json
from urllib.parse import quote

import urllib3

from clients.errors import ClientError

TIMEOUT = urllib3.Timeout(connect=3.0, read=3.0)


class LineProfiles:
    """One city's channel, for reading names. Safe to share between threads."""

    def __init__(self, access_token: str, host: str) -> None:
        self._host = host.rstrip("/")
        self._token = access_token
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=2, retries=False, timeout=TIMEOUT)

    def name_of(self, resident: str) -> str:
        """The display name, text of a stranger; "" for somebody whom LINE does not show. Raises `ClientError`."""
        address = f"{self._host}/v2/bot/profile/{quote(resident, safe='')}"
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            answer = self._pool.request("GET", address, headers=headers, redirect=False)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ClientError(f"no profile: {type(error).__name__}") from None
        if answer.status in (400, 404):  # blocked the account, or never was a friend
            return ""
        if answer.status != 200:
            raise ClientError(f"status {answer.status}", status=answer.status)
        try:
            name = json.loads(answer.data)["displayName"]
        except (ValueError, KeyError, TypeError):
            return ""
        return name if isinstance(name, str) else ""
