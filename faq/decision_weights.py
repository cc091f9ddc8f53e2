"""Starting weights of the decisions in `faq.calibrate`, for its `SIGNALS`, then the constant.

Written by `benchmarks/learn_decisions.py` on 2026-11-21.
"""

from __future__ import annotations

from typing import Final

# The usual spread of each signal over judged queries: what one step of a weight means.
SPREAD: Final = (0.366, 0.709, 0.249, 0.298, 0.26, 0.299, 0.136, 0.4, 0.254, 0.217, 0.463, 0.176)
RIGHT: Final = ((1.121, -0.062, 2.488, 2.076, -0.613, 1.058, -1.064, -1.643, 0.739, 0.395, 0.098, -0.437), 0.114)
BELONGS: Final = ((1.086, 0.613, -0.758, 0.506, 5.61, -0.117, -2.418, 3.623, 1.595, -0.45, -0.096, 1.849), -9.09)
