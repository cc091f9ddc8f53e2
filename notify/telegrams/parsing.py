"""XML from outside, parsed within limits: no DTD, no entities, bounded size, depth and number of elements."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from notify.telegrams.records import BrokenOff, TelegramError

# The largest of the known samples has 0.3 MB, 7,000 elements and a depth of 12.
LARGEST_BYTES: Final = 5_000_000
MOST_ELEMENTS: Final = 200_000
MOST_ATTRIBUTES: Final = 50
DEEPEST: Final = 50

NAMESPACES: Final = {
    "j": "http://xml.kishou.go.jp/jmaxml1/",
    "h": "http://xml.kishou.go.jp/jmaxml1/informationBasis1/",
    "m": "http://xml.kishou.go.jp/jmaxml1/body/meteorology1/",
    "s": "http://xml.kishou.go.jp/jmaxml1/body/seismology1/",
    "e": "http://xml.kishou.go.jp/jmaxml1/elementBasis1/",
}
_ROOT: Final = f"{{{NAMESPACES['j']}}}Report"


def parse(data: bytes) -> Element:
    """The root of a telegram, or TelegramError with the reason in Japanese."""
    root = parse_xml(data)
    if root.tag != _ROOT:
        raise TelegramError("気象庁防災情報XMLではありません")
    return root


def parse_xml(data: bytes, largest: int = LARGEST_BYTES) -> Element:
    """The root of any XML within the limits, or TelegramError. BrokenOff: trying again may help."""
    _refuse_what_is_no_xml(data, largest)
    parser = DefusedXMLParser(target=_BoundedBuilder(), forbid_dtd=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise TelegramError("DTD や実体の宣言があるXMLは、安全のため読みません") from error
    except ParseError as error:
        line = error.position[0] if hasattr(error, "position") else 0
        raise BrokenOff(f"XMLが途中で切れているか、こわれています（{line}行目）") from error
    except (LookupError, UnicodeError, ValueError) as error:
        raise TelegramError("文字コードを読めません") from error
    return root


def text_at(element: Element, path: str) -> str:
    """The text at a path (prefixes of NAMESPACES) without the blanks around it; empty where it is absent."""
    return (element.findtext(path, "", NAMESPACES) or "").strip()


def find_all(element: Element, path: str) -> list[Element]:
    """All elements at a path, in the telegram's order."""
    return element.findall(path, NAMESPACES)


def _refuse_what_is_no_xml(data: bytes, largest: int) -> None:
    if len(data) > largest:
        raise TelegramError(f"大きすぎます（{largest // 1_000_000} MBまで）")
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data.strip():
        raise BrokenOff("中身がありません")
    if start.startswith((b"<!doctype html", b"<html")):
        raise TelegramError("XMLではなく、HTMLのページです")


class _BoundedBuilder(TreeBuilder):
    """Builds the tree while it stays within the limits."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._elements = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST:
            raise TelegramError(f"入れ子が深すぎます（{DEEPEST}段まで）")
        if self._elements > MOST_ELEMENTS or len(attrs) > MOST_ATTRIBUTES:
            raise TelegramError("要素や属性が多すぎます")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)
