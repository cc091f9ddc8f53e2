"""A notice's picture as an answer to a browser or to LINE: to be looked at, and nothing else."""

from __future__ import annotations

from typing import Final

from flask import Response

from store.notice_pictures import NoticePicture

POLICY: Final = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PATH: Final = "picture"
"""`/notices/<city>/picture/<key>`, and `…/small` below it."""


def address_of(public_url: str, city: str, key: str) -> str:
    return f"{public_url}/notices/{city}/{PATH}/{key}"


def key_of(address: str) -> str:
    """The key in the address that a notice holds; "" where it has no picture."""
    return address.rpartition("/")[2]


def as_shown(picture: NoticePicture, *, small: bool, cache: str) -> Response:
    """Only what `media.clean_picture` has written is kept, so only JPEG and PNG are served."""
    response = Response(picture.small if small else picture.data)
    response.content_type = "image/jpeg" if small else picture.mime
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = cache
    return response
