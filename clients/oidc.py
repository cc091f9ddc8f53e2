"""Single sign-on: asks a city's identity provider who somebody is (OpenID Connect Core 1.0, code flow with PKCE).

Authlib makes the requests and checks the claims, joserfc the signatures. What is taken: a code bound to our verifier
(RFC 7636, S256), an ID token signed with a public key of the provider, for us (`aud`, `azp`), of this login (`nonce`),
not expired, from this issuer; the discovery document must name the issuer it was asked for.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from clients.errors import ClientError

TIMEOUT: Final = (3.0, 5.0)
"""Seconds to connect and to wait: a person is looking at the page."""

KEPT_SECONDS: Final = 3600.0
LEEWAY_SECONDS: Final = 60
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a public key. `none` and those with our own client secret are refused whatever the token says."""

SCOPE: Final = "openid email profile"
Json = Mapping[str, Any]


class OidcError(ClientError):
    """The sign-on did not succeed. `reason` is a short English phrase for the log: no token, no name, no mail."""

    def __init__(self, reason: str, *, permanent: bool = True) -> None:
        super().__init__(reason, permanent=permanent)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider vouches for. `email` may be any text unless `email_verified`."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str


class OidcClient:
    """One city's provider. Its addresses and keys are read when first needed and kept for an hour."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._lock = threading.Lock()
        self._about: tuple[float, Json] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def start(self, redirect_uri: str, state: str, nonce: str) -> tuple[str, str]:
        """(where to send the browser, the PKCE verifier to keep). Raises `OidcError`."""
        verifier = secrets.token_urlsafe(48)
        with self._session(redirect_uri) as session:
            address, _ = session.create_authorization_url(
                self._endpoint("authorization_endpoint"), state=state, nonce=nonce, code_verifier=verifier
            )
        return str(address), verifier

    def finish(self, redirect_uri: str, code: str, verifier: str, nonce: str) -> Person:
        """Who has come back with this code. Raises `OidcError`."""
        try:
            with self._session(redirect_uri) as session:
                token = session.fetch_token(
                    self._endpoint("token_endpoint"), code=code, code_verifier=verifier, timeout=TIMEOUT
                )
                claims = self._claims(token, nonce)
                about = self._user_info(session, claims)
        except OAuthError as error:
            raise OidcError("the provider refused the code") from error
        except requests.RequestException as error:
            raise OidcError("the provider does not answer", permanent=False) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise OidcError("an answer of the provider is not understood") from error
        return Person(
            self.issuer,
            str(claims["sub"]),
            str(about.get("email") or ""),
            about.get("email_verified") in (True, "true"),
            str(about.get("name") or ""),
        )

    def _session(self, redirect_uri: str) -> OAuth2Session:
        return OAuth2Session(
            self._client_id,
            self._client_secret,
            scope=SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method=self._authentication(),
        )

    def _authentication(self) -> Literal["client_secret_basic", "client_secret_post"]:
        """How we prove to the provider who we are; the first one is the standard's default."""
        offered = self._discovered().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"

    def _claims(self, token: Json, nonce: str) -> CodeIDToken:
        """The verified content of the ID token."""
        raw = token.get("id_token")
        if not isinstance(raw, str):
            raise OidcError("there is no ID token")
        try:
            signed = self._verified(raw)
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                options={
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self._client_id},
                },
                params={
                    "nonce": nonce,
                    "client_id": self._client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(self._clock()), leeway=LEEWAY_SECONDS)
        except JoseError as error:
            raise OidcError(f"the ID token was refused: {error.error}") from error
        return claims

    def _verified(self, raw: str) -> jwt.Token:
        """Checks the signature; the keys are asked for anew once, because providers change them."""
        try:
            return jwt.decode(raw, self._key_set(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            return jwt.decode(raw, self._key_set(fresh=True), algorithms=ALGORITHMS)

    def _user_info(self, session: OAuth2Session, claims: CodeIDToken) -> Json:
        """The ID token, or where it names no mail, what the provider tells about the same subject."""
        if claims.get("email") or not self._discovered().get("userinfo_endpoint"):
            told: Json = dict(claims)
            return told
        answer = session.get(self._endpoint("userinfo_endpoint"), timeout=TIMEOUT)
        answer.raise_for_status()
        told = answer.json()
        if told.get("sub") != claims["sub"]:
            raise OidcError("the user info is about somebody else")
        return told

    def _endpoint(self, name: str) -> str:
        address = self._discovered().get(name)
        if not isinstance(address, str) or not as_safe_as(self.issuer, address):
            raise OidcError(f"the provider names no usable {name}")
        return address

    def _discovered(self) -> Json:
        with self._lock:
            if self._about is None or self._clock() - self._about[0] > KEPT_SECONDS:
                about = self._fetch(f"{self.issuer}/.well-known/openid-configuration")
                if about.get("issuer", "").rstrip("/") != self.issuer:
                    raise OidcError("the provider is another one than was asked for")
                self._about = (self._clock(), about)
            return self._about[1]

    def _key_set(self, *, fresh: bool = False) -> KeySet:
        address = self._endpoint("jwks_uri")
        with self._lock:
            if fresh or self._keys is None or self._clock() - self._keys[0] > KEPT_SECONDS:
                keys = self._fetch(address)
                self._keys = (self._clock(), KeySet.import_key_set(keys))  # type: ignore[arg-type]
            return self._keys[1]

    def _fetch(self, address: str) -> Json:
        try:
            answer = requests.get(address, timeout=TIMEOUT)
            answer.raise_for_status()
            told = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise OidcError("the provider does not answer", permanent=False) from error
        if not isinstance(told, dict):
            raise OidcError("an answer of the provider is not understood")
        return told


def as_safe_as(issuer: str, address: str) -> bool:
    """A provider under https names no address without it; only one on this machine may."""
    return address.startswith("https://") or (issuer.startswith("http://") and address.startswith("http://"))
