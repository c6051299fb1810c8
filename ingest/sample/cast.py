"""Invented people to plant patterns with: nobody plays in two, so that patterns do not mix."""

from __future__ import annotations

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
        self._order = generator.permutation(len(members))
        self._old = born < _OLD_BORN_BEFORE
        self._adult = (born > 1956) & (born < 2000)
        homes = members["户号"].to_numpy()
        spouse = members["与户主关系"].to_numpy() == "配偶"
        self._home = homes
        self._has_spouse = np.isin(homes, homes[spouse])
        self._role = members["与户主关系"].to_numpy()

    def adult(self) -> int:
        """Somebody of an age at which one runs a business."""
        return self._take(self._adult)

    def old(self) -> int:
        """Somebody over seventy."""
        return self._take(self._old)

    def couple(self) -> tuple[int, int]:
        """A householder and the spouse."""
        head = self._take((self._role == "户主") & self._has_spouse)
        partner = int(np.flatnonzero((self._home == self._home[head]) & (self._role == "配偶"))[0])
        return head, partner

    def is_free(self, places: np.ndarray) -> np.ndarray:
        """Which of these places belong to households that play no part."""
        return np.asarray(self._free[places])

    def _take(self, wanted: np.ndarray) -> int:
        fits = self._order[(wanted & self._free)[self._order]]
        chosen = int(fits[0])
        # the whole household: a spouse in another pattern would tie the two together
        self._free[self._home == self._home[chosen]] = False
        return chosen
