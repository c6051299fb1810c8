"""Guarantees planted as rings, chains, joint groups and stars."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd

from ingest.sample.credit import guarantee_rows
from ingest.sample.truth import Truth

__all__ = ["plant_among_farmers", "plant_star"]

_RINGS = (2, 3, 4, 5)
_CHAINS = (4, 5, 6, 8)
_GROUP = 5


def plant_among_farmers(
    loans: pd.DataFrame,
    named: pd.Series,
    order: np.ndarray,
    couples: list[tuple[int, int]],
    times: int,
    truth: Truth,
) -> tuple[list[pd.DataFrame], int]:
    """Guarantee rows, and how many places of `order` are used up.

    Args:
        loans: one a borrower; `order` are places in it, `couples` places of spouses' loans.
        named: name by resident id.
    """
    ids = loans["借款人证件号码"].to_numpy()
    planted, at = [], 0

    def take(size: int) -> np.ndarray:
        nonlocal at
        group = order[at : at + size]
        at += size
        return group

    def give(givers: np.ndarray, secured: np.ndarray, kind: str) -> None:
        who = ids[givers]
        planted.append(guarantee_rows(loans, secured, named[who].to_numpy(), who, kind))

    for _ in range(times):
        for size in _RINGS:
            ring = take(size)
            truth.rings.append([str(ids[n]) for n in ring])
            give(ring, np.roll(ring, -1), "连带责任保证")
        for size in _CHAINS:
            chain = take(size)
            truth.chains.append([str(ids[n]) for n in chain])
            give(chain[:-1], chain[1:], "连带责任保证")
        for pair in (None, couples.pop()):
            group = take(_GROUP) if pair is None else np.append(take(_GROUP - 2), pair)
            truth.joint_groups.append([str(ids[n]) for n in group])
            if pair:
                truth.relatives.append([str(ids[n]) for n in pair])
            both = np.array(list(permutations(group, 2)))
            give(both[:, 0], both[:, 1], "联保")
    return planted, at


def plant_star(
    loans: pd.DataFrame, firms: pd.DataFrame, guarantor: int, clients: np.ndarray, truth: Truth
) -> pd.DataFrame:
    """One firm that guarantees the loans of all `clients`; places in `firms`, as in `loans`."""
    codes = firms["统一社会信用代码"].to_numpy()
    at = pd.Series(np.arange(len(loans)), index=loans["借款人证件号码"])
    truth.stars.append((str(codes[guarantor]), [str(code) for code in codes[clients]]))
    count = len(clients)
    return guarantee_rows(
        loans,
        at[codes[clients]].to_numpy(),
        np.repeat(firms["企业名称"].to_numpy()[guarantor], count),
        np.repeat(codes[guarantor], count),
    )
