"""A city as `city.yaml` describes it: names, departments with phones and hours, topics, the widget's origins.

How a department takes residents who ask for a person is `faq.handoff`'s.
"""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from faq.city_notices import LatinWords, Notices
from faq.entry import Day, Identifier, Line, Strict, Url
from faq.handoff import Handoff, HandoffRules, rules_of
from faq.yes_no import YesNo

Phone = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9-]{1,14}$|^#[0-9]{4}$")]
Weekday = Literal["月", "火", "水", "木", "金", "土", "日"]
MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+$")]


def _clock(value: object) -> object:
    """`8:30` as staff write it; pydantic wants `08:30`. `24:00` is the last moment of the day."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{1,2}:\d{2}", value):
        raise ValueError("not a clock time")
    return time.max if value == "24:00" else value.rjust(5, "0")


def _or_none(value: object) -> object:
    return None if value == "なし" else value


Clock = Annotated[time, BeforeValidator(_clock)]


class OpeningHours(Strict):
    """Open from `open` to `close` on these weekdays; `weeks` limits them to the n-th of the month (1 to 5).

    `close` is not part of the open time. Hours do not cross midnight: `open: 18:00, close: 24:00` and, for the
    next day, `open: 0:00`.
    """

    days: tuple[Weekday, ...] = Field(min_length=1)
    open: Clock
    close: Clock
    weeks: tuple[Annotated[int, Field(ge=1, le=5)], ...] = ()

    @model_validator(mode="after")
    def _closes_after_opening(self) -> Self:
        if self.close <= self.open:
            raise PydanticCustomError("closes_before_opening", "close must be after open")
        return self


class Closures(Strict):
    """Days on which a department is closed. `year_end` is inclusive and may cross the year (12-29 to 01-03);
    `なし` where it is open then, too."""

    national_holidays: YesNo = True
    year_end: Annotated[tuple[MonthDay, MonthDay] | None, BeforeValidator(_or_none)] = ("12-29", "01-03")
    dates: tuple[Day, ...] = ()


class Department(Strict):
    """A 課 or a window that answers: where it is, when, and on which number.

    `closures` stands in place of the city's, e.g. for a library that opens on national holidays. What `handoff` leaves
    out is as the city's `handoff` says (`City.handoff_of`).
    """

    name: Line
    phone: Phone
    place: Line | None = None
    hours: tuple[OpeningHours, ...] = ()
    closures: Closures | None = None
    email: Line | None = None
    handoff: Handoff = Handoff()


class Topic(Strict):
    """A line of the menu; `id` is the `category` of its entries."""

    id: Identifier
    title: Line


class Widget(Strict):
    """Web sites whose pages may embed the chat."""

    origins: tuple[Origin, ...] = ()


class City(Strict):
    """One municipality. `hours` are the usual opening hours of a department that states none.

    `en` is its name in Latin letters, for who does not read Japanese.
    """

    id: Identifier
    name: Line
    kana: Line
    en: LatinWords | None = None
    prefecture: Line
    phone: Phone
    website: Url
    address: Line | None = None
    own_names: tuple[Line, ...] = ()
    hours: tuple[OpeningHours, ...] = Field(min_length=1)
    closures: Closures = Closures()
    handoff: Handoff = Handoff()
    departments: tuple[Department, ...] = Field(min_length=1)
    default_department: Line  # after the departments, among which it is looked for
    topics: tuple[Topic, ...] = ()
    notices: Notices = Notices()
    widget: Widget = Widget()

    @field_validator("departments")
    @classmethod
    def _names_are_different(cls, departments: tuple[Department, ...]) -> tuple[Department, ...]:
        if len({department.name for department in departments}) < len(departments):
            raise PydanticCustomError("department_twice", "two departments have one name")
        return departments

    @field_validator("default_department")
    @classmethod
    def _is_one_of_the_departments(cls, name: str, info: ValidationInfo) -> str:
        departments = info.data.get("departments")  # none when they have errors of their own
        if departments is not None and name not in {department.name for department in departments}:
            raise PydanticCustomError("default_department_unknown", "default_department is not in departments")
        return name

    def of_folder(self, folder: str) -> City:
        """This city under the name of its folder, which is its key everywhere: a copied `city.yaml` may still name the
        city that it was copied from, and must not open that one's data."""
        return self if self.id == folder else self.model_copy(update={"id": folder})

    def said(self, language: str) -> str:
        """Its name for readers of this language. Chinese reads the characters as they are."""
        return self.name if language in ("ja", "easy", "zh") else self.en or self.name

    def department(self, name: str | None) -> Department:
        """The department of this name, or the default one."""
        by_name = {department.name: department for department in self.departments}
        return by_name.get(name or "", by_name[self.default_department])

    def handoff_of(self, name: str | None) -> HandoffRules:
        """How this department (or the default one) takes residents who ask for a person."""
        return rules_of(self.handoff, self.department(name).handoff)
