"""Circles as real districts have them: couples with firms, firms all for all, joint groups, long
chains, a guarantee company.

Planted by a generator of its own among people who play no other part, so that the rest of the
district stays what it was, and what a circle's members have to fear comes from inside it alone.
Every second circle has one member with a bad loan; the others owe as they should.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise, permutations, product

import numpy as np
import pandas as pd

from ingest.sample.cast import Cast
from ingest.sample.credit import guarantee_rows, invent_loans
from ingest.sample.planted_firms import PlantedFirms, as_frames
from ingest.sample.truth import Circle, Truth

__all__ = ["BLOCK", "LOAN_PREFIX", "Circles", "plant_circles"]

#: Firms of circles have codes of this block, their loans numbers that begin so: who invents more
#: about the district can leave them apart.
BLOCK, LOAN_PREFIX = "4", "HB"

#: Sizes turn by turn: a small district has those of the first.
_MUTUAL = ((3, 5, 8), (4, 6, 7))
_GROUPS = ((3, 7, 10), (4, 6, 8, 9))
_CHAINS = ((14,), (10, 12))
_CLIENTS = 8

_GRANTED, _DUE = "2025-06-10", "2027-06-10"
_BAD, _LATE = "次级", 120


@dataclass(frozen=True)
class Circles:
    """Rows for the files: of the register, its shareholders, loans and guarantees."""

    register: pd.DataFrame
    holders: pd.DataFrame
    loans: pd.DataFrame
    guarantees: pd.DataFrame


@dataclass
class _Planting:
    """What is planted so far: who owes, who stands for whom.

    Attributes:
        names: of debtors by number of document, in the order of their loans; `large` are firms.
        given: (guarantor, debtor, kind of guarantee).
    """

    firms: PlantedFirms
    truth: Truth
    names: dict[str, str] = field(default_factory=dict)
    large: list[bool] = field(default_factory=list)
    bad: set[str] = field(default_factory=set)
    given: list[tuple[str, str, str]] = field(default_factory=list)

    def person(self, place: int, *, owes: bool = True) -> str:
        """Somebody of the household file, with a loan or without."""
        number = self.firms.person(place)
        if owes:
            self.names[number] = self.firms.person(place, "姓名")
            self.large.append(False)
        return number

    def firm(self, front: int) -> str:
        """A new firm of somebody's, with a loan."""
        code = self.firms.firm(front, founded="2020-05-10")
        self.names[code] = self.firms.name(code)
        self.large.append(True)
        return code

    def tell(self, kind: str, members: list[str], adverse: list[str]) -> None:
        """Note a circle; every member of `adverse` has a bad loan."""
        self.bad.update(adverse)
        self.truth.circles.append(Circle(kind, members, adverse))


def plant_circles(
    members: pd.DataFrame, taken: np.ndarray, first_loan: int, truth: Truth
) -> Circles:
    """Plant every kind.

    Args:
        taken: places of members of households that play a part already.
        first_loan: number from which loans of circles are counted.
    """
    generator = np.random.default_rng([truth.seed, 3])
    cast = Cast(generator, members, taken)
    firms = PlantedFirms(cast, truth, agent=0, block=BLOCK, first_name=80_000)
    made = _Planting(firms, truth)
    for turn in range(min(len(_MUTUAL), max(1, truth.persons // 5_000))):
        _couple_and_firms(made)
        for place, size in enumerate(_MUTUAL[turn]):
            _mutual_firms(made, size, adverse=place % 2 == 0)
        for place, size in enumerate(_GROUPS[turn]):
            _joint_group(made, size, adverse=place % 2 == 0)
        for length in _CHAINS[turn]:
            _chain(made, length)
        _guarantee_company(made)
    loans = _loans(generator, made, first_loan)
    at = pd.Series(np.arange(len(loans)), index=loans["借款人证件号码"])
    givers, debtors, kinds = (list(column) for column in zip(*made.given, strict=True))
    guarantees = guarantee_rows(
        loans,
        at[debtors].to_numpy(),
        np.array([made.names.get(number) or _name(made, number) for number in givers], object),
        np.array(givers, object),
    ).assign(保证方式=kinds)
    return Circles(*as_frames(firms), loans, guarantees)


def _couple_and_firms(made: _Planting) -> None:
    """A couple who run three firms: both stand for all of them, and each firm for the others."""
    head, spouse = made.firms.cast.couple()
    firms = [made.firm(head), made.firm(spouse), made.firm(spouse)]
    couple = [made.person(place, owes=False) for place in (head, spouse)]
    made.given += [(one, firm, "连带责任保证") for one, firm in product(couple, firms)]
    made.given += [(one, other, "连带责任保证") for one, other in permutations(firms, 2)]
    made.truth.controllers.append((couple[1], firms[1:]))
    made.tell("couple_and_firms", [*couple, *firms], firms[:1])


def _mutual_firms(made: _Planting, size: int, *, adverse: bool) -> None:
    firms = [made.firm(made.firms.cast.adult()) for _ in range(size)]
    made.given += [(one, other, "连带责任保证") for one, other in permutations(firms, 2)]
    made.tell("mutual_firms", firms, firms[:1] if adverse else [])


def _joint_group(made: _Planting, size: int, *, adverse: bool) -> None:
    group = [made.person(made.firms.cast.adult()) for _ in range(size)]
    made.given += [(one, other, "联保") for one, other in permutations(group, 2)]
    made.truth.joint_groups.append(group)
    made.tell("joint_group", group, group[:1] if adverse else [])


def _chain(made: _Planting, length: int) -> None:
    """Each stands for the next; the last one's loan is bad."""
    chain = [made.person(made.firms.cast.adult()) for _ in range(length)]
    made.given += [(one, following, "连带责任保证") for one, following in pairwise(chain)]
    made.truth.chains.append(chain)
    made.tell("chain", chain, chain[-1:])


def _guarantee_company(made: _Planting) -> None:
    """A company whose business it is to stand for firms; two of them do not pay."""
    company = made.firm(made.firms.cast.adult())
    clients = [made.firm(made.firms.cast.adult()) for _ in range(_CLIENTS)]
    made.given += [(company, client, "连带责任保证") for client in clients]
    made.truth.stars.append((company, clients))
    made.tell("guarantee_company", [company, *clients], clients[:2])


def _loans(generator: np.random.Generator, made: _Planting, first: int) -> pd.DataFrame:
    numbers, names = np.array(list(made.names), object), np.array(list(made.names.values()), object)
    large = np.array(made.large)
    is_bad = np.isin(numbers, list(made.bad))
    loans = invent_loans(generator, names, numbers, 5).assign(
        借据号=[f"{LOAN_PREFIX}{first + n:09d}" for n in range(len(numbers))],
        发放日期=_GRANTED,
        到期日期=_DUE,
        担保方式="保证",
        五级分类=np.where(is_bad, _BAD, "正常"),
        逾期天数=np.where(is_bad, _LATE, 0),
    )
    # a firm borrows as a firm does
    for column in ("借款金额（万元）", "贷款余额（万元）"):
        loans[column] = np.where(large, loans[column] * 12, loans[column]).round(2)
    return loans


def _name(made: _Planting, number: str) -> str:
    members = made.firms.cast.members
    return str(members.loc[members["公民身份号码"] == number, "姓名"].iat[0])
