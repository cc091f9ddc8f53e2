"""A conversation as a text for the file (公文書): who said what and when, and which way the case went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from faq.city import City
from handlers.console.conversation_view import Said, Talk, ended, name_of
from handlers.console.inbox_view import CHANNELS, STATUSES, display_name
from handlers.console.times import JAPAN, for_the_file
from store.records_cases import CaseView

BOM: Final = "\ufeff"
"""Old Windows programs take UTF-8 without it for Shift_JIS."""

RULE: Final = "─" * 40
KINDS: Final = {"resident": "住民", "bot": "自動応答", "staff": "職員", "step": "経過", "note": "内部メモ"}


def as_text(talk: Talk, city: City, names: Mapping[int, str], by: str, now: datetime, with_notes: bool) -> str:
    """The whole conversation with a head; lines end as Windows wants them. Notes only if asked for."""
    pieces = [piece for piece in talk.said if with_notes or piece.speaker != "note"]
    lines = [
        *_head(talk.case, city, names, by, now, with_notes),
        RULE,
        *(line for one in pieces for line in _piece(one)),
    ]
    return "\r\n".join([*lines, RULE, f"以上（{len(pieces)}件）", ""])


def file_name(case: CaseView, now: datetime) -> str:
    """`case-12-20261121.txt`: ASCII, so that no browser and no file server changes it."""
    return f"case-{case.id}-{now.astimezone(JAPAN):%Y%m%d}.txt"


def _head(case: CaseView, city: City, names: Mapping[int, str], by: str, now: datetime, with_notes: bool) -> list[str]:
    closed_by, reason = ended(case, names)
    rows = [
        ("自治体", city.name),
        ("受付番号", str(case.id)),
        ("担当課", case.department),
        ("経路", CHANNELS.get(case.channel, case.channel)),
        ("住民の表示名", display_name(case)),
        ("状態", STATUSES.get(case.status, case.status)),
        ("受付日時", for_the_file(case.opened_at)),
        ("対応開始日時", for_the_file(case.taken_at) if case.taken_at else "―"),
        ("担当者", name_of(case.staff, names) or "―"),
        ("終了日時", for_the_file(case.closed_at) if case.closed_at else "―"),
        ("終了した者", closed_by or "―"),
        ("終了の理由", reason or "―"),
        ("関連する案内", case.linked_entry or "―"),
        ("内部メモ", "ふくむ" if with_notes else "ふくまない"),
        ("書き出した者", by),
        ("書き出し日時", for_the_file(now)),
    ]
    note = "個人番号とカード番号は、受け取った時に伏せています。"
    return ["対話記録", "", *(f"{name}：{value}" for name, value in rows), "", note]


def _piece(piece: Said) -> list[str]:
    who = "　".join(filter(None, (KINDS[piece.speaker], piece.name if piece.speaker in ("staff", "note") else "")))
    delivery = f"　［{piece.delivery}］" if piece.delivery else ""
    return [f"{for_the_file(piece.at)}　{who}{delivery}", *(f"　　{line}" for line in piece.text.splitlines()), ""]
