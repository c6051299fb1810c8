"""A graph cut into parts by number of the party, which is by division: one folder a part.

    parts/manifest.json      cuts, parties, and the sha256 of every file
    parts/00000/…npy         ties within the part, as `kernels.blocks.Blocks` over its own parties
    parts/00000/cross_…npy   ties with other parts: party here, party there, a weight each way
    parts/00000/own.npy      own probabilities

A tie between two parts lies in both, so that a part can work with nothing but the values of
parties elsewhere.  Files are plain NumPy: a worker maps them into memory where it can see them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.errors import LogError
from queries.risk.kernels.blocks import Blocks, make_blocks
from queries.risk.weights import RiskGraph

__all__ = ["Part", "PartFolder", "write_parts"]

_MANIFEST = "manifest.json"
_CROSS = ("here", "there", "weight_in", "weight_out")


@dataclass(frozen=True, eq=False)
class Part:
    """Parties `first` … `last` − 1 and their ties.

    Attributes:
        inner: ties within the part; its parties are numbered from 0.
        here, there: ends of the ties with other parts, `here` from 0, `there` in the whole.
        weight_in, weight_out: of there → here and here → there; 0 where there is no such tie.
    """

    first: int
    last: int
    own: NDArray[np.float64]
    inner: Blocks
    here: NDArray[np.uint32]
    there: NDArray[np.uint32]
    weight_in: NDArray[np.float32]
    weight_out: NDArray[np.float32]


class PartFolder:
    """Read what `write_parts` wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        stated = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        self.cuts: list[int] = stated["cuts"]
        self._sha256: dict[str, str] = stated["sha256"]

    def __len__(self) -> int:
        return len(self.cuts) - 1

    @property
    def parties(self) -> int:
        """How many there are in all parts together."""
        return self.cuts[-1]

    def own(self) -> NDArray[np.float64]:
        """Own probabilities of everybody."""
        return np.concatenate([self._array(number, "own") for number in range(len(self))])

    def read(self, number: int) -> Part:
        """One part; raises `LogError` (code `part_damaged`) where a file is not what was written."""
        inner = {
            item.name: self._array(number, item.name)
            for item in fields(Blocks)
            if item.name != "count"
        }
        first, last = self.cuts[number : number + 2]
        cross = {name: self._array(number, f"cross_{name}") for name in _CROSS}
        own = self._array(number, "own")
        return Part(first, last, own, Blocks(last - first, **inner), **cross)

    def _array(self, number: int, name: str) -> NDArray[Any]:
        path = f"{number:05d}/{name}.npy"
        whole = self.folder / path
        if not whole.exists() or _sha256(whole) != self._sha256[path]:
            raise LogError(
                f"分块文件 {path} 缺失或已损坏。请从快照重新生成全部分块。",
                f"Part file {path} is missing or altered: write the parts again from the snapshot.",
                code="part_damaged",
            )
        found: NDArray[Any] = np.load(whole, allow_pickle=False)
        return found


def write_parts(graph: RiskGraph, cuts: Sequence[int], folder: Path) -> PartFolder:
    """Cut a graph at the party numbers `cuts` (0 … number of parties) and write the parts.

    Cut where divisions begin: what crosses a cut travels between machines at every step.
    """
    if list(cuts) != sorted(set(cuts)) or cuts[0] != 0 or cuts[-1] != len(graph.own):
        raise ValueError("cuts rise strictly from 0 to the number of parties")
    sha256: dict[str, str] = {}
    edges = np.asarray(cuts[1:-1])
    home_source = np.searchsorted(edges, graph.source, side="right")
    home_target = np.searchsorted(edges, graph.target, side="right")
    for number, (first, last) in enumerate(pairwise(cuts)):
        into, out = home_target == number, home_source == number
        within = np.flatnonzero(into & out)
        inner = make_blocks(
            graph.source[within] - first, graph.target[within] - first, graph.weight[within],
            last - first,
        )  # fmt: skip
        arrays: dict[str, NDArray[Any]] = {
            item.name: getattr(inner, item.name) for item in fields(Blocks) if item.name != "count"
        }
        arrays |= {f"cross_{name}": array for name, array in _cross(graph, into, out, first)}
        arrays["own"] = graph.own[first:last]
        (folder / f"{number:05d}").mkdir(parents=True, exist_ok=True)
        for name, array in arrays.items():
            path = f"{number:05d}/{name}.npy"
            np.save(folder / path, array)
            sha256[path] = _sha256(folder / path)
    text = json.dumps({"cuts": [int(cut) for cut in cuts], "sha256": sha256}, indent=1)
    (folder / _MANIFEST).write_text(text, encoding="utf-8")
    return PartFolder(folder)


def _cross(
    graph: RiskGraph, into: NDArray[np.bool_], out: NDArray[np.bool_], first: int
) -> list[tuple[str, NDArray[Any]]]:
    """Ties between this part and others, one entry a pair of parties, by (here, there)."""
    coming, going = np.flatnonzero(into & ~out), np.flatnonzero(out & ~into)
    count = len(graph.own)
    pairs_in = graph.target[coming].astype(np.int64) * count + graph.source[coming]
    pairs_out = graph.source[going].astype(np.int64) * count + graph.target[going]
    pairs = np.union1d(pairs_in, pairs_out)
    weights = np.zeros((2, len(pairs)), np.float32)
    weights[0, np.searchsorted(pairs, pairs_in)] = graph.weight[coming]
    weights[1, np.searchsorted(pairs, pairs_out)] = graph.weight[going]
    here, there = np.divmod(pairs, count)
    columns = (here - first).astype(np.uint32), there.astype(np.uint32), *weights
    return list(zip(_CROSS, columns, strict=True))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
