"""Decide one product for one party: every condition, what is missing, what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from graph.errors import NotFoundError
from graph.identifiers.redaction import redacted_name
from graph.moment import Moment
from queries.basis import HINT_NOTICE, Basis
from queries.canonical_keys import CanonicalKeys
from queries.eligibility.decisions.kept_rules import Rules
from queries.eligibility.decisions.steps import NextStep, next_steps
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.consent import CLOSED, CONSENTS, close, closed
from queries.eligibility.facts.fact import Fact, LinkedHint
from queries.eligibility.facts.gather import Gathered, gather
from queries.eligibility.facts.paper import Paper, apply_documents, read_papers
from queries.eligibility.facts.records import Records, records_from_graph
from queries.eligibility.rules.amount import Amount
from queries.eligibility.rules.barred import barred_for
from queries.eligibility.rules.first_loan import FirstLoan, compare_definitions
from queries.eligibility.rules.missing import least_missing
from queries.eligibility.rules.product import Product, Version, packaged
from queries.eligibility.rules.runner import Checked, evaluate, overall
from queries.eligibility.verdict import Verdict

if TYPE_CHECKING:
    from graph.connection import Graph

__all__ = [
    "Case",
    "Decision",
    "Strata",
    "age_band",
    "case_of",
    "decide",
    "decide_all",
    "facts_of",
    "find_product",
]

#: Who counts as of one age, for reports of fairness; no rule sees it.
_AGE_BANDS = ((0, "不满 18"), (18, "18–29"), (30, "30–44"), (45, "45–59"), (60, "60 及以上"))

#: One party's facts are read in a thousand small steps of compiled code, each of which lets go of the
#: interpreter and waits to get it back: of several that read at once each waits at every step for all the
#: others, and together they take three times as long as one after the other (ADR 196).
_TURN = Lock()


@dataclass(frozen=True)
class Strata:
    """Where a party stands in a report of fairness.  Kept beside a decision, no input of it."""

    kind: str | None
    sex: str | None
    age_band: str | None
    village: str | None


@dataclass(frozen=True)
class Case:
    """What is known of one party, and what was brought: the ground of any number of decisions.

    Attributes:
        scope: for whom it was read, empty where nothing is withheld.
    """

    party: str
    facts: dict[str, Fact]
    hints: dict[str, LinkedHint]
    papers: dict[str, Paper]
    strata: Strata
    institution: str | None
    first_loan_asof: date
    as_of: date
    known_at: datetime
    position: int
    log_hash: str
    scope: str = ""

    @property
    def head(self) -> str:
        """Hash of the last batch that was known."""
        return self.log_hash

    def without_consent(self) -> Case:
        """What is left of it where nobody has signed yet: for a decision, after a grade."""
        shut = closed(catalogue(), {})
        hints = {name: hint for name, hint in self.hints.items() if name not in shut}
        return replace(self, facts=close(self.facts, shut), hints=hints)


@dataclass(frozen=True)
class Decision:
    """The verdict on one product for one party.

    Attributes:
        settled_by: the least set of missing facts that settles a 待补充, whatever they are.
        next_steps: lawful things to do, cheapest first.
        first_loan: what every definition says, with whose word it is.
        hints: of others; shown with the notice, no part of the verdict.
    """

    case: Case
    product: Product
    version: Version
    verdict: Verdict
    conditions: tuple[Checked, ...]
    settled_by: tuple[str, ...]
    next_steps: tuple[NextStep, ...]
    amount: Amount
    first_loan: tuple[FirstLoan, ...]
    hints: dict[str, LinkedHint]
    notice: str = HINT_NOTICE

    @property
    def basis(self) -> Basis:
        """As of when, from which data, by which rule."""
        return Basis.of(self.case, rules=self.product.name(self.version))

    @property
    def missing(self) -> tuple[str, ...]:
        """`settled_by` in Chinese, as questions."""
        return tuple(catalogue().facts[name].question for name in self.settled_by)


def find_product(name: str, products: Mapping[str, Product] | None = None) -> Product:
    """A product by name; raises `NotFoundError` naming those there are."""
    known = packaged() if products is None else products
    if name not in known:
        raise NotFoundError(
            f"没有名为 {name} 的产品。可用的有：{'、'.join(known)}。",
            f"There is no product {name}.",
            code="product_unknown",
        )
    return known[name]


def case_of(
    graph: Graph,
    party: str,
    *,
    moment: Moment,
    keys: CanonicalKeys,
    supplied: Mapping[str, Any] | None = None,
    institution: str | None = None,
    first_loan_asof: date | None = None,
    graded: bool = False,
) -> Case:
    """Gather what is known of a party from the graph, and lay the papers down.

    What needs the party's written consent is read once that is among the papers, and not before.

    Args:
        moment: to decide at, the same for all decisions of one job.
        keys: of that moment and of who asks.
        supplied: what an officer has on paper (`queries.eligibility.facts.paper`).
        institution: key of the institution that asks, for loans of its own.
        first_loan_asof: loans granted before this day count against a first loan; default the
            day asked about.  Set it to the day of disbursement to ask afterwards.
        graded: it is for a household's grade, for which the village collected what it was told
            with consent; nothing is asked of anybody's loans for anybody else.

    Raises:
        NotFoundError: no such party.  InputError: paper that cannot be used.
    """
    day = moment.as_of
    papers = read_papers(supplied or {}, day)
    # a key that was judged to be another party is decided as that party
    party = keys.standing(party)
    records, exists = records_from_graph(
        graph, party, moment=moment, keys=keys, institution=institution
    )
    if not exists:
        raise NotFoundError(
            "没有找到这个主体。请先用“查找主体”核对编号。",
            "No such party at this time.",
            code="party_unknown",
        )
    before = first_loan_asof or day
    if not keys.scope.sees_everything:
        # what is withheld is asked of the party and of anybody; asked for now, nobody waits for it below
        keys.look_up_places([party, ""])
    with _TURN:
        read, gathered = facts_of(
            records, party, papers, institution=institution, before=before, graded=graded
        )
        strata = strata_of(records, gathered, party)
    return Case(
        party=party,
        facts=apply_documents(read, papers, gone_by=before < day),
        hints=gathered.hints(0),
        papers=papers,
        strata=strata,
        institution=institution and redacted_name(institution),
        first_loan_asof=before,
        as_of=day,
        known_at=moment.known_at,
        position=moment.position,
        log_hash=moment.head,
        scope=keys.scope.said,
    )


def facts_of(
    records: Records,
    party: str,
    papers: Mapping[str, Paper],
    *,
    institution: str | None,
    before: date,
    graded: bool = False,
) -> tuple[dict[str, Fact], Gathered]:
    """What the records say of a party, as far as it may be read under these papers."""
    given = {name: name in papers and papers[name].value is True for name in CONSENTS}
    shut = frozenset[str]() if graded else closed(catalogue(), given)
    gathered = gather(
        records,
        pa.array([party]),
        facts=[name for name in catalogue().facts if name not in shut],
        institution=institution,
        before=before,
        consent_no=papers["consent"].reference if given["consent"] else "",
    )
    return dict.fromkeys(shut & catalogue().own.keys(), CLOSED) | gathered.facts(0), gathered


def decide(
    case: Case,
    product: Product,
    version: Version | None = None,
    rules: Rules | None = None,
) -> Decision:
    """Apply a product to a case: its version in force on the case's day, or the one given.

    `rules` are definitions, catalogue and bars as they once were, for a replay.
    """
    chosen = version or product.at(case.as_of)
    known = rules.known if rules else catalogue()
    barred = rules.barred if rules else barred_for(chosen)
    facts = chosen.in_time(case.facts, case.as_of)
    checked = evaluate(chosen, facts)
    verdict = overall(checked)
    return Decision(
        case=case,
        product=product,
        version=chosen,
        verdict=verdict,
        conditions=checked,
        settled_by=least_missing(
            chosen, facts, known=known, gone_by=case.first_loan_asof < case.as_of
        ),
        next_steps=next_steps(checked, known, barred),
        amount=chosen.amount.apply(facts),
        first_loan=compare_definitions(case.facts, rules.defined if rules else None),
        hints={name: case.hints[name] for name in chosen.hints if name in case.hints},
    )


def decide_all(case: Case, products: Iterable[Product]) -> tuple[Decision, ...]:
    """Every product that is for this kind of party and in force on the case's day."""
    kind = case.facts["party_kind"].value
    meant = [item for item in products if kind in item.for_whom and item.is_at(case.as_of)]
    with _TURN:
        return tuple(decide(case, item) for item in meant)


#: Facts by which a party is counted in a report of fairness.
_STRATA = ("age", "village", "party_kind")


def strata_of(records: Records, gathered: Gathered, party: str) -> Strata:
    """Where the party stands in a report of fairness."""
    age, village, kind = (gathered.told[name].fact(0).value for name in _STRATA)
    sex = next(
        (row["sex"] for row in records.certain("Person").to_pylist()
         if row["key"] == party and row["sex"]),
        None,
    )  # fmt: skip
    return Strata(
        None if kind is None else str(kind),
        sex,
        age_band(age) if isinstance(age, int) else None,
        None if village is None else str(village),
    )


def age_band(age: int) -> str:
    """Band of an age, for reports."""
    return next(name for least, name in reversed(_AGE_BANDS) if age >= least or least == 0)
