"""What it costs to leave out of a district's tables what a reader may not see.

    python -m bench.scope.masking --parties 400000 --ties 1000000

Over tables that are read already: what a scope keeps of every kind.  The clocks and the law cost the
same for every reader and are no part of it.  Seconds are those of a processor.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from bench.risk.snapshot import DAY, write_log
from graph.information import InformationClass
from graph.log import FactLog
from graph.log_view import FactsAt
from graph.schema import SCHEMA
from queries.scope import ADMINISTRATOR, Scope
from queries.visible import visible


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parties", type=int, default=400_000)
    parser.add_argument("--ties", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20260601)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = FactLog(Path(folder) / "log")
        keys = write_log(log, given.parties, given.ties, given.seed)
        whole = FactsAt(log, DAY, log.batches()[-1].known_at)
        stated = {kind.kind: whole.stated(kind.kind) for kind in SCHEMA.kinds}
        facts = sum(map(len, stated.values()))
        print(f"{given.parties:,} parties, {given.ties:,} ties, {facts:,} facts")
        for scope in _scopes(keys):
            taken, kept = [], 0
            for _ in range(given.rounds):
                keeps = [keep for keep in visible(log, scope).keeps if keep.__module__ == _HERE]
                at = FactsAt(log, DAY, whole.known_at, keeps, stated)
                begun = time.process_time()
                kept = sum(len(at.kept(kind, table)) for kind, table in stated.items())
                taken.append(time.process_time() - begun)
            print(f"{scope.name:12s} {statistics.median(taken):8.4f} s, {kept:,} facts seen")


_HERE = visible.__module__


def _scopes(keys: list[str]) -> list[Scope]:
    half = dict.fromkeys(keys[::2], frozenset(InformationClass))
    loans = frozenset({InformationClass.CREDIT, InformationClass.IDENTITY})
    return [
        ADMINISTRATOR,
        Scope("一个村", ("610322000003",)),
        Scope("全县信贷", ("610322",), open_classes=loans),
        Scope("半数同意", open_classes=frozenset(), grants=half),
        Scope("片区内半数同意", ("610322000",), open_classes=loans, grants=half),
    ]


if __name__ == "__main__":
    main()
