"""Districts that were lived through by known numbers: what was known each year, and what came.

Distress is played out here party by party, in plain Python, and shares no code with what is tested.
Every year has debtors of its own.  Of each year's, the loans are stated before its day; what came is
stated eleven months later.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from world import World

from graph.log import FactLog

__all__ = ["DAY", "KNOWN", "Numbers", "Year", "district", "live_through"]

#: The day on which one calibrates, and what is known.
DAY = date(2026, 11, 28)
KNOWN = datetime(2026, 11, 28, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Numbers:
    """By what the district lives."""

    base: float = 0.012
    special_mention: float = 0.15
    judgment_defaulter: float = 0.40
    guarantee: float = 0.35
    half_life: float = float("inf")

    def of(self) -> dict[str, float]:
        """By the names of the policy."""
        return {
            "base.probability": self.base,
            "seeds.special_mention.probability": self.special_mention,
            "seeds.judgment_defaulter.probability": self.judgment_defaulter,
            "ties.GUARANTEES.weight": self.guarantee,
        }


@dataclass
class Year:
    """Debtors of a year: what is on record of them, and who stands for whom.

    Attributes:
        seeds: by party, the name of its seed, or nothing.
        guarantees: (guarantor, debtor).
        ages: days for which what is on record of a party has been true.
    """

    scored_on: date
    seeds: dict[str, str] = field(default_factory=dict)
    guarantees: list[tuple[str, str]] = field(default_factory=list)
    ages: dict[str, int] = field(default_factory=dict)

    def add(self, *seeds: str, mutual: bool = False) -> list[str]:
        """Parties with these seeds, each standing for the one before; or all for all."""
        first = len(self.seeds)
        made = [f"org:{self.scored_on.year}-{first + n}" for n in range(len(seeds))]
        self.seeds.update(zip(made, seeds, strict=True))
        if mutual:
            self.guarantees += [(a, b) for a in made for b in made if a != b]
        else:
            self.guarantees += list(zip(made[1:], made, strict=False))
        return made


def district(scored_on: date, size: int) -> Year:
    """Lone debtors, debtors with a guarantor and one behind him, and circles."""
    year = Year(scored_on)
    for _ in range(size * 10):
        year.add("")
    for _ in range(size * 4):
        year.add("special_mention", "")
    for _ in range(size * 3):
        year.add("judgment_defaulter", "", "")
    for _ in range(size):
        year.add("special_mention", "", "judgment_defaulter", mutual=True)
    return year


def live_through(folder: Path, years: list[Year], numbers: Numbers, seed: int) -> FactLog:
    """The log of a district in which every year went as chance and its numbers have it."""
    dice = random.Random(seed)
    log = FactLog(folder)
    world = World(log)
    for year in years:
        before, after = year.scored_on - timedelta(20), year.scored_on + timedelta(340)
        for party, seed_of in year.seeds.items():
            _debt(
                world, party, seed_of, before, year.scored_on - timedelta(year.ages.get(party, 0))
            )
        for guarantor, debtor in year.guarantees:
            world.tie("GUARANTEES", (guarantor, "Enterprise"), (debtor, "Enterprise"),
                      discriminator=f"{guarantor}-{debtor}", valid_from=before)  # fmt: skip
        world.commit(datetime(before.year, before.month, before.day, 9, tzinfo=UTC), "loan")
        failed = _play(year, numbers, dice)
        for party in year.seeds:
            bad = party in failed
            # paid back, or bad until somebody bought it: next year's debtors are others
            world.node("LoanState", f"loan:{party}", "Loan", valid_from=after,
                       valid_to=after + timedelta(20) if bad else None, loan_class="doubtful" if bad else "pass",
                       balance_fen=100 if bad else 0,
                       settled_on=None if bad else after)  # fmt: skip
        world.commit(datetime(after.year, after.month, after.day, 9, tzinfo=UTC), "loan")
    return log


def _debt(world: World, party: str, seed_of: str, on: date, since: date) -> None:
    loan = (f"loan:{party}", "Loan")
    world.node("Enterprise", party, name=party)
    world.node("Loan", loan[0], principal_fen=100, granted_on=on, due_on=date(2030, 1, 1))
    world.tie("BORROWED", (party, "Enterprise"), loan)
    kind = seed_of if seed_of == "special_mention" else "pass"
    world.node("LoanState", loan[0], "Loan", valid_from=on, valid_to=on + timedelta(360),
               loan_class=kind, balance_fen=100)  # fmt: skip
    if seed_of == "judgment_defaulter":
        entry = (f"entry:{party}", "ListEntry")
        world.node("ListEntry", entry[0], list_kind=seed_of, valid_from=since,
                   published_until=on + timedelta(360))  # fmt: skip
        world.tie("SUBJECT_OF", (party, "Enterprise"), entry)


def _play(year: Year, numbers: Numbers, dice: random.Random) -> set[str]:
    """Who fails: distress begins, and every tie passes it on once or not."""
    begins = {"special_mention": numbers.special_mention,
              "judgment_defaulter": numbers.judgment_defaulter}  # fmt: skip
    stand_for: dict[str, list[str]] = defaultdict(list)
    for guarantor, debtor in year.guarantees:
        stand_for[debtor].append(guarantor)
    fades = {p: 0.5 ** (days / numbers.half_life) for p, days in year.ages.items()}
    reached = [p for p, s in year.seeds.items()
               if s and dice.random() < begins[s] * fades.get(p, 1.0)]  # fmt: skip
    failed = set(reached)
    while reached:
        for guarantor in stand_for[reached.pop()]:
            if dice.random() < numbers.guarantee and guarantor not in failed:
                failed.add(guarantor)
                reached.append(guarantor)
    return failed | {party for party in year.seeds if dice.random() < numbers.base}
