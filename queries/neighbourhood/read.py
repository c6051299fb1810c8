"""A neighbourhood as a reader sees it, at the moment of that reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from graph.errors import NotFoundError
from queries.neighbourhood.around import Neighbourhood, Tie, neighbourhood_of, ties_among
from queries.neighbourhood.wanted import Wanted

if TYPE_CHECKING:
    from queries.reader import Reader
    from queries.structure import Structure
    from queries.structure.ownership import Owned

__all__ = ["read_neighbourhood", "read_ties"]


def read_neighbourhood(
    reader: Reader, key: str, wanted: Wanted, *, within: float | None = None
) -> Neighbourhood | None:
    """Who stands around a party; None while the arrays of the moment are still being made.

    Args:
        within: seconds to wait for them; None: until they are there.

    Raises:
        NotFoundError: nobody knows the party, or nobody did by then.
    """
    known = reader.known(key)
    if wanted.mode != "shares":
        snapshot = reader.snapshot_ready(within=within)
        return None if snapshot is None else neighbourhood_of(snapshot, known, wanted)
    structure = reader.structure_ready(within=within)
    if structure is None:
        return None
    found = neighbourhood_of(structure.snapshot, known, wanted)
    shares = _shares(structure, known)
    members = tuple(replace(one, share=shares.get(one.key)) for one in found.members)
    return replace(found, members=members)


def read_ties(reader: Reader, keys: Iterable[str]) -> tuple[Tie, ...]:
    """Every tie between some parties that the reader sees, the certain ones first.

    Raises `NotFoundError` for one that was not known by then.
    """
    return ties_among(reader.snapshot(), keys)


def _shares(structure: Structure, key: str) -> dict[str, float]:
    """What each owns of the party over all chains, or the party of it."""
    told = {one.firm: one.share for one in _owned(structure, key)}
    if owners := structure.owners(key):
        told |= {one.party: one.share for one in owners.through.owners}
    return told


def _owned(structure: Structure, key: str) -> tuple[Owned, ...]:
    try:
        return structure.ownership.owned_by(key)
    except NotFoundError:
        return ()
