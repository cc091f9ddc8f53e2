"""Hands mail in at a city's mail server (SMTP). One short message to one address a call, in plain text.

Headers are set through `email.message` with its strict policy, which refuses line breaks in a value, and after
`one_line`: no address and no subject can add a header. Bodies go as base64, so no line of theirs can end the message.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from clients.errors import ClientError

TIMEOUT_SECONDS = 10.0
"""For each step of the talk with the server. Six such steps are still shorter than the lease of a notice."""

PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one address. `message_id` (without angle brackets) is the same for every attempt, so that a mail server
    or a reader that knows it already can drop the copy."""

    to: str
    subject: str
    text: str
    message_id: str


class MailServer:
    """`smtp://name:password@host:587` (STARTTLS, never without), `smtps://` (TLS), `smtp+plain://` (no encryption).

    Safe to share between threads: every call is a connection of its own.
    """

    def __init__(self, url: str, sender: str, sender_name: str, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        self._scheme = parts.scheme
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = Address(one_line(sender_name), addr_spec=sender)
        self._tls = tls or ssl.create_default_context()

    def send(self, letter: Letter, now: datetime) -> None:
        """Returns when the server has taken the mail. Raises `ClientError`.

        `permanent`: the address or the mail was refused for good. Wrong credentials are not: an operator mends them.
        """
        message = self._message(letter, now)
        with _as_client_errors(), self._connected() as server:
            server.send_message(message)

    def _message(self, letter: Letter, now: datetime) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        try:
            message["From"] = self._sender
            message["To"] = Address(addr_spec=letter.to)
            message["Subject"] = one_line(letter.subject)
            message["Message-ID"] = f"<{letter.message_id}@{self._sender.domain}>"
        except (ValueError, IndexError, MessageError):  # what the parser of addresses makes of nonsense
            raise ClientError("an address cannot be written into a mail", permanent=True) from None
        message["Date"] = format_datetime(now)
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(letter.text, charset="utf-8", cte="base64")
        return message

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A server that has let us in. What goes wrong while we take leave changes nothing about the mail."""
        server = self._open()
        try:
            if self._scheme == "smtp":
                server.starttls(context=self._tls)
            if self._user:
                server.login(self._user, self._password)
            yield server
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _open(self) -> smtplib.SMTP:
        if self._scheme == "smtps":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_SECONDS, context=self._tls)
        return smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)


def one_line(text: str) -> str:
    """Fit for a header: control characters and line separators become spaces.

    `=?` begins an encoded word. Python's e-mail package decodes it (3.11: also a line break in it, written out as one).
    """
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.replace("=?", "= ?").split())


@contextmanager
def _as_client_errors() -> Iterator[None]:
    """SMTP's failures in our one kind. The server's own words are left out: they may quote the mail or a password."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code = max((int(code) for code, _ in error.recipients.values()), default=0)
        raise ClientError(f"recipient refused: {code}", permanent=code >= 500, status=code) from None
    except smtplib.SMTPAuthenticationError as error:
        raise ClientError(f"login refused: {error.smtp_code}", status=error.smtp_code) from None
    except smtplib.SMTPDataError as error:
        gone = error.smtp_code >= 500
        raise ClientError(f"mail refused: {error.smtp_code}", permanent=gone, status=error.smtp_code) from None
    except smtplib.SMTPResponseException as error:
        raise ClientError(f"server refused: {error.smtp_code}", status=error.smtp_code) from None
    except smtplib.SMTPServerDisconnected:
        raise ClientError("connection lost", fate_unknown=True) from None
    except smtplib.SMTPException as error:
        raise ClientError(f"no mail: {type(error).__name__}") from None
    except (ssl.SSLError, ssl.CertificateError) as error:
        raise ClientError(f"no encryption: {type(error).__name__}") from None
    except (TimeoutError, ConnectionResetError, BrokenPipeError) as error:
        raise ClientError(f"no answer: {type(error).__name__}", fate_unknown=True) from None
    except (socket.gaierror, OSError) as error:
        raise ClientError(f"no connection: {type(error).__name__}") from None
