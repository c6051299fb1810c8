"""Guarantees: the contract, who gave it, which loans it secures, and for whom it stands."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie
from ingest.period import earlier, through

__all__ = ["contracts", "guarantee"]


def guarantee(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a guarantor of a contract and a loan that it secures."""
    yield from mention(rows, "guarantor", name=rows["guarantor_name"])
    yield from mention(
        rows,
        "borrower",
        name=rows["borrower_name"],
        where=~rows["borrower_key"].isin(rows["guarantor_key"]),
    )
    yield from contracts(rows)


def contracts(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """The contract and its ties; both parties need only be known by key and label.

    It stands through the last day of its term, or until it is released; a part released leaves the
    rest from that day on.
    """
    contract = "guarantee:" + rows["lender_code"] + ":" + rows["contract_no"]
    of_whom = contract + "|" + rows["guarantor_key"]
    promised, released = (rows[name].astype("Int64") for name in ("amount_fen", "released_fen"))
    ended = rows["released_on"].notna() & (released.isna() | (released >= promised).fillna(False))
    when = {
        "valid_from": rows["signed_on"],
        "valid_to": earlier(through(rows["expires_on"]), rows["released_on"].where(ended)),
    }
    said = ("contract_no", "signed_on", "expires_on", "released_on", "guarantee_kind")
    yield tie(
        "GAVE",
        rows,
        source=end(rows, "guarantor"),
        target=(contract, "Guarantee"),
        where=~of_whom.duplicated(),
        **when,
    )
    yield tie(
        "SECURES",
        rows,
        source=(contract, "Guarantee"),
        target=(rows["loan_key"], "Loan"),
        where=~(contract + "|" + rows["loan_key"]).duplicated(),
        **when,
    )
    in_part = rows["released_on"].notna() & ~ended
    for amount, since, holds in (
        (promised, rows["signed_on"], True),
        (promised - released, rows["released_on"], in_part),
    ):
        begins = {"valid_from": since, "valid_to": when["valid_to"]}
        yield node(
            "Guarantee",
            rows,
            key=contract,
            where=~contract.duplicated() & holds,
            **begins,
            amount_fen=amount,
            columns=said,
        )
        yield tie(
            "GUARANTEES",
            rows,
            source=end(rows, "guarantor"),
            target=end(rows, "borrower"),
            discriminator=contract,
            where=~(of_whom + "|" + rows["borrower_key"]).duplicated() & holds,
            **begins,
            amount_fen=amount,
            guarantee_kind=rows["guarantee_kind"],
            relation=rows["relation"],
        )
