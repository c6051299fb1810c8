"""How long it takes to find the wrong codes of a district.

    python -m bench.code_errors.detection --firms 20000 --records 300000

Firms and records are made as the log hands them out; some are planted wrong, and all must be found.
"""

from __future__ import annotations

import argparse
import time
from datetime import date

import pyarrow as pa

from graph.identifiers import unified_social_credit_code as uscc
from queries.basis import Basis
from queries.code_errors.answer import summed
from queries.code_errors.stock import Stock

__all__ = ["main", "stock_of"]


def stock_of(firms: int, records: int) -> tuple[Stock, int]:
    """A stock, and how many of its codes were planted with a wrong check digit."""
    codes = [uscc.complete(f"91610305{n:08d}") for n in range(firms)]
    wrong = range(0, firms, 1000)
    for n in wrong:
        codes[n] = codes[n][:17] + ("0" if codes[n][17] != "0" else "1")
    named = [f"样区{n}号有限公司" for n in range(firms)]
    parties = pa.table(
        {
            "code": codes,
            "label": ["Enterprise"] * firms,
            "name": named,
            "source": ["enterprise"] * firms,
            "batch": ["register"] * firms,
            "row": pa.array(range(firms), pa.int32()),
            "registration_state": ["active"] * firms,
            "established_on": pa.array([date(2019, 1, 1)] * firms),
            "ended_on": pa.array([None] * firms, pa.date32()),
            "address": [f"样路{n}号" for n in range(firms)],
        }
    )
    uses = pa.table(
        {
            "code": [codes[n % firms] for n in range(records)],
            "batch": ["records"] * records,
            "row": pa.array(range(records), pa.int32()),
        }
    )
    acts = uses.append_column("day", pa.array([date(2025, 1, 1)] * records))
    everywhere = pa.concat_tables([parties.select(["code", "batch", "row"]), uses])
    return Stock(parties, everywhere, acts), len(wrong)


def main() -> None:
    """Print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=20_000)
    parser.add_argument("--records", type=int, default=300_000)
    asked = parser.parse_args()
    stock, planted = stock_of(asked.firms, asked.records)
    began = time.perf_counter()
    found = summed(Basis(date(2026, 4, 1), None, 1), stock, [], frozenset())  # type: ignore[arg-type]
    took = time.perf_counter() - began
    assert found.codes.numerator == planted, (found.codes, planted)
    print(
        f"{asked.firms} firms, {asked.records} records: {found.codes.numerator} of"
        f" {found.codes.denominator} codes in {took:.2f} s"
    )


if __name__ == "__main__":
    main()
