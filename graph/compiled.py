"""Machine code for the sweeps, compiled once for a machine and kept.

The compiled code lies in the cache folder of the settings, not beside the source, so that an
installed wheel in a read-only place starts warm too.  Where no folder can be written, the sweeps
are compiled anew in every process: slower to start, never wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

from graph.settings import Settings

__all__ = ["compiled"]

P = ParamSpec("P")
R = TypeVar("R")

if not numba.config.CACHE_DIR:  # type: ignore[attr-defined]  # numba fills it in as it starts
    numba.config.CACHE_DIR = str(Settings().cache / "kernels")  # type: ignore[attr-defined]


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile on first call for the types given; the interpreter's lock is free while it runs.

    No fast-math: the order of additions and products is the program's, so results repeat bit by
    bit.
    """
    try:
        made = numba.njit(nogil=True, error_model="numpy", cache=True)(function)
    except RuntimeError:  # what numba raises where no cache folder can be written
        made = numba.njit(nogil=True, error_model="numpy")(function)
    return cast(Callable[P, R], made)
