"""The one family of errors that calls to the outside raise."""

from __future__ import annotations


class ClientError(Exception):
    """A call to the outside failed.

    `permanent`: the same call will fail again, whoever repeats it. `fate_unknown`: the other side may have done what we
    asked (it timed out, or broke after accepting). `status`: the HTTP status, None when there was no answer.
    `retry_after`: for how many seconds the other side asks us to wait; 0 when it does not say.
    `blamed`: which parts of what we sent are wrong ("to[3]", "messages[0].text"), where the other side names them.
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
        retry_after: float = 0.0,
        blamed: tuple[str, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.fate_unknown = fate_unknown
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after
        self.blamed = blamed
