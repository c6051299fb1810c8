"""Farm households: one row a member, the household's own facts on the householder's row.

The other tables tell what a household works, owns, earns and owes; each names it by its number.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from ingest.emit import End, FactFrame, Statement, end, node, node_with_tie, tie, vacated
from ingest.period import after_year, through
from ingest.reading.texts import arrow_texts

__all__ = [
    "account",
    "appraisal",
    "debt",
    "deposits",
    "farmer_household",
    "herd",
    "house",
    "insurance",
    "machine",
    "planting",
    "plot",
    "record",
]

_INCOME_AND_EXPENSE = (
    "year",
    "farming_income_fen",
    "sideline_income_fen",
    "business_income_fen",
    "wage_income_fen",
    "other_income_fen",
    "total_income_fen",
    "production_expense_fen",
    "living_expense_fen",
    "education_expense_fen",
    "insurance_expense_fen",
    "other_expense_fen",
    "total_expense_fen",
)
_VIRTUES = (
    "character",
    "family_harmony",
    "care_of_elders",
    "neighbourliness",
    "lawfulness",
    "public_spirit",
    "honesty",
)

#: What a member who is one no more has none of, by what became of them.
_ENDS = {
    "BELONGS_TO": ("died", "moved_out", "split_off"),
    "LOCATED_IN": ("died", "moved_out"),
    "SPOUSE_OF": ("died",),
}
_GONE = _ENDS["BELONGS_TO"]


def farmer_household(rows: pd.DataFrame) -> Iterator[Statement]:
    """Members, their household, where they live, and who is married to the householder.

    A row may say that its member is one no more; what that ends ends on the day of the change, or
    of the visit where no day is given.
    """
    said = rows["collected_on"]
    household = rows["household_no_key"]
    state = rows["member_state"]
    stays = ~state.isin(_GONE).fillna(False)
    head = (rows["role"] == "householder") & stays
    village = (rows["village_key"], "Village")
    yield node(
        "Household",
        rows,
        key=household,
        where=head,
        valid_from=said,
        name=rows["householder_name"],
        **{
            name: rows[name]
            for name in (
                "household_no",
                "address",
                "person_count",
                "labour_count",
                "annual_income_fen",
                "annual_expense_fen",
                "contracted_land_mu",
                "orchard_mu",
                "credit_grade",
                "credit_household_level",
            )
        },
    )
    yield node(
        "Person",
        rows,
        key=rows["member_key"],
        valid_from=said,
        name=rows["member_name"],
        sex=rows["member_sex"],
        birth_on=rows["member_birth_on"],
        resident_id_masked=rows["member_masked"],
        resident_id_tail_key=rows["member_tail_key"],
        phone_masked=rows["phone_masked"],
        phone_key=rows["phone_key"],
        education=rows["education"],
        marital_status=rows["marital_status"],
        # on the day that is told; where none is, no later than the visit that found it
        died_on=rows["left_on"].fillna(said).where((state == "died").fillna(False), None),
    )
    yield node(
        "PersonAlias",
        rows,
        key=rows["member_key"],
        where=rows["former_names"].notna() | rows["nicknames"].notna(),
        valid_from=said,
        former_names=rows["former_names"],
        nicknames=rows["nicknames"],
    )
    yield node(
        "Farmer",
        rows,
        key=rows["member_key"],
        where=rows["occupation"] == "务农",
        valid_from=said,
        occupation=rows["occupation"],
    )
    yield tie(
        "BELONGS_TO",
        rows,
        source=end(rows, "member"),
        target=(household, "Household"),
        valid_from=said,
        where=stays,
        role=rows["role"],
    )
    yield tie(
        "LOCATED_IN",
        rows,
        source=end(rows, "member"),
        target=village,
        valid_from=said,
        where=stays | (state == "split_off"),
    )
    yield tie(
        "LOCATED_IN",
        rows,
        source=(household, "Household"),
        target=village,
        where=head,
        valid_from=said,
    )
    yield from _marriages(rows, household, head, stays)
    for kind, ends in _ENDS.items():
        # at the latest on the visit: an earlier one may have found them after the day of the change
        for since in (rows["left_on"], said):
            gone = state.isin(ends) & since.notna()
            yield vacated(kind, of=rows["member_key"], since=since, where=gone)


def _marriages(
    rows: pd.DataFrame, household: pd.Series, head: pd.Series, stays: pd.Series
) -> Iterator[Statement]:
    """Who is married to the householder; and who is married no more, by their own word.

    Role and marital status of one household may contradict each other: who is 配偶 and 离异 while
    the householder is 已婚.  Then nothing is read from it.
    """
    single = rows["marital_status"].isin(("divorced", "widowed")).fillna(False).to_numpy(bool)
    married = (rows["marital_status"] == "married").fillna(False).to_numpy(bool)
    spouse = ((rows["role"] == "spouse") & stays).to_numpy(bool)
    own, other = _spouses(household, head.to_numpy(bool), spouse)
    ended = single[own] | single[other]
    denied = ended & (married[own] | married[other])
    said = pd.DataFrame(index=rows.index[own])
    first, second = (pd.Series(_at(rows["member_key"], each), said.index) for each in (own, other))
    swap = first > second
    yield tie(
        "SPOUSE_OF",
        said,
        source=(first.where(~swap, second), "Person"),
        target=(second.where(~swap, first), "Person"),
        where=pd.Series(~ended, said.index),
        valid_from=pd.Series(_at(rows["collected_on"], own), said.index),
    )
    disputed = np.zeros(len(rows), bool)
    disputed[own[denied]] = disputed[other[denied]] = True
    yield vacated(
        "SPOUSE_OF",
        of=rows["member_key"],
        since=rows["collected_on"],
        where=pd.Series(single & ~disputed, rows.index),
    )


def _spouses(
    household: pd.Series, head: NDArray[np.bool_], spouse: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of those who are married to a householder, and those of their householders."""
    heads = household[head]
    # two householders in one household contradict each other: no marriage is read from it
    alone = ~heads.duplicated(keep=False).to_numpy(bool)
    named = arrow_texts(heads[alone]).combine_chunks()
    found = pc.index_in(arrow_texts(household[spouse]), value_set=named, skip_nulls=True)
    place = pc.fill_null(found, -1).to_numpy()
    of = np.flatnonzero(head)[alone]
    return np.flatnonzero(spouse)[place >= 0], of[place[place >= 0]]


def _at(column: pd.Series, places: NDArray[np.int64]) -> ExtensionArray | np.ndarray:
    """The values at some places, of which there are fewer than rows: Arrow copies all texts among
    which it takes some."""
    wanted = np.zeros(len(column), bool)
    wanted[places] = True
    found: ExtensionArray | np.ndarray = column.array[wanted].take(np.cumsum(wanted)[places] - 1)
    return found


def plot(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Plots worked, as of the visit; a plot with a registered code is the register's own."""
    said = rows["collected_on"]
    own = "plot:" + rows["household_no"] + ":" + rows["plot_name"]
    key = ("plot:" + rows["plot_no"]).where(rows["plot_no"].notna(), own)
    yield node(
        "Plot",
        rows,
        key=key,
        valid_from=said,
        plot_no=rows["plot_no"],
        name=rows["plot_name"],
        land_kind=rows["land_kind"],
        area_mu=rows["area_mu"],
    )
    yield tie(
        "CONTRACTS_LAND",
        rows,
        source=_household(rows),
        target=(key, "Plot"),
        valid_from=said,
        tenure=rows["tenure"],
    )
    yield tie(
        "LIES_IN",
        rows,
        source=(key, "Plot"),
        target=(rows["village_key"], "Village"),
        valid_from=said,
    )


def planting(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """What was grown in a closed year; the next year's planting of the crop takes its place."""
    yield from node_with_tie(
        _household(rows),
        "GROWS",
        "Planting",
        rows,
        key="planting:" + rows["household_no"] + ":" + rows["crop"],
        valid_from=after_year(rows["year"]),
        columns=("crop", "year", "area_mu", "yield_kg", "output_value_fen"),
    )


def herd(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Animals as counted on the visit."""
    yield from node_with_tie(
        _household(rows),
        "RAISES",
        "Herd",
        rows,
        key="herd:" + rows["household_no"] + ":" + rows["species"],
        valid_from=rows["collected_on"],
        columns=("species", "head_count", "output_value_fen", "assessed_fen"),
    )


def machine(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Farm machines and vehicles, as of the visit."""
    bought = rows["bought_on"].astype(str)
    yield from node_with_tie(
        _household(rows),
        "OWNS",
        "Machine",
        rows,
        key="machine:" + rows["household_no"] + ":" + rows["machine_name"] + ":" + bought,
        valid_from=rows["collected_on"],
        columns=("brand", "bought_on", "price_fen", "assessed_fen"),
        name=rows["machine_name"],
    )


def house(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Houses, as of the visit."""
    yield from node_with_tie(
        _household(rows),
        "OWNS",
        "House",
        rows,
        key="house:" + rows["household_no"] + ":" + rows["house_no"],
        valid_from=rows["collected_on"],
        columns=(
            "house_kind",
            "structure",
            "floor_area_m2",
            "built_year",
            "assessed_fen",
            "is_mortgaged",
        ),
    )


def account(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Income and expense of a closed year, in force until the next year's."""
    yield node(
        "HouseholdAccount",
        rows,
        key=rows["household_no_key"],
        valid_from=after_year(rows["year"]),
        columns=_INCOME_AND_EXPENSE,
    )


def deposits(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Deposits on the day of the visit."""
    yield node(
        "HouseholdDeposits",
        rows,
        key=rows["household_no_key"],
        valid_from=rows["collected_on"],
        local_deposit_fen=rows["local_deposit_fen"],
        other_deposit_fen=rows["other_deposit_fen"],
    )


def debt(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Private debts as of the visit; who lent is a third party and is not asked."""
    yield from node_with_tie(
        _household(rows),
        "OWES",
        "PrivateDebt",
        rows,
        key="private_debt:" + rows["household_no"] + ":" + rows["debt_no"],
        valid_from=rows["collected_on"],
        columns=("amount_fen", "balance_fen", "borrowed_on", "due_on", "interest_ratio"),
    )


def insurance(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Policies of any kind, for the time that they cover."""
    key = "policy:" + rows["insurer"] + ":" + rows["policy_no"]
    when = {"valid_from": rows["starts_on"], "valid_to": through(rows["ends_on"])}
    said = ("insurer", "policy_no", "insurance_kind", "starts_on", "ends_on")
    yield node("InsurancePolicy", rows, key=key, **when, columns=said)
    yield tie(
        "INSURED_BY",
        rows,
        source=_household(rows),
        target=(key, "InsurancePolicy"),
        **when,
        sum_insured_fen=rows["sum_insured_fen"],
        premium_fen=rows["premium_fen"],
    )


def record(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Honours and penalties that the household declares, from the day of the decision."""
    parts = [rows[name].astype(str) for name in ("record_kind", "authority", "decided_on")]
    key = "declared:" + rows["household_no"]
    for part in parts:
        key = key + ":" + part
    yield from node_with_tie(
        _household(rows),
        "DECLARED",
        "DeclaredRecord",
        rows,
        key=key,
        valid_from=rows["decided_on"],
        columns=("record_kind", "level", "authority", "decided_on", "content"),
    )


def appraisal(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """The village committee's opinion, in force until the next appraisal."""
    yield node(
        "VillageAppraisal",
        rows,
        key=rows["household_no_key"],
        valid_from=rows["appraised_on"],
        appraiser=rows["appraiser"],
        columns=_VIRTUES,
    )


def _household(rows: pd.DataFrame) -> End:
    return rows["household_no_key"], "Household"
