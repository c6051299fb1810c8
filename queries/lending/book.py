"""The loans, credit lines and borrower units of a district as frames, at one moment.

A borrower unit is a farm household for whoever belongs to one, and the party itself for everybody
else: rural credit is granted by household (银发〔2014〕37号).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graph.last_heard import last_heard
from queries.district import DistrictReader

__all__ = ["LendingBook", "read_book"]

#: First, for sure; not first, for sure; nobody can say.
FIRST, NOT_FIRST, UNKNOWN = "yes", "no", "unknown"


@dataclass(frozen=True, eq=False)
class LendingBook:
    """Frames of one moment; money in fen.

    Attributes:
        units: `unit`, `kind` (household, or the label of a party that borrows), `village`,
            `is_rated`.
        lines: credit lines in force: `line`, `unit`, `village`, `lender`, `product`, `amount_fen`.
        loans: `loan`, `unit`, `village`, `lender`, `product`, `security_kind`, `granted_on`,
            `principal_fen`, `balance_fen`, `is_open`, `stated` (the institution's word on a first
            loan: first, not_first, None) and `checked` (our own: yes, no, unknown).  A loan of several
            borrowers of one unit is one row; of several units one row each, and `share` is the part
            of the money that is counted there.
    """

    as_of: date
    units: pd.DataFrame
    lines: pd.DataFrame
    loans: pd.DataFrame


def read_book(reader: DistrictReader) -> LendingBook:
    """Read it, as far as law and the scope of the reader let it be seen."""
    homes = _homes(reader)
    places = _places(reader, homes)
    loans = _loans(reader, homes, places)
    lines = _lines(reader, homes, places)
    return LendingBook(reader.moment.as_of, _units(reader, places, loans, lines), lines, loans)


def _sure(reader: DistrictReader, kind: str, *columns: str) -> pd.DataFrame:
    """Ties of certainty 1, each once."""
    found = reader.table(kind)
    found = found.filter(pc.greater_equal(found["certainty"], 1)).select(list(columns))
    return _frame(found).drop_duplicates()


def _heard(reader: DistrictReader, kind: str, *columns: str) -> pd.DataFrame:
    """What counts of each thing of a kind."""
    return _frame(last_heard(reader.table(kind), ["key"]).select(["key", *columns]))


def _frame(table: pa.Table) -> pd.DataFrame:
    plain = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    found: pd.DataFrame = pa.table(plain, names=table.column_names).to_pandas()
    return found


def _homes(reader: DistrictReader) -> pd.Series:
    """Household of each person who belongs to one for sure."""
    ties = _sure(reader, "BELONGS_TO", "from_key", "to_key")
    return ties.drop_duplicates("from_key").set_index("from_key")["to_key"]


def _places(reader: DistrictReader, homes: pd.Series) -> pd.Series:
    """Village of each unit: its own, or of whoever of its members has one."""
    ties = _sure(reader, "LOCATED_IN", "from_key", "to_key").sort_values(["from_key", "to_key"])
    ties = ties.assign(unit=_unit(ties["from_key"], homes), own=lambda t: t.unit == t.from_key)
    ties = ties.sort_values("own", ascending=False, kind="stable")
    return ties.drop_duplicates("unit").set_index("unit")["to_key"]


def _unit(parties: pd.Series, homes: pd.Series) -> pd.Series:
    return parties.map(homes).fillna(parties)


def _lender(reader: DistrictReader, tie: str, things: pd.Series) -> pd.Series:
    ties = _sure(reader, tie, "from_key", "to_key").sort_values(["from_key", "to_key"])
    return things.map(ties.drop_duplicates("from_key").set_index("from_key")["to_key"])


def _loans(reader: DistrictReader, homes: pd.Series, places: pd.Series) -> pd.DataFrame:
    contracts = _heard(
        reader, "Loan",
        "granted_on", "principal_fen", "security_kind", "product", "stated_first_loan",
    )  # fmt: skip
    states = _heard(reader, "LoanState", "balance_fen", "settled_on")
    owed = _sure(reader, "BORROWED", "from_key", "to_key").rename(
        columns={"from_key": "party", "to_key": "key"}
    )
    found = owed.merge(contracts, on="key").merge(states, on="key", how="left")
    found["unit"] = _unit(found["party"], homes)
    found["checked"] = _checked(reader, found)
    found = found.sort_values(["key", "unit", "party"])
    # of several who borrowed one loan, one who had borrowed before makes it no first one
    order = {NOT_FIRST: 0, UNKNOWN: 1, FIRST: 2}
    worst = found["checked"].map(order).groupby(found["key"]).transform("min")
    found["checked"] = worst.map({number: word for word, number in order.items()})
    found = found.drop_duplicates(["key", "unit"])
    settled = found["settled_on"].notna() & (found["settled_on"] <= reader.moment.as_of)
    return pd.DataFrame(
        {
            "loan": found["key"],
            "unit": found["unit"],
            "village": found["unit"].map(places),
            "lender": _lender(reader, "LENT_BY", found["key"]),
            "product": found["product"],
            "security_kind": found["security_kind"],
            "granted_on": pd.to_datetime(found["granted_on"]),
            "principal_fen": found["principal_fen"],
            "balance_fen": found["balance_fen"].where(~settled, 0),
            "is_open": ~settled & ~(found["balance_fen"] == 0),
            "stated": found["stated_first_loan"],
            "checked": found["checked"],
            "share": 1 / found.groupby("key")["unit"].transform("size"),
        }
    ).reset_index(drop=True)


def _checked(reader: DistrictReader, owed: pd.DataFrame) -> pd.Series:
    """Whether a loan was its borrower's first: as of the day before it was granted, over all lenders.

    An earlier loan that is on file says no, also of somebody of the same household; only an answer
    of the credit bureau given by that day says yes; that no loan is on file says nothing.
    """
    granted = pd.to_datetime(owed["granted_on"])
    first = granted.groupby(owed["unit"]).transform("min")
    # of two loans of one day neither came before the other, and neither is surely the first
    earlier = first < granted
    same_day = owed.assign(day=granted).groupby(["unit", "day"])["key"].transform("nunique") > 1
    reports = _heard(reader, "CreditReport", "report_on", "has_loan_record")
    of = _sure(reader, "HAS_CREDIT_REPORT", "from_key", "to_key")
    told = of.merge(reports[reports["has_loan_record"] == False], left_on="to_key", right_on="key")  # noqa: E712 - unknown is not no
    days = told.groupby("from_key")["report_on"].max()
    asked = pd.to_datetime(pd.Series(owed["party"].map(days.to_dict()), dtype=object))
    sure = asked.notna() & (asked <= granted) & (granted - asked <= _REPORT_HOLDS)
    said = pd.Series(UNKNOWN, index=owed.index)
    said[sure & ~same_day] = FIRST
    said[earlier] = NOT_FIRST
    return said


#: How old an answer of the credit bureau may be on the day of the loan: lenders ask anew by then.
_REPORT_HOLDS = pd.Timedelta(days=30)


def _lines(reader: DistrictReader, homes: pd.Series, places: pd.Series) -> pd.DataFrame:
    told = _heard(
        reader, "CreditLine", "amount_fen", "product", "granted_on", "expires_on", "ended_on"
    )
    ties = _sure(reader, "GRANTED_LINE", "from_key", "to_key")
    found = told.merge(ties, left_on="key", right_on="to_key").sort_values(["key", "from_key"])
    found = found.drop_duplicates("key")
    day = reader.moment.as_of
    over = found["expires_on"].notna() & (found["expires_on"] < day)
    over |= found["ended_on"].notna() & (found["ended_on"] <= day)
    found = found[~over]
    unit = _unit(found["from_key"], homes)
    return pd.DataFrame(
        {
            "line": found["key"],
            "unit": unit,
            "village": unit.map(places),
            "lender": _lender(reader, "LINE_OF", found["key"]),
            "product": found["product"],
            "amount_fen": found["amount_fen"],
        }
    ).reset_index(drop=True)


def _units(
    reader: DistrictReader, places: pd.Series, loans: pd.DataFrame, lines: pd.DataFrame
) -> pd.DataFrame:
    houses = _heard(reader, "Household", "credit_grade", "credit_household_level")
    rated = houses["credit_grade"].notna() | houses["credit_household_level"].notna()
    every = pd.DataFrame({"unit": houses["key"], "kind": "household", "is_rated": rated})
    others = pd.concat([loans["unit"], lines["unit"]]).drop_duplicates()
    others = others[~others.isin(every["unit"])]
    rest = pd.DataFrame({"unit": others, "kind": "other", "is_rated": False})
    found = pd.concat([every, rest], ignore_index=True)
    return found.assign(village=found["unit"].map(places))
