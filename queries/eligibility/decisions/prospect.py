"""One prospect: who, for which product, what lacks; and counts of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

__all__ = ["NOTHING", "Board", "Lacking", "Prospect", "ProspectCount"]

#: Of a board: those who lack nothing that a visit does not bring.
NOTHING = "nothing"


@dataclass(frozen=True)
class Lacking:
    """A condition in the way: 待补充 (`open`) or 不符合, and how it can be mended."""

    condition: str
    wording: str
    open: bool
    how: str
    days: int


@dataclass(frozen=True)
class Prospect:
    """One household or firm for one product.

    Attributes:
        unit: key of the household, or of the party where there is none.
        applicant: the member best placed, its name None where nobody told it.
        lacking: beyond what the visit brings; empty: nothing else.
        masked, age: by which namesakes are told apart; None where nobody says.
        household_no: number of the household in the village's book.
        phone_masked, address, role: how and where they are found, and what they are in their household.
        farms: what the household is known to farm, in words.
    """

    unit: str
    applicant: str
    name: str | None
    village: str
    product: str
    title: str
    lacking: tuple[Lacking, ...]
    masked: str | None = None
    age: int | None = None
    household_no: str | None = None
    phone_masked: str | None = None
    address: str | None = None
    role: str | None = None
    farms: tuple[str, ...] = ()

    @property
    def errands(self) -> tuple[Lacking, ...]:
        """What lacks, each way to mend it once, with all that it mends."""
        found: dict[str, Lacking] = {}
        for one in self.lacking:
            held = found.get(one.how)
            both = one if held is None else replace(held, wording=f"{held.wording}；{one.wording}")
            found[one.how] = replace(both, days=max(both.days, one.days))
        return tuple(found.values())

    def shown_by(self, shows: Callable[[dict[str, Any]], dict[str, Any]]) -> Self:
        """With certificate, telephone and address as a reader shows them (`Reader.shown`)."""
        told = shows(
            {"key": self.applicant, "masked": self.masked, "phone_masked": self.phone_masked,
             "address": self.address}
        )  # fmt: skip
        del told["key"]
        return replace(self, **told)


@dataclass(frozen=True)
class ProspectCount:
    """Units of a village for a product: with nothing, and with one thing, in the way."""

    village: str
    product: str
    title: str
    ready: int
    one_missing: int


@dataclass(frozen=True)
class Board:
    """Some of the prospects of a district, the nearest first.

    Attributes:
        total: of how many they are part.
        lacking: what lacks to those with one thing in the way: condition, wording, to how many.
    """

    rows: tuple[Prospect, ...]
    total: int
    lacking: tuple[tuple[str, str, int], ...]
