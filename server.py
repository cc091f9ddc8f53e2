"""The web server of one process: waitress, open before the knowledge is loaded, closed without cutting anybody off."""

from __future__ import annotations

import logging
import threading
import time

from flask import Flask
from waitress import create_server, wasyncore

from config import Config

STOP_SECONDS = 3.0
"""How long a stop waits for requests that have begun. Live streams never end by themselves; they are cut after this."""


class WebServer:
    """Listens as soon as it is made (`OSError` when the address is taken), answers between `start()` and `stop()`."""

    def __init__(self, app: Flask, config: Config) -> None:
        # It would warn of each request that waits for a thread: thousands of lines a second in a burst.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._sockets: dict[int, object] = {}
        self._server = create_server(
            app,
            host=config.host,
            port=config.port,
            threads=config.web_threads,
            backlog=1024,
            connection_limit=2000,
            channel_timeout=120,
            ident=None,
            map=self._sockets,
        )
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Takes no new connection, lets requests that have begun finish, then closes everything."""
        self._on_loop(lambda: wasyncore.dispatcher.close(self._server))
        deadline = time.monotonic() + STOP_SECONDS
        while self._busy() and time.monotonic() < deadline:
            self._on_loop(self._close_idle)
            time.sleep(0.02)
        self._server.task_dispatcher.shutdown(timeout=1)
        self._on_loop(lambda: wasyncore.close_all(self._sockets, ignore_all=True))
        self._thread.join(2)

    def _busy(self) -> bool:
        return any(_at_work(channel) for channel in list(self._server.active_channels.values()))

    def _close_idle(self) -> None:
        """Connections that are kept alive would bring new requests for ever."""
        for channel in list(self._server.active_channels.values()):
            if not _at_work(channel):
                channel.handle_close()

    def _on_loop(self, act: object) -> None:
        """Sockets may only be touched on the thread that polls them."""
        self._server.trigger.pull_trigger(act)


def _at_work(channel: object) -> bool:
    """Whether a request of this connection is being received, answered or sent back."""
    return bool(channel.request or channel.requests or channel.total_outbufs_len)  # type: ignore[attr-defined]
