"""Farm households: one row a member, the household's own facts on the householder's row."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, node, tie

__all__ = ["farmer_household"]


def farmer_household(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Members, their household, where they live, and who is married to the householder."""
    said = rows["collected_on"]
    household = "household:" + rows["household_no"]
    head = rows["role"] == "householder"
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
        phone_masked=rows["phone_masked"],
        phone_key=rows["phone_key"],
        education=rows["education"],
        marital_status=rows["marital_status"],
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
        role=rows["role"],
    )
    yield tie("LOCATED_IN", rows, source=end(rows, "member"), target=village, valid_from=said)
    yield tie(
        "LOCATED_IN",
        rows,
        source=(household, "Household"),
        target=village,
        where=head,
        valid_from=said,
    )
    yield _marriages(rows, household, head)


def _marriages(rows: pd.DataFrame, household: pd.Series, head: pd.Series) -> FactFrame:
    heads = rows["member_key"][head].set_axis(household[head])
    # two householders in one household contradict each other: no marriage is read from it
    partner = household.map(heads[~heads.index.duplicated(keep=False)]).astype(object)
    own = rows["member_key"]
    swap = own > partner.fillna("")
    first = own.where(~swap, partner)
    second = partner.where(~swap, own)
    return tie(
        "SPOUSE_OF",
        rows,
        source=(first, "Person"),
        target=(second, "Person"),
        where=(rows["role"] == "spouse") & partner.notna(),
        valid_from=rows["collected_on"],
    )
