"""Reads a page as a tree, with the standard library alone: enough to ask what stands where."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Builder(HTMLParser):
    """Refuses what browsers would repair in silence: an end without its beginning."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = TreeBuilder()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {name: value or "" for name, value in attributes})
        if tag in VOID:
            self.tree.end(tag)
        else:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {name: value or "" for name, value in attributes})
        self.tree.end(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> without <{tag}>"
        assert self.open.pop() == tag, f"</{tag}> where another element is open"
        self.tree.end(tag)

    def handle_data(self, text: str) -> None:
        if self.open:
            self.tree.data(text)


def read_page(html: str) -> Element:
    """The `<html>` element; fails when the elements are not properly nested."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.open == []
    return builder.tree.close()


def words(element: Element) -> str:
    """What can be read, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def links(element: Element) -> list[str]:
    return [link.get("href", "") for link in element.iter("a")]


def values(element: Element, path: str, name: str) -> list[str]:
    """The attribute `name` of every element at `path`."""
    return [found.get(name, "") for found in element.findall(path)]
