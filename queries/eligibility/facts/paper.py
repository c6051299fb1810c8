"""What an officer has on paper: typed, dated, named; the later word stands, the other is shown.

Where a source and a paper differ, the paper stands if it is dated and the source's word is older
or bears no day (absence from a list).  What a record proves (a loan, an entry in a list) no paper
undoes: it is the record that must be corrected.  A paper without a day of its own fills gaps only.

A document that the catalogue does not name for a fact cannot bring it.  A credit report that says
"no loan" also says no bad loan, no arrears, nothing owed: such implications stand in the
catalogue and are drawn after the paper is laid down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from graph.errors import InputError
from graph.identifiers.redaction import redacted_name
from graph.time import parse_date
from queries.eligibility.facts.catalogue import Catalogue, catalogue
from queries.eligibility.facts.consent import refused
from queries.eligibility.facts.fact import Fact, Value

__all__ = ["PARTICULARS", "Paper", "apply_documents", "read_papers", "reconcile"]

#: What a document says of itself, by field.
PARTICULARS = {
    "reference": "编号",
    "stated_on": "出具日期",
    "issuer": "出具单位",
    "seen_by": "核验人",
}
_MOST_CHARACTERS = 64


@dataclass(frozen=True)
class Paper:
    """One fact brought.

    Attributes:
        stated_on: the day of the document; the day asked about where it bears none.
        reference: its number, so that it can be found again; empty where it has none.
        dated: whether the document bears that day.
        issuer: who made it out.
        seen_by: who of the institution looked at it.
    """

    value: Value
    stated_on: date
    reference: str = ""
    dated: bool = True
    issuer: str = ""
    seen_by: str = ""

    @property
    def lacking(self) -> tuple[str, ...]:
        """What it does not say of itself, in Chinese: a tick is no document."""
        said = {
            "reference": self.reference,
            "stated_on": self.dated,
            "issuer": self.issuer,
            "seen_by": self.seen_by,
        }
        return tuple(PARTICULARS[name] for name, told in said.items() if not told)


def read_papers(supplied: Mapping[str, Any], as_of: date) -> dict[str, Paper]:
    """Papers as an officer gives them.

    A value is plain (`否`), text with a day, a number, who made it out and who looked at it
    (`否@2026-03-01#报告号#征信中心#张三`), or a mapping with `value`, `stated_on`, `reference`,
    `issuer` and `seen_by`.

    Raises `InputError`: no such fact, none that paper can bring, a wrong type, a day to come, too
    long a word.
    """
    return {name: _read(name, raw, as_of) for name, raw in supplied.items()}


def apply_documents(
    facts: Mapping[str, Fact],
    papers: Mapping[str, Paper],
    *,
    gone_by: bool = False,
    known: Catalogue | None = None,
) -> dict[str, Fact]:
    """The facts with the papers beside them, and with what settled ones imply of others.

    Args:
        gone_by: history is asked of a day before the one asked about.
        known: the catalogue that says what implies what, default the present one.
    """
    chosen = known or catalogue()
    laid = dict(facts)
    for name, paper in papers.items():
        document = catalogue().facts[name].paper or ""
        source = f"{document} {paper.reference}".strip()
        brought = Fact(
            paper.value,
            source,
            paper.stated_on,
            paper=True,
            issuer=paper.issuer,
            seen_by=paper.seen_by,
        )
        laid[name] = reconcile(laid.get(name), brought, dated=paper.dated)
    laid = refused(laid)
    # by name, as a catalogue that is kept with a decision has them
    for name in sorted(chosen.own):
        cause = laid.get(name)
        # what was itself implied says no more than its cause did
        if cause is None or cause.implied_by:
            continue
        for other, value in chosen.implied(name, cause.value, gone_by=gone_by).items():
            if other not in laid or laid[other].value is None:
                laid[other] = replace(
                    cause, value=value, fact_id=None, against=None, implied_by=name
                )
    return laid


def reconcile(held: Fact | None, brought: Fact, *, dated: bool = True) -> Fact:
    """A source's word and a paper's: the one that stands, with the other where they differ."""
    if held is None or held.value is None:
        return brought
    if held.value == brought.value:
        return held
    older = held.stated_on is None or (
        brought.stated_on is not None and held.stated_on < brought.stated_on
    )
    if dated and older and not held.proven:
        return replace(brought, against=held)
    return replace(held, against=brought)


def _read(name: str, raw: Any, as_of: date) -> Paper:
    spec = catalogue().own.get(name)
    if spec is None or spec.paper is None:
        raise InputError(
            f"不能补充“{name}”："
            + ("没有这个事实。" if spec is None else "它只能由数据来源提供。"),
            f"{name} cannot be brought on paper.",
            code="fact_not_suppliable",
        )
    told = dict(raw) if isinstance(raw, Mapping) else _split(raw)
    # what is typed here is kept with the decision for good: no number of a person stays in it
    words = {part: redacted_name(str(told.get(part) or "").strip()) for part in PARTICULARS}
    if set(told) - {"value", *PARTICULARS} or "value" not in told:
        raise InputError(
            f"“{spec.term}”应写作 值、日期（stated_on）、编号（reference）、出具单位（issuer）、核验人（seen_by）。",
            f"{name} takes value, stated_on, reference, issuer and seen_by.",
            code="paper_malformed",
        )
    too_long = [PARTICULARS[part] for part, word in words.items() if len(word) > _MOST_CHARACTERS]
    if too_long:
        raise InputError(
            f"“{spec.term}”的{'、'.join(too_long)}超过 {_MOST_CHARACTERS} 个字，请写短些。",
            f"{name}: a word is longer than {_MOST_CHARACTERS} characters.",
            code="paper_malformed",
        )
    day = told.get("stated_on") or as_of
    stated_on = day if isinstance(day, date) else parse_date(str(day))
    if stated_on > as_of:
        raise InputError(
            f"“{spec.term}”的日期 {stated_on} 晚于查询日 {as_of}，请核对。",
            f"The paper of {name} is dated after the day asked about.",
            code="paper_from_the_future",
        )
    value = spec.typed(told["value"])
    return Paper(
        redacted_name(value) if isinstance(value, str) else value,
        stated_on,
        words["reference"],
        dated=bool(told.get("stated_on")),
        issuer=words["issuer"],
        seen_by=words["seen_by"],
    )


def _split(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, str):
        return {"value": raw}
    rest, *words = raw.split("#", 3)
    value, _, day = rest.partition("@")
    parts = dict(zip(("reference", "issuer", "seen_by"), words, strict=False))
    return {"value": value, "stated_on": day or None, **parts}
