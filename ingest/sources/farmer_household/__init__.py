"""Farm households: one row a member, the household's own facts on the householder's row.

The other tables tell what a household works, owns, earns and owes; each names it by its number.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import End, FactFrame, Statement, end, node, node_with_tie, tie, vacated
from ingest.period import after_year, through

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
    single = rows["marital_status"].isin(("divorced", "widowed")).fillna(False)
    place = pd.Series(rows.index, rows.index)
    heads = place[head].set_axis(household[head])
    # two householders in one household contradict each other: no marriage is read from it
    heads = heads[~heads.index.duplicated(keep=False)]
    partner = household[(rows["role"] == "spouse") & stays].map(heads).dropna().astype(int)
    own, other = partner.index, pd.Index(partner)
    ended = single.loc[own].to_numpy() | single.loc[other].to_numpy()
    married = rows["marital_status"] == "married"
    denied = ended & (married.loc[own] | married.loc[other].to_numpy()).fillna(False).to_numpy()
    said = rows.loc[own, ["member_key", "collected_on"]]
    first = said["member_key"].astype(object)
    second = rows["member_key"].loc[other].astype(object).set_axis(own)
    swap = first > second
    yield tie(
        "SPOUSE_OF",
        said,
        source=(first.where(~swap, second), "Person"),
        target=(second.where(~swap, first), "Person"),
        where=pd.Series(~ended, own),
        valid_from=said["collected_on"],
    )
    disputed = rows.index.isin([*own[denied], *other[denied]])
    yield vacated(
        "SPOUSE_OF",
        of=rows["member_key"],
        since=rows["collected_on"],
        where=single & ~disputed,
    )


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
