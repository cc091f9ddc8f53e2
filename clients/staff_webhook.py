"""Posts a short JSON to a chat room of staff (Teams, Slack, LoGoチャット and whatever takes JSON at a URL).

The URL is itself the secret: it stands in no log and in no error. Redirects are not followed, so that a notice never
leaves for another host; of the answer only its status is looked at.
"""

from __future__ import annotations

import urllib3

from clients.errors import ClientError

TIMEOUT = urllib3.Timeout(connect=3.0, read=7.0)
ACCEPTED = range(200, 300)
MENDABLE = frozenset({401, 403, 404, 408, 425, 429})
"""What passes, or what an operator mends without us: a rate limit, a room that moved, a secret that was renewed."""


class StaffWebhook:
    """One room. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=2, retries=False, timeout=TIMEOUT)

    def send(self, body: bytes, idempotency_key: str) -> None:
        """Returns when the room has taken it. Raises `ClientError`.

        `idempotency_key` is the same for every attempt; a receiver that looks at it drops the copy (Teams and Slack do
        not: after a lost answer they may show a notice twice).
        """
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": idempotency_key,
            "User-Agent": "madoguchi",
        }
        try:
            answer = self._pool.request(
                "POST", self._url, body=body, headers=headers, redirect=False, preload_content=False
            )
        except urllib3.exceptions.ConnectTimeoutError:
            raise ClientError("no connection: timeout") from None
        except urllib3.exceptions.NewConnectionError:
            raise ClientError("no connection") from None
        except urllib3.exceptions.SSLError:
            raise ClientError("no encryption") from None
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise ClientError(f"no answer: {type(error).__name__}", fate_unknown=True) from None
        status = answer.status
        # The rest of the answer is not read; the connection goes with it.
        answer.close()
        answer.release_conn()
        if status not in ACCEPTED:
            raise _refused(status)


def _refused(status: int) -> ClientError:
    if status >= 500:
        return ClientError(f"status {status}", fate_unknown=True, status=status)
    return ClientError(f"status {status}", permanent=status not in MENDABLE, status=status)
