"""Rules that a catalogue names on several fields of a row (`checks:`): what contradicts itself.

A rule says nothing where a cell is empty, except those whose business emptiness is.  A source
declares with each whether a row that breaks it is refused or only doubtful.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from graph.time import today
from ingest.checking.parties import FILLER
from ingest.checking.rules import RowRule
from ingest.checking.said_amounts import amounts_said

__all__ = ["ROW_RULES"]


def _known(columns: list[pd.Series]) -> np.ndarray:
    """Rows in which every one of the columns has a value."""
    known: np.ndarray = np.logical_and.reduce([each.notna().to_numpy() for each in columns])
    return known


def _compare(holds: Callable[..., pd.Series]) -> Callable[[list[pd.Series]], pd.Series]:
    """The rule between columns, kept wherever one of them is empty."""

    def compared(columns: list[pd.Series]) -> pd.Series:
        known = _known(columns)
        kept = np.ones(len(known), bool)
        if known.any():
            kept[known] = holds(*(column[known] for column in columns)).astype(bool)
        return pd.Series(kept, index=columns[0].index)

    return compared


def _pairs(codes: pd.Series, kinds: pd.Series) -> pd.Series:
    """Codes of class 92, and no others, belong to individual businesses; a person has none."""
    filler = codes == FILLER
    fits = codes.str.startswith("92") == (kinds == "individual_business")
    return (filler | fits) & (kinds != "natural_person")


def _fined(kinds: pd.Series, amounts: pd.Series) -> pd.Series:
    """A penalty that is a fine says how much; nothing says that others may not."""
    return ~kinds.str.contains("罚款", na=False) | amounts.notna()


def _written(names: pd.Series) -> pd.Series:
    """Names without what is written in between: blanks, dots of any kind."""
    return names.str.replace(r"[\s·•・‧∙.]", "", regex=True)


def _agree(names: pd.Series, others: pd.Series) -> pd.Series:
    """Whether two names are the same but for that; only those that are not are looked at closely."""
    same = (names == others).astype(bool)
    unlike = ~same.to_numpy()
    if unlike.any():
        same[unlike] = _written(names[unlike]) == _written(others[unlike])
    return same


def _class_fits(classes: pd.Series, days: pd.Series) -> pd.Series:
    """Whether a class is no better than so many days overdue allow.

    商业银行金融资产风险分类办法（2023年第1号令）: up to seven days may have technical causes; then
    special mention at least, after 90 days substandard, after 270 doubtful, after 360 loss.
    """
    least = np.searchsorted(_OVERDUE_DAYS, days.to_numpy(np.int64))
    return classes.map(_RANKS) >= least


def _not_matured(
    classes: pd.Series, due: pd.Series, stated: pd.Series, balance: pd.Series
) -> pd.Series:
    """No loan is called good on a day after its last one while something is owed."""
    return (classes != "pass") | (due >= stated) | (balance <= 0)


def _nothing_owed(columns: list[pd.Series]) -> pd.Series:
    """What is settled has no balance; the first column is the balance, the second the day."""
    balance, settled = columns
    return settled.isna() | ~(balance > 0).fillna(False).astype(bool)


def _is_settled(columns: list[pd.Series]) -> pd.Series:
    """A balance of nothing says from when on."""
    balance, settled = columns
    return settled.notna() | ~(balance == 0).fillna(False).astype(bool)


def _amount_as_said(word: str, *, times: int) -> Callable[[list[pd.Series]], pd.Series]:
    """Whether an amount is not `times` what the words of a decision say (1: is what they say)."""

    def holds(amounts: pd.Series, texts: pd.Series) -> pd.Series:
        verdicts = []
        for amount, text in zip(amounts, texts, strict=True):
            said = amounts_said(text, word)
            # a decision may split a fine, or say it again in words
            told = {*said, sum(said)} if said else set()
            if times == 1:
                verdicts.append(not told or amount in told)
            else:
                verdicts.append(amount in told or amount not in {each * times for each in told})
        return pd.Series(verdicts, index=amounts.index, dtype=bool)

    return _compare(holds)


_OVERDUE_DAYS = (7, 90, 270, 360)
_RANKS = {"pass": 0, "special_mention": 1, "substandard": 2, "doubtful": 3, "loss": 4}


def _given(columns: list[pd.Series]) -> list[pd.Series]:
    return [column.notna() for column in columns]


ROW_RULES = {
    "tied": RowRule(
        "“{0}”与“{1}”对不上：库中登记的是别人。请核对两列。",
        "Who is named is not who is known to be tied to it.",
        None,
    ),
    "code_pairs_with_kind": RowRule(
        "“{0}”与“{1}”不配对：92 开头的只能是个体工商户，个体工商户只能是 92 开头，自然人不填代码。",
        "A code of class 92 belongs to an individual business, and no other does.",
        _compare(_pairs),
    ),
    "fine_has_amount": RowRule(
        "处罚类别含罚款时，“{1}”不能为空（万元）。",
        "A fine says its amount.",
        lambda columns: _fined(*columns),
    ),
    "not_before": RowRule(
        "“{0}”不能早于“{1}”。", "It comes before the other.", _compare(lambda a, b: a >= b)
    ),
    "not_more": RowRule(
        "“{0}”不能大于“{1}”。", "It is more than the other.", _compare(lambda a, b: a <= b)
    ),
    "differ": RowRule(
        "“{0}”和“{1}”不能相同。", "The two are the same.", _compare(lambda a, b: a != b)
    ),
    "not_future": RowRule(
        "“{0}”晚于今天。", "A date after today.", _compare(lambda days: days <= today())
    ),
    "agree": RowRule(
        "“{0}”和“{1}”不一致。",
        "The two names are not the same.",
        _compare(_agree),
    ),
    "not_filler": RowRule(
        "“{0}”是17个0加X，只表示没有代码。",
        "Seventeen zeros and X: no code.",
        _compare(lambda codes: codes != FILLER),
    ),
    "empty": RowRule(
        "此种情况下“{0}”应为空。",
        "Empty in this case.",
        lambda columns: columns[0].isna(),
    ),
    "settled_owes_nothing": RowRule(
        "已填“{1}”而“{0}”不是 0。请核对是否已经结清。",
        "It is settled, and a balance is left.",
        _nothing_owed,
    ),
    "zero_is_settled": RowRule(
        "“{0}”是 0 而没有“{1}”：是否已经结清不能断定。请补填结清日期。",
        "Nothing is owed, and no day of settlement is given: whether it is settled is not proven.",
        _is_settled,
    ),
    "class_fits_overdue": RowRule(
        "“{0}”与“{1}”不符：逾期超过 7 天至少为关注，超过 90 天至少为次级，超过 270 天至少为可疑，"
        "超过 360 天为损失（商业银行金融资产风险分类办法）。请与放款机构核对。",
        "The class is better than so many days overdue allow.",
        _compare(_class_fits),
    ),
    "matured_is_no_pass": RowRule(
        "“{1}”已过、仍有余额，“{0}”却是正常：已展期的请填展期后的到期日期，否则请核对分类。"
        "页面按日期显示为逾期（待核实）。",
        "Matured with a balance, and called good: extended, or overdue.",
        _compare(_not_matured),
    ),
    "fine_not_in_yuan": RowRule(
        "“{0}”应以万元填写：“{1}”写的金额正好是所填数的万分之一，看来填的是元。请改成万元。",
        "It is ten thousand times what the decision says: yuan where 万元 belong.",
        _amount_as_said("罚款", times=10_000),
    ),
    "fine_as_said": RowRule(
        "“{0}”与“{1}”写的罚款数额不符。请对照决定书核对。",
        "The decision says another fine.",
        _amount_as_said("罚款", times=1),
    ),
    "confiscation_not_in_yuan": RowRule(
        "“{0}”应以万元填写：“{1}”写的金额正好是所填数的万分之一，看来填的是元。请改成万元。",
        "It is ten thousand times what the decision says: yuan where 万元 belong.",
        _amount_as_said("没收", times=10_000),
    ),
    "confiscation_as_said": RowRule(
        "“{0}”与“{1}”写的没收数额不符。请对照决定书核对。",
        "The decision says another amount.",
        _amount_as_said("没收", times=1),
    ),
    "required": RowRule(
        "此种情况下“{0}”不能为空。",
        "Required in this case.",
        lambda columns: np.logical_and.reduce(_given(columns)),
    ),
    "any_of": RowRule(
        "“{0}”等列至少填一项。",
        "At least one of them is needed.",
        lambda columns: np.logical_or.reduce(_given(columns)),
    ),
    "required_with": RowRule(
        "填了“{1}”等代码的是单位，单位要填“{0}”。",
        "Required where one of the others is given.",
        lambda columns: _given(columns)[0] | ~np.logical_or.reduce(_given(columns)[1:]),
    ),
    "person_or_organisation": RowRule(
        "填了“{1}”等代码的是单位，“{0}”应为空；单位负责人的证件号码不采集。",
        "An organisation has no resident id, and its representative's is not collected.",
        lambda columns: ~_given(columns)[0] | ~np.logical_or.reduce(_given(columns)[1:]),
    ),
    "empty_without": RowRule(
        "没有“{1}”等任何一个代码的是自然人，“{0}”应为空；是单位的，请补填代码。",
        "Empty where none of the others is given.",
        lambda columns: ~_given(columns)[0] | np.logical_or.reduce(_given(columns)[1:]),
    ),
    "together": RowRule(
        "“{0}”与相关列应同时填写或同时留空。",
        "All of them or none.",
        lambda columns: (
            np.logical_and.reduce(_given(columns)) | ~np.logical_or.reduce(_given(columns))
        ),
    ),
}
