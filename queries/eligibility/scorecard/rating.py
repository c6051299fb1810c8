"""What the card says of one farmer, beside the grade that was given, and what it may not look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from queries.basis import Basis
from queries.eligibility.decisions.decide import Case
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.fact import NOT_COLLECTED, Fact
from queries.eligibility.scorecard.card import Card, Score, load_card, review_due, score
from queries.eligibility.scorecard.village import check_household
from queries.eligibility.verdict import Verdict

__all__ = ["Rating", "rate"]


@dataclass(frozen=True)
class Rating:
    """One farmer's rating.

    Attributes:
        facts: what the items were scored from, by name; nothing that is barred is among them.
        stated: the grade that was given to the household, with its day; `review_on` is when it
            must be reviewed, None where no day is known.
        household: whether the household can be a 信用户, with each requirement in words.
    """

    party: str
    card: Card
    score: Score
    facts: dict[str, Fact]
    stated: Fact
    review_on: date | None
    household: Verdict
    requirements: tuple[tuple[str, Verdict], ...]
    basis: Basis

    @property
    def overdue(self) -> bool:
        """Whether the yearly review of the grade is due."""
        return self.review_on is not None and self.review_on <= self.basis.as_of

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        specs = catalogue().facts
        return {
            "party": self.party,
            "low": self.score.low,
            "high": self.score.high,
            "grade": self.score.grade,
            "sum": {
                "low": self.score.sum_low,
                "high": self.score.sum_high,
                "full": self.score.full,
                "full_without": self.score.full_without,
            },
            "items": [
                {
                    "id": one.item.id,
                    "term": one.item.term,
                    "applies": one.applies,
                    "points": one.points,
                    "least": one.least,
                    "most": one.most,
                    "full": one.item.most,
                    "facts": {
                        name: {
                            "value": fact.value,
                            "source": fact.source,
                            "stated_on": fact.stated_on and fact.stated_on.isoformat(),
                            "reason": fact.reason,
                        }
                        for name in one.item.looks_at
                        for fact in (self.facts[name],)
                    },
                }
                for one in self.score.items
            ],
            "missing": [
                {"fact": name, "term": specs[name].term, "how": specs[name].obtain.how}
                for name in self.score.missing
            ],
            "not_used": [barred.model_dump() for barred in self.card.not_used],
            "stated": {
                "grade": self.stated.value,
                "source": self.stated.source,
                "stated_on": self.stated.stated_on and self.stated.stated_on.isoformat(),
                "review_on": self.review_on and self.review_on.isoformat(),
                "overdue": self.overdue,
            },
            "credit_household": {
                "verdict": self.household.value,
                "requirements": [
                    {"wording": wording, "verdict": verdict.value}
                    for wording, verdict in self.requirements
                ],
            },
            "basis": self.basis.as_dict(),
        }


def rate(case: Case, card: Card | None = None) -> Rating:
    """Rate a farmer from what was gathered of them; hints about others are not looked at."""
    chosen = card or load_card()
    asked = {name for item in chosen.used for name in item.looks_at}
    facts = {name: case.facts.get(name, NOT_COLLECTED) for name in sorted(asked)}
    stated = case.facts.get("credit_grade", NOT_COLLECTED)
    day = stated.stated_on
    verdict, requirements = check_household(case.facts)
    return Rating(
        party=case.party,
        card=chosen,
        score=score(facts, chosen),
        facts=facts,
        stated=stated,
        review_on=None if day is None else review_due(day, chosen.review_months),
        household=verdict,
        requirements=requirements,
        basis=Basis(
            case.as_of, case.known_at, case.position, rules=f"{chosen.title} {chosen.name}"
        ),
    )
