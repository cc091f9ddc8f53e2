"""Scripts, styles and fonts, at addresses that change with their content so that browsers keep them for a year.

`/assets/<version>/widget/chat.js`: the version stands in the path, so what a script imports or a style sheet names is
of the same version. Only files known at the start are served; no path of a request ever reaches the disk.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from flask import Blueprint, Response, abort, request

from config import ROOT

HANDLERS = Path(__file__).parents[1]
OWN = {name: HANDLERS / name / "static" for name in ("widget", "public", "console")}
NODE_MODULES = ROOT / "node_modules"
FONT = NODE_MODULES / "@fontsource" / "biz-udpgothic"
TOKENS = NODE_MODULES / "@digital-go-jp" / "design-tokens" / "dist" / "tokens.css"
HTMX = NODE_MODULES / "htmx.org" / "dist" / "htmx.min.js"

TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
A_YEAR = "public, max-age=31536000, immutable"
_FONT_SOURCE = re.compile(r"src: url\((\./files/[\w-]+\.woff2)\) format\('woff2'\)[^;]*;")


@dataclass(frozen=True)
class Assets:
    """Every file that may be asked for, by its name below `/assets/<version>/`."""

    files: dict[str, Path]

    @cached_property
    def version(self) -> str:
        """Changes when a file of ours changes, or when another font or other tokens are installed."""
        digest = hashlib.sha256()
        for name, path in sorted(self.files.items()):
            digest.update(name.encode())
            digest.update(str(path.stat().st_size).encode() if path.suffix == ".woff2" else path.read_bytes())
        return digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """The address of a file; "" for one that is not installed (fonts, tokens and htmx may be absent)."""
        return f"/assets/{self.version}/{name}" if name in self.files else ""

    def content(self, name: str) -> bytes:
        content = self.files[name].read_bytes()
        return _with_local_font(content, bold="700" in name) if name.startswith("vendor/font/") else content


@cache
def the_assets() -> Assets:
    """The files of this installation; looked for once."""
    return Assets(dict(_files()))


def _files() -> Iterator[tuple[str, Path]]:
    for folder, path in OWN.items():
        for file in sorted(path.rglob("*")):
            if file.suffix in TYPES:
                yield f"{folder}/{file.relative_to(path).as_posix()}", file
    for name, file in (("vendor/tokens.css", TOKENS), ("vendor/htmx.js", HTMX)):
        if file.is_file():
            yield name, file
    for weight in ("400", "700"):
        if (FONT / f"{weight}.css").is_file():
            yield f"vendor/font/{weight}.css", FONT / f"{weight}.css"
            for file in FONT.glob(f"files/biz-udpgothic-*-{weight}-normal.woff2"):
                yield f"vendor/font/files/{file.name}", file


def _with_local_font(content: bytes, bold: bool) -> bytes:
    """Lets a machine that has BIZ UDPGothic (every Windows) use its own instead of fetching ours; woff2 only."""
    if not content.lstrip().startswith((b"/*", b"@font-face")):
        return content
    local = "BIZ UDPGothic Bold" if bold else "BIZ UDPGothic"
    return _FONT_SOURCE.sub(rf"src: local('{local}'), url(\1) format('woff2');", content.decode("utf-8")).encode(
        "utf-8"
    )


def assets_blueprint(assets: Assets) -> Blueprint:
    """`GET /assets/<version>/<name>`. An old version gets the present file, for a short time."""
    blueprint = Blueprint("assets", __name__, template_folder="templates")

    @cache
    def packed(name: str) -> bytes:
        return gzip.compress(assets.content(name), 6, mtime=0)

    @blueprint.get("/assets/<version>/<path:name>")
    def asset(version: str, name: str) -> Response:
        if name not in assets.files:
            abort(404)
        kind = TYPES[assets.files[name].suffix]
        text = kind.startswith("text/")
        pack = text and "gzip" in request.headers.get("Accept-Encoding", "")
        response = Response(packed(name) if pack else assets.content(name), content_type=kind)
        if pack:
            response.headers["Content-Encoding"] = "gzip"
        if text:
            response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = A_YEAR if version == assets.version else "public, max-age=60"
        # Fonts and scripts are also asked for by the chat's frame on the pages of others.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return blueprint
