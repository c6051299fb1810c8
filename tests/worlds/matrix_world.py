"""A small district of which every fact bears a mark that says whose it is and of which class.

Subjects are alike but for where they live and what they agreed to; whatever tells more of one than it
should is known by the mark alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from world import World

from graph.connection import Graph
from graph.log import FactLog
from graph.operations import Channel, Consents, OperationsStore
from graph.projection import project
from graph.settings import Settings
from graph.time import day_of, utc_now
from queries.consent import AskedConsent, find_purpose, register_consent

__all__ = [
    "ASKING_FOR", "BANK", "FAR_TOWN", "NEAR_TOWN", "OTHER_PURPOSE", "STATES", "SUBJECTS", "Subject",
    "agree", "marks_in", "state_facts",
]  # fmt: skip

BANK = "institution:bank"
COUNTY, NEAR_TOWN, FAR_TOWN = "610322", "610322104", "610322105"
ASKING_FOR, OTHER_PURPOSE = "credit_approval", "guarantee_review"
#: What a subject agreed to, and what became of it.
STATES = ("none", "active", "other purpose", "revoked", "expired", "without the tick")
_DAYS_AGO = 60


@dataclass(frozen=True)
class Subject:
    """Whom it is about.

    Attributes:
        number: stands in every mark.
        label: Person, Household or Enterprise.
        is_near: whether in the town of those who work in one.
        state: of the consent (`STATES`).
        is_public: whether something public is told of them.
    """

    number: int
    label: str
    is_near: bool
    state: str
    is_public: bool = False

    @property
    def key(self) -> str:
        """Of the party."""
        return f"{'org' if self.label == 'Enterprise' else self.label.lower()}:s{self.number:02d}"

    @property
    def end(self) -> tuple[str, str]:
        """As an end of a tie."""
        return self.key, self.label

    def mark(self, of_class: str) -> str:
        """Stands in what is told of them in a class of information."""
        return f"zq.{of_class}.{self.number:02d}.qz"


def _subjects() -> tuple[Subject, ...]:
    told: list[tuple[str, bool, str, bool]] = [
        ("Person", is_near, state, False) for is_near in (True, False) for state in STATES
    ]
    # of a person nothing is public, unless something was published
    told += [("Person", is_near, "none", True) for is_near in (True, False)]
    told += [("Household", True, state, False) for state in ("none", "active", "without the tick")]
    told += [("Enterprise", True, state, True) for state in ("none", "active", "without the tick")]
    told += [("Enterprise", False, "active", True)]
    return tuple(Subject(number, *one) for number, one in enumerate(told))


SUBJECTS = _subjects()
_MARK = re.compile(r"zq\.([a-z_]+)\.(\d\d)\.qz")


def marks_in(text: str) -> frozenset[tuple[str, int]]:
    """Class and number of the subject of every mark in a text."""
    return frozenset((found[1], int(found[2])) for found in _MARK.finditer(text))


def state_facts(settings: Settings) -> None:
    """Write the district into the log and the graph of a data folder."""
    world = World(FactLog(settings.log_dir))
    world.node("County", f"division:{COUNTY}", name="凤翔区", division_code=COUNTY)
    for town in (NEAR_TOWN, FAR_TOWN):
        end = (f"division:{town}", "Town")
        world.node("Town", end[0], name="镇", division_code=town)
        world.tie("PART_OF", end, (f"division:{COUNTY}", "County"))
        world.node("Village", _village(town)[0], name="村", division_code=f"{town}201")
        world.tie("PART_OF", _village(town), end)
    world.node("FinancialInstitution", BANK, name="凤翔农商银行", institution_code="C1402610305001")
    world.node("GovernmentBody", "org:body", name="市场监督管理局")
    for subject in SUBJECTS:
        _state(world, subject)
    # who keeps a house agreed to the same as it
    for house in (one for one in SUBJECTS if one.label == "Household"):
        alike = ("Person", house.is_near, house.state, house.is_public)
        [head] = (one for one in SUBJECTS
                  if (one.label, one.is_near, one.state, one.is_public) == alike)  # fmt: skip
        world.tie("BELONGS_TO", head.end, house.end, role="householder")
    world.commit(datetime(2026, 3, 1, tzinfo=UTC))
    with Graph(settings) as graph:
        project(FactLog(settings.log_dir), graph)


def _village(town: str) -> tuple[str, str]:
    return f"division:{town}201", "Village"


def _state(world: World, of: Subject) -> None:
    world.tie("LOCATED_IN", of.end, _village(NEAR_TOWN if of.is_near else FAR_TOWN))
    if of.label == "Person":
        world.node("Person", of.key, name=of.mark("identity"), birth_on=date(1980, 1, 1))
        world.node("Farmer", of.key, "Person", occupation=of.mark("household"))
        _tied(world, of, "HAS_CREDIT_REPORT", "CreditReport", "credit_report",
              report_no=of.mark("credit_report"), asked_by=of.mark("credit_report"))  # fmt: skip
    elif of.label == "Household":
        world.node(
            "Household", of.key, name=of.mark("household"), household_no=of.mark("household")
        )
        world.node("HouseholdAccount", of.key, "Household", year=2025, total_income_fen=_amount(of))
        world.node("VillageAppraisal", of.key, "Household", appraiser=of.mark("appraisal"))
    else:
        world.node("Enterprise", of.key, name=of.mark("register"), address=of.mark("register"))
        world.node("OwnershipDisclosure", of.key, "Enterprise", note=of.mark("beneficial_owner"))
        world.node("AnnualReport", of.key, "Enterprise", year=2025, revenue_fen=_amount(of))
    if of.is_public:
        penalty = _tied(world, of, "PENALISED_BY", "Penalty", "public_record",
                        document_no=of.mark("public_record"), violation=of.mark("public_record"),
                        decided_on=date(2026, 1, 15), penalty_kinds="fine")  # fmt: skip
        world.tie("DECIDED_BY", penalty, ("org:body", "GovernmentBody"))
    loan = _tied(world, of, "BORROWED", "Loan", "credit", principal_fen=100_000,
                 loan_no=of.mark("credit"), purpose=of.mark("credit"))  # fmt: skip
    world.node("LoanState", loan[0], "Loan", balance_fen=77_700, loan_class="substandard",
               case_no=of.mark("credit"))  # fmt: skip
    world.tie("LENT_BY", loan, (BANK, "FinancialInstitution"))
    _tied(world, of, "GAVE", "Guarantee", "guarantee", contract_no=of.mark("guarantee"))
    _tied(world, of, "OWNS", "House", "property")
    _tied(world, of, "CONTRACTS_LAND", "Plot", "land", name=of.mark("land"))
    _tied(world, of, "INSURED_BY", "InsurancePolicy", "insurance", insurer=of.mark("insurance"))
    _tied(world, of, "PAID_TAX", "TaxPayment", "tax", year=2025, paid_fen=_amount(of))
    _tied(world, of, "CONTRIBUTES_TO", "SocialInsuranceAccount", "contribution", person_count=1)
    _tied(world, of, "PAYS_FOR", "UtilityAccount", "utility", supplier=of.mark("utility"))
    _tied(world, of, "GROWS", "Planting", "operation", crop=of.mark("operation"), year=2025)
    _tied(world, of, "DECLARED", "DeclaredRecord", "appraisal", content=of.mark("appraisal"))
    _tied(world, of, "GRADED_AS", "CreditGrade", "grade", scheme="public_credit", edition="2026", grade="B",
          reason=of.mark("grade"), document_no=of.mark("grade"))  # fmt: skip
    _tied(world, of, "SUBJECT_TO", "MeasureReport", "measure", report_no=of.mark("measure"),
          measure=of.mark("measure"))  # fmt: skip
    ticket = (of.mark("complaint"), "Complaint")
    world.node(
        "Complaint", ticket[0], ticket_no=of.mark("complaint"), handled_by=of.mark("complaint")
    )
    world.tie("CONCERNS", ticket, of.end)


def _tied(
    world: World, of: Subject, tie: str, kind: str, of_class: str, **said: Any
) -> tuple[str, str]:
    """A thing of a subject, whose very key bears the mark."""
    end = (f"{kind.lower()}:{of.mark(of_class)}", kind)
    world.node(kind, end[0], **said)
    world.tie(tie, of.end, end)
    return end


def _amount(of: Subject) -> int:
    return 1_000_000 + of.number


def agree(store: OperationsStore) -> dict[str, int]:
    """Register what each subject agreed to; the number of each consent by the key of its subject."""
    now, numbers = utc_now(), {}
    for subject in SUBJECTS:
        if subject.state == "none":
            continue
        purpose = find_purpose(OTHER_PURPOSE if subject.state == "other purpose" else ASKING_FOR)
        at = now - timedelta(days=_DAYS_AGO) if subject.state == "expired" else now
        asked = AskedConsent(
            subject.key, BANK, purpose.code, tuple(sorted(purpose.classes)), day_of(at),
            to_on=day_of(at + timedelta(days=_DAYS_AGO // 2)) if subject.state == "expired" else None,
            sensitive_tick=subject.state != "without the tick", onward_tick=True,
            channel=Channel.ONLINE,
        )  # fmt: skip
        number = numbers[subject.key] = register_consent(store, asked, by="窗口张三", at=at).number
        if subject.state == "revoked":
            Consents(store).revoke(number, how="窗口", by="窗口李四", at=now)
    return numbers
