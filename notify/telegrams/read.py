"""One telegram in, one Notice out: pure, bounded, and with a Japanese reason where it cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from xml.etree.ElementTree import Element

from notify.telegrams.bulletins import read_bulletin
from notify.telegrams.data_types import TITLES, Family, data_type_of, family_of
from notify.telegrams.envelope import read_envelope
from notify.telegrams.parsing import parse
from notify.telegrams.quakes import read_early_warning, read_intensities
from notify.telegrams.records import Envelope, Notice, Reading
from notify.telegrams.rivers import read_river
from notify.telegrams.tsunami import read_tsunami
from notify.telegrams.typhoons import read_typhoon
from notify.telegrams.warnings import read_old_warnings, read_warnings

_READERS: Final[dict[Family, Callable[[Element, str, Envelope], Reading]]] = {
    Family.WARNINGS: lambda root, _type, _envelope: read_warnings(root),
    Family.OLD_WARNINGS: lambda root, _type, _envelope: read_old_warnings(root),
    Family.QUAKES: lambda root, data_type, envelope: _read_quake(root, data_type, envelope),
    Family.TSUNAMI: lambda root, _type, envelope: read_tsunami(root, envelope.info_type),
    Family.RIVERS: lambda root, _type, envelope: read_river(root, envelope.info_type),
    Family.TYPHOONS: lambda root, _type, _envelope: read_typhoon(root),
    Family.BULLETINS: lambda root, data_type, envelope: read_bulletin(
        root, data_type, envelope.info_type, envelope.title
    ),
}


def read_telegram(data: bytes, file_name: str = "") -> Notice:
    """What a telegram says. TelegramError where it cannot be read; an unknown type keeps its envelope alone."""
    root = parse(data)
    envelope = read_envelope(root)
    data_type = data_type_of(file_name, envelope.control_title)
    family = family_of(data_type)
    titled = TITLES.get(envelope.control_title)
    if data_type is None or family is None:
        return Notice(data_type, envelope, (), "", False, ())
    if titled is not None and family_of(titled) is not family:
        warning = f"ファイル名の種類（{data_type}）と表題（{envelope.control_title}）が合わないので、本文を使いません"
        return Notice(data_type, envelope, (), "", False, (warning,))
    if envelope.info_type == "取消":
        return Notice(data_type, envelope, (), "", True, ())
    reading = _READERS[family](root, data_type, envelope)
    return Notice(data_type, envelope, reading.items, reading.scope, True, reading.warnings, reading.circles)


def _read_quake(root: Element, data_type: str, envelope: Envelope) -> Reading:
    reader = read_early_warning if data_type == "VXSE43" else read_intensities
    return reader(root, envelope.info_type)
