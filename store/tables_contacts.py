"""The table of contact forms: how to reach a resident who left a question, apart from the conversation."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text, text

from store.tables import metadata

_HAS_CASE = text("case_id <> 0")


def _words(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


contact_forms = Table(
    "contact_forms",
    metadata,
    Column("city", Text, primary_key=True, nullable=False),
    # The hash of the form's token: from the database nobody can come to the page.
    Column("token", Text, primary_key=True, nullable=False),
    _words("resident"),
    _words("channel"),
    _words("language"),
    _words("department"),
    # What was asked in the talk before the form was offered.
    _words("question"),
    # 0 until the form is sent.
    Column("case_id", BigInteger, nullable=False, server_default="0"),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("sent_at", BigInteger, nullable=True),
    _words("name"),
    _words("email"),
    _words("phone"),
    # The question as it was sent with the form.
    _words("message"),
    # What the resident says on the telephone to be found again; "" until the form is sent.
    _words("reference"),
)
Index(
    "contact_forms_case",
    contact_forms.c.city,
    contact_forms.c.case_id,
    sqlite_where=_HAS_CASE,
    postgresql_where=_HAS_CASE,
)
Index("contact_forms_resident", contact_forms.c.city, contact_forms.c.resident)
Index("contact_forms_made", contact_forms.c.city, contact_forms.c.made_at)
