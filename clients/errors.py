"""The one family of errors that calls to the outside raise."""

from __future__ import annotations


class ClientError(Exception):
    """A call to the outside failed.

    `permanent`: the same call will fail again, whoever repeats it. `fate_unknown`: the other side may have done what we
    asked (it timed out, or broke after accepting). `status`: the HTTP status, None when there was no answer.
    The message holds no text of residents.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        fate_unknown: bool = False,
        status: int | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.fate_unknown = fate_unknown
        self.status = status
        self.request_id = request_id
