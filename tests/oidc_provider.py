"""An OpenID provider on this machine, built with Authlib's server side: it checks the client's secret, the redirect,
PKCE and the one use of a code itself. Tests say who is logged in there, and what it should get wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "madoguchi-console", "a-secret-of-the-client"


@dataclass
class Client:
    """The one client that the provider knows."""

    redirect_uris: list[str] = field(default_factory=list)

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(sorted(set(scope.split()) & {"openid", "email", "profile"}))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, secret: str) -> bool:
        return secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code:
    """A code that waits to be exchanged."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Provider:
    """`person` is who is logged in at the provider; `wrong` are claims of the ID token that it gets wrong."""

    def __init__(self) -> None:
        self.issuer = ""
        self.client = Client()
        self.person: dict[str, Any] = {
            "sub": "subject-1",
            "email": "sato@city.example.jp",
            "email_verified": True,
            "name": "佐藤ハナ",
        }
        self.wrong: dict[str, Any] = {}
        self.mail_only_in_user_info = False
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.signs_with: Any = self.key
        self.codes: dict[str, Code] = {}
        self.app = Flask("oidc-provider")
        self.app.config["OAUTH2_SCOPES_SUPPORTED"] = ["openid", "email", "profile"]
        self._tokens: dict[str, str] = {}
        self._server = AuthorizationServer(self.app, self._client, self._keep)
        self._register()

    def change_key(self) -> None:
        """Providers change their keys from time to time."""
        self.key = self.signs_with = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})

    def _client(self, client_id: str) -> Client | None:
        return self.client if client_id == CLIENT_ID else None

    def _keep(self, token: dict[str, str], _request: Any) -> None:
        self._tokens[token["access_token"]] = token["scope"]

    def claims(self) -> dict[str, Any]:
        if self.mail_only_in_user_info:
            return {"sub": self.person["sub"]}
        return dict(self.person)

    def _register(self) -> None:
        provider = self

        class CodeGrant(grants.AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

            def save_authorization_code(self, code: str, request: Any) -> None:
                asked = request.payload.data
                provider.codes[code] = Code(
                    code,
                    request.payload.redirect_uri,
                    request.payload.scope,
                    asked.get("nonce", ""),
                    asked.get("code_challenge", ""),
                    asked.get("code_challenge_method", ""),
                )

            def query_authorization_code(self, code: str, client: Client) -> Code | None:
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code: Code) -> None:
                provider.codes.pop(authorization_code.code, None)

            def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
                return provider.person

        class Tokens(OpenIDCode):
            def exists_nonce(self, nonce: str, request: Any) -> bool:
                return any(code.nonce == nonce for code in provider.codes.values())

            def resolve_client_private_key(self, client: Client) -> Any:
                return provider.signs_with

            def get_client_claims(self, client: Client) -> dict[str, Any]:
                return {"iss": provider.issuer, "aud": [CLIENT_ID]}

            def get_encode_header(self, client: Client) -> dict[str, str]:
                return {"alg": "RS256", "kid": provider.signs_with.kid}

            def generate_user_info(self, user: Any, scope: str) -> UserInfo:
                # The last word over every claim: this is where a test makes the provider err.
                return UserInfo({**provider.claims(), **provider.wrong})

        self._server.register_grant(CodeGrant, [Tokens(require_nonce=True), CodeChallenge(required=True)])
        self._routes()

    def _routes(self) -> None:
        @self.app.get("/.well-known/openid-configuration")
        def discovery() -> Response:
            return jsonify(
                issuer=self.issuer,
                authorization_endpoint=f"{self.issuer}/authorize",
                token_endpoint=f"{self.issuer}/token",
                userinfo_endpoint=f"{self.issuer}/userinfo",
                jwks_uri=f"{self.issuer}/keys",
                token_endpoint_auth_methods_supported=["client_secret_basic"],
                code_challenge_methods_supported=["S256"],
            )

        @self.app.get("/keys")
        def keys() -> Response:
            return jsonify(KeySet([self.key]).as_dict(private=False))

        @self.app.get("/authorize")
        def authorize() -> Any:
            grant = self._server.get_consent_grant(end_user=self.person)
            return self._server.create_authorization_response(grant_user=self.person, grant=grant)

        @self.app.post("/token")
        def token() -> Any:
            return self._server.create_token_response()

        @self.app.get("/userinfo")
        def user_info() -> Any:
            _, _, given = request.headers.get("Authorization", "").partition(" ")
            return jsonify(self.person) if given in self._tokens else ("", 401)


@contextmanager
def a_provider() -> Iterator[Provider]:
    """The provider on a free port of this machine."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider.app, threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
