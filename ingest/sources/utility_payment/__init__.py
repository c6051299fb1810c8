"""Water, power and gas: who pays for which account, and its state at the end of a period."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie

__all__ = ["utility_payment"]


def utility_payment(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row an account in one period."""
    said = rows["period_ends_on"]
    key = "utility:" + rows["service"] + ":" + rows["account_no"]
    yield from mention(rows, "payer", name=rows["payer_name"])
    account = ("service", "account_no", "supplier", "used_for")
    yield node("UtilityAccount", rows, key=key, valid_from=said, columns=account)
    state = ("period_ends_on", "quantity", "billed_fen", "paid_fen", "arrears_fen", "late_count")
    yield node("UtilityState", rows, key=key, valid_from=said, columns=state)
    yield tie(
        "PAYS_FOR",
        rows,
        source=end(rows, "payer"),
        target=(key, "UtilityAccount"),
        valid_from=said,
    )
