"""What may be lost of the loans of each institution, village and kind of loan.

Two figures, both sums over loans and both hypothetical:

- *by score*: balance × score of the debtor × loss given failure.  As long as no calibration is
  published for the policy a score is no probability, and the sum compares groups and forecasts
  nothing.  Under a calibrated policy it is the expected loss: by the chance of default, base included,
  and by the whole balance of whoever is in default already.
- *under stress*: balance × share of the debtor's buffer that a scenario takes × loss given failure
  (`queries.risk.stress`); a range where net assets are unknown.

Every running loan stands in exactly one group of each kind, one that nobody told the group of in an
own one; a balance that nobody told is counted apart, never as zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import computed_field

from graph.last_heard import last_heard
from graph.snapshot import Snapshot
from queries.basis import HYPOTHESIS_NOTICE, Basis
from queries.risk.obligations import LoanBook, loan_book, obligations
from queries.risk.run import RiskRun
from queries.risk.stress import distress_range, known_amounts, shock_of
from queries.risk.stress_policy import load_stress_policy

__all__ = ["GROUPINGS", "BookLoss", "Losses", "book_losses"]

Grouping = Literal["institution", "village", "security", "purpose"]

#: What loans are grouped by.  No source tells by which product a loan was granted: how it is
#: secured and what it is for tell most of it.
GROUPINGS: dict[str, str] = {
    "institution": "放款机构",
    "village": "所在村",
    "security": "担保方式",
    "purpose": "贷款用途",
}


@dataclass(frozen=True)
class BookLoss:
    """The loans of one group.

    Attributes:
        key: of the institution or the village, the text of the loan's term otherwise; None where
            nobody told it.
        loans: how many; unknown: of how many of them nobody told the balance.
        by_score_fen, stressed_low_fen, stressed_high_fen: what may be lost; None without a scenario.
    """

    key: str | None
    name: str | None
    loans: int
    unknown: int
    balance_fen: int
    by_score_fen: int
    stressed_low_fen: int | None
    stressed_high_fen: int | None


@dataclass(frozen=True)
class Losses:
    """Losses by one grouping, the greatest by score first, and of the whole book.

    Attributes:
        calibrated: whether a published calibration makes the score a probability.
    """

    grouping: str
    groups: tuple[BookLoss, ...]
    whole: BookLoss
    failed: tuple[str, ...]
    shocks: Mapping[str, float]
    loss_given_failure: float
    calibrated: bool
    basis: Basis
    notice: str = HYPOTHESIS_NOTICE

    @computed_field
    @property
    def title(self) -> str:
        """Of the grouping, in Chinese."""
        return GROUPINGS[self.grouping]


@dataclass(frozen=True, eq=False)
class _Amounts:
    """Arrays over the entries of a loan book, in fen."""

    balance: NDArray[np.float64]
    score: NDArray[np.float64]
    low: NDArray[np.float64] | None
    high: NDArray[np.float64] | None


def book_losses(
    run: RiskRun,
    grouping: Grouping,
    *,
    failed: Iterable[str] = (),
    shocks: Mapping[str, float] | None = None,
    buffers_fen: Mapping[str, int] | None = None,
    loss_given_failure: float | None = None,
) -> Losses:
    """What may be lost, group by group; stressed where anybody fails or is shocked.

    Args:
        failed, shocks, buffers_fen: as in `queries.risk.stress.distress_stress`.
        loss_given_failure: 0 to 1; by default the policy's of stress.

    Raises as `distress_stress` does.
    """
    snapshot, rules = run.snapshot, load_stress_policy()
    lost = rules.distress.loss_given_failure.value
    lost = lost if loss_given_failure is None else loss_given_failure
    start, parts = sorted(set(failed)), dict(shocks or {})
    book = loan_book(snapshot)
    balance = np.maximum(book.fen, 0).astype(np.float64)
    shares = None
    if start or parts:
        shock = shock_of(snapshot, start, parts)
        exposure = obligations(snapshot).exposure() * lost
        shares = distress_range(exposure, known_amounts(snapshot, buffers_fen or {}), shock)
    amounts = _Amounts(
        balance,
        balance * _weight(run)[book.debtor] * lost,
        None if shares is None else balance * shares[0][book.debtor] * lost,
        None if shares is None else balance * shares[1][book.debtor] * lost,
    )
    keys = _GROUPED[grouping](snapshot, book)
    names = _names(snapshot, grouping)
    at: dict[str | None, list[int]] = {}
    for place, key in enumerate(keys):
        at.setdefault(key, []).append(place)
    groups = [
        _loss(key, names.get(key or ""), np.array(places), book, amounts)
        for key, places in at.items()
    ]
    groups.sort(key=lambda item: (-item.by_score_fen, -item.balance_fen, item.key or ""))
    return Losses(
        grouping=grouping,
        groups=tuple(groups),
        whole=_loss(None, "合计", np.arange(len(balance)), book, amounts),
        failed=tuple(start),
        shocks=parts,
        loss_given_failure=lost,
        calibrated=run.policy.calibration is not None,
        basis=Basis.of(snapshot, policy=run.policy.name, rules=rules.name),
    )


def _weight(run: RiskRun) -> NDArray[np.float64]:
    """What part of each party's debt counts: its score, or its chance of default where it has one."""
    calibration = run.policy.calibration
    if calibration is None:
        return run.score
    chance = 1 - (1 - run.policy.base.probability) * (1 - run.score)
    ended = {*calibration.in_default}
    for party, facts in run.graph.own_facts.items():
        if ended & {fact.kind for fact in facts}:
            chance[party] = 1.0
    return np.asarray(chance)


def _loss(
    key: str | None, name: str | None, at: NDArray[np.int64], book: LoanBook, amounts: _Amounts
) -> BookLoss:
    loans = np.array(book.loan.take(pa.array(at)).to_pylist(), dtype=object)
    silent = book.fen[at] < 0

    def total(column: NDArray[np.float64] | None) -> int | None:
        return None if column is None else round(float(column[at].sum()))

    return BookLoss(
        key=key,
        name=name,
        loans=len(set(loans)),
        unknown=len(set(loans[silent])),
        balance_fen=round(float(amounts.balance[at].sum())),
        by_score_fen=round(float(amounts.score[at].sum())),
        stressed_low_fen=total(amounts.low),
        stressed_high_fen=total(amounts.high),
    )


def _institution(snapshot: Snapshot, book: LoanBook) -> list[str | None]:
    found: list[str | None] = snapshot.keys.take(pa.array(book.creditor)).to_pylist()
    return found


def _village(snapshot: Snapshot, book: LoanBook) -> list[str | None]:
    """The village of each debtor; of a person whose own is not told, that of the household."""
    seat = last_heard(snapshot.facts("LOCATED_IN"), ["from_key"])
    where = _mapping(seat, "from_key", "to_key")
    home = _mapping(last_heard(snapshot.facts("BELONGS_TO"), ["from_key"]), "from_key", "to_key")
    debtors = snapshot.keys.take(pa.array(book.debtor)).to_pylist()
    return [where.get(key) or where.get(home.get(key, "")) for key in debtors]


def _term(name: str) -> Callable[[Snapshot, LoanBook], list[str | None]]:
    def told(snapshot: Snapshot, book: LoanBook) -> list[str | None]:
        known = _mapping(last_heard(snapshot.facts("Loan"), ["key"]), "key", name)
        return [known.get(key) for key in book.loan.to_pylist()]

    return told


_GROUPED: dict[str, Callable[[Snapshot, LoanBook], list[str | None]]] = {
    "institution": _institution,
    "village": _village,
    "security": _term("security_kind"),
    "purpose": _term("purpose"),
}


def _mapping(facts: pa.Table, key: str, value: str) -> dict[str, str]:
    columns = (facts[name].cast(pa.string()).to_pylist() for name in (key, value))
    return dict(zip(*columns, strict=True))


def _names(snapshot: Snapshot, grouping: str) -> dict[str, str]:
    kinds = {"institution": ("FinancialInstitution",), "village": ("Village",)}.get(grouping, ())
    found: dict[str, str] = {}
    for kind in kinds:
        facts = snapshot.facts(kind)
        named = facts.filter(pc.is_valid(facts["name"]))
        found |= _mapping(last_heard(named, ["key"]), "key", "name")
    return found
