"""One step of one part: hear from elsewhere, then pass on within.

What crosses between two parts is worked out on both sides from the values of everybody at the
start of the step, by the same additions and divisions in the same order, so both sides hold the
same number without sending it.  Between steps only one number a party travels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from queries.risk.kernels.blocks import in_rounds
from queries.risk.kernels.compiled import compiled
from queries.risk.kernels.messages import pass_messages
from queries.risk.kernels.paths import offer_strongest
from queries.risk.parts.files import Part

__all__ = ["Model", "State", "step"]

Model: TypeAlias = Literal["score", "paths"]


@dataclass(eq=False)
class State:
    """What a part remembers from step to step.

    Attributes:
        reached: value of each of its parties.
        passed: on its inner ties; heard, told: on its ties with other parts, in and out.
    """

    reached: NDArray[np.float64]
    passed: NDArray[np.float32]
    heard: NDArray[np.float32]
    told: NDArray[np.float32]

    @classmethod
    def of(cls, part: Part) -> State:
        """Before the first step."""
        zeros = (
            np.zeros(len(array), np.float32) for array in (part.inner.weight,) + (part.here,) * 2
        )
        return cls(part.own.copy(), *zeros)


def step(part: Part, state: State, everybody: NDArray[np.float64], model: Model) -> float:
    """Change `state` in place; returns the largest change of a tie (paths: whether any value rose)."""
    stream, inner = part.inner.stream, part.inner
    if model == "paths":
        heard = _hear_strongest(part.here, part.there, part.weight_in, everybody, state.reached)
        passed = in_rounds(
            inner, 1, lambda a, b: float(offer_strongest(a, b, stream, state.reached))
        )
    else:
        heard = _hear(
            part.here, part.there, part.weight_in, part.weight_out, part.first, everybody,
            state.heard, state.told, state.reached,
        )  # fmt: skip
        passed = in_rounds(
            inner, 1, lambda a, b: float(pass_messages(a, b, stream, state.passed, state.reached))
        )
    return max(float(heard), passed)


@compiled
def _hear(
    here: NDArray[np.uint32],
    there: NDArray[np.uint32],
    weight_in: NDArray[np.float32],
    weight_out: NDArray[np.float32],
    first: int,
    everybody: NDArray[np.float64],
    heard: NDArray[np.float32],
    told: NDArray[np.float32],
    reached: NDArray[np.float64],
) -> float:
    """Exchange messages with parties elsewhere, from `everybody` at the start of the step."""
    largest = 0.0
    for at in range(np.uint64(len(here))):
        mine = np.uint64(here[at])
        was_in, was_out = np.float64(heard[at]), np.float64(told[at])
        they_alone = (everybody[there[at]] - was_out) / (1.0 - was_out)
        i_alone = (everybody[np.uint64(first) + mine] - was_in) / (1.0 - was_in)
        heard[at] = weight_in[at] * they_alone
        told[at] = weight_out[at] * i_alone
        now = np.float64(heard[at])
        alone = (reached[mine] - was_in) / (1.0 - was_in)
        reached[mine] = alone + now * (1.0 - alone)
        change = max(abs(now - was_in), abs(np.float64(told[at]) - was_out))
        largest = change if change > largest else largest
    return largest


@compiled
def _hear_strongest(
    here: NDArray[np.uint32],
    there: NDArray[np.uint32],
    weight_in: NDArray[np.float32],
    everybody: NDArray[np.float64],
    reached: NDArray[np.float64],
) -> float:
    """Take what parties elsewhere offer where it is stronger; 1 where anything rose."""
    rose = 0.0
    for at in range(np.uint64(len(here))):
        offered = np.float64(weight_in[at]) * everybody[there[at]]
        if offered > reached[here[at]]:
            reached[here[at]] = offered
            rose = 1.0
    return rose
