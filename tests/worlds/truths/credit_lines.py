"""Credit lines that are in force at the end of March 2026."""

from __future__ import annotations

from datetime import date
from typing import Any

from whole_district import WholeDistrict

from ingest.financing import FACTS
from ingest.sample.credit import STATED
from queries.lending import read_book
from queries.scope import ADMINISTRATOR

__all__ = ["found"]


def found(district: WholeDistrict) -> Any:
    """As the book of lending counts them, without those of the financing loop."""
    then = district.services.reader(ADMINISTRATOR, as_of=date.fromisoformat(STATED))
    told = {
        row["key"]
        for row in district.services.log.read("CreditLine").to_pylist()
        if row["source"] != FACTS
    }
    standing = [one for one in read_book(then).lines if one.key in told]
    return {
        "lines": len(told),
        "in_force_on": STATED,
        "in_force": len(standing),
        "amount_wan": sum(one.amount_fen or 0 for one in standing) // 1_000_000,
    }
