"""Headings as departments write them: numbers in front, line breaks, units in brackets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ingest
from graph.errors import InputError
from graph.log import FactLog
from graph.settings import Settings
from ingest.catalogue.field import FieldSpec, heading
from ingest.catalogue.source import load_source, source_names
from ingest.correction.quarantine import Quarantine
from ingest.correction.workbook import refused_lines

PLAIN = ("金融机构编码", "金融机构名称", "借据号", "借款人名称", "借款人证件号码",
         "借款金额（万元）", "发放日期", "到期日期", "年利率（%）", "贷款余额（万元）", "五级分类",
         "数据日期")  # fmt: skip
ROW = ("C1402610305001", "样例农商行", "J1", "样例甲", "61032219750315001X", "50000", "2025-06-01",
       "2027-06-01", "0.0435", "32000", "正常", "2026-03-31")  # fmt: skip


def sent(tmp_path: Path, titles: tuple[str, ...], row: tuple[str, ...] = ROW) -> Path:
    path = tmp_path / "贷款.csv"
    quoted = ('"' + '","'.join(line) + '"\n' for line in (titles, row))
    path.write_text("".join(quoted), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "written",
    [
        "{n}.{title}", "{n}、{title}", "（{n}）{title}", "({n}){title}", "{n}）{title}", "①{title}",
        "{title}*", "*{title}", "{title}（必填）", "{title}【必填项】", " {title} ",
        "{title}\n", "一、{title}",
    ],
)  # fmt: skip
def test_what_stands_around_a_heading_is_no_part_of_it(written: str) -> None:
    for title in PLAIN:
        assert heading(written.format(n=7, title=title)) == heading(title)


def test_a_number_that_is_part_of_the_name_stays() -> None:
    assert heading("24个月还款状态") == "24个月还款状态"
    assert heading("1.") == "1."


@given(
    spec=st.sampled_from([
        spec
        for name in source_names()
        for table in load_source(name).tables.values()
        for spec in table.fields
    ]),
    number=st.integers(1, 99),
    breaks=st.sampled_from(["", "\n", "\r\n", "　", " "]),
    wide=st.booleans(),
)  # fmt: skip
def test_every_heading_survives_what_a_form_adds(
    spec: FieldSpec, number: int, breaks: str, wide: bool
) -> None:
    for title in (spec.title, *spec.aliases):
        middle = len(title) // 2
        told = f"{number}、{title[:middle]}{breaks}{title[middle:]}"
        if wide:
            told = told.replace("（", "(").replace("）", ")")
        assert heading(told) in spec.spellings
        assert spec.headed(told).unit == spec.unit


def test_the_unit_in_the_brackets_is_the_files(tmp_path: Path) -> None:
    """A bank that writes 元 and fractions is read in 元 and fractions."""
    settings = Settings(data=tmp_path / "data")
    titles = list(PLAIN)
    titles[5], titles[8], titles[9] = (
        "借款金额\n（单位：元）",
        "年利率(小数)",
        "贷款余额（人民币元）",
    )
    report = ingest.ingest(
        "loan", [sent(tmp_path, tuple(titles))], settings=settings, into_graph=False
    ).batches[0]
    assert (report.accepted, report.findings) == (1, ())
    log = FactLog(settings.log_dir)
    [loan], [state] = log.read("Loan").to_pylist(), log.read("LoanState").to_pylist()
    assert (loan["principal_fen"], loan["interest_ratio"]) == (5_000_000, 0.0435)
    assert state["balance_fen"] == 3_200_000


def test_bounds_are_meant_in_the_declared_unit() -> None:
    spec = next(s for s in load_source("loan").tables["loan"].fields if s.name == "interest_ratio")
    assert (spec.headed("年利率（小数）").maximum, spec.headed("年利率（\uff05）").maximum) == (
        0.36,
        36,
    )


def test_without_a_unit_an_amount_is_not_guessed(tmp_path: Path) -> None:
    titles = tuple("借款金额" if title.startswith("借款金额") else title for title in PLAIN)
    with pytest.raises(InputError) as refused:
        ingest.ingest("loan", [sent(tmp_path, titles)], settings=Settings(data=tmp_path / "data"))
    assert refused.value.cause_code == "missing_column"
    assert "借款金额（万元）" in refused.value.message_zh


def test_a_refused_row_comes_home_in_the_unit_of_the_workbook(tmp_path: Path) -> None:
    """The workbook's headings say 万元: what the file told in 元 stands there in 万元."""
    settings = Settings(data=tmp_path / "data")
    titles = tuple(title.replace("（万元）", "（元）") for title in PLAIN)
    row = tuple("优良" if cell == "正常" else cell for cell in ROW)
    row = tuple("4.35" if cell == "0.0435" else cell for cell in row)
    ingest.ingest("loan", [sent(tmp_path, titles, row)], settings=settings, into_graph=False)
    lines = refused_lines(
        FactLog(settings.log_dir), Quarantine(settings.quarantine_dir), load_source("loan")
    )
    [(_, cells)] = lines["loan"]
    assert (cells["principal_fen"], cells["balance_fen"], cells["interest_ratio"]) == (
        "5",
        "3.2",
        "4.35",
    )
