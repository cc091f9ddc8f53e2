"""The emulator behind a real socket."""

from __future__ import annotations

import contextlib
import logging
import threading

from waitress import create_server, wasyncore

from emulator.app import create_emulator
from emulator.platform import LinePlatform


class RunningEmulator:
    """A server on its own thread; `url` is what goes into `Configuration(host=…)`. Close it, or use it with `with`."""

    def __init__(self, platform: LinePlatform, host: str, port: int, threads: int) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a full queue is what load tests are about
        self.platform = platform
        self._sockets: dict[int, object] = {}
        self._server = create_server(
            create_emulator(platform),
            host=host,
            port=port,
            threads=threads,
            map=self._sockets,
            channel_request_lookahead=1,  # lends faults the connection they cut
            clear_untrusted_proxy_headers=True,
        )
        self.url = f"http://{host}:{self._server.effective_port}"
        self._thread = threading.Thread(target=self._server.run, name="line-emulator", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving and stop the platform's threads."""
        self.platform.close()
        self._server.task_dispatcher.shutdown(timeout=2)
        # Sockets may only be closed on the thread that polls them; its loop ends when none is left.
        with contextlib.suppress(OSError):  # another wake-up may have run the closing before ours is written
            self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._sockets, ignore_all=True))
        self._thread.join(5)

    def __enter__(self) -> RunningEmulator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve(platform: LinePlatform, host: str = "127.0.0.1", port: int = 0, threads: int = 16) -> RunningEmulator:
    """Serve a platform; port 0 takes any free one."""
    return RunningEmulator(platform, host, port, threads)
