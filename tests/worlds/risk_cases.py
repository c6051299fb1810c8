"""A risk officer's small worlds: few parties, what is said of them, and the run over it."""

from __future__ import annotations

from datetime import date
from typing import Any

from credit_world import End, Said, firm, loan, named, person, take

from queries.risk import RiskAnswer, RiskRun, assess, explain

__all__ = [
    "FIRM",
    "HOME",
    "OTHER",
    "WAN",
    "YUAN",
    "A",
    "B",
    "C",
    "D",
    "account",
    "agreement",
    "assets",
    "contract",
    "household",
    "linked",
    "own",
    "run_of",
    "secures",
    "stands",
    "struck_off",
    "sued",
]

A, B, C, D = (person(number) for number in range(1, 5))
FIRM, OTHER = firm(1), firm(2)
HOME: End = ("household:1", "Household")
YUAN = 100
WAN = 10_000 * YUAN


def run_of(*facts: Said | list[Said]) -> RiskRun:
    told = [one for some in facts for one in (some if isinstance(some, list) else [some])]
    parties = {end for said in told for end in said.ends
               if end[1] in ("Person", "Household", "Enterprise", "IndividualBusiness", "FamilyFarm")}  # fmt: skip
    described = {said.ends[0][0] for said in told if len(said.ends) == 1}
    return assess(
        take([[*named(*sorted(end for end in parties if end[0] not in described)), *told]])[0]
    )


def linked(run: RiskRun, party: End) -> float:
    """What is linked to a party; in these worlds always exact."""
    told = explain(run, party[0]).linked
    assert told.exact
    return told.value


def own(run: RiskRun, party: End) -> RiskAnswer:
    return explain(run, party[0])


def stands(guarantor: End, borrower: End, wan: float | None = None, contract: str = "c1",
           kind: str | None = "joint_and_several", source: str = "bank", **more: Any) -> Said:  # fmt: skip
    amount = None if wan is None else int(wan * WAN)
    told = {"discriminator": contract, "amount_fen": amount, "guarantee_kind": kind, **more}
    return Said("GUARANTEES", (guarantor, borrower), told, source)


def assets(party: End, wan: float) -> Said:
    return Said("AnnualReport", ((party[0], "Enterprise"),), {"net_assets_fen": int(wan * WAN)})


def household(income_wan: float | None, *members: End) -> list[Said]:
    told = {} if income_wan is None else {"annual_income_fen": int(income_wan * WAN)}
    return [Said("Household", (HOME,), told)] + [
        Said("BELONGS_TO", (member, HOME)) for member in members
    ]


def account(income_wan: float, since: date) -> Said:
    return Said(
        "HouseholdAccount",
        (HOME,),
        {"total_income_fen": int(income_wan * WAN), "valid_from": since},
    )


def secures(contract: str, number: int) -> list[Said]:
    return [Said("SECURES", ((contract, "Guarantee"), (f"loan:{number}", "Loan")))]


def agreement(*members: End, limit_wan: float | None = None, group: str = "group:1") -> list[Said]:
    """A group as its list tells it."""
    told = {} if limit_wan is None else {"limit_fen": int(limit_wan * WAN)}
    node = (group, "JointLiabilityGroup")
    pairs = [(a, b) for a in members for b in members if a[0] < b[0]]
    return [
        Said("JointLiabilityGroup", (node,), told),
        *(Said("JOINED_GROUP", (member, node)) for member in members),
        *(Said("JOINT_GUARANTEE_WITH", pair, {"discriminator": group}) for pair in pairs),
    ]


def contract(
    borrower: End, *guarantors: End, number: str = "c1", wan: float | None = None
) -> list[Said]:
    """The same group as a contract of joint guarantee for one loan tells it."""
    return [
        said
        for one in guarantors
        for said in (
            Said("GAVE", (one, (number, "Guarantee"))),
            stands(one, borrower, wan, number, "joint_group"),
        )
    ]


def struck_off(party: End, ended_on: date | None = date(2025, 3, 1)) -> Said:
    return Said(
        "Enterprise",
        (party,),
        {"name": "原公司", "registration_state": "cancelled", "ended_on": ended_on},
    )


def sued(case_no: str | None = None, loan_class: str = "loss") -> list[Said]:
    return loan(1, A, loan_class, case_no=case_no)
