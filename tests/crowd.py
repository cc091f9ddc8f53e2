"""People who act in the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable


def together(*acts: Callable[[], None]) -> None:
    """Runs all of them from the same moment on; a fault in one of them is raised here."""
    barrier, faults = threading.Barrier(len(acts)), []

    def run(act: Callable[[], None]) -> None:
        barrier.wait()
        try:
            act()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if faults:
        raise faults[0]
    assert not any(thread.is_alive() for thread in threads)
