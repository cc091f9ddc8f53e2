"""Single sign-on against an OpenID provider that runs beside the test, with real requests between the two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from clients.oidc import OidcClient, OidcError, as_safe_as
from config import ConfigError, read_config
from faq.library import Library
from handlers.console import console_blueprint
from handlers.public.front import register_front
from store import Store
from store.records_accounts import NewInvitation
from tests.console_site import _QUICK as QUICK
from tests.console_site import PASSWORD, ConsoleSite, Visitor, a_config
from tests.databases import Clock
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, a_provider

CALLBACK = "/console/test/sso/callback"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with a_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    """The provider, doing everything right, for 佐藤ハナ."""
    running.client.redirect_uris = [f"http://localhost{CALLBACK}"]
    running.person = {
        "sub": "subject-1",
        "email": "sato@city.example.jp",
        "email_verified": True,
        "name": "佐藤ハナ",
    }
    running.wrong = {}
    running.mail_only_in_user_info = False
    running.signs_with = running.key
    return running


@pytest.fixture
def signing(provider: Provider, one_store: Store, city_library: Library, tmp_path: Path, clock: Clock) -> ConsoleSite:
    """A console whose 試験市 logs in at the provider."""
    config = a_config(tmp_path)
    client = OidcClient(provider.issuer, CLIENT_ID, CLIENT_SECRET)
    app = Flask("console", static_folder=None)
    app.register_blueprint(
        console_blueprint(
            city_library,
            one_store,
            config,
            passwords=QUICK,
            clock=clock,
            sign_on={"test": client},
            sign_on_errors=(OidcError,),
        )
    )
    register_front(app, city_library, config)
    return ConsoleSite(app, one_store, city_library, config, clock)


def sent_back(visitor: Visitor, path: str = "/sso") -> str:
    """Starts at the console, passes the provider as a browser would, and gives the address that it sends back to."""
    start = visitor.get(path)
    assert start.status_code == 302, start.text
    answer = requests.get(start.headers["Location"], allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    address = urlsplit(answer.headers["Location"])
    return f"{address.path}?{address.query}"


def sign_on(visitor: Visitor, path: str = "/sso") -> TestResponse:
    return visitor.get(sent_back(visitor, path))


def test_who_is_known_by_mail_logs_in_and_comes_to_the_page_asked_for(signing: ConsoleSite) -> None:
    person = signing.hire("管理", email="sato@city.example.jp")
    visitor = signing.visitor()

    done = sign_on(visitor, "/sso?next=/console/test/staff")

    assert done.headers["Location"] == "/console/test/staff"
    assert visitor.logged_in()
    linked = signing.store.staff("test", person.id)
    assert linked is not None
    assert linked.sso


def test_the_console_asks_as_the_standard_wants(signing: ConsoleSite) -> None:
    signing.hire("管理", email="sato@city.example.jp")

    address = urlsplit(signing.visitor().get("/sso").headers["Location"])
    asked = {name: value for name, (value,) in parse_qs(address.query).items()}

    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid email profile"
    assert len(asked["code_challenge"]) == len(asked["state"]) == len(asked["nonce"]) == 43
    assert CLIENT_SECRET not in address.query


def test_once_linked_the_subject_counts_and_not_the_mail(signing: ConsoleSite, provider: Provider) -> None:
    signing.hire("管理", email="sato@city.example.jp")
    sign_on(signing.visitor())
    provider.person |= {"email": "suzuki@city.example.jp", "email_verified": False}
    visitor = signing.visitor()

    sign_on(visitor)

    assert visitor.logged_in()


def test_somebody_else_with_the_same_mail_does_not_get_a_linked_account(
    signing: ConsoleSite, provider: Provider
) -> None:
    signing.hire("管理", email="sato@city.example.jp")
    sign_on(signing.visitor())
    provider.person["sub"] = "subject-2"
    visitor = signing.visitor()

    assert sign_on(visitor).status_code == 403
    assert not visitor.logged_in()


def test_who_was_invited_joins_without_a_password(signing: ConsoleSite) -> None:
    signing.hire("管理")
    invitation = NewInvitation("test", "invite", "h" * 64, "i", 3600, "sato@city.example.jp", "担当", ("市民課",))
    signing.store.invite(invitation, "staff:1")
    visitor = signing.visitor()

    sign_on(visitor)

    joined = signing.store.staff_by_email("test", "sato@city.example.jp")
    assert visitor.logged_in()
    assert joined is not None
    assert (joined.name, joined.role, joined.password) == ("佐藤ハナ", "担当", False)
    assert signing.visitor().login("sato@city.example.jp", "").status_code == 422


def test_nobody_else_gets_an_account(signing: ConsoleSite) -> None:
    signing.hire("管理")
    visitor = signing.visitor()

    refused = sign_on(visitor)

    assert refused.status_code == 403
    assert "招待を頼んでください" in refused.text
    assert len(signing.store.staff_list("test")) == 1


@pytest.mark.parametrize("verified", [False, None, "yes"])
def test_a_mail_that_is_not_verified_is_refused(signing: ConsoleSite, provider: Provider, verified: object) -> None:
    signing.hire("管理", email="sato@city.example.jp")
    provider.person["email_verified"] = verified
    visitor = signing.visitor()

    assert sign_on(visitor).status_code == 403
    assert not visitor.logged_in()


def test_who_was_stopped_stays_out(signing: ConsoleSite) -> None:
    signing.hire("管理")
    person = signing.hire("担当", email="sato@city.example.jp")
    signing.store.disable_staff("test", person.id, "system")
    visitor = signing.visitor()

    assert sign_on(visitor).status_code == 403
    assert not visitor.logged_in()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        pytest.param({"nonce": "of-another-login"}, "invalid_claim", id="nonce"),
        pytest.param({"aud": ["another-client"]}, "invalid_claim", id="audience"),
        pytest.param({"aud": [CLIENT_ID, "another"], "azp": "another"}, "invalid_claim", id="authorized party"),
        pytest.param({"exp": 1_000_000_000}, "expired_token", id="expired"),
        pytest.param({"iat": 4_000_000_000, "exp": 4_000_003_600}, "invalid_claim", id="from the future"),
        pytest.param({"iss": "https://elsewhere.example.com"}, "invalid_claim", id="issuer"),
        pytest.param({"at_hash": "of-another-token"}, "invalid_claim", id="access token"),
    ],
)
def test_an_id_token_that_is_not_for_this_login_is_refused(
    signing: ConsoleSite,
    provider: Provider,
    wrong: dict[str, object],
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    signing.hire("管理", email="sato@city.example.jp")
    provider.wrong = wrong
    visitor = signing.visitor()
    caplog.set_level("WARNING", logger="handlers.console")

    assert sign_on(visitor).status_code == 403
    assert [vars(record)["reason"] for record in caplog.records if "sign-on" in record.message] == [
        f"the ID token was refused: {reason}"
    ]
    assert not visitor.logged_in()


def test_an_id_token_signed_with_another_key_is_refused(signing: ConsoleSite, provider: Provider) -> None:
    signing.hire("管理", email="sato@city.example.jp")
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    visitor = signing.visitor()

    assert sign_on(visitor).status_code == 403
    assert not visitor.logged_in()


def test_the_provider_may_change_its_keys(signing: ConsoleSite, provider: Provider) -> None:
    signing.hire("管理", email="sato@city.example.jp")
    assert sign_on(signing.visitor()).status_code == 302
    provider.change_key()

    assert sign_on(signing.visitor()).status_code == 302


def test_a_return_counts_once(signing: ConsoleSite) -> None:
    signing.hire("管理", email="sato@city.example.jp")
    visitor = signing.visitor()
    address = sent_back(visitor)
    name = visitor.cookie("madoguchi_browser")
    visitor.get(address)
    visitor.post("/logout", {"csrf_token": visitor.token})
    visitor.client.delete_cookie("madoguchi", path="/console/test")
    visitor.set_cookie("madoguchi_browser", name)

    assert visitor.get(address).status_code == 403


def test_a_return_belongs_to_the_browser_that_began(signing: ConsoleSite) -> None:
    """Otherwise a link could log the victim in as the attacker."""
    signing.hire("管理", email="sato@city.example.jp")
    address = sent_back(signing.visitor())
    victim = signing.visitor()
    victim.get("/login")

    assert victim.get(address).status_code == 403
    assert not victim.logged_in()


@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?error=access_denied&error_description=<b>", "?code=y"])
def test_a_return_that_nobody_began_is_refused(signing: ConsoleSite, query: str) -> None:
    answer = signing.visitor().get(f"{CALLBACK}{query}")

    assert answer.status_code == 403
    assert "<b>" not in answer.text


def test_a_code_of_another_login_is_refused(signing: ConsoleSite) -> None:
    """The code is bound to the verifier of the browser that began (PKCE)."""
    signing.hire("管理", email="sato@city.example.jp")
    visitor, other = signing.visitor(), signing.visitor()
    mine, theirs = (parse_qs(urlsplit(sent_back(browser)).query) for browser in (visitor, other))

    assert visitor.get(f"{CALLBACK}?state={mine['state'][0]}&code={theirs['code'][0]}").status_code == 403


def test_a_return_after_ten_minutes_is_too_late(signing: ConsoleSite) -> None:
    signing.hire("管理", email="sato@city.example.jp")
    visitor = signing.visitor()
    address = sent_back(visitor)

    signing.clock.forward(601)

    assert visitor.get(address).status_code == 403


def test_the_mail_may_stand_in_the_user_info(signing: ConsoleSite, provider: Provider) -> None:
    signing.hire("管理", email="sato@city.example.jp")
    provider.mail_only_in_user_info = True

    assert sign_on(signing.visitor()).status_code == 302


def test_after_a_single_sign_on_no_second_factor_is_asked_but_after_a_password_it_is(
    signing: ConsoleSite, console: object
) -> None:
    signing.config = a_config(Path("."), TOTP_ROLES="管理")
    person = signing.hire("管理", email="sato@city.example.jp")
    strict = console(TOTP_ROLES="管理")  # type: ignore[operator]
    visitor = signing.visitor()
    sign_on(visitor)
    by_sso, by_password = strict.visitor(), strict.visitor()
    by_sso.set_cookie("madoguchi", visitor.cookie())

    by_password.login(person.email, PASSWORD)

    assert by_sso.get("/staff").status_code == 200
    assert by_password.get("/staff").headers["Location"] == "/console/test/account/totp"


def test_a_provider_that_is_down_is_said_kindly(one_store: Store) -> None:
    gone = OidcClient("http://127.0.0.1:9", CLIENT_ID, CLIENT_SECRET)

    with pytest.raises(OidcError) as failed:
        gone.start("http://localhost/", "state", "nonce")

    assert not failed.value.permanent


@pytest.mark.parametrize(
    ("issuer", "address", "usable"),
    [
        ("https://login.example.jp", "https://keys.example.jp/k", True),
        ("https://login.example.jp", "http://keys.example.jp/k", False),
        ("https://login.example.jp", "file:///etc/passwd", False),
        ("http://127.0.0.1:9", "http://127.0.0.1:9/k", True),
        ("http://127.0.0.1:9", "javascript:alert(1)", False),
    ],
)
def test_a_provider_under_https_names_no_address_without_it(issuer: str, address: str, usable: bool) -> None:
    assert as_safe_as(issuer, address) is usable


def test_a_provider_that_says_it_is_another_one_is_refused(provider: Provider) -> None:
    named, provider.issuer = provider.issuer, "https://elsewhere.example.com"
    client = OidcClient(named, CLIENT_ID, CLIENT_SECRET)

    with pytest.raises(OidcError, match="another one"):
        client.start("http://localhost/", "state", "nonce")

    provider.issuer = named


def test_a_city_without_a_provider_has_no_such_page(signing: ConsoleSite) -> None:
    assert signing.visitor("other").get("/sso").status_code == 404
    assert "庁内のアカウント" not in signing.visitor("other").get("/login").text


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"OIDC_ISSUER__DEMO": "https://login.example.jp"}, "OIDC_CLIENT_ID__DEMO"),
        ({"OIDC_ISSUER__DEMO": "http://login.example.jp"}, "OIDC_"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"TOTP_ROLES": "部長"}, "TOTP_ROLES"),
    ],
)
def test_a_setting_of_the_console_that_cannot_be_used_is_named(given: dict[str, str], named: str) -> None:
    whole = {"OIDC_CLIENT_ID__DEMO": "x", "OIDC_CLIENT_SECRET__DEMO": "y"} if "http:" in str(given) else {}

    with pytest.raises(ConfigError) as refused:
        read_config({**given, **whole})

    assert named in str(refused.value)


def test_who_has_no_password_sets_one_only_right_after_signing_on(signing: ConsoleSite) -> None:
    """There is no password to ask for; hours later other hands may be at the open screen."""
    signing.hire("管理")
    token = NewInvitation("test", "invite", "t", "i", 3600, "sato@city.example.jp", "編集", ())
    signing.store.invite(token, "system")
    visitor = signing.visitor()
    sign_on(visitor)
    new = {"new": "あたらしい朝がきた希望の朝だ", "again": "あたらしい朝がきた希望の朝だ"}
    signing.clock.forward(601)

    late = visitor.submit("/account", "/account/password", new)

    assert late.status_code == 422
    assert "もういちど庁内のアカウントでログイン" in late.text
    assert signing.visitor().login("sato@city.example.jp", new["new"]).status_code == 422
    visitor.post("/logout")
    sign_on(visitor)
    assert visitor.submit("/account", "/account/password", new).status_code == 302
    assert signing.visitor().login("sato@city.example.jp", new["new"]).status_code == 302
