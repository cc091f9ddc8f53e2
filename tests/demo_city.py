"""The demo city, read once for all tests of a process: to read it and to build its index takes 2 s of CPU."""

from __future__ import annotations

import functools

from faq.knowledge import Knowledge
from faq.library import Library
from tests.running import CITY, ROOT


@functools.cache
def the_demo_library() -> Library:
    """The cities of this repository; nobody watches them for changes."""
    library = Library.of_folder(ROOT / "cities")
    library.check_now()
    return library


def the_demo_knowledge() -> Knowledge:
    return the_demo_library().get(CITY)
