"""A city as `city.yaml` describes it: names, departments with phones and opening hours, topics, the widget's origins."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from faq.entry import Identifier, Line, Strict, Url

Phone = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9-]{1,14}$|^#[0-9]{4}$")]
Weekday = Literal["月", "火", "水", "木", "金", "土", "日"]
MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+$")]


def _clock(value: object) -> object:
    """`8:30` as staff write it; pydantic wants `08:30`."""
    return f"0{value}" if isinstance(value, str) and len(value) == 4 and value[1] == ":" else value


Clock = Annotated[time, BeforeValidator(_clock)]


class OpeningHours(Strict):
    """Open from `open` to `close` on these weekdays; `weeks` limits them to the n-th of the month (1 to 5)."""

    days: tuple[Weekday, ...] = Field(min_length=1)
    open: Clock
    close: Clock
    weeks: tuple[Annotated[int, Field(ge=1, le=5)], ...] = ()


class Department(Strict):
    """A 課 or a window that answers: where it is, when, and on which number."""

    name: Line
    phone: Phone
    place: Line | None = None
    hours: tuple[OpeningHours, ...] = ()
    email: Line | None = None


class Closures(Strict):
    """Days on which every department is closed. `year_end` is inclusive and may cross the year (12-29 to 01-03)."""

    national_holidays: Annotated[bool, BeforeValidator(lambda v: {"はい": True, "いいえ": False}.get(v, v))] = True
    year_end: tuple[MonthDay, MonthDay] | None = ("12-29", "01-03")
    dates: tuple[date, ...] = ()


class Topic(Strict):
    """A line of the menu; `id` is the `category` of its entries."""

    id: Identifier
    title: Line


class Widget(Strict):
    """Web sites whose pages may embed the chat."""

    origins: tuple[Origin, ...] = ()


class City(Strict):
    """One municipality. `hours` are the usual opening hours of a department that states none."""

    id: Identifier
    name: Line
    kana: Line
    prefecture: Line
    phone: Phone
    website: Url
    address: Line | None = None
    own_names: tuple[Line, ...] = ()
    hours: tuple[OpeningHours, ...] = Field(min_length=1)
    closures: Closures = Closures()
    default_department: Line
    departments: tuple[Department, ...] = Field(min_length=1)
    topics: tuple[Topic, ...] = ()
    widget: Widget = Widget()

    def department(self, name: str | None) -> Department:
        """The department of this name, or the default one."""
        by_name = {department.name: department for department in self.departments}
        return by_name.get(name or "", by_name[self.default_department])
