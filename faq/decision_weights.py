"""Starting weights of the decisions in `faq.calibrate`, for its `SIGNALS`, then the constant.

Written by `benchmarks/learn_decisions.py` on 2026-11-21.
"""

from __future__ import annotations

from typing import Final

# The usual spread of each signal over judged queries: what one step of a weight means.
SPREAD: Final = (0.365, 0.707, 0.248, 0.295, 0.259, 0.3, 0.135, 0.405, 0.253, 0.215, 0.461, 0.176)
RIGHT: Final = ((1.116, -0.111, 2.545, 2.154, -0.571, 1.084, -1.042, -1.622, 0.728, 0.257, 0.007, -0.203), 0.066)
BELONGS: Final = ((1.104, 0.614, -0.824, 0.44, 5.699, -0.153, -2.394, 3.63, 1.608, -0.351, 0.019, 1.873), -9.214)
