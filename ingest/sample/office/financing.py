"""Demands for credit of the sample district: one in each state of the loop, and what comes of all.

Whoever asks is a householder who agreed that the main bank looks; of one the consent was taken back
since.  Days are counted back from the day up to which the district's office worked, so that what is late
today is late whenever the district is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from graph.operations import FinancingBook
from ingest.financing import FinancingDesk
from ingest.sample.consents import MAIN_BANK
from ingest.sample.office.desk import Desk

__all__ = ["CHANNEL", "ORDER", "PLANNED", "plant"]

ORDER = 10
#: By whom the demands were brought: the window of the credit office.
CHANNEL = "window"
_OTHER_BANK = "institution:C1103610305002"
_WINDOW, _OFFICER, _OTHER_OFFICER = "样本窗口", "样本信贷员", "样本客户经理"
_WAN = 1_000_000
_MATCHED = (
    {"product": "apple_loan", "verdict": "符合"},
    {"product": "farmer_small_credit_loan", "verdict": "待补充"},
    {"product": "land_right_mortgage", "verdict": "不符合"},
)


@dataclass(frozen=True)
class Step:
    """An act so many days ago; what it states in `content`, days of it counted back as well
    (`_on`: a number)."""

    ago: int
    act: str
    content: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Planned:
    """One demand.

    Attributes:
        pushed: how many days ago; None: it went to nobody yet.
        steps: of the main bank, then withdrawal where the applicant withdrew.
        elsewhere: of a second bank that it was pushed to as well.
        states: bank -> state in which its application is now; of the demand where there is none.
        credit, drawn, repaid: in 万元.
        late: whether its next step at the main bank is overdue.
    """

    number: int
    purpose: str
    wan: int
    months: int
    pushed: int | None
    steps: tuple[Step, ...]
    state: str
    late: bool = False
    credit: int = 0
    drawn: int = 0
    repaid: int = 0
    refusal: str | None = None
    matched: bool = True
    consent: str = "agreed"
    elsewhere: tuple[Step, ...] = ()
    state_elsewhere: str | None = None

    @property
    def reference(self) -> str:
        """The number of the application form."""
        return f"样例融资-{self.number:02d}"


def _granted(
    ago: int, number: int, wan: int, *, ends: int = -365, security: str = "unsecured"
) -> Step:
    return Step(ago, "grant", {
        "line_no": f"PTSX{number:04d}", "amount_fen": wan * _WAN, "from_on": ago, "to_on": ends,
        "rate_ppm": 43_500, "security_kind": security,
    })  # fmt: skip


def _signed(ago: int, number: int) -> Step:
    return Step(ago, "sign", {"contract_no": f"PTHT{number:04d}", "signed_on": ago})


def _drawn(ago: int, note: str, wan: int, due: int, stated: str | None = None) -> Step:
    told = {"note_no": f"PT{note}", "amount_fen": wan * _WAN, "on": ago, "due_on": due}
    return Step(ago, "disburse", told | ({"stated_first": stated} if stated else {}))


def _repaid(ago: int, note: str, wan: int) -> Step:
    return Step(ago, "repay", {"note_no": f"PT{note}", "amount_fen": wan * _WAN, "on": ago})


def _up_to_signed(ago: int, number: int, wan: int, **more: Any) -> tuple[Step, ...]:
    """Accepted, looked into, granted and signed from so many days ago on."""
    return (
        Step(ago, "accept"), Step(ago - 1, "investigate", {"visited_on": ago - 1}),
        _granted(ago - 4, number, wan, **more), _signed(ago - 6, number),
    )  # fmt: skip


#: Every state of a demand and of an application; of some two, one of them past its term.
PLANNED: Final = (
    Planned(1, "购买苹果套袋", 5, 12, 20, (), "pushed", late=True),
    Planned(2, "购买化肥农药", 8, 12, 0, (), "pushed"),
    Planned(3, "更新防雹网", 12, 24, 1, (Step(0, "accept"),), "accepted"),
    Planned(
        4, "扩建养殖圈舍", 20, 24, 40,
        (Step(38, "accept"), Step(30, "investigate", {"visited_on": 30})),
        "investigating", late=True,
    ),
    Planned(
        5, "租赁果库", 10, 12, 12,
        (Step(10, "accept"), Step(8, "investigate"), _granted(2, 5, 8)),
        "granted", credit=8,
    ),
    Planned(6, "购买农机", 15, 36, 14, _up_to_signed(9, 6, 15, security="guarantee"), "signed", credit=15),
    Planned(
        7, "收购苹果", 6, 12, 30, (*_up_to_signed(29, 7, 6), _drawn(20, "0701", 6, -345, "first")),
        "disbursed", credit=6, drawn=6,
    ),
    Planned(
        8, "大棚改造", 20, 24, 200,
        (
            *_up_to_signed(199, 8, 20, security="guarantee"),
            _drawn(190, "0801", 10, -175, "not_first"), _drawn(120, "0802", 5, -245),
            _repaid(60, "0801", 4), _repaid(30, "0802", 1),
        ),
        "repaying", credit=20, drawn=15, repaid=5,
    ),
    Planned(
        9, "购买仔猪和饲料", 10, 12, 300,
        (
            *_up_to_signed(299, 9, 10), _drawn(290, "0901", 10, 60, "first"),
            _repaid(150, "0901", 3),
            Step(30, "overdue", {"note_no": "PT0901", "on": 30, "overdue_days": 30}),
        ),
        "overdue", late=True, credit=10, drawn=10, repaid=3,
    ),
    Planned(
        10, "苗木周转", 3, 6, 230,
        (
            *_up_to_signed(229, 10, 3), _drawn(220, "1001", 3, 40, "first"),
            _repaid(100, "1001", 2), _repaid(1, "1001", 1), Step(1, "settle", {"on": 1}),
        ),
        "settled", credit=3, drawn=3, repaid=3,
    ),
    Planned(
        11, "滴灌设备", 4, 12, 320,
        (
            *_up_to_signed(319, 11, 4), _drawn(310, "1101", 4, -55, "first"),
            _repaid(50, "1101", 4), Step(50, "settle", {"on": 50}),
            Step(48, "feedback", {"stated_first": "first", "is_unsecured": True}),
        ),
        "closed", credit=4, drawn=4, repaid=4,
    ),
    Planned(
        12, "收购玉米", 30, 12, 15,
        (
            Step(14, "accept"), Step(12, "investigate"),
            Step(1, "refuse", {"code": "debt_high"}, "现有贷款和担保合计超过年收入的两倍"),
        ),
        "refused", refusal="debt_high",
    ),
    Planned(
        13, "农家乐装修", 25, 36, 60,
        (
            Step(59, "accept"), Step(50, "refuse", {"code": "papers_lacking"}, "没有提供经营场所的权属材料"),
            Step(49, "feedback"),
        ),
        "closed", refusal="papers_lacking",
    ),
    Planned(
        14, "购买运输车", 18, 36, 150,
        (
            Step(149, "accept"), Step(148, "investigate"), _granted(140, 14, 18, ends=80, security="mortgage"),
            Step(40, "lapse", reason="申请人没有在有效期内签约"),
        ),
        "lapsed", late=True, credit=18,
    ),
    Planned(
        15, "蜂箱更新", 2, 12, 35,
        (Step(34, "accept"), Step(33, "withdraw", reason="已向亲属借到资金")),
        "withdrawn",
    ),
    Planned(16, "果园托管服务费", 7, 12, 25, (Step(24, "accept"),), "accepted", late=True, consent="revoked"),
    Planned(
        17, "冷库建设", 50, 60, 45,
        (Step(44, "accept"), Step(43, "refuse", {"code": "quota_full"}, "本年该产品额度已满"),),
        "refused", late=True, refusal="quota_full",
        elsewhere=(Step(41, "accept"), Step(38, "investigate", {"visited_on": 39})),
        state_elsewhere="investigating",
    ),
    Planned(18, "购买树苗", 3, 12, None, (), "registered", matched=False),
    Planned(19, "修建蓄水池", 9, 24, None, (), "matched"),
)  # fmt: skip

#: What comes of them, counted by hand: of all banks, and of demands of the last 400 days.
FIGURES: Final = {
    "demands": 19, "demanded_fen": 257 * _WAN, "applications": 18, "accepted_ratio": [15, 18],
    "credits": 8, "credit_fen": 84 * _WAN, "credit_ratio": [8, 18], "disbursements": 6,
    "disbursed_fen": 38 * _WAN, "first_stated": 4, "unsecured_count_ratio": [4, 6],
    "unsecured_fen_ratio": [23 * _WAN, 38 * _WAN],
    "overdue_ratio": [7 * _WAN, 23 * _WAN],
}  # fmt: skip


def plant(at: Desk) -> Mapping[str, Any]:
    """Register them with their histories and carry them into the log; what was planted by form number.

    Begun a second time it goes on from the days of the first, so that every act is the same act.
    """
    book = FinancingBook(at.office.store)
    begun = book.find(CHANNEL, PLANNED[0].reference)
    desk = Desk(at.office, at.reader, begun.made_at + _before(PLANNED[0])) if begun else at
    # consents of before are none that anybody looks by today
    loop = FinancingDesk(at.office, None, lambda *_: True)
    for planned, subject in _asking(desk, book):
        _tell(desk, loop, planned, subject)
    loop.carry_out(into_graph=False)
    return _truth()


def _before(planned: Planned) -> timedelta:
    return timedelta(days=(planned.pushed or 0) + 1)


def _asking(desk: Desk, book: FinancingBook) -> Iterator[tuple[Planned, str]]:
    """Each demand with whose it is: a householder of another household each."""
    free = {kind: iter(keys) for kind, keys in desk.householders.items()}
    for planned in PLANNED:
        subject = next(free[planned.consent])
        held = book.find(CHANNEL, planned.reference)
        yield planned, held.subject if held else subject


def _tell(desk: Desk, loop: FinancingDesk, planned: Planned, subject: str) -> None:
    reference, began = planned.reference, desk.at - _before(planned)
    # the key is one of the log, and the graph need not be there yet
    demand = loop.book.register(
        subject, channel=CHANNEL, reference=reference,
        amount_fen=planned.wan * _WAN, months=planned.months, purpose=planned.purpose,
        security_kinds=["unsecured"], by=_WINDOW, at=began,
    ).act.demand  # fmt: skip
    if planned.matched:
        loop.book.match(demand, _MATCHED, reference=f"{reference}/match", by=_WINDOW, at=began)
    if planned.pushed is None:
        return
    _at_bank(desk, loop, planned, demand, MAIN_BANK, planned.steps, _OFFICER)
    if planned.elsewhere:
        _at_bank(desk, loop, planned, demand, _OTHER_BANK, planned.elsewhere, _OTHER_OFFICER)


def _at_bank(
    desk: Desk, loop: FinancingDesk, planned: Planned, demand: int, bank: str,
    steps: tuple[Step, ...], officer: str,
) -> None:  # fmt: skip
    assert planned.pushed is not None
    reference, pushed_at = planned.reference, desk.ago(planned.pushed)
    case = loop.push(
        desk.reader, demand, bank, product=_MATCHED[0]["product"],
        reference=f"{reference}/push/{bank[-6:]}", by=_WINDOW, at=pushed_at,
    ).act.case_number  # fmt: skip
    assert case is not None
    for place, step in enumerate(steps, 1):
        at, number = desk.ago(step.ago), f"{reference}/{place}"
        if step.act == "withdraw":
            loop.withdraw(demand, reference=number, by=_WINDOW, at=at, reason=step.reason)
            continue
        loop.act(
            desk.reader, case, step.act, reference=number, by=officer, at=at,
            reason=step.reason, content=_content(desk, step),
        )  # fmt: skip


def _content(desk: Desk, step: Step) -> dict[str, Any]:
    days = {"from_on", "to_on", "signed_on", "on", "due_on", "visited_on"}
    return {
        name: desk.day(value).isoformat() if name in days else value
        for name, value in step.content.items()
    }


def _truth() -> dict[str, Any]:
    demands: dict[str, Any] = {}
    for planned in PLANNED:
        states = {} if planned.pushed is None else {MAIN_BANK: planned.state}
        if planned.state_elsewhere:
            states[_OTHER_BANK] = planned.state_elsewhere
        demands[planned.reference] = {
            "states": states,
            "credit_fen": planned.credit * _WAN,
            "disbursed_fen": planned.drawn * _WAN,
            "repaid_fen": planned.repaid * _WAN,
            "refusal": planned.refusal,
        }
    return {
        "demands": demands,
        "not_pushed": {one.reference: one.state for one in PLANNED if one.pushed is None},
        "late": [one.reference for one in PLANNED if one.late],
        "not_looked_at": [one.reference for one in PLANNED if one.consent == "revoked"],
        "figures": FIGURES,
    }
