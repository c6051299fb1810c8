"""What partners say, in our words: a submission as a demand, a report as the acts that it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.verdict import Verdict
from ingest.financing.partner import FinancingPartner, UntranslatableError

__all__ = ["acts_of", "demand_said", "handover_of"]


def demand_said(partner: FinancingPartner, row: Mapping[str, Any]) -> dict[str, Any]:
    """A submission of a front; who is to be called stays there.  Raises `UntranslatableError`."""
    code = str(row.get("socialCode") or "")
    if uscc.check(code).verdict is not Verdict.VALID:
        raise UntranslatableError("申请人没有有效的统一社会信用代码")
    modes = [each for each in str(row.get("guaranteeMode") or "").split(",") if each]
    months = row.get("applyPeriod")
    if not str(months).isascii() or not str(months).isdigit():
        raise UntranslatableError("申请期限不是月数")
    return {
        "subject": f"org:{code}",
        "amount_fen": partner.fen(row.get("applyLimit")),
        "months": int(str(months)),
        "purpose": str(row.get("purpose") or "")[:200] or "未填写",
        "security_kinds": sorted({partner.security(each) for each in modes}),
        "authorisation": str(row.get("authorizationId") or ""),
    }


def acts_of(partner: FinancingPartner, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A report of a back office as acts in order, the last being what it is about.

    One that tells only the outcome implies that it accepted and investigated.  Raises
    `UntranslatableError`.
    """
    if "loan" in row:
        return [_loan_act(partner, row["loan"])]
    act = partner.demand_status.get(str(row.get("status")))
    if act is None:
        raise UntranslatableError("进度代码不在约定中")
    accepted = {"act": "accept", "implied": True}
    if act == "accept":
        return [{"act": "accept"}]
    if act == "refuse":
        reason = str(row.get("refuseReason") or "").strip()
        if not reason:
            raise UntranslatableError("拒绝没有写明原因")
        # it has no code of its own for why: the text says it
        refused = {"act": "refuse", "reason": reason[:300], "content": {"code": "other"}}
        return [accepted, refused]
    return [accepted, {"act": "investigate", "implied": True}, *_credit(partner, row)]


def _credit(partner: FinancingPartner, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    credit = _part(row, "credit")
    granted = {
        "act": "grant",
        "content": {
            "line_no": str(credit.get("creditNo") or credit.get("contractNo") or ""),
            "amount_fen": partner.fen(credit.get("amount")),
            "from_on": credit.get("validFrom"),
            "to_on": credit.get("validTo"),
            "rate_ppm": partner.ppm(credit.get("rate")),
            "security_kind": partner.security(credit.get("guaranteeMode")),
        },
    }
    signed = {
        "act": "sign",
        "content": {
            "contract_no": str(credit.get("contractNo") or ""),
            "signed_on": credit.get("signedOn") or credit.get("validFrom"),
        },
    }
    return [granted, signed]


def _loan_act(partner: FinancingPartner, loan: Any) -> dict[str, Any]:
    if not isinstance(loan, Mapping):
        raise UntranslatableError("放款不是约定的结构")
    act = partner.loan_status.get(str(loan.get("status")))
    note = str(loan.get("debitNo") or "")
    if act == "disbursement_failed":
        why = str(loan.get("reason") or "对方没有说明原因")[:300]
        return {"act": act, "reason": why, "content": {"note_no": note}}
    if act != "disburse":
        raise UntranslatableError("放款代码不在约定中")
    content = {
        "note_no": note,
        "amount_fen": partner.fen(loan.get("amount")),
        "on": loan.get("loanDate"),
        "due_on": loan.get("dueDate"),
        "rate_ppm": partner.ppm(loan.get("rate")),
        "stated_first": partner.first(loan.get("loanFirst")),
    }
    told = {name: value for name, value in content.items() if value is not None}
    return {"act": act, "content": told}


def handover_of(
    partner: FinancingPartner, number: int, *, institution: str, product: str, amount_fen: int,
    months: int, purpose: str, subject: str,
) -> dict[str, Any]:  # fmt: skip
    """An application as a back office takes it; raises `UntranslatableError` for a natural person:
    a number of one is not held here to be sent."""
    if not subject.startswith("org:"):
        raise UntranslatableError("自然人的证件号码本系统不保存，不能自动移交，请在对方系统登记")
    return {
        "demandId": str(number),
        "bank": institution.removeprefix("institution:"),
        "product": product,
        "socialCode": subject.removeprefix("org:"),
        "applyLimit": partner.theirs(amount_fen),
        "applyPeriod": months,
        "purpose": purpose,
    }


def _part(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = row.get(name)
    if not isinstance(found, Mapping):
        raise UntranslatableError("授信没有写明内容")
    return found
