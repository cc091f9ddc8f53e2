"""Every door of the web application: LINE's webhook, the widget, the FAQ, the console, and in the demo LINE itself."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from pathlib import Path

from flask import Blueprint, Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config, reached_at, read_config
from faq.reader import read_city
from handlers.console import console_blueprint
from handlers.line.webhook import line_blueprint
from handlers.public.contact_form import contact_blueprint
from handlers.public.demo import demo_blueprint
from handlers.public.disaster import disaster_blueprint
from handlers.public.faq_pages import faq_blueprint
from handlers.public.front import register_front
from handlers.public.health import health_blueprint
from handlers.public.notice_pages import notice_blueprint
from handlers.widget.routes import widget_blueprint
from handlers.widget.streams import Places
from parts import Parts, build
from telemetry import WEBHOOK_EVENTS, WEBHOOK_SECONDS, labelled, log_to_stderr

log = logging.getLogger(__name__)
EMULATOR_PATH = "/emulator"


def create_app(config: Config | None = None, parts: Parts | None = None) -> Flask:
    """The web application: every door, on the parts given or on new ones built from the environment."""
    if parts is None:
        config = config or read_config()
        log_to_stderr(config.log_level)
        parts = build(config)
        threading.Thread(target=parts.load, name="load", daemon=True).start()
    config = parts.config
    app = Flask(__name__, static_folder=None)
    app.extensions["madoguchi"] = parts
    app.config["MAX_CONTENT_LENGTH"] = 4 * 1024 * 1024
    app.before_request(lambda: _not_yet(parts))
    app.register_blueprint(line_blueprint(config.line, parts.store, _count_webhook))
    live = Places(config.live_streams)
    app.register_blueprint(widget_blueprint(parts.library, parts.store, config, places=live))
    app.register_blueprint(faq_blueprint(parts.library, config))
    app.register_blueprint(notice_blueprint(parts.library, parts.store, config))
    app.register_blueprint(_console(parts, live))
    app.register_blueprint(contact_blueprint(parts.library, parts.store, config))
    app.register_blueprint(health_blueprint(parts.library, parts.store, _disk(config), parts.loading.is_set))
    app.register_blueprint(disaster_blueprint(parts.library, config))
    app.register_blueprint(demo_blueprint(parts.library, config))
    register_front(app, parts.library, config)
    if config.use_emulator:
        _mount_emulator(app, config)
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _console(parts: Parts, live: Places) -> Blueprint:
    """The staff's pages, with the identity providers of the cities that have one."""
    config = parts.config
    if not (config.demo or config.console.secret_key or _disk(config)):
        log.warning("SECRET_KEY is not set: every machine of this database needs the same one (docs/console.md)")
    if not config.console.sso:
        return console_blueprint(parts.library, parts.store, config, places=live)
    from clients.oidc import OidcClient, OidcError  # 9 MB that only a city with a provider needs

    sign_on = {
        city: OidcClient(provider.issuer, provider.client_id, provider.client_secret)
        for city, provider in config.console.sso.items()
    }
    return console_blueprint(
        parts.library, parts.store, config, places=live, sign_on=sign_on, sign_on_errors=(OidcError,)
    )


def _disk(config: Config) -> Path | None:
    """The folder of the SQLite database; its disk can be full."""
    if not config.database_url.startswith("sqlite:///"):
        return None
    return Path(config.database_url.removeprefix("sqlite:///").partition("?")[0]).absolute().parent


def _not_yet(parts: Parts) -> Response | None:
    """Everything but LINE's events, the health checks and the file of the disaster page needs the knowledge."""
    if not parts.loading.is_set() or request.blueprint in ("line", "health", "disaster"):
        return None
    return Response(
        "準備しています。数秒後に、もう一度開いてください。", 503, {"Retry-After": "5"}, mimetype="text/plain"
    )


def _mount_emulator(app: Flask, config: Config) -> None:
    """LINE in a box, in demo mode only: the same process plays LINE, over a real socket to itself."""
    from emulator import LinePlatform, create_emulator

    platform = LinePlatform()
    for city, channel in config.line.items():
        webhook = f"http://{reached_at(config.host)}:{config.port}/line/{city}/callback"
        platform.add_channel(city, channel.access_token, channel.secret, webhook, _name_of(config, city))
        platform.seed_demo(city)
    app.extensions["line_platform"] = platform
    emulator = create_emulator(platform)
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {EMULATOR_PATH: emulator.wsgi_app})  # type: ignore[method-assign]


def _name_of(config: Config, city: str) -> str:
    """The name over the talk on the emulator's phone; it is there before the knowledge is."""
    described, _ = read_city("city.yaml", (config.cities_dir / city / "city.yaml").read_text(encoding="utf-8"))
    return described.name if described else city


def with_emulator(config: Config) -> Config:
    """In the demo, LINE is our own emulator under the same address, unless the environment names another."""
    if not config.use_emulator:
        return config
    here = f"http://{reached_at(config.host)}:{config.port}{EMULATOR_PATH}"
    return replace(config, line_api_host=here, line_api_data_host=here)


def _count_webhook(city: str, new: int, seconds: float) -> None:
    labelled(WEBHOOK_EVENTS, city).inc(new)
    WEBHOOK_SECONDS.observe(seconds)
