"""Annual reports: the figures of the year, and the guarantees given for others.

A report names the debtor, and its code only sometimes.  Without the code the guarantee is known
and for whom it stands is not: the tie to the debtor is made only where the code says who it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie
from ingest.period import after_year, through

__all__ = ["annual_report", "external_guarantee"]

_FIGURES = (
    "year",
    "total_assets_fen",
    "liabilities_fen",
    "net_assets_fen",
    "revenue_fen",
    "net_profit_fen",
    "tax_fen",
    "employee_count",
    "published_on",
)
_DISCLOSED = (
    "creditor_name",
    "debtor_name",
    "claim_kind",
    "debt_from_on",
    "debt_to_on",
    "guarantee_period",
    "year",
)


def annual_report(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """Figures of a closed year, in force until the next report's."""
    yield node(
        "AnnualReport",
        rows,
        key=rows["firm_key"],
        valid_from=after_year(rows["year"]),
        columns=_FIGURES,
    )


def external_guarantee(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a guarantee, told again in the report of every year that it stands."""
    contract = "guarantee:annual_report:" + rows["firm_code"] + ":" + _digest(rows)
    when = {"valid_from": rows["debt_from_on"], "valid_to": through(rows["debt_to_on"])}
    terms = {"amount_fen": rows["amount_fen"], "guarantee_kind": rows["guarantee_kind"]}
    yield node("Guarantee", rows, key=contract, **when, **terms)
    yield node(
        "GuaranteeDisclosure",
        rows,
        key=contract,
        **when,
        columns=_DISCLOSED,
    )
    yield tie("GAVE", rows, source=end(rows, "firm"), target=(contract, "Guarantee"), **when)
    yield from mention(rows, "debtor", name=rows["debtor_name"])
    yield tie(
        "GUARANTEES",
        rows,
        source=end(rows, "firm"),
        target=end(rows, "debtor"),
        discriminator=contract,
        **when,
        **terms,
    )


def _digest(rows: pd.DataFrame) -> pd.Series:
    """A report numbers nothing: creditor, debtor and first day of the debt tell them apart."""
    # the debtor's name is kept as it was written; its width tells no two guarantees apart
    parts = rows["creditor_name"] + "|" + rows["debtor_name"].str.normalize("NFKC") + "|"
    texts = parts + rows["debt_from_on"].astype(str)
    return texts.map(lambda text: blake2b(text.encode(), digest_size=8).hexdigest())
