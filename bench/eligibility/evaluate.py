"""Condition-complete evaluations a second: arrays against the plain runner.

    .venv/bin/python bench/eligibility/evaluate.py [--parties 200000]

One evaluation is one product for one party with the verdict of every condition and the whole
(`Sheet`); a value, its limit and its source are then looked up by place.  The plain runner builds
the same for one party at a time, and is what the tests hold the arrays against.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from queries.eligibility import packaged
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.column import Column
from queries.eligibility.facts.fact import Fact, Value
from queries.eligibility.rules.columns import VERDICTS, evaluate_columns
from queries.eligibility.rules.runner import evaluate, overall

SPELLED = 2_000


def main() -> None:
    """Print rates for every product."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--parties", type=int, default=200_000)
    arguments.add_argument("--rounds", type=int, default=5)
    chosen = arguments.parse_args()
    generator = np.random.default_rng(7)
    print(f"{'product':30} {'conditions':>10} {'arrays/s':>14} {'plain/s':>10} {'ratio':>7}")
    for product in packaged().values():
        version = product.versions[-1]
        columns = {
            name: _column(name, chosen.parties, generator)
            for name in dict.fromkeys([*version.facts])
        }
        best = min(
            _timed(lambda v=version, c=columns: evaluate_columns(v, c, chosen.parties))
            for _ in range(chosen.rounds)
        )
        sheet = evaluate_columns(version, columns, chosen.parties)
        people = [
            {n: Fact(v) for n, c in columns.items() if (v := c.value(place)) is not None}
            for place in range(SPELLED)
        ]
        plain = min(
            _timed(lambda v=version, p=people: [overall(evaluate(v, facts)) for facts in p])
            for _ in range(3)
        )
        for place, facts in enumerate(people):
            checked = evaluate(version, facts)
            assert [VERDICTS[c] for c in sheet.conditions[:, place]] == [i.verdict for i in checked]
        fast, slow = chosen.parties / best, SPELLED / plain
        print(
            f"{product.id:30} {len(version.conditions):>10} {fast:>14,.0f} {slow:>10,.0f} {fast / slow:>6.0f}x"
        )


def _column(name: str, count: int, generator: np.random.Generator) -> Column:
    spec = catalogue().facts[name]
    domain: dict[str, list[Value]] = {
        "flag": [True, False, None],
        "integer": [0, 3, 12, 17, 18, 30, 60, 61, None],
        "money": [0, 5_000_000, None],
        "real": [0.5, 0.8, 3.0, None],
        "code": [*spec.values, None],
        "text": ["division:610305100201", None],
    }
    values = domain[spec.type]
    return Column.of(spec, [values[n] for n in generator.integers(0, len(values), count)])


def _timed(work: object) -> float:
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
