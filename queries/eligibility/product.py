"""A loan product as data: conditions with wording and legal ground, an amount rule, a version."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.errors import NotFoundError

__all__ = ["FACTS", "AmountRule", "Condition", "Product", "load_product", "product_names"]

_PRODUCTS = "queries.eligibility"

#: The facts that a condition may ask for: Chinese term, and where a missing one can be had.
#: All are a party's own facts or its household's; hints by association have no name here.
FACTS: dict[str, tuple[str, str]] = {
    "is_person": ("是自然人", "查询主体类别"),
    "age": ("年龄（周岁）", "补充公民身份号码，由农户信息导入"),
    "village": ("户籍或常住村", "补充农户信息中的村编码"),
    "household": ("所属农户", "补充农户信息"),
    "own_listing": ("本人名单记录", "导入失信被执行人名单"),
    "own_bad_loan": ("本人不良贷款", "查询征信报告（需本人书面授权）"),
    "own_overdue_days": ("本人逾期天数", "查询征信报告（需本人书面授权）"),
    "household_other_borrower": ("同户其他人在已接入机构有未结清贷款", "导入农户信息和贷款借据"),
    "any_loan": ("有过贷款", "查询征信报告（需本人书面授权）"),
    "consent": ("本人书面授权", "请本人签署授权书"),
    "credit_grade": ("信用等级", "由村委和信用办评定"),
    "annual_income_fen": ("家庭年收入", "补充农户信息中的家庭年总收入"),
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(_Strict):
    """One condition.  `hard` ones decide; soft ones are said and do not."""

    id: str
    fact: str
    operator: Literal["is", "between", "at_most", "one_of", "known"]
    value: bool | int | str | tuple[int, int] | tuple[str, ...] | None = None
    hard: bool = True
    wording: str
    basis: str
    next_step: str

    @model_validator(mode="after")
    def _refuse_typos(self) -> Condition:
        if self.fact not in FACTS:
            raise ValueError(f"{self.id}: no fact is named {self.fact}")
        expected = {
            "is": bool, "between": tuple, "at_most": int, "one_of": tuple, "known": type(None),
        }[self.operator]  # fmt: skip
        if not isinstance(self.value, expected):
            raise ValueError(f"{self.id}: {self.operator} takes a {expected.__name__}")
        return self


class AmountRule(_Strict):
    """At most the grade's cap, and at most income times a multiple less what is owed."""

    caps_fen: dict[str, int]
    income_multiple: float = Field(gt=0)
    basis: str


class Product(_Strict):
    """One version of a product; `hash` names its content."""

    id: str
    title: str
    version: str
    effective_from: str
    first_loan_definition: str
    conditions: tuple[Condition, ...] = Field(min_length=1)
    amount: AmountRule
    hash: str = ""

    @property
    def name(self) -> str:
        """Identifier, version and content hash: what a basis block states."""
        return f"{self.id}@{self.version}+{self.hash[:12]}"


@cache
def product_names() -> tuple[str, ...]:
    """Identifiers of all products."""
    folder = files(_PRODUCTS) / "products"
    return tuple(sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".yaml")))


@cache
def load_product(name: str) -> Product:
    """Read a product; raises `NotFoundError`, or pydantic's error when it is faulty."""
    if name not in product_names():
        raise NotFoundError(
            f"没有名为 {name} 的产品。可用的有：{'、'.join(product_names())}。",
            f"There is no product {name}.",
            code="product_unknown",
        )
    text = (files(_PRODUCTS) / "products" / f"{name}.yaml").read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Product.model_validate({"id": name, **yaml.safe_load(text), "hash": digest})
