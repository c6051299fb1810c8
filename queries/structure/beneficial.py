"""Beneficial owners of a firm under the regulation in force, with the chains that prove each.

The standards are asked in their order: share at or above the threshold; then control by other
means, of which the data show control by votes; then, where nobody meets either, who runs the firm
day by day, for whom the register names the legal representative.  Unknown parts are kept apart:
a person below the threshold who could be above it with them is undetermined, not excluded, and so is
a registered holder of whom nobody knows how much he holds: he is asked for, and not nobody.

Where a trust or a nomination holds enough, those are owners who are declared to be parties to it, a
nominee excepted.  What is declared of the firm itself stands beside what the holdings prove: a
declaration proves no share, and where the two differ the question stays open (`differences`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from queries.basis import Basis
from queries.coded import with_codes
from queries.eligibility.verdict import Verdict
from queries.structure.control import controllers_of
from queries.structure.declared import Declared, Undisclosed, declared_of, undisclosed_of
from queries.structure.holding_paths import HoldingPath, holding_paths
from queries.structure.ownership import LookThrough, Ownership
from queries.structure.thresholds import TOLERANCE, BeneficialOwnerRule

__all__ = ["BeneficialOwner", "BeneficialOwners", "beneficial_owners"]

#: Persons whom an unknown part could lift over the threshold, of whom chains are searched: the
#: largest known shares first.  Behind a register that proves little there may be thousands.
_OPEN_WITH_PATHS = 10

_Ground = Literal["share", "control", "arrangement", "management"]
#: (key, name, share, ground, verdict) of one owner.
_Found = tuple[str, str | None, float, _Ground, Verdict]


@with_codes
@dataclass(frozen=True)
class BeneficialOwner:
    """A natural person who meets a standard, or may.

    Attributes:
        ground: by which standard.
        verdict: MET, or UNKNOWN for one whom an unknown part could lift over the threshold.
        paths: the strongest chains; in circles their products sum to less than the share.
        paths_truncated: there may be more than are given.
    """

    party: str
    name: str | None
    share: float
    ground: _Ground
    verdict: Verdict
    paths: tuple[HoldingPath, ...]
    paths_truncated: bool


@with_codes
@dataclass(frozen=True)
class BeneficialOwners:
    """Beneficial owners of a firm.

    Attributes:
        complete: MET when no unknown part could hide a further one, else UNKNOWN.
        declared: interests declared in the firm itself; undisclosed: why nobody is named, by its own
            word (a listed firm is exempt).
        differences: where declaration and holdings differ, to an officer.
        without_paths: of how many owners (all UNKNOWN) the chains were not searched.
    """

    firm: str
    name: str | None
    rule: BeneficialOwnerRule
    owners: tuple[BeneficialOwner, ...]
    unknown_share: float
    complete: Verdict
    declared: tuple[Declared, ...]
    undisclosed: Undisclosed | None
    differences: tuple[str, ...]
    without_paths: int
    basis: Basis


def beneficial_owners(
    ownership: Ownership, key: str, *, rule: str | None = None, paths: int = 3
) -> BeneficialOwners:
    """Find them; `rule` names another regulation than the latest in force.

    At most `paths` chains are given of each; where it is 0 none is searched.

    Raises `NotFoundError` where no shareholder is registered or no rule was in force.
    """
    shares = ownership.shares
    chosen = shares.thresholds.rule(shares.snapshot.as_of, rule)
    through = ownership.look_through(key)
    control = controllers_of(ownership, key)
    unknown = through.unknown_share
    deciding = {item.party for item in control.controllers if item.label == "Person"}
    found: list[_Found] = []
    for party, name, share in _persons(ownership, key, through):
        if chosen.holds(share):
            found.append((party, name, share, "share", Verdict.MET))
        elif party in deciding:
            found.append((party, name, share, "control", Verdict.MET))
        elif unknown > TOLERANCE and chosen.holds(share + unknown):
            found.append((party, name, share, "share", Verdict.UNKNOWN))
    behind, nobody = _behind_arrangements(ownership, through, chosen)
    listed = {item[0] for item in found if item[-1] is Verdict.MET}
    found = [item for item in found if item[0] not in {b[0] for b in behind} or item[0] in listed]
    found += [item for item in behind if item[0] not in listed]
    complete = Verdict.UNKNOWN if nobody else Verdict.MET
    if unknown > TOLERANCE and (chosen.holds(unknown) or control.verdict is Verdict.UNKNOWN):
        complete = Verdict.UNKNOWN
    if any(item[-1] is Verdict.UNKNOWN for item in found):
        complete = Verdict.UNKNOWN
    firm = shares.key(shares.place(key))
    declared = declared_of(shares.snapshot, firm)
    differences = _differences(found, declared)
    if differences:
        complete = Verdict.UNKNOWN
    if not found and not declared and complete is Verdict.MET:
        found = _management(ownership, key)
    owners, without = _with_paths(ownership, key, found, paths)
    cut = without > 0 or any(owner.paths_truncated for owner in owners)
    return BeneficialOwners(
        key, through.name, chosen, tuple(owners), unknown, complete, declared,
        undisclosed_of(shares.snapshot, firm), differences, without,
        replace(ownership.basis(), truncated=cut),
    )  # fmt: skip


def _persons(
    ownership: Ownership, key: str, through: LookThrough
) -> Iterator[tuple[str, str | None, float]]:
    """(key, name, proven share) of everybody who owns a part or is registered to own one, the
    largest share first."""
    proven = [owner for owner in through.owners if owner.label == "Person"]
    yield from ((owner.party, owner.name, owner.share) for owner in proven)
    shares = ownership.shares
    known = {owner.party for owner in proven}
    named = ownership.possible(shares.place(key))
    for party, place in sorted((shares.key(place), place) for place in named):
        if shares.label(place) == "Person" and party not in known:
            yield party, shares.name(place), 0.0


def _behind_arrangements(
    ownership: Ownership, through: LookThrough, chosen: BeneficialOwnerRule
) -> tuple[list[_Found], bool]:
    """Parties to the trusts and nominations that hold enough, and whether one has none named."""
    found: dict[str, _Found] = {}
    nobody = False
    for holder in through.owners:
        reach = holder.share + through.unknown_share
        if holder.label != "LegalArrangement" or not chosen.holds(reach):
            continue
        verdict = Verdict.MET if chosen.holds(holder.share) else Verdict.UNKNOWN
        parties = [
            item
            for item in declared_of(ownership.shares.snapshot, holder.party)
            if item.makes_owner and item.label == "Person"
        ]
        nobody = nobody or not parties
        for item in parties:
            found.setdefault(
                item.party, (item.party, item.name, holder.share, "arrangement", verdict)
            )
    return list(found.values()), nobody


def _differences(found: list[_Found], declared: tuple[Declared, ...]) -> tuple[str, ...]:
    """Who is declared and not proven, and who is proven and not declared where anybody is."""
    beneficial = {item.party: item for item in declared if item.is_beneficial}
    proven = {party: name for party, name, _, _, verdict in found if verdict is Verdict.MET}
    said = [
        f"{item.name or '（未具名）'} 申报为受益所有人，登记的股权未能印证，请核实"
        for party, item in beneficial.items()
        if party not in proven
    ]
    if beneficial:
        said += [
            f"{name or '（未具名）'} 按登记的股权是受益所有人，未见申报，请核实"
            for party, name in proven.items()
            if party not in beneficial
        ]
    return tuple(said)


def _with_paths(
    ownership: Ownership, key: str, found: list[_Found], count: int
) -> tuple[list[BeneficialOwner], int]:
    """Owners with their chains, and of how many the chains were not searched."""
    owners, searched, without = [], 0, 0
    for party, name, share, ground, verdict in found:
        chains: tuple[HoldingPath, ...] = ()
        cut = False
        if count and share > TOLERANCE and ground in ("share", "control"):
            searched += verdict is Verdict.UNKNOWN
            if verdict is Verdict.MET or searched <= _OPEN_WITH_PATHS:
                chains, cut = holding_paths(ownership, party, key, count=count)
            else:
                without, cut = without + 1, True
        owners.append(BeneficialOwner(party, name, share, ground, verdict, chains, cut))
    return owners, without


def _management(ownership: Ownership, key: str) -> list[_Found]:
    """Legal representatives: who runs the firm day by day, as far as the register tells."""
    snapshot = ownership.shares.snapshot
    ties = snapshot.ties["LEGAL_REPRESENTATIVE_OF"]
    certain = ties.table["certainty"].to_numpy(zero_copy_only=False) >= 1
    people = np.unique(ties.source[(ties.target == snapshot.index(key)) & certain])
    return [
        (str(snapshot.keys[int(p)].as_py()), snapshot.name(int(p)), 0.0, "management", Verdict.MET)
        for p in people
    ]
