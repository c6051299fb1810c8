"""Invented people to plant patterns with: nobody plays in two, so that patterns do not mix."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

__all__ = ["Cast"]

_OLD_BORN_BEFORE = 1955


class Cast:
    """Hands out members of the household file by their place in it, each once.

    Args:
        taken: places that are in use already (owners of ordinary firms, rows to be damaged).
    """

    def __init__(
        self, generator: np.random.Generator, members: pd.DataFrame, taken: np.ndarray
    ) -> None:
        self.members = members
        born = members["公民身份号码"].str[6:10].astype(int).to_numpy()
        free = np.ones(len(members), bool)
        free[taken] = False
        self._free = free
        homes, role = members["户号"], members["与户主关系"]
        self._spouse = (role == "配偶").to_numpy()
        self._home = homes.to_numpy()
        self._household = homes.groupby(homes).indices
        # who fits, in an order drawn once: whoever was passed over is never free again
        order = generator.permutation(len(members))
        married = (role == "户主") & homes.isin(homes[self._spouse])
        self._old, self._adult, self._married = (
            iter(order[fits[order]].tolist())
            for fits in (born < _OLD_BORN_BEFORE, (born > 1956) & (born < 2000), married.to_numpy())
        )

    def adult(self) -> int:
        """Somebody of an age at which one runs a business."""
        return self._take(self._adult)

    def old(self) -> int:
        """Somebody over seventy."""
        return self._take(self._old)

    def couple(self) -> tuple[int, int]:
        """A householder and the spouse."""
        head = self._take(self._married)
        household = self._household[self._home[head]]
        return head, int(household[self._spouse[household]][0])

    def is_free(self, places: np.ndarray) -> np.ndarray:
        """Which of these places belong to households that play no part."""
        return np.asarray(self._free[places])

    def _take(self, fitting: Iterator[int]) -> int:
        chosen = next(place for place in fitting if self._free[place])
        # the whole household: a spouse in another pattern would tie the two together
        self._free[self._household[self._home[chosen]]] = False
        return chosen
