"""A small run that fails where a borrower page costs much more than its questions: a ratio, never seconds.

    python -m bench.load.gate

A small district is served with log-in, scope, consent and audit on.  Its questions are asked by one
reader without any service, then the page over HTTP, both once a while and of the same borrowers, in one
run; a failing ratio is measured twice more, both parts anew (`bench.floor`).
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from api.services import Services
from bench.floor import holds
from bench.load.open_loop import (
    Asked,
    agreed,
    arrivals,
    bare,
    officers,
    quantile,
    run,
    serving,
    taken_in,
)
from graph.engine import stop_engine
from graph.settings import Settings

__all__ = ["FLOOR", "main"]

#: Share of a page that its questions take: about half of what a quiet machine shows.
FLOOR = 0.3
_PERSONS, _BORROWERS, _SECONDS, _SEED = 1_000, 20, 15.0, 1


def main() -> None:
    """Run and print; exit 1 where the page takes too many times as long as its questions."""
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), engine_heap_mb=512)
        try:
            taken_in(settings, _PERSONS)
            fine = _page_against_its_questions(settings)
        finally:
            stop_engine(settings)
    sys.exit(not fine)


def _page_against_its_questions(settings: Settings) -> bool:
    with Services(settings, owned=True) as services:
        keys = [key for key, _ in agreed(services.store, settings)[:_BORROWERS]]
        bare(services, keys)  # the engine hears it first
        with serving(settings) as (address, _):
            known = officers(services.store, settings, address)

            def page(number: int) -> Asked:
                return Asked("GET", f"/parties/{keys[number % len(keys)]}", known[0])

            run(address, page, arrivals(1, 2 * _SECONDS, _SEED))  # the same, with a scope

            def share() -> float:
                alone = bare(services, keys)
                taken = run(address, page, arrivals(1, _SECONDS, _SEED)).taken
                page_s = quantile(taken, 0.5)
                print(f"  questions {alone * 1e3:.1f} ms, page {page_s * 1e3:.1f} ms", flush=True)
                return alone / page_s if page_s else 0.0

            return holds("share of a borrower page that its questions take", FLOOR, share)


if __name__ == "__main__":
    main()
