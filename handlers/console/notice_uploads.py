"""The picture that staff choose in the form of a notice: read, written anew, and kept before anything else happens.

So a mistake in another field costs nobody the picture. What the browser says of the file (its name, its kind) is not
asked: `media.clean_picture` looks at the bytes, and keeps no place, no camera and no second file.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Final

from flask import request
from werkzeug.datastructures import MultiDict

from handlers.notice_pictures import address_of, key_of
from media import MAX_BYTES, Reason, Refused, clean_picture, small_jpeg
from store import Store
from store.notice_pictures import NoticePicture
from store.records_accounts import Staff

MAX_FORM: Final = MAX_BYTES + 256 * 1024
"""A picture and the words of the form."""

REFUSALS: Final[Mapping[Reason, str]] = {
    "kind": "この写真は使えません。JPEG か PNG か WebP の写真や絵を選んでください。",
    "broken": "この写真を読めません。ほかの写真を選ぶか、画面の写しをとって、もういちど選んでください。",
    "too_large": f"この写真は大きすぎます。{MAX_BYTES // 1_000_000} MB より小さいものを選んでください。",
}


def with_picture(store: Store, public_url: str, me: Staff) -> tuple[MultiDict[str, str], str]:
    """The form with the address of its picture in `picture`, and what is wrong with the file, "" for nothing.

    `picture` may name one that was kept before, of this city; `picture-none` takes it away.
    """
    form: MultiDict[str, str] = MultiDict(request.form)
    kept = store.notice_picture(me.city, key_of(form.get("picture", "")))
    form["picture"] = kept.address if kept is not None and not form.get("picture-none") else ""
    sent = request.files.get("picture-file")
    if sent is None or not sent.filename:
        return form, ""
    data = sent.stream.read(MAX_BYTES + 1)
    try:
        picture = clean_picture(data)
    except Refused as refused:
        return form, REFUSALS[refused.reason]
    key = secrets.token_urlsafe(18)
    address = address_of(public_url, me.city, key)
    made = NoticePicture(key, address, picture.mime, picture.width, picture.height, picture.data, small_jpeg(picture))
    store.keep_notice_picture(me.city, made, me.id)
    form["picture"] = address
    return form, ""
