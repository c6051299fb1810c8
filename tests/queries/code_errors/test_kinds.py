"""Each kind by itself, over hand-written stocks: what is found, and what is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from graph.identifiers import unified_social_credit_code as uscc
from queries.basis import Basis
from queries.code_errors.answer import summed
from queries.code_errors.detection import detect
from queries.code_errors.form import faults
from queries.code_errors.kinds import kinds
from queries.code_errors.registrar import NOBODY, registrar_of
from queries.code_errors.stock import _ACT, _PARTY, _USE, Refused, RowRef, Stock

A = uscc.complete("91610305MA9C0901")
B = uscc.complete("91610305MA9C0902")
SHOP = uscc.complete("92610305MA9C0903")
OTHER_SHOP = uscc.complete("92610305MA9C0904")
FIRM = {"label": "Enterprise", "source": "enterprise", "registration_state": "active",
        "established_on": date(2019, 1, 1), "ended_on": None, "address": None}  # fmt: skip


def stock(*parties: dict[str, Any], acts: list[dict[str, Any]] | None = None, **more: Any) -> Stock:
    rows = [{**FIRM, "batch": "b", "row": n, **each} for n, each in enumerate(parties, 2)]
    uses = [{name: row[name] for name in _USE.names} for row in [*rows, *(acts or [])]]
    return Stock(
        pa.Table.from_pylist(rows, schema=_PARTY),
        pa.Table.from_pylist(uses, schema=_USE),
        pa.Table.from_pylist(acts or [], schema=_ACT),
        **more,
    )


def found(*args: Any, **more: Any) -> set[tuple[str, str | None]]:
    return {(item.kind, item.code) for item in detect(*args, **more)}


def mentioned(code: str, name: str) -> dict[str, Any]:
    return {"code": code, "name": name, "source": "tax", "registration_state": None,
            "established_on": None}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "code"), [(kind.code, code) for kind in kinds().kinds for code in kind.vectors]
)
def test_vectors_of_the_file_are_of_their_kind(kind: str, code: str) -> None:
    assert kind in faults(code)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("91610305MA6X00008K", ()),
        ("N2610305MF00000054", ()),  # a village collective, which stdnum rejects
        ("91350100M000100Y43", ()),
        ("9135010557098120XJ", ()),
        ("913504001555807674", ()),
        ("71310106424845496e", ()),
        ("111000000000116154", ()),
        ("111000000000116156", ("CHECK_DIGIT",)),
        ("91350203M0001QKT19", ("CHECK_DIGIT",)),
        ("61032219900101O23X", ("RESIDENT_ID",)),  # a letter hides no number of a person
        ("123-45-6789", ("LENGTH",)),
        ("B1619905MA6X00008K", ("DEPT_CLASS", "AREA", "CHECK_DIGIT")),
    ],
)
def test_every_rule_that_a_code_breaks_is_told(code: str, expected: tuple[str, ...]) -> None:
    assert faults(code) == expected


def test_one_code_of_two_registers_under_two_names() -> None:
    two = [
        {"code": A, "name": "样甲有限公司"},
        {"code": A, "name": "样乙有限公司", "source": "cooperative"},
    ]
    assert found(stock(*two)) == {("ONE_CODE_MANY_SUBJECTS", A)}
    # spelt alike, or renamed by the register, it is one subject
    alike = [two[0], {**two[1], "name": "样甲 有限公司"}]
    assert not found(stock(*alike))
    assert not found(stock(*two, renamed={A: ("样乙有限公司", "样甲有限公司")}))


def test_one_subject_with_two_codes() -> None:
    two = [{"code": A, "name": "样双有限公司"}, {"code": B, "name": "样双有限公司"}]
    assert found(stock(*two)) == {("ONE_SUBJECT_MANY_CODES", A), ("ONE_SUBJECT_MANY_CODES", B)}
    # a change of code that the register tells, and a new life after the end of the old one
    assert not found(stock(*two, former=frozenset({frozenset({A, B})})))
    ended = {**two[0], "registration_state": "cancelled", "ended_on": date(2020, 1, 1)}
    assert not found(stock(ended, {**two[1], "established_on": date(2020, 1, 1)}))
    assert found(stock(ended, {**two[1], "established_on": date(2019, 12, 31)}))
    assert not found(stock({**ended, "ended_on": None}, two[1]))  # nobody knows when it ended
    # elsewhere another firm may be called so
    far = uscc.complete("91610304MA9C0905")
    assert not found(stock(two[0], {**two[1], "code": far}))
    # an officer judged two keys to be one subject
    judged: dict[str, Any] = {"judged": frozenset({frozenset({A, B})})}
    named = [two[0], {**two[1], "name": "样双果业有限公司"}]
    assert found(stock(*named, **judged)) == found(stock(*two))


def test_shops_may_share_a_name() -> None:
    shops = [
        {"code": code, "name": "建国小卖部", "label": "IndividualBusiness", "established_on": day}
        for code, day in ((SHOP, date(2019, 1, 1)), (OTHER_SHOP, date(2020, 1, 1)))
    ]
    assert not found(stock(*shops))
    owner = {SHOP: frozenset({"person:x"}), OTHER_SHOP: frozenset({"person:x"})}
    assert len(found(stock(*shops, heads=owner))) == 2


def test_an_inner_number_of_two_codes() -> None:
    other = "91610304" + A[8:17]
    other += uscc.check_digit(other)
    two = [{"code": A, "name": "样甲有限公司"}, {"code": other, "name": "样丙有限公司"}]
    assert found(stock(*two)) == {("INNER9_SHARED", A), ("INNER9_SHARED", other)}
    assert not found(stock(*two, former=frozenset({frozenset({A, other})})))


def test_a_name_that_the_code_never_had() -> None:
    register = {"code": A, "name": "样甲有限公司"}
    assert found(stock(register, mentioned(A, "样乙厂"))) == {("NAME_MISMATCH", A)}
    assert not found(stock(register, mentioned(A, "样甲有限公司 ")))
    assert not found(stock(register, mentioned(A, "样旧厂"), renamed={A: ("样旧厂",)}))
    assert not found(stock(mentioned(A, "样甲厂"), mentioned(A, "样乙厂")))  # no register knows it
    # the gate tells of a row alone; which code it used, its facts say, beside the body's
    body = "11610305MB9A000144"
    told = Refused(
        RowRef("c", 9), "住建局", "许可.csv", "行政相对人名称", "NAME_MISMATCH", None, None
    )
    acts = [{"code": A, "batch": "c", "row": 9}, {"code": body, "batch": "c", "row": 9}]
    assert found(stock(register, acts=acts), [told]) == {("NAME_MISMATCH", A)}
    assert not found(stock(register), [told])


def test_used_after_its_end() -> None:
    ended = {
        "code": A,
        "name": "样止有限公司",
        "registration_state": "cancelled",
        "ended_on": date(2024, 6, 30),
    }
    acts = [{"code": A, "batch": "c", "row": n, "day": day} for n, day in (
        (2, date(2024, 6, 30)), (3, date(2024, 7, 1)))]  # fmt: skip
    (error,) = detect(stock(ended, acts=acts))
    assert (error.kind, error.rows) == ("STATUS", (RowRef("c", 3),))
    # who was revoked still exists, and of whom the end is unknown nobody can tell
    assert not found(stock({**ended, "registration_state": "revoked"}, acts=acts))
    assert not found(stock({**ended, "ended_on": None}, acts=acts))


def test_confirmed_and_pilot_codes_are_counted_apart() -> None:
    pilot, odd = "91350203M0001QKT19", A[:17] + ("1" if A[17] != "1" else "2")
    refused = Refused(
        RowRef("c", 2, True), "法院", "名单.csv", "代码", "CHECK_DIGIT", odd, "样异厂"
    )
    held = stock({"code": pilot, "name": "样厦有限公司"}, {"code": B, "name": "样乙有限公司"})
    basis = Basis(date(2026, 4, 1), None, 1)  # type: ignore[arg-type]
    open_ = summed(basis, held, [refused], frozenset())
    assert (open_.codes.numerator, open_.codes.denominator) == (1, 3)
    assert (open_.records.numerator, open_.records.denominator) == (1, 3)
    (kind,) = [item for item in open_.kinds if item.kind == "CHECK_DIGIT"]
    assert (kind.codes, kind.records, kind.confirmed, kind.pilot) == (1, 1, 0, 1)
    settled = summed(
        basis, held, [refused], frozenset({(odd, "CHECK_DIGIT"), (pilot, "CHECK_DIGIT")})
    )
    (kind,) = [item for item in settled.kinds if item.kind == "CHECK_DIGIT"]
    assert (kind.codes, kind.confirmed, kind.pilot) == (0, 2, 0)
    assert (settled.codes.numerator, settled.registrars) == (0, ())
    nothing = summed(basis, stock(), [], frozenset())
    assert (nothing.codes.ratio, nothing.records.ratio) == (None, None)


def test_a_code_goes_to_whoever_gave_it() -> None:
    told = {
        code: registrar_of(code) for code in ("11", "31", "52", "91", "N2", "8", "B1", "9*", "")
    }
    assert told == {
        "11": "编办", "31": "司法局", "52": "民政局", "91": "市场监管局（行政审批局）",
        "N2": "农业农村局", "8": "总工会", "B1": NOBODY, "9*": "市场监管局（行政审批局）", "": NOBODY,
    }  # fmt: skip
