"""The bytes behind message ids: what residents sent and the previews made of it. Bounded; the oldest goes first."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

PREVIEW_PIXELS = 240


@dataclass(frozen=True, slots=True)
class Content:
    """One received file with its MIME type."""

    data: bytes
    mime: str


class ContentStore:
    """Contents by city and message id, at most `capacity_bytes` together."""

    def __init__(self, capacity_bytes: int = 64_000_000) -> None:
        self.preparing = 0
        """So many fetches are answered 202 (being prepared), as LINE does with large contents."""
        self._capacity = capacity_bytes
        self._size = 0
        self._contents: dict[tuple[str, str], Content] = {}
        self._lock = threading.Lock()

    def still_preparing(self) -> bool:
        """Whether this fetch comes too early; uses up one of `preparing`."""
        with self._lock:
            early = self.preparing > 0
            self.preparing -= early
        return early

    def put(self, city: str, message_id: str, data: bytes, mime: str) -> None:
        """Keep a content, letting go of the oldest ones when there is no room."""
        with self._lock:
            self._contents[city, message_id] = Content(data, mime)
            self._size += len(data)
            while self._size > self._capacity and len(self._contents) > 1:
                oldest = next(iter(self._contents))
                self._size -= len(self._contents.pop(oldest).data)

    def get(self, city: str, message_id: str) -> Content | None:
        """The content, or None when it never was there, was unsent, or is gone."""
        with self._lock:
            return self._contents.get((city, message_id))

    def drop(self, city: str, message_id: str) -> None:
        """Forget a content (the resident unsent it)."""
        with self._lock:
            gone = self._contents.pop((city, message_id), None)
            self._size -= len(gone.data) if gone else 0


def image_mime(data: bytes) -> str | None:
    """`image/jpeg`, `image/png`, … by the first bytes, or None when this is no image."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            return Image.MIME.get(image.format or "")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None


def preview(content: Content) -> Content | None:
    """A small JPEG of an image; None for anything else (LINE makes previews of videos too, this does not)."""
    try:
        with Image.open(io.BytesIO(content.data)) as image:
            small = image.convert("RGB")
            small.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS))
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return Content(out.getvalue(), "image/jpeg")
