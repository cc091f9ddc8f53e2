"""Faults to order: the platform misbehaves as the real one sometimes does, on call or by chance."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["timeout", "slow", "rate_limited", "server_error", "server_error_after_accept", "drop_after_accept"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(slots=True)
class Fault:
    """One misbehaviour of one endpoint ("*" for all), `count` times or (None) until cleared.

    - `timeout`: nothing is accepted; silence for `seconds`, then the connection ends.
    - `slow`: `seconds` pass before the request is looked at.
    - `rate_limited`, `server_error`: 429, 500; nothing is accepted.
    - `server_error_after_accept`: the request is carried out, the answer is 500.
    - `drop_after_accept`: the request is carried out; silence for `seconds`, then the connection ends.
    """

    endpoint: str
    kind: Kind
    count: int | None = 1
    probability: float = 1.0
    seconds: float = 0.0
    city: str | None = None


class Faults:
    """The faults in force, oldest first; the first that matches and whose die falls is used."""

    def __init__(self, seed: int | None = None) -> None:
        self._faults: list[Fault] = []
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def add(
        self,
        endpoint: str,
        kind: Kind,
        *,
        count: int | None = 1,
        probability: float = 1.0,
        seconds: float = 0.0,
        city: str | None = None,
    ) -> None:
        """Order a fault; see `Fault`."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; one of {', '.join(KINDS)}")
        with self._lock:
            self._faults.append(Fault(endpoint, kind, count, probability, seconds, city))

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._faults.clear()

    def pick(self, city: str, endpoint: str) -> Fault | None:
        """The fault that this call meets, if any; a counted one is used up by it."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if self._meets(fault, city, endpoint):
                    self._use(fault)
                    return fault
        return None

    def _meets(self, fault: Fault, city: str, endpoint: str) -> bool:
        return (
            fault.endpoint in ("*", endpoint)
            and fault.city in (None, city)
            and (fault.probability >= 1.0 or self._random.random() < fault.probability)
        )

    def _use(self, fault: Fault) -> None:
        if fault.count is None:
            return
        fault.count -= 1
        if fault.count <= 0:
            self._faults.remove(fault)
