"""What the borrower page shows of one party: its answers, risk, decisions, score, structure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from queries import Answer, RiskAnswer
from queries.adverse import Adverse
from queries.eligibility import Decision, decide_all
from queries.eligibility.scorecard import Rating, rate
from queries.reader import Reader
from queries.structure import AssociationHint, GuaranteePosition, Owners

__all__ = ["PartyFile", "read_party_file"]

_QUESTIONS = (
    "party_card",
    "household_members",
    "household_exposure",
    "loans",
    "guarantees_given",
    "guarantees_received",
    "legal_representative_firms",
    "cooperative_members",
    "list_entries",
    "records",
    "neighbourhood",
    "adverse_records",
)


@dataclass(frozen=True)
class PartyFile:
    """All that the borrower page shows of one party.

    Attributes:
        card: what is said of the party itself, whose word counts first.
        applicant: who would apply: the party, of a household its householder; None where neither
            is known.
        adverse: own adverse records of every kind, and which sources were looked at.
        where: town and village, as far as they are known.
        decisions, rating: of the applicant; rating None for who is no member of a household.
    """

    key: str
    name: str | None
    answers: dict[str, Answer]
    card: list[dict[str, Any]]
    risk: RiskAnswer
    adverse: Adverse
    where: str | None
    applicant: str | None
    decisions: tuple[Decision, ...]
    rating: Rating | None
    standing: GuaranteePosition
    owners: Owners | None
    hints: tuple[AssociationHint, ...]


def read_party_file(reader: Reader, key: str) -> PartyFile:
    """Everything about one party; raises `NotFoundError` for one that does not exist."""
    risk = reader.risk(key)
    asked = [*((name, {"key": key}) for name in _QUESTIONS), ("find_party", {"text": key})]
    *told, found = reader.ask_many(asked)
    answers = dict(zip(_QUESTIONS, told, strict=True))
    adverse = answers.pop("adverse_records")
    applicant = _applicant(key, answers)
    # the grade is made of what the village collected; a loan waits for the applicant's signature
    case = reader.case(applicant, graded=True) if applicant else None
    structure = reader.structure()
    card = answers["party_card"].rows
    return PartyFile(
        key=key,
        name=risk.name,
        answers=answers,
        card=reader.whose_word_first(card),
        risk=risk,
        adverse=reader.adverse(key, labels=card[0]["labels"] if card else (), answer=adverse),
        where=_where(found.rows),
        applicant=applicant,
        decisions=decide_all(case.without_consent(), reader.products.values()) if case else (),
        rating=rate(case, reader.card) if case and answers["household_members"].rows else None,
        standing=structure.guarantee_position(key),
        owners=structure.owners(key),
        hints=structure.hints_about(key),
    )


def _where(found: list[dict[str, Any]]) -> str | None:
    return "".join(row[name] or "" for row in found[:1] for name in ("town", "village")) or None


def _applicant(key: str, answers: Mapping[str, Answer]) -> str | None:
    """Who would apply for a loan: a household's householder, else the party itself."""
    card = answers["party_card"].rows
    if not card:
        return None
    if "Household" not in card[0]["labels"]:
        return key
    heads = (
        row["member_key"]
        for row in answers["household_members"].rows
        if row["role"] == "householder"
    )
    return next(heads, None)
