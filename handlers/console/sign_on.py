"""What the console needs of an identity provider's client; `app.py` hands in `clients.oidc`."""

from __future__ import annotations

from typing import Protocol


class SignedOn(Protocol):
    """Whom a provider vouches for (`clients.oidc.Person`)."""

    @property
    def issuer(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def email_verified(self) -> bool: ...
    @property
    def name(self) -> str: ...


class SignOn(Protocol):
    """A city's provider (`clients.oidc.OidcClient`). Both raise an exception with a `reason` when they fail."""

    def start(self, redirect_uri: str, state: str, nonce: str) -> tuple[str, str]: ...
    def finish(self, redirect_uri: str, code: str, verifier: str, nonce: str) -> SignedOn: ...
