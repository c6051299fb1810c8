"""Parties with records of every kind that a register keeps: permits, penalties, debts, land and more."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from world import World

#: tie -> label of the record, and of what it leads to: (tie, label).
_RECORDS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "HOLDS_PERMIT": ("Permit", (("DECIDED_BY", "GovernmentBody"),)),
    "PENALISED_BY": ("Penalty", (("DECIDED_BY", "GovernmentBody"),)),
    "ACT_ON": ("AdministrativeAct", (("DECIDED_BY", "GovernmentBody"),)),
    "DECLARED": ("DeclaredRecord", ()),
    "OWNS": ("RealEstate", ()),
    "OWES": ("TaxArrears", ()),
    "CONTRIBUTES_TO": ("SocialInsuranceAccount", ()),
    "GROWS": ("Planting", ()),
    "RAISES": ("Herd", ()),
    "GAVE": ("Guarantee", (("SECURES", "Loan"),)),
    "HOLDS_IP": ("IntellectualProperty", ()),
    "UNDERTAKES": ("ResearchProject", ()),
    "INSURED_BY": ("InsurancePolicy", ()),
    "COMPENSATED_BY": ("InsuranceClaim", (("CLAIMED_UNDER", "InsurancePolicy"),)),
    "JOINED_GROUP": ("JointLiabilityGroup", ()),
    "CONTRACTS_LAND": ("Plot", (("LIES_IN", "Village"),)),
    "HOLDS_LAND_RIGHT": ("LandRight", (("OVER_PLOT", "Plot"),)),
    "CHANGED_REGISTRATION": ("RegistrationChange", ()),
    "RECEIVED": ("Subsidy", ()),
    "PARTY_TO": ("SupplyContract", ()),
    "RATED_AS": ("TaxRating", ()),
    "PAID_TAX": ("TaxPayment", ()),
    "PAYS_FOR": ("UtilityAccount", ()),
    "BORROWED": ("Loan", (("LENT_BY", "FinancialInstitution"),)),
    "SUBJECT_OF": ("ListEntry", ()),
    "GRANTED_LINE": ("CreditLine", (("LINE_OF", "FinancialInstitution"),)),
    "HONOURED_BY": ("Honour", ()),
}

RECORDED = tuple(f"r{n:02d}:party" for n in range(40))


def _day(chance: random.Random) -> date | None:
    return None if chance.random() < 0.4 else date(2025, 9, 1) + timedelta(chance.randrange(500))


def _said(label: str, chance: random.Random) -> dict[str, Any]:
    match label:
        case "Penalty" | "ListEntry":
            said = {"removed_on": _day(chance), "published_until": _day(chance)}
            if label == "Penalty":
                return {**said, "penalty_kinds": "罚款", "fine_fen": chance.choice([None, 100_000])}
            return {
                **said,
                "list_kind": chance.choice(["abnormal_operation", "judgment_defaulter"]),
            }
        case "TaxArrears":
            return {"balance_fen": chance.choice([None, 0, 500_000]), "tax_kind": "增值税"}
        case "TaxRating":
            return {"grade": chance.choice("ABMCD"), "year": chance.choice([2024, 2025])}
        case "UtilityAccount":
            return {"service": chance.choice(["水", "电", None])}
        case "Loan":
            return {"due_on": _day(chance), "loan_no": f"JK{chance.randrange(9999):04d}"}
        case "GovernmentBody" | "FinancialInstitution" | "Village":
            return {"name": chance.choice(["样本局", "样本行", None])}
    return {}


def scatter_records(world: World, seed: int) -> None:
    """State records of every party at random: some ended, removed, unsure, or told twice."""
    chance = random.Random(seed)

    def life() -> dict[str, Any]:
        begin, end = _day(chance), _day(chance)
        if begin and end and end <= begin:
            end = None
        certainty = 0.8 if chance.random() < 0.15 else 1.0
        return {"valid_from": begin, "valid_to": end, "certainty": certainty}

    for key in RECORDED:
        who = (key, "Enterprise")
        world.node("Enterprise", key, name=f"记录{key[:3]}", **life(),
                   registration_state=chance.choice(["active", "revoked", None]))  # fmt: skip
        for tie, (label, further) in _RECORDS.items():
            if chance.random() < 0.45:
                continue
            record = (f"{key[:3]}:{label}{chance.randrange(2)}", label)
            world.node(label, record[0], **life(), **_said(label, chance))
            world.tie(tie, who, record, **life())
            for leads, to in further:
                beyond = (f"{key[:3]}:{to}{chance.randrange(2)}", to)
                world.node(to, beyond[0], **life(), **_said(to, chance))
                world.tie(leads, record, beyond, **life())
        if chance.random() < 0.6:
            world.node("InspectionResult", f"{key[:3]}:AdministrativeAct{chance.randrange(2)}",
                       "AdministrativeAct", **life(),
                       result=chance.choice(["no_problem", "problem_found"]))  # fmt: skip
        loan = f"{key[:3]}:Loan{chance.randrange(2)}"
        world.node("LoanState", loan, "Loan", valid_from=_day(chance),
                   certainty=chance.choice([0.8, 1.0]),
                   loan_class=chance.choice(["pass", "doubtful", "special_mention", None]),
                   overdue_days=chance.choice([0, 0, 12]), settled_on=_day(chance),
                   balance_fen=chance.choice([0, 900_000]))  # fmt: skip
        world.node("RepaymentHistory", loan, "Loan", **life(), has_write_off=chance.random() < 0.2)
        world.node("UtilityState", f"{key[:3]}:UtilityAccount{chance.randrange(2)}",
                   "UtilityAccount", **life(), arrears_fen=chance.choice([0, 3_000, None]))  # fmt: skip
        if chance.random() < 0.6:
            complaint = (f"{key[:3]}:complaint", "Complaint")
            world.node("Complaint", complaint[0], **life(), is_confirmed=None)
            world.tie("CONCERNS", complaint, who, **life())
        if chance.random() < 0.6:
            mortgage = (f"{key[:3]}:mortgage", "RealEstateMortgage")
            world.node("RealEstateMortgage", mortgage[0], **life())
            world.tie("LIES_ON", mortgage, (f"{key[:3]}:RealEstate0", "RealEstate"), **life())
