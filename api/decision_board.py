"""Every product for one party as a board: 符合 with what may be lent, 待补充 with the one errand that
settles most, 不符合 with the one reason and the clause behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.condition_words import failed
from api.party_header import Errand, errand_for
from queries.eligibility import Decision
from queries.eligibility.decisions.editions import Edition, other_editions
from queries.eligibility.decisions.hypothesis import WayOut, ways_out
from queries.eligibility.decisions.steps import SETTLES, NextStep
from queries.eligibility.rules.runner import Checked
from queries.eligibility.verdict import Verdict

__all__ = ["Board", "Card", "board_of"]

#: How the ground of a condition begins that is the product's own, and no law or rule.
_OWN_RULE = "产品规定"


@dataclass(frozen=True)
class Card:
    """One product on the board.

    Attributes:
        fen: what may be lent at most, as far as is known; None where nothing is.
        is_settled: whether that is worked out, and no fact is missing for it.
        errand: of 待补充, the errand that settles most; `others`: how many more there are.
        reason: of 不符合, what fails it, as a fact; `basis`: the clause or product line that asks.
        others: how many more errands, or reasons, there are.
        ways: what would have to change, and what there would be then.
        editions: what other editions of the product would decide.
    """

    decision: Decision
    fen: int | None
    is_settled: bool
    errand: str
    days: int
    settles: tuple[str, ...]
    reason: str
    basis: str
    others: int
    ways: tuple[WayOut, ...]
    editions: tuple[Edition, ...]

    @property
    def id(self) -> str:
        """Of the product."""
        return self.decision.product.id


@dataclass(frozen=True)
class Board:
    """The three columns, and the errand that serves most products at once."""

    met: tuple[Card, ...]
    open: tuple[Card, ...]
    failed: tuple[Card, ...]
    errand: Errand | None

    @property
    def cards(self) -> tuple[Card, ...]:
        """All, in the order of the columns."""
        return (*self.met, *self.open, *self.failed)


def board_of(decisions: Sequence[Decision], places: Mapping[str, str] | None = None) -> Board:
    """The board of some decisions on one party; `places` names divisions."""
    cards = [_card(one, places) for one in decisions]

    def of(verdict: Verdict) -> list[Card]:
        return [card for card in cards if card.decision.verdict is verdict]

    return Board(
        met=tuple(sorted(of(Verdict.MET), key=lambda one: (-(one.fen or 0), one.id))),
        open=tuple(
            sorted(
                of(Verdict.UNKNOWN),
                key=lambda one: (len(one.decision.settled_by), -(one.fen or 0), one.id),
            )
        ),
        failed=tuple(sorted(of(Verdict.NOT_MET), key=lambda one: one.id)),
        errand=errand_for(decisions),
    )


def _card(decision: Decision, places: Mapping[str, str] | None) -> Card:
    amount = decision.amount
    most = amount.fen if amount.fen is not None else amount.at_most_fen
    step, errands = _errand(decision)
    against = _reasons(decision.conditions)
    is_failed = decision.verdict is Verdict.NOT_MET
    return Card(
        decision=decision,
        fen=None if is_failed else most,
        is_settled=amount.fen is not None,
        errand=step.text.partition(SETTLES)[0] if step else "",
        days=step.days if step else 0,
        settles=tuple(n for n in step.obtains if n in decision.settled_by) if step else (),
        reason=failed(against[0], places) if is_failed else "",
        basis=against[0].condition.basis if is_failed else "",
        others=(len(against) if is_failed else errands) - 1 if is_failed or errands else 0,
        ways=ways_out(decision),
        editions=other_editions(decision),
    )


def _errand(decision: Decision) -> tuple[NextStep | None, int]:
    """The errand that settles most of what is open, of those alike the quickest; and how many."""
    if decision.verdict is not Verdict.UNKNOWN:
        return None, 0
    wanted = set(decision.settled_by)
    useful = [step for step in decision.next_steps if wanted.intersection(step.obtains)]
    best = min(
        useful,
        key=lambda one: (-len(wanted.intersection(one.obtains)), one.days, one.text),
        default=None,
    )
    return best, len(useful)


def _reasons(conditions: Iterable[Checked]) -> list[Checked]:
    """Hard conditions that are not met: those that a law or rule asks for first, then in order."""
    found = [item for item in conditions if item.condition.hard and item.verdict is Verdict.NOT_MET]
    return sorted(found, key=lambda item: item.condition.basis.startswith(_OWN_RULE))
