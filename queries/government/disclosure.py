"""Whether a body told the public in time what it had not paid (保障中小企业款项支付条例 第十八条).

By 31 March, the number and the amount of contracts that were overdue at the end of the year before.
Whose duty it was follows from the contracts that are known here; that nothing was seen is not that
nothing was published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from pydantic import computed_field

from graph.last_heard import last_heard
from queries.district import DistrictReader
from queries.government.arrears import claim_on
from queries.government.contract import Contract, ends_of
from queries.government.interest import interest_rules
from queries.measures.parties import Known

__all__ = ["DISCLOSURE_STATES", "Disclosure", "Published", "disclosures", "read_published"]

DisclosureState: TypeAlias = Literal["late", "not_seen", "awaited", "in_time", "nothing_owed"]

#: What has become of the duty -> in Chinese.
DISCLOSURE_STATES: Mapping[str, str] = {
    "late": "逾期公开", "not_seen": "未见公开，请核实", "awaited": "尚未到期",
    "in_time": "按期公开", "nothing_owed": "公开为零，未见欠款",
}  # fmt: skip

#: Month and day by which it must be published.
_MONTH, _DAY = 3, 31


@dataclass(frozen=True)
class Published:
    """What a body published of a year."""

    body: str
    year: int
    published_on: date
    contract_count: int
    amount_fen: int
    row: tuple[str, str, int]


@dataclass(frozen=True)
class Disclosure:
    """A body and a year.

    Attributes:
        by_on: the last day on which it is in time.
        published_on: None: nobody saw it.
        days_late: None where it is not late.
        stated_count, stated_fen: as published.
        known_count, known_fen: overdue at the end of the year by the contracts known here.
        understated: whether less was published than is known here; None: nothing was seen.
        contracts: keys of those contracts.
    """

    body: str
    body_name: str | None
    year: int
    by_on: date
    published_on: date | None
    days_late: int | None
    state: DisclosureState
    stated_count: int | None
    stated_fen: int | None
    known_count: int
    known_fen: int
    understated: bool | None
    contracts: tuple[str, ...]

    @computed_field
    @property
    def state_label(self) -> str:
        """In Chinese."""
        return DISCLOSURE_STATES[self.state]


def read_published(reader: DistrictReader) -> tuple[Published, ...]:
    """What was published, as it is known at the reader's moment."""
    bodies = ends_of(reader, "DISCLOSED_BY")
    rows = last_heard(reader.table("ArrearsDisclosure"), ["key"]).to_pylist()
    return tuple(
        Published(
            bodies[row["key"]], row["year"], row["published_on"], row["contract_count"],
            row["amount_fen"], (row["source"], row["batch"], row["row"]),
        )
        for row in rows if row["key"] in bodies
    )  # fmt: skip


def disclosures(
    contracts: Iterable[Contract], published: Iterable[Published], day: date, names: Known
) -> tuple[Disclosure, ...]:
    """Every body and year of which something is known: a duty, or a publication; newest year first."""
    owed: dict[tuple[str, int], list[Any]] = defaultdict(list)
    every = [one for one in contracts if one.said["debtor_kind"] == "public_body"]
    for year in range(interest_rules().applies_from.year, day.year):
        for one in every:
            claim = claim_on(one, date(year, 12, 31), names)
            # how large the creditor was nobody may have said: the duty is not presumed then
            if claim.state == "overdue" and claim.covered:
                owed[one.debtor, year].append(claim)
    told = {(one.body, one.year): one for one in published}
    found = [
        _disclosure(body, year, owed[body, year], told.get((body, year)), day, names)
        for body, year in {*owed, *told}
    ]
    return tuple(sorted(found, key=lambda one: (-one.year, one.body)))


def _disclosure(
    body: str, year: int, known: list[Any], told: Published | None, day: date, names: Known
) -> Disclosure:
    by_on = date(year + 1, _MONTH, _DAY)
    count, fen = len(known), sum(one.principal_fen for one in known)
    late = None
    if told is None:
        state: DisclosureState = "awaited" if day <= by_on else "not_seen"
    elif not count and not told.contract_count:
        state = "nothing_owed"
    elif told.published_on > by_on:
        state, late = "late", (told.published_on - by_on).days
    else:
        state = "in_time"
    return Disclosure(
        body=body,
        body_name=names.get(body, (None, None))[1],
        year=year,
        by_on=by_on,
        published_on=None if told is None else told.published_on,
        days_late=late,
        state=state,
        stated_count=None if told is None else told.contract_count,
        stated_fen=None if told is None else told.amount_fen,
        known_count=count,
        known_fen=fen,
        understated=None if told is None else told.contract_count < count or told.amount_fen < fen,
        contracts=tuple(sorted(one.key for one in known)),
    )
