"""A workbook with permits on one sheet and penalties on another is two deliveries of one file."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from graph.log import FactLog
from graph.settings import Settings
from ingest import ingest, preview
from ingest.delivery.drop_folder import DropFolder
from ingest.report import BatchReport

FIRM, NAME = "91610305MA9T00018F", "凤翔样例果业有限公司"
BODY = ("凤翔区市场监督管理局", "116103050160001M1M")

PERMITS = [
    ["行政相对人名称", "行政相对人类别", "行政相对人代码_1 (统一社会信用代码)：", "行政许可决定文书名称",
     "行政许可决定书文号", "许可类别", "许可内容", "许可决定日期", "有效期自", "有效期至", "许可机关",
     "许可机关统一社会信用代码", "当前状态"],
    [NAME, "法人及非法人组织", FIRM, "食品经营许可证", "凤市监许〔2026〕1号", "普通", "销售", "2026-01-05",
     "2026-01-05", "长期", *BODY, "1"],
    [NAME, "法人及非法人组织", FIRM, "食品经营许可证", "凤市监许〔2026〕2号", "普通", "销售", "1767571200000",
     "2026-01-05", "2031-01-04", *BODY, "1"],
]  # fmt: skip
#: The same two sheets in the edition of 2016.
PENALTIES = [
    ["行政处罚决定书文号", "处罚名称", "处罚类别1", "处罚类别2", "处罚事由", "处罚依据", "行政相对人名称",
     "行政相对人代码-1（统一社会信用代码）", "行政相对人代码_2(组织机构代码)：", "行政相对人代码_3 (工商登记码)",
     "法定代表人姓名", "处罚结果", "处罚决定日期", "处罚机关", "当前状态", "地方编码", "数据更新时间戳"],
    ["凤市监处罚〔2026〕1号", "虚假宣传案", "罚款", "", "虚假宣传", "广告法", NAME, FIRM, "", "", "王样例",
     "罚款3000元", "2026/02/03", BODY[0], "0", "610322", "2026/02/04"],
    ["凤市监处罚〔2026〕2号", "虚假宣传案", "训诫", "", "虚假宣传", "广告法", NAME, FIRM, "", "", "王样例",
     "训诫", "2026/02/03", BODY[0], "0", "610322", "2026/02/04"],
]  # fmt: skip


def book(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    """A workbook as departments send it: a title, who fills it in, a total and a closing line."""
    with xlsxwriter.Workbook(path) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            lines: list[list[Any]] = [
                [f"{name}信息公示表"],
                ["填报单位：样例局", "", "报送月份：2月"],
                *rows,
            ]
            lines += [["合计", len(rows) - 1], ["填报人：张三", "", "审核人：李四"]]
            for place, line in enumerate(lines):
                for column, cell in enumerate(line):
                    sheet.write(place, column, cell)
    return path


def taken(settings: Settings, *paths: Path) -> tuple[BatchReport, ...]:
    return ingest("administrative_decision", paths, settings=settings, into_graph=False).batches


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


def test_each_sheet_is_a_table_and_none_is_lost(tmp_path: Path, settings: Settings) -> None:
    path = book(tmp_path / "双公示.xlsx", {"许可": PERMITS, "处罚": PENALTIES})

    permits, penalties = taken(settings, path)

    assert (permits.rows_in, permits.accepted, permits.quarantined) == (2, 2, 0)
    assert (penalties.rows_in, penalties.accepted, penalties.quarantined) == (2, 1, 1)
    assert [(x.file_name, x.position) for x in (permits, penalties)] == [
        ("双公示.xlsx", 1), ("双公示.xlsx（行政处罚（2016年版））", 2)
    ]  # fmt: skip
    for report in (permits, penalties):
        told = {item.code for item in report.findings if item.severity == "warning"}
        assert told <= {"title_lines", "total_row", "note_row"}, told
        assert {"title_lines", "total_row", "note_row"} <= told
    log = FactLog(settings.log_dir)
    assert {row["edition"] for row in log.read("Permit").to_pylist()} == {"2018"}
    [penalty] = log.read("Penalty").to_pylist()
    # a status of 0 is normal in the edition of 2016; the body is the one known by its name
    assert (penalty["edition"], penalty["record_state"]) == ("2016", "normal")
    assert penalty["key"] == f"penalty:{BODY[1]}:凤市监处罚〔2026〕1号:05MA9T00018F"


def test_the_same_workbook_again_is_no_new_batch(tmp_path: Path, settings: Settings) -> None:
    path = book(tmp_path / "双公示.xlsx", {"处罚": PENALTIES, "许可": PERMITS})
    first = taken(settings, path)

    again = taken(settings, path)

    assert [x.position for x in again] == [None, None]
    assert [x.batch for x in again] == [x.batch for x in first]
    assert [x.unchanged + x.quarantined for x in again] == [x.rows_in for x in first]
    assert len(FactLog(settings.log_dir).batches()) == 2


def test_what_was_not_reached_is_taken_when_the_file_comes_again(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a kill between the two leaves it: the first table stands, the second has not come."""
    path = book(tmp_path / "双公示.xlsx", {"许可": PERMITS, "处罚": PENALTIES})
    with monkeypatch.context() as patched:

        def killed(sha256: str, table: str | None) -> str:
            if table is not None:
                raise KeyboardInterrupt
            return sha256

        patched.setattr("ingest.pipeline.part_sha256", killed)
        with pytest.raises(KeyboardInterrupt):
            taken(settings, path)
    first, second = taken(settings, path)
    assert (first.position, second.position) == (None, 2)


def test_a_dry_run_tells_of_both(tmp_path: Path, settings: Settings) -> None:
    path = book(
        tmp_path / "双公示.xlsx", {"说明": [["请填写"]], "许可": PERMITS, "处罚": PENALTIES}
    )

    seen = preview("administrative_decision", [path], settings=settings)

    assert [(x.rows_in, x.quarantined) for x in seen.batches] == [(2, 0), (2, 1)]
    assert not FactLog(settings.log_dir).batches()


def test_a_drop_folder_takes_both_and_explains_each(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    book(folder / "行政许可和行政处罚.xlsx", {"许可": PERMITS, "处罚": PENALTIES})
    dropped = DropFolder(folder, settings, settle_s=0)

    [arrived] = dropped.take()

    assert arrived.report is not None and "读入 4 行，退回 1 行" in arrived.message_zh
    explained = list(folder.rglob("*错误明细.xlsx"))
    assert len(explained) == 1 and zipfile.is_zipfile(explained[0])
    assert len(FactLog(settings.log_dir).batches()) == 2
