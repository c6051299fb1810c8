"""What is declared of a firm's owners, beside what its registered holdings prove.

A declaration (受益所有人信息管理办法, or a statement of BODS 0.4) says who benefits or decides; it proves
no share.  Both are shown, and where they differ that is said: nobody is left out because only the
one names him.  A nominee (代持人) holds for another: the nominator is the owner, the nominee is none.
Of a trust every party counts that the standard on arrangements names: settlor, trustee, protector,
beneficiary and who else controls it (受益所有人信息管理办法 第六条 的“控制或享有收益”; FATF Recommendation 25).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc
from pydantic import computed_field

from graph.schema import SCHEMA
from graph.snapshot import Snapshot

__all__ = ["INTERESTS", "UNDISCLOSED", "Declared", "Undisclosed", "declared_of", "undisclosed_of"]

#: What an officer calls a declared interest, and the reason why nobody is named.
INTERESTS = SCHEMA.property("HAS_INTEREST_IN", "interest").values
UNDISCLOSED = SCHEMA.property("OwnershipDisclosure", "reason").values

#: Interests in an arrangement that make no owner.
_FOR_OTHERS = frozenset({"nominee"})


@dataclass(frozen=True)
class Declared:
    """An interest that somebody is declared to have.

    Attributes:
        interest: of `INTERESTS`.  is_direct: None where it is not said.
        is_beneficial: whether it is declared as beneficial ownership or control.
        ratio: 0 to 1; or from `least_ratio` to `most_ratio`, either without the end itself where
            it is open.
        evidence: source, batch and row.
    """

    party: str
    name: str | None
    label: str
    interest: str
    is_direct: bool | None
    is_beneficial: bool
    ratio: float | None
    least_ratio: float | None
    most_ratio: float | None
    least_is_open: bool
    most_is_open: bool
    evidence: dict[str, Any]

    @property
    def makes_owner(self) -> bool:
        """Whether it makes its holder an owner of an arrangement: a nominee holds for another."""
        return self.interest not in _FOR_OTHERS

    @computed_field
    @property
    def sentence(self) -> str:
        """The interest as officers read it."""
        part = ""
        if self.ratio is not None:
            part = f" {self.ratio * 100:.6g}%"
        elif self.least_ratio is not None:
            least = f"{self.least_ratio * 100:g}%"
            part = f" 超过 {least}" if self.least_is_open else f" {least} 以上"
        if self.ratio is None and self.most_ratio not in (None, 1.0):
            most = f"{self.most_ratio * 100:g}%"
            part += f"，不到 {most}" if self.most_is_open else f"，不超过 {most}"
        kind = INTERESTS.get(self.interest, self.interest)
        return (
            f"{self.name or '（未具名）'}：{'间接' if self.is_direct is False else ''}{kind}{part}"
        )


@dataclass(frozen=True)
class Undisclosed:
    """Why a firm's owners are not named, by its own word; `UNDISCLOSED` says it in Chinese."""

    reason: str | None
    note: str | None
    is_listed: bool | None
    evidence: dict[str, Any]


def declared_of(snapshot: Snapshot, key: str) -> tuple[Declared, ...]:
    """Interests declared in a firm or an arrangement, by party and kind."""
    facts = snapshot.facts("HAS_INTEREST_IN")
    about = facts.filter(pc.equal(facts["to_key"].cast("string"), key))
    found = []
    for row in about.filter(pc.greater_equal(about["certainty"], 1.0)).to_pylist():
        place = snapshot.index(row["from_key"])
        found.append(
            Declared(
                party=str(snapshot.keys[place].as_py()),
                name=snapshot.name(place),
                label=str(snapshot.labels[place].as_py()),
                interest=row["interest"],
                is_direct=row["is_direct"],
                is_beneficial=bool(row["is_beneficial"]),
                ratio=row["ratio"],
                least_ratio=row["least_ratio"],
                most_ratio=row["most_ratio"],
                least_is_open=bool(row["least_is_open"]),
                most_is_open=bool(row["most_is_open"]),
                evidence=_evidence(row),
            )
        )
    return tuple(sorted(found, key=lambda item: (item.party, item.interest, item.evidence["row"])))


def undisclosed_of(snapshot: Snapshot, key: str) -> Undisclosed | None:
    """What a firm says of the disclosure of its owners, as last heard; None for nothing."""
    facts = snapshot.facts("OwnershipDisclosure")
    about = facts.filter(pc.equal(facts["key"].cast("string"), key)).to_pylist()
    if not about:
        return None
    last = max(about, key=lambda row: (row["known_from"], row["fact_id"]))
    return Undisclosed(last["reason"], last["note"], last["is_listed"], _evidence(last))


def _evidence(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("source", "batch", "row", "certainty")}
