"""A problem in a city's content, as staff read it: where it is, which field, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `line` counts from 1; `entry` is the id of the entry it belongs to, or "".

    An error keeps the entry (or the file) from being served; a warning does not.
    """

    path: str
    line: int
    field: str
    message: str
    severity: Severity = "error"
    entry: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.field}: {self.message}"

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """The same problem before and after an edit that only moved lines."""
        return (self.path, self.entry, self.field, self.message)


class ContentError(Exception):
    """The content cannot be served at all; `problems` say why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def errors_of(problems: tuple[Problem, ...] | list[Problem]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.severity == "error")
