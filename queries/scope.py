"""Who asks, and what is open to them.  Pure; it knows no users, clients or consents.

A fact is seen where its class of information is public, or where both hold:

- the reader works where it belongs: some party that it is about is located in one of the divisions
  (by a live tie of certainty 1), or the reader works in the whole district;
- it is open: its class is open to the reader's role, or everybody whom it is about opened it.

Whom a fact is about is declared (`Schema.about`): a version of a party, that party; a tie, the
parties at the ends that it is about.  A thing that stands in such a place, or that a version
describes, stands for its owners: the parties tied to it by a live tie of certainty 1 that is about
them.  One owner is enough: a borrower may show his own loan, whoever signed beside him.

This is the definition, one fact at a time.  It has two renderings, for tables (`queries.visible`)
and in Cypher; the answer through a scope is the answer over a world cut down to what is seen, and
tests hold the three together (`bench.scope.differential`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graph.information import InformationClass
from graph.schema import SCHEMA
from graph.vocabulary import Node
from queries.owning import owning_kinds

__all__ = ["ADMINISTRATOR", "WITHHELD", "Grants", "Scope"]

#: What a reader is told from whom something may be withheld.  Not how much: a count tells of whoever
#: is counted, and beside one party it tells of that party.
WITHHELD = "按权限只显示可查看的信息"

#: Province, city and county, town, village (GB/T 2260 and the statistical codes below it).
_DIVISION = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")
_DIVISION_KEY = "division:"


class Grants(dict[str, frozenset[str]]):
    """Party -> classes that it opened, with what follows from it, worked out once: all who ask for
    one institution share it.  Nothing is put into it after it was made."""

    @cached_property
    def kinds(self) -> dict[str, list[str]]:
        """Party -> kinds of facts that it opened."""
        return {party: _kinds_of(frozenset(classes)) for party, classes in self.items()}

    @cached_property
    def opened(self) -> dict[str, list[str]]:
        """Kind of facts -> names of the groups of parties that opened it."""
        found: dict[str, list[str]] = {}
        for kinds, group in self._groups.items():
            for kind in kinds:
                found.setdefault(kind, []).append(group)
        return found

    @cached_property
    def texts(self) -> dict[str, str]:
        """The name of a group with the end of keys (`ending`) -> those keys, each on a line.

        As texts, since they go along with every question: a hundred thousand keys are written in a
        millisecond, as a map in a fifth of a second.  In parts, so that one is soon found.
        """
        # one list of kinds is one object for all who opened the same classes
        alike = {id(kinds): self._groups.get(tuple(kinds)) for kinds in self.kinds.values()}
        parts: dict[str, list[str]] = {}
        for party, kinds in self.kinds.items():
            if group := alike[id(kinds)]:
                parts.setdefault(group + self._end(party), []).append(party)
        return {part: _lines(parties) for part, parties in parts.items()}

    @cached_property
    def ending(self) -> int:
        """By how many characters at the end of a key parties are parted: each part is some hundreds."""
        return sum(len(self.kinds) > many for many in _MANY)

    def _end(self, party: str) -> str:
        return party[len(party) - self.ending :] if self.ending < len(party) else party

    @cached_property
    def _groups(self) -> dict[tuple[str, ...], str]:
        """The lists of kinds that somebody opened -> name of those who did."""
        alike = {id(kinds): tuple(kinds) for kinds in self.kinds.values() if kinds}
        return {kinds: f"{number}:" for number, kinds in enumerate(dict.fromkeys(alike.values()))}

    @cached_property
    def digest(self) -> str:
        """Names what is opened: the same of any two that open the same kinds."""
        return f"{self._sum:064x}"

    def changed(self, classes: Mapping[str, frozenset[str]]) -> Grants:
        """The same but for some parties, of whom these classes are open; none: nothing any more.

        What follows is carried on, so that one of a hundred thousand costs little.
        """
        made, kinds = Grants(self), {**self.kinds}
        groups, texts = {**self._groups}, {**self.texts}
        total = self._sum
        for party, each in classes.items():
            if party in kinds:
                total -= _named(party, kinds[party])
                if group := groups.get(tuple(kinds.pop(party))):
                    part = group + self._end(party)
                    texts[part] = texts[part].replace(f"\n{party}\n", "\n")
                del made[party]
            if each:
                made[party], kinds[party] = each, _kinds_of(frozenset(each))
                total += _named(party, kinds[party])
                if kinds[party]:
                    group = groups.setdefault(tuple(kinds[party]), f"{len(groups)}:")
                    part = group + self._end(party)
                    texts[part] = texts.get(part, "\n") + _lines([party])[1:]
        made.__dict__.update(kinds=kinds, _groups=groups, _sum=total % _MODULUS)
        if made.ending == self.ending:
            made.__dict__.update(texts=texts)
        return made

    @cached_property
    def _sum(self) -> int:
        """The sum of what names each party with its kinds: in whatever order they come."""
        return sum(_named(party, kinds) for party, kinds in self.kinds.items()) % _MODULUS


_MODULUS = 1 << 256

#: Beyond so many parties their keys, which end in one of sixteen characters or more, are parted by one
#: character more.
_MANY = (500, 8_000)


def _lines(parties: list[str]) -> str:
    """Each on a line of its own, with an end of a line before it too."""
    text = "\n".join(["", *parties, ""])
    if text.count("\n") != len(parties) + 1:
        raise ValueError("a key of a party is one line")
    return text


def _named(party: str, kinds: list[str]) -> int:
    if not kinds:
        return 0
    told = hashlib.sha256(f"{party}\t{','.join(kinds)}".encode()).digest()
    return int.from_bytes(told, "big")


@dataclass(frozen=True)
class Scope:
    """What a reader may see.

    Attributes:
        name: in Chinese, as the basis of an answer says it (`said`).
        divisions: codes of the divisions that they work in, each with all within it; None for the
            whole district.
        institution: key of the institution that they ask for; None where they ask for none.
        purpose: why they ask, in Chinese; empty where none is stated.
        open_classes: information classes that need no consent for this reader; None for all.
        grants: party -> classes that it opened to this institution for this purpose.

    Raises:
        ValueError: a division that is no code, a class that there is none of, or no name.
    """

    name: str
    divisions: tuple[str, ...] | None = None
    institution: str | None = None
    purpose: str = ""
    open_classes: frozenset[str] | None = None
    grants: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a scope has a name: answers say it")
        wrong = [code for code in self.divisions or () if not _DIVISION.fullmatch(code)]
        if wrong:
            raise ValueError(f"{wrong}: a division is a code of 2, 4, 6, 9 or 12 digits")
        stated = {*(self.open_classes or ())}.union(*self.grants.values())
        if unknown := stated - {*InformationClass}:
            raise ValueError(f"{sorted(unknown)}: no class of information is called so")

    @cached_property
    def sees_everything(self) -> bool:
        """Whether nothing is withheld."""
        return self.divisions is None and self.open_kinds == {item.kind for item in SCHEMA.kinds}

    @cached_property
    def is_of_the_office(self) -> bool:
        """Whether it is the credit office's: the whole district, and what departments and the office
        itself keep of their work is open."""
        opened = self.open_classes
        return self.divisions is None and (
            opened is None or InformationClass.ADMINISTRATION in opened
        )

    @cached_property
    def said(self) -> str:
        """For whom an answer is, as its basis says it: the name, for which purpose, and that something
        is withheld.

        The same words whether or not anything was withheld from this one answer.
        """
        if self.sees_everything:
            return self.name
        why = f"用途：{self.purpose}；" if self.purpose else ""
        return f"{self.name}（{why}{WITHHELD}）"

    @cached_property
    def id(self) -> str:
        """Names what is seen: scopes of one id see the same facts, whoever asks and why."""
        if self.sees_everything:
            return "everything"
        stated = {
            "areas": self.areas,
            "open": sorted(self.open_kinds),
            "granted": self._grants.digest,
        }
        return hashlib.sha256(json.dumps(stated).encode()).hexdigest()[:24]

    def sees(
        self,
        kind: str,
        subjects: Iterable[Collection[str]],
        places: Mapping[str, Collection[str]],
    ) -> bool:
        """Whether a fact is seen.

        Args:
            kind: of the fact.
            subjects: whom it is about: for each end, or for the thing described, the parties of
                whom one must have opened it (a party itself, or the owners of a thing).
            places: party -> keys of the divisions that it is located in.
        """
        if SCHEMA.information(kind).is_public:
            return True
        groups = [frozenset(group) for group in subjects]
        if self.areas is not None and not any(
            self._covers(place)
            for group in groups
            for party in group
            for place in places.get(party, ())
        ):
            return False
        return kind in self.open_kinds or (
            bool(groups)
            and all(any(kind in self.granted.get(party, ()) for party in group) for group in groups)
        )

    def tells_all(self, kind: str, party: str, places: Mapping[str, Collection[str]]) -> bool:
        """Whether every fact of a kind about a party is seen, whomever else it is about.

        Only then does the absence of one mean anything: what is withheld is unknown, not absent.
        """
        if SCHEMA.information(kind).is_public:
            return True
        declared = SCHEMA.kind(kind)
        alone = isinstance(declared, Node) or len(SCHEMA.about(declared)) == 1
        return (kind in self.open_kinds or alone) and self.sees(kind, [[party]], places)

    def parameters(self) -> dict[str, Any]:
        """What the questions that look at what is seen are given (`queries.seen`).

        `open`: kinds that need nobody's consent; `owning`: kinds of ties that make a party an owner;
        `opened`: kind -> groups of parties that opened it, a hundred thousand consents are alike;
        `granted`: the keys of each group, in parts by the `ending` of a key (`Grants.texts`).
        """
        return self._parameters

    @cached_property
    def _parameters(self) -> dict[str, Any]:
        return {
            "open": sorted(self.open_kinds),
            "owning": [*owning_kinds()],
            "opened": self._grants.opened,
            "granted": self._grants.texts,
            "ending": self._grants.ending,
            # one is named twice: the engine keeps a plan for one alone, and another one for several
            "areas": None if self.areas is None else [*self.areas, *self.areas[:1]],
        }

    @cached_property
    def public_kinds(self) -> frozenset[str]:
        """Kinds of facts that are open to everybody, wherever they work."""
        return frozenset(
            item.kind for item in SCHEMA.kinds if SCHEMA.information(item.kind).is_public
        )

    @cached_property
    def open_kinds(self) -> frozenset[str]:
        """Kinds of facts that need nobody's consent."""
        return self.public_kinds.union(
            item.kind
            for item in SCHEMA.kinds
            if self.open_classes is None or SCHEMA.information(item.kind) in self.open_classes
        )

    @cached_property
    def granted(self) -> dict[str, list[str]]:
        """Party -> kinds of facts that it opened."""
        return self._grants.kinds

    @cached_property
    def _grants(self) -> Grants:
        return self.grants if isinstance(self.grants, Grants) else Grants(self.grants)

    @cached_property
    def areas(self) -> tuple[str, ...] | None:
        """What the key of a division begins with that they work in; None for the whole district."""
        if self.divisions is None:
            return None
        return tuple(sorted({_DIVISION_KEY + _significant(code) for code in self.divisions}))

    def _covers(self, division: str) -> bool:
        return self.areas is None or division.startswith(self.areas)


def _significant(code: str) -> str:
    """A code without the zeros that fill it up: of 610300, 宝鸡市, counties share 6103."""
    while len(code) in (4, 6) and code.endswith("00"):
        code = code[:-2]
    while len(code) in (9, 12) and code.endswith("000"):
        code = code[:-3]
    return code


def _kinds_of(classes: frozenset[str]) -> list[str]:
    found = _KINDS_OF.get(classes)
    if found is None:
        found = sorted(item.kind for item in SCHEMA.kinds if item.information in classes)
        _KINDS_OF[classes] = found
    return found


#: Consents of a portfolio are alike: what each opens is worked out once.
_KINDS_OF: dict[frozenset[str], list[str]] = {}

#: Without a log-in: whoever can reach the data folder of this machine.
ADMINISTRATOR = Scope("本机管理员：全区、全部信息类别")
