"""From acts to facts: what the loop knows of applications, credits and loans, as files of a source.

A mark says up to which act the log was brought.  Whatever was acted on since is written whole, as it
is now, and handed to the ordinary ingest; then the mark moves.  A run that is killed before that does
it again, and what the log holds already is unchanged there.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock

from graph.operations import (
    FinancingBook,
    FinancingCase,
    FinancingDrawdown,
    FinancingFile,
    Marks,
    OperationsStore,
    store_for,
)
from graph.operations.financing_moves import REFUSALS, STATES
from graph.operations.financing_terms import FIRST, SECURITIES
from graph.private import private_folder
from graph.settings import Settings
from graph.time import day_of
from ingest.pipeline import ingest

__all__ = ["FACTS", "carry_out"]

#: The source under which the loop stands in the log, and the mark of how far it was carried.
FACTS = "platform_financing"

_INSTITUTION = "institution:"
#: States from which on a credit that is not drawn any more has ended before its time.
_GIVEN_UP = frozenset({"lapsed", "withdrawn"})
_PPM_PER_PERCENT = 10_000


def carry_out(settings: Settings, *, store: OperationsStore | None = None) -> int:
    """Bring the log to what the loop knows; returns how many rows it was told.

    Raises as `ingest.pipeline.ingest`.
    """
    private_folder(settings.data)
    with (
        FileLock(settings.data / "financing.lock", is_singleton=True),
        store_for(settings, store) as operations,
        _aside(settings) as folder,
    ):
        marks = Marks(operations)
        files, last = FinancingBook(operations).touched(int(marks.at(FACTS, "0")))
        tables = {name: list(rows(files)) for name, rows in _TABLES.items()}
        told = {name: rows for name, rows in tables.items() if rows}
        if told:
            paths = [_written(folder, name, last, rows) for name, rows in told.items()]
            ingest(FACTS, paths, settings=settings, into_graph=False, store=operations)
        if files:
            marks.move(FACTS, str(last))
    return sum(map(len, tables.values()))


@contextmanager
def _aside(settings: Settings) -> Iterator[Path]:
    """A folder for the files of one run; what a killed run left in it is deleted: it says whose
    demands they are."""
    for left in settings.data.glob("financing-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = settings.data / "financing-carried"
    try:
        yield private_folder(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _written(folder: Path, name: str, last: int, rows: Sequence[Mapping[str, Any]]) -> Path:
    path = folder / f"{name}-{last}.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [*rows[0], "登记序号"])
        writer.writeheader()
        # the same state told a second time is another file, not the first one once more
        writer.writerows({**row, "登记序号": last} for row in rows)
    return path


def _of_banks(files: Sequence[FinancingFile]) -> Iterator[tuple[FinancingFile, FinancingCase, str]]:
    for file in files:
        for case in file.cases:
            yield file, case, case.institution.removeprefix(_INSTITUTION)


def _applications(files: Sequence[FinancingFile]) -> Iterator[dict[str, Any]]:
    for file, case, code in _of_banks(files):
        yield {
            "申请编号": f"RZ-{case.number}",
            "金融机构编码": code,
            "申请人主体编号": file.demand.subject,
            "申请金额（分）": file.demand.amount_fen,
            "申请期限（月）": file.demand.months,
            "用途": file.demand.purpose,
            "信贷产品": case.product,
            "推送日期": day_of(case.made_at),
            "进度": STATES[case.state],
            "拒绝原因": REFUSALS[case.refusal] if case.refusal else "",
            "进度日期": day_of(case.changed_at),
        }


def _credits(files: Sequence[FinancingFile]) -> Iterator[dict[str, Any]]:
    for file, case, code in _of_banks(files):
        if case.line_no is not None:
            yield {
                "金融机构编码": code,
                "授信编号": case.line_no,
                "被授信人主体编号": file.demand.subject,
                "授信金额（分）": case.credit_fen,
                "信贷产品": case.product,
                "授信起始日": case.credit_from,
                "授信到期日": case.credit_to,
                "失效日期": day_of(case.changed_at) if case.state in _GIVEN_UP else "",
            }


def _loans(files: Sequence[FinancingFile]) -> Iterator[dict[str, Any]]:
    for file, case, code in _of_banks(files):
        for note in file.drawdowns:
            if note.case_number == case.number:
                yield _loan(file, case, note, code)


def _loan(
    file: FinancingFile, case: FinancingCase, note: FinancingDrawdown, code: str
) -> dict[str, Any]:
    return {
        "金融机构编码": code,
        "借据号": note.note_no,
        "借款人主体编号": file.demand.subject,
        "放款金额（分）": note.amount_fen,
        "放款日期": note.disbursed_on,
        "到期日期": note.due_on,
        "用途": file.demand.purpose,
        "担保方式": SECURITIES[case.security_kind] if case.security_kind else "",
        "信贷产品": case.product,
        "首贷户标识": FIRST[note.stated_first] if note.stated_first else "",
        "年利率（%）": f"{note.rate_ppm // _PPM_PER_PERCENT}.{note.rate_ppm % _PPM_PER_PERCENT:04d}",
        "贷款余额（分）": note.amount_fen - note.repaid_fen,
        "逾期天数": note.overdue_days,
        "结清日期": note.settled_on or "",
        "数据日期": note.stated_on,
    }


_TABLES = {"融资申请": _applications, "平台授信": _credits, "平台放款": _loans}
