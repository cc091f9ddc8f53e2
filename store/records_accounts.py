"""What the store takes and gives back about staff, their sessions and invitations, and the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from store.errors import StoreError

Role = Literal["担当", "編集", "承認", "管理", "監査"]
ROLES: Final[tuple[Role, ...]] = ("担当", "編集", "承認", "管理", "監査")
Stage = Literal["full", "code"]
LoginWay = Literal["password", "code", "invitation", "sso"]
InvitationKind = Literal["first", "invite", "renew"]
Conflict = Literal["known", "gone", "last_admin", "not_first", "taken"]


class AccountConflict(StoreError):
    """A change to accounts that is against a rule.

    "known": the mail has an account already · "gone": no such open invitation, person or session · "last_admin": a
    city always has one 管理 who can log in · "not_first": the city has staff · "taken": this single sign-on person is
    linked to somebody else.
    """

    def __init__(self, reason: Conflict) -> None:
        super().__init__(f"accounts: {reason}", permanent=True)
        self.reason: Conflict = reason


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff of one city. `totp` says whether a second factor is set, `password` whether there is one."""

    city: str
    id: int
    name: str
    email: str
    role: Role
    departments: tuple[str, ...]
    created_at: datetime
    disabled: bool = False
    password: bool = True
    totp: bool = False
    sso: bool = False


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login is checked against. `totp_secret` is encrypted; `totp_step` is the last step that was used."""

    staff: Staff
    password_hash: str = field(repr=False)
    totp_secret: str = field(repr=False)
    totp_step: int = 0
    oidc_issuer: str = ""
    oidc_subject: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to be opened. `token_hash` is SHA-256 of what the cookie holds; `agent` a short name of the browser."""

    city: str
    staff_id: int
    token_hash: str = field(repr=False)
    id: str
    stage: Stage
    way: LoginWay
    agent: str


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A living session. `id` names it in lists; `tries` counts wrong codes while its stage is "code"."""

    city: str
    id: str
    token_hash: str = field(repr=False)
    staff: Staff
    stage: Stage
    way: LoginWay
    created_at: datetime
    seen_at: datetime
    agent: str
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives: seconds without a request, and seconds in all."""

    idle: int
    absolute: int


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation to be made; `lasts` is seconds. For kind "renew" `staff_id` says whose password it renews."""

    city: str
    kind: InvitationKind
    token_hash: str = field(repr=False)
    id: str
    lasts: int
    email: str = ""
    role: Role = "担当"
    departments: tuple[str, ...] = ()
    staff_id: int = 0


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that can still be opened."""

    city: str
    id: str
    kind: InvitationKind
    staff_id: int
    email: str
    role: Role
    departments: tuple[str, ...]
    invited_by: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Brake:
    """How attempts under one key are slowed: `free` at once, then `first` seconds, doubled each time up to `most`.

    Without a failure for `forget` seconds the count starts again.
    """

    key: str
    free: int
    first: int
    most: int
    forget: int


@dataclass(frozen=True, slots=True)
class SsoLogin:
    """What is kept of a single sign-on between its start and its return."""

    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    next: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the audit log: who did what to which record. `hash` covers the row and the `previous` row's hash."""

    city: str
    seq: int
    at: datetime
    who: str
    action: str
    record: str
    detail: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A line that goes into the audit log together with the change that it tells of: both, or neither.

    `detail` holds ids and small facts: never a resident's words, never a token or password.
    """

    who: str
    action: str
    record: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines: `action` whole or as a group ("staff." for all of them), `who` and `record`, times half-open."""

    who: str = ""
    action: str = ""
    record: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What the verification of a city's log found. `broken_at` is the first wrong row's number, 0 when all is well."""

    city: str
    rows: int
    last_hash: str
    broken_at: int = 0
    problem: str = ""
