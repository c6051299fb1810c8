"""Industry and kind of a firm are held against their standards, and told with what the platform says."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.identifiers import unified_social_credit_code as uscc
from graph.log import FactLog
from graph.settings import Settings
from ingest import ingest
from ingest.checking.register_codes import is_enterprise_type, is_industry

HEAD = (
    "统一社会信用代码,企业名称,登记状态,成立日期,法定代表人,法定代表人证件号码,行业代码,企业类型\n"
)
FIRMS = tuple(uscc.complete(f"91610305MA9T{n:04d}") for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("0514", True), ("A0514", True), ("a0514", True), ("\uff11\uff13\uff17\uff11", True), ("01", True), ("A", True),
        ("C", True), ("蔬菜种植", True), ("蔬菜的种植", True), ("C0514", False), ("9800", False),
        ("00", False), ("05141", False), ("种菜的", False), ("X0514", False),
    ],
)  # fmt: skip
def test_an_industry_is_a_code_of_its_section_or_a_known_name(text: str, holds: bool) -> None:
    assert is_industry(text) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("1130", True), ("9600", True), ("有限责任公司（自然人投资或控股）", True), ("有限公司", True),
        ("51", False), ("0100", False), ("大公司", False),
    ],
)  # fmt: skip
def test_a_kind_of_firm_has_four_digits_or_a_known_name(text: str, holds: bool) -> None:
    assert is_enterprise_type(text) is holds


def test_a_wrong_one_costs_its_cell_and_a_name_is_read_as_its_code(tmp_path: Path) -> None:
    rows = [("0514", "1130"), ("蔬菜的种植", "个人独资"), ("种菜的", "51")]
    path = tmp_path / "企业登记.csv"
    line = "{},样例{}有限公司,存续,2020-01-01,张小军,610322200102129011,{},{}\n"
    path.write_text(
        HEAD
        + "".join(
            line.format(code, n, *row)
            for n, (code, row) in enumerate(zip(FIRMS, rows, strict=True))
        ),
        encoding="utf-8",
    )
    settings = Settings(data=tmp_path / "data")
    [batch] = ingest("enterprise", [path], settings=settings, into_graph=False).batches
    assert (batch.accepted, batch.quarantined) == (3, 0), batch.findings
    told = {(item.row, item.code, item.platform) for item in batch.findings}
    assert told == {
        (4, "industry_code", "30001 行业名称"), (4, "enterprise_type", "30002 企业类型"),
    }  # fmt: skip
    assert all("四位" in x.message_zh or "GB/T 4754" in x.message_zh for x in batch.findings)
    kept = {
        row["key"].removeprefix("org:"): (row["industry"], row["enterprise_type"])
        for row in FactLog(settings.log_dir).read("Enterprise").to_pylist()
    }
    assert kept == {FIRMS[0]: ("0514", "1130"), FIRMS[1]: ("0141", "4540"), FIRMS[2]: (None, None)}
