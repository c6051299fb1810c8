"""What is agreed with a financing platform or bank, as data: one file in `partners` is one contract.

Two live systems mean opposite things by one code of a first loan and count money in three units, so
none of it is known to the code: units and senses of codes stand in the contract, and a value that
does not is refused and waits for somebody.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from graph.errors import NotFoundError
from graph.operations.financing_moves import ACTS
from graph.operations.financing_terms import FIRST, SECURITIES
from graph.plain_yaml import read_yaml
from ingest.exchange.contract import Http
from queries.rule_file import Strict

__all__ = ["FinancingPartner", "UntranslatableError", "financing_partner", "financing_partners"]

_FEN: Final = {"元": Decimal(100), "万元": Decimal(1_000_000), "分": Decimal(1)}
#: Digits of a number before its point.
_LONGEST: Final = 15
_PPM: Final = {"百分比": Decimal(10_000), "小数": Decimal(1_000_000)}


class UntranslatableError(Exception):
    """What a partner said has no meaning by its contract; in Chinese, without what was sent."""


class FinancingPartner(Strict):
    """One partner.

    Attributes:
        shape: `front` brings demands, `back_office` takes applications and tells of them.
        ok: codes of an answer that was taken; any other, also with HTTP 200, was not.
        money, rate: the units in which it counts.
        first_loan, security_kinds: its codes -> ours.
        demand_status, loan_status: its states -> the act that each tells of.
    """

    name: str
    title: str
    partner: str
    shape: Literal["front", "back_office"]
    legal_basis: str
    sure: Literal["found", "known_high", "unsure"]
    http: Http
    feedback_path: str = ""
    rows: int = Field(gt=0, le=1_000)
    ok: tuple[str, ...]
    money: Literal["元", "万元", "分"]
    rate: Literal["百分比", "小数"]
    first_loan: Mapping[str, str]
    security_kinds: Mapping[str, str]
    subject_types: Mapping[str, str] = Field(default_factory=dict)
    demand_status: Mapping[str, str] = Field(default_factory=dict)
    loan_status: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _of_the_loop(self) -> FinancingPartner:
        if {*self.first_loan.values()} - {*FIRST}:
            raise ValueError(f"{self.name}: a first loan is one of {[*FIRST]}")
        if {*self.security_kinds.values()} - {*SECURITIES}:
            raise ValueError(f"{self.name}: a security is one of {[*SECURITIES]}")
        if {*self.demand_status.values(), *self.loan_status.values()} - {*ACTS}:
            raise ValueError(f"{self.name}: a state tells of an act")
        if (self.shape == "back_office") is not bool(self.feedback_path):
            raise ValueError(f"{self.name}: a back office tells what became of applications")
        return self

    def fen(self, value: Any) -> int:
        """An amount of theirs; raises `UntranslatableError`."""
        return _scaled(value, _FEN[self.money], "金额")

    def theirs(self, fen: int) -> str:
        """An amount of ours, as they count."""
        text = f"{Decimal(fen) / _FEN[self.money]:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def ppm(self, value: Any) -> int:
        """A year's rate of theirs, in parts of a million; raises `UntranslatableError`."""
        return _scaled(value, _PPM[self.rate], "年利率")

    def first(self, code: Any) -> str | None:
        """What they say of a first loan; None where they say nothing."""
        return None if code in (None, "") else _code(self.first_loan, code, "首贷标识")

    def security(self, code: Any) -> str:
        """Their security in our code; raises `UntranslatableError`."""
        return _code(self.security_kinds, code, "担保方式")


def _scaled(value: Any, scale: Decimal, title: str) -> int:
    try:
        number = Decimal(str(value)) * scale
        # the size first: of 1e999999 there is no whole number to be had
        if isinstance(value, bool) or number.adjusted() > _LONGEST or number != int(number):
            raise InvalidOperation
        return int(number)
    except (ArithmeticError, ValueError):
        raise UntranslatableError(f"{title}不是约定单位的数字") from None


def _code(known: Mapping[str, str], code: Any, title: str) -> str:
    found = known.get(str(code))
    if found is None:
        raise UntranslatableError(f"{title}的代码不在约定中")
    return found


@cache
def financing_partners() -> Mapping[str, FinancingPartner]:
    """Every contract by its name; raises pydantic's `ValidationError`."""
    folder = files("ingest.financing") / "partners"
    found = {
        item.name.removesuffix(".yaml"): read_yaml(item.read_text(encoding="utf-8"))
        for item in folder.iterdir()
        if item.name.endswith(".yaml")
    }
    return {
        name: FinancingPartner.model_validate({"name": name, **said})
        for name, said in sorted(found.items())
    }


def financing_partner(name: str) -> FinancingPartner:
    """One contract; raises `NotFoundError` (`partner_unknown`)."""
    found = financing_partners().get(name)
    if found is None:
        raise NotFoundError(
            f"没有名为“{name}”的融资对接约定。现有：{'、'.join(financing_partners())}。",
            "There is no such contract.",
            code="partner_unknown",
        )
    return found
