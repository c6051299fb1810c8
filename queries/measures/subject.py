"""On whom a measure falls, and from which record it follows: what an admission is asked about.

A role is what somebody is to the unit whose record it is.  Only four may carry a measure; that the
others have names here is so that a report can say them, and be told that they may not
(国办发〔2020〕49号: against the one responsible, and nobody near him).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from graph.schema.measure import SUBJECT_ROLES

__all__ = ["ROLES", "Subject", "Trigger", "subject_class"]

#: What somebody can be to whom the record is about -> in Chinese.
ROLES: Mapping[str, str] = SUBJECT_ROLES

#: What is no organisation and no person: nothing can be enforced on it.
_NOBODY = frozenset({"Household"})


@dataclass(frozen=True)
class Subject:
    """On whom a measure falls.

    Attributes:
        key: of the party; None where a report names nobody whom we know.
        label: what the party is (`Person`, `Enterprise` …).
        role: of `ROLES`; None where nobody says.
        responsibility: document that finds personal responsibility; None where there is none.
        is_large: whether it is a large enterprise; None where nobody says.
        holds_office: whether the register knows the subject in the role that it is said to have at
            the unit; None where the register cannot tell.
    """

    key: str | None
    label: str | None
    role: str | None
    responsibility: str | None = None
    is_large: bool | None = None
    holds_office: bool | None = None


@dataclass(frozen=True)
class Trigger:
    """The record, or the paper, from which a measure follows.

    Attributes:
        key: of the record in the graph; None: a paper only.
        kind: `ListEntry`, `Penalty`, `paper`; None where nothing was named.
        what: kind of list, or classes and content of a penalty, or what the paper is.
        parties: keys of those whom the record is about; empty for a paper.
        decided_on: from which a fixed term runs.
        ends_on: the last day that the record's own paper states; None: none.
        usable: whether law lets it be used at the moment; None: no register here knows it.
    """

    kind: str | None = None
    key: str | None = None
    what: str = ""
    number: str | None = None
    authority: str | None = None
    decided_on: date | None = None
    ends_on: date | None = None
    parties: frozenset[str] = frozenset()
    usable: bool | None = None


def subject_class(label: str | None) -> str | None:
    """Whether a party is a person or an organisation; None where nobody says or it is neither."""
    if label is None or label in _NOBODY:
        return None
    return "person" if label == "Person" else "organisation"
