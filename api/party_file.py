"""What the borrower page shows of one party: its answers, risk, decisions, score, structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.household_file import HouseholdFile, read_household
from graph.information import InformationClass
from queries import Answer, RiskAnswer
from queries.adverse import Adverse
from queries.eligibility import Decision, decide_all
from queries.eligibility.scorecard import Rating, rate
from queries.reader import Reader
from queries.scope import Scope
from queries.structure import AssociationHint, GuaranteePosition, Owners

__all__ = ["QUESTIONS", "PartyFile", "consent_said", "read_party_file"]

_HOUSEHOLD = "household:"

#: What is asked about a party, by name.
QUESTIONS = (
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

#: Whose identity is not public: the kind of facts that says who they are, by what the key begins with.
_CARD = {"person": "Person", "household": "Household"}


@dataclass(frozen=True)
class PartyFile:
    """All that the borrower page shows of one party.

    Attributes:
        card: what is said of the party itself, whose word counts first.
        applicant: who would apply: the party, of a household its householder; None where neither
            is known.
        adverse: own adverse records of every kind, and which sources were looked at.
        where, age: town and village, full years, as far as they are known.
        household: of a household, its members with what they owe and stand for.
        loans, given, received: of the party; of a household, of its members too.
        shows_loans, shows_guarantees, shows_card: whether the reader sees all there is of them.
        consent: what was opened to the reader, in Chinese; empty where nothing needs to be.
        decisions, rating: of the applicant; rating None for who is no member of a household.
    """

    key: str
    name: str | None
    answers: dict[str, Answer]
    card: list[dict[str, Any]]
    risk: RiskAnswer
    adverse: Adverse
    where: str | None
    age: int | None
    household: HouseholdFile | None
    loans: Sequence[dict[str, Any]]
    given: Sequence[dict[str, Any]]
    received: Sequence[dict[str, Any]]
    shows_loans: bool
    shows_guarantees: bool
    shows_card: bool
    consent: str
    applicant: str | None
    decisions: tuple[Decision, ...]
    rating: Rating | None
    standing: GuaranteePosition
    owners: Owners | None
    hints: tuple[AssociationHint, ...]


def read_party_file(reader: Reader, key: str) -> PartyFile:
    """Everything about one party; raises `NotFoundError` for one that does not exist."""
    risk = reader.risk(key)
    asked = [*((name, {"key": key}) for name in QUESTIONS), ("find_party", {"text": key})]
    *told, found = reader.ask_many(asked)
    answers = dict(zip(QUESTIONS, told, strict=True))
    adverse = answers.pop("adverse_records")
    applicant = _applicant(key, answers)
    # before the case: its members' keys are looked up at once, and the applicant is one
    own = {
        name: answers[name].rows for name in ("loans", "guarantees_given", "guarantees_received")
    }
    household = None
    if key.startswith(_HOUSEHOLD):
        household = read_household(reader, key, answers["household_members"].rows, own)
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
        age=next((row["age"] for row in found.rows[:1]), None),
        household=household,
        loans=household.loans if household else own["loans"],
        given=household.given if household else own["guarantees_given"],
        received=household.received if household else own["guarantees_received"],
        shows_loans=all(reader.tells_all(kind, key) for kind in ("BORROWED", "Loan", "LoanState")),
        shows_guarantees=reader.tells_all("GUARANTEES", key),
        shows_card=_shows_card(reader, key),
        consent=consent_said(reader.scope, key),
        applicant=applicant,
        decisions=decide_all(case.without_consent(), reader.products.values()) if case else (),
        rating=rate(case, reader.card) if case and answers["household_members"].rows else None,
        standing=structure.guarantee_position(key),
        owners=structure.owners(key),
        hints=structure.hints_about(key),
    )


def consent_said(scope: Scope, key: str) -> str:
    """What a party opened to a reader, by scope and key alone: nothing of it follows from facts."""
    if scope.sees_everything or scope.institution is None:
        return ""
    classes = scope.grants.get(key)
    if not classes:
        return "未授权，只显示公开和依法可查的信息"
    terms = "、".join(one.term for one in InformationClass if one in classes)
    return f"已授权本机构{f'（{scope.purpose}）' if scope.purpose else ''}：{terms}"


def _shows_card(reader: Reader, key: str) -> bool:
    kind = _CARD.get(key.partition(":")[0])
    return kind is None or reader.tells_all(kind, key)


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
