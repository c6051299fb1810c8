"""What the card says of one farmer, beside the grade that was given, and what it may not look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from queries.basis import Basis
from queries.eligibility.decisions.decide import Case
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
        basis=Basis.of(case, rules=f"{chosen.title} {chosen.name}"),
    )
