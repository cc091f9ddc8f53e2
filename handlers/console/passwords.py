"""Passwords: Argon2id, and which ones are refused.

The rules follow NIST SP 800-63B-4: length counts, no rules of composition, no regular change. A list of breached
passwords would be a file of others that grows old, or a call to the outside that the city's network does not allow;
what is refused here are the guesses that somebody who knows the person and the city would try first.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH, MAX_LENGTH = 12, 200
ROUNDS, LANES = 3, 4
"""With 64 MiB: the second recommendation of RFC 9106 (section 4), where memory is scarce. About 0.1 s on one core."""

AT_ONCE = 4
"""Passwords hashed at the same time: four times the memory is the most that a flood of logins can take."""

IN_LINE = 8
"""How many more may wait for their turn. The threads of the web server are there for LINE's webhook, too."""

_LONGEST = 1_000
"""Characters that are looked at at all."""

_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "12345678901234567890",
    "1qaz2wsx3edc4rfv5tgb",
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
    "いろはにほへとちりぬるをわかよたれそ",
)
_COMMON = (
    *("password", "pass", "admin", "administrator", "welcome", "letmein", "login", "master", "secret", "iloveyou"),
    *("sunshine", "princess", "monkey", "dragon", "football", "baseball", "superman", "pokemon", "doraemon", "sakura"),
    *("madoguchi", "yakusho", "shiyakusho", "kumiai", "nippon", "japan", "himitsu", "arigatou", "aishiteru"),
    *("ぱすわーど", "パスワード", "ひみつ", "秘密", "まどぐち", "窓口", "市役所", "しやくしょ", "職員"),
)
"""What people begin with when they are asked for a password; also inside longer ones. No list of leaked passwords: the
stems from which most of those are made."""

_DISGUISES = str.maketrans("@401!35$7", "aaoiiesst")
"""Figures and signs that stand for letters: p@ssw0rd."""


class Busy(Exception):
    """So many passwords are being checked that this one cannot wait for its turn."""


class Passwords:
    """Hashes and checks; both may raise `Busy`.

    Parameters stand in each hash; one made with others is renewed at the next login.
    """

    def __init__(self, memory_kib: int = 65_536, rounds: int = ROUNDS, lanes: int = LANES) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=lanes)
        self._line = threading.BoundedSemaphore(AT_ONCE + IN_LINE)
        self._places = threading.BoundedSemaphore(AT_ONCE)
        # Checked when there is no such account, so that an answer takes as long as for a real one.
        self._nobody = self.hash("nobody has this password")

    def hash(self, password: str) -> str:
        with self._turn():
            return self._hasher.hash(_folded(password))

    def check(self, hashed: str, password: str) -> bool:
        """Whether it is the password. "" as a hash is nobody's, and takes as long."""
        with self._turn():
            try:
                self._hasher.verify(hashed or self._nobody, _folded(password))
            except (VerificationError, InvalidHashError):
                return False
        return bool(hashed)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._line.acquire(blocking=False):
            raise Busy
        try:
            with self._places:
                yield
        finally:
            self._line.release()

    def outdated(self, hashed: str) -> bool:
        return self._hasher.check_needs_rehash(hashed)


def complaint(password: str, known: Iterable[str]) -> str:
    """What is wrong with a new password, as a sentence for its owner; "" when it is good.

    `known` are names that others know: the person's, their mail, the city's.
    """
    words = _folded(password)
    if len(words) < MIN_LENGTH:
        return f"パスワードは{MIN_LENGTH}文字以上にしてください。長い文のほうが、覚えやすくて安全です。"
    if len(words) > MAX_LENGTH:
        return f"パスワードは{MAX_LENGTH}文字までにしてください。"
    small = words.lower()
    if len(set(small)) < 5:
        return "同じ文字のくり返しは、すぐに当てられます。別のパスワードにしてください。"
    own, runs = _names(known), _runs()
    plain = _without(small, [*own, *runs])
    if len(_once(_without(plain.translate(_DISGUISES), [*own, *_COMMON]))) < MIN_LENGTH // 2:
        return "名前・メールアドレス・市の名前や、よくある並びが、ほとんどを占めています。別の言葉を足してください。"
    return ""


def _names(known: Iterable[str]) -> list[str]:
    return [part for word in known for part in re.split(r"[\s@._\-・]+", _folded(word).lower()) if len(part) >= 3]


def _runs() -> list[str]:
    """Three neighbours on a keyboard or in a row of letters, forwards or backwards; and years."""
    runs = {run[i : i + 3] for line in _RUNS for run in (line, line[::-1]) for i in range(len(run) - 2)}
    return [*(str(year) for year in range(1940, 2040)), *sorted(runs)]


def _without(words: str, guessable: Iterable[str]) -> str:
    """What is left of a password when what everybody would guess is taken out."""
    for part in sorted(set(guessable), key=lambda part: (-len(part), part)):
        words = words.replace(part, "")
    return words


def _once(words: str) -> str:
    """Repetitions count once."""
    return re.sub(r"(.+?)\1+", r"\1", words)


def _folded(password: str) -> str:
    """The same characters however a keyboard composes them (NFKC, as NIST asks); spaces count."""
    return unicodedata.normalize("NFKC", password[:_LONGEST]).encode("utf-8", "replace").decode()
