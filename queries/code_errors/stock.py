"""Every code that the log holds, and every row that used one: what detection looks at.

A fact carries the batch and the row that brought it, so that a row is known wherever its facts stand.
Rows that were refused are in no fact: who keeps them hands them in (`Refused`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from graph.names.writing import plain
from graph.schema import SCHEMA
from graph.vocabulary import Relationship
from queries.district import DistrictReader

__all__ = ["Refused", "RowRef", "Stock", "read_stock"]

_ORG = "org:"
_CODE = "unified_social_credit_code"
_STATED = ("registration_state", "established_on", "ended_on", "address")
_PARTY = pa.schema(
    [(name, pa.string()) for name in ("code", "label", "name", "source", "batch")]
    + [("row", pa.int32()), ("registration_state", pa.string())]
    + [("established_on", pa.date32()), ("ended_on", pa.date32()), ("address", pa.string())]
)
_USE = pa.schema([("code", pa.string()), ("batch", pa.string()), ("row", pa.int32())])
_ACT = _USE.append(pa.field("day", pa.date32()))
#: Things that nobody can give to a subject that is no more, and the day on which they were given.
_GIVEN = {"AdministrativeDecision": "decided_on", "Loan": "granted_on", "Subsidy": "paid_on"}
#: The source under which officers' judgements of identity stand in the log.
_JUDGED = "identity"


@dataclass(frozen=True, order=True)
class RowRef:
    """One row of one delivered file.

    Attributes:
        refused: it waits to be put right and is no fact.
    """

    batch: str
    row: int
    refused: bool = False


@dataclass(frozen=True)
class Refused:
    """A refused row, or a doubt about a taken one, that concerns a code.

    Attributes:
        kind: of code error.
        code: as far as it was kept and may be shown; None where it was deleted.
        name: of the subject, where it may be shown.
        of_body: of a doubt whose code the row's facts tell: it is that of the public body that
            decided, and not of the subject.
        source: the department that sent the file; `file_name`, `column`: where the cell stands.
    """

    ref: RowRef
    source: str
    file_name: str
    column: str
    kind: str
    code: str | None
    name: str | None
    of_body: bool = False


@dataclass(frozen=True)
class Stock:
    """Codes, and what happened under them.

    Attributes:
        parties: one row a statement of an organisation: by a register, where `registration_state`
            or `established_on` is told, else by whoever mentioned it.
        uses: code and row of every fact about an organisation, each once.
        acts: the same of what was given to it, with the day.
        former: pairs of codes that a register says are one subject's; `judged`: that an officer did.
        renamed: code -> plain texts of the register's changes of name.
        heads: code -> keys of its legal representatives or owners.
    """

    parties: pa.Table
    uses: pa.Table
    acts: pa.Table
    former: frozenset[frozenset[str]] = frozenset()
    judged: frozenset[frozenset[str]] = frozenset()
    renamed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    heads: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def is_renamed(self, code: str, name: str) -> bool:
        """Whether a change of name of the register tells of this name."""
        return any(name in text for text in self.renamed.get(code, ()))


def read_stock(reader: DistrictReader) -> Stock:
    """What the log holds at the reader's moment, as law and scope let it be seen."""
    read = reader.whenever
    parties = pa.concat_tables([*_parties(read), _PARTY.empty_table()])
    uses, acts = [parties.select(_USE.names)], [_ACT.empty_table()]
    for tie in SCHEMA.relationships.values():
        if tie.kind in SCHEMA.identities:
            continue
        for end in _ends(tie):
            told = _of_organisations(read(tie.kind), end)
            if len(told):
                uses.append(told.select(_USE.names).cast(_USE))
                acts += _given(read, tie, end, told)
    same = read("SAME_AS")
    return Stock(
        parties,
        pa.concat_tables(uses).group_by(_USE.names).aggregate([]),
        pa.concat_tables(acts),
        former=_pairs(same.filter(pc.not_equal(same["source"], _JUDGED))),
        judged=_pairs(same.filter(pc.equal(same["source"], _JUDGED))),
        renamed=_renamed(read),
        heads=_heads(read),
    )


def _parties(read: Callable[[str], pa.Table]) -> Iterator[pa.Table]:
    for node in SCHEMA.nodes.values():
        if node.describes or SCHEMA.superlabel(node) != "Party":
            continue
        if not any(item.name == _CODE for item in node.properties):
            continue
        told = read(node.kind)
        told = told.filter(pc.starts_with(told["key"], _ORG))
        columns = {
            "code": pc.utf8_slice_codeunits(told["key"], len(_ORG)),
            **{name: told[name] for name in ("label", "name", "source", "batch", "row", *_STATED)},
        }
        yield pa.table(columns).select(_PARTY.names).cast(_PARTY)


def _ends(tie: Relationship) -> tuple[str, ...]:
    """Ends of a tie at which an organisation can stand."""
    ends = (("from", tie.sources), ("to", tie.targets))
    return tuple(end for end, labels in ends if SCHEMA.common_label(labels) == "Party")


def _of_organisations(facts: pa.Table, end: str) -> pa.Table:
    told = facts.filter(pc.starts_with(facts[f"{end}_key"], _ORG))
    code = pc.utf8_slice_codeunits(told[f"{end}_key"], len(_ORG))
    return told.append_column("code", code.cast(pa.string()))


def _given(
    read: Callable[[str], pa.Table], tie: Relationship, end: str, told: pa.Table
) -> Iterator[pa.Table]:
    """What a tie gives an organisation, with the day on which it was given."""
    if end != "from":
        return
    for label in tie.targets:
        node = SCHEMA.nodes.get(label)
        day = node and (_GIVEN.get(label) or _GIVEN.get(SCHEMA.superlabel(node)))
        if node is None or day is None:
            continue
        things = read(node.kind).select(["key", day]).rename_columns(["to_key", "day"])
        found = told.select([*_USE.names, "to_key"]).join(things, "to_key", join_type="inner")
        yield found.select(_ACT.names).cast(_ACT).filter(pc.is_valid(found["day"]))


def _pairs(same: pa.Table) -> frozenset[frozenset[str]]:
    certain = same.filter(pc.equal(same["certainty"], 1.0))
    return frozenset(
        frozenset({one.removeprefix(_ORG), other.removeprefix(_ORG)})
        for one, other in zip(
            certain["from_key"].to_pylist(), certain["to_key"].to_pylist(), strict=True
        )
        if one.startswith(_ORG) and other.startswith(_ORG)
    )


def _renamed(read: Callable[[str], pa.Table]) -> dict[str, tuple[str, ...]]:
    changes = read("RegistrationChange")
    changes = changes.filter(pc.equal(changes["item"], "name"))
    texts = {
        key: tuple(plain(text) for text in (before, after) if text)
        for key, before, after in zip(
            *(changes[name].to_pylist() for name in ("key", "before", "after")), strict=True
        )
    }
    found: dict[str, tuple[str, ...]] = {}
    ties = _of_organisations(read("CHANGED_REGISTRATION"), "from")
    for code, key in zip(ties["code"].to_pylist(), ties["to_key"].to_pylist(), strict=True):
        found[code] = (*found.get(code, ()), *texts.get(key, ()))
    return found


def _heads(read: Callable[[str], pa.Table]) -> dict[str, frozenset[str]]:
    ties = _of_organisations(read("LEGAL_REPRESENTATIVE_OF"), "to")
    found: dict[str, set[str]] = {}
    for code, head in zip(ties["code"].to_pylist(), ties["from_key"].to_pylist(), strict=True):
        found.setdefault(code, set()).add(head)
    return {code: frozenset(keys) for code, keys in found.items()}
