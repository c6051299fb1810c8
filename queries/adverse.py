"""What is on record against a party, which sources were asked, and which kinds nobody brought.

"Nothing adverse" is a sentence about sources and days, never about a party: what no source brought
is unknown.  Own records only; what is around a party is a hint and stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from pydantic import create_model, model_validator

from graph.covered_sources import coverage_days
from graph.effective_batches import effective_batches
from graph.log import Batch
from graph.schema import SCHEMA
from queries.codes import ADVERSE
from queries.library import Answer, library
from queries.owning import owning
from queries.typed_answer import QuestionAnswer, answer_model

__all__ = [
    "ADVERSE_KINDS",
    "Adverse",
    "AdverseAnswer",
    "AdverseSource",
    "adverse_model",
    "adverse_of",
]

_REGISTERED = frozenset(
    node.kind
    for node in SCHEMA.nodes.values()
    if any(item.name == "registration_state" for item in node.properties)
)

#: Kind of adverse record (`adverse_records`) -> kinds of facts that say it.
ADVERSE_KINDS: dict[str, frozenset[str]] = {
    "list_entry": frozenset({"ListEntry"}),
    "penalty": frozenset({"Penalty"}),
    "tax_arrears": frozenset({"TaxArrears"}),
    "tax_grade": frozenset({"TaxRating"}),
    "loan": frozenset({"LoanState", "RepaymentHistory"}),
    "registration": _REGISTERED,
    "utility": frozenset({"UtilityState"}),
}

#: Kinds that only who is registered, or pays tax as a firm, can have.
_OF_FIRMS = frozenset({"registration", "tax_grade"})


@dataclass(frozen=True)
class AdverseSource:
    """A source that brings adverse records, and the day when it last came."""

    source: str
    last_on: date


@dataclass(frozen=True)
class Adverse:
    """What may lawfully be used against a party, and how far one looked.

    Attributes:
        answer: of `adverse_records`.
        sources: those that bring such records, each with the day when it last came.
        unheard: kinds of adverse records that no source brought so far, or none to this reader: of
            what may be withheld, that nothing is seen says nothing.
    """

    answer: Answer
    sources: tuple[AdverseSource, ...]
    unheard: tuple[str, ...]

    def typed(self, sentence: str) -> AdverseAnswer:
        """The answer as a type; `sentence` says it in Chinese."""
        told = {**dict(self.answer.typed()), "sources": self.sources, "unheard": self.unheard}
        return adverse_model()(**told, sentence=sentence)

    @property
    def proven(self) -> list[dict[str, Any]]:
        """Records of the party itself, by identifier."""
        return [row for row in self.answer.rows if row["certainty"] >= 1]

    @property
    def unproven(self) -> list[dict[str, Any]]:
        """Records of somebody who only resembles the party: shown as 疑似, counted nowhere."""
        return [row for row in self.answer.rows if row["certainty"] < 1]


class AdverseAnswer(QuestionAnswer):
    """Own adverse records that may lawfully be used, the sources asked, kinds nobody brought."""

    sources: tuple[AdverseSource, ...]
    unheard: tuple[str, ...]
    unheard_label: tuple[str, ...] = ()
    sentence: str

    @model_validator(mode="before")
    @classmethod
    def _labelled(cls, told: Any) -> Any:
        return {**told, "unheard_label": tuple(ADVERSE[kind] for kind in told["unheard"])}


@cache
def adverse_model() -> type[AdverseAnswer]:
    """The type of the answer, with the rows that the question declares."""
    rows = answer_model(library()["adverse_records"]).model_fields["rows"]
    kind: Any = rows.annotation
    return create_model("AdverseAnswer", __base__=AdverseAnswer, rows=(kind, rows))


def adverse_of(
    answer: Answer,
    batches: Iterable[Batch],
    *,
    labels: Collection[str] = (),
    tells_all: Callable[[str], bool] = lambda _kind: True,
) -> Adverse:
    """How far one looked for what an answer of `adverse_records` says.

    Args:
        batches: those that were known at the answer's moment.
        labels: what the party is, so that nobody is told to lack what it cannot have.
        tells_all: whether the reader sees every fact of a kind about the party
            (`queries.scope.Scope.tells_all`).
    """
    told = list(batches)
    came, brought = coverage_days(told), _brought(told)
    wanted = [
        kind for kind in ADVERSE_KINDS
        if not (kind in _OF_FIRMS and {"Person", "Household"} & {*labels})
    ]  # fmt: skip
    open_ = [kind for kind in wanted if all(map(tells_all, _facts_and_ties(kind)))]
    sources = {
        source for kind in open_ for source in brought if brought[source] & ADVERSE_KINDS[kind]
    }
    heard = frozenset().union(*brought.values())
    return Adverse(
        answer,
        tuple(AdverseSource(source, came[source]) for source in sorted(sources)),
        tuple(kind for kind in wanted if kind not in open_ or not heard & ADVERSE_KINDS[kind]),
    )


def _facts_and_ties(adverse: str) -> set[str]:
    """Kinds of facts that say an adverse record, and of the ties by which it is a party's."""
    kinds = ADVERSE_KINDS[adverse]
    things = {SCHEMA.superlabel(SCHEMA.nodes[kind]) for kind in kinds}
    return {*kinds, *(tie.kind for thing in things for tie in owning(thing))}


def _brought(batches: Iterable[Batch]) -> dict[str, frozenset[str]]:
    """Source -> kinds of facts that it ever stated, withdrawn batches left out."""
    found: dict[str, frozenset[str]] = {}
    for batch in effective_batches(batches):
        found[batch.source] = found.get(batch.source, frozenset()) | frozenset(batch.kinds)
    return found
