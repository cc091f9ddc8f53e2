"""A running house for the journeys of the hand-off."""

from __future__ import annotations

from tests.bot.conftest import small_city  # noqa: F401
from tests.handover.handover_on_line import counter  # noqa: F401
from tests.journeys.conftest import demo_library, house  # noqa: F401 - pytest finds fixtures by their names here
from tests.widget.conftest import a_door, config, door, web_library  # noqa: F401
