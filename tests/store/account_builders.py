"""People with accounts in the store, their invitations and sessions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from store import Store
from store.records_accounts import AccountConflict, Limits, NewInvitation, NewSession, Role, Staff

LIMITS = Limits(idle=1800, absolute=43200)
_count = iter(range(1, 10_000))


def an_invitation(city: str = "demo", **changes: Any) -> NewInvitation:
    number = next(_count)
    fields: dict[str, Any] = {
        "kind": "invite",
        "token_hash": f"token-{number}",
        "id": f"id-{number}",
        "lasts": 3600,
        "email": f"p{number}@x.jp",
    }
    return NewInvitation(city, **{**fields, **changes})


def hire(store: Store, role: Role = "管理", city: str = "demo", email: str = "") -> Staff:
    kind = "invite" if store.has_staff(city) else "first"
    invitation = an_invitation(city, kind=kind, role=role, email=email or f"p{next(_count)}@x.jp")
    store.invite(invitation, "system")
    return store.accept_invitation(city, invitation.token_hash, "人", invitation.email, "hash")


def open_for(store: Store, person: Staff, token: str = "t", **changes: Any) -> None:
    fields: dict[str, Any] = {"id": f"s-{token}", "stage": "full", "way": "password", "agent": "Chrome"}
    store.open_session(NewSession(person.city, person.id, token_hash=token, **{**fields, **changes}))


def together(*acts: Callable[[], object]) -> list[object]:
    """Runs the acts at the same time; their results, or the reasons of their conflicts."""
    results: list[object] = [None] * len(acts)
    barrier = threading.Barrier(len(acts))

    def run(place: int) -> None:
        barrier.wait()
        try:
            results[place] = acts[place]()
        except AccountConflict as conflict:
            results[place] = conflict.reason

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def reason(act: Callable[[], object]) -> str:
    with pytest.raises(AccountConflict) as refused:
        act()
    return refused.value.reason
