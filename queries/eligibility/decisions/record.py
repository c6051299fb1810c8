"""The record of a decision: what it was made of, as bytes that never change.

The record says of every input its value, source and day, of every condition its verdict and its
ground, which rules (by hash) and which state of the data, whose consent.  When it was made, and
for whom, stands beside it in the archive: the same decision made twice is one record.  Hints about
others are no part of it: they decided nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from graph.log_view import AnyLog
from graph.operations import DecisionArchive
from queries.eligibility.decisions.decide import Case, Decision, Strata, decide
from queries.eligibility.decisions.kept_rules import read_rules, rules_text, words_of
from queries.eligibility.facts.catalogue import Catalogue, FactSpec, Read, catalogue
from queries.eligibility.facts.consent import CONSENTS, close, closed
from queries.eligibility.facts.fact import NOT_COLLECTED, Fact
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.paper import apply_documents, reconcile
from queries.eligibility.facts.records import Records, records_from_log
from queries.eligibility.rules.product import canonical

__all__ = ["Gap", "Replay", "case_from", "facts_again", "keep", "record_of", "replay"]

_FORMAT = 1


@dataclass(frozen=True)
class Gap:
    """An input that would be gathered otherwise than it was."""

    fact: str
    then: Any
    now: Any


@dataclass(frozen=True)
class Replay:
    """A decision made again.

    Attributes:
        same: whether its own inputs and rules give the same bytes.
        differs: names of the parts that differ, empty when the same.
        gaps: inputs that the log would give otherwise at the record's own times; None where no
            log was asked.
    """

    id: str
    same: bool
    differs: tuple[str, ...]
    gaps: tuple[Gap, ...] | None

    @property
    def whole(self) -> bool:
        """Same bytes, and, where the log was asked, the same inputs."""
        return self.same and not self.gaps


def record_of(decision: Decision, rules: bytes, rules_id: str) -> bytes:
    """The record, canonical; `rules` is the text that `rules_id` names."""
    case, version = decision.case, decision.version
    applied = read_rules(rules)
    asked = words_of(applied.version, applied.defined)
    # what an implied fact was drawn from stands beside it: that is what was read
    drawn = {case.facts[name].implied_by for name in asked if name in case.facts} - {""}
    consent = case.facts.get("consent")
    return canonical(
        {
            "format": _FORMAT,
            "product": {
                "id": decision.product.id,
                "title": decision.product.title,
                "version": version.version,
                "hash": decision.product.hash(version),
            },
            "rules": rules_id,
            "policy": None,
            "party": case.party,
            "strata": vars(case.strata),
            "as_of": case.as_of.isoformat(),
            "known_at": case.known_at.isoformat(),
            "position": case.position,
            "log_hash": case.log_hash,
            "institution": case.institution,
            "first_loan_asof": case.first_loan_asof.isoformat(),
            "consent": None if consent is None or consent.value is not True else _input(consent),
            "inputs": {
                name: _input(case.facts.get(name, NOT_COLLECTED))
                for name in sorted({*asked, *drawn})
            },
            "verdict": decision.verdict.value,
            "conditions": [
                {
                    "id": item.condition.id,
                    "hard": item.condition.hard,
                    "verdict": item.verdict.value,
                    "wording": item.condition.wording,
                    "basis": item.condition.basis,
                    "facts": list(item.condition.facts),
                }
                for item in decision.conditions
            ],
            "settled_by": list(decision.settled_by),
            "next_steps": [
                {"condition": step.condition, "text": step.text, "days": step.days}
                for step in decision.next_steps
            ],
            "amount": {
                "fen": decision.amount.fen,
                "at_most_fen": decision.amount.at_most_fen,
                "terms": list(decision.amount.terms),
                "months": version.amount.months,
            },
            "first_loan": [
                {
                    "definition": item.definition,
                    "said": item.said.value,
                    "answered_by": item.answered_by,
                    "stated_on": item.stated_on and item.stated_on.isoformat(),
                }
                for item in decision.first_loan
            ],
        }
    )


def keep(decision: Decision, archive: DecisionArchive, *, at: datetime, by: str = "") -> str:
    """Keep a decision and its rules, and beside it who keeps it; the same again is the same record."""
    text = rules_text(decision.product, decision.version)
    record = record_of(decision, text, archive.keep_text(text))
    return archive.keep(
        record,
        party=decision.case.party,
        product=decision.product.id,
        verdict=decision.verdict.value,
        decided_at=at,
        institution=decision.case.institution or None,
        by=by,
    )


def case_from(record: bytes) -> Case:
    """The case that a record was made of."""
    told = json.loads(record)
    return Case(
        party=told["party"],
        facts={name: _fact(given) for name, given in told["inputs"].items()},
        hints={},
        papers={},
        strata=Strata(**told["strata"]),
        institution=told["institution"],
        first_loan_asof=date.fromisoformat(told["first_loan_asof"]),
        as_of=date.fromisoformat(told["as_of"]),
        known_at=datetime.fromisoformat(told["known_at"]),
        position=told["position"],
        log_hash=told["log_hash"],
    )


def replay(archive: DecisionArchive, name: str, log: AnyLog | None = None) -> Replay:
    """Make a decision again from its own inputs and rules, and compare the bytes.

    With `log`, also gather the inputs again at the record's own times.

    Raises `NotFoundError` and `OperationsError` as the archive does.
    """
    kept = archive.find(name).record
    told = json.loads(kept)
    text = archive.text(told["rules"])
    rules = read_rules(text)
    case = case_from(kept)
    again = record_of(decide(case, rules.product, rules.version, rules), text, told["rules"])
    other = json.loads(again)
    differs = tuple(part for part in sorted({*told, *other}) if told.get(part) != other.get(part))
    return Replay(
        name, again == kept, differs, None if log is None else _gaps(case, log, rules.known)
    )


def facts_again(case: Case, records: Records, known: Catalogue | None = None) -> dict[str, Fact]:
    """The facts of a record's case, gathered from other records; its papers are laid down again.

    Args:
        known: the catalogue to gather by: the one kept with the record, or the present one.
    """
    chosen = _with_causes(known or catalogue(), case)
    consents = {name: case.facts[name] for name in CONSENTS if name in case.facts}
    given = {name: fact.value is True for name, fact in consents.items()}
    found = gather(
        records,
        pa.array([case.party]),
        facts=[name for name in chosen.own if name in {*case.facts, *chosen.telling(case.facts)}],
        institution=case.institution,
        before=case.first_loan_asof,
        consent_no=_number(consents.get("consent"), chosen),
        known=chosen,
    ).facts(0)
    found = close(found, closed(chosen, given))
    papers = {name: fact for name, fact in case.facts.items() if fact.paper and not fact.implied_by}
    met = {
        name: reconcile(found.get(name), replace(fact, against=None))
        for name, fact in papers.items()
    }
    gone_by = case.first_loan_asof < case.as_of
    return apply_documents({**found, **met}, {}, gone_by=gone_by, known=chosen)


def _with_causes(known: Catalogue, case: Case) -> Catalogue:
    """The catalogue kept with a record, with what says its facts by implication.

    One that was kept before implications were kept knows none of them: the present one tells.
    """
    if known.errands is not None:
        return known
    present = catalogue()
    asked = [name for name in case.facts if name in known.facts and name in present.facts]
    causes = present.only(sorted({*asked, *present.telling(asked)}))
    facts = {
        name: spec.model_copy(
            update={
                "needs": None,
                "reads": known.facts[name].reads if name in known.facts else _as_before(spec),
            }
        )
        for name, spec in causes.facts.items()
    }
    return Catalogue(version=known.version, facts={**known.facts, **facts}, hash=known.hash)


def _as_before(spec: FactSpec) -> tuple[Read, ...]:
    """How such a fact was read when a report counted for everybody, and a balance of nothing for a
    loan that is open."""
    since = ("asked_for", "not_zero")
    return tuple(
        read.model_copy(
            update={"where": tuple(item for item in read.where if item.operator not in since)}
        )
        for read in spec.reads
    )


def _number(consent: Fact | None, known: Catalogue) -> str:
    """Number of the consent that a record was made under; empty where it had none."""
    if consent is None or consent.value is not True:
        return ""
    return consent.source.removeprefix(known.facts["consent"].paper or "").strip()


def _gaps(case: Case, log: AnyLog, known: Catalogue) -> tuple[Gap, ...]:
    now = facts_again(case, records_from_log(log, case.as_of, case.known_at), known)
    gaps: dict[str, Gap] = {}
    # what was read first: where that differs, so does what was drawn from it, and it is said once
    for name, then in sorted(case.facts.items(), key=lambda pair: bool(pair[1].implied_by)):
        again = now.get(name)
        # a paper that did not stand is no part of what the log gives
        alone = then if then.against is None else replace(then, against=None)
        if again is not None and not then.implied_by:
            # a record of before it was kept does not say what was implied
            again = replace(again, implied_by="")
        if then.paper or again == alone or (again is None and then.value is None):
            continue
        # unknown for the same reason is the same: which old word there was decides nothing
        if again is not None and again.value is then.value is None and again.reason == then.reason:
            continue
        if then.implied_by not in gaps:
            gaps[name] = Gap(name, _input(then), None if again is None else _input(again))
    return tuple(gaps.values())


def _input(fact: Fact) -> dict[str, Any]:
    told: dict[str, Any] = {
        "value": fact.value,
        "source": fact.source,
        "stated_on": fact.stated_on and fact.stated_on.isoformat(),
        "reason": fact.reason,
        "fact_id": fact.fact_id,
        "paper": fact.paper,
    }
    # only where there is one: a record of before they were kept stays the same bytes
    if fact.reference:
        told["reference"] = fact.reference
    for part in ("implied_by", "issuer", "seen_by"):
        if word := getattr(fact, part):
            told[part] = word
    if fact.against is not None:
        told["against"] = _input(fact.against)
    return told


def _fact(told: dict[str, Any]) -> Fact:
    day, against = told["stated_on"], told.get("against")
    return Fact(
        **{
            **told,
            "stated_on": None if day is None else date.fromisoformat(day),
            "against": None if against is None else _fact(against),
        }
    )
