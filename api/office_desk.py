"""What the credit office sees first: today's work, each line the number of the page that it opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from api.desk_line import DeskGroup, DeskLine, Patience, asked_together
from ingest import by_department
from ingest.code_errors import find_code_errors
from ingest.department_rates import DepartmentRates
from ingest.duties.desk import DutyDesk
from ingest.repair import CaseFile, cases
from queries.bulletins import bulletins
from queries.code_errors import CodeErrors
from queries.indicators import Rows
from queries.linked_dishonesty import LISTS, LinkedLists, linked_lists
from queries.measures import OverreachAnswer, measure_register_ready
from queries.monitoring import inbox, subscriptions
from queries.unknown_subjects import UnknownSubjects, unknown_subjects_ready

if TYPE_CHECKING:
    from api.security import Asker
    from api.services import Services
    from queries.reader import Reader

__all__ = ["OfficeDesk"]

#: Rows of a list that the desk shows beneath its lines.
_FIRST = 6
#: Of publicity records: what wants somebody to act.
_RECORDS = (
    ("overdue", "双公示逾期未报送", "已过第 7 个工作日"),
    ("near", "双公示临近期限", "还没有报送"),
    ("late", "双公示迟报", "期限以后才到"),
)


@dataclass(frozen=True)
class _Found:
    """Answers that take long; None while they are being computed."""

    records: dict[str, Rows] | None
    codes: CodeErrors | None
    measures: OverreachAnswer | None
    linked: LinkedLists | None
    unknown: UnknownSubjects | None


class OfficeDesk:
    """The desk of one who works in the credit office, at a reader's moment.

    Args:
        opens: whether they may open the page of an address: an inspector, say, looks at the desk, and
            not at all that it leads to.
        patience: how long it may take to wait for what is being computed.
    """

    def __init__(
        self, services: Services, reader: Reader, asker: Asker, opens: Callable[[str], bool],
        patience: Patience,
    ) -> None:  # fmt: skip
        self._services, self._reader, self._asker = services, reader, asker
        self._opens = opens
        self._office, self._patience = services.office, patience
        self._found = self._ask()

    def groups(self) -> tuple[DeskGroup, ...]:
        """Every line that leads where the asker may go, what has a term first."""
        return (
            DeskGroup("期限", (*self._records(), *self._cases(), *self._owed())),
            DeskGroup(
                "数据质量",
                (*(one for one in self._quality() if self._opens(one.path)), *self._registrars()),
            ),
            DeskGroup("全区名单", self._lists()),
            DeskGroup("措施、预警和通报", (*self._acts(), *self._warnings())),
        )

    def due_first(self) -> tuple[CaseFile, ...]:
        """Repairs and objections with a clock, what is due soonest first."""
        settings, store = self._office.settings, self._office.store
        return cases(settings, store, limit=_FIRST, only="waiting").cases

    def near(self) -> Rows | None:
        """Publicity records near their day, the first of them; None while they are being counted."""
        return None if self._found.records is None else self._found.records["near"]

    def _ask(self) -> _Found:
        reader, office = self._reader, self._office
        rates = DepartmentRates(office, reader)

        def records(within: float) -> dict[str, Rows] | None:
            book = rates.ready(within)
            if book is None:
                return None
            return {kind: rates.attention(kind, limit=_FIRST, book=book) for kind, _, _ in _RECORDS}

        def measures(within: float) -> OverreachAnswer | None:
            register = measure_register_ready(reader, office.store, within=within)
            return None if register is None else OverreachAnswer.of(register)

        counted, codes, overreach, linked, unknown = asked_together(
            (
                records,
                lambda within: find_code_errors(office, reader, within=within),
                measures,
                lambda within: linked_lists(reader, limit=0, within=within),
                lambda within: unknown_subjects_ready(reader, within=within),
            ),
            self._patience,
        )
        return _Found(counted, codes, overreach, linked, unknown)  # type: ignore[arg-type]

    def _records(self) -> list[DeskLine]:
        found = self._found.records
        return [
            DeskLine(
                title,
                f"/rates/rows?measure={kind}",
                None if found is None else found[kind].total,
                note=note,
                is_pressing=kind != "late",
            )
            for kind, title, note in _RECORDS
        ]

    def _cases(self) -> list[DeskLine]:
        settings, store = self._office.settings, self._office.store
        overdue = cases(settings, store, limit=0, only="overdue").total
        waiting = cases(settings, store, limit=0, only="waiting").total
        return [
            DeskLine("修复、异议逾期", "/repairs?only=overdue", overdue, is_pressing=True),
            DeskLine("修复、异议办理中", "/repairs?only=waiting", waiting, note="有时限在走"),
        ]

    def _owed(self) -> list[DeskLine]:
        duties = DutyDesk(self._office, self._reader).duties()
        return [
            DeskLine("部门逾期未报", "/duties?state=overdue#items", duties.counts["overdue"], "项",
                     "按责任清单", is_pressing=True),
        ]  # fmt: skip

    def _quality(self) -> list[DeskLine]:
        told = self._services.deliveries()
        loads = by_department(told.worklist())
        waits = sum(one.waits for one in told.freshness())
        codes, unknown = self._found.codes, self._found.unknown
        return [
            DeskLine("待更正的行", "/deliveries#corrections", sum(one.rows for one in loads), "行",
                     f"{len(loads)} 个部门"),
            DeskLine("来源有待办", "/deliveries#fresh", waits, "个", "缺份或整份没有通过",
                     is_pressing=True),
            DeskLine("主体核对", "/identity", self._services.judging.waiting, "对", "疑似同一主体"),
            DeskLine("待登记主体", "/unknown-subjects",
                     None if unknown is None else len(unknown.subjects), "个"),
            DeskLine("重错码", "/code-errors?state=open#codes",
                     None if codes is None else len(codes.of(state="open")), "条"),
        ]  # fmt: skip

    def _registrars(self) -> list[DeskLine]:
        codes = self._found.codes
        if codes is None:
            return []
        return [
            DeskLine(
                f"重错码：{load.registrar}",
                "/code-errors?"
                + urlencode({"registrar": load.registrar, "state": "open"})
                + "#codes",
                len(codes.of(registrar=load.registrar, state="open")),
                "条",
            )
            for load in codes.registrars
        ]

    def _lists(self) -> tuple[DeskLine, ...]:
        found = self._found.linked
        return tuple(
            DeskLine(
                title,
                f"/linked?name={name}",
                None if found is None else found.counts[name],
                "条",
                "提示，供核实",
            )
            for name, title in LISTS.items()
        )

    def _acts(self) -> list[DeskLine]:
        measures = self._found.measures
        drafts = bulletins(self._office.store)
        month = DepartmentRates(self._office, self._reader).last_month()
        written = any(one.period == month for one in drafts)
        return [
            DeskLine("不当措施", "/measures#rows",
                     None if measures is None else len(measures.findings), "项", "应当停止或者改正",
                     is_pressing=True),
            DeskLine("通报待签发", "/bulletins", sum(one.waits for one in drafts), "期",
                     "" if written else f"{month} 期还没有编制", is_pressing=True),
        ]  # fmt: skip

    def _warnings(self) -> list[DeskLine]:
        """Of each who subscribes, what is not read; the asker's own first."""
        running = [one.kept for one in subscriptions(self._office.store) if not one.kept.ended_at]
        names = {one.subscriber: one.name for one in running}
        mine = sorted(names, key=lambda number: (names[number] != self._asker.name, number))
        found = []
        for number in mine:
            told = inbox(
                self._reader, self._office.store, number, limit=0, within=self._patience.left
            )
            found.append(
                DeskLine(
                    f"{names[number]}的待阅预警",
                    f"/monitoring/inboxes/{number}",
                    None if told is None else told.total,
                    "条",
                )
            )
        return found or [DeskLine("待阅预警", "/monitoring/subscriptions", 0, "条", "还没有订阅")]
