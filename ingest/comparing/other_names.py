"""A name that differs from the one known for its number: perhaps the number is another's.

A clerk who mistypes a number that happens to be well-formed tells of somebody else.  What gives it
away is the name beside it.  So each name that a file gives with an identifier is held against the
names under which the log holds that party, and, where the log does not know it, against the name
that the file gave first.  What differs is a warning and never a refusal: people and firms change
their names.  The other name is not said: whoever sent the file need not know it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from graph.distinct import distinct
from graph.log import FactLog
from graph.names.writing import plain
from graph.schema import SCHEMA
from ingest.catalogue.source import TableSpec
from ingest.finding import RowFinding
from ingest.identity.record import PROVISIONAL
from ingest.memory import release_memory
from ingest.reading.row_hash import row_hashes
from ingest.reading.texts import TEXT

__all__ = ["other_names"]

_Hashes = NDArray[np.uint64]

_AT_ONCE = 1 << 16  # rows of the log
_ODD = np.uint64(0x9E3779B97F4A7C15)
#: A name that a public list has masked is nobody's: 张**, 李某某.
_MASKED = r"[*×某]"
#: A name that is written plainly as it stands (`graph.names.writing.plain`), as nearly all are.
_PLAIN = "[0-9\u4e00-\u9fa5]*"
_BETWEEN = re.compile(r"[、，,;；/ ]+")
_NAMED = tuple(
    node.kind
    for node in SCHEMA.nodes.values()
    if SCHEMA.superlabel(node) == "Party" and any(p.name == "name" for p in node.properties)
)
_ALIASES = "PersonAlias"


@dataclass(frozen=True)
class _Mentions:
    """What one column of a file tells of parties.

    Attributes:
        title: of the column with their names.
        places: of the rows that name one, among all rows.
        keys: of those parties, as numbers.
        names: beside all rows, as the file has them: a million of them are not held twice.
    """

    title: str
    places: NDArray[np.intp]
    keys: _Hashes
    names: pd.Series


def other_names(log: FactLog, spec: TableSpec, rows: pd.DataFrame) -> list[RowFinding]:
    """A warning for every checked row whose name is not one that its identifier is known under."""
    told = list(_mentions(spec, rows))
    if not told:
        return []
    wanted, times = np.unique(np.concatenate([each.keys for each in told]), return_counts=True)
    again = wanted[times > 1]
    del times
    known, pairs = _known(log, wanted)
    frames = [_named(place, each, known, again) for place, each in enumerate(told)]
    said = pd.concat(frames, ignore_index=True).sort_values(["row", "place"], kind="stable")
    first = said.groupby("key")["name"].transform("first")
    is_known = _among(said["key"].to_numpy(), known)
    other = np.where(
        is_known, ~_among(_pair(said["key"], said["name"]), pairs), said["name"] != first
    )
    return [
        _finding(row, told[place].title, in_log=in_log)
        for row, place, in_log in zip(
            said["row"][other], said["place"][other], is_known[other], strict=True
        )
    ]


def _mentions(spec: TableSpec, rows: pd.DataFrame) -> Iterator[_Mentions]:
    titles = {item.name: item.title for item in spec.fields}
    for item in spec.fields:
        key = f"{item.name}_key"
        # the columns of a party have its label beside the key; those of a place have none
        if f"{item.name}_label" not in rows or item.name_field not in rows:
            continue
        keys, names = rows[key], rows[item.name_field]
        present = keys.notna() & names.notna()
        if item.otherwise:
            present &= ~keys.str.startswith(PROVISIONAL).fillna(True).astype(bool)
        chosen = present.to_numpy(bool)
        if chosen.any():
            # a million keys are numbers at once, and copied nowhere
            hashed = _hashed(keys)
            yield _Mentions(
                titles[item.name_field],
                np.flatnonzero(chosen),
                hashed if chosen.all() else hashed[chosen],
                names,
            )


def _named(place: int, told: _Mentions, known: _Hashes, again: _Hashes) -> pd.DataFrame:
    """The mentions that there is something to hold against, with their names as numbers."""
    chosen = np.flatnonzero(_among(told.keys, known) | _among(told.keys, again))
    names = told.names.iloc[told.places[chosen]]
    open_ = ~names.str.contains(_MASKED, regex=True).to_numpy(bool)
    return pd.DataFrame(
        {
            "row": names.index.to_numpy(np.int64)[open_],
            "place": place,
            "key": told.keys[chosen][open_],
            "name": _written(names[open_]),
        }
    )


def _known(log: FactLog, wanted: _Hashes) -> tuple[_Hashes, _Hashes]:
    """Which of the parties the log has a name of, and each of them with each of its names."""
    keys, pairs = [np.array([], np.uint64)], [np.array([], np.uint64)]
    for kind in (*_NAMED, _ALIASES):
        column = "former_names" if kind == _ALIASES else "name"
        for piece in log.held(kind, rows=_AT_ONCE, columns=["key", column]):
            of_party = _hashed(pd.Series(TEXT.__from_arrow__(piece["key"].cast(pa.string()))))
            chosen = _among(of_party, wanted) & piece[column].is_valid().to_numpy()
            if not chosen.any():
                continue
            said = piece[column].cast(pa.string()).filter(pa.array(chosen))
            names = pd.Series(TEXT.__from_arrow__(said))
            owners = of_party[chosen]
            if kind == _ALIASES:
                several = names.astype(object).map(_BETWEEN.split)
                owners, names = np.repeat(owners, several.map(len)), several.explode()
            else:
                keys.append(owners)
            pairs.append(_pair(owners, _written(names)))
            release_memory()
    return distinct(np.concatenate(keys)), distinct(np.concatenate(pairs))


def _among(hashes: _Hashes, some: _Hashes) -> NDArray[np.bool_]:
    """Which of the numbers are among some, sorted; numpy's own `isin` sorts those anew for each piece."""
    if not len(some):
        return np.zeros(len(hashes), bool)
    place = np.minimum(np.searchsorted(some, hashes), len(some) - 1)
    found: NDArray[np.bool_] = some[place] == hashes
    return found


def _hashed(texts: pd.Series) -> _Hashes:
    return row_hashes(pd.DataFrame({"text": texts.astype(TEXT)}))


def _written(names: pd.Series) -> _Hashes:
    """Names as numbers, equal where they differ only in blanks, dots, width and case."""
    names = names.astype(TEXT)
    written = _hashed(names)
    closely = np.flatnonzero(~names.str.fullmatch(_PLAIN).to_numpy(bool))
    # as many objects at a time as a piece of the log has, whatever the length of the file
    for at in range(0, len(closely), _AT_ONCE):
        some = closely[at : at + _AT_ONCE]
        written[some] = _hashed(names.iloc[some].astype(object).map(plain))
    return written


def _pair(keys: _Hashes, names: _Hashes) -> _Hashes:
    pairs: _Hashes = np.asarray(keys, np.uint64) * _ODD + np.asarray(names, np.uint64)
    return pairs


def _finding(row: int, title: str, *, in_log: bool) -> RowFinding:
    where = "库中该号码已有的名称" if in_log else "本文件前面同一号码的名称"
    return RowFinding(
        int(row),
        title,
        "name_differs",
        f"“{title}”与{where}不同。请对照证件核对号码有没有填成别人的；确系更名的，不必处理。",
        "The number is known under another name: it may be somebody else's.",
        "名称不同",
        "warning",
    )
