"""What the head of a party's page says in three seconds: who, the own record, the money, what may be
lent, and how far the rest may be believed.

Everything is worked out of answers that the page holds already; nothing is asked for it.  Where the
reader does not see every fact of a kind, a sum is "at least", and nothing seen is unknown, never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from api.wording import source
from queries.eligibility import Verdict
from queries.eligibility.decisions.steps import SETTLES
from queries.record_signal import RecordSignal, Signal, signal_of, worst_signal

if TYPE_CHECKING:
    from api.party_file import PartyFile
    from queries.eligibility import Decision

__all__ = [
    "BAD_CLASSES",
    "Errand",
    "Figure",
    "Header",
    "Offer",
    "errand_for",
    "header_of",
    "identity_said",
    "is_settled",
    "offer_of",
]

#: Classes of a loan that is called bad (商业银行金融资产风险分类办法（2023年第1号令）第六条).
BAD_CLASSES = frozenset({"substandard", "doubtful", "loss"})

#: A guarantee is a fact about two: who opened their own may be shown none of it.
_OF_TWO = "未接入，或未获双方授权"
_NUMBERS = ("resident_id_masked", "unified_social_credit_code")


@dataclass(frozen=True)
class Figure:
    """A sum of money, of so many.

    Attributes:
        fen: None where nothing of the kind is seen and not all of it would be: unknown.
        at_least: there may be more that is not seen, or some amounts were never told.
        recorded: how many there are with those that are over; where none is, nothing was
            recorded, and nothing that could be summed to zero.
        none: what is said where something is recorded and none of it counts.
        unseen: what is said where it is unknown.
    """

    term: str
    fen: int | None
    count: int
    at_least: bool = False
    is_bad: bool = False
    unit: str = "笔"
    recorded: int = 0
    none: str = "没有"
    unseen: str = "未接入或未获授权"


@dataclass(frozen=True)
class Errand:
    """The one thing to do that settles most: so many open questions of so many products.

    Attributes:
        text: the way itself, without the questions that it settles.
    """

    text: str
    days: int
    questions: int
    products: int


@dataclass(frozen=True)
class Offer:
    """The product that fits best, the most money first; where none does, the one nearest to it.

    Attributes:
        fen: what may be lent at most; None where it cannot be worked out yet.
        is_settled: whether its conditions are met as things stand.
    """

    decision: Decision
    fen: int | None
    is_settled: bool


@dataclass(frozen=True)
class Header:
    """The head of the page.

    Attributes:
        kinds: labels of what the party is.
        signal: of the own record; of a household, the worst of its own and its members'.
        whose: of a household, the member whose record that is; None: its own.
        figures: balance, overdue, guarantees given and taken.
        identity: how sure it is who this is, in Chinese.
        consent: what was opened to this reader, in Chinese; empty where none is needed.
        fresh_on, fresh_by: when something was last said of the party, and by which source.
    """

    kinds: tuple[str, ...]
    age: int | None
    where: str | None
    signal: RecordSignal
    whose: str | None
    figures: tuple[Figure, ...]
    offer: Offer | None
    errand: Errand | None
    identity: str
    consent: str
    fresh_at: datetime | None
    fresh_by: str


def header_of(file: PartyFile, *, as_of: date) -> Header:
    """The head of one party's page."""
    card = file.answers["party_card"].rows
    signal, whose = _signal(file)
    newest = max(card, key=lambda row: row["known_from"], default=None)
    return Header(
        kinds=tuple(label for label in card[0]["labels"] if label != "Party") if card else (),
        age=file.age,
        where=file.where,
        signal=signal,
        whose=whose,
        figures=_figures(file, as_of),
        # a decision before anybody signed may not know of the record that is shown
        offer=offer_of(file.decisions) if signal.signal is not Signal.RED else None,
        errand=errand_for(file.decisions),
        identity=identity_said(card, is_whole=file.shows_card),
        consent=file.consent,
        fresh_at=newest["known_from"] if newest else None,
        fresh_by=source(newest["source"]) if newest else "",
    )


def identity_said(card: Iterable[Mapping[str, Any]], *, is_whole: bool) -> str:
    """How sure it is who this is: by which number, or only by resemblance.

    Args:
        is_whole: whether the reader sees all that is said of who the party is.
    """
    rows = list(card)
    sure = [row for row in rows if row["certainty"] >= 1]
    if any(row["facts"].get(name) for row in sure for name in _NUMBERS):
        return "已按证件号码（代码）确认"
    if any(row["facts"].get("household_no") for row in sure):
        return "按户号登记，成员各按证件号码"
    if rows and not sure:
        return "疑似：只按姓名等相似，没有核对证件"
    if rows:
        return "登记中没有证件号码"
    return "没有它自己的登记信息" if is_whole else "按权限不显示"


def offer_of(decisions: Sequence[Decision]) -> Offer | None:
    """The product to speak of; None where every one is 不符合, or there is none."""
    met = [one for one in decisions if one.verdict is Verdict.MET]
    if met:
        best = max(met, key=lambda one: (one.amount.fen or 0, one.product.id))
        return Offer(best, best.amount.fen, is_settled=True)
    still = [one for one in decisions if one.verdict is Verdict.UNKNOWN]
    if not still:
        return None
    best = min(still, key=lambda one: (len(one.settled_by), -(one.amount.at_most_fen or 0), one.product.id))  # fmt: skip
    return Offer(best, best.amount.at_most_fen, is_settled=False)


def errand_for(decisions: Sequence[Decision]) -> Errand | None:
    """The errand that settles most of what is open, of those alike the quickest.

    Counted are questions of open products; what one document answers is one errand already
    (`queries.eligibility.decisions.steps`).
    """
    asks: Counter[tuple[str, ...]] = Counter()
    best: dict[tuple[str, ...], Errand] = {}
    for one in decisions:
        if one.verdict is not Verdict.UNKNOWN:
            continue
        for step in one.next_steps:
            wanted = tuple(name for name in step.obtains if name in one.settled_by)
            if not wanted:
                continue
            asks[wanted] += 1
            best[wanted] = Errand(
                step.text.partition(SETTLES)[0], step.days, len(wanted), asks[wanted]
            )
    return min(
        best.values(),
        key=lambda one: (-one.questions * one.products, one.days, one.text),
        default=None,
    )


def _signal(file: PartyFile) -> tuple[RecordSignal, str | None]:
    own = signal_of(file.adverse.proven, file.adverse.unheard)
    if file.household is None:
        return own, None
    members = [one for one in file.household.members if one.signal is not None]
    every = [one.signal for one in members if one.signal is not None]
    # of the household itself hardly anything is recorded: its members' records are its record
    told = [own, *every] if own.reason is not None else every or [own]
    worst = worst_signal(told)
    place = worst - (len(told) - len(every))
    found = told[worst]
    more = sum(one.more + 1 for one in told if one.reason is not None) - 1
    if found.reason is None:
        return found, None
    signal = RecordSignal(found.signal, found.reason, max(more, 0))
    return signal, members[place].name if place >= 0 else None


def _figures(file: PartyFile, as_of: date) -> tuple[Figure, ...]:
    recorded = _sure(file.loans)
    loans = [row for row in recorded if not is_settled(row, as_of)]
    late = [row for row in loans if row["overdue_days"] or row["loan_class"] in BAD_CLASSES]
    balance = _figure("贷款余额", [row["balance_fen"] for row in loans], file.shows_loans)
    overdue = _figure(
        "其中逾期、不良", [row["balance_fen"] for row in late], file.shows_loans, bad=True
    )
    given = _figure(
        "为他人担保", [row["owed_fen"] for row in _sure(file.given)], file.shows_guarantees
    )
    return (
        replace(balance, recorded=len(recorded), none="都已结清"),
        replace(overdue, recorded=len(recorded)),
        replace(given, unseen=_OF_TWO),
        _received(file),
    )


def _received(file: PartyFile) -> Figure:
    """What others stand for: a contract in which several stand is owed once."""
    contracts: dict[str, int | None] = {}
    for place, row in enumerate(_sure(file.received)):
        name, owed = row["contract"] or f"#{place}", row["owed_fen"]
        held = contracts.get(name)
        contracts[name] = owed if held is None else max(held, owed or 0)
    made = _figure("他人为其担保", [*contracts.values()], file.shows_guarantees)
    return replace(made, unit="份合同", unseen=_OF_TWO)


def _sure(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the party itself: what only resembles it stands in the tables, and in no sum."""
    return [row for row in rows if row["certainty"] is None or row["certainty"] >= 1]


def is_settled(loan: Mapping[str, Any], as_of: date) -> bool:
    """Whether a loan is paid back: by its day, or by nothing that is left."""
    return loan["balance_fen"] == 0 or (
        loan["settled_on"] is not None and loan["settled_on"] <= as_of
    )


def _figure(term: str, amounts: list[int | None], shows_all: bool, *, bad: bool = False) -> Figure:
    known = [fen for fen in amounts if fen is not None]
    if not amounts and not shows_all:
        return Figure(term, None, 0)
    total = sum(known)
    at_least = not shows_all or len(known) < len(amounts)
    return Figure(
        term, total, len(amounts), at_least, is_bad=bad and bool(amounts), recorded=len(amounts)
    )
