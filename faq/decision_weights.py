"""Starting weights of the decisions in `faq.calibrate`, for its `SIGNALS`, then the constant.

Written by `benchmarks/learn_decisions.py` on 2026-11-21.
"""

from __future__ import annotations

from typing import Final

# The usual spread of each signal over judged queries: what one step of a weight means.
SPREAD: Final = (0.365, 0.707, 0.247, 0.295, 0.259, 0.298, 0.135, 0.405, 0.254, 0.215, 0.459)
RIGHT: Final = ((1.397, 0.215, 2.082, 1.425, -0.421, 1.194, -0.327, -0.981, 1.093, 0.724, 0.176), -2.213)
BELONGS: Final = ((1.28, 0.825, -0.459, 0.482, 5.868, -0.176, -2.561, 4.032, 1.376, -0.305, -0.349), -9.126)
