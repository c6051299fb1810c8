"""Days of the calendar, counted on from a day."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["later"]


def later(first: Any, days: Any) -> Any:
    """The day, or the array of days, that come so many days after `first` (before it if negative).

    `first` is a day as text or datetime64[D], or an array of them; `days` whole numbers of days.
    """
    return np.asarray(first, "datetime64[D]")[()] + np.asarray(days).astype("timedelta64[D]")[()]
