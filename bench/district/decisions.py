"""What the departments of a synthetic district decided in a year: filed or not, in time or late.

Most of the decisions are filed, nearly all stand in the ledger, some came late.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.district.column_batch import ColumnBatch

__all__ = ["write_decisions"]


def write_decisions(
    batch: ColumnBatch, firms: NDArray[Any], records: int, *, bodies: int, until: date,
    chance: np.random.Generator,
) -> dict[str, NDArray[Any]]:  # fmt: skip
    """Write so many decisions about firms in the year that ends with a day.

    Args:
        firms: keys; whoever calls states them.
        bodies: how many departments decide.

    Returns columns, one row a decision: body, kind, number, decided, came, filed, in_ledger.
    """
    first = np.datetime64(until - timedelta(365), "D")
    decided = first + chance.integers(0, 360, records).astype("timedelta64[D]")
    body = chance.integers(0, bodies, records)
    kind = np.where(chance.random(records) < 0.3, "Permit", "Penalty")
    came = decided + chance.integers(1, 16, records).astype("timedelta64[D]")
    filed, in_ledger = chance.random(records) < 0.95, chance.random(records) < 0.98
    firm = chance.integers(0, len(firms), records)
    numbers = np.array([f"样罚〔2026〕{n}号" for n in range(records)])
    departments = np.array([f"org:11610305{n:08d}PL" for n in range(bodies)])
    keys = np.array(
        [f"{name.lower()}:{departments[of]}:{number}:x"
         for name, of, number in zip(kind.tolist(), body.tolist(), numbers.tolist(), strict=True)]
    )  # fmt: skip
    batch.node("GovernmentBody", departments, name=departments)
    for name, tie in (("Permit", "HOLDS_PERMIT"), ("Penalty", "PENALISED_BY")):
        some = filed & (kind == name)
        batch.node(name, keys[some], document_no=numbers[some], decided_on=decided[some],
                   reported_on=came[some])  # fmt: skip
        batch.tie(tie, firms[firm[some]], "Enterprise", keys[some], name)
    batch.tie("DECIDED_BY", keys[filed], kind[filed], departments[body[filed]], "GovernmentBody")
    entries = np.char.add("ledger:", keys[in_ledger])
    batch.node("LedgerEntry", entries, document_no=numbers[in_ledger],
               act_class=np.char.lower(kind[in_ledger]), decided_on=decided[in_ledger])  # fmt: skip
    batch.tie("PRODUCED_BY", entries, "LedgerEntry", departments[body[in_ledger]],
              "GovernmentBody")  # fmt: skip
    return {
        "body": departments[body], "kind": kind, "number": numbers, "decided": decided,
        "came": came, "filed": filed, "in_ledger": in_ledger,
    }  # fmt: skip
