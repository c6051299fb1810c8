"""Small worlds of guarantees, as nets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from firms import label_of, new_world, snapshot_of
from world import World

from queries.structure.contracts import Contract, Contracts
from queries.structure.guarantees import GuaranteeNet, read_guarantees

__all__ = ["bare_net", "lend", "net_of", "promise"]

WAN = 1_000_000  # fen


def promise(world: World, guarantor: str, borrower: str, **said: object) -> None:
    """State a guarantee; contract and amount default to one of its own, of 10 万元."""
    terms = {
        "discriminator": f"{guarantor}-{borrower}",
        "amount_fen": 10 * WAN,
        "guarantee_kind": "joint_and_several",
        **said,
    }
    world.tie(
        "GUARANTEES", (guarantor, label_of(guarantor)), (borrower, label_of(borrower)), **terms
    )


def lend(world: World, borrower: str, wan: int | None, loan: str | None = None) -> str:
    """State a loan with its balance in 万元; returns its key."""
    key = loan or f"loan:{borrower}"
    world.node("Loan", key, principal_fen=100 * WAN)
    if wan is not None:
        world.node("LoanState", key, "Loan", balance_fen=wan * WAN)
    world.tie("BORROWED", (borrower, label_of(borrower)), (key, "Loan"))
    return key


def net_of(folder: Path, *pairs: tuple[str, str], owed: Mapping[str, int] | None = None,
           **said: object) -> GuaranteeNet:  # fmt: skip
    """A net of guarantees (guarantor, borrower), where each owes so many 万元."""
    world = new_world()
    for guarantor, borrower in pairs:
        promise(world, guarantor, borrower, **said)
    for borrower, wan in (owed or {}).items():
        lend(world, borrower, wan)
    return read_guarantees(snapshot_of(world))


def bare_net(pairs: set[tuple[str, str]], kind: str | None = None) -> GuaranteeNet:
    """A net without a snapshot, for what looks at the structure alone; each owes one 万元."""
    contracts = [Contract(a, b, f"{a}{b}", WAN, WAN, kind) for a, b in sorted(pairs)]
    loans = {key: frozenset({key}) for pair in pairs for key in pair}
    balances = dict.fromkeys(loans, WAN)
    return GuaranteeNet(None, Contracts.of(contracts), loans, balances, {})  # type: ignore[arg-type]
