"""A picture that a resident sent, for the staff who may see its case.

Only what `media.clean_picture` has written is ever kept, so only that is served: as JPEG or PNG, to be looked at and
nothing else. The page that it opens as by itself is an empty sandbox, whatever the bytes were.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort

from handlers.console import gate
from handlers.console.desk_data import DeskData
from handlers.console.gate import allowed, staff_member
from handlers.console.parts import Parts

ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}
POLICY = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/cases/<number>/attachments/<id>`."""
    data = DeskData.of(parts)

    @blueprint.get("/<city>/cases/<int:number>/attachments/<attachment>")
    @allowed("case.read", passive=True)
    def attachment(city: str, number: int, attachment: str) -> Response:
        found = data.case(staff_member(), number)
        content = data.store.attachment(city, attachment)
        # The case in the address is the one that was checked; a picture of another case is not there.
        if content is None or content.attachment.case_id != found.id or content.attachment.mime not in ENDINGS:
            abort(404)
        gate.audit("attachment.view", f"case:{number}", attachment=attachment)
        response = Response(content.data, content_type=content.attachment.mime)
        name = f"{number}-{attachment[:8]}.{ENDINGS[content.attachment.mime]}"
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "private, no-store"
        return response
