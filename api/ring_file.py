"""What the page of a guarantee ring shows: its members with what each owes and promises, and how much
of the debts somebody outside stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.loan_file import loans_secured
from graph.errors import NotFoundError
from queries.record_signal import RecordSignal, signal_of
from queries.structure.fen import Fen, total
from queries.structure.guarantees import Contract

if TYPE_CHECKING:
    from queries.basis import Basis
    from queries.reader import Reader
    from queries.structure.rings import Ring

__all__ = ["RingFile", "RingMember", "read_ring"]

#: Of so many members the own record is looked up; of a larger ring, of its first ones.
_MOST_ASKED = 30


@dataclass(frozen=True)
class RingMember:
    """One member: what it owes, and promises inside; `signal` None where it was not looked up."""

    key: str
    name: str | None
    debt: Fen
    promised: Fen
    signal: RecordSignal | None


@dataclass(frozen=True)
class RingFile:
    """A ring and its guarantees, of members for members and of others for members; `loans`: which each
    contract secures."""

    ring: Ring
    members: tuple[RingMember, ...]
    inside: tuple[Contract, ...]
    outside: tuple[Contract, ...]
    names: dict[str, str | None]
    basis: Basis
    loans: dict[str, list[str]]


def read_ring(reader: Reader, key: str) -> RingFile:
    """The ring in which a party stands; raises `NotFoundError` (`ring_unknown`) where it is in none."""
    structure = reader.structure()
    position = structure.guarantee_position(key)
    ring, net = position.ring, structure.net
    if ring is None:
        raise NotFoundError(
            "这个主体现在不在担保圈内。请从“担保圈链”重新选择。",
            "That party stands in no guarantee ring at this time.",
            code="ring_unknown",
        )
    held = {*ring.members}
    inside = tuple(c for one in ring.members for c in net.given(one) if c.borrower in held)
    outside = tuple(c for one in ring.members for c in net.received(one) if c.guarantor not in held)
    asked = reader.ask_of_each(ring.members[:_MOST_ASKED], ("adverse_records",))
    signals = {
        one: signal_of(found.proven, found.unheard)
        for one, told in asked.items()
        for found in [reader.adverse(one, answer=told["adverse_records"])]
    }
    members = tuple(
        RingMember(
            one,
            net.name(one),
            net.debt(one),
            total(c.owed_fen for c in inside if c.guarantor == one),
            signals.get(one),
        )
        for one in ring.members
    )
    named = held | {c.guarantor for c in outside}
    return RingFile(
        ring,
        members,
        inside,
        outside,
        {one: net.name(one) for one in named},
        position.basis,
        loans_secured(reader, [one.number for one in (*inside, *outside)]),
    )
