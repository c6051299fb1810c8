"""One fact of many parties, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queries.eligibility.facts.catalogue import FactSpec
from queries.eligibility.facts.fact import Value

__all__ = ["Column"]


@dataclass(frozen=True, eq=False)
class Column:
    """One fact of many parties.

    Attributes:
        values: flags as bool, numbers as they are, codes as the place in `spec.values`, texts as
            objects; anything where not known.
        known: where it is.
    """

    spec: FactSpec
    values: NDArray[Any]
    known: NDArray[np.bool_]

    @classmethod
    def of(cls, spec: FactSpec, values: list[Value]) -> Column:
        """A column of plain values, None where unknown."""
        known = np.array([value is not None for value in values], bool)
        kinds: dict[str, type] = {"flag": np.bool_, "real": np.float64, "text": np.object_}
        if spec.type == "code":
            place = {code: n for n, code in enumerate(spec.values)}
            told: list[Any] = [0 if value is None else place[str(value)] for value in values]
            return cls(spec, np.array(told, np.int16), known)
        filled = [0 if value is None else value for value in values]
        return cls(spec, np.array(filled, kinds.get(spec.type, np.int64)), known)

    def value(self, party: int) -> Value:
        """The value of one party, None where unknown."""
        if not self.known[party]:
            return None
        held = self.values[party]
        if self.spec.type == "code":
            return tuple(self.spec.values)[int(held)]
        plain: Value = held.item() if isinstance(held, np.generic) else held
        return plain
