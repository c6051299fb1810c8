"""Papers on a form: one document with its number, date, issuer and reader, and what it settles.

A tick is no document.  Facts that one paper settles stand together, and what the paper says of
itself is asked once for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.security.acting import ACTORS
from queries.eligibility import Decision, Verdict
from queries.eligibility.facts.catalogue import FactSpec, catalogue
from queries.eligibility.facts.consent import CONSENTS
from queries.eligibility.facts.paper import PARTICULARS, Paper
from queries.eligibility.rules.first_loan import definitions

__all__ = [
    "Document",
    "Laid",
    "PaperGroup",
    "documents",
    "documents_of",
    "grouped",
    "plain",
    "read_form",
    "usual",
    "without_particulars",
]

#: Joins a particular and the document that it is of, in the name of a field.
_OF = "@"
#: An amount as it is typed; an exponent is none, and could name a number without end.
_YUAN = re.compile(r"-?[0-9]{1,14}(\.[0-9]{0,6})?")
#: Who makes a paper out, where it is always the same.
_MADE_OUT_BY = {
    "书面授权书": "本人",
    "配偶书面授权书": "配偶本人",
    "征信报告": "中国人民银行征信中心",
    "配偶征信报告": "中国人民银行征信中心",
    "支出说明": "本人",
    "负债情况声明": "本人",
}
#: Papers that are signed at the desk, on the day they are brought.
_AT_THE_DESK = ("书面授权书", "配偶书面授权书", "面签记录")
#: How a field says that a document bears no number.
NO_NUMBER = ("无", "无编号", "没有", "none", "None")


@dataclass(frozen=True)
class Document:
    """One paper, and the facts that it can bring."""

    name: str
    facts: tuple[FactSpec, ...]

    @property
    def is_consent(self) -> bool:
        """Whether it is a written consent, whose number says that it was given."""
        return all(spec.id in CONSENTS for spec in self.facts)

    @property
    def is_first(self) -> bool:
        """Whether nothing else is read before it: the party's own consent."""
        return any(spec.id == CONSENTS[0] for spec in self.facts)

    def field(self, particular: str) -> str:
        """Name of the field of one of its particulars."""
        return f"{particular}{_OF}{self.name}"


@dataclass(frozen=True)
class PaperGroup:
    """Papers that stand together on the form, each in the first group that has it.

    Attributes:
        title: of the product that asks for them alone; empty where several do.
        is_failed: whether the product is 不符合 whatever they say.
    """

    title: str
    papers: tuple[Document, ...]
    is_failed: bool = False


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
    said = {name: value for name, value in typed.items() if _OF not in name}
    for name in CONSENTS:
        # a written consent in the hand is what it is: its number says that it was given
        paper = catalogue().facts[name].paper
        if typed.get(f"reference{_OF}{paper}"):
            said.setdefault(name, "是")
    for name, value in said.items():
        spec = catalogue().own.get(name)
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


def usual(decisions: Iterable[Decision], seen_by: str) -> dict[str, str]:
    """What most papers say of themselves, by field, to be corrected by who has them before him.

    Only particulars: without its number, or what it says, a paper is none.

    Args:
        seen_by: who fills the form in.
    """
    found: dict[str, str] = {}
    every = list(decisions)
    for paper in documents(every):
        for particular, word in _usual_of(paper, every[0].case.as_of.isoformat()):
            found[paper.field(particular)] = word
        if seen_by:
            found[paper.field("seen_by")] = seen_by
    return found


def _usual_of(paper: Document, day: str) -> Iterator[tuple[str, str]]:
    if paper.name in _MADE_OUT_BY:
        yield "issuer", _MADE_OUT_BY[paper.name]
    if paper.name in _AT_THE_DESK:
        yield "stated_on", day


def grouped(decisions: Sequence[Decision]) -> list[PaperGroup]:
    """The same sorted by product, each paper once: those of several products first, then by product
    in the order given, those of a product that is 不符合 anyway last."""
    asks: dict[str, list[Decision]] = {}
    every = documents(decisions)
    for paper in every:
        names = {spec.id for spec in paper.facts}
        asks[paper.name] = [one for one in decisions if names.intersection(one.version.facts)]
    alive = {
        name: [one for one in those if one.verdict is not Verdict.NOT_MET]
        for name, those in asks.items()
    }
    # a definition of a first loan that no product here uses asks for its papers too
    shared = [paper for paper in every if len(alive[paper.name]) != 1 and
              (len(alive[paper.name]) > 1 or len(asks[paper.name]) != 1)]  # fmt: skip
    shared.sort(key=lambda paper: not paper.is_first)
    found = [PaperGroup("", tuple(shared))] if shared else []
    for is_failed in (False, True):
        for one in decisions:
            if (one.verdict is Verdict.NOT_MET) is not is_failed:
                continue
            own = tuple(
                paper for paper in every
                if paper not in shared and (alive[paper.name] or asks[paper.name])[0] is one
            )  # fmt: skip
            if own:
                found.append(PaperGroup(one.product.title, own, is_failed))
    return found


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


def plain(name: str, value: str) -> str:
    """A value that somebody typed, as the fact of that name takes it: fen of yuan, a code of its term."""
    spec = catalogue().own.get(name)
    if spec is not None and spec.type == "code":
        return next((code for code, term in spec.values.items() if term == value), value)
    return _in_fen(spec, value)


def _in_fen(spec: FactSpec | None, value: str) -> str:
    """Money is typed in yuan and kept in fen; what is no number is refused where it is read."""
    if spec is None or spec.type != "money":
        return value
    plain = value.replace(",", "")
    return str(int(Decimal(plain) * 100)) if _YUAN.fullmatch(plain) else value
