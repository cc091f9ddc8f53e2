"""Who may do what: the one table. Every route of the console names a line of it (`gate.allowed`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from store.records_accounts import ROLES, Role

_EVERYBODY: Final = frozenset[Role](ROLES)
_DESK: Final = frozenset[Role]({"担当", "管理"})
_READERS: Final = frozenset[Role]({"担当", "編集", "承認", "管理", "監査"})
_EDITORS: Final = frozenset[Role]({"編集", "承認", "管理"})
_APPROVERS: Final = frozenset[Role]({"承認", "管理"})
_ADMIN: Final = frozenset[Role]({"管理"})
_WATCH: Final = frozenset[Role]({"管理", "監査"})

PERMISSIONS: Final[Mapping[str, frozenset[Role]]] = {
    "case.read": _READERS,
    "case.search": _READERS,
    "case.take": _DESK,
    "case.reply": _DESK,
    "case.transfer": _DESK,
    "case.close": _DESK,
    "case.note": _DESK,
    "case.export": _DESK,
    "case.erase": _ADMIN,
    "draft.make": _DESK | _EDITORS,
    "draft.edit": _EDITORS,
    "canned.edit": _DESK,
    "notice.read": _READERS,
    "notice.write": _EDITORS,
    "notice.send": _EDITORS,
    "notice.approve": _APPROVERS,
    "notice.export": _EDITORS | _WATCH,
    "disaster.read": _READERS,
    "disaster.place": _DESK | _APPROVERS,
    "disaster.issue": _APPROVERS,
    "mode.read": _READERS,
    "mode.switch": _APPROVERS,
    "staff.invite": _ADMIN,
    "staff.manage": _ADMIN,
    "audit.read": _WATCH,
    "audit.export": _WATCH,
    "account.self": _EVERYBODY,
}

ROLE_NOTES: Final[Mapping[Role, str]] = {
    "担当": "自分の課の会話に答えます",
    "編集": "会話を読み、FAQ の下書きを直します",
    "承認": "編集のしごとと、公開の承認",
    "管理": "職員の登録と、すべてのしごと",
    "監査": "会話と操作の記録を読むだけ",
}


def may(role: Role, permission: str) -> bool:
    """Whether this role may. An unknown permission is nobody's."""
    return role in PERMISSIONS.get(permission, frozenset())
