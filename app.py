"""Builds each part once, opens the doors, and is the command line: `python app.py --help`.

`create_app()` returns the WSGI application for any server (`gunicorn 'app:create_app()'`); `serve` runs it in one
process with the worker inside.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import FrameType

import click
from flask import Blueprint, Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

import collector
from bot.emergency_ear import ear
from clients.line.client import LineClient
from commands import content_commands
from commands_cases import case_commands
from commands_explain import explain_command
from commands_learn import learn_command
from commands_staff import audit_commands, staff_commands
from commands_tell import tell_command
from config import Config, ConfigError, city_ids, reached_at, read_config
from disaster_pages import PAGES_SECONDS, DisasterPages
from errands.broadcast import Broadcast
from errands.previews import Previews
from errands.rounds import Errand, Rounds
from errands.together import all_errands, all_notices
from failures import Commands
from faq import cli_content, cli_places, cli_search, parsed
from faq.content import CityFiles, base_folder, read_folder
from faq.knowledge import Knowledge, build_knowledge
from faq.library import Library, RevisionSource
from faq.reader import read_city
from handlers.console import console_blueprint
from handlers.console.invitations import first_colleague, make_link
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
from handover_jobs import EVERY_MINUTE, watch_cases
from notify import cli_notices
from server import WebServer
from store import Store, open_store
from store.errors import StoreError
from store.export import export_knowledge, is_export
from telemetry import WEBHOOK_EVENTS, WEBHOOK_SECONDS, labelled, log_to_stderr
from worker import Job, Worker

log = logging.getLogger(__name__)
EMULATOR_PATH = "/emulator"
COMMIT_EVERY_SECONDS = 0.015
"""Transactions of a process begin at least so far apart. A question passes four of them; at 400 a second most held one
write only, and a third of PostgreSQL's work was beginning and ending them (`docs/decisions/engine.md`)."""


SEPARATE_DEMO = """\
体験用（MODE=demo）の電話は、web のプロセスの中にあります。体験は app.py serve だけで動きます。
web と worker を分けて試すときは、両方に同じ LINE_CHANNEL_SECRET__（市）と LINE_CHANNEL_ACCESS_TOKEN__（市）を
書いてください（体験用なら、何でもかまいません）。書かないと、電話に返事が届きません。"""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process is made of, built once and handed in everywhere.

    Loading a city's knowledge takes seconds (`loading` is set meanwhile); LINE's events are taken in from the first
    moment on, because all that they need is the store.
    """

    config: Config
    store: Store
    library: Library
    lines: Mapping[str, LineClient]
    loading: threading.Event = field(default_factory=threading.Event)

    def load(self) -> None:
        """Loads the cities' knowledge and keeps it fresh."""
        ear()  # the first message need not wait for its table, and the library gives back what reading it took
        self.library.start()
        collector.settle()
        self.loading.clear()

    def close(self) -> None:
        self.library.stop()
        self.store.close()


def build(config: Config) -> Parts:
    """Opens the store and prepares the calls to LINE. The cities' knowledge comes with `Parts.load()`."""
    collector.share_heaps()
    store = _open(config)
    parsed.keep_in(config.data_dir / "parsed")
    library = Library.of_folder(config.cities_dir, revisions=_published(store), modes=lambda: _modes(store))
    lines = {city: LineClient(channel.access_token, config.line_api_host) for city, channel in config.line.items()}
    parts = Parts(config, store, library, lines)
    parts.loading.set()
    return parts


def _open(config: Config) -> Store:
    """The store, in a data folder that is there; `ConfigError` when it cannot be."""
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"DATA_DIR: {config.data_dir} にフォルダーを作れません（{error.strerror}）。") from error
    return open_store(config.database_url, pace_seconds=COMMIT_EVERY_SECONDS)


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


def new_worker(parts: Parts) -> Worker:
    """A worker on these parts, with the planned jobs of the whole installation."""
    library, retention = parts.library, timedelta(days=parts.config.retention_days)
    jobs = (
        Job("retention", "15 3 * * *", lambda now: parts.store.purge(now - retention)),
        Job("accounts", "25 3 * * *", lambda _now: parts.store.sweep_accounts()),
        Job("handover", EVERY_MINUTE, lambda now: watch_cases(parts.store, library.get, library.cities, now)),
    )
    secrets = {city: channel.secret for city, channel in parts.config.line.items()}
    return Worker(
        parts.store,
        library.get,
        parts.lines,
        at_once=parts.config.worker_threads,
        jobs=jobs,
        public_url=parts.config.form_url,
        beside=(_errands(parts), _notices(parts), _pages(parts)),
        preview_of=Previews(parts.store, library.get, secrets).messages,
    )


def _errands(parts: Parts) -> Rounds:
    """Staff are told of residents who wait; residents' pictures are fetched."""
    config = parts.config
    return all_errands(
        parts.store,
        parts.library.get,
        tokens={city: channel.access_token for city, channel in config.line.items()},
        api_host=config.line_api_host,
        data_host=config.line_api_data_host,
        smtp_url=config.smtp_url,
        mail_from=config.mail_from,
        rooms=config.staff_webhooks,
        cities_dir=config.cities_dir,
        public_url=config.public_url,
        cities=lambda: parts.library.cities,
        jma_feed_url=config.jma_feed_url,
    )


def _notices(parts: Parts) -> Broadcast:
    """Notices to many are planned and sent."""
    config = parts.config
    tokens = {city: channel.access_token for city, channel in config.line.items()}
    return all_notices(
        parts.store,
        parts.library.get,
        tokens=tokens,
        api_host=config.line_api_host,
        public_url=config.form_url,
        by_mail=bool(config.smtp_url),
    )


def _pages(parts: Parts) -> Rounds:
    """The plain disaster pages follow what telegrams and other processes do."""
    pages = DisasterPages(parts.config.data_dir, parts.library.get, parts.store)
    # All of them each time: a round is done when nothing is new.
    return Rounds([Errand("disaster-pages", lambda: pages.write_all(parts.library.cities))], PAGES_SECONDS)


def _modes(store: Store) -> dict[str, str]:
    """The mode of every city that has ever changed it, for what residents see."""
    return {city: now.mode for city, now in store.modes().items()}


def _published(store: Store) -> RevisionSource:
    """Where the library asks for published revisions: cheap when nothing is new."""

    def newer(city: str, held: int | None) -> tuple[int, CityFiles] | None:
        # Every process knows which shelters are open before the database goes away, whether anybody asked or not.
        store.known_places(city)
        number = store.current_revision_number(city)
        if number is None or number == held:
            return None
        revision = store.current_revision(city)
        return (revision.number, revision.files) if revision else None

    return newer


def _count_webhook(city: str, new: int, seconds: float) -> None:
    labelled(WEBHOOK_EVENTS, city).inc(new)
    WEBHOOK_SECONDS.observe(seconds)


# ── Command line ─────────────────────────────────────────────────────────────────────────────────────────────────────


@click.group(cls=Commands, help="まどぐち：自治体の問い合わせ窓口")
def main() -> None:
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")


def _config() -> Config:
    config = read_config()
    log_to_stderr(config.log_level)
    return config


@main.command(help="1つのプロセスで全部動かします（Web と worker）。")
def serve() -> None:
    _run_web(with_emulator(_config()), with_worker=True)


@main.command(help="Web だけを動かします（worker は別のプロセスで）。")
def web() -> None:
    _run_web(with_emulator(_config()), with_worker=False)


@main.command(help="worker だけを動かします。いくつ動かしてもかまいません。")
def worker() -> None:
    asked = _asked_to_stop()
    parts = build(worker_config())
    parts.load()
    running = new_worker(parts).start()
    asked.wait()
    running.stop()
    parts.close()


def worker_config() -> Config:
    """What a worker of its own runs on. In the demo it, too, talks to the emulator (of `app.py web`), never to LINE."""
    config = with_emulator(_config())
    if config.use_emulator:
        click.echo(SEPARATE_DEMO, err=True)
    return config


def _run_web(config: Config, with_worker: bool) -> None:
    asked = _asked_to_stop()
    parts = build(config)
    try:
        server = WebServer(create_app(parts=parts), config)
    except (OSError, ValueError) as error:  # ValueError: waitress cannot read the host
        parts.close()
        why = getattr(error, "strerror", None) or "この名前のアドレスが見つかりません"
        to_do = "PORT に別の番号を" if getattr(error, "errno", 0) == errno.EADDRINUSE else "HOST にこの機械のアドレスを"
        raise click.ClickException(
            f"{config.host}:{config.port} で待てません（{why}）。{to_do}書いてください。"
        ) from error
    server.start()
    parts.load()
    running = new_worker(parts).start() if with_worker else None
    greet(config, parts)
    asked.wait()
    server.stop()
    if running:
        running.stop()
    parts.close()


def _asked_to_stop() -> threading.Event:
    """Set by SIGTERM or Ctrl+C, from now on: what has begun is finished first."""
    asked = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        asked.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return asked


def greet(config: Config, parts: Parts) -> None:
    """Says on standard error where the service is and what it serves."""
    here = f"http://{reached_at(config.host)}:{config.port}"
    click.echo(f"まどぐちが動いています： {here}/", err=True)
    for city in parts.library.cities:
        status = parts.library.status(city)
        if status.serving is None:
            click.echo(
                f"  {city}: 読めませんでした。「app.py faq check {config.cities_dir / city}」で確かめてください。",
                err=True,
            )
            continue
        version = f"（公開した版 {status.revision}。編集は content publish で出ます）" if status.revision else ""
        click.echo(f"  {city}: {status.entries} 件の案内{version}。FAQ は {here}/faq/{city}/", err=True)
        try:
            show_the_first_door(config, parts, city)
        except StoreError:  # what serves goes on; the database may be back before anybody asks
            log.exception("could not look for the first member of staff", extra={"city": city})
    if not config.form_url:
        click.echo("  PUBLIC_URL が https:// ではないので、住民に連絡先のフォームを案内しません。", err=True)
    if config.demo:
        click.echo("  体験用です（MODE=demo）。LINE のアカウントはいりません。止めるときは Ctrl+C。", err=True)


def show_the_first_door(config: Config, parts: Parts, city: str) -> None:
    """While a city has no staff: how the first one gets in. In production standard error is a log, so no link there."""
    if parts.store.has_staff(city):
        return
    if config.demo:
        address = config.public_url.replace("//0.0.0.0", "//127.0.0.1")
        link = make_link(parts.store, address, first_colleague(city), "system")
        click.echo(f"  {city}: はじめの職員を作るリンク（1回だけ、72時間）： {link}", err=True)
    else:
        command = f"app.py staff first-link {city}"
        click.echo(f"  {city}: 職員がまだいません。「{command}」で、はじめの1人を作れます。", err=True)


@main.group(help="FAQ の YAML を調べる・取り込む・探す・測る")
def faq() -> None:
    pass


for _command in (*cli_content.COMMANDS, *cli_search.COMMANDS):
    faq.add_command(_command)


main.add_command(click.Group("notices", cli_notices.COMMANDS, help="防災の電文（気象庁）を読む"))
main.add_command(click.Group("places", cli_places.COMMANDS, help="避難場所の一覧を取り込む"))


@contextlib.contextmanager
def _opened_store() -> Iterator[Store]:
    store = _open(_config())
    try:
        yield store
    finally:
        store.close()


def _city_folder(city: str) -> Path:
    """The folder of a city, or a message that names the cities there are."""
    config = _config()
    known = city_ids(config.cities_dir)
    if city not in known:
        raise click.ClickException(f"「{city}」という市はありません。{'、'.join(known)} のどれかを書いてください。")
    return config.cities_dir / city


faq.add_command(explain_command)
faq.add_command(learn_command(_opened_store))
main.add_command(content_commands(_opened_store, _city_folder))
main.add_command(case_commands(_opened_store, _city_folder))
main.add_command(staff_commands(_opened_store, _config, _city_folder))
main.add_command(tell_command(_config, _city_folder))
main.add_command(audit_commands(_opened_store, lambda: city_ids(_config().cities_dir), _city_folder))


def _served(store: Store, city: str, folder: Path) -> Knowledge:
    """What residents are answered from now: the published revision, or the folder where nothing is published."""
    revision = store.current_revision(city)
    base = read_folder(base_folder(folder))
    return build_knowledge(revision.files if revision else read_folder(folder), base).of_folder(city)


@main.command(help="住民に見せている案内を、検索できる1つの SQLite ファイル（Datasette で開けます）に書き出します。")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def export(path: Path) -> None:
    cities_dir = _config().cities_dir
    if path.exists() and not is_export(path):
        raise click.ClickException(f"{path} は、この命令が書いたファイルではありません。別の名前を書いてください。")
    with _opened_store() as store:
        known = [_served(store, city, cities_dir / city) for city in city_ids(cities_dir)]
    try:
        export_knowledge(((knowledge.city, tuple(knowledge.entries.values())) for knowledge in known), path)
    except (OSError, sqlite3.Error) as error:
        raise click.ClickException(f"{path} に書けません（{error}）。前のファイルはそのままです。") from error
    click.echo(f"{path} に {sum(len(knowledge.entries) for knowledge in known)} 件を書きました。")


if __name__ == "__main__":
    main()
