"""What can go wrong at the border to the database: one family, with a `permanent` flag."""

from __future__ import annotations


class StoreError(Exception):
    """The store did not do what was asked, and has kept nothing of it.

    `permanent` is False when the same call may succeed later (database away, locked, full) and True when
    trying again cannot help (a value the schema refuses). The text holds no data of residents.
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class LeaseLost(StoreError):
    """Another worker holds this work by now, or it is already finished: drop it, it is not yours to mark."""

    def __init__(self, message: str = "the lease of this work was lost") -> None:
        super().__init__(message, permanent=True)


class OwnerChanged(StoreError):
    """The conversation has another owner than the one this was decided for: decide again. Nothing was written."""

    def __init__(self, message: str = "the conversation changed hands") -> None:
        super().__init__(message, permanent=True)


class QueueFull(OwnerChanged):
    """As many as the department takes wait by now: decide again, the answer is another one. Nothing was written."""

    def __init__(self) -> None:
        super().__init__("the queue is full by now")


class QueueMoved(OwnerChanged):
    """More wait before the resident by now than they would be told: decide again. Nothing was written."""

    def __init__(self) -> None:
        super().__init__("the queue has grown")


class NoticeConflict(StoreError):
    """This cannot happen to the notice as it stands now (`status`), or somebody changed it first: look again."""

    def __init__(self, status: str = "", message: str = "the notice stands differently by now") -> None:
        super().__init__(message, permanent=True)
        self.status = status


_PERMANENT = {"IntegrityError", "DataError", "ProgrammingError", "NotSupportedError"}


def store_error(error: Exception) -> StoreError:
    """Any failure as a StoreError.

    A driver's message may quote the row it refused, and with it a resident's words, so only the kind of error and
    its code are kept and the driver's exception is not chained. A mistake of ours (a TypeError) is chained.
    """
    if isinstance(error, StoreError):
        return error
    names = {cls.__name__ for cls in type(error).__mro__}
    if "Error" not in names and "SQLAlchemyError" not in names and not isinstance(error, OSError):
        ours = StoreError(f"a fault in the store: {type(error).__name__}", permanent=True)
        ours.__cause__ = error
        return ours
    driver = getattr(error, "orig", None) or error
    code = getattr(driver, "sqlstate", None) or getattr(driver, "sqlite_errorname", None) or ""
    return StoreError(
        f"the database refused: {type(driver).__name__} {code}".rstrip(), permanent=bool(names & _PERMANENT)
    )
