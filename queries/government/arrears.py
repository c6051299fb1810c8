"""What public bodies and state firms owe to firms, contract by contract, on a day.

What is in dispute is no arrears; the part that is not must be paid (保障中小企业款项支付条例 第十五条).
A day on which payment is due that nobody stated is asked for, and no term is put in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from pydantic import computed_field

from graph.schema import SCHEMA
from queries.government.contract import Contract
from queries.government.interest import (
    Account,
    AppliedRate,
    ContractTerms,
    accrue,
    applied_rate,
    interest_rules,
)
from queries.measures.parties import Known

__all__ = ["FINDINGS", "LACKING", "STATES", "Claim", "claim_on"]

State: TypeAlias = Literal["overdue", "disputed", "paid_late", "paid", "not_due", "due_unknown"]

#: What has become of a contract -> in Chinese, the gravest first.
STATES: Mapping[str, str] = {
    "overdue": "逾期未付", "disputed": "有争议，不计欠款", "due_unknown": "应付日期待补充",
    "paid_late": "逾期后付清", "not_due": "未到期", "paid": "按期付清",
}  # fmt: skip

#: What is wrong with a contract or its payments.
FINDINGS: Mapping[str, str] = {
    "agreed_below_minimum": "约定逾期利率低于合同订立时一年期LPR，按LPR计算（条例 第十七条）",
    "lpr_misstated": "所填一年期LPR与公布的不一致，按公布的计算，请核对",
    "overpaid": "支付合计超过应付金额，请核对",
}

#: What would settle the interest, or why the rule computes none.
LACKING: Mapping[str, str] = {
    "due": "应付日期",
    "agreement": "合同是否约定逾期利息",
    "rate": "合同约定的逾期利率",
    "rate_contradicted": "约定利率前后矛盾，请对照合同核对",
    "lpr": "合同订立时一年期LPR（本系统没有该日的数值，请按文书填报）",
    "scale": "合同订立时收款方的规模",
    "creditor_large": "收款方为大型企业，不适用条例，按合同约定",
    "payer_not_covered": "付款方不是机关、事业单位或者大型企业，不适用条例，按合同约定",
    "before_regulation": "合同订立早于条例施行（2020年9月1日），按合同约定和当时的规定",
}

#: Who the regulation binds, and whom it protects.
_PAYERS = frozenset({"public_body", "large_state_firm"})
_PROTECTED = frozenset({"micro", "small", "medium"})


@dataclass(frozen=True)
class Claim:
    """A contract on a day.

    Attributes:
        key: of the contract.
        principal_fen: of what is undisputed and due, still unpaid.
        covered: whether the regulation applies; None: nobody said how large the creditor was.
        daily_percent: rate by which interest runs, a day, in percent; None: none is computed.
        ground: `agreed`, `minimum`, `unagreed`.
        minimum_percent: the least that could be agreed, a year.
        interest_fen: that has run; None: it cannot be told (`lacking` says why).
        interest_owed_fen: of it, unpaid.
        row: where the contract stands: source, batch and row.
    """

    key: str
    contract_no: str
    debtor: str
    debtor_name: str | None
    debtor_kind: str
    creditor: str | None
    creditor_name: str | None
    creditor_scale: str | None
    matter: str | None
    agreed_on: date
    due_on: date | None
    amount_fen: int
    disputed_fen: int
    paid_fen: int
    principal_fen: int
    overdue_days: int
    state: State
    covered: bool | None
    daily_percent: float | None
    ground: str | None
    minimum_percent: float | None
    interest_fen: int | None
    interest_owed_fen: int | None
    findings: tuple[str, ...]
    lacking: tuple[str, ...]
    row: tuple[str, str, int]

    @computed_field
    @property
    def state_label(self) -> str:
        """In Chinese."""
        return STATES[self.state]

    @computed_field
    @property
    def debtor_kind_label(self) -> str | None:
        """In Chinese."""
        return SCHEMA.word("Arrears", "debtor_kind", self.debtor_kind)

    @computed_field
    @property
    def findings_label(self) -> tuple[str, ...]:
        """In Chinese."""
        return tuple(FINDINGS[code] for code in self.findings)

    @computed_field
    @property
    def lacking_label(self) -> tuple[str, ...]:
        """In Chinese."""
        return tuple(LACKING[code] for code in self.lacking)


def claim_on(contract: Contract, day: date, names: Known) -> Claim:
    """What stands of a contract at the end of a day."""
    said, due = contract.said, contract.said["due_on"]
    disputed = contract.disputed_fen(day)
    base = said["amount_fen"] - disputed
    covered, uncovered = _covered(said)
    rate = _rate(contract) if covered else AppliedRate(None, None, None, lacking=uncovered)
    if due is None:
        account = accrue(base, day, day, contract.payments, None)
    else:
        account = accrue(base, due, day, contract.payments, rate.daily)
    state = _state(account, due, day, base, disputed)
    late = state in ("overdue", "paid_late")
    findings = [*rate.findings, *(["overpaid"] if account.overpaid_fen and not disputed else [])]
    lacking = ("due",) if due is None else rate.lacking if late else ()
    return Claim(
        key=contract.key,
        contract_no=said["contract_no"],
        debtor=contract.debtor,
        debtor_name=names.get(contract.debtor, (None, None))[1],
        debtor_kind=said["debtor_kind"],
        creditor=contract.creditor,
        creditor_name=names.get(contract.creditor or "", (None, None))[1],
        creditor_scale=said["creditor_scale"],
        matter=said["matter"],
        agreed_on=said["agreed_on"],
        due_on=due,
        amount_fen=said["amount_fen"],
        disputed_fen=disputed,
        paid_fen=sum(one.amount_fen for one in contract.payments if one.paid_on <= day),
        principal_fen=account.principal_fen if state == "overdue" else 0,
        overdue_days=account.overdue_days if late else 0,
        state=state,
        covered=covered,
        daily_percent=None if rate.daily is None else float(rate.daily * 100),
        ground=rate.ground,
        minimum_percent=None if rate.minimum is None else float(rate.minimum * 100),
        interest_fen=account.interest_fen if late else 0 if state in ("paid", "not_due") else None,
        interest_owed_fen=account.interest_owed_fen if late
        else 0 if state in ("paid", "not_due") else None,
        findings=tuple(findings),
        lacking=lacking,
        row=contract.row,
    )  # fmt: skip


def _state(account: Account, due: date | None, day: date, base: int, disputed: int) -> State:
    if disputed and base <= 0:
        return "disputed"
    if due is None:
        return "due_unknown"
    if not account.principal_fen:
        return "paid_late" if account.overdue_days else "paid"
    return "overdue" if day > due else "not_due"


def _covered(said: Mapping[str, Any]) -> tuple[bool | None, tuple[str, ...]]:
    """Whether the regulation applies, and why no interest is computed where it does not or nobody
    can tell (第二条、第三条)."""
    if said["debtor_kind"] not in _PAYERS:
        return False, ("payer_not_covered",)
    if said["creditor_scale"] is None:
        return None, ("scale",)
    if said["creditor_scale"] not in _PROTECTED:
        return False, ("creditor_large",)
    return True, ()


def _rate(contract: Contract) -> AppliedRate:
    said = contract.said
    terms = ContractTerms(
        said["agreed_on"],
        said["rate_agreement"],
        said["agreed_annual_ratio"],
        said["agreed_daily_ratio"],
        said["stated_lpr_ratio"],
    )
    return applied_rate(terms, interest_rules())
