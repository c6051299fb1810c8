"""What public bodies and state firms owe to firms: contracts, what was paid on them, yearly disclosures."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie

__all__ = ["arrears", "arrears_disclosure", "arrears_payment"]

_SAID = (
    "contract_no", "debtor_kind", "creditor_scale", "matter", "agreed_on", "due_on", "amount_fen",
    "rate_agreement", "agreed_annual_ratio", "agreed_daily_ratio", "stated_lpr_ratio",
    "disputed_on", "dispute_ended_on", "disputed_fen",
)  # fmt: skip


def arrears(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a contract, from the day on which it was made."""
    key = "arrears:" + rows["debtor_code"] + ":" + rows["contract_no"]
    thing, when = (key, "Arrears"), {"valid_from": rows["agreed_on"]}
    for party in ("debtor", "creditor"):
        yield from mention(rows, party, name=rows[f"{party}_name"])
    yield node("Arrears", rows, key=key, columns=_SAID, **when)
    yield tie("OWED_BY", rows, source=thing, target=end(rows, "debtor"), **when)
    yield tie("OWED_TO", rows, source=thing, target=end(rows, "creditor"), **when)


def arrears_payment(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a payment, from the day on which it was made."""
    key = "arrears_payment:" + rows["contract"].str.partition(":")[2] + ":" + rows["payment_no"]
    when = {"valid_from": rows["paid_on"]}
    said = ("payment_no", "paid_on", "amount_fen", "settles")
    yield node("ArrearsPayment", rows, key=key, columns=said, **when)
    yield tie(
        "PAYS", rows, source=(key, "ArrearsPayment"), target=(rows["contract"], "Arrears"), **when
    )


def arrears_disclosure(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a body and year, from the day on which it was published."""
    key = "arrears_disclosure:" + rows["body_code"] + ":" + rows["year"].astype(str)
    when = {"valid_from": rows["published_on"]}
    said = ("year", "published_on", "contract_count", "amount_fen", "channel")
    yield from mention(rows, "body", name=rows["body_name"])
    yield node("ArrearsDisclosure", rows, key=key, columns=said, **when)
    yield tie(
        "DISCLOSED_BY", rows, source=(key, "ArrearsDisclosure"), target=end(rows, "body"), **when
    )
