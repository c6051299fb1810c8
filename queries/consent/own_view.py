"""What a subject is shown of itself: what is held, by class, from where and since when; who asked; and
what it may ask for (个人信息保护法 第四十四条至第五十条; 征信业管理条例 第十七条、第二十五条).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import InputError
from graph.information import InformationClass
from graph.operations.decision import DecisionArchive
from graph.operations.office import OfficeBooks
from graph.operations.own_view import OwnLinks, OwnReport, OwnReports, OwnRequest, OwnRequests, View
from graph.operations.staff_check import StaffChecks
from graph.schema import SCHEMA
from graph.time import MAX_DATE, MIN_DATE, Instant, day_of
from queries.district import DistrictReader
from queries.owning import owning, subjects
from queries.scope import Scope

__all__ = [
    "FREE_REPORTS",
    "OWN_SCOPE",
    "REQUESTS",
    "Asked",
    "HeldClass",
    "HeldFact",
    "answer_request",
    "asked_about",
    "close_view",
    "enter_request",
    "held_of",
    "issue_report",
    "link_waits",
    "make_link",
    "open_link",
    "open_requests",
    "reports_of",
    "requests_of",
    "view_of",
]

#: What a subject is shown of itself is not withheld from it; whose facts they are is looked up apart.
OWN_SCOPE = Scope("本人查询")
#: 征信业管理条例 第十七条.
FREE_REPORTS = 2
#: What may be asked for, and within how many days it is answered: 征信业管理条例 第二十五条 (20 days to
#: verify); for deletion no law states one, and the same is kept.
REQUESTS = {"objection": "异议", "correction": "更正", "deletion": "删除"}
_DAYS = 20


@dataclass(frozen=True)
class HeldFact:
    """One fact about a subject.

    Attributes:
        kind: of the fact; label: in Chinese.
        key: of the thing that it describes, where an objection goes to the room of repair.
        said: titles and values.
    """

    kind: str
    label: str
    key: str | None
    source: str
    known_from: Instant
    valid_from: date | None
    valid_to: date | None
    said: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class HeldClass:
    """Facts of one class of information, the newest first."""

    code: str
    label: str
    basis: str
    facts: tuple[HeldFact, ...]


@dataclass(frozen=True)
class Asked:
    """That somebody asked: when, who, what, for what."""

    at: Instant
    who: str
    what: str
    why: str


def held_of(reader: DistrictReader, subject: str) -> tuple[HeldClass, ...]:
    """Everything that is shown by law of a subject, by class.

    Of a tie to somebody else the other is not told: the subject knows, and others have rights too.
    """
    keys: dict[str, pa.Array] = {}

    def mine(label: str) -> pa.Array:
        """Keys under a label that are the subject's."""
        if label not in keys:
            found = [subject] if label == "Party" else []
            for tie in owning(label):
                told = reader.table(tie.kind)
                ours = told.filter(pc.equal(told[tie.party].cast(pa.string()), subject))
                found += ours[tie.thing].to_pylist()
            keys[label] = pa.array(found, pa.string())
        return keys[label]

    by_class: dict[InformationClass, list[HeldFact]] = {}
    for kind in SCHEMA.kinds:
        about = subjects(kind.kind)
        if not about or all(not len(mine(each.label)) for each in about):
            continue
        told = reader.table(kind.kind)
        if not len(told):
            continue
        ours = pc.is_in(told[about[0].column].cast(pa.string()), value_set=mine(about[0].label))
        for each in about[1:]:
            also = pc.is_in(told[each.column].cast(pa.string()), value_set=mine(each.label))
            ours = pc.or_(ours, also)
        rows = told.filter(ours).to_pylist()
        if rows:
            facts = by_class.setdefault(SCHEMA.information(kind.kind), [])
            facts += [_fact(kind.kind, row) for row in rows]
    return tuple(
        HeldClass(
            item.value,
            item.term,
            item.basis,
            tuple(
                sorted(by_class[item], key=lambda fact: (fact.known_from, fact.label), reverse=True)
            ),
        )
        for item in InformationClass
        if item in by_class
    )


def asked_about(
    books: OfficeBooks,
    subject: str,
    *,
    trails: Iterable[Callable[[str], Iterable[Asked]]] = (),
) -> tuple[Asked, ...]:
    """Who asked about a subject, when and why, the newest first.

    Args:
        trails: what else tells of it, asked by the key of the subject.
    """
    found = [
        Asked(one.at, one.by, f"公职人员录用核查（{one.name}）", one.purpose)
        for one in StaffChecks(books.store).about(subject)
    ]
    found += [
        Asked(one.decided_at, "办理机构", f"产品判定（{one.product}）", "贷款审批")
        for one in DecisionArchive(books.store).of(party=subject)
    ]
    for trail in trails:
        found += trail(subject)
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def make_link(books: OfficeBooks, subject: str, *, by: str, at: datetime) -> str:
    """The secret of a link for a subject; raises as `OwnLinks.make`."""
    return OwnLinks(books.store).make(subject, by=by, at=at)


def link_waits(books: OfficeBooks, token: str, *, at: datetime) -> bool:
    """Whether a link can be opened."""
    return OwnLinks(books.store).waits(token, at=at)


def open_link(books: OfficeBooks, token: str, subject: str | None, *, at: datetime) -> str:
    """The secret of the view that a link opens; raises as `OwnLinks.open`."""
    return OwnLinks(books.store).open(token, subject, at=at)


def view_of(books: OfficeBooks, secret: str, *, at: datetime) -> View:
    """Whose a view is; raises as `OwnLinks.view`."""
    return OwnLinks(books.store).view(secret, at=at)


def close_view(books: OfficeBooks, secret: str, *, at: datetime) -> None:
    """End a view."""
    OwnLinks(books.store).close(secret, at=at)


def enter_request(
    books: OfficeBooks, subject: str, kind: str, *, about: str, said: str, at: datetime
) -> OwnRequest:
    """Note what a subject asks; raises `InputError` (`request_kind`, `reason_missing`)."""
    if kind not in REQUESTS:
        raise InputError(
            "请选择异议、更正或者删除。",
            "A request is an objection, a correction or a deletion.",
            code="request_kind",
        )
    due_on = day_of(at) + timedelta(days=_DAYS)
    return OwnRequests(books.store).enter(
        subject, kind, about=about, said=said, due_on=due_on, at=at
    )


def answer_request(
    books: OfficeBooks, number: int, answer: str, *, by: str, at: datetime
) -> OwnRequest:
    """Answer one; raises as `OwnRequests.answer`."""
    return OwnRequests(books.store).answer(number, answer, by=by, at=at)


def requests_of(books: OfficeBooks, subject: str) -> list[OwnRequest]:
    """What a subject asked, with the answers."""
    return OwnRequests(books.store).of(subject)


def open_requests(books: OfficeBooks) -> list[OwnRequest]:
    """What has no answer yet, what is due first."""
    return OwnRequests(books.store).open()


def issue_report(
    books: OfficeBooks, subject: str, *, channel: str, by: str, at: datetime
) -> OwnReport:
    """Number a report of a subject's own; raises `InputError` (`user_missing`)."""
    return OwnReports(books.store).issue(subject, channel=channel, by=by, at=at)


def reports_of(books: OfficeBooks, subject: str, *, at: datetime) -> int:
    """How many reports a subject got in the year of an instant."""
    return OwnReports(books.store).issued(subject, day_of(at).year)


def _fact(kind: str, row: dict[str, Any]) -> HeldFact:
    declared = SCHEMA.kind(kind)
    said = [
        (each.term, row[each.name])
        for each in declared.properties
        if row.get(each.name) is not None and not each.name.endswith("_key")
    ]
    return HeldFact(
        kind,
        declared.term,
        row["key"] if kind in ("Penalty", "ListEntry") else None,
        row["source"],
        row["known_from"],
        _day(row["valid_from"]),
        _day(row["valid_to"]),
        tuple(said),
    )


def _day(day: date | None) -> date | None:
    return None if day in (None, MIN_DATE, MAX_DATE) else day
