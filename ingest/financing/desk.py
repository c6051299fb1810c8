"""Acts of the loop, each checked against consent and records before it is kept.

Consent is asked for at the push and again at every look: whoever took it back is looked at no more,
and what was done before stays in its history (个人信息保护法 第十五条).  What an act means for readers
of the graph is carried into the log after it (`carry_out`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from graph.errors import ForbiddenError, InputError, NotFoundError
from graph.operations import (
    PLATFORM,
    Done,
    FinancingBook,
    FinancingDemand,
    FinancingFile,
    FinancingLinks,
    FinancingPapers,
    OfficeBooks,
)
from graph.operations.financing_terms import day
from ingest.financing.facts import carry_out
from ingest.known_party import may_be_known
from ingest.pipeline import bring_up
from queries.financing import (
    PURPOSE,
    HasConsent,
    Inbox,
    LoopFigure,
    Progress,
    cut_to,
    first_loan,
    inbox_of,
    loop_figures,
    progress_of,
)
from queries.reader import Reader
from queries.working_days import calendar_in_force

__all__ = ["FinancingDesk"]

_ALL = 10**6
#: In which order products are shown: what fits, what may fit, what does not.
_ORDER = ("符合", "待补充", "不符合")


@dataclass(frozen=True)
class FinancingDesk:
    """Where the loop is worked on.

    Args:
        institution: for whom it is worked; None: for the platform itself.
        note: told whom it is about to look at or act on, before it says whether it may.
    """

    office: OfficeBooks
    institution: str | None
    has_consent: HasConsent
    note: Callable[[Iterable[str]], None] = lambda _subjects: None

    @property
    def book(self) -> FinancingBook:
        """What is kept."""
        return FinancingBook(self.office.store)

    def register(self, reader: Reader, subject: str, **stated: Any) -> Done:
        """Take a demand of a known party; raises `NotFoundError`, and as `FinancingBook.register`."""
        key = reader.known(subject)
        if not may_be_known(key):
            raise InputError(
                "融资需求须由有证件号码的个人或者有代码的单位提出。",
                "A demand is of a person or body with a number.",
                code="subject_without_code",
            )
        return self.book.register(key, **stated)

    def match(self, reader: Reader, demand: int, *, reference: str, by: str, at: datetime) -> Done:
        """Look which products are for the applicant, what fits first; nothing is scored.

        Raises as `look`, and `InputError` (`financing_step`).
        """
        file = self.look(demand, at=at)
        found: list[dict[str, str]] = [
            {"product": one.product.id, "verdict": one.verdict.value}
            for one in reader.decide_every(file.demand.subject)
        ]
        found.sort(key=lambda one: (_ORDER.index(one["verdict"]), one["product"]))
        return self.book.match(demand, found, reference=reference, by=by, at=at)

    def push(
        self, reader: Reader, demand: int, institution: str, *, product: str, reference: str,
        by: str, at: datetime,
    ) -> Done:  # fmt: skip
        """Send a demand to an institution that the applicant lets look.

        Raises `ForbiddenError` (`consent_missing`), `NotFoundError`, `InputError`
        (`institution_unknown`, `financing_step`, `financing_pushed`).
        """
        reader.product(product)
        held = reader.table("FinancialInstitution")["key"]
        if institution not in {*held.to_pylist()}:
            raise InputError(
                "没有这家金融机构。请核对机构编号。",
                "There is no such institution.",
                code="institution_unknown",
            )
        if self.institution not in (None, institution):
            raise ForbiddenError(
                "只能把需求推送给本机构。其他机构请由平台推送。",
                "An institution pushes to itself alone.",
                code="not_permitted",
            )
        self._consented(self.look(demand, at=at).demand.subject, institution, at)
        return self.book.push(
            demand, institution, product=product, reference=reference, by=by, at=at
        )

    def act(
        self, reader: Reader, case: int, act: str, *, reference: str, by: str, at: datetime,
        reason: str = "", content: Mapping[str, Any] | None = None,
    ) -> Done:  # fmt: skip
        """Go one step forward; raises as `FinancingBook.act`, `InputError` (`conflict_of_interest`)."""
        told = self.book.case(case)
        if self.institution not in (None, told.institution):
            raise _none()
        subject, given = self.book.file(told.demand).demand.subject, dict(content or {})
        self.note([subject])
        given.pop("checked_first", None)
        if act == "investigate":
            self._consented(subject, told.institution, at)
            if given.get("assessor"):
                self._refuse_conflict(reader, str(given["assessor"]), subject)
        if act == "disburse" and given.get("on"):
            given["checked_first"] = first_loan(reader, subject, day(given["on"]))
        platform = self.institution is None and act in ("note", "paper", "withdraw", "remind")
        return self.book.act(
            case, act, institution=PLATFORM if platform else told.institution, reference=reference,
            by=by, at=at, reason=reason, content=given,
        )  # fmt: skip

    def attach(
        self, reader: Reader, case: int, paper: bytes, *, kind: str, name: str, by: str,
        at: datetime, reference: str = "",
    ) -> Done:  # fmt: skip
        """Keep a paper with an application; raises as `act`, and `InputError` (`paper_size`)."""
        told = self.book.case(case)
        if self.institution not in (None, told.institution):
            raise _none()
        sha256 = FinancingPapers(self.office.settings).keep(paper)
        content = {"sha256": sha256, "kind": kind, "name": name, "size": len(paper)}
        return self.act(
            reader, case, "paper", reference=reference or f"paper/{case}/{sha256[:32]}", by=by, at=at,
            content=content,
        )  # fmt: skip

    def look(self, demand: int, *, at: datetime) -> FinancingFile:
        """A file, to an institution its own part of it while the applicant lets it look.

        Raises `NotFoundError`, `ForbiddenError` (`consent_missing`).
        """
        file = cut_to(self.book.file(demand), self.institution)
        own = self.institution
        if own is not None and not file.cases and file.demand.channel != own:
            raise _none()
        self.note([file.demand.subject])
        if own is not None:
            self._consented(file.demand.subject, own, at)
        return file

    def paper(self, demand: int, sha256: str, *, at: datetime) -> tuple[str, bytes]:
        """Name and bytes of a paper of a file; raises as `look`, and `NotFoundError`."""
        acts = self.look(demand, at=at).acts
        names = {one.content["sha256"]: one.content["name"] for one in acts if one.act == "paper"}
        if sha256 not in names:
            raise _none()
        return str(names[sha256]), FinancingPapers(self.office.settings).read(sha256)

    def inbox(
        self, *, at: datetime, states: Sequence[str] = (), limit: int = 50, offset: int = 0
    ) -> Inbox:
        """Applications with their next step and its day, what is overdue first."""
        found = inbox_of(
            self.book, institution=self.institution, has_consent=self.has_consent, at=at,
            calendar=calendar_in_force(self.office.store), states=states, limit=limit, offset=offset,
        )  # fmt: skip
        self.note(row.subject for row in found.rows if row.subject is not None)
        return found

    def remind(self, *, by: str, at: datetime) -> int:
        """Note in every application that is overdue that it was reminded of, once a state; how many."""
        told = 0
        for row in self.inbox(at=at, limit=_ALL).rows:
            if row.waiting and row.waiting.overdue:
                done = self.book.act(
                    row.case, "remind", institution=PLATFORM, by=by, at=at,
                    reference=f"remind/{row.case}/{row.state}/{row.waiting.on}",
                    content={"limit": row.waiting.title},
                )  # fmt: skip
                told += done.is_new
        return told

    def not_pushed(self) -> list[FinancingDemand]:
        """Demands that went to no institution yet, the newest first; to the platform alone."""
        if self.institution is not None:
            return []
        found = self.book.demands(states=("registered", "matched"), limit=50)
        self.note(one.subject for one in found)
        return found

    def figures(self, begins: date, ends: date) -> tuple[LoopFigure, ...]:
        """Figures of a period, of the institution or of all."""
        return loop_figures(self.book, begins, ends, institution=self.institution)

    def link(self, demand: int, *, by: str, at: datetime) -> str:
        """The token of a link for the applicant; raises as `look`."""
        self.look(demand, at=at)
        return FinancingLinks(self.office.store).make(demand, by=by, at=at)

    def progress(self, token: str, *, at: datetime) -> Progress:
        """What a link opens; raises `NotFoundError` (`link_unknown`)."""
        demand = FinancingLinks(self.office.store).demand_of(token, at=at)
        return progress_of(self.book.file(demand))

    @staticmethod
    def institution_names(reader: Reader, keys: Iterable[str]) -> dict[str, str | None]:
        """What institutions are called: of the register, which is public."""
        wanted = dict.fromkeys(keys)
        if not wanted:
            return {}
        table = reader.table("FinancialInstitution")
        told = dict(zip(table["key"].to_pylist(), table["name"].to_pylist(), strict=True))
        return {key: told.get(key) for key in wanted}

    def withdraw(self, demand: int, *, reference: str, by: str, at: datetime, reason: str) -> Done:
        """For the applicant; raises as `FinancingBook.withdraw` and `look`."""
        self.look(demand, at=at)
        return self.book.withdraw(demand, reference=reference, by=by, at=at, reason=reason)

    def conflicts(self, reader: Reader, assessors: Sequence[str], subject: str) -> dict[str, str]:
        """Which of some assessors must leave a subject to somebody else, and why."""
        found = {one: reader.conflicts(one).get(subject) for one in assessors}
        return {one: why for one, why in found.items() if why}

    def carry_out(self, *, into_graph: bool = True) -> None:
        """Bring log and graph to what was done."""
        settings, store = self.office.settings, self.office.store
        if carry_out(settings, store=store) and into_graph:
            bring_up(settings, store=store)

    def _consented(self, subject: str, institution: str, at: datetime) -> None:
        if not self.has_consent(subject, institution, PURPOSE, at):
            raise ForbiddenError(
                "申请人没有对该机构的有效授权，或者授权已撤回、到期。请先登记授权；未授权不等于不符合条件。",
                "There is no consent of the applicant to that institution.",
                code="consent_missing",
            )

    def _refuse_conflict(self, reader: Reader, assessor: str, subject: str) -> None:
        if why := self.conflicts(reader, [assessor], subject).get(assessor):
            raise InputError(
                f"调查人与申请人有利害关系（{why}），请另派人员。",
                "The assessor has an interest in the applicant.",
                code="conflict_of_interest",
            )


def _none() -> NotFoundError:
    return NotFoundError(
        "没有这件融资申请。请核对编号。", "There is no such application.", code="financing_unknown"
    )
