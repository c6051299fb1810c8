"""Papers on a form: one document with its number, date, issuer and reader, and what it settles.

A tick is no document.  Facts that one paper settles stand together, and what the paper says of
itself is asked once for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.security.acting import ACTORS
from queries.eligibility import Decision
from queries.eligibility.facts.catalogue import FactSpec, catalogue
from queries.eligibility.facts.paper import PARTICULARS, Paper
from queries.eligibility.rules.first_loan import definitions

__all__ = ["Document", "Laid", "documents", "documents_of", "read_form", "without_particulars"]

#: Joins a particular and the document that it is of, in the name of a field.
_OF = "@"
#: An amount as it is typed; an exponent is none, and could name a number without end.
_YUAN = re.compile(r"-?[0-9]{1,14}(\.[0-9]{0,6})?")
#: How a field says that a document bears no number.
NO_NUMBER = ("无", "无编号", "没有")


@dataclass(frozen=True)
class Document:
    """One paper, and the facts that it can bring."""

    name: str
    facts: tuple[FactSpec, ...]

    def field(self, particular: str) -> str:
        """Name of the field of one of its particulars."""
        return f"{particular}{_OF}{self.name}"


@dataclass(frozen=True)
class Laid:
    """What a form brings.

    Attributes:
        typed: every field as it was typed, to be shown again.
        papers: facts as the office takes them, by name.
    """

    typed: dict[str, str]
    papers: dict[str, dict[str, Any]]


def read_form(form: Mapping[str, str]) -> Laid:
    """The papers of a form; a field left empty is none, and so is who sends it."""
    typed = {name: value for name, value in form.items() if value and name not in ACTORS}
    papers = {}
    for name, value in typed.items():
        spec = catalogue().own.get(name)
        if _OF in name:
            continue
        told: dict[str, Any] = {"value": _in_fen(spec, value)}
        for particular in PARTICULARS:
            if spec is not None and (word := typed.get(f"{particular}{_OF}{spec.paper}")):
                told[particular] = word
        if told.get("reference") in NO_NUMBER:
            told["reference"] = "无编号"
        papers[name] = told
    return Laid(typed, papers)


def without_particulars(papers: Mapping[str, Paper]) -> dict[str, tuple[str, ...]]:
    """Documents that are ticked and do not say who, when, which: what each lacks, in Chinese."""
    found: dict[str, tuple[str, ...]] = {}
    for name, paper in papers.items():
        if paper.lacking:
            found[catalogue().facts[name].paper or name] = paper.lacking
    return found


def documents(decisions: Iterable[Decision]) -> list[Document]:
    """Papers that could still bring something, those that most products ask for first."""
    asked: dict[str, int] = {}
    defined = [name for item in definitions().values() for name in item.facts]
    for decision in decisions:
        for name in {*decision.version.facts, *defined}:
            fact = decision.case.facts.get(name)
            if fact is None or fact.value is None or fact.paper:
                asked[name] = asked.get(name, 0) + 1
    together: dict[str, list[FactSpec]] = {}
    for name in sorted(asked, key=lambda one: (-asked[one], one)):
        spec = catalogue().facts[name]
        if spec.paper:
            together.setdefault(spec.paper, []).append(spec)
    return [Document(name, tuple(facts)) for name, facts in together.items()]


def documents_of(record: Mapping[str, Any], specs: Mapping[str, FactSpec]) -> list[dict[str, Any]]:
    """The papers that a kept decision rests on, each once, with what it settled."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for name, told in record["inputs"].items():
        if not told["paper"] or told.get("implied_by"):
            continue
        spec = specs[name]
        title = spec.paper or spec.term
        said = {
            "title": title,
            "reference": told["source"].removeprefix(title).strip(),
            "stated_on": told["stated_on"] or "",
            "issuer": told.get("issuer", ""),
            "seen_by": told.get("seen_by", ""),
        }
        found.setdefault(tuple(said.values()), {**said, "terms": []})["terms"].append(spec.term)
    return list(found.values())


def _in_fen(spec: FactSpec | None, value: str) -> str:
    """Money is typed in yuan and kept in fen; what is no number is refused where it is read."""
    if spec is None or spec.type != "money":
        return value
    plain = value.replace(",", "")
    return str(int(Decimal(plain) * 100)) if _YUAN.fullmatch(plain) else value
