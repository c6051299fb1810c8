"""The facts that a product's conditions may name: closed vocabulary, read lawfully from the graph.

An association hint is no fact of this vocabulary and no value of its types: it cannot enter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib.resources import files
from typing import Any

from graph.connection import Graph
from graph.errors import InputError, NotFoundError

__all__ = ["VOCABULARY", "Fact", "FactType", "FactValue", "Missing", "Supplied", "Value", "gather"]

Value = bool | int | str


class FactType(StrEnum):
    """Type of a fact's value."""

    FLAG = "flag"
    INTEGER = "integer"
    CODE = "code"

    def holds(self, value: object) -> bool:
        """Whether a value is of this type; a flag is no integer."""
        if self is FactType.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        return isinstance(value, bool if self is FactType.FLAG else str)


class Missing(StrEnum):
    """Why a value is unknown."""

    NOT_COLLECTED = "not_collected"
    NO_CONSENT = "no_consent"
    REPAIRED = "repaired"
    EXPIRED = "expired"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Fact:
    """A fact a condition may name; `next_step` says how an unknown one is lawfully obtained."""

    type: FactType
    term: str
    next_step: str
    codes: tuple[str, ...] = ()
    may_be_supplied: bool = False


@dataclass(frozen=True)
class FactValue:
    """A value with its source and date; None with the reason when unknown."""

    value: Value | None
    source: str | None = None
    on: date | None = None
    missing: Missing | None = None
    supplied_by: str | None = None

    def __post_init__(self) -> None:
        if (self.value is None) is (self.missing is None):
            raise ValueError("a value is known, or it is missing for a reason")


@dataclass(frozen=True)
class Supplied:
    """What an officer brings: the value, who brought it, the day, the document or consent id."""

    value: Value
    by: str
    on: date
    reference: str


_FLAG, _INTEGER, _CODE = FactType.FLAG, FactType.INTEGER, FactType.CODE
GRADES = ("AAA", "AA", "A", "BBB", "BB", "B", "C", "unrated")

VOCABULARY: Mapping[str, Fact] = {
    "consent_given": Fact(_FLAG, "本人已书面授权查询", "请申请人签署查询授权书", (), True),
    "age_years": Fact(_INTEGER, "申请日年龄", "请核对居民身份证并补录出生日期"),
    "age_at_maturity_years": Fact(_INTEGER, "贷款到期日年龄", "请核对居民身份证并补录出生日期"),
    "local_household": Fact(_FLAG, "属于辖区内农户", "请村委会核实居住情况并采集农户信息", (), True),
    "listed_judgment_defaulter": Fact(_FLAG, "本人现为失信被执行人", "请通过法院公开渠道核验"),
    "overdue_or_npl_borrower": Fact(_FLAG, "本人现有逾期或不良贷款", "经授权查询征信报告核验", (),
                                    True),
    "guarantor_of_problem_loan": Fact(_FLAG, "为逾期或不良贷款提供担保", "经授权查询征信报告核验",
                                      (), True),
    "household_has_other_borrower": Fact(_FLAG, "同户他人已有未结清贷款",
                                         "请采集农户家庭成员信息后核验", (), True),
    "first_loan": Fact(_FLAG, "从未有过贷款（首贷户）", "经本人授权查询金融信用信息基础数据库", (),
                       True),
    "credit_grade": Fact(_CODE, "农户信用等级", "请按农户信用评价办法完成评级", GRADES),
    "annual_income_fen": Fact(_INTEGER, "家庭年总收入（分）", "经书面同意采集家庭收入", (), True),
    "outstanding_debt_fen": Fact(_INTEGER, "家庭现有债务（分）", "经本人授权查询征信报告", (), True),
}

_PROBLEM_CLASSES = frozenset({"substandard", "doubtful", "loss"})


def gather(
    graph: Graph,
    key: str,
    *,
    as_of: date,
    known_at: datetime,
    matures_on: date,
    supplied: Mapping[str, Supplied] | None = None,
) -> dict[str, FactValue]:
    """Every fact of the vocabulary about a person, known or missing with a reason.

    Raises `NotFoundError` for an unknown person, `InputError` for a supplied value that is no fact
    of the vocabulary, may not be supplied, or has the wrong type.
    """
    asked = {"key": key, "as_of": as_of, "known_at": known_at}
    card = graph.read(_text("applicant"), asked).rows
    if not card or not card[0]["exists"]:
        raise NotFoundError(
            "在该时点没有这个自然人。请核对编号，或先查找名称。",
            "No person of that key exists at this time.",
            code="party_unknown",
        )
    loans = graph.read(_text("applicant_loans"), asked).rows
    found = dict.fromkeys(VOCABULARY, FactValue(None, missing=Missing.NOT_COLLECTED))
    found |= _person(card[0], as_of, matures_on) | _debts(card[0], loans, as_of)
    for name, item in (supplied or {}).items():
        found[name] = _accept(name, item, found.get(name))
    if found["consent_given"].value is not True:
        # what only a credit bureau can answer may not even be asked for yet
        for name in ("first_loan", "overdue_or_npl_borrower", "outstanding_debt_fen"):
            if found[name].value is None:
                found[name] = FactValue(None, missing=Missing.NO_CONSENT)
    return found


def _text(name: str) -> str:
    return (files("queries.eligibility") / f"{name}.cypher").read_text(encoding="utf-8")


def _person(card: Mapping[str, Any], as_of: date, matures_on: date) -> dict[str, FactValue]:
    known: dict[str, FactValue] = {}
    if card["birth_on"]:
        said = {"source": card["source"], "on": card["said_on"]}
        known["age_years"] = FactValue(_years(card["birth_on"], as_of), **said)
        known["age_at_maturity_years"] = FactValue(_years(card["birth_on"], matures_on), **said)
    if card["household_key"]:
        at = {"source": card["household_source"], "on": card["household_said_on"]}
        known["local_household"] = FactValue(True, **at)
        for name in ("credit_grade", "annual_income_fen"):
            if card[name] is not None:
                known[name] = FactValue(card[name], **at)
    listed = card["listings"]
    # the courts' list is public and complete: not standing on it is an answer once it was loaded
    if listed:
        known["listed_judgment_defaulter"] = FactValue(
            True, listed[0]["source"], listed[0]["listed_on"])
    elif card["defaulters_loaded"]:
        known["listed_judgment_defaulter"] = FactValue(False, "judgment_defaulter", as_of)
    return known


def _debts(
    card: Mapping[str, Any], loans: list[dict[str, Any]], as_of: date
) -> dict[str, FactValue]:
    """What known loans prove.  Their absence proves nothing: another lender may know of one."""
    open_loans = [loan for loan in loans if not _settled(loan, as_of)]
    problems = [loan for loan in open_loans if _problem(loan)]
    proofs = {
        "overdue_or_npl_borrower": [item for item in problems if item["role"] == "borrower"],
        "guarantor_of_problem_loan": [item for item in problems if item["role"] == "guarantor"],
        "household_has_other_borrower": [
            item for item in open_loans if item["role"] == "household"
        ],
    }
    known = {
        name: FactValue(True, rows[0]["source"], rows[0]["said_on"])
        for name, rows in proofs.items() if rows
    }
    borrowed = [loan for loan in loans if loan["role"] == "borrower"]
    if borrowed:
        known["first_loan"] = FactValue(False, borrowed[0]["source"], borrowed[0]["said_on"])
    return known


def _settled(loan: Mapping[str, Any], as_of: date) -> bool:
    return bool(loan["settled_on"] and loan["settled_on"] <= as_of) or loan["balance_fen"] == 0


def _problem(loan: Mapping[str, Any]) -> bool:
    return (loan["overdue_days"] or 0) > 0 or loan["loan_class"] in _PROBLEM_CLASSES


def _years(birth_on: date, day: date) -> int:
    """Full years, counted on the birthday (民法典 第二百零一条)."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def _accept(name: str, item: Supplied, held: FactValue | None) -> FactValue:
    fact = VOCABULARY.get(name)
    fits = (
        fact is not None and fact.may_be_supplied and isinstance(item, Supplied)
        and fact.type.holds(item.value) and not (fact.codes and item.value not in fact.codes)
    )
    if not fits:
        raise InputError(
            f"不能由人工补充“{fact.term if fact else name}”，或所填的值类型不符。",
            f"{name} may not be supplied by hand, or the value is of the wrong type.",
            code="fact_not_suppliable",
        )
    # an answer from outside may settle what we do not know; it does not erase what we can prove
    if held and held.value is not None and held.value != item.value:
        raise InputError(
            f"所补充的“{VOCABULARY[name].term}”与图谱中已有记录不一致，请先核实。",
            f"The supplied {name} contradicts what the graph holds: settle that first.",
            code="fact_contradicted",
        )
    return FactValue(item.value, item.reference, item.on, supplied_by=item.by)
