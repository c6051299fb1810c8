"""Whom the searches of a reader bring for what is said of somebody, and by what each was found.

Every search is the reader's own question `find_party`: what its scope withholds is found by no number
and by no name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from ingest.matching.subject import Subject

__all__ = ["Asks", "Found", "Gathered", "gather", "read_cards"]

_PLACE_ENDINGS = ("村", "镇", "乡", "街道", "社区", "县", "区")
_VILLAGE_BODIES = ("村民委员会", "村委会", "社区居委会", "居委会")
_PERSON, _HOUSEHOLD = "Person", "Household"


class Asks(Protocol):
    """What of a reader is used here."""

    def ask_many(self, questions: Iterable[tuple[str, dict[str, Any]]]) -> list[Any]: ...


@dataclass
class Found:
    """One candidate.

    Attributes:
        by: how it was found: number, phone, tail, name.
        called: names by which it was found.
        born_on, sex: of its card, where it was read.
    """

    row: dict[str, Any]
    by: set[str] = field(default_factory=set)
    called: dict[str, None] = field(default_factory=dict)
    born_on: date | None = None
    sex: str | None = None

    @property
    def key(self) -> str:
        """Key of the party."""
        return str(self.row["key"])

    @property
    def label(self) -> str:
        """What it is, in one word."""
        labels = self.row["labels"] or []
        return next((one for one in (_PERSON, _HOUSEHOLD) if one in labels), "Organisation")


@dataclass
class Gathered:
    """All candidates of a subject.

    Attributes:
        namesakes: how many of them a search for the name alone brought; `with_phone` the telephone.
        truncated: whether there were more than a search brings.
    """

    subject: Subject
    found: dict[str, Found] = field(default_factory=dict)
    with_name: list[Found] = field(default_factory=list)
    with_phone: int = 0
    truncated: bool = False


def gather(asks: Asks, subjects: Sequence[Subject]) -> list[Gathered]:
    """Candidates of each subject, in the order of the subjects; all searches in one transaction."""
    asked = [(place, by, text) for place, one in enumerate(subjects) for by, text in _texts(one)]
    answers = asks.ask_many(("find_party", {"text": text}) for _, _, text in asked)
    gathered = [Gathered(one) for one in subjects]
    for (place, by, _), answer in zip(asked, answers, strict=True):
        into = gathered[place]
        into.truncated |= by == "name" and answer.basis.truncated
        for row in answer.rows:
            if _fits(row, by, into.subject):
                found = into.found.setdefault(row["key"], Found(row))
                found.by.add(by)
                found.called |= dict.fromkeys(filter(None, (row["name"], _called(row, by))))
                into.with_phone += by == "phone"
                if by == "name":
                    into.with_name.append(found)
    return gathered


def read_cards(asks: Asks, found: Iterable[Found]) -> None:
    """Read what the cards of some candidates say of birth and sex."""
    wanted = list(found)
    answers = asks.ask_many(("party_card", {"key": one.key}) for one in wanted)
    for one, answer in zip(wanted, answers, strict=True):
        # what was heard last stands last
        for row in answer.rows:
            one.born_on = _day(row["facts"].get("birth_on")) or one.born_on
            one.sex = row["facts"].get("sex") or one.sex


def _texts(subject: Subject) -> Iterable[tuple[str, str]]:
    for key in subject.keys:
        yield "number", key
    for key in subject.phones:
        yield "phone", key
    if not subject.name:
        return
    if subject.tail:
        yield "tail", f"{subject.name} {subject.tail}"
    if subject.village:
        yield "place", f"{subject.name} {_place(subject.village)}"
    yield "name", subject.name


def _fits(row: dict[str, Any], by: str, subject: Subject) -> bool:
    labels = row["labels"] or []
    kind = subject.kind or ("household" if subject.name.endswith("户") else None)
    is_household, is_person = _HOUSEHOLD in labels, _PERSON in labels
    if is_household != (kind == "household") or (kind == "person") > is_person:
        return False
    if kind == "organisation" and is_person:
        return False
    if by in ("number", "phone"):
        return bool(row["match"] == {"number": "key", "phone": "phone"}[by])
    # a name is also the name of a village or begins a code; nobody is looked for by that here
    return row["match"] in ("name", "begin", "part", "sound", "near", "household")


def _called(row: dict[str, Any], by: str) -> str | None:
    return row["matched"] if by not in ("number", "phone") else None


def _place(village: str) -> str:
    bare = village
    for body in _VILLAGE_BODIES:
        bare = bare.removesuffix(body)
    return bare if bare.endswith(_PLACE_ENDINGS) else f"{bare}村"


def _day(told: Any) -> date | None:
    if told is None or isinstance(told, date):
        return told
    return date.fromisoformat(str(told))
