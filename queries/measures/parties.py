"""What parties are and are called: of those asked about, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import NotFoundError
from graph.schema import SCHEMA
from queries.district import DistrictReader

__all__ = ["Known", "known_parties", "one_party"]

#: Key -> (label, name).
Known = Mapping[str, tuple[str, str | None]]

_KINDS = tuple(
    node.kind
    for node in SCHEMA.nodes.values()
    if node.superlabel == "Party" and any(item.name == "name" for item in node.properties)
)


def known_parties(reader: DistrictReader, keys: Iterable[str]) -> Known:
    """Label and name of those of some keys that are known at the reader's moment."""
    wanted = pa.array(sorted({*keys}), pa.string())
    found: dict[str, tuple[str, str | None]] = {}
    for kind in _KINDS if len(wanted) else ():
        table = reader.whenever(kind)
        rows = table.filter(pc.is_in(table["key"].cast(pa.string()), value_set=wanted))
        told = zip(rows["key"].to_pylist(), rows["name"].to_pylist(), strict=True)
        for key, name in told:
            before = found.get(key, (kind, None))
            found[key] = (before[0], name or before[1])
    return found


def one_party(reader: DistrictReader, key: str) -> tuple[str, str | None]:
    """Label and name of one; raises `NotFoundError` (`party_unknown`)."""
    found = known_parties(reader, [key]).get(key)
    if found is None:
        raise NotFoundError(
            "在该时点没有这个主体。请核对编号，或先查找名称。",
            "No party of that key exists at this time.",
            code="party_unknown",
        )
    return found
