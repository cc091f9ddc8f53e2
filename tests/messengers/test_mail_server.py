"""Mail to staff over real SMTP: encryption, refusals, and lost answers."""

from __future__ import annotations

import socket
import traceback
from datetime import UTC, datetime

import pytest

from clients.errors import ClientError
from clients.mail import Letter, MailServer

NOW = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
SENDER = "madoguchi@city.test.example.jp"


def a_letter(**changes: str) -> Letter:
    fields = {"to": "shimin@city.test.example.jp", "subject": "市民課：お待ちの方がいます", "text": "受付番号：12\n"}
    return Letter(**{**fields, "message_id": "madoguchi-1", **changes})


def server(url: str, **options: object) -> MailServer:
    return MailServer(url, SENDER, "試験市 まどぐち", **options)  # type: ignore[arg-type]


def refusal(url: str, letter: Letter | None = None, **options: object) -> ClientError:
    with pytest.raises(ClientError) as refused:
        server(url, **options).send(letter or a_letter(), NOW)
    return refused.value


def test_a_mail_arrives_with_its_words_and_says_that_a_machine_wrote_it(mailbox):
    server(mailbox.url).send(a_letter(), NOW)

    (mail,) = mailbox.mails
    assert mailbox.receivers == ["shimin@city.test.example.jp"]
    assert mail["Subject"] == "市民課：お待ちの方がいます"
    assert mail["From"].addresses[0].display_name == "試験市 まどぐち"
    assert mail["From"].addresses[0].addr_spec == SENDER
    assert mail["Message-ID"] == "<madoguchi-1@city.test.example.jp>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW
    assert mail.get_content().splitlines() == ["受付番号：12"]


def test_every_line_of_a_mail_is_plain_ascii_and_short(mailbox):
    server(mailbox.url).send(a_letter(subject="課" * 300, text="あ" * 5000), NOW)

    lines = mailbox.raw[0].split(b"\r\n")
    assert all(line.isascii() and len(line) <= 998 for line in lines)


def test_an_encrypted_server_with_a_password_takes_the_mail(guarded_mailbox, certificates):
    server(guarded_mailbox.url, tls=certificates.client).send(a_letter(), NOW)

    assert len(guarded_mailbox.mails) == 1


def test_no_word_is_sent_to_a_server_whose_certificate_is_not_trusted(guarded_mailbox):
    error = refusal(guarded_mailbox.url)

    assert guarded_mailbox.mails == []
    assert (error.permanent, error.fate_unknown) == (False, False)
    assert "encryption" in error.reason


def test_a_server_without_encryption_gets_nothing_when_encryption_was_asked_for(mailbox):
    error = refusal(mailbox.url.replace("smtp+plain", "smtp"))

    assert mailbox.mails == []
    assert not error.permanent


def test_a_wrong_password_is_for_the_operator_to_mend_and_stands_in_no_error(guarded_mailbox, certificates):
    url = guarded_mailbox.url.replace("p%40ss%20word", "other%20ss")

    error = refusal(url, tls=certificates.client)

    assert (error.permanent, error.status) == (False, 535)
    assert "other ss" not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [("550 no such user", True), ("450 mailbox busy", False), ("552 too large", True)],
)
def test_a_refused_receiver_is_given_up_only_for_good_reasons(mailbox, answer, permanent):
    mailbox.refused["shimin@city.test.example.jp"] = answer

    error = refusal(mailbox.url)

    assert (error.permanent, error.status) == (permanent, int(answer[:3]))


@pytest.mark.parametrize(("answer", "permanent"), [("554 spam", True), ("451 try later", False)])
def test_a_refused_mail_is_given_up_only_for_good_reasons(mailbox, answer, permanent):
    mailbox.answers.append(answer)

    error = refusal(mailbox.url)

    assert (error.permanent, error.fate_unknown) == (permanent, False)


def test_a_connection_cut_after_the_mail_was_taken_leaves_its_fate_open(mailbox):
    mailbox.cut = 1

    error = refusal(mailbox.url)

    assert len(mailbox.mails) == 1
    assert (error.permanent, error.fate_unknown) == (False, True)


def test_a_server_that_is_not_there_is_tried_again():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = refusal(f"smtp+plain://127.0.0.1:{taken.getsockname()[1]}")

    assert (error.permanent, error.fate_unknown) == (False, False)


@pytest.mark.parametrize("to", ["", "no address", "a@b@c", "課@例え.jp\n", "<>"])
def test_an_address_that_is_none_is_refused_before_anything_is_sent(mailbox, to):
    assert refusal(mailbox.url, a_letter(to=to)).permanent
    assert mailbox.mails == []
