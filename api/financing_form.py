"""The fields of each act on an application as a form shows them, and what a form says in our units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.typed_number import FEN_OF_WAN, typed_number
from graph.errors import InputError
from graph.operations.financing_moves import REFUSALS
from graph.operations.financing_terms import FIRST, NEEDED, SECURITIES, TITLES

__all__ = ["CHECKED", "FIELDS", "Field", "stated"]

#: What the records said of a first loan, in words.
CHECKED: Final = {"yes": "可证实为首贷", "no": "有更早贷款", "unknown": "不能确定"}

_FLAG = {"true": "是", "false": "否"}
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "security": SECURITIES, "refusal": REFUSALS, "first": FIRST, "flag": _FLAG,
}  # fmt: skip
#: How a form counts: an amount in 万元, a rate in percent.
_SCALE = {"fen": ("（万元）", FEN_OF_WAN), "rate": ("（%）", 10_000)}
#: Worked out by us, or said by another form.
_NOT_ASKED = frozenset({"checked_first"})


@dataclass(frozen=True)
class Field:
    """One field; `choices` are codes with their words."""

    name: str
    title: str
    required: bool
    is_day: bool
    choices: Mapping[str, str]


def _fields(asked: Mapping[str, str]) -> tuple[Field, ...]:
    found = []
    for name, kind in asked.items():
        if name not in _NOT_ASKED:
            bare = kind.rstrip("?")
            title = TITLES[name] + _SCALE.get(bare, ("", 1))[0]
            choices = _CHOICES.get(bare, {})
            found.append(Field(name, title, not kind.endswith("?"), bare == "day", choices))
    return tuple(found)


#: Act -> its fields.
FIELDS: Final = {act: _fields(asked) for act, asked in NEEDED.items()}


def stated(act: str, form: Mapping[str, str]) -> dict[str, Any]:
    """What a form says of an act, in fen and parts of a million; raises `InputError`
    (`financing_terms`)."""
    found: dict[str, Any] = {}
    for name, kind in NEEDED.get(act, {}).items():
        text, bare = form.get(name, ""), kind.rstrip("?")
        if text and name not in _NOT_ASKED:
            found[name] = _value(text, bare)
    return found


def _value(text: str, kind: str) -> Any:
    if kind == "flag":
        return text == "true"
    if kind not in ("fen", "rate", "count"):
        return text
    scale = _SCALE.get(kind, ("", 1))[1]
    try:
        return typed_number(text, scale)
    except ValueError:
        raise InputError(
            "金额、利率和天数请写数字。没有登记任何内容。",
            "Amounts, rates and days are numbers.",
            code="financing_terms",
        ) from None
