"""Whether a ratio stays above its floor, on a machine that is busy with something else as well.

Floors are about half of what a quiet machine shows, so that a busy one does not fail by itself; a failing
one is measured twice more before it counts.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["holds"]

_TRIES = 3


def holds(name: str, floor: float, measure: Callable[[], float]) -> bool:
    """Whether one of three measurements reaches the floor; says so."""
    print(name)
    ratio = 0.0
    for _ in range(_TRIES):
        ratio = max(ratio, measure())
        if ratio >= floor:
            break
    print(f"{'ok' if ratio >= floor else 'FAILED':>8}  {ratio:.3g}, floor {floor}", flush=True)
    return ratio >= floor
