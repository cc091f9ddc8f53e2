"""What the page of a conversation shows: the talk in order, with steps and notes. Knows no Flask and no SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from bot.answer import Voice
from bot.privacy import MASK_CARD, MASK_MY_NUMBER
from handlers.console.inbox_view import display_name
from handlers.console.times import moment
from handlers.widget.history import label_of
from store.records import Turn
from store.records_cases import OPERATOR, CaseStep, CaseView, Delivery
from store.records_desk import Note

Speaker = Literal["resident", "bot", "staff", "step", "note"]

KINDS: Final[Mapping[str, str]] = {
    "sticker": "（スタンプ）",
    "image": "（画像）",
    "video": "（動画）",
    "audio": "（音声）",
    "file": "（ファイル）",
    "location": "（位置情報）",
    "follow": "（友だちに追加しました）",
}
EVENTS: Final[Mapping[str, str]] = {
    "asks": "住民が、人に聞くことを選びました",
    "cancels": "住民が、人に聞くのをやめました",
    "takes": "{who}さんが受けました",
    "releases": "{who}さんが手を離しました。待っている人に戻りました",
    "transfers": "{who}さんが、ほかの課へ渡しました",
    "closes": "{who}さんが終わりにしました。自動の案内に戻りました",
    "ends": "住民が話を終えました。自動の案内に戻りました",
    "idles": "しばらくことばがないので、住民に知らせました",
    "returns": "ことばがないまま時間が過ぎたので、自動の案内に戻りました",
    "erases": "住民のことばを消しました",
}
SILENT_EVENTS: Final = frozenset({"writes", "replies"})
"""Steps that the words themselves already show."""

WHY_NOT: Final[Mapping[str, str]] = {
    "monthly limit": "LINE の今月の通数を使い切りました。住民が次に書いたとき、いっしょに届きます",
    "retry key expired": "1日試しても送れませんでした",
    "erased": "住民が消しました",
    "no channel": "LINE の設定がありません",
}
DELIVERIES: Final[Mapping[str, str]] = {"waiting": "送っています", "sent": "届けました", "failed": "届いていません"}
REASONS: Final[Mapping[str, str]] = {
    "answered": "答えた",
    "faq": "案内（FAQ）を知らせた",
    "visit": "窓口や電話に案内した",
    "elsewhere": "市の仕事ではなかった",
    "no_reply": "住民から返事がない",
    "other": "そのほか",
}
"""Why staff close a case: the key is kept, the words are shown."""

ENDINGS: Final[Mapping[str, tuple[str, str]]] = {
    "ends": ("住民", "住民が終わりにした"),
    "cancels": ("住民", "住民が取り消した"),
    "idle": ("自動", "住民からことばがないまま、時間がすぎた"),
}
"""How a case ends without staff: who did it, and why."""


_FIRST: Final[Mapping[str, int]] = {"resident": 0, "step": 1}
"""Of one moment: what the resident said, what came of it, and then what the resident was told."""


@dataclass(frozen=True, slots=True)
class Said:
    """One piece of the talk. `delivery` is what became of a message of staff, "" where that is not known."""

    id: str
    at: datetime
    speaker: Speaker
    name: str
    text: str
    when: str
    masked: bool = False
    delivery: str = ""
    failed: bool = False
    turn: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation: its case and everything that was said, done and noted, in order."""

    case: CaseView
    said: tuple[Said, ...]


def talk(
    case: CaseView,
    turns: Sequence[Turn],
    steps: Sequence[CaseStep],
    notes: Sequence[Note],
    deliveries: Mapping[str, Delivery],
    names: Mapping[int, str],
    voice: Voice,
) -> Talk:
    said: list[Said] = []
    for turn in turns:
        said += _of_turn(turn, case, deliveries.get(turn.event_id), names, voice)
    said += [_of_step(step, names, voice.now) for step in steps if step.event not in SILENT_EVENTS]
    said += [_of_note(note, names, voice.now) for note in notes]
    return Talk(case, tuple(sorted(said, key=lambda piece: (piece.at, _FIRST.get(piece.speaker, 2)))))


def _of_turn(
    turn: Turn, case: CaseView, delivery: Delivery | None, names: Mapping[int, str], voice: Voice
) -> list[Said]:
    when = moment(turn.at, voice.now)
    if turn.kind == "staff":
        told = _told_of(delivery) if delivery else ""
        who = " ".join(filter(None, (turn.speaker, name_of(turn.staff, names))))
        failed = delivery is not None and delivery.state == "failed"
        return [Said(turn.event_id, turn.at, "staff", who, turn.reply_text or turn.text, when, False, told, failed)]
    if turn.kind == "told":
        told = _told_of(delivery) if delivery and delivery.state != "sent" else ""
        return [Said(turn.event_id, turn.at, "bot", "自動のお知らせ", turn.reply_text, when, False, told)]
    pieces = []
    words = said_by_resident(turn, voice)
    if words:
        masked = MASK_MY_NUMBER in words or MASK_CARD in words
        name = display_name(case)
        pieces.append(Said(turn.event_id, turn.at, "resident", name, words, when, masked, turn=turn.event_id))
    if turn.reply_text:
        pieces.append(Said(f"{turn.event_id}-reply", turn.at, "bot", "自動の案内", turn.reply_text, when))
    return pieces


def _told_of(delivery: Delivery) -> str:
    """What became of a message, and why it did not arrive."""
    why = WHY_NOT.get(delivery.reason, "LINE が受け取りませんでした") if delivery.state == "failed" else ""
    return f"{DELIVERIES[delivery.state]}（{why}）" if why else DELIVERIES[delivery.state]


def said_by_resident(turn: Turn, voice: Voice) -> str:
    """What the resident typed, the words of the button that was pressed, or what was sent."""
    if turn.kind == "choice":
        return f"［{label_of(turn.text, voice)}］" if turn.text else ""
    return turn.text or KINDS.get(turn.kind, "")


def _of_step(step: CaseStep, names: Mapping[int, str], now: datetime) -> Said:
    who = name_of(step.staff, names)
    words = EVENTS.get(step.event, step.event).format(who=who or "職員")
    if step.reason and step.who == "staff":
        words = f"{words}（{REASONS.get(step.reason, step.reason)}）"
    return Said(f"step-{step.seq}", step.at, "step", "", words, moment(step.at, now))


def _of_note(note: Note, names: Mapping[int, str], now: datetime) -> Said:
    return Said(f"note-{note.id}", note.at, "note", name_of(note.staff, names), note.text, moment(note.at, now))


def ended(case: CaseView, names: Mapping[int, str]) -> tuple[str, str]:
    """Who closed the case, and why; both "" while it is open."""
    if case.close_reason in ENDINGS:
        return ENDINGS[case.close_reason]
    return name_of(case.closed_by, names), REASONS.get(case.close_reason, case.close_reason)


def name_of(staff: int, names: Mapping[int, str]) -> str:
    """Somebody's name. Accounts are never removed, so only the command line has none."""
    return "管理用の命令" if staff == OPERATOR else names.get(staff, "")
