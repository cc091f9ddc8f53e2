"""Make `faq/word_vectors.npz` from the word vectors of chiVe, as the package ja-ginza carries them.

    pip download --no-deps ja-ginza==5.3.0 && unzip -d ja_ginza_wheel ja_ginza-5.3.0-py3-none-any.whl
    python benchmarks/learn_word_vectors.py ja_ginza_wheel/ja_ginza/ja_ginza-5.3.0/vocab

Kept are words that Sudachi knows as one short unit and that carry a topic, no proper names, in the forms of `faq.text`;
the vectors without what all of them have in common (their mean), in 255 steps. Needs msgpack (pip install msgpack)
beside requirements-bench.txt. Nothing here reads a query or an entry.
"""

from __future__ import annotations

import json
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sudachipy import Dictionary, SplitMode

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from faq.stopwords import STOP_WORDS  # noqa: E402
from faq.text import normalise, stem, to_hiragana  # noqa: E402
from faq.word_vectors import FILE  # noqa: E402

JAPANESE: Final = re.compile(r"[ぁ-んァ-ヶ一-鿿]")
PARTS: Final = frozenset({"名詞", "動詞", "形容詞", "形状詞", "副詞", "接尾辞", "接頭辞", "代名詞"})
_STOP: Final = frozenset(stem(to_hiragana(word)) for word in STOP_WORDS)
_64_BITS: Final = (1 << 64) - 1


class Known(NamedTuple):
    """A word of the package. Of several spellings of one form the dictionary's own is taken."""

    own_spelling: int
    row: int


def murmur(text: str) -> int:
    """spaCy's number of a string: MurmurHash64A of its UTF-8 with seed 1 (Austin Appleby, public domain)."""
    raw, factor = text.encode(), 0xC6A4A7935BD1E995
    number = 1 ^ (len(raw) * factor) & _64_BITS
    whole = len(raw) // 8 * 8
    for (part,) in struct.iter_unpack("<Q", raw[:whole]):
        mixed = part * factor & _64_BITS
        number = (number ^ ((mixed ^ mixed >> 47) * factor & _64_BITS)) * factor & _64_BITS
    if rest := raw[whole:]:
        number = (number ^ int.from_bytes(rest, "little")) * factor & _64_BITS
    number = (number ^ number >> 47) * factor & _64_BITS
    return number ^ number >> 47


def known_words(folder: Path) -> Iterator[tuple[str, Known]]:
    """The forms of the package's words that are kept."""
    import msgpack  # only this script needs it

    pairs = msgpack.unpackb((folder / "key2row").read_bytes(), strict_map_key=False)
    rows = {key & _64_BITS: row for key, row in pairs.items()}
    tokenizer = Dictionary().tokenizer(mode=SplitMode.A)
    for word in json.loads((folder / "strings.json").read_text(encoding="utf-8")):
        row = rows.get(murmur(word)) if JAPANESE.search(word) else None
        if row is None:
            continue
        units = tokenizer.tokenize(normalise(word))
        if len(units) != 1 or units[0].is_oov():
            continue
        unit, part = units[0], units[0].part_of_speech()
        form = stem(to_hiragana(unit.normalized_form().lower()))
        if part[0] in PARTS and part[1] != "固有名詞" and form.strip() and form not in _STOP:
            spelling = 2 * (unit.normalized_form() == word) + (unit.dictionary_form() == word)
            yield form, Known(spelling, int(row))


def in_steps(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    centred = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    centred -= centred.mean(0)
    steps: NDArray[np.int8] = np.rint(centred * (127 / np.abs(centred).max(1, keepdims=True))).astype(np.int8)
    return steps


def main(folder: Path) -> None:
    best: dict[str, Known] = {}
    for form, known in known_words(folder):
        if form not in best or (known.own_spelling, -known.row) > (best[form].own_spelling, -best[form].row):
            best[form] = known
    forms = sorted(best, key=str.encode)
    used = sorted({known.row for known in best.values()})
    place = {row: number for number, row in enumerate(used)}
    np.savez_compressed(
        FILE,
        words=np.frombuffer("".join(f"{form}\n" for form in forms).encode(), np.uint8),
        rows=np.asarray([place[best[form].row] for form in forms], np.uint16),
        vectors=in_steps(np.load(folder / "vectors")[used]),
    )
    print(f"{len(forms):,} words, {len(used):,} vectors, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
