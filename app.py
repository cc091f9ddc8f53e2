"""The command line: `python app.py --help`. The parts are built in `parts.py`, the doors opened in `doors.py`.

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
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import click

from commands import content_commands
from commands_cases import case_commands
from commands_explain import explain_command
from commands_learn import learn_command
from commands_staff import audit_commands, staff_commands
from commands_tell import tell_command
from config import Config, city_ids, reached_at, read_config
from doors import create_app, with_emulator
from failures import Commands
from faq import cli_content, cli_places, cli_search
from faq.content import base_folder, read_folder
from faq.knowledge import Knowledge, build_knowledge
from handlers.console.invitations import first_colleague, make_link
from notify import cli_notices
from parts import Parts, build, new_worker, store_of
from server import WebServer
from store import Store
from store.errors import StoreError
from store.export import export_knowledge, is_export
from telemetry import log_to_stderr

log = logging.getLogger(__name__)

SEPARATE_DEMO = """\
体験用（MODE=demo）の電話は、web のプロセスの中にあります。体験は app.py serve だけで動きます。
web と worker を分けて試すときは、両方に同じ LINE_CHANNEL_SECRET__（市）と LINE_CHANNEL_ACCESS_TOKEN__（市）を
書いてください（体験用なら、何でもかまいません）。書かないと、電話に返事が届きません。"""


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
        _say(SEPARATE_DEMO)
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
    _say(f"まどぐちが動いています： {here}/")
    for city in parts.library.cities:
        status = parts.library.status(city)
        if status.serving is None:
            _say(f"  {city}: 読めませんでした。「app.py faq check {config.cities_dir / city}」で確かめてください。")
            continue
        version = f"（公開した版 {status.revision}。編集は content publish で出ます）" if status.revision else ""
        _say(f"  {city}: {status.entries} 件の案内{version}。FAQ は {here}/faq/{city}/")
        try:
            show_the_first_door(config, parts, city)
        except StoreError:  # what serves goes on; the database may be back before anybody asks
            log.exception("could not look for the first member of staff", extra={"city": city})
    if not config.form_url:
        _say("  PUBLIC_URL が https:// ではないので、住民に連絡先のフォームを案内しません。")
    if config.demo:
        _say("  体験用です（MODE=demo）。LINE のアカウントはいりません。止めるときは Ctrl+C。")


def show_the_first_door(config: Config, parts: Parts, city: str) -> None:
    """While a city has no staff: how the first one gets in. In production standard error is a log, so no link there."""
    if parts.store.has_staff(city):
        return
    if config.demo:
        address = config.public_url.replace("//0.0.0.0", "//127.0.0.1")
        link = make_link(parts.store, address, first_colleague(city), "system")
        _say(f"  {city}: はじめの職員を作るリンク（1回だけ、72時間）： {link}")
    else:
        command = f"app.py staff first-link {city}"
        _say(f"  {city}: 職員がまだいません。「{command}」で、はじめの1人を作れます。")


def _say(line: str) -> None:
    """On standard error. Where it cannot be written any more (a full disk, a closed pipe) the service goes on."""
    with contextlib.suppress(OSError):
        click.echo(line, err=True)


@main.group(help="FAQ の YAML を調べる・取り込む・探す・測る")
def faq() -> None:
    pass


for _command in (*cli_content.COMMANDS, *cli_search.COMMANDS):
    faq.add_command(_command)


main.add_command(click.Group("notices", cli_notices.COMMANDS, help="防災の電文（気象庁）を読む"))
main.add_command(click.Group("places", cli_places.COMMANDS, help="避難場所の一覧を取り込む"))


@contextlib.contextmanager
def _opened_store() -> Iterator[Store]:
    store = store_of(_config())
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
