"""The facts that a condition may ask for, as data (`facts.yaml`): term, type, where each is read.

A new source needs no code here: a line under `reads` names the kind and the property that it
brings.  A fact without reads can be had on paper only, and says from which document.  A name that
the schema does not know, or a reading that would turn somebody else's record into a ground
against the party, is refused when the catalogue is loaded.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from graph.errors import InputError
from graph.plain_yaml import read_yaml
from graph.schema import SCHEMA
from queries.eligibility.facts.fact import Value
from queries.rule_file import Strict

__all__ = [
    "Catalogue",
    "FactSpec",
    "Filter",
    "Obtain",
    "Read",
    "Whose",
    "catalogue",
    "in_use",
    "read_catalogue",
]

#: Whose records a fact is read from: the party's, its household's (the household itself), the
#: other members', the spouse's; `guaranteed` are those for whom the party stands, hints only.
Whose = Literal["party", "household", "members", "spouse", "guaranteed"]

#: Loans, and nothing else, may be read of other members and of a spouse: the household is the
#: unit of credit.  A listing or a penalty of theirs is no ground against the party.
_UNIT_OF_CREDIT = frozenset({"BORROWED"})

_OF_A_PROPERTY = frozenset({"latest", "sum", "years", "years_left", "months_left", "best"})


class Filter(Strict):
    """Which of the things read count; one whose property is unknown counts perhaps.

    `not_yet` and `past` compare a date with the day asked about, an empty one is not yet;
    `before_first` compares with the day before which history counts, `by_first` lets that day
    itself count as well (a report asked for on it); `tied_to` names a party (`institution`: who
    asks) at the other end of a tie of the thing.  `not_zero` is met by a sum of which nobody says
    that it is nothing, and left open by a zero: a loan of balance 0 whose settlement nobody states
    is not proven open, and not proven settled.  `mentions` is met by a text in which one of the
    values stands, `given` by any value, and `asked_for` by a credit report that the party asked for itself, or this
    institution under this consent.
    """

    property: str
    operator: Literal[
        "one_of", "none_of", "more_than", "not_yet", "before_first", "by_first", "tied_to",
        "not_zero", "mentions", "given", "asked_for",
    ]  # fmt: skip
    value: tuple[str, ...] | int | Literal["institution"] | None = None


class Read(Strict):
    """One way to a fact.

    Attributes:
        kind: a kind of the thing at the other end of `through`, or of the party itself.
        through: the tie; `way` is its direction as seen from the party.
        whose: over the fact's own, to read the party's own and its household's in turn.
        take: `latest` value of `property`; `exists`, `count`, `sum` of the things that count;
            `share` of those counted by `where`; `years` since a date, `years_left` and
            `months_left` until the last of several; `best` by the order of the fact's values;
            `agreed`: what several `properties` all say; `label`; `target` of a tie.
        divided_by: the property by which a ratio divides.
        over: for a flag, that the latest number is more than this.
        means: what a value of the source is in words of the fact; one not listed says nothing.
        document: what the source is a copy of, and the property that holds its number (`number`).
        fresh_days: a statement older than this says nothing any more (a credit report).
        complete: a source (`source`, or one table of it, `source/table`) whose whole list, once
            taken in, makes absence a no (a zero).
        complete_days: for so many days after it was taken in; a list of years ago says nothing of
            today.
        ends: labels of parties, where only ties from one of those count; of a `share`, those that
            are its part.
        without: why absence is not a no.
    """

    kind: str
    through: str | None = None
    way: Literal["out", "in"] = "out"
    whose: Literal["party", "household"] | None = None
    take: Literal[
        "latest", "exists", "count", "share", "sum", "years", "years_left", "months_left",
        "best", "agreed", "label", "target",
    ]  # fmt: skip
    property: str | None = None
    properties: tuple[str, ...] = ()
    divided_by: str | None = None
    where: tuple[Filter, ...] = ()
    of_those: tuple[Filter, ...] = ()
    over: int | None = None
    means: dict[str, bool | int | str] = Field(default_factory=dict)
    document: str = ""
    number: str | None = None
    fresh_days: int | None = Field(default=None, gt=0)
    complete: str | None = None
    complete_days: int | None = Field(default=None, gt=0)
    ends: tuple[str, ...] = ()
    without: Literal["not_collected", "no_bureau_answer"] = "not_collected"

    # methods both: a field is named `property`
    def used(self) -> frozenset[str]:
        """Properties that it looks at."""
        named = (self.property, self.divided_by, *self.properties)
        filters = (item.property for item in (*self.where, *self.of_those))
        return frozenset(name for name in (*named, *filters) if name)

    def about_history(self) -> bool:
        """Whether it asks what ever was, before the day asked about."""
        return any(item.operator in ("before_first", "by_first") for item in self.where)

    @model_validator(mode="after")
    def _known_to_the_schema(self) -> Self:
        if self.kind not in SCHEMA.nodes:
            raise ValueError(f"no kind is named {self.kind}")
        if self.through is not None and self.through not in SCHEMA.relationships:
            raise ValueError(f"no tie is named {self.through}")
        named = self.used() | ({self.number} if self.number else set())
        unknown = named - _columns(self.kind, self.through)
        if unknown:
            raise ValueError(f"{self.kind} has no property {sorted(unknown)}")
        if (self.property is None) == (self.take in _OF_A_PROPERTY):
            raise ValueError(f"{self.take} with property {self.property}")
        if self.take == "share" and not (self.of_those or self.ends):
            raise ValueError("a share needs of_those or ends")
        if self.complete_days is not None and self.complete is None:
            raise ValueError("complete_days of no list")
        if (self.take == "agreed") != bool(self.properties):
            raise ValueError("agreed, and nothing else, takes properties")
        if self.divided_by and self.take != "latest":
            raise ValueError("only a latest value is divided")
        return self


class Obtain(Strict):
    """How a missing fact can be had, and in how many days at the least."""

    how: str
    days: int = Field(ge=0)


class FactSpec(Strict):
    """One fact.

    Attributes:
        values: of a code, with their Chinese terms.
        hint: it is about others: it can be shown beside a verdict and never decide one.
        ground: why the law lets a fact about household or spouse count at all.
        paper: the document by which an officer can bring it; None = sources only.
        implies: what a settled value says of other facts, by value (`true`, `false`).
        needs: the consent without which it is not read: that of the party, or of its spouse.
        ask: its term as a question (有无…), for what is still to be looked into.
    """

    id: str
    term: str
    ask: str = ""
    type: Literal["flag", "integer", "money", "real", "code", "text"]
    values: dict[str, str] = Field(default_factory=dict)
    whose: Whose = "party"
    hint: bool = False
    ground: str | None = None
    reads: tuple[Read, ...] = ()
    paper: str | None = None
    obtain: Obtain
    implies: dict[bool, dict[str, bool | int | str]] = Field(default_factory=dict)
    needs: Literal["consent", "spouse_consent"] | None = None

    @model_validator(mode="after")
    def _lawful_and_whole(self) -> Self:
        if (self.type == "code") != bool(self.values):
            raise ValueError(f"{self.id}: a code, and nothing else, lists its values")
        if not (self.reads or self.paper):
            raise ValueError(f"{self.id}: neither a source nor a document brings it")
        if (self.whose == "guaranteed") and not self.hint:
            raise ValueError(f"{self.id}: what others did is a hint, not a fact of the party")
        if self.whose not in ("party", "household") and any(read.whose for read in self.reads):
            raise ValueError(f"{self.id}: a relative's record is not read as the party's own")
        if self.whose in ("members", "spouse") and not self.hint:
            if not self.ground:
                raise ValueError(f"{self.id}: say on what ground a relative's record counts")
            if {read.through for read in self.reads} - _UNIT_OF_CREDIT:
                raise ValueError(f"{self.id}: of relatives only loans may be read")
        if self.hint and self.paper:
            raise ValueError(f"{self.id}: a hint is read, not brought")
        for read in self.reads:
            for value in read.means.values():
                self.typed(value)
            if read.take == "best" and self.type != "code":
                raise ValueError(f"{self.id}: only a code has a best value")
        return self

    @property
    def question(self) -> str:
        """What is asked while it is unknown: a term that reads as a charge is asked, not said."""
        return self.ask or (f"是否{self.term}" if self.type == "flag" else self.term)

    @property
    def choices(self) -> Mapping[str, str]:
        """What can be chosen of a code or a flag: as it is kept, and as it is said."""
        return self.values if self.type == "code" else _YES_NO

    @property
    def about_history(self) -> bool:
        """Whether it is about what ever was before a day, which can be a day gone by."""
        return any(read.about_history() for read in self.reads)

    def typed(self, raw: Any) -> Value:
        """A value as this fact's type; raises `InputError` saying what is expected."""
        value = _FLAGS.get(raw, raw) if self.type == "flag" and isinstance(raw, str) else raw
        if isinstance(value, str) and self.type in ("integer", "money", "real"):
            value = _number(value)
        expected = _TYPES[self.type]
        fits = type(value) in expected and (self.type != "code" or value in self.values)
        if isinstance(value, (int, float)):
            # neither NaN nor infinite, and the same to whoever reads the record
            fits = fits and -_MOST <= value <= _MOST
        if not fits:
            allowed = "、".join(self.values) or _SAID[self.type]
            raise InputError(
                f"“{self.term}”应填{allowed}。",
                f"{self.id} takes {allowed}.",
                code="fact_type",
            )
        return value


class Catalogue(Strict):
    """All facts by name.

    Attributes:
        errands: how one document that settles several facts is had, by the document's name; None
            in a catalogue kept with a decision before errands were put together.
    """

    version: str
    facts: dict[str, FactSpec]
    errands: dict[str, Obtain] | None = None
    hash: str = ""

    @model_validator(mode="after")
    def _implied_exist(self) -> Self:
        for spec in self.facts.values():
            for told in spec.implies.values():
                for name, value in told.items():
                    if name not in self.facts:
                        raise ValueError(f"{spec.id} implies {name}, which is no fact")
                    self.facts[name].typed(value)
        return self

    @cached_property
    def own(self) -> Mapping[str, FactSpec]:
        """Those that may stand in a condition."""
        return {name: spec for name, spec in self.facts.items() if not spec.hint}

    @cached_property
    def tellers(self) -> tuple[str, ...]:
        """Those of them of which some value says something of others, by name."""
        return tuple(name for name, spec in sorted(self.own.items()) if spec.implies)

    def tellers_of(self, names: Set[str]) -> Iterator[str]:
        """Tellers among some facts, and those of which some value says something of one of them."""
        for teller in self.tellers:
            if teller in names or not names.isdisjoint(self._told_by[teller]):
                yield teller

    @cached_property
    def _told_by(self) -> Mapping[str, frozenset[str]]:
        return {
            name: frozenset().union(*(self.implied(name, value) for value in (True, False)))
            for name in self.tellers
        }

    def implied(
        self, name: str, value: Value, *, gone_by: bool = False
    ) -> Mapping[str, bool | int | str]:
        """What one fact's value says of others, and these of others again.

        `gone_by`: history is asked of a day before the one asked about; that there was no loan
        then says nothing of what is owed now.
        """
        if not isinstance(value, bool) or name not in self.facts or not self.facts[name].implies:
            return {}
        asked = (name, value, gone_by)
        if asked not in self._implied:
            self._implied[asked] = self._follow(name, value, gone_by)
        return self._implied[asked]

    @cached_property
    def _implied(self) -> dict[tuple[str, bool, bool], Mapping[str, bool | int | str]]:
        return {}

    def _follow(self, name: str, value: bool, gone_by: bool) -> dict[str, bool | int | str]:
        found: dict[str, bool | int | str] = {}
        todo: list[tuple[str, Value]] = [(name, value)]
        for cause, held in todo:
            told = self.facts[cause].implies if cause in self.facts else {}
            for other, then in told.get(held, {}).items() if isinstance(held, bool) else ():
                if other != name and other not in found:
                    found[other] = then
                    todo.append((other, then))
        if gone_by and self.facts[name].about_history:
            return {n: v for n, v in found.items() if self.facts[n].about_history}
        return found

    def telling(self, names: Iterable[str]) -> tuple[str, ...]:
        """Facts that say something of these by implication, in the order of the catalogue."""
        asked = set(names)
        return tuple(name for name in self.own if not asked.isdisjoint(self._told_by.get(name, ())))

    def only(self, names: Iterable[str]) -> Catalogue:
        """The part that a rule uses, to be kept with it, with what its facts say of each other."""
        kept = list(names)
        facts = {}
        for name in kept:
            spec = self.facts[name]
            told = {value: self.implied(name, value) for value in spec.implies}
            among = {v: {n: t for n, t in said.items() if n in kept} for v, said in told.items()}
            facts[name] = spec.model_copy(update={"implies": {v: s for v, s in among.items() if s}})
        papers = {spec.paper for spec in facts.values()}
        errands = self.errands and {n: e for n, e in self.errands.items() if n in papers}
        return Catalogue(version=self.version, facts=facts, errands=errands, hash=self.hash)


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with this version; pydantic's error when it is faulty."""
    text = (files("queries.eligibility.facts") / "facts.yaml").read_text(encoding="utf-8")
    return read_catalogue(text)


def in_use(info: ValidationInfo) -> Catalogue:
    """The catalogue that a rule is read against: the one kept with it, or the present one."""
    kept = (info.context or {}).get("catalogue")
    return kept if isinstance(kept, Catalogue) else catalogue()


def read_catalogue(text: str) -> Catalogue:
    """Parse and check a catalogue."""
    stated = {"errands": {}, **read_yaml(text)}
    facts = {name: {"id": name, **_worded(told)} for name, told in stated.pop("facts").items()}
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Catalogue.model_validate({**stated, "facts": facts, "hash": digest})


def _worded(told: Mapping[str, Any]) -> dict[str, Any]:
    """A fact's declaration with the words of the schema for the codes that it has from there.

    Raises:
        ValueError: no coded property has this name, or it has no such code.
    """
    said = dict(told)
    if (named := said.pop("codes", None)) is None:
        return said
    words = SCHEMA.codes(named)
    only = said.pop("only", words)
    if not words or not set(only) <= words.keys():
        raise ValueError(f"{named} has no codes, or not all of {only}")
    return {**said, "values": {**{code: words[code] for code in only}, **said.get("values", {})}}


def _columns(kind: str, through: str | None) -> set[str]:
    """Properties that a read of this kind can see: its own, its aspects', its ties', the tie's."""
    node = SCHEMA.nodes[kind]
    seen = {item.name for item in node.properties}
    if through is None:
        return seen
    for other in SCHEMA.nodes.values():
        if other.describes == kind:
            seen |= {item.name for item in other.properties}
    seen |= {item.name for item in SCHEMA.relationships[through].properties}
    return seen | {tie.type for tie in SCHEMA.relationships.values() if kind in tie.sources}


def _number(text: str) -> int | float | str:
    """What people write as a number, and not what Python reads besides ("1_0", "inf", "１")."""
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _BROKEN.fullmatch(text) else text


_WHOLE = re.compile(r"\s*[-+]?[0-9]{1,16}\s*")
_BROKEN = re.compile(r"\s*[-+]?[0-9]{1,16}\.[0-9]{0,16}\s*")
_MOST = 2**53 - 1


_YES_NO: Mapping[str, str] = MappingProxyType({"是": "是", "否": "否"})
_FLAGS: Mapping[str, bool] = MappingProxyType(
    {
        "true": True,
        "是": True,
        "有": True,
        "yes": True,
        "false": False,
        "否": False,
        "无": False,
        "no": False,
    }
)
_TYPES: dict[str, tuple[type, ...]] = {
    "flag": (bool,),
    "integer": (int,),
    "money": (int,),
    "real": (int, float),
    "code": (str,),
    "text": (str,),
}
_SAID = {
    "flag": "“是”或“否”",
    "integer": "整数",
    "money": "整数（分）",
    "real": "数字",
    "text": "文字",
}
