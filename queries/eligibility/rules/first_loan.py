"""Definitions of a first loan (首贷) as data, and what each says of a party.

That our graph holds no loan is never a yes: other banks' loans are not in it.  A loan in it is a
no, whoever else is asked; only a credit-bureau answer can say yes, and it is named with its date.
Being a guarantor is no loan under any definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from graph.plain_yaml import read_yaml
from queries.coded import Coded
from queries.eligibility.facts.catalogue import in_use
from queries.eligibility.facts.fact import Fact
from queries.eligibility.rules.condition import Certainty
from queries.rule_file import Strict

__all__ = [
    "FIRST_LOAN",
    "Definition",
    "FirstLoan",
    "Said",
    "compare_definitions",
    "definitions",
    "disagreements",
]

#: Id of the condition that a definition becomes in a product.
FIRST_LOAN = "first_loan"


#: Whose word an answer is; None while there is none.
AnswerOf = Literal["graph", "report", "paper", "several"] | None


class Said(Coded):
    """What a definition says of a party."""

    YES = "是首贷"
    NO = "不是首贷"
    UNKNOWN = "尚不能确定"
    NOT_APPLICABLE = "不适用"


class Definition(Strict):
    """One definition: a first loan is one for whose taker all of `facts` are no."""

    id: str
    title: str
    wording: str
    facts: tuple[str, ...] = Field(min_length=1)
    for_whom: tuple[str, ...]
    basis: str
    certainty: Certainty
    source: str

    @model_validator(mode="after")
    def _refuse_typos(self, info: ValidationInfo) -> Self:
        known = in_use(info).own
        for name in self.facts:
            if name not in known or known[name].type != "flag":
                raise ValueError(f"{self.id}: {name} is no yes-or-no fact of a party's own")
        if set(self.for_whom) - set(known["party_kind"].values):
            raise ValueError(f"{self.id}: unknown kind among {self.for_whom}")
        return self

    def condition(self) -> dict[str, Any]:
        """As a condition of a product."""
        leaves = [{"fact": name, "operator": "is", "value": False} for name in self.facts]
        return {
            "id": FIRST_LOAN,
            "test": leaves[0] if len(leaves) == 1 else {"all": leaves},
            "wording": f"首贷（口径：{self.title}）",
            "basis": self.basis,
            "certainty": self.certainty,
            "source": self.source,
            "steps": [{"text": "有过贷款的，可改为申请不限首贷的产品", "days": 0}],
        }


@dataclass(frozen=True)
class FirstLoan:
    """What one definition says of a party.

    Attributes:
        answered_by: the source, or the document with its number, whose word it is; empty while
            unknown.
        answer_of: of what kind that word is: records of the graph, a credit report that a source
            brought, a paper of an officer; `several` where it took more than one.
        stated_on: the day of that word (of a report; of the loan that says no).
        missing: facts without which it cannot be said.
    """

    definition: str
    title: str
    said: Said
    answered_by: str
    stated_on: date | None
    missing: tuple[str, ...]
    answer_of: AnswerOf = None


@cache
def definitions() -> Mapping[str, Definition]:
    """All definitions, by name."""
    text = (files("queries.eligibility.rules") / "first_loan.yaml").read_text(encoding="utf-8")
    stated = read_yaml(text)["definitions"]
    return {name: Definition.model_validate({"id": name, **told}) for name, told in stated.items()}


def compare_definitions(
    facts: Mapping[str, Fact], defined: Iterable[Definition] | None = None
) -> tuple[FirstLoan, ...]:
    """What every definition says of the same party, to be shown side by side."""
    return tuple(_say(d, facts) for d in (definitions().values() if defined is None else defined))


def disagreements(answers: tuple[FirstLoan, ...]) -> tuple[tuple[str, str], ...]:
    """Pairs of definitions of which one says yes and the other no."""
    yes = [item.title for item in answers if item.said is Said.YES]
    no = [item.title for item in answers if item.said is Said.NO]
    return tuple((a, b) for a in yes for b in no)


def _say(definition: Definition, facts: Mapping[str, Fact]) -> FirstLoan:
    kind = facts["party_kind"].value if "party_kind" in facts else None
    held = {name: facts[name] for name in definition.facts if name in facts}
    proven = [fact for fact in held.values() if fact.value is True]
    missing = tuple(n for n in definition.facts if n not in held or held[n].value is None)
    if kind is not None and kind not in definition.for_whom:
        return FirstLoan(definition.id, definition.title, Said.NOT_APPLICABLE, "", None, ())
    if proven:
        said, by, missing = Said.NO, proven, ()
    elif missing:
        said, by = Said.UNKNOWN, []
    else:
        said, by = Said.YES, list(held.values())
    # of several words that it takes, the oldest date is how old the answer is
    days = [fact.stated_on for fact in by if fact.stated_on is not None]
    sources = "、".join(dict.fromkeys(fact.said_by for fact in by))
    return FirstLoan(
        definition.id,
        definition.title,
        said,
        sources,
        min(days, default=None),
        missing,
        _answer_of(by),
    )


def _answer_of(by: Iterable[Fact]) -> AnswerOf:
    kinds: set[AnswerOf] = {
        "paper" if fact.paper else "report" if fact.reference else "graph" for fact in by
    }
    return next(iter(kinds), None) if len(kinds) < 2 else "several"
