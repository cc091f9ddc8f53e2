"""Starting weights of the decisions in `faq.calibrate`, for its `SIGNALS`, then the constant.

Written by `benchmarks/learn_decisions.py` on 2026-11-22.
"""

from __future__ import annotations

from typing import Final

# The usual spread of each signal over judged queries: what one step of a weight means.
SPREAD: Final = (0.363, 0.709, 0.249, 0.298, 0.26, 0.299, 0.134, 0.4, 0.252, 0.216, 0.464, 0.176, 1.431)
RIGHT: Final = (
    (1.133, -0.06, 2.538, 2.085, -0.529, 1.054, -0.973, -1.496, 0.598, 0.297, 0.045, -0.464, 0.117),
    -0.377,
)
BELONGS: Final = (
    (1.088, 1.249, 0.418, -0.156, 1.521, 0.523, -1.26, 1.543, -1.294, -0.339, -0.27, -0.179, 0.577),
    -4.409,
)
