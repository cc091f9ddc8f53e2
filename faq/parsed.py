"""What YAML files say, kept on disk by their content, so that a start need not parse again what has not changed.

Parsing is four fifths of reading a city. Only files without a single problem are kept, as plain JSON; whoever loads one
checks it against the schema as if it had just been parsed, and parses the file itself when anything is odd: broken,
foreign or older ones are no use and do no harm. Nothing is kept until `keep_in` names a folder, as the service does:
`faq check` always reads the files themselves.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from faq import yaml_tree

MOST_KEPT: Final = 1_200
"""Files. The ones that were used longest ago go first."""

MOST_BYTES: Final = 200_000_000
"""Of all of them together; a city of 2,000 entries needs 12 MB, and each edit up to 1 MB more."""

_state: dict[str, Path] = {}


def keep_in(folder: Path | None) -> None:
    """Keep what is parsed from now on in this folder (made if need be), or nowhere."""
    _state.clear()
    if folder is not None:
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            _state["folder"] = folder


def keeping() -> bool:
    """Whether there is a folder to keep things in."""
    return "folder" in _state


def load(kind: str, text: str) -> Any:
    """What this text said when it was parsed as this kind of file, or None."""
    path = _path(kind, text)
    if path is None:
        return None
    try:
        digest, _, content = path.read_text(encoding="utf-8").partition("\n")
        if digest != _digest(content):
            return None
        os.utime(path)
        return json.loads(content)
    except (OSError, ValueError, RecursionError):
        return None


def keep(kind: str, text: str, plain: Any) -> None:
    """Keep what this text says; a folder that cannot be written to only costs time at the next start."""
    path = _path(kind, text)
    if path is None:
        return
    content = json.dumps(plain, ensure_ascii=False)
    with suppress(OSError, ValueError):
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".new", delete=False) as file:
            file.write(f"{_digest(content)}\n{content}")
        os.replace(file.name, path)
        _forget_the_oldest(path.parent)


def _path(kind: str, text: str) -> Path | None:
    folder = _state.get("folder")
    if folder is None:
        return None
    said = f"{_reader()}\n{kind}\n{text}".encode("utf-8", "surrogatepass")
    return folder / f"{hashlib.sha256(said).hexdigest()}.json"


@lru_cache(maxsize=1)
def _reader() -> str:
    """A name for the code that parses: a newer one may see what this one did not."""
    return hashlib.sha256(Path(yaml_tree.__file__).read_bytes()).hexdigest()


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _forget_the_oldest(folder: Path) -> None:
    kept = sorted(((path.stat(), path) for path in folder.iterdir()), key=lambda file: -file[0].st_mtime_ns)
    together = accumulate(stat.st_size for stat, _ in kept)
    for number, ((_, path), size) in enumerate(zip(kept, together, strict=True), 1):
        if number > MOST_KEPT or size > MOST_BYTES:
            path.unlink(missing_ok=True)
