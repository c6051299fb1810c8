"""Who says what a party is: registers and household files first, whoever only mentions it after.

A register (of firms, of households) is asked for what it describes; a lender, or a list, mentions a
party in passing.  A source that states adverse records is never shown as the source of what a party is called or
how old it is: that alone would tell that somebody stood on a list, also after the entry was removed.
"其他来源" stands there instead, always, so that the veil itself tells nothing.

What a source is a register of stands in the notes of its batches (`source.yaml`: `registers`); batches
of before are ranked by what they state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.information import InformationClass
from graph.log import Batch
from graph.schema import SCHEMA

__all__ = ["OTHER_SOURCES", "PARTY_KINDS", "REGISTERS", "Provenance"]

#: What is shown in the place of a source that is not to be named.
OTHER_SOURCES = "其他来源"

#: The note of a batch that says which kinds of party its source is a register of.
REGISTERS = "registers"

#: Kinds of fact that say what a party is.
PARTY_KINDS = frozenset(
    node.kind
    for node in SCHEMA.nodes.values()
    if not node.describes and SCHEMA.superlabel(node) == "Party"
)
#: What adverse records say, and what was done about them: whoever states either is not named.
_ADVERSE = frozenset(
    node.kind
    for node in SCHEMA.nodes.values()
    if node.is_adverse or node.information is InformationClass.MEASURE
)


@dataclass(frozen=True)
class Provenance:
    """What the batches that are known tell of their sources.

    Attributes:
        registers: (source, kind of party that it is a register of).
        veiled: sources that state adverse records and are a register of nobody.
    """

    registers: frozenset[tuple[str, str]] = frozenset()
    veiled: frozenset[str] = frozenset()

    @classmethod
    def of(cls, batches: Iterable[Batch]) -> Provenance:
        """From all that was known, withdrawn batches too: a veil is not lifted by a withdrawal."""
        registers: set[tuple[str, str]] = set()
        adverse: set[str] = set()
        for batch in batches:
            stated = frozenset(batch.kinds)
            registers |= {(batch.source, kind) for kind in _registered(batch, stated)}
            if stated & _ADVERSE:
                adverse.add(batch.source)
        return cls(frozenset(registers), frozenset(adverse - {source for source, _ in registers}))

    def rank(self, source: str, kind: str) -> int:
        """Whose word on a party counts first: 0 a register, 1 whoever mentions it, 2 a list."""
        if (source, kind) in self.registers:
            return 0
        return 2 if source in self.veiled or source == OTHER_SOURCES else 1

    def ranks(self, kind: str, facts: pa.Table) -> NDArray[np.int8]:
        """The rank of every fact of a kind, coded or plain."""
        source = facts["source"]
        if pa.types.is_dictionary(source.type):
            source = source.cast(pa.string())
        names = pc.unique(source)
        ranked = pa.array([self.rank(name, kind) for name in names.to_pylist()], pa.int8())
        if not len(facts):
            return np.empty(0, np.int8)
        place = pc.index_in(source, value_set=names)
        return np.asarray(ranked.take(place.combine_chunks()).to_numpy(), np.int8)

    def veil(self, kind: str, facts: pa.Table) -> pa.Table:
        """Facts of a kind, of which no veiled source is told where they say what a party is."""
        if kind not in PARTY_KINDS or not self.veiled or not len(facts):
            return facts
        source = facts["source"]
        plain = source.cast(pa.string()) if pa.types.is_dictionary(source.type) else source
        hidden = pc.is_in(plain, value_set=pa.array(sorted(self.veiled), pa.string()))
        if not pc.any(hidden).as_py():
            return facts
        for name, instead in (("source", OTHER_SOURCES), ("batch", OTHER_SOURCES), ("row", 0)):
            column = facts[name]
            is_coded = pa.types.is_dictionary(column.type)
            told = column.cast(pa.string()) if is_coded else column
            shown = pc.if_else(hidden, pa.scalar(instead, told.type), told)
            shown = shown.dictionary_encode() if is_coded else shown
            facts = facts.set_column(facts.column_names.index(name), name, shown)
        return facts


def _registered(batch: Batch, stated: frozenset[str]) -> frozenset[str]:
    """Kinds of party that the batch's source is a register of."""
    declared = batch.notes.get(REGISTERS)
    if declared is not None:
        return frozenset(declared)
    # before sources said it: who belongs to a household only a household file tells, and who
    # represents a firm only its register
    found = frozenset({"Person", "Household"} if "BELONGS_TO" in stated else ())
    if "LEGAL_REPRESENTATIVE_OF" in stated:
        found |= (stated & PARTY_KINDS) - {"Person", "Household"}
    return found
