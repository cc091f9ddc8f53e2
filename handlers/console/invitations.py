"""Making an invitation: the token is in the link only, the store keeps its hash."""

from __future__ import annotations

from dataclasses import replace

from handlers.console.cookies import digest, new_token
from store import Store
from store.records_accounts import NewInvitation, Role

INVITATION_SECONDS = 72 * 3600


def new_colleague(city: str, email: str, role: Role, departments: tuple[str, ...]) -> NewInvitation:
    """An invitation for somebody who has no account yet."""
    return NewInvitation(city, "invite", "", "", INVITATION_SECONDS, email, role, departments)


def new_password(city: str, staff_id: int) -> NewInvitation:
    """A link with which somebody who has forgotten the password chooses another."""
    return NewInvitation(city, "renew", "", "", INVITATION_SECONDS, staff_id=staff_id)


def first_colleague(city: str) -> NewInvitation:
    """The link for the first account of a city, which is a 管理's."""
    return NewInvitation(city, "first", "", "", INVITATION_SECONDS, role="管理")


def make_link(store: Store, public_url: str, new: NewInvitation, who: str) -> str:
    """Keeps the invitation and gives its link, which is shown once. Raises `AccountConflict`."""
    token = new_token()
    store.invite(replace(new, token_hash=digest(token), id=new_token()[:12]), who)
    return f"{public_url}/console/{new.city}/invitation/{token}"
