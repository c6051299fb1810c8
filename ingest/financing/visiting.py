"""Where visits are entered and read: for one's own institution, of those whom one may see.

Whoever took their consent back is seen no more, here as in the loop; what a visit found is then shown to
nobody of the institution.  What somebody wants becomes a demand of the loop by one act, and only with their
consent in hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph.errors import ForbiddenError, InputError, NotFoundError
from graph.operations import PLATFORM, OfficeBooks, Visit, Visits
from ingest.financing.desk import FinancingDesk
from queries.financing import PURPOSE, HasConsent
from queries.reader import Reader

__all__ = ["VisitDesk"]

#: Months of a demand of which nobody said for how long.
_USUAL_MONTHS = 12


@dataclass(frozen=True)
class VisitDesk:
    """Where officers of an institution (None: of the platform itself) enter what they found.

    Args:
        note: told whom it is about to look at, before it says whether it may.
    """

    office: OfficeBooks
    institution: str | None
    has_consent: HasConsent
    note: Callable[[Iterable[str]], None] = lambda _subjects: None

    @property
    def book(self) -> Visits:
        """What is kept."""
        return Visits(self.office.store)

    def keep(self, reader: Reader, subject: str, **stated: Any) -> Visit:
        """Keep a visit to somebody whom the officer sees.

        Raises `NotFoundError` (`party_unknown`), and as `Visits.keep`.
        """
        key = self.seen(reader, subject)
        return self.book.keep(key, institution=self.institution or PLATFORM, **stated)

    def seen(self, reader: Reader, subject: str) -> str:
        """The key of somebody whom the officer sees by name; raises `NotFoundError` (`party_unknown`)."""
        key = reader.known(subject)
        self.note([key])
        if reader.name(key) is None:
            raise NotFoundError(
                "没有找到这个主体，或者没有授权查看。请先登记本人授权。",
                "That party is not known, or nothing of it is open.",
                code="party_unknown",
            )
        return key

    def all(self, reader: Reader, *, subject: str | None = None) -> list[tuple[Visit, str]]:
        """Visits of the institution, the newest first, each with the name of whom it was to."""
        found = self.book.of(self.institution, subject=subject)
        self.note({one.subject for one in found})
        names = reader.names(one.subject for one in found)
        return [(one, name) for one in found if (name := names[one.subject]) is not None]

    def look(self, reader: Reader, number: int) -> Visit:
        """One of them; raises `NotFoundError` (`visit_unknown`, `party_unknown`)."""
        found = self.book.find(number)
        if self.institution not in (None, found.institution):
            # as if there were none: a number tells nothing of another's visits
            return self.book.find(-1)
        self.seen(reader, found.subject)
        return found

    def may_demand(self, visit: Visit, *, at: datetime) -> bool:
        """Whether whom it was to lets the institution look, as the loop asks; the platform registers
        what was told to it."""
        own = self.institution
        return own is None or self.has_consent(visit.subject, own, PURPOSE, at)

    def demand(self, reader: Reader, number: int, *, by: str, at: datetime) -> int:
        """Register what a visit found to be wanted as a demand; its number, the same however often.

        Raises as `look`, `InputError` (`visit_terms`), `ForbiddenError` (`consent_missing`).
        """
        visit = self.look(reader, number)
        if visit.demand is not None:
            return visit.demand
        if visit.amount_fen is None or not visit.purpose or visit.outcome != "wants":
            raise InputError(
                "这次走访没有登记贷款意愿的金额和用途，不能转为融资需求。",
                "That visit says of no loan that is wanted.",
                code="visit_terms",
            )
        if not self.may_demand(visit, at=at):
            raise ForbiddenError(
                "还没有本人对本机构的有效授权，不能登记融资需求。请先登记授权；未授权不等于不符合条件。",
                "There is no consent of the applicant to that institution.",
                code="consent_missing",
            )
        desk = FinancingDesk(self.office, self.institution, self.has_consent, self.note)
        done = desk.register(
            reader, visit.subject, channel=self.institution or PLATFORM,
            reference=f"visit/{visit.number}", amount_fen=visit.amount_fen,
            months=visit.months or _USUAL_MONTHS, purpose=visit.purpose, by=by, at=at,
        )  # fmt: skip
        self.book.became(number, done.act.demand)
        return done.act.demand
