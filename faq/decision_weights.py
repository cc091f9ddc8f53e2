"""Starting weights of the decisions in `faq.calibrate`, for its `SIGNALS`, then the constant.

Written by `benchmarks/learn_decisions.py` on 2026-11-21.
"""

from __future__ import annotations

from typing import Final

# The usual spread of each signal over judged queries: what one step of a weight means.
SPREAD: Final = (0.365, 0.708, 0.24, 0.287, 0.259, 0.298, 0.135, 0.405, 0.255, 0.215, 0.446)
RIGHT: Final = ((1.504, 0.057, 1.357, 2.425, -0.719, 1.7, -0.632, -1.286, 0.745, 0.456, -0.028), -1.31)
BELONGS: Final = ((1.302, 0.764, -0.52, 0.456, 5.919, -0.125, -2.675, 3.97, 1.461, -0.37, -0.096), -9.183)
