"""What the collected small inputs should give, and an office that takes them in.

Each case is a folder with its files and an `expected.md`; `files` holds shapes of files that clerks
send.  All that is expected here was written by hand from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import ingest
from graph.log import FactLog
from graph.settings import Settings

__all__ = ["CASES", "FILES", "MATURED", "REGIONS", "Office", "assert_as_written"]

#: Received on these days, so that what lies in the future does so for ever.
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
#: Told of every loan of these files that fell due before they were received.
MATURED = "matured_is_no_pass"
ID, SUM, RELATION = "借款人证件号码", "借款金额（万元）", "与户主关系"


@dataclass(frozen=True)
class Sent:
    """One file: of which source, how many rows of it are taken and refused, and what is said.

    `said` are (row, heading, cause), row and heading None for the file as a whole; errors first
    in `refused`, and warnings in `told`.
    """

    source: str
    file: str
    accepted: int
    refused: frozenset[tuple[int, str, str]] = frozenset()
    told: frozenset[tuple[int | None, str | None, str]] = frozenset()
    rows_refused: int = 0


def sent(source: str, file: str, accepted: int, *refused: tuple[int, str, str],
         told: tuple[tuple[int | None, str | None, str], ...] = ()) -> Sent:  # fmt: skip
    rows = len({row for row, _, _ in refused})
    return Sent(source, file, accepted, frozenset(refused), frozenset(told), rows)


REGIONS = sent("regions", "行政区划.csv", 5)
WHOLE = (None, None)

CASES: dict[str, tuple[Sent, ...]] = {
    "01-id-that-is-also-a-unified-code": (sent("loan", "贷款借据.csv", 2),),
    "02-legal-representative-changed": (
        REGIONS,
        sent("enterprise", "企业登记-1.csv", 1),
        sent("enterprise", "企业登记-2.csv", 1),
        sent("judgment_defaulter", "失信被执行人.csv", 1),
    ),
    "03-household-split-and-divorce": (
        REGIONS,
        sent("farmer_household", "农户信息-1.csv", 3),
        sent("farmer_household", "农户信息-2.csv", 1),
        sent("farmer_household", "农户信息-3.csv", 2),
        sent("loan", "贷款借据.csv", 1),
        sent("judgment_defaulter", "失信被执行人.csv", 1),
    ),
    "05-guarantee-of-a-settled-loan": (
        sent("loan", "贷款借据-1.csv", 1),
        sent("guarantee", "担保合同.csv", 1),
        sent("loan", "贷款借据-2.csv", 1),
        sent("judgment_defaulter", "失信被执行人.csv", 1),
    ),
    "06-zero-balance-without-settlement-date": (
        sent("loan", "贷款借据.csv", 1, told=((2, "贷款余额（万元）", "zero_is_settled"),)),
    ),
    "08-rows-that-contradict-themselves": (
        sent(
            "loan", "贷款借据.csv", 3,
            (2, "到期日期", "not_before"),
            (4, "数据日期", "not_future"),
            (5, "发放日期", "not_future"), (5, "数据日期", "not_before"),
            told=((3, "贷款余额（万元）", "settled_owes_nothing"),
                  (6, "五级分类", "class_fits_overdue")),
        ),
        sent(
            "guarantee", "担保合同.csv", 0,
            (2, "担保人证件号码", "differ"),
            (3, "到期日期", "not_before"),
            (4, "被担保人证件号码", "tied"),
        ),
        sent(
            "enterprise_shareholder", "股东出资.csv", 0,
            (2, "退出日期", "not_before"), (2, "统一社会信用代码", "dangling_reference"),
        ),
    ),
    "09-number-shapes": (
        sent("loan", "贷款借据.csv", 0,
             (2, SUM, "decimal_comma"), (3, SUM, "not_a_number"), (4, SUM, "not_a_number")),
    ),
    "10-formula-text": (sent("loan", "贷款借据.csv", 2),),
    "11-currency-column": (sent("loan", "贷款借据.csv", 0, (2, "币种", "unknown_code")),),
    "13-amounts-without-ratios": (
        REGIONS,
        sent("enterprise", "企业登记.csv", 1),
        sent("enterprise_shareholder", "股东出资.csv", 2),
    ),
    "15-id-spelling-in-party-columns": (
        sent("loan", "贷款借据.csv", 2, (4, ID, "scientific")),
    ),
    "16-masked-id-on-a-public-list": (
        sent("judgment_defaulter", "失信被执行人.csv", 1,
             told=((2, "被执行人证件号码", "masked_id"),)),
    ),
    "19-ratios-of-one-decimal": (
        REGIONS,
        sent("enterprise", "企业登记.csv", 1),
        sent("enterprise_shareholder", "股东出资.csv", 3),
    ),
    "20-separators-and-unicode-text": (
        sent("loan", "贷款借据-u16.txt", 1),
        sent("loan", "贷款借据-分号.csv", 1),
    ),
    "21-1904-serials": (sent("loan", "贷款借据-1904-常规.xlsx", 1),),
    "22-locale-and-chinese-path": (),
    "23-settings-unchecked": (),
    "24-name-dots": (REGIONS, sent("farmer_household", "农户信息.csv", 1)),
    "25-who-is-a-government-body": (REGIONS, sent("enterprise", "企业登记.csv", 3)),
    "26-public-decisions": (
        sent("administrative_decision", "行政处罚-b.csv", 4,
             told=((*WHOLE, "note_row"), (2, "处罚机关统一社会信用代码", "not_filler"))),
        sent("administrative_decision", "行政处罚-c.csv", 1),
    ),
}  # fmt: skip

FILES: dict[str, Sent] = {
    each.file: each
    for each in (
        sent("enterprise", "E02企业登记_状态日期.csv", 6),
        sent("farmer_household", "F01农户_标题表尾.xlsx", 2,
             # 户主姓名 is 张样例 in all rows of these two: their own slip
             told=((*WHOLE, "title_lines"), (*WHOLE, "total_row"), (*WHOLE, "note_row"),
                   (3, "姓名", "agree"), (4, "姓名", "agree"))),
        sent("farmer_household", "F04农户_关系写法.csv", 7,
             told=((7, "姓名", "agree"), (8, "姓名", "agree"), (7, None, "several_at_once"))),
        sent("loan", "L02贷款_合计和填表人.xlsx", 2,
             told=((*WHOLE, "total_row"), (*WHOLE, "note_row"))),
        sent("loan", "L03贷款_两行表头.xlsx", 2, told=((*WHOLE, "heading_in_two_rows"),)),
        sent("loan", "L06贷款_证件写法.csv", 10,
             (7, ID, "scientific"), (10, ID, "masked_id"), told=((1, ID, "rewritten"),)),
        sent("loan", "L07贷款_金额写法.csv", 7,
             (6, SUM, "unit_differs"), (8, SUM, "not_a_number"), (9, SUM, "required"),
             (10, SUM, "required"), (11, SUM, "not_a_number"), (13, SUM, "not_a_number"),
             (14, SUM, "not_a_number"), (16, SUM, "not_a_number"),
             told=((*WHOLE, "empty_words"), (1, SUM, "rewritten"),
                   (15, "借款人名称", "name_differs"))),
        sent("loan", "L07b贷款_空值写法.csv", 12,
             told=((*WHOLE, "empty_words"), (1, "逾期天数", "rewritten"))),
        sent("loan", "L11贷款_UTF16制表符.txt", 2),
        sent("loan", "L14b贷款_首张是封面.xlsx", 2, told=((*WHOLE, "sheet_chosen"),)),
        sent("loan", "L18贷款_网页导出.xls", 1),
        sent("loan", "L21贷款_纵向合并.xlsx", 2, told=((*WHOLE, "merged_cells"),)),
        sent("loan", "L26贷款_未来日期.csv", 0,
             (2, "发放日期", "not_future"), (2, "数据日期", "not_before"),
             (3, "数据日期", "not_future"), (4, "发放日期", "too_early")),
    )
}  # fmt: skip


class Office:
    """A data folder into which files of cases are taken, a day each; nothing is projected.

    Attributes:
        reports: of what was taken in, in order.
    """

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data=folder / "data")
        self.log = FactLog(self.settings.log_dir)
        self.reports: list[ingest.BatchReport] = []

    def take(self, source: str, path: Path) -> ingest.BatchReport:
        known = FIRST + timedelta(days=len(self.reports))
        done = ingest.ingest(
            source, [path], settings=self.settings, known_at=known, into_graph=False
        )
        self.reports += done.batches
        return done.batches[0]

    def rows(self, kind: str, day: date | None = None) -> list[dict[str, Any]]:
        return sorted(self.log.read(kind, as_of=day).to_pylist(), key=lambda row: row["row"])

    def said(self, code: str, source: str = "") -> list[ingest.RowFinding]:
        """The findings of one cause, of all files or of those of a source."""
        return [each for report in self.reports if source in report.source
                for each in report.findings if each.code == code]  # fmt: skip

    def told(self, kind: str, name: str) -> list[Any]:
        """One property of all facts of a kind, by row."""
        return [row[name] for row in self.rows(kind)]


def assert_as_written(report: ingest.BatchReport, expected: Sent) -> None:
    found = [(each.row, each.column, each.code, each.severity) for each in report.findings]
    errors = {(row, column, code) for row, column, code, how in found if how == "error"}
    warnings = {(row, column, code) for row, column, code, how in found
                if how != "error" and code != MATURED}  # fmt: skip
    assert errors == expected.refused
    assert warnings == expected.told
    assert (report.accepted, report.quarantined, report.unchanged) == (
        expected.accepted, expected.rows_refused, 0,
    )  # fmt: skip
