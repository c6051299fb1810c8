"""Rebuilding resident ids from what is stored and shown, as somebody would who has all of it.

Known of a person are the place and the day of birth and the sex, each from some fact.  What is left
are a thousand sequences, half of them for each sex; the check digit follows.  Everything that shows
more of the number narrows them: a mask wherever it stands, the last four wherever they are called so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from graph.identifiers import resident_id

__all__ = ["Clues", "clues_in"]

_MASK = re.compile(r"(?<![0-9])[1-9][0-9]{5}[0-9*]{6,12}[0-9X*](?![0-9X*])")
_END = re.compile(r"(?:尾号|[后末][四4]位|最后[四4]位)\D{0,4}([0-9]{3}[0-9X])(?![0-9])")
_WHOLE = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9X](?![0-9X])")


@dataclass
class Clues:
    """What texts show of ids: masks of any width, ends, whole numbers."""

    masks: set[str] = field(default_factory=set)
    ends: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    _by_place: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def _of_place(self) -> dict[str, set[str]]:
        """Masks by the six digits that every one shows."""
        if sum(map(len, self._by_place.values())) != len(self.masks):
            self._by_place.clear()
            for mask in self.masks:
                self._by_place[mask[:6]].add(mask)
        return self._by_place

    def candidates(self, area: str, born: date, sex: str | None) -> list[str]:
        """Every id that a person of that place, day and sex may have, after all that is shown."""
        begun = f"{area}{born:%Y%m%d}"
        left = [
            stem + resident_id.check_digit(stem)
            for number in range(1000)
            if sex is None or number % 2 == (sex == "male")
            for stem in [f"{begun}{number:03d}"]
        ]
        here = self._of_place()[area]
        fitting = [mask for mask in here if _fits(mask[:14], begun[: len(mask[:14])])]
        shown = {mask[-4:] for mask in fitting if len(mask) == 18 and set(mask[14:]) != {"*"}}
        shown |= self.ends
        if shown:
            left = [each for each in left if any(_fits(end, each[14:]) for end in shown)]
        return [each for each in left if each in self.whole] or left


def clues_in(texts: Iterable[str]) -> Clues:
    """All that the texts show of anybody's id."""
    found = Clues()
    for text in texts:
        found.masks |= {each for each in _MASK.findall(text) if "*" in each}
        found.ends |= set(_END.findall(text))
        found.whole |= set(_WHOLE.findall(text))
    return found


def _fits(mask: str, told: str) -> bool:
    return all(a == b or a == "*" for a, b in zip(mask, told, strict=True))
