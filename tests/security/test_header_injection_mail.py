"""Header injection: no name of a city or department, no address and no subject can add a header or a receiver."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email.policy import default

import pytest

from clients.errors import ClientError
from clients.mail import Letter, MailServer, one_line

NOW = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
OURS = {
    "from",
    "to",
    "subject",
    "message-id",
    "date",
    "auto-submitted",
    "x-auto-response-suppress",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
}
TRICKS = {
    "crlf": "課\r\nBcc: evil@example.com",
    "lf": "課\nBcc: evil@example.com",
    "cr": "課\rBcc: evil@example.com",
    "folded": "課\r\n Bcc: evil@example.com",
    "body": "課\r\n\r\n<h1>evil</h1>",
    "next line": "課\x85Bcc: evil@example.com",
    "line separator": "課\u2028Bcc: evil@example.com",
    "vertical tab": "課\x0bBcc: evil@example.com",
    "encoded": "=?utf-8?q?=0D=0ABcc:_evil@example.com?=",
    "nul": "課\x00\r\nBcc: evil@example.com",
    "long": "課" * 500 + "\r\nBcc: evil@example.com",
}


def made(letter: Letter, sender_name: str = "試験市") -> bytes:
    server = MailServer("smtp+plain://127.0.0.1:9", "madoguchi@city.test.example.jp", sender_name)
    return server._message(letter, NOW).as_bytes()


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
@pytest.mark.parametrize("where", ["subject", "sender", "body"])
def test_no_words_become_a_header(trick, where):
    letter = Letter(
        "a@city.test.example.jp", trick if where == "subject" else "件名", trick if where == "body" else "文", "id-1"
    )

    raw = made(letter, trick if where == "sender" else "試験市")

    mail = email.message_from_bytes(raw, policy=default)
    assert {name.lower() for name in mail} == OURS
    assert [address.addr_spec for address in mail["To"].addresses] == ["a@city.test.example.jp"]
    assert [address.addr_spec for address in mail["From"].addresses] == ["madoguchi@city.test.example.jp"]
    headers, _, _body = raw.partition(b"\r\n\r\n")
    assert not any(line.lower().startswith(b"bcc") for line in headers.splitlines())


@pytest.mark.parametrize(
    "to",
    [
        "a@city.test.example.jp\r\nBcc: evil@example.com",
        "a@city.test.example.jp, evil@example.com",
        "a@city.test.example.jp\n",
        '"a\r\nBcc: evil@example.com"@city.test.example.jp',
        "a@city.test.example.jp>\r\nRCPT TO:<evil@example.com",
        "a@city.test.example.jp evil@example.com",
    ],
)
def test_an_address_with_more_than_an_address_is_refused(to):
    with pytest.raises(ClientError) as refused:
        made(Letter(to, "件名", "文", "id-1"))

    assert refused.value.permanent


def test_a_body_cannot_end_the_message_and_begin_another():
    raw = made(Letter("a@city.test.example.jp", "件名", "文\r\n.\r\nMAIL FROM:<evil@example.com>\r\n", "id-1"))

    assert b"\n." not in raw
    assert b"MAIL FROM" not in raw


@pytest.mark.parametrize("text", TRICKS.values(), ids=TRICKS)
def test_what_goes_into_a_header_is_one_line(text):
    assert one_line(text).isprintable()
    assert len(one_line(text).splitlines()) == 1
