"""A notice in the words of staff: how it stands, whom it reaches, when it goes out, and what became of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from faq.city import City
from faq.city_notices import Notices
from handlers.console.audit_words import harmless
from handlers.console.notice_forms import CHANNELS
from handlers.console.times import JAPAN, moment
from handlers.notice_words import LANGUAGES, title_of
from notify.notice_message import notice_messages
from store.records_accounts import Staff
from store.records_notices import Audience, HeadCount, NoticeInsight, NoticeResults, NoticeView, Progress

STATUSES: Final[Mapping[str, str]] = {
    "draft": "下書き",
    "waiting_approval": "承認待ち",
    "scheduled": "予定",
    "planning": "準備中",
    "sending": "送信中",
    "paused": "一時停止中",
    "done": "送りました",
    "stopped": "止めました",
}
MOVING: Final = ("scheduled", "planning", "sending", "paused")
"""As long as it stands so, its page looks again by itself."""

REASONS: Final[Mapping[str, str]] = {
    "no answer": "相手が応えません",
    "no connection": "つながりません",
    "connection lost": "途中で切れました",
    "monthly limit": "今月の通数の上限です",
    "status 401": "LINE の設定（アクセストークン）が違います",
    "status 403": "LINE の設定（アクセストークン）が違います",
    "status 429": "速さの上限です",
    "the channel rests": "速さの上限です",
    "status 5": "LINE の側の不具合です",
    "status 4": "LINE が受け付けない形です",
    "quiet hours": "お知らせを止める時間の人です",
    "resident refused": "LINE がこのあて先を受け付けません",
    "expired": "載せる期間が終わりました",
    "retry key expired": "届いたか分からないまま、1日たちました",
    "recipient refused": "メールのあて先が受け付けません",
    "mail refused": "メールのサーバーが受け付けません",
    "server refused": "メールのサーバーが受け付けません",
    "login refused": "メールの設定が違います",
}
"""By how the store's fixed words begin."""

COMPLAINTS: Final[Mapping[str, str]] = {
    "blocked": "届いて7日のうちに、アカウントをブロックした人",
    "left_all": "24時間のうちに、すべてのお知らせを止めた人",
    "left_topic": "24時間のうちに、この分野を止めた人",
    "said": "24時間のうちに届いた「多い」「うるさい」などの声",
}
TOO_FEW: Final = "出ません（20人より少ないなど）"
"""LINE tells no smaller number, and none of what it does not count."""

TAPS: Final[Mapping[str, str]] = {"link": "リンクを開いた", "page": "お知らせのページを開いた", "line": "LINE で開いた"}


@dataclass(frozen=True, slots=True)
class Preview:
    """A language's message as it is sent: its lines, what its button says ("" for none), whether a picture follows, and
    the buttons above the keyboard."""

    language: str
    name: str
    lines: tuple[str, ...]
    button: str
    picture: bool
    replies: tuple[str, ...]


def status_words(notice: NoticeView) -> str:
    return STATUSES.get(notice.status, notice.status)


def is_moving(notice: NoticeView) -> bool:
    """Whether it is going out: what its bar shows changes by itself."""
    return notice.issued_at is not None and notice.status in MOVING


def previews(notice: NoticeView, city: City) -> tuple[Preview, ...]:
    """What the sender will send, for each language in which there is a text."""
    return tuple(_preview(notice, code, city) for code in notice.texts)


def _preview(notice: NoticeView, code: str, city: City) -> Preview:
    messages = notice_messages(notice, code, city.said)
    words, *pictures = messages
    replies = messages[-1].get("quickReply", {"items": []})["items"]
    labels = tuple(item["action"]["label"] for item in replies)
    return Preview(code, LANGUAGES.get(code, code), *_shown(words), bool(pictures), labels)


def _shown(message: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
    if message["type"] == "text":
        return tuple(message["text"].split("\n\n")), ""
    card = message["contents"]
    lines = tuple(part["text"] for part in card["body"]["contents"])
    button = card["footer"]["contents"][0]["action"]["label"] if "footer" in card else ""
    return lines, button


def reason_words(reason: str) -> str:
    """Why a call did not get through, in the words of staff; what is new stands as it is."""
    return next((words for begin, words in REASONS.items() if reason.startswith(begin)), reason)


def audience_words(audience: Audience, notices: Notices) -> str:
    """「子育て」を選んだ人・中央地区・子どもが3〜4か月"""
    topics = "・".join(_topic(notices, topic) for topic in audience.topics)
    if audience.everyone:
        return f"友だち全員（「{topics}」を止めた人をのぞく）"
    parts = [f"「{topics}」を選んだ人"]
    if audience.areas:
        parts.append("・".join(area.name for area in notices.areas if area.id in audience.areas))
    for name, values in audience.facts:
        question = notices.question(name)
        if question:
            told = "・".join(choice.title for choice in question.choices if choice.id in values)
            parts.append(f"{question.ask}：{told}")
    if audience.languages:
        parts.append("・".join(LANGUAGES.get(code, code) for code in audience.languages) + " で読む人")
    if audience.child_months:
        parts.append(f"子どもが {months_words(audience.child_months)}")
    return "、".join(parts)


def months_words(months: tuple[int, int]) -> str:
    low, high = months
    return f"{low}か月" if low == high else f"{low}〜{high}か月"


def _topic(notices: Notices, topic_id: str) -> str:
    topic = notices.topic(topic_id)
    return topic.title if topic else topic_id


def topic_words(notice: NoticeView, notices: Notices) -> str:
    return _topic(notices, notice.topic)


def channels_words(notice: NoticeView) -> str:
    return "、".join(CHANNELS.get(channel, channel) for channel in notice.channels)


def when_words(notice: NoticeView, now: datetime) -> str:
    if notice.repeats:
        next_one = f"（次は{moment(notice.due_at, now)}）" if notice.due_at and not notice.issued_at else ""
        return f"毎月{notice.repeats.get('day', 1)}日 {notice.repeats.get('at', '09:00')}{next_one}"
    if notice.issued_at:
        return f"{moment(notice.issued_at, now)} に送りました"
    return moment(notice.due_at, now) if notice.due_at else "すぐ"


def count_words(head: HeadCount) -> str:
    if not head.count:
        return "いま LINE で届く人は、いません。"
    return f"いま LINE で届く人は {head.count:,} 人です。"


def count_json(head: HeadCount) -> dict[str, Any]:
    return {"count": head.count, "words": count_words(head), "small": head.small and head.count > 0}


def progress_json(notice: NoticeView, progress: Progress) -> dict[str, Any]:
    """What the bar of the page shows."""
    total = max(notice.recipients, progress.accepted + progress.waiting + progress.failed)
    done = progress.accepted + progress.failed
    words = f"{done:,} / {total:,} 人（{done * 100 // total if total else 100}%）"
    if notice.status == "sending" and progress.per_second:
        words += f"　1秒に {progress.per_second:,.0f} 人"
    return {
        "status": notice.status,
        "said": status_words(notice),
        "moving": notice.status in MOVING,
        "version": notice.version,
        "done": done,
        "total": total,
        "failed": progress.failed,
        "trouble": f"待っています：{reason_words(progress.trouble)}。自動で送り直します。" if progress.trouble else "",
        "words": words if notice.status not in ("scheduled", "planning") else "",
    }


def may_approve(me: Staff, notice: NoticeView) -> bool:
    """Nobody says yes to what they made themselves."""
    return notice.status == "waiting_approval" and notice.created_by != me.id


@dataclass(frozen=True, slots=True)
class OnceMore:
    """What staff are told of calls that were given up: whom they can send it to again, and why not to others."""

    offer: str
    refusal: str


def once_more(
    notice: NoticeView, results: NoticeResults, now: datetime, related: Sequence[NoticeView] = ()
) -> OnceMore | None:
    """Only when it is over: while it goes out, what can be mended is mended by itself. `related`: its corrections."""
    if notice.status != "done":
        return None
    if (results.again or results.again_mails) and any(_corrects(one, notice) for one in related):
        return OnceMore("", "訂正を出したので、このお知らせは、もう送りません。")
    parts = [f"住民 {results.again:,} 人"] if results.again else []
    parts += [f"メール {results.again_mails:,} 通"] if results.again_mails else []
    over = notice.expires_at is not None and notice.expires_at <= now
    offer = "" if over or not parts else f"{'と、'.join(parts)}に、もう一度送れます。2回届く人は、いません。"
    refusal = ""
    if results.unsure:
        refusal = (
            f"{results.unsure:,} 人は、届いたか分からないまま1日たちました。"
            "LINE にもう確かめられません。2回届くことがあるので、送り直しません。"
        )
    return OnceMore(offer, refusal) if offer or refusal else None


def _corrects(one: NoticeView, wrong: NoticeView) -> bool:
    return one.mark == "correction" and bool(one.number) and one.status != "stopped" and one.id > wrong.id


def result_rows(results: NoticeResults) -> list[tuple[str, int | str]]:
    """What became of it, as lines of a table and of the file."""
    rows: list[tuple[str, int | str]] = [
        ("対象の人", results.recipients),
        ("LINE が受け付けた", results.accepted),
        ("これから送る", results.waiting),
        ("送れなかった", results.failed),
        ("止めたので送らなかった", results.stopped),
        *((words, results.complaints.get(what, 0)) for what, words in COMPLAINTS.items()),
    ]
    rows += [
        (f"受け付けたうち {LANGUAGES.get(code, code)}", count) for code, count in sorted(results.languages.items())
    ]
    rows += [(f"送れなかった理由：{reason_words(reason)}", count) for reason, count in sorted(results.failures.items())]
    rows += [(TAPS.get(what, what), count) for what, count in sorted(results.taps.items())]
    return rows + _insight_rows(results.insight)


def _insight_rows(insight: NoticeInsight | None) -> list[tuple[str, int | str]]:
    """LINE's own count stands beside ours: it knows people, we know how often."""
    if insight is None:
        return []
    told = (("LINE で見た人（LINE の数）", insight.seen), ("LINE でリンクを開いた人（LINE の数）", insight.opened))
    return [(name, TOO_FEW if count is None else count) for name, count in told]


def figure(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def as_csv(notice: NoticeView, results: NoticeResults, notices: Notices) -> str:
    """For Excel: what was sent, to whom, and what became of it. Counts only."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    head: list[tuple[str, str]] = [
        ("番号", notice.number),
        ("見出し", title_of(notice)),
        ("分野", topic_words(notice, notices)),
        ("対象", audience_words(notice.audience, notices)),
        ("方法", channels_words(notice)),
        ("状態", status_words(notice)),
        ("送った日時", _stamp(notice.issued_at)),
        ("終わった日時", _stamp(notice.finished_at)),
    ]
    for name, value in (*head, *((name, str(count)) for name, count in result_rows(results))):
        writer.writerow([harmless(name), harmless(value)])
    return out.getvalue()


def _stamp(at: datetime | None) -> str:
    return at.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M:%S") if at else ""
