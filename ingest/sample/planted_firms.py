"""Firms planted with a pattern, and firms that only look like one.

Each pattern is one function that adds rows to the register and the shareholders and notes the
truth.  A detector is worth what it finds of the first and leaves alone of the second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ingest.sample.cast import Cast
from ingest.sample.days import later
from ingest.sample.firms import codes
from ingest.sample.truth import Truth

__all__ = ["PlantedFirms", "as_frames", "plant_firms"]

_BLOCK = "2"
_ENDED = "2025-02-01"
_MARKET = "样本农贸市场综合楼"


@dataclass
class PlantedFirms:
    """Rows for the files.

    Attributes:
        register, holders: as `invent_firms` makes them.
        listings: (name, code, listed on, not repaired since) of firms to be listed as judgment defaulters.
        agent: place of the village agent, whose telephone many give.
        block, first_name: of their codes, and the number in their names.
    """

    cast: Cast
    truth: Truth
    agent: int
    block: str = _BLOCK
    first_name: int = 70_000
    register: list[dict[str, Any]] = field(default_factory=list)
    holders: list[dict[str, Any]] = field(default_factory=list)
    listings: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def person(self, place: int, column: str = "公民身份号码") -> str:
        """What the household file says of a member."""
        return str(self.cast.members[column].iat[place])

    def firm(
        self,
        front: int,
        *,
        founded: str = "2022-05-10",
        ended: str = "",
        address: str = "",
        phone: int | None = None,
        holders: list[tuple[int | str, float]] | None = None,
    ) -> str:
        """Add a firm; returns its code.  It is its representative's alone unless said otherwise."""
        count = len(self.register)
        code = codes("91", 1, block=self.block, first=count)[0]
        self.register.append(
            {
                "统一社会信用代码": code,
                "企业名称": f"凤翔样本商贸{self.first_name + count}号有限公司",
                "登记状态": "注销" if ended else "存续",
                "成立日期": founded,
                "注销或吊销日期": ended,
                "注册资本（万元）": 100,
                "住所": address or f"样本新街{count + 1}号",
                "行业代码": "5124",
                "村编码": self.person(front, "村编码"),
                "联系电话": self.person(front if phone is None else phone, "联系电话"),
                "法定代表人": self.person(front, "姓名"),
                "法定代表人证件号码": self.person(front),
            }
        )
        for holder, share in [(front, 100.0)] if holders is None else holders:
            self.holds(holder, code, share, founded)
        return code

    def holds(self, holder: int | str, firm: str, share: float, since: str) -> None:
        """Add a holding of a member (by place) or of a firm (by code), in per cent."""
        if isinstance(holder, int):
            name, identifier = self.person(holder, "姓名"), self.person(holder)
        else:
            name, identifier = self.name(holder), holder
        self.holders.append(
            {
                "统一社会信用代码": firm,
                "股东名称": name,
                "股东证件号码": identifier,
                "出资比例（%）": share,
                "认缴出资额（万元）": share,
                "出资日期": since,
            }
        )

    def name(self, code: str) -> str:
        """Name of a planted firm."""
        return next(
            str(row["企业名称"]) for row in self.register if row["统一社会信用代码"] == code
        )


def plant_firms(
    generator: np.random.Generator, cast: Cast, truth: Truth, times: int
) -> PlantedFirms:
    """Plant every pattern `times` times."""
    made = PlantedFirms(cast, truth, cast.adult())
    for _ in range(times):
        for pattern in (_shells, _not_shells):
            pattern(made, str(later(_ENDED, generator.integers(30, 400))))
        for timeless in (_nominees, _not_nominees, _controllers, _circles):
            timeless(made)
    return made


def _shells(made: PlantedFirms, soon: str) -> None:
    """Cancelled or listed, and soon anew with two or more things in common."""

    def note(old: str, new: str, runner: int | None) -> None:
        made.truth.shells.append((old, new))
        if runner is not None:
            made.truth.controllers.append((made.person(runner), [old, new]))

    lives: dict[str, Any] = {"founded": "2021-06-01", "ended": _ENDED}
    one = made.cast.adult()
    street = f"样本旧街{len(made.register)}号"
    note(
        made.firm(one, **lives, address=street),
        made.firm(one, founded=soon, address=street),
        one,
    )
    head, spouse = made.cast.couple()
    street = f"样本旧街{len(made.register)}号"
    note(
        made.firm(head, **lives, address=street, holders=[(head, 100)]),
        made.firm(spouse, founded=soon, address=street, holders=[(spouse, 100)]),
        None,
    )
    front, back, holder = made.cast.adult(), made.cast.adult(), made.cast.adult()
    note(
        made.firm(front, **lives, phone=holder, holders=[(holder, 60), (front, 40)]),
        made.firm(back, founded=soon, phone=holder, holders=[(holder, 80), (back, 20)]),
        holder,
    )
    two = made.cast.adult()
    street = f"样本旧街{len(made.register)}号"
    old = made.firm(two, founded="2021-06-01", address=street)
    note(old, made.firm(two, founded=soon, address=street), two)
    made.listings.append((made.name(old), old, _ENDED, True))


def _not_shells(made: PlantedFirms, soon: str) -> None:
    """Years apart; one thing in common; a market's address and an agent's telephone; repaired."""
    gone: dict[str, Any] = {"founded": "2019-06-01", "ended": _ENDED}

    def note(old: str, new: str, runner: int | None = None) -> None:
        made.truth.not_shells.append((old, new))
        if runner is not None:
            made.truth.controllers.append((made.person(runner), [old, new]))

    one = made.cast.adult()
    street = f"样本老巷{len(made.register)}号"
    note(
        made.firm(one, founded="2012-06-01", ended="2018-02-01", address=street),
        made.firm(one, founded="2024-02-01", address=street),
        one,
    )
    street = f"样本老巷{len(made.register)}号"
    note(
        made.firm(made.cast.adult(), **gone, address=street),
        made.firm(made.cast.adult(), founded=soon, address=street),
    )
    stalls = [
        made.firm(made.cast.adult(), founded=soon, address=_MARKET, phone=made.agent)
        for _ in range(6)
    ]
    note(made.firm(made.cast.adult(), **gone, address=_MARKET, phone=made.agent), stalls[0])
    two = made.cast.adult()
    street = f"样本老巷{len(made.register)}号"
    old = made.firm(two, founded="2019-06-01", address=street)
    note(old, made.firm(two, founded=soon, address=street), two)
    made.listings.append((made.name(old), old, _ENDED, False))


def _nominees(made: PlantedFirms) -> None:
    """In front: the old, the one with no share, the one of many firms; the telephone tells."""
    for _ in range(2):
        front, back, holder = made.cast.old(), made.cast.adult(), made.cast.adult()
        firm = made.firm(front, phone=back, holders=[(holder, 100)])
        made.truth.nominees.append((firm, made.person(front)))
    front = made.cast.adult()
    firms = [
        made.firm(front, phone=made.cast.adult(), holders=[(made.cast.adult(), 100)])
        for _ in range(4)
    ]
    made.truth.nominees += [(firm, made.person(front)) for firm in firms]
    made.truth.controllers.append((made.person(front), firms))


def _not_nominees(made: PlantedFirms) -> None:
    """Old and in business; the spouse's telephone; the agent's; a manager without a share."""
    old = made.cast.old()
    head, spouse = made.cast.couple()
    rural, manager = made.cast.old(), made.cast.adult()
    made.truth.not_nominees += [
        (made.firm(old), made.person(old)),
        (made.firm(head, phone=spouse), made.person(head)),
        (made.firm(rural, phone=made.agent, holders=[(made.cast.adult(), 100)]),
         made.person(rural)),
        (made.firm(manager, holders=[(made.cast.adult(), 100)]), made.person(manager)),
    ]  # fmt: skip


def _controllers(made: PlantedFirms) -> None:
    """One person: in front of one firm, holder of most of a second, with half of a third."""
    boss, other, third = made.cast.adult(), made.cast.adult(), made.cast.adult()
    firms = [
        made.firm(boss),
        made.firm(other, holders=[(boss, 51), (other, 49)]),
    ]
    made.firm(third, holders=[(boss, 50), (third, 50)])
    made.truth.controllers.append((made.person(boss), firms))


def _circles(made: PlantedFirms) -> None:
    """Two firms that hold each other, and one that holds some of itself."""
    owner, partner = made.cast.adult(), made.cast.adult()
    first = made.firm(owner, holders=[(owner, 60), (partner, 20)])
    second = made.firm(partner, holders=[(partner, 70), (first, 30)])
    made.holds(second, first, 20, "2022-06-10")
    made.truth.holdings += [
        (made.person(owner), first, 0.6 / (1 - 0.3 * 0.2)),
        (made.person(owner), second, 0.6 * 0.3 / (1 - 0.3 * 0.2)),
    ]


def as_frames(made: PlantedFirms) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Register and shareholders."""
    return pd.DataFrame(made.register), pd.DataFrame(made.holders)
