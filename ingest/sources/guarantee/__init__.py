"""Guarantees: the contract, who gave it, which loan it secures, and for whom it stands."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie

__all__ = ["contracts", "guarantee"]


def guarantee(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a guarantor of a contract; it stands until it expires."""
    yield from mention(rows, "guarantor", name=rows["guarantor_name"])
    yield from mention(
        rows,
        "borrower",
        name=rows["borrower_name"],
        where=~rows["borrower_key"].isin(rows["guarantor_key"]),
    )
    yield from contracts(rows)


def contracts(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """The contract and its ties; both parties need only be known by key and label."""
    contract = "guarantee:" + rows["lender_code"] + ":" + rows["contract_no"]
    when = {"valid_from": rows["signed_on"], "valid_to": rows["expires_on"]}
    terms = {"amount_fen": rows["amount_fen"], "guarantee_kind": rows["guarantee_kind"]}
    yield node(
        "Guarantee",
        rows,
        key=contract,
        where=~contract.duplicated(),
        **when,
        contract_no=rows["contract_no"],
        signed_on=rows["signed_on"],
        expires_on=rows["expires_on"],
        **terms,
    )
    yield tie("GAVE", rows, source=end(rows, "guarantor"), target=(contract, "Guarantee"), **when)
    yield tie(
        "SECURES",
        rows,
        source=(contract, "Guarantee"),
        target=(rows["loan_key"], "Loan"),
        where=~contract.duplicated(),
        **when,
    )
    yield tie(
        "GUARANTEES",
        rows,
        source=end(rows, "guarantor"),
        target=end(rows, "borrower"),
        discriminator=contract,
        **when,
        relation=rows["relation"],
        **terms,
    )
