"""A party's own adverse facts: which of them count, and which not, and why.

Facts of one cause are one misfortune, and the worst of them counts once: a listing told by two
sources, or a loan split in two, is one.  A loan and a court listing are two misfortunes only where
they are known to be different debts (`queries.risk.debts`): otherwise they are counted as one, and
it is said.  Different causes are independent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import computed_field

from graph.snapshot import Snapshot
from queries.codes import KINDS, LEFT_OUT, WORDS
from queries.risk.adverse_statement import Statement
from queries.risk.debts import LOANS, differ, loan_statements, same
from queries.risk.policy import Policy
from queries.risk.records import list_entries, revoked_licences, seedless_records

__all__ = ["OwnFact", "UnusedFact", "own_facts"]

_EVIDENCE = ("fact_id", "source", "batch", "row")


@dataclass(frozen=True)
class OwnFact:
    """A party's own adverse fact that seeds its probability.

    Attributes:
        note: what does not fit in what was told, in Chinese; empty where all fits.
    """

    kind: str
    probability: float
    reason: str
    evidence: dict[str, Any]
    note: str = ""

    @computed_field
    @property
    def kind_label(self) -> str:
        """In Chinese."""
        return WORDS.get(self.kind) or KINDS[self.kind]


@dataclass(frozen=True)
class UnusedFact:
    """A fact that is not used, and why.

    `kind` is the kind of fact of the log; which list or which class it was is not told: what is not
    used against somebody is not told of them.  `reason` is the policy's, where it has one.
    """

    kind: str
    why: str
    reason: str = ""

    @computed_field
    @property
    def kind_label(self) -> str:
        """In Chinese."""
        return KINDS[self.kind]

    @computed_field
    @property
    def why_label(self) -> str:
        """In Chinese."""
        return LEFT_OUT[self.why]


Used = dict[int, tuple[OwnFact, ...]]
Unused = dict[int, tuple[UnusedFact, ...]]


def own_facts(
    snapshot: Snapshot, policy: Policy, over: NDArray[np.bool_] | None = None
) -> tuple[Used, Unused]:
    """Facts that seed, and facts left out, by the number of their party.

    Args:
        over: who has come to an end, by number; None: nobody.
    """
    gone = np.zeros(len(snapshot), bool) if over is None else over
    told: dict[int, list[Statement]] = {}
    for statement in (
        *list_entries(snapshot, policy),
        *loan_statements(snapshot, policy, gone),
        *revoked_licences(snapshot, policy),
        *seedless_records(snapshot, policy),
    ):
        told.setdefault(statement.party, []).append(statement)
    used: Used = {}
    unused: Unused = {}
    for party in sorted(told):
        counted = _counted([one for one in told[party] if not one.why], policy)
        if counted:
            used[party] = tuple(_own(one) for one in counted)
        # told by two sources, still one: the keys of a dict keep their order
        left_out = dict.fromkeys(
            UnusedFact(one.kind, one.why, one.reason if one.tells_reason else "")
            for one in (*told[party], *_merged(told[party], counted))
            if one.why
        )
        if left_out:
            unused[party] = tuple(left_out)
    return used, unused


def _own(one: Statement) -> OwnFact:
    evidence = {name: one.row[name] for name in _EVIDENCE}
    return OwnFact(one.seed, one.probability, one.reason, evidence, one.note)


def _counted(usable: Sequence[Statement], policy: Policy) -> list[Statement]:
    """The statements that count: of every cause the worst, of debts also one known to be another."""
    by_cause: dict[str, list[Statement]] = {}
    for one in usable:
        by_cause.setdefault(policy.seeds[one.seed].cause, []).append(one)
    found: list[Statement] = []
    for cause in sorted(by_cause):
        found += _worst(by_cause[cause])
    return found


def _worst(statements: Iterable[Statement]) -> list[Statement]:
    """The worst statement, or the worst two that are known to be of different debts."""
    told = list(statements)
    # the first of equals stands: the order in which they were told
    choices = [[one] for one in told]
    loans = [one for one in told if one.sort == LOANS]
    for entry in told:
        if entry.sort != LOANS:
            choices += [[entry, loan] for loan in loans if differ(loan, entry)]
    return max(choices, key=lambda some: 1 - np.prod([1 - one.probability for one in some]))


def _merged(told: Iterable[Statement], counted: Sequence[Statement]) -> list[Statement]:
    """Loans and listings that were not counted beside the other one, and why."""
    found = []
    for one in told:
        if one.why or any(other.sort == one.sort for other in counted):
            continue
        beside = [other for other in counted if other.cause == one.cause]
        if beside:
            known = any(same(one, other) for other in beside)
            why = ("same_debt" if known else "perhaps_same_debt") if one.is_debt else "same_cause"
            found.append(one.left_out(why))
    return found
