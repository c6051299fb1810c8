"""What consents cost a request where one bank has many: `python -m bench.consent.portfolio 130000`."""

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from graph.operations import OperationsStore
from graph.operations.consent import Channel, Consents, ConsentTerms, Mode
from graph.settings import Settings
from queries.consent import ConsentedScopes, find_purpose
from queries.scope import Scope

__all__ = ["main"]

BANK = "institution:bank"
NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
_REQUESTS = 300


def terms(number: int) -> ConsentTerms:
    """One of the many; of seven kinds, as consents of one bank are alike."""
    purpose = find_purpose("credit_approval")
    items = sorted(item.value for item in purpose.classes)[: 8 + number % 7]
    return ConsentTerms(
        subject=f"household:{number:032x}",
        institution=BANK,
        purpose=purpose.code,
        items=tuple(items),
        mode=Mode.CONTINUOUS,
        frequency="按业务需要",
        from_on=date(2026, 1, 1),
        to_on=date(2026, 12, 31),
        text_version="1",
        text_sha256="a" * 64,
        channel=Channel.ONLINE,
        sensitive_tick=bool(number % 20),
        onward_tick=True,
    )


def main(many: int) -> None:
    """Print medians in milliseconds."""
    base = Scope("信贷员", ("610305",), BANK, "", frozenset())
    purpose = find_purpose("credit_approval")
    with (
        TemporaryDirectory() as folder,
        OperationsStore(Settings(data=Path(folder))) as store,
    ):
        book = Consents(store)
        book.keep_text("a" * 64, "1", "授权书")
        began = time.perf_counter()
        book.register_many((terms(number) for number in range(many)), by="张三", at=NOW)
        _say("register all of them", [time.perf_counter() - began])
        scopes = ConsentedScopes(store)

        def asked() -> float:
            begun = time.perf_counter()
            scope = scopes.scope(base, purpose, NOW)
            _ = scope.id, scope.parameters()
            return time.perf_counter() - begun

        _say("first request of a process", [asked()])
        _say("request", [asked() for _ in range(_REQUESTS)])
        changed = []
        for number in range(1, 11):
            book.revoke(number, how="窗口", by="张三", at=NOW)
            changed.append(asked())
        _say("first request after a revocation", changed)
        others = []
        for number in range(10):
            other = ConsentTerms(**{**vars(terms(number)), "institution": "institution:other"})
            book.register(other, by="张三", at=NOW)
            others.append(asked())
        _say("first request after another bank's", others)


def _say(what: str, took: list[float]) -> None:
    print(f"{what:40}{statistics.median(took) * 1000:10.2f} ms (of {len(took)})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 130_000)
