"""A column that says in which currency the amounts of its rows are.

Amounts are kept in fen, so every amount is renminbi.  Whatever the source, a column whose heading
ends in 币种 (or names a currency in another usual way) is read as if the source declared it: a row
in any other currency is refused, since its figures would be taken for yuan.

Source: GB/T 12406 (ISO 4217), CNY and 156 for 人民币元.
"""

from __future__ import annotations

from collections.abc import Iterable

from ingest.catalogue.field import FieldSpec, heading

__all__ = ["currency_column", "currency_columns"]

_PREFIX = "currency:"
_ENDINGS = ("币种", "币别", "货币", "货币种类", "币种代码", "货币代码", "币种名称", "currency")
_NAMES = frozenset({"currencycode", "currencytype", "ccy", "curr", "regcapcur", "regcapcurcn"})
_RENMINBI = (
    "人民币", "人民币元", "元人民币", "中国元", "元", "¥", "人民币(元)", "人民币(CNY)", "人民币CNY",
    "CNY人民币", "CNY-人民币", "CNY", "cny", "Cny", "RMB", "rmb", "156", "156人民币", "156-人民币",
)  # fmt: skip


def currency_column(title: str) -> FieldSpec | None:
    """What a column of this heading is, where it states a currency."""
    folded = heading(title)
    if not (folded.endswith(_ENDINGS) or folded in _NAMES):
        return None
    return FieldSpec(
        name=_PREFIX + title,
        title=title,
        type="code",
        codes=dict.fromkeys(_RENMINBI, "CNY"),
        if_wrong="row",
        message="币种不是人民币，本行金额不能按人民币接收。请折算成人民币后填报，币种填“人民币”。",
        example="人民币",
    )


def currency_columns(names: Iterable[str]) -> list[FieldSpec]:
    """The columns of this kind among names of fields, as refused rows keep them."""
    titles = [name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX)]
    return [spec for title in titles if (spec := currency_column(title))]
