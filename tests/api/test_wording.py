"""Values as people read them, on pages and in tables."""

from __future__ import annotations

from typing import get_args, get_type_hints

from api.wording import answered, basis_line, money, show
from queries.eligibility.facts.fact import Why
from queries.risk.strength import WhySilent
from queries.structure.beneficial import BeneficialOwner


def test_no_number_is_told_in_powers_of_ten() -> None:
    assert show(1_204_000.0) == "1,204,000.00"
    assert (show(0.5), show(12), show(None)) == ("0.5", "12", "—")
    assert money(120_400_000) == "120.40 万元"


def test_no_code_is_shown_as_it_is() -> None:
    """Every code that an answer may carry has its Chinese word."""
    codes = {
        *get_args(get_type_hints(BeneficialOwner)["ground"]),
        *get_args(Why),
        *get_args(WhySilent),
    }
    assert len(codes) > 10
    assert {code for code in codes if show(code) == code} == set()


def test_an_answer_is_told_without_codes_and_without_fen() -> None:
    assert answered(["Party", "Enterprise"], "labels") == "企业"
    assert answered(1_200_000, "principal_fen") == "1.20 万元"
    assert answered(0.8, "certainty") == "80%"
    assert answered("loan", "source") == "贷款借据"
    assert answered("near", "match") == "近似，请核对"
    assert answered("mortgage", "security_kind") == "抵押"
    told = answered({"fact_id": "x", "name": "甲", "registered_capital_fen": 100}, "facts")
    assert told == "名称 甲；注册资本 1.00 元"


def test_the_basis_in_one_line() -> None:
    told = basis_line(
        {"as_of": "2026-11-28", "known_at": "2026-11-28T15:48:02+00:00", "position": 9,
         "policy": "risk@2026.3+abc", "rules": None, "truncated": False}
    )  # fmt: skip
    assert told == (
        "截至 2026-11-28；按 2026-11-28 23:48 所知；数据到第 9 批；策略版本 risk@2026.3（校验码 abc）"
    )
