"""The search engines that the matcher is measured beside, each over the same tokens: question, phrasings and answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import ClassVar, Final, Protocol

import bm25s
import numpy as np
import tantivy
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

from faq.entry import Entry
from faq.index import ask_texts
from faq.text import analyse, content, content_forms, normalise
from faq.units import units, words


class Peer(Protocol):
    """`find` gives the numbers of the best entries; `scans` peers look at every entry for every query."""

    name: ClassVar[str]
    scans: ClassVar[bool]

    def __init__(self, entries: Sequence[Entry]) -> None: ...

    def find(self, query: str, top: int = 5) -> list[int]: ...


def entry_tokens(entry: Entry) -> list[str]:
    return [form for text in (*ask_texts(entry), entry.answer) for form in words(content(units(text)), frozenset())]


def query_tokens(query: str) -> list[str]:
    return list(content_forms(analyse(normalise(query))))


class Bm25s:
    """bm25s (numpy)."""

    name: ClassVar[str] = "bm25s"
    scans: ClassVar[bool] = False

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.engine = bm25s.BM25()
        self.engine.index([entry_tokens(entry) for entry in entries], show_progress=False)

    def find(self, query: str, top: int = 5) -> list[int]:
        tokens = [token for token in query_tokens(query) if token in self.engine.vocab_dict]
        if not tokens:
            return []
        found, _ = self.engine.retrieve([tokens], k=top, show_progress=False)
        return [int(number) for number in found[0]]


class Tantivy:
    """tantivy (Rust), white-space tokens."""

    name: ClassVar[str] = "tantivy"
    scans: ClassVar[bool] = False

    def __init__(self, entries: Sequence[Entry]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", stored=True)
        builder.add_text_field("text", tokenizer_name="whitespace")
        self.schema = builder.build()
        self.engine = tantivy.Index(self.schema)
        writer = self.engine.writer(heap_size=100_000_000, num_threads=1)
        for number, entry in enumerate(entries):
            writer.add_document(tantivy.Document(number=number, text=" ".join(entry_tokens(entry))))
        writer.commit()
        writer.wait_merging_threads()
        self.engine.reload()
        self.searcher = self.engine.searcher()

    def find(self, query: str, top: int = 5) -> list[int]:
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self.schema, "text", token))
            for token in query_tokens(query)
        ]
        if not terms:
            return []
        hits = self.searcher.search(tantivy.Query.boolean_query(terms), top).hits
        return [int(self.searcher.doc(address)["number"][0]) for _, address in hits]


class Fts5:
    """SQLite FTS5, its own bm25() over Sudachi's tokens."""

    name: ClassVar[str] = "SQLite FTS5"
    scans: ClassVar[bool] = False

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.engine = sqlite3.connect(":memory:")
        self.engine.execute("CREATE VIRTUAL TABLE entry USING fts5(text, tokenize = 'unicode61')")
        rows = ((number, " ".join(entry_tokens(entry))) for number, entry in enumerate(entries))
        self.engine.executemany("INSERT INTO entry (rowid, text) VALUES (?, ?)", rows)

    def find(self, query: str, top: int = 5) -> list[int]:
        words = [token.replace('"', "") for token in query_tokens(query)]
        if not words:
            return []
        wanted = " OR ".join(f'"{word}"' for word in words)
        found = self.engine.execute(
            "SELECT rowid FROM entry WHERE entry MATCH ? ORDER BY bm25(entry) LIMIT ?", (wanted, top)
        )
        return [int(number) for (number,) in found]


class CharacterTfidf:
    """scikit-learn's TF-IDF of one to three characters, cosine, over the text as it is written."""

    name: ClassVar[str] = "文字 TF-IDF"
    scans: ClassVar[bool] = True

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.engine = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), dtype=np.float32)
        texts = (normalise(" ".join((*ask_texts(entry), entry.answer))) for entry in entries)
        self.columns = self.engine.fit_transform(texts).T.tocsr()

    def find(self, query: str, top: int = 5) -> list[int]:
        scores = (self.engine.transform([normalise(query)]) @ self.columns).toarray()[0]
        best = np.argpartition(-scores, min(top, len(scores) - 1))[:top]
        return [int(number) for number in best[np.argsort(-scores[best])] if scores[number] > 0]


class RapidFuzzScan:
    """RapidFuzz token_set_ratio against everything that asks for an entry; an entry scores by its best text."""

    name: ClassVar[str] = "RapidFuzz token_set"
    scans: ClassVar[bool] = True

    def __init__(self, entries: Sequence[Entry]) -> None:
        asks = [(number, text) for number, entry in enumerate(entries) for text in ask_texts(entry)]
        self.owners = [number for number, _ in asks]
        self.texts = [" ".join(words(content(units(text)), frozenset())) for _, text in asks]

    def find(self, query: str, top: int = 5) -> list[int]:
        found = process.extract(" ".join(query_tokens(query)), self.texts, scorer=fuzz.token_set_ratio, limit=top * 5)
        return list(dict.fromkeys(self.owners[text] for _, _, text in found))[:top]


PEERS: Final[tuple[type[Peer], ...]] = (Bm25s, Tantivy, Fts5, CharacterTfidf, RapidFuzzScan)
