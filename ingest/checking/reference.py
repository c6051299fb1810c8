"""What a row refers to: found by the number that its sender uses, and joined to what it should be.

A bank knows a loan by the number of its note; ours is one key of institution and number.  The whole
key is taken as it is, the number with the institution that stands beside it, and a number alone
where one thing only has it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ingest.catalogue.field import FieldSpec
from ingest.reading.texts import TEXT

__all__ = ["Joined", "are_joined", "referred"]


#: (kind of tie, keys of its targets) -> target -> every key of whoever is tied to it.
Joined: TypeAlias = Callable[[str, Collection[str]], Mapping[str, Collection[str]]]


def referred(spec: FieldSpec, typed: pd.DataFrame, things: Collection[str]) -> pd.Series:
    """The keys that a column's numbers stand for; what stands for nothing stays as it is."""
    numbers = typed[spec.name]
    owners = typed[spec.within]
    prefix = f"{spec.reference}".lower()
    pairs = pd.DataFrame({"number": numbers, "owner": owners}).drop_duplicates()
    alone = {n for n, o in pairs.to_numpy() if isinstance(n, str) and pd.isna(o)} - set(things)
    only: dict[str, str | None] = {}
    for key in things if alone else ():
        number = key.rsplit(":", 1)[-1]
        if number in alone:
            # one that several have names none of them
            only[number] = None if number in only else key
    found: dict[tuple[str, str | None], str] = {}
    for number, owner in pairs.to_numpy():
        if pd.isna(number):
            continue
        whole = f"{prefix}:{owner}:{number}" if pd.notna(owner) else only.get(number)
        key = number if number in things or whole not in things else whole
        found[number, None if pd.isna(owner) else owner] = key
    keys = [
        None if pd.isna(number) else found[number, None if pd.isna(owner) else owner]
        for number, owner in zip(numbers, owners, strict=True)
    ]
    return pd.Series(np.array(keys, dtype=object), index=numbers.index).astype(TEXT)


def are_joined(tie: str, columns: list[pd.Series], joined: Joined) -> NDArray[np.bool_]:
    """Whether the first column's party is tied to the second's thing; true where that is not known."""
    party, thing = columns
    tied = joined(tie, set(thing.dropna().unique()))
    return np.array(
        [
            pd.isna(who) or pd.isna(what) or what not in tied or who in tied[what]
            for who, what in zip(party, thing, strict=True)
        ],
        dtype=bool,
    )
