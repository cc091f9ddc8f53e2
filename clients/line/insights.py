"""Asks LINE how many saw a notice and opened its link (Messaging API, "Get statistics per unit").

LINE counts by the names that were given to calls (aggregation units), a day late, and tells nothing below 20 people.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import urllib3

from clients.errors import ClientError

TIMEOUT = urllib3.Timeout(connect=3.0, read=10.0)


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """How many people saw it, and how many opened a link of it. None: fewer than 20, or LINE has not counted yet."""

    seen: int | None
    opened: int | None


class LineInsights:
    """One city's channel, for its statistics: 60 calls an hour are allowed. Safe to share between threads."""

    def __init__(self, access_token: str, host: str) -> None:
        self._host = host.rstrip("/")
        self._token = access_token
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=1, retries=False, timeout=TIMEOUT)

    def of_unit(self, unit: str, since: date, until: date) -> UnitCounts:
        """What LINE has counted from one day to another (in Japan, at most 30 days apart). Raises `ClientError`."""
        fields = {"customAggregationUnit": unit, "from": f"{since:%Y%m%d}", "to": f"{until:%Y%m%d}"}
        address = f"{self._host}/v2/bot/insight/message/event/aggregation"
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            answer = self._pool.request("GET", address, fields=fields, headers=headers, redirect=False)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ClientError(f"no insight: {type(error).__name__}") from None
        if answer.status != 200:
            permanent = answer.status in (400, 404)
            raise ClientError(f"status {answer.status}", permanent=permanent, status=answer.status)
        try:
            overview = json.loads(answer.data)["overview"]
            return UnitCounts(_count(overview.get("uniqueImpression")), _count(overview.get("uniqueClick")))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ClientError("not an insight") from None


def _count(told: Any) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None
