"""Every environment variable, read once into one frozen `Config`; one that cannot be read is named.

`.env.example` lists them all for operators (`tests/house` proves that it does).
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

Mode = Literal["demo", "production"]
ROOT = Path(__file__).resolve().parent
LINE_API = "https://api.line.me"
LINE_API_DATA = "https://api-data.line.me"
SECRET_KEY_LENGTH = 32
FREE_THREADS = 4
STAFF_ROLES = ("担当", "編集", "承認", "管理", "監査")
"""As `store.records_accounts.ROLES`; this module imports nothing of ours."""
SMTP_SCHEMES = ("smtp", "smtps", "smtp+plain")
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class ConfigError(Exception):
    """A variable is missing or cannot be read. The message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class LineChannel:
    """The two secrets of one city's LINE channel (LINE Developers console, Messaging API)."""

    secret: str = field(repr=False)
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """The identity provider with which the staff of one city log in (OpenID Connect)."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConsoleConfig:
    """Settings of the staff console. `secret_key` is "" when the environment names none (see `handlers.console.keys`).

    A session ends after `idle_seconds` without a request and `session_seconds` after the login. Who has one of the
    roles of `totp_roles` must have a second factor. `password_memory_kib` is what Argon2 uses for one password.
    """

    secret_key: str = field(repr=False)
    idle_seconds: int
    session_seconds: int
    totp_roles: frozenset[str]
    password_memory_kib: int
    sso: Mapping[str, OidcProvider]


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of one process. Times are seconds, sizes are counts; `line` maps a city's id to its channel."""

    mode: Mode
    host: str
    port: int
    database_url: str
    data_dir: Path
    cities_dir: Path
    public_url: str
    line_api_host: str
    line_api_data_host: str
    line: Mapping[str, LineChannel]
    use_emulator: bool
    web_threads: int
    worker_threads: int
    live_streams: int
    retention_days: int
    log_level: str
    trusted_proxies: int
    smtp_url: str = field(repr=False)
    mail_from: str
    staff_webhooks: Mapping[str, Mapping[str, str]] = field(repr=False)
    """Addresses of staff's chat rooms by city, then by `notify.webhook_channel` in city.yaml ("" without one)."""
    jma_feed_url: str
    """Where the 気象庁's Atom feeds are; "" when none is asked."""
    console: ConsoleConfig

    @property
    def demo(self) -> bool:
        return self.mode == "demo"

    @property
    def form_url(self) -> str:
        """Where residents open the contact form; "" where their data would travel unencrypted: then none is offered."""
        return self.public_url if self.demo or self.public_url.startswith("https://") else ""


def city_ids(cities_dir: Path) -> tuple[str, ...]:
    """The cities that have a folder with a `city.yaml`, in alphabetical order. `_base` is nobody's city."""
    return tuple(sorted(path.parent.name for path in cities_dir.glob("[!_.]*/city.yaml")))


def read_config(environment: Mapping[str, str] | None = None) -> Config:
    """Reads the environment. Raises `ConfigError` that names the variable and what to write there."""
    env = _Environment(os.environ if environment is None else environment)
    mode = env.choice("MODE", ("demo", "production"), "demo")
    cities_dir = env.path("CITIES_DIR", ROOT / "cities")
    data_dir = env.path("DATA_DIR", ROOT / "var")
    host, port = env.text("HOST", "127.0.0.1"), env.number("PORT", 8000, 0, 65535)
    cities = city_ids(cities_dir)
    if not cities:
        raise ConfigError(f"CITIES_DIR: {cities_dir} に、city.yaml のある市のフォルダーがありません。")
    channels = _line_channels(env, cities)
    line_api_host = env.url("LINE_API_HOST", "")
    if mode == "demo":
        channels = {city: channels.get(city) or _demo_channel() for city in cities}
    elif not channels:
        name = _variable("LINE_CHANNEL_SECRET", cities[0])
        message = f"{name}: MODE=production では、少なくとも1つの市の LINE の秘密の値がいります。"
        raise ConfigError(message + _other_cities(env, cities))
    threads = env.number("WEB_THREADS", 48, 4, 400)
    return Config(
        mode="demo" if mode == "demo" else "production",
        host=host,
        port=port,
        database_url=env.database_url("DATABASE_URL", data_dir / "madoguchi.db"),
        data_dir=data_dir,
        cities_dir=cities_dir,
        public_url=env.url("PUBLIC_URL", f"http://{reached_at(host)}:{port}").rstrip("/"),
        line_api_host=line_api_host or LINE_API,
        line_api_data_host=env.url("LINE_API_DATA_HOST", "") or line_api_host or LINE_API_DATA,
        line=channels,
        use_emulator=mode == "demo" and not line_api_host,
        web_threads=threads,
        worker_threads=env.number("WORKER_THREADS", 128, 1, 1000),
        live_streams=_live_streams(env, threads),
        retention_days=env.number("RETENTION_DAYS", 90, 1, 3650),
        log_level=env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
        trusted_proxies=env.number("TRUSTED_PROXIES", 0, 0, 5),
        smtp_url=_smtp_url(env),
        mail_from=_mail_from(env),
        jma_feed_url=env.url("JMA_FEED_URL", ""),
        staff_webhooks=_staff_webhooks(env, cities, demo=mode == "demo"),
        console=_console(env, cities, demo=mode == "demo"),
    )


def reached_at(host: str) -> str:
    """Where somebody on this machine finds what listens at `host`: "every address" is none that opens."""
    if host in ("0.0.0.0", "::"):  # noqa: S104
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _live_streams(env: _Environment, threads: int) -> int:
    """How many threads pages that stay open may hold; some are always left for LINE."""
    streams = env.number("LIVE_STREAMS", min(24, threads // 2, threads - FREE_THREADS), 0, 300)
    if streams > threads - FREE_THREADS:
        raise ConfigError(
            f"LIVE_STREAMS: WEB_THREADS（{threads}）より {FREE_THREADS} 以上小さい数を書くか、WEB_THREADS を増やして"
            "ください。開いたままの画面が、LINE の受け取りを止めます。"
        )
    return streams


def _console(env: _Environment, cities: tuple[str, ...], *, demo: bool) -> ConsoleConfig:
    key = env.secret("SECRET_KEY")
    if key and len(key) < SECRET_KEY_LENGTH:
        raise ConfigError(f"SECRET_KEY: {SECRET_KEY_LENGTH} 文字以上の、推測できない文字を書いてください。")
    roles = re.split(r"[、,\s]+", env.text("TOTP_ROLES", "なし" if demo else "管理、承認"))
    if unknown := set(roles) - {*STAFF_ROLES, "なし", ""}:
        raise ConfigError(
            f"TOTP_ROLES: 「{'、'.join(sorted(unknown))}」という役割はありません。"
            f"{'、'.join(STAFF_ROLES)} から選ぶか、「なし」と書いてください。"
        )
    return ConsoleConfig(
        secret_key=key,
        idle_seconds=60 * env.number("SESSION_IDLE_MINUTES", 30, 1, 1440),
        session_seconds=3600 * env.number("SESSION_HOURS", 12, 1, 168),
        totp_roles=frozenset(roles) & frozenset(STAFF_ROLES),
        # At least what OWASP names as the least (2024): 19 MiB.
        password_memory_kib=env.number("PASSWORD_MEMORY_KIB", 65536, 19456, 1048576),
        sso=_sso(env, cities),
    )


def _sso(env: _Environment, cities: tuple[str, ...]) -> dict[str, OidcProvider]:
    providers = {}
    for city in cities:
        issuer_name, id_name, secret_name = (
            _variable(prefix, city) for prefix in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
        )
        values = env.url(issuer_name, ""), env.text(id_name, ""), env.secret(secret_name)
        if not any(values):
            continue
        for name, value in zip((issuer_name, id_name, secret_name), values, strict=True):
            if not value:
                raise ConfigError(f"{name}: {city} のシングルサインオンには、OIDC_… の3つともいります。")
        if not re.match(r"^https://|^http://(127\.0\.0\.1|localhost|\[::1\])[:/]", f"{values[0]}/"):
            raise ConfigError(f"{issuer_name}: https:// から始まる URL を書いてください。")
        providers[city] = OidcProvider(*values)
    return providers


def _smtp_url(env: _Environment) -> str:
    """Where mail is handed in, or "" when nobody is told by mail."""
    url = env.secret("SMTP_URL")
    if not url:
        return ""
    parts = urlsplit(url)
    try:
        good = parts.scheme in SMTP_SCHEMES and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or parts.path.strip("/") or (parts.scheme == "smtp+plain" and parts.password):
        raise ConfigError(
            "SMTP_URL: smtp://名前:パスワード@メールサーバー:587（STARTTLS）、smtps://…:465（TLS）、"
            "smtp+plain://…:25（庁内の暗号なし。パスワードは書けません）のどれかの形で書いてください。"
        )
    return url


def _mail_from(env: _Environment) -> str:
    address = env.text("MAIL_FROM", "")
    if address and not MAIL_ADDRESS.fullmatch(address):
        raise ConfigError("MAIL_FROM: madoguchi@city.example.jp のように、メールアドレスだけを書いてください。")
    if env.secret("SMTP_URL") and not address:
        raise ConfigError("MAIL_FROM: SMTP_URL を書いたときは、差出人のメールアドレスもいります。")
    return address


def _staff_webhooks(env: _Environment, cities: tuple[str, ...], demo: bool) -> dict[str, dict[str, str]]:
    """`STAFF_WEBHOOK_URL__<CITY>` and `STAFF_WEBHOOK_URL__<CITY>__<CHANNEL>` of every city."""
    prefixes = {_variable("STAFF_WEBHOOK_URL", city): city for city in cities}
    names = {name.removesuffix("_FILE") for name in env.variables if name.startswith("STAFF_WEBHOOK_URL__")}
    found: dict[str, dict[str, str]] = {}
    for name in sorted(names):
        prefix = next((one for one in prefixes if name == one or name.startswith(f"{one}__")), "")
        if not prefix:
            raise ConfigError(f"{name}: STAFF_WEBHOOK_URL__（市）の（市）が、CITIES_DIR にありません。")
        url = env.secret(name)
        if url:
            if not _may_be_called(url, demo):
                raise ConfigError(f"{name}: https:// から始まる URL を書いてください。")
            found.setdefault(prefixes[prefix], {})[name.removeprefix(prefix).removeprefix("__")] = url
    return found


def _may_be_called(url: str, demo: bool) -> bool:
    """https; in the demo also a server on this machine."""
    parts = urlsplit(url)
    here = demo and parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    plain = not re.search(r"[\s\x00-\x1f]", url) and bool(parts.hostname) and not parts.password
    return plain and (parts.scheme == "https" or here)


def _line_channels(env: _Environment, cities: tuple[str, ...]) -> dict[str, LineChannel]:
    channels = {}
    for city in cities:
        names = _variable("LINE_CHANNEL_SECRET", city), _variable("LINE_CHANNEL_ACCESS_TOKEN", city)
        secret, token = (env.secret(name) for name in names)
        if bool(secret) != bool(token):
            missing = names[1] if secret else names[0]
            raise ConfigError(f"{missing}: {city} の LINE の秘密の値は、2つともいります。")
        if secret and token:
            channels[city] = LineChannel(secret, token)
    return channels


def _other_cities(env: _Environment, cities: tuple[str, ...]) -> str:
    """A hint at secrets that were given under a name that is no city's."""
    known = {_variable("LINE_CHANNEL_SECRET", city) for city in cities}
    given = (name.removesuffix("_FILE") for name in env.variables if name.startswith("LINE_CHANNEL_SECRET__"))
    unknown = sorted(set(given) - known)
    return f"（{'、'.join(unknown)} にあたる市は、CITIES_DIR にありません）" if unknown else ""


def _variable(prefix: str, city: str) -> str:
    """`LINE_CHANNEL_SECRET__SAINO_CITY` for the city `saino-city`."""
    return f"{prefix}__{re.sub('[^A-Z0-9]', '_', city.upper())}"


def _demo_channel() -> LineChannel:
    """Secrets for the emulator, new at every start: nothing to leak, nothing to reuse."""
    return LineChannel(secrets.token_hex(16), secrets.token_urlsafe(32))


@dataclass(frozen=True, slots=True)
class _Environment:
    variables: Mapping[str, str]

    def text(self, name: str, default: str) -> str:
        return self.variables.get(name, "").strip() or default

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise ConfigError(f"{name}: 「{value}」は使えません。{'、'.join(allowed)} のどれかを書いてください。")
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            raise ConfigError(f"{name}: 「{value}」は使えません。{low} から {high} までの整数を書いてください。")
        return int(value)

    def path(self, name: str, default: Path) -> Path:
        return Path(self.text(name, str(default))).expanduser().resolve()

    def url(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        if value and not re.match(r"^https?://[^\s/]+", value):
            raise ConfigError(f"{name}: 「{value}」は URL ではありません。https:// から始まる形で書いてください。")
        return value

    def database_url(self, name: str, default: Path) -> str:
        value = self.text(name, f"sqlite:///{default}")
        if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ConfigError(f"{name}: sqlite:///ファイル か postgresql://… の形で書いてください。")
        return value

    def secret(self, name: str) -> str:
        """The value of `NAME`, or the content of the file that `NAME_FILE` names (for mounted secrets)."""
        file = self.variables.get(f"{name}_FILE", "").strip()
        if not file:
            return self.variables.get(name, "").strip()
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{name}_FILE: {file} を読めません（{type(error).__name__}）。") from error
