"""A number with another's name beside it is told, wherever a file names a party; never refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ingest
from graph.names.writing import plain
from graph.settings import Settings
from ingest.comparing.other_names import _PLAIN

WU, QIAN = "610322198808081064", "61032219800229102X"
FIRM = "91610305MA6XT0014H"
LOANS = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
         "到期日期,贷款余额（万元）,五级分类,数据日期\n")  # fmt: skip
LISTED = "被执行人名称,被执行人证件号码,执行法院,执行依据文号,案号,失信行为具体情形,发布日期\n"


class Office:
    """An office with a log of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.settings = folder, Settings(data=folder / "data")

    def loans(self, name: str, *borrowers: tuple[str, str]) -> ingest.BatchReport:
        rows = [
            f"C1402610305001,样本行,{name}{place},{who},{number},10,2025-01-05,2027-01-05,9,正常,2026-03-31\n"
            for place, (who, number) in enumerate(borrowers)
        ]
        return self.take("loan", f"{name}贷款.csv", LOANS + "".join(rows))

    def take(self, source: str, name: str, text: str) -> ingest.BatchReport:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return ingest.ingest(source, [path], settings=self.settings, into_graph=False).batches[0]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def told(report: ingest.BatchReport) -> list[tuple[int | None, str | None]]:
    assert report.quarantined == 0
    assert {item.severity for item in report.findings} <= {"warning"}
    return [(item.row, item.column) for item in report.findings if item.code == "name_differs"]


def test_another_name_than_the_log_knows(office: Office) -> None:
    assert told(office.loans("一", ("吴样六", WU), ("凤翔样甲有限公司", FIRM))) == []
    # the same names, in other writings
    again = office.loans("二", ("吴 样六", WU), ("凤翔样甲有限公司", FIRM))
    assert told(again) == []
    report = office.loans("三", ("钱样二", WU), ("吴样六", QIAN), ("凤翔样乙有限公司", FIRM))
    assert told(report) == [(2, "借款人名称"), (4, "借款人名称")]
    [message] = {item.message_zh for item in report.findings if item.code == "name_differs"}
    assert "吴样六" not in message and "样甲" not in message
    # the name that was taken last is the known one now
    assert told(office.loans("四", ("钱样二", WU))) == []
    assert told(office.loans("五", ("吴样六", WU))) == [(2, "借款人名称")]


def test_another_name_than_the_file_gave_first(office: Office) -> None:
    report = office.loans("一", ("吴样六", WU), ("钱样二", QIAN), ("钱样二", WU), ("吴样六", WU))
    assert told(report) == [(4, "借款人名称")]
    assert "本文件" in next(i for i in report.findings if i.code == "name_differs").message_zh


def test_a_masked_name_is_nobodys(office: Office) -> None:
    office.loans("一", ("吴样六", WU))
    row = f"%s,{WU},样法院,样1号,样2号,样,2025-03-01\n"
    assert told(office.take("judgment_defaulter", "失信被执行人1.csv", LISTED + row % "吴**")) == []
    assert (
        told(office.take("judgment_defaulter", "失信被执行人2.csv", LISTED + row % "吴某某")) == []
    )
    said = office.take("judgment_defaulter", "失信被执行人3.csv", LISTED + row % "钱样二")
    assert told(said) == [(2, "被执行人名称")]


def test_a_former_name_is_a_name(office: Office) -> None:
    regions = "行政区划代码,名称,级别,上级代码\n610305,凤翔区,县区,\n610305100,城关镇,乡镇,610305\n610305100201,样例村,行政村,610305100\n"
    office.take("regions", "行政区划.csv", regions)
    office.take("farmer_household", "农户.csv", (
        "户号,户主姓名,与户主关系,姓名,公民身份号码,村编码,曾用名,采集日期\n"
        f"1,吴样六,户主,吴样六,{WU},610305100201,吴样五、吴小样,2026-03-15\n"
    ))  # fmt: skip
    assert told(office.loans("一", ("吴小样", WU), ("吴样六", WU))) == []
    assert told(office.loans("二", ("吴大样", WU))) == [(2, "借款人名称")]


def test_every_party_of_a_row_is_looked_at(office: Office) -> None:
    """Owner and representative of one row are two mentions with a name each."""
    regions = "行政区划代码,名称,级别,上级代码\n610305,凤翔区,县区,\n"
    office.take("regions", "行政区划.csv", regions)
    office.loans("一", ("吴样六", WU), ("凤翔样甲有限公司", FIRM))
    report = office.take("enterprise", "企业登记.csv", (
        "统一社会信用代码,企业名称,成立日期,法定代表人,法定代表人证件号码,登记经办人,登记经办人证件号码\n"
        f"{FIRM},凤翔样乙有限公司,2015-05-12,吴样七,{WU},钱样二,{QIAN}\n"
    ))  # fmt: skip
    assert sorted(told(report), key=repr) == [(2, "企业名称"), (2, "法定代表人")]


@given(st.from_regex(_PLAIN, fullmatch=True))
def test_a_name_of_ideographs_and_digits_is_written_plainly_as_it_stands(name: str) -> None:
    assert plain(name) == name
