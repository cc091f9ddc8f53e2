"""What the console derives from `SECRET_KEY`: the key that encrypts second factors, and the one that signs forms.

One machine without a `SECRET_KEY` makes a file in its data folder; several machines have to be given the same one,
or each would fail to read what another has encrypted. Sessions do not hang on it: they stand in the database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config import Config, ConfigError

FILE = "secret-key"


class Keys:
    """Keys for their purposes, each derived from the one secret (HKDF-SHA256)."""

    def __init__(self, secret: str) -> None:
        self._box = Fernet(base64.urlsafe_b64encode(_derived(secret, "totp")))
        self.forms = _derived(secret, "forms")
        self.notes = _derived(secret, "notes")

    def seal(self, text: str) -> str:
        """Encrypts, for the database."""
        return self._box.encrypt(text.encode()).decode()

    def unseal(self, sealed: str, seconds: int | None = None) -> str | None:
        """What was sealed; None when it was sealed with another secret, changed, or longer ago than `seconds`."""
        try:
            return self._box.decrypt(sealed.encode(), ttl=seconds).decode()
        except InvalidToken:
            return None

    def sign(self, words: str) -> str:
        return hmac.new(self.forms, words.encode(), hashlib.sha256).hexdigest()


def read_or_make_key(config: Config) -> str:
    """`SECRET_KEY`, or the content of the file in the data folder, which is made at the first start (mode 600)."""
    if config.console.secret_key:
        return config.console.secret_key
    path = config.data_dir / FILE
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
        return _read(path) or _make(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"SECRET_KEY: {path} を読み書きできません（{type(error).__name__}）。") from error


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def _make(path: Path) -> str:
    """Written beside and linked into place, so that two processes that start together agree on one."""
    draft = path.with_name(f".{FILE}-{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read(path)


def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"madoguchi console {purpose}".encode()).derive(secret.encode())
