"""Which number a text says, and that no other reading of it is ever taken."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial_files import wide

from ingest.catalogue.field import FieldSpec
from ingest.checking.numbers import integer, real
from ingest.checking.verdict import WrongError
from ingest.reading.cell import NUMERIC, text_of

WAN = FieldSpec(name="n", title="借款金额（万元）", type="money", unit="万元")
YUAN = FieldSpec(name="n", title="欠息（元）", type="money", unit="元")
COUNT = FieldSpec(name="n", title="逾期天数", type="integer")
AREA = FieldSpec(name="n", title="面积（亩）", type="real")
SHARE = FieldSpec(name="n", title="利率（%）", type="ratio", unit="百分比")


def said(text: str, spec: FieldSpec) -> object:
    """The value, or the code of the verdict."""
    plain = (text_of(text) or "").removeprefix(NUMERIC)
    try:
        return (real if spec.type in ("real", "ratio") else integer)(plain, spec)
    except WrongError as error:
        return error.verdict.code


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5_000_000), ("50,000", 50_000_000_000), (wide("5.5"), 5_500_000),
        ("1,234.56", 1_234_560_000), ("+5", 5_000_000), ("-5", -5_000_000), ("5，000", 5_000_000_000),
        ("5万元", 5_000_000), ("5 万", 5_000_000), ("1,234万元", 1_234_000_000), (".5", 500_000),
        # a comma parts groups of three digits and nothing else
        ("1,5", "decimal_comma"), ("12,5", "decimal_comma"), ("12,34", "decimal_comma"),
        ("1,2345", "decimal_comma"), ("0,123", "decimal_comma"), ("1,23,456", "decimal_comma"),
        (",123", "decimal_comma"), ("1234,567", "decimal_comma"), ("1,,234", "decimal_comma"),
        # a unit that is not the column's: one of the two is wrong
        ("50000元", "unit_differs"), ("￥5", "unit_differs"), ("5美元", "unit_differs"),
        ("5亿", "unit_differs"), ("5%", "unit_differs"),
        ("1_000", "not_a_number"), ("1e3", "not_a_number"), ("5.0E0", "not_a_number"),
        ("5。5", "not_a_number"), ("约5", "not_a_number"), ("(5)", "not_a_number"),
        ("伍万元整", "not_a_number"), ("5-6", "not_a_number"), ("1 234", "not_a_number"),
        ("٣", "not_a_number"), ("inf", "not_a_number"), ("NaN", "not_a_number"),
        ("1.2.3", "not_a_number"), ("0x10", "not_a_number"), ("1" * 65, "not_a_number"),
        ("0.00000001", "not_whole"), ("9" * 20, "out_of_range"),
    ],
)  # fmt: skip
def test_an_amount(text: str, value: object) -> None:
    assert said(text, WAN) == value


@pytest.mark.parametrize(
    ("spec", "text", "value"),
    [
        (YUAN, "￥50", 5_000), (YUAN, "50元", 5_000), (YUAN, "0.5万元", "unit_differs"),
        (COUNT, "30", 30), (COUNT, "30.0", 30), (COUNT, "30天", "unit_differs"),
        (COUNT, "30.5", "not_whole"), (AREA, "12.5亩", 12.5), (AREA, "3公顷", "unit_differs"),
        (SHARE, "4.35", 0.0435), (SHARE, "4.35%", 0.0435), (SHARE, "4.35%%", "not_a_number"),
        (SHARE, "4,35", "decimal_comma"),
    ],
)  # fmt: skip
def test_units(spec: FieldSpec, text: str, value: object) -> None:
    assert said(text, spec) == value


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (12.3 - 1.1, "11.2"), (0.1 + 0.2, "0.3"), (1e-7, "0.0000001"), (1e15, "1000000000000000"),
        (6.5, "6.5"), (3.0, "3"), (-0.25, "-0.25"),
    ],
)  # fmt: skip
def test_a_number_of_a_spreadsheet_is_what_the_spreadsheet_shows(cell: float, text: str) -> None:
    assert text_of(cell) == NUMERIC + text


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_with_and_without_commas_it_is_the_same_number(number: Decimal) -> None:
    assert said(f"{number:,}", YUAN) == said(f"{number}", YUAN) == int(number * 100)


@given(st.text("0123456789,.", min_size=1, max_size=12))
def test_what_is_taken_is_the_number_that_is_written(text: str) -> None:
    """Whatever is read of digits, commas and points is written that way again, zeros apart."""
    value = said(text, AREA)
    if isinstance(value, float):
        whole, _, part = text.partition(".")
        assert whole in (f"{int(value):,}", whole.replace(",", ""))
        assert value == float(f"{whole.replace(',', '') or 0}.{part or 0}")


@given(st.integers(0, 10**6), st.integers(1, 2))
def test_a_decimal_comma_is_never_taken(whole: int, decimals: int) -> None:
    assert said(f"{whole},{'5' * decimals}", WAN) == "decimal_comma"


def test_a_system_that_writes_exponents_is_read_where_its_field_says_so() -> None:
    share = FieldSpec(name="n", title="ratio", type="ratio", unit="小数", exponent=True)
    assert said("1.2085133713158822E-7", share) == pytest.approx(1.2085133713158822e-07, rel=1e-12)
    assert said("5e-1", share) == 0.5
    assert said("1e1000", share) == said("e5", share) == "not_a_number"
    with pytest.raises(ValueError, match="exponent"):
        FieldSpec(name="n", title="借款金额（万元）", type="money", unit="万元", exponent=True)
