"""The words a schema is made of: what a node, a relationship and a property are.

A thing is declared once, with three names: the English identifier that code uses, the Chinese
term that officers read, and the standard and clause that define it.  Constraints, log columns,
the data dictionary and the API titles all follow from that one place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from graph.information import InformationClass

__all__ = [
    "WRITTEN_CONSENT",
    "End",
    "Kind",
    "Node",
    "OneAtATime",
    "Property",
    "Relationship",
    "Sensitivity",
    "ValueType",
]

#: Basis of what may be collected of a person only after warning and with written consent: income,
#: deposits, securities, insurance, real estate, tax amounts.
WRITTEN_CONSENT = "征信业管理条例 第十四条（须事先告知并取得书面同意）"

#: An end of a tie.
End = Literal["source", "target"]

_LABEL = re.compile(r"[A-Z][A-Za-z]+\Z")
_TYPE = re.compile(r"[A-Z]+(_[A-Z]+)*\Z")
_CODE = re.compile(r"[A-Za-z0-9]+(_[A-Za-z0-9]+)*\Z")
_NAME = re.compile(r"[a-z]+(_[a-z0-9]+)*\Z")

#: Columns that every fact carries; a property may not take their names.
LIFECYCLE = (
    "fact_id",
    "source",
    "batch",
    "row",
    "valid_from",
    "valid_to",
    "known_from",
    "known_to",
    "certainty",
)


class ValueType(StrEnum):
    """Type of a property's value, the same in Python, Parquet and Neo4j."""

    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    FLAG = "flag"
    DATE = "date"


class Sensitivity(StrEnum):
    """Class of personal financial information (JR/T 0171-2020 §4.2)."""

    PUBLIC = "public"
    C1 = "C1"
    C2 = "C2"
    C3 = "C3"


@dataclass(frozen=True)
class Property:
    """One value on a node or a relationship.

    The unit is the end of the name: `_fen` (integer money), `_mu` (area), `_ratio`, `_on` (date).

    Attributes:
        basis: the standard, law or register element that defines it, and its codes.
        sensitivity: said here for every source: a field that becomes this property has its class.
        values: of a coded one, every code that is kept and its Chinese word.  They are said here
            alone: sources read papers into these codes, and whoever speaks to people takes the
            word from here.
        spoken: of one that is kept in the words of its paper, several of them set apart by “；”:
            each word, and the code by which an answer names it to programs.
    """

    name: str
    term: str
    type: ValueType = ValueType.TEXT
    basis: str = ""
    sensitivity: Sensitivity = Sensitivity.C1
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    spoken: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not _NAME.match(self.name) or self.name in LIFECYCLE or self.name == "key":
            raise ValueError(f"property {self.name!r}: use a free snake_case name")
        expected = _SUFFIX_TYPES.get(self.name.rsplit("_", 1)[-1])
        if expected and self.type is not expected:
            raise ValueError(f"property {self.name!r} must be of type {expected}")
        if self.values and self.type is not ValueType.TEXT:
            raise ValueError(f"property {self.name!r}: a code is text")
        strange = [code for code in (*self.values, *self.spoken.values()) if not _CODE.match(code)]
        if strange or len(set(self.values.values())) != len(self.values):
            raise ValueError(f"property {self.name!r}: a code has a word of its own {strange}")
        if len(set(self.spoken.values())) != len(self.spoken):
            raise ValueError(f"property {self.name!r}: two words have one code")
        for name in ("values", "spoken"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def codes_in(self, text: str) -> list[str]:
        """Codes of a value: itself where it is one, those of its words where they are kept; of a
        word that has none (an old paper's), nothing."""
        if text in self.values:
            return [text]
        return [self.spoken[word] for word in text.split("；") if word in self.spoken]


_SUFFIX_TYPES = {
    "fen": ValueType.INTEGER,
    "mu": ValueType.REAL,
    "ratio": ValueType.REAL,
    "on": ValueType.DATE,
}


@dataclass(frozen=True)
class Node:
    """A kind of thing that facts describe.

    Attributes:
        label: its label and its fact kind.
        term: the Chinese term.
        superlabel: the label that holds the key's uniqueness (`Party`, `Division`, or itself).
        describes: for a further aspect of another kind (`LoanState` describes `Loan`), that
            kind's label; such a node has versions but no identity of its own.
        is_role: the aspect is also a label of the thing described (a `Person` is a `Farmer`).
        basis: standard or law that defines it.
        information: what must be open to somebody who asks, for its versions to be seen; a schema
            is refused where one is not declared.
        is_adverse: a record against whom it names, which law bounds in time (`queries.lawful`).
    """

    label: str
    term: str
    properties: tuple[Property, ...] = ()
    superlabel: str | None = None
    describes: str | None = None
    is_role: bool = False
    basis: str = ""
    information: InformationClass | None = None
    is_adverse: bool = False

    def __post_init__(self) -> None:
        if not _LABEL.match(self.label):
            raise ValueError(f"node {self.label!r}: labels are CamelCase ASCII")
        if self.is_role and not self.describes:
            raise ValueError(f"{self.label}: a role must say whom it describes")
        if self.describes and self.superlabel:
            raise ValueError(f"{self.label}: an aspect takes the superlabel of {self.describes}")
        _refuse_duplicates(self.label, self.properties)

    @property
    def kind(self) -> str:
        """Name of its facts in the log."""
        return self.label


@dataclass(frozen=True)
class OneAtATime:
    """What a thing has one of at a time: a later statement of the same source ends the earlier.

    Attributes:
        end: at which end of the tie the thing stands that has one; `either`: both things joined
            have one, whichever end they stand at (a marriage).
        term: Chinese word for what it has one of.
        office: a property and its value, where only the ties that say so exclude each other (one
            householder a household).  Who loses an office keeps the tie, without the property.
    """

    end: Literal["source", "target", "either"]
    term: str
    office: tuple[str, str] | None = None


@dataclass(frozen=True)
class Relationship:
    """A kind of tie between two things, read as an English sentence from source to target.

    The direction is that of the sentence.  Where risk flows is policy, not schema.

    Attributes:
        sources, targets: labels (or superlabels) that may stand at either end.
        source_role: role label that the tie gives its source.
        not_shown: why no question that a person looks at reads it; empty where one does.
        one_at_a_time: what the things joined have one of at a time, whatever source says it.
        is_identity: it leads from a key that is given up to the one that stays, and readers follow
            it (`graph.resolution`).
        source_leads: whether the tie goes along where its source is given up.  The town of a former
            village is not that of the village that took it in.
        information: what must be open to somebody who asks, for the tie to be seen; a schema is
            refused where one is not declared.
        about: whose facts they are, so whose consent they need; where nothing is declared, the
            parties that it joins (`Schema.about`).
    """

    type: str
    term: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    sentence: str
    properties: tuple[Property, ...] = ()
    source_role: str | None = None
    basis: str = ""
    not_shown: str = ""
    one_at_a_time: tuple[OneAtATime, ...] = ()
    is_identity: bool = False
    source_leads: bool = True
    information: InformationClass | None = None
    about: End | Literal["both"] | None = None

    def __post_init__(self) -> None:
        if not _TYPE.match(self.type):
            raise ValueError(f"relationship {self.type!r}: types are UPPER_SNAKE ASCII")
        if not (self.sources and self.targets):
            raise ValueError(f"{self.type}: say which labels it may join")
        _refuse_duplicates(self.type, self.properties)
        if self.one_at_a_time and self.one_at_a_time[0].office:
            raise ValueError(f"{self.type}: say first what the whole tie is one of")
        offices = [item.office for item in self.one_at_a_time if item.office]
        if len(offices) > 1 or {name for name, _ in offices} - {p.name for p in self.properties}:
            raise ValueError(f"{self.type}: one office at most, and a property of the tie")

    @property
    def kind(self) -> str:
        """Name of its facts in the log."""
        return self.type


Kind = Node | Relationship


def _refuse_duplicates(owner: str, properties: tuple[Property, ...]) -> None:
    names = [item.name for item in properties]
    if len(set(names)) != len(names):
        raise ValueError(f"{owner}: a property is declared twice in {names}")
