"""The audit log in Japanese: what each action is called, and lines as cells of a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from store.records_accounts import AuditRow

JAPAN = ZoneInfo("Asia/Tokyo")
ACTIONS: dict[str, str] = {
    "login.password": "ログイン",
    "login.code": "ログイン（二段階）",
    "login.sso": "ログイン（庁内のアカウント）",
    "login.invitation": "ログイン（招待のリンク）",
    "login.refused": "ログインできなかった",
    "login.given_up": "確認の番号を続けてまちがえた",
    "logout": "ログアウト",
    "session.ended": "ログインを終わらせた",
    "session.all_ended": "ログインをまとめて終わらせた",
    "staff.invited": "招待のリンクを作った",
    "staff.invitation_withdrawn": "招待を取り消した",
    "staff.joined": "登録した",
    "staff.changed": "役割・課を変えた",
    "staff.renamed": "名前を変えた",
    "staff.disabled": "ログインできなくした",
    "staff.enabled": "ログインできるようにした",
    "staff.password_changed": "パスワードを変えた",
    "staff.password_renewed": "パスワードを決めなおした",
    "staff.totp_set": "二段階の確認を始めた",
    "staff.totp_cleared": "二段階の確認をやめた",
    "staff.recovery_codes_made": "回復用のコードを作った",
    "staff.recovery_code_used": "回復用のコードを使った",
    "staff.sso_linked": "庁内のアカウントと結んだ",
    "audit.exported": "操作の記録を書き出した",
    "case.list": "受付の一覧を見た",
    "case.view": "会話を見た",
    "attachment.view": "送られた画像を見た",
    "case.search": "会話をさがした",
    "case.take": "会話を受け取った",
    "case.taken": "会話を受け取った",
    "case.release": "会話を手放した",
    "case.reply": "返事をした",
    "case.note": "メモを書いた",
    "case.transfer": "別の課に渡した",
    "case.close": "会話を終えた",
    "case.export": "会話を書き出した",
    "case.erase": "会話を消した",
    "place.set": "避難所・給水所の状況を変えた",
    "incident.begin": "災害の対応を始めた",
    "incident.end": "災害の対応を終えた",
    "drill.begin": "訓練を始めた",
    "drill.end": "訓練を終えた",
    "report.take": "災害の知らせの番号を取った",
    "canned.keep": "定型文を保存した",
    "canned.remove": "定型文を消した",
    "notice.make": "お知らせの下書きを作った",
    "notice.change": "お知らせの下書きを直した",
    "notice.submit": "お知らせの承認を頼んだ",
    "notice.approve": "お知らせを承認した",
    "notice.withdraw": "お知らせを下書きに戻した",
    "notice.schedule": "お知らせを予定に入れた",
    "notice.issue": "お知らせを送った",
    "notice.pause": "お知らせを一時停止した",
    "notice.resume": "お知らせの続きを送った",
    "notice.stop": "お知らせを止めた",
    "notice.resend": "お知らせの送れなかった分をもう一度送った",
    "notice.export": "お知らせの結果を書き出した",
    "mode.change": "モードを変えた",
    "draft.make": "FAQ の下書きを作った",
    "draft.change": "FAQ の下書きを直した",
    "draft.download": "FAQ の下書きを書き出した",
}
"""Pages add the names of their own actions; one without a name is shown as it stands."""

DETAILS: dict[str, str] = {
    "drill": "訓練",
    "report": "第何報",
    "text": "文",
    "agent": "ブラウザー",
    "attachment": "画像",
    "by": "さがし方",
    "by_wish": "本人の求め",
    "called": "呼んだ人",
    "case": "受付",
    "cases": "件数",
    "department": "課",
    "departments": "課",
    "departments_before": "前の課",
    "ended": "件数",
    "entry": "案内",
    "filter": "条件",
    "found": "件数",
    "before": "前",
    "from_staff": "前の人",
    "invitation": "招待",
    "issuer": "確かめた所",
    "kind": "種類",
    "letters": "文字数",
    "after": "後",
    "number": "番号",
    "source": "元",
    "mode": "モード",
    "note": "メモ",
    "notes": "内部メモもふくむ",
    "page": "ページ",
    "reason": "理由",
    "role": "役割",
    "role_before": "前の役割",
    "sound": "直すところなし",
    "staff": "職員",
    "status": "状態",
    "step": "段階",
    "to": "書き出した先",
    "turn": "返事",
}
VALUES: dict[str, str] = {
    "unopened": "未開設",
    "opened": "開設",
    "full": "満員",
    "closed": "閉鎖",
    "draft": "下書き",
    "waiting_approval": "承認待ち",
    "scheduled": "予定",
    "planning": "準備中",
    "sending": "送信中",
    "paused": "一時停止中",
    "stopped": "止めた",
    "news": "お知らせ",
    "disaster": "防災",
    "first": "はじめの職員",
    "invite": "新しい職員",
    "renew": "パスワードの決めなおし",
    "words": "ことば",
    "resident": "住民",
    "open": "書きかけ",
    "done": "できあがり",
    "file": "ファイル",
    "password": "パスワード",
    "code": "確認の番号",
    "sso": "庁内のアカウント",
}
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
HEADER = ("番号", "日時", "だれ", "何をした", "操作の名前", "対象", "くわしく", "ハッシュ")


def said(action: str) -> str:
    return ACTIONS.get(action, action)


def who_is(who: str, names: Mapping[int, str]) -> str:
    """「佐藤（staff:12）」; the machine's and the command line's doings by their own names."""
    kind, _, number = who.partition(":")
    if kind == "staff" and number.isdigit():
        return f"{names.get(int(number), '？')}（{who}）"
    return {"system": "自動", "cli": f"サーバーの操作（{number}）", "rule": f"規則（{number}）"}.get(kind, who)


def told(row: AuditRow) -> str:
    """The detail on one line; what is empty is left out."""
    return "、".join(f"{DETAILS.get(key, key)}：{_short(value)}" for key, value in row.detail.items() if value)


def stamp(at: datetime) -> str:
    """「2026-11-21 09:05:30」, Japan's time."""
    return at.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M:%S")


def as_csv(rows: Iterable[AuditRow], names: Mapping[int, str]) -> Iterator[str]:
    """Lines for Excel: with a mark that says UTF-8, and no cell that it would take for a formula."""
    yield "\ufeff" + _line(HEADER)
    for row in rows:
        at = stamp(row.at)
        who = who_is(row.who, names)
        yield _line((str(row.seq), at, who, said(row.action), row.action, row.record, told(row), row.hash))


def harmless(cell: str) -> str:
    """A spreadsheet runs a cell that begins like a formula; an apostrophe makes it text."""
    runs = cell.lstrip().startswith(FORMULA) or cell.startswith(("\t", "\r", "\n"))
    return f"'{cell}" if runs else cell


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(cell) for cell in cells])
    return out.getvalue()


def _short(value: object) -> str:
    if isinstance(value, list):
        return "・".join(_short(one) for one in value)
    if isinstance(value, str):
        return VALUES.get(value, value)
    return "はい" if value is True else json.dumps(value, ensure_ascii=False)
