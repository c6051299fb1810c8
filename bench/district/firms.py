"""Firms of a synthetic district, and who stands for whom in it.

One firm to twenty persons; each has a representative, an executive, one to three holders of the same
village and an agent who filed its registration; every tenth is held by another firm.  Of guarantees
there are 0.72 a party, nineteen in twenty within a village (the density is that of public data on
guarantees, `docs/manual/risk-scale.md`), and every village has three groups of joint liability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.district.column_batch import ColumnBatch
from bench.district.households import Households, Keys

__all__ = ["GUARANTEES", "write_firms", "write_guarantees"]

#: Guarantees a party.
GUARANTEES = 0.72
_PERSONS_A_FIRM, _FIRMS_AN_AGENT = 20, 30
_NEAR = 0.95
_GROUPS, _MEMBERS = 3, 4


@dataclass(frozen=True, eq=False)
class _Near:
    """Draws somebody of a village: persons are numbered village by village."""

    begin: NDArray[np.int64]
    size: NDArray[np.int64]

    def one(self, village: NDArray[np.int64], chance: np.random.Generator) -> NDArray[np.int64]:
        own = (chance.random(len(village)) * self.size[village]).astype(np.int64)
        return np.asarray(self.begin[village] + own)


def write_firms(batch: ColumnBatch, people: Households, chance: np.random.Generator) -> Keys:
    """Write the firms of a district and whoever runs, holds, files and lends; returns their keys."""
    count = len(people.persons) // _PERSONS_A_FIRM
    firms = np.array([f"org:91610305MA9{n:07d}" for n in range(count)])
    village, near = people.village[chance.integers(0, len(people.persons), count)], _near(people)
    days = chance.integers(0, 3_000, count).astype("timedelta64[D]")
    ended = np.datetime64("2024-06-01") + (days // 6)
    gone = chance.random(count) < 0.05
    batch.node("Enterprise", firms, name=np.array([f"样区{n}号有限公司" for n in range(count)]),
               address=np.array([f"样区{n // 2}号" for n in range(count)]),
               phone_key=np.array([f"phone:{n // 3}" for n in range(count)]),
               registration_state=np.where(chance.random(count) < 0.02, "revoked", "active"),
               established_on=np.datetime64("2016-01-01") + days,
               ended_on=np.where(gone, ended, np.datetime64("NaT")))  # fmt: skip
    batch.tie("LOCATED_IN", firms, "Enterprise", people.villages[village], "Village")
    runs = people.persons[near.one(village, chance)]
    batch.tie("LEGAL_REPRESENTATIVE_OF", runs, "Person", firms, "Enterprise")
    batch.tie("EXECUTIVE_OF", people.persons[near.one(village, chance)], "Person", firms,
              "Enterprise")  # fmt: skip
    agents = people.persons[chance.integers(0, len(people.persons), count // _FIRMS_AN_AGENT + 1)]
    batch.tie("FILED_REGISTRATION_OF", agents[chance.integers(0, len(agents), count)], "Person",
              firms, "Enterprise")  # fmt: skip
    _shares(batch, people, firms, runs, village, chance)
    borrowers = firms[chance.random(count) < 0.3]
    batch.loans("F1", borrowers, "Enterprise", chance.random(len(borrowers)) < 0.03,
                principal_fen=100_000_000, purpose="收购", bad="doubtful", overdue_days=200)  # fmt: skip
    return firms


def write_guarantees(
    batch: ColumnBatch, people: Households, firms: Keys, chance: np.random.Generator
) -> None:
    """Write who stands for whom: single guarantees, and the groups of joint liability."""
    parties = np.concatenate([people.persons, firms])
    labels = np.repeat(["Person", "Enterprise"], [len(people.persons), len(firms)])
    count, near = int(GUARANTEES * len(parties)), _near(people)
    guarantor = chance.integers(0, len(people.persons), count)
    borrower = np.where(
        chance.random(count) < _NEAR,
        near.one(people.village[guarantor], chance),
        chance.integers(0, len(parties), count),
    )
    batch.tie("GUARANTEES", parties[guarantor], labels[guarantor], parties[borrower],
              labels[borrower], discriminator=np.array([f"g:{n:08d}" for n in range(count)]),
              amount_fen=5_000_000, guarantee_kind="general")  # fmt: skip
    groups = np.repeat(np.arange(len(people.villages)), _GROUPS)
    member = np.stack([near.one(groups, chance) for _ in range(_MEMBERS)])
    pairs = [(a, b) for a in range(_MEMBERS) for b in range(_MEMBERS) if a != b]
    one, other = (np.concatenate([member[pair[end]] for pair in pairs]) for end in (0, 1))
    batch.tie("GUARANTEES", parties[one], "Person", parties[other], "Person",
              discriminator=np.array([f"joint:{n:08d}" for n in range(len(one))]),
              amount_fen=5_000_000, guarantee_kind="joint_group")  # fmt: skip


def _shares(
    batch: ColumnBatch, people: Households, firms: Keys, runs: Keys,
    village: NDArray[np.int64], chance: np.random.Generator,
) -> None:  # fmt: skip
    """Who runs it holds three fifths of it; the rest is a neighbour's, or of every tenth a firm's."""
    batch.tie("HOLDS_SHARES_IN", runs, "Person", firms, "Enterprise", share_ratio=0.6)
    by_firm = (np.arange(len(firms)) % 10 == 9) & (len(firms) > 10)
    number = np.flatnonzero(by_firm)
    # a holder is an older firm: no circles but those that are asked for
    holder = (chance.random(len(number)) * number).astype(int)
    batch.tie("HOLDS_SHARES_IN", firms[holder], "Enterprise", firms[number], "Enterprise",
              share_ratio=0.3)  # fmt: skip
    other = np.flatnonzero(~by_firm)
    near = _near(people).one(village[other], chance)
    batch.tie("HOLDS_SHARES_IN", people.persons[near], "Person", firms[other], "Enterprise",
              share_ratio=0.25)  # fmt: skip


def _near(people: Households) -> _Near:
    size = np.bincount(people.village, minlength=len(people.villages))
    return _Near(np.concatenate([[0], np.cumsum(size)[:-1]]), np.maximum(size, 1))
