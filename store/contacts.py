"""Contact forms: made when a resident is offered one, opened by its token alone, sent once, seen by staff.

Whoever holds the token may send the form once and read the answer afterwards. The store keeps the token's hash, so a
copy of the database opens no page; where the form is sent, it belongs to the resident's case, and opens one if there
is none.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from store.case_reading import open_case_of
from store.core import Core
from store.errors import StoreError
from store.handing_over import mark_change
from store.records import Case, Outcome
from store.records_contacts import Contact, ContactForm
from store.rows import clean, from_ms, writing
from store.tables import cases
from store.tables_contacts import contact_forms as forms
from store.writer import Kind, one_by_one

TO_SEND = timedelta(days=14)
"""For so long the form may be filled in."""

TO_READ = timedelta(days=60)
"""For so long after sending, the page shows the answer."""

UNSENT = 5
"""So many forms of one resident may be open at once; asked for again, the oldest one closes."""


@dataclass(frozen=True, slots=True)
class _Sending:
    city: str
    token: str
    contact: Contact
    promised_at: datetime | None
    now: int


class Contacts(Core):
    """The part of the `Store` about contact forms."""

    def offer_contact(
        self, city: str, token: str, resident: str, channel: str, language: str, department: str, question: str
    ) -> None:
        """Make a form that opens with `token`. Making the same one again changes nothing."""
        now = self._now()
        row = {
            "city": clean(city),
            "token": _hash(token),
            "resident": clean(resident),
            "channel": channel,
            "language": language,
            "department": clean(department),
            "question": clean(question),
            "made_at": now,
            "expires_at": now + _ms(TO_SEND),
        }
        self._write(Kind("offer_contact", 6, one_by_one(_offer)), row)

    def contact_form(self, city: str, token: str) -> ContactForm | None:
        """The form that this token opens; None when there is none, or no more."""
        now = self._now()
        return self._read(lambda connection: _form(connection, city, token, now))

    def send_contact(self, city: str, token: str, contact: Contact, promised_at: datetime | None) -> ContactForm | None:
        """Send the form, once: what was sent first stays. None when the token opens nothing (any more).

        It joins the resident's open case; without one it opens a case, whose answer was `promised_at` a moment or not.
        """

        def run(connection: Connection, sending: _Sending) -> ContactForm | None:
            return self._send_contact(connection, sending)

        kind: Kind[_Sending, ContactForm | None] = Kind("send_contact", 6, one_by_one(run))
        sent = self._write(kind, _Sending(city, token, contact, promised_at, self._now()))
        self._bell.ring()
        return sent

    def contacts(self, city: str, case_id: int) -> list[ContactForm]:
        """The forms that belong to a case, oldest first. For staff of the city only."""

        def ask(connection: Connection) -> list[ContactForm]:
            these = and_(forms.c.city == city, forms.c.case_id == case_id, forms.c.case_id != 0)
            return [_from(row) for row in connection.execute(select(forms).where(these).order_by(forms.c.sent_at))]

        return self._read(ask)

    def contact_by_reference(self, city: str, reference: str) -> list[ContactForm]:
        """The forms that were sent under this number (`1234-5678`); hardly ever more than one. For staff only."""

        def ask(connection: Connection) -> list[ContactForm]:
            these = and_(forms.c.city == city, forms.c.reference == reference, forms.c.reference != "")
            return [_from(row) for row in connection.execute(select(forms).where(these).order_by(forms.c.sent_at))]

        return self._read(ask)

    def _send_contact(self, connection: Connection, sending: _Sending) -> ContactForm | None:
        city, now = sending.city, sending.now
        self._hot.lock_cases(connection, city)
        form = _form(connection, city, sending.token, now)
        if form is None or form.sent_at is not None:
            return form
        case_id = self._case_for(connection, form, sending)
        contact = sending.contact
        values: dict[str, Any] = {
            "case_id": case_id,
            "sent_at": now,
            "reference": _reference(sending.token),
            "expires_at": now + _ms(TO_READ),
            "name": clean(contact.name),
            "email": clean(contact.email),
            "phone": clean(contact.phone),
            "message": clean(contact.message),
        }
        this = and_(forms.c.city == city, forms.c.token == _hash(sending.token))
        connection.execute(update(forms).where(this).values(**values))
        mark_change(lambda sql, row: self._hot.execute(connection, sql, row), city)
        return _form(connection, city, sending.token, now)

    def _case_for(self, connection: Connection, form: ContactForm, sending: _Sending) -> int:
        """The resident's open case, with one more thing to read; a new one where there is none."""
        held = open_case_of(connection, form.city, form.resident)
        if held is not None:
            this = and_(cases.c.city == form.city, cases.c.id == held.id)
            connection.execute(update(cases).where(this).values(unread=cases.c.unread + 1))
            return held.id
        now = sending.now
        asked = from_ms(now)
        new = Case(form.city, form.resident, form.channel, form.department, form.question, asked, sending.promised_at)
        self._hot.write(connection, [writing(None, Outcome(case=new), "", now, now)])
        opened = open_case_of(connection, form.city, form.resident)
        if opened is None:
            raise StoreError("a form opened no case")
        return opened.id


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _reference(token: str) -> str:
    """Eight digits to say on the telephone. They lead to the form, and not back to the token."""
    number = int(hashlib.sha256(f"reference {token}".encode("utf-8", "replace")).hexdigest(), 16) % 10**8
    return f"{number // 10**4:04}-{number % 10**4:04}"


def _ms(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)


def _offer(connection: Connection, row: dict[str, Any]) -> None:
    this = and_(forms.c.city == row["city"], forms.c.token == row["token"])
    if connection.execute(select(forms.c.token).where(this)).one_or_none() is not None:
        return
    connection.execute(insert(forms).values(**row))
    theirs = and_(forms.c.city == row["city"], forms.c.resident == row["resident"], forms.c.token != row["token"])
    others = select(forms.c.token).where(theirs, forms.c.sent_at.is_(None)).order_by(forms.c.made_at.desc())
    older = list(connection.execute(others.offset(UNSENT - 1)).scalars())
    if older:
        connection.execute(delete(forms).where(forms.c.city == row["city"], forms.c.token.in_(older)))


def _form(connection: Connection, city: str, token: str, now: int) -> ContactForm | None:
    this = and_(forms.c.city == city, forms.c.token == _hash(token), forms.c.expires_at > now)
    row = connection.execute(select(forms).where(this)).one_or_none()
    return None if row is None else _from(row)


def _from(row: Any) -> ContactForm:
    return ContactForm(
        city=row.city,
        resident=row.resident,
        channel=row.channel,
        language=row.language,
        department=row.department,
        question=row.question,
        made_at=from_ms(row.made_at),
        expires_at=from_ms(row.expires_at),
        case_id=row.case_id,
        sent_at=None if row.sent_at is None else from_ms(row.sent_at),
        reference=row.reference,
        contact=Contact(row.name, row.email, row.phone, row.message),
    )
