"""Bytes that nobody should send: always one clear Japanese reason, never a traceback, never much memory."""

from __future__ import annotations

import random
import tracemalloc

import pytest

from notify.telegrams.parsing import LARGEST_BYTES
from notify.telegrams.read import read_telegram
from notify.telegrams.records import TelegramError
from tests.notify.telegram_builders import (
    KAWAGOE,
    KOSHIGAYA,
    NOTHING,
    quake_xml,
    river_xml,
    telegram,
    tsunami_xml,
    typhoon_xml,
    weather_xml,
)

GOOD = weather_xml(rows=[(KOSHIGAYA, [("レベル２大雨注意報", "10", "発表")]), (KAWAGOE, [(None, None, NOTHING)])])
DECLARATION, REST = GOOD.split(b"\n", 1)
LAUGHS = b"".join(b'<!ENTITY a%d "%s">' % (i + 1, b"&a%d;" % i * 10) for i in range(9))
BOMB = b'<!DOCTYPE Report [<!ENTITY a0 "ha">' + LAUGHS + b"]>\n"
FILE = b'<!DOCTYPE Report [<!ENTITY f SYSTEM "file:///etc/passwd">]>\n'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "中身がありません", id="empty"),
        pytest.param(b" \n\t", "中身がありません", id="blank"),
        pytest.param(GOOD[: len(GOOD) // 2], "途中で切れている", id="truncated"),
        pytest.param(GOOD[:-3], "途中で切れている", id="last bytes missing"),
        pytest.param(b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "HTML", id="html page"),
        pytest.param(b"\n<html><head></head></html>", "HTML", id="html without doctype"),
        pytest.param(b'{"error": "not found"}', "こわれています", id="json"),
        pytest.param(b"\x1f\x8b\x08" + bytes(100), "こわれています", id="gzip"),
        pytest.param(b"<rss><channel/></rss>", "気象庁防災情報XMLではありません", id="other xml"),
        pytest.param(b"<Report><Control/></Report>", "気象庁防災情報XMLではありません", id="no namespace"),
        pytest.param(DECLARATION + BOMB + REST, "DTD", id="billion laughs"),
        pytest.param(DECLARATION + FILE + REST.replace("越谷市".encode(), b"&f;"), "DTD", id="external entity"),
        pytest.param(DECLARATION + b"<!DOCTYPE Report SYSTEM 'http://a.example/x'>" + REST, "DTD", id="external dtd"),
        pytest.param(GOOD.decode().encode("cp932"), "こわれています|文字コード", id="shift_jis called utf-8"),
        pytest.param(GOOD.replace(b"UTF-8", b"Shift_JIS"), "文字コード|こわれています", id="declared shift_jis"),
        pytest.param(GOOD.replace(b"UTF-8", b"x-nothing"), "文字コード|こわれています", id="unknown encoding"),
        pytest.param(GOOD.replace(b"UTF-8", b"ISO-8859-1"), "Status", id="declared latin-1"),
        pytest.param(GOOD.replace(b"</Body>", b"\x00</Body>"), "こわれています", id="null byte"),
        pytest.param(GOOD + GOOD, "こわれています", id="two documents"),
        pytest.param(b"<a>" * 1_000_000, "入れ子が深すぎます", id="deep"),
        pytest.param(b"<a>" + b"<b/>" * 1_200_000, "要素や属性が多すぎます", id="many elements"),
        pytest.param(b"<a " + b" ".join(b'a%d=""' % i for i in range(1000)) + b"/>", "属性", id="many attributes"),
        pytest.param(GOOD + b" " * LARGEST_BYTES, "大きすぎます", id="huge"),
    ],
)
def test_hostile_bytes_are_refused_with_a_reason(data, reason):
    with pytest.raises(TelegramError, match=reason):
        read_telegram(data)


def test_utf16_and_a_byte_order_mark_are_read_as_the_same_telegram():
    expected = read_telegram(GOOD)

    assert read_telegram(b"\xef\xbb\xbf" + GOOD) == expected
    assert read_telegram(GOOD.decode().replace("UTF-8", "UTF-16").encode("utf-16")) == expected


def test_known_types_with_a_strange_body_are_results_without_items():
    for title in ("震度速報", "津波警報・注意報・予報a", "指定河川洪水予報", "府県気象防災速報"):
        notice = read_telegram(telegram(title, body="<Warning><Item><Kind/></Item></Warning><Tsunami/><Intensity/>"))

        assert notice.understood
        assert notice.items == ()


FAMILIES = {
    "weather": GOOD,
    "river": river_xml(("レベル３氾濫警報", "30", ""), [KAWAGOE]),
    "tsunami": tsunami_xml([(("東京湾内湾", "312"), ("津波警報", "51"), None)]),
    "quake": quake_xml([(KAWAGOE, "<MaxInt>5-</MaxInt>")]),
    "typhoon": typhoon_xml([("実況", (34.0, 139.6), [("暴風域", [("北東", 200), ("南西", 90)])])]),
}


@pytest.mark.parametrize("good", FAMILIES.values(), ids=FAMILIES)
def test_any_damage_to_a_telegram_is_a_result_or_a_reason(good):
    chance = random.Random(5)

    told = [outcome(damaged(good, chance)) for _ in range(600)]

    assert None in told
    assert len(set(told)) > 5  # many different reasons, and nothing but reasons
    assert "" not in told


def damaged(data: bytes, chance: random.Random) -> bytes:
    """One to six bytes changed, stretches cut out or repeated."""
    bytes_ = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place, length = chance.randrange(len(bytes_)), chance.randint(1, 40)
        change = chance.choice(("flip", "cut", "repeat"))
        if change == "flip":
            bytes_[place] = chance.randrange(256)
        elif change == "cut":
            del bytes_[place : place + length]
        else:
            bytes_[place:place] = bytes_[place : place + length]
    return bytes(bytes_)


def outcome(data: bytes) -> str | None:
    """The reason why it cannot be read, or None where it can."""
    try:
        read_telegram(data)
    except TelegramError as error:
        return str(error)
    return None


def test_five_megabytes_of_elements_take_little_memory():
    data = b"<a>" + b"<b/>" * ((LARGEST_BYTES - 3) // 4)
    tracemalloc.start()
    try:
        with pytest.raises(TelegramError):
            read_telegram(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 60_000_000
