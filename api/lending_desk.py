"""What a loan officer or a manager sees first: demands, loans past their day, prospects, who is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from api.desk_line import DeskGroup, DeskLine, Patience, asked_together
from api.financing import desk_for, reads_figures_alone
from graph.time import utc_now
from queries.lending import PAST_DUE, PastDueLoan, past_due_loans
from queries.monitoring import WatchNews, watch_news

if TYPE_CHECKING:
    from api.security import Asker
    from api.services import Services
    from queries.eligibility.decisions.prospects import Prospects
    from queries.financing import Inbox
    from queries.reader import Reader

__all__ = ["LendingDesk", "past_due"]

#: Demands that the desk shows beneath its lines.
_FIRST = 6


def past_due(
    reader: Reader, institution: str | None, *, within: float | None = None
) -> tuple[PastDueLoan, ...] | None:
    """Loans of an institution past their day, computed once for a moment; None while they are."""
    return reader.computed(
        "past_due", lambda: past_due_loans(reader, institution), rules=institution, within=within
    )


class LendingDesk:
    """The desk of one who lends, for the institution of whoever asks and no other."""

    def __init__(
        self, services: Services, reader: Reader, asker: Asker, patience: Patience
    ) -> None:
        self._services, self._reader, self._asker = services, reader, asker
        self._institution = asker.scope.institution
        self._prospects, self._loans, self._news = self._ask(patience)
        self.demands = self._demands()

    def groups(self) -> tuple[DeskGroup, ...]:
        """Every line."""
        return (
            DeskGroup("今天要办", (*self._financing(), *self._past_due())),
            DeskGroup("走访和关注", (*self._visits(), self._watching())),
        )

    def _ask(
        self, patience: Patience
    ) -> tuple[Prospects | None, tuple[PastDueLoan, ...] | None, WatchNews | None]:
        reader = self._reader
        store, owner = self._services.office.store, self._asker.id
        found, loans, news = asked_together(
            (
                lambda within: reader.prospects_ready(within=within),
                lambda within: past_due(reader, self._institution, within=within),
                lambda within: watch_news(reader, store, owner, within=within),
            ),
            patience,
        )
        return found, loans, news  # type: ignore[return-value]

    def _demands(self) -> Inbox | None:
        """Demands in hand; None for who works for no institution and may not see all of them."""
        scope = self._asker.scope
        if reads_figures_alone(scope) or (scope.institution is None and not scope.sees_everything):
            return None
        return desk_for(self._services, scope).inbox(at=utc_now(), limit=_FIRST)

    def _financing(self) -> list[DeskLine]:
        if self.demands is None:
            return []
        return [
            DeskLine("融资申请已超时限", "/financing", self.demands.overdue, is_pressing=True),
            DeskLine("融资申请在办", "/financing", self.demands.total),
        ]

    def _past_due(self) -> list[DeskLine]:
        return [
            DeskLine(
                f"本机构贷款：{title}",
                f"/lending-desk/past-due?state={state}",
                None if self._loans is None else sum(one.state == state for one in self._loans),
                "笔",
                is_pressing=state != "to_verify",
            )
            for state, title in PAST_DUE.items()
        ]

    def _visits(self) -> list[DeskLine]:
        if self._prospects is None:
            return [DeskLine("首贷培植", "/prospects", None, "户")]
        totals = self._prospects.totals()
        if not totals:
            return [DeskLine("首贷培植", "/prospects", 0, "户")]
        product = max(totals, key=lambda name: totals[name].ready)
        path = f"/prospects?{urlencode({'product': product})}"
        return [DeskLine("首贷培植", path, totals[product].ready, "户", totals[product].title)]

    def _watching(self) -> DeskLine:
        news = self._news
        note = "在主体页面点“关注”" if news is not None and not news.subjects else ""
        number = None if news is None else len(news.warnings)
        return DeskLine("关注的主体有变化", "/watching", number, "条", note, is_pressing=True)
