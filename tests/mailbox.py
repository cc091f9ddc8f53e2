"""A mail server on this machine, a real one, that remembers what it got and misbehaves when told to."""

from __future__ import annotations

import email
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.running import PATIENCE


@dataclass
class Mailbox:
    """What the mail server took. `answers` are its next answers to a message ("" takes it), then it takes all.

    `on_mail` is called when a mail was taken and before the server says so. `cut` ends the connection then: the sender
    cannot know.
    """

    url: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    answers: deque[str] = field(default_factory=deque)
    refused: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    on_mail: Callable[[], None] = lambda: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        with self.lock:
            answer = self.answers.popleft() if self.answers else ""
            if answer:
                return answer
            self.raw.append(envelope.content)
            self.mails.append(email.message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
            self.receivers += envelope.rcpt_tos
            self.on_mail()
            if self.cut:
                self.cut -= 1
                server.transport.abort()
        return "250 taken"


class FreePort(Controller):
    """aiosmtpd asks the port it was told and gives up after 5 s; ours is any that is free, on a busy machine."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **{"ready_timeout": PATIENCE, **settings})

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A server without encryption, as inside a city hall."""
    box = Mailbox()
    server = FreePort(box, hostname="127.0.0.1", port=0)
    server.start()
    box.url = f"smtp+plain://127.0.0.1:{server.port}"
    yield box
    server.stop()
