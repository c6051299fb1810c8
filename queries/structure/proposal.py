"""A guarantee that somebody wants to give: which limits it would break, with the chain shown.

The check looks at the graph as it would be with the new contract.  What a limit says of the
guarantor before and after may be the same; a proposal is not excused because others went first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from graph.errors import InputError
from queries.basis import Basis
from queries.coded import with_codes
from queries.eligibility.verdict import Verdict, all_of
from queries.structure.chains import reach_of
from queries.structure.guarantees import Contract, GuaranteeNet
from queries.structure.limits import (
    LimitBook,
    LimitResult,
    check_chain,
    check_groups_of,
    check_guarantor,
    check_relatives,
    limit_result,
    load_limits,
)
from queries.structure.rings import closes_ring

__all__ = ["GuaranteeProposal", "ProposalCheck", "check_proposal"]


_KINDS = ("general", "joint_and_several", "joint_group")


@dataclass(frozen=True)
class GuaranteeProposal:
    """One guarantee for one loan.

    Attributes:
        guarantor, borrower, loan: keys of things that are known.
        expires_on: last day of its term, None for an open end.
    """

    lender_code: str
    contract_no: str
    guarantor: str
    borrower: str
    loan: str
    amount_fen: int
    kind: Literal["general", "joint_and_several", "joint_group"]
    signed_on: date
    expires_on: date | None = None
    relation: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise _refused(
                f"保证方式只能是 {'、'.join(_KINDS)}。", f"The kind is one of {', '.join(_KINDS)}."
            )
        if self.amount_fen <= 0:
            raise _refused("担保金额应大于零。", "The amount must be above zero.")
        if self.guarantor == self.borrower:
            raise _refused("不能为自己担保。", "Nobody guarantees himself.")
        if self.expires_on is not None and self.expires_on < self.signed_on:
            raise _refused("到期日不能早于签订日。", "It expires before it is signed.")

    @property
    def contract(self) -> str:
        """Key of the contract, as the banks' files make it."""
        return f"guarantee:{self.lender_code}:{self.contract_no}"


@with_codes
@dataclass(frozen=True)
class ProposalCheck:
    """What a proposed guarantee would do.

    Attributes:
        verdict: MET when every blocking limit holds, NOT_MET when one breaks, else UNKNOWN.
        chain: parties whom the guarantor would stand behind, nearest first, with the distance.
        ring: the way back from the borrower to the guarantor, where one exists already.
    """

    proposal: GuaranteeProposal
    verdict: Verdict
    outcomes: tuple[LimitResult, ...]
    chain: tuple[tuple[str, str | None, int], ...]
    ring: tuple[str, ...]
    basis: Basis

    @property
    def open_rules(self) -> frozenset[str]:
        """Blocking limits that are 待补充."""
        return frozenset(
            item.rule for item in self.outcomes if item.blocks and item.verdict is Verdict.UNKNOWN
        )


def check_proposal(
    net: GuaranteeNet, proposal: GuaranteeProposal, book: LimitBook | None = None
) -> ProposalCheck:
    """Check a proposal against every limit.

    Raises `NotFoundError` for a party, and `InputError` for a loan or contract, that does not fit.
    """
    book = book or load_limits()
    keys = net.snapshot.keys
    # a key that was judged to be another party's leads to that party
    guarantor, borrower = (
        str(keys[net.snapshot.index(key)].as_py())
        for key in (proposal.guarantor, proposal.borrower)
    )
    proposal = replace(proposal, guarantor=guarantor, borrower=borrower)
    _refuse_misfit(net, proposal)
    balance = net.balances.get(proposal.loan)
    ring = closes_ring(net, proposal.guarantor, proposal.borrower)
    after = net.with_contract(
        Contract(
            proposal.guarantor,
            proposal.borrower,
            proposal.contract,
            proposal.amount_fen,
            proposal.amount_fen if balance is None else min(proposal.amount_fen, balance),
            proposal.kind,
            proposal.relation,
            proposal.expires_on,
        )
    )
    outcomes = (
        *check_guarantor(after, proposal.guarantor, book),
        *check_groups_of(after, proposal.guarantor, book),
        *_upstream(net, after, proposal.guarantor, book),
        *_together(after, ring, proposal, book),
    )
    reach = reach_of(after, proposal.guarantor)
    snapshot = net.snapshot
    return ProposalCheck(
        proposal=proposal,
        verdict=all_of(item.verdict for item in outcomes if item.blocks),
        outcomes=outcomes,
        chain=tuple((key, net.name(key), distance) for key, distance in reach.parties),
        ring=(proposal.guarantor, *ring) if ring else (),
        basis=Basis.of(snapshot, rules=book.name),
    )


def _upstream(
    net: GuaranteeNet, after: GuaranteeNet, guarantor: str, book: LimitBook
) -> tuple[LimitResult, ...]:
    """Broken limits of those behind the guarantor, whose chains the new contract lengthens."""
    found = []
    for key in sorted(after.reached(guarantor, back=True).keys() - {guarantor}):
        if reach_of(net, key) != reach_of(after, key):
            broken = check_chain(after, key, book)
            found += [item for item in broken if item.verdict is Verdict.NOT_MET]
    return tuple(found)


def _together(
    after: GuaranteeNet, ring: tuple[str, ...], proposal: GuaranteeProposal, book: LimitBook
) -> tuple[LimitResult, ...]:
    """What the two parties may not be to each other."""
    if proposal.kind == "joint_group":
        # members of a joint group stand for one another by its very nature, but are no relatives
        pair = sorted((proposal.guarantor, proposal.borrower))
        return (check_relatives(after, tuple(pair), book),)
    verdict = Verdict.NOT_MET if ring else Verdict.MET
    reason = f"被担保人经 {len(ring) - 1} 级担保回到担保人" if ring else "被担保人不为担保人担保"
    value = float(bool(ring))
    return (limit_result(book, "no_new_ring", proposal.guarantor, verdict, value, reason, ring),)


def _refuse_misfit(net: GuaranteeNet, proposal: GuaranteeProposal) -> None:
    if proposal.loan not in net.loans.get(proposal.borrower, ()):
        raise _refused(
            "这笔贷款不是被担保人的，或尚未导入。请核对借据编号。",
            "The loan is not the borrower's, or not known.",
        )
    if net.balances.get(proposal.loan) == 0:
        raise _refused(
            "这笔贷款已结清或没有余额，没有可担保的债务。刚发放的，请先导入最新的贷款数据。",
            "Nothing is owed of the loan: there is nothing to secure.",
        )
    for held in net.given(proposal.guarantor):
        if held.number == proposal.contract:
            raise _refused(
                "该合同中此担保人的担保已经登记。", "This guarantor already stands in the contract."
            )


def _refused(message_zh: str, message_en: str) -> InputError:
    return InputError(message_zh, message_en, code="guarantee_refused")
