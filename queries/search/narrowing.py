"""A search cut down by town, village, age and kind: for who knows more than a name.

A place goes into what is asked, so that of two hundred of one name those of the village are found;
everything else cuts down what was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["SEARCHED_KINDS", "Narrowing"]

#: Kinds that can be asked for, by label, in the order of the list.
SEARCHED_KINDS = (
    "Person", "Household", "Enterprise", "IndividualBusiness", "Cooperative", "FamilyFarm",
    "Collective", "GovernmentBody", "FinancialInstitution",
)  # fmt: skip

#: With these endings a word beside a name is a place (`queries.search.typed`).
_PLACE_ENDINGS = ("村", "镇", "乡", "街道", "社区", "县", "区")


@dataclass(frozen=True)
class Narrowing:
    """What a search is cut down to; what is empty cuts nothing.

    Attributes:
        town, village: name or part of it.
        age_from, age_to: full years, both ends among them; who has no known age is then left out.
        kind: a label.
    """

    town: str = ""
    village: str = ""
    age_from: int | None = None
    age_to: int | None = None
    kind: str = ""

    def __bool__(self) -> bool:
        return self != Narrowing()

    def text(self, typed: str) -> str:
        """What to search for; without a name, the place itself, whose households are found."""
        places = [place for place in (self.village.strip(), self.town.strip()) if place]
        if not typed.strip():
            return places[0] if places else ""
        words, typed = typed.split(), typed.strip()
        if any(map(str.isdigit, typed)) or any(place in words for place in places):
            # a code or a number stands alone
            return typed
        named = [place for place in places if place.endswith(_PLACE_ENDINGS)]
        # beside one name of Chinese any word is a place; else only what ends like one
        if not named and len(words) == 1 and not typed.isascii():
            named = places
        return f"{typed} {named[0]}" if named else typed

    def keeps(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of `find_party` is among those wanted."""
        if self.kind and self.kind not in row["labels"]:
            return False
        if not (_within(self.town, row["town"]) and _within(self.village, row["village"])):
            return False
        if self.age_from is None and self.age_to is None:
            return True
        age = row["age"]
        return age is not None and (self.age_from or 0) <= age <= (
            age if self.age_to is None else self.age_to
        )


def _within(wanted: str, told: str | None) -> bool:
    return not wanted.strip() or wanted.strip() in (told or "")
