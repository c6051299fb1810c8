"""A village's visit sheet by household: one visit, one list of what to bring, for all its products.

A prospect is a household for one product; whoever goes there goes once.  What every visit brings and what
this household lacks besides are one errand, each paper named once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from queries.eligibility.decisions.prospect import Lacking, Prospect

__all__ = ["VisitedHousehold", "visited_households"]

#: 组, as an address says it.
_GROUP = re.compile(r"(?:第?[0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:村民小)?组")


@dataclass(frozen=True)
class VisitedHousehold:
    """One household of a visit sheet.

    Attributes:
        who: the member to ask for: that of its nearest product, with what tells them from others.
        products: those that it is near, the nearest first, each with who would apply.
        errands: what is wanted for the nearest beside what every visit brings, each way to mend it once.
    """

    who: Prospect
    products: tuple[Prospect, ...]
    errands: tuple[Lacking, ...]

    @property
    def group(self) -> str | None:
        """组, where the address says it."""
        found = _GROUP.search(self.who.address or "")
        return found[0] if found else None

    @property
    def nearest(self) -> tuple[Prospect, ...]:
        """Products for which least is wanted: what one goes there for."""
        return _nearest(self.products)

    @property
    def further(self) -> tuple[Prospect, ...]:
        """The others, for which more is wanted: matters of another day."""
        return tuple(one for one in self.products if one not in self.nearest)


def visited_households(rows: Iterable[Prospect]) -> tuple[VisitedHousehold, ...]:
    """Households in the order of their nearest product.

    Args:
        rows: of one village, the nearest first (`Prospects.village`).
    """
    by_unit: dict[str, list[Prospect]] = {}
    for row in rows:
        by_unit.setdefault(row.unit, []).append(row)
    return tuple(
        VisitedHousehold(each[0], tuple(each), _bundled(_nearest(each)))
        for each in by_unit.values()
    )


def _nearest(rows: Sequence[Prospect]) -> tuple[Prospect, ...]:
    least = min(len(one.lacking) for one in rows)
    return tuple(one for one in rows if len(one.lacking) == least)


def _bundled(rows: Sequence[Prospect]) -> tuple[Lacking, ...]:
    """What lacks for any of some products of a household, each way to mend it once, the quickest first."""
    found: dict[str, Lacking] = {}
    for row in rows:
        for one in row.errands:
            held = found.get(one.how)
            if held is None or one.days > held.days:
                found[one.how] = one
    return tuple(sorted(found.values(), key=lambda one: one.days))
