"""What changes between two versions of a product, in Chinese: what the second person reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from queries.codes import WORDS
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.rules.amount import Capacity, CapBy, Flat, ShareOf, Term
from queries.eligibility.rules.condition import (
    AllOf,
    AnyOf,
    Comes,
    Condition,
    Leaf,
    Not,
    Rule,
    Test,
)
from queries.eligibility.rules.product import Version
from queries.eligibility.rules.surplus import Surplus, wan

__all__ = ["difference", "said"]

_OPERATORS = {
    "between": "介于", "at_least": "不低于", "at_most": "不高于", "one_of": "属于",
    "none_of": "不属于", "known": "已知", "is": "",
}  # fmt: skip
_PARTS = {
    "wording": "文字", "basis": "依据", "certainty": "确定程度", "source": "出处",
    "valid_from": "施行日", "valid_until": "失效日", "checked_on": "核对日",
}  # fmt: skip

_Rule = TypeVar("_Rule", bound=Rule)
_STAGES = {"eligibility": "申请条件", "drawing": "放款前须办妥的条件"}


def difference(before: Version, after: Version, *, notes: bool = True) -> tuple[str, ...]:
    """Sentences, in the order of the conditions; empty when nothing changed but the name.

    Args:
        notes: also what decides nothing: grounds, days, where a rule was read, what to do next.
    """
    return tuple(_sentences(before, after, notes=notes))


def said(test: Test) -> str:
    """A test in words."""
    match test:
        case Leaf():
            return _leaf(test)
        case Not():
            return f"并非（{said(test.negated)}）"
        case Comes():
            return _comes(test)
        case AllOf():
            return "且".join(_inner(part) for part in test.all)
        case AnyOf():
            return "或".join(_inner(part) for part in test.any)


def _comes(test: Comes) -> str:
    return f"{_sums(test.surplus)} 不低于 {wan(test.at_least_fen)}"


def _sums(surplus: Surplus) -> str:
    parts = [
        f"{' + ' if name in surplus.plus else ' − '}“{surplus.spec(name).term}”"
        + ("" if times == 1 else f"×{times:g}")
        for name, times in surplus.times.items()
    ]
    return "".join(parts).removeprefix(" + ")


def _inner(test: Test) -> str:
    return said(test) if isinstance(test, Leaf | Comes) else f"（{said(test)}）"


def _leaf(leaf: Leaf) -> str:
    value: Any = leaf.value
    term = leaf.spec.term
    if leaf.operator == "is":
        return f"“{term}”为{'是' if value else '否'}"
    if leaf.operator in ("known", "summed"):
        return f"“{term}”已知"
    if leaf.operator == "granted":
        return f"“{term}”已给出"
    if leaf.operator == "between":
        limit = f"{_number(value[0], leaf)} 至 {_number(value[1], leaf)}"
    elif leaf.operator in ("one_of", "none_of"):
        limit = "、".join(leaf.spec.values[code] for code in value)
    else:
        limit = _number(value, leaf)
    return f"“{term}”{_OPERATORS[leaf.operator]} {limit}"


def _number(value: float, leaf: Leaf) -> str:
    return f"{value / 1e6:g} 万元" if leaf.spec.type == "money" else f"{value:g}"


def _sentences(before: Version, after: Version, *, notes: bool) -> Iterator[str]:
    old = {item.id: item for item in before.conditions}
    new = {item.id: item for item in after.conditions}
    for name, item in new.items():
        if name not in old:
            kind = "硬性" if item.hard else "提示"
            yield f"新增{kind}条件“{item.wording}”：{said(item.test)}（依据：{item.basis}）"
        else:
            both = _undated(old[name], before), _undated(item, after)
            yield from _outcome(*both)
            yield from _notes(*both) if notes else ()
    for name, item in old.items():
        if name not in new:
            yield f"取消条件“{item.wording}”：{said(item.test)}"
    if before.first_loan != after.first_loan:
        yield f"首贷口径由 {before.first_loan or '不限'} 改为 {after.first_loan or '不限'}"
    yield from _amount(before, after, notes=notes)
    if before.retired_on != after.retired_on:
        yield f"停办日期由{before.retired_on or '未定'}改为{after.retired_on or '未定'}"
    if notes and before.hints != after.hints:
        terms = "、".join(catalogue().facts[name].term for name in after.hints) or "无"
        yield f"附带提示改为：{terms}（不影响结论）"
    if before.fresh_days != after.fresh_days:
        limits = [
            f"“{catalogue().facts[name].term}”{days} 天" for name, days in after.fresh_days.items()
        ]
        yield f"材料时限改为：{'、'.join(limits) or '无'}"


def _undated(item: _Rule, version: Version) -> _Rule:
    """A rule that holds since its version began says no day of its own."""
    if item.valid_from != version.effective_from:
        return item
    return item.model_copy(update={"valid_from": None})


def _outcome(old: Condition, new: Condition) -> Iterator[str]:
    if old.test != new.test:
        yield f"条件“{new.wording}”由“{said(old.test)}”改为“{said(new.test)}”"
    if old.stage != new.stage:
        yield f"条件“{new.wording}”改为{_STAGES[new.stage]}"
    if old.hard != new.hard:
        yield f"条件“{new.wording}”由{_hard(old)}改为{_hard(new)}"


def _notes(old: Condition, new: Condition) -> Iterator[str]:
    for part, term in _PARTS.items():
        if getattr(old, part) != getattr(new, part):
            was, now = (_note(item, part) for item in (old, new))
            yield f"条件“{new.wording}”的{term}由“{was}”改为“{now}”"
    if old.steps != new.steps:
        texts = "；".join(step.text for step in new.steps)
        yield f"条件“{new.wording}”的下一步改为：{texts}"


def _amount(before: Version, after: Version, *, notes: bool) -> Iterator[str]:
    old, new = before.amount, after.amount
    if old.months != new.months:
        yield f"最长期限由 {old.months} 个月改为 {new.months} 个月"
    if old.lends_at_least_fen != new.lends_at_least_fen:
        least = new.lends_at_least_fen
        yield "不再要求可测算额度" if least is None else f"可测算额度须不低于 {wan(least)}"
    if old.round_to_fen != new.round_to_fen:
        yield f"额度取整由 {old.round_to_fen / 100:g} 元改为 {new.round_to_fen / 100:g} 元"
    was = {term.wording: _undated(term, before) for term in old.least_of}
    now = {term.wording: _undated(term, after) for term in new.least_of}
    for wording in dict.fromkeys([*was, *now]):
        if wording not in was:
            yield f"额度新增一项“{wording}”：{_term(now[wording])}"
        elif wording not in now:
            yield f"额度取消一项“{wording}”：{_term(was[wording])}"
        elif _term(was[wording]) != _term(now[wording]):
            yield f"额度项“{wording}”由 {_term(was[wording])} 改为 {_term(now[wording])}"
        elif notes and was[wording] != now[wording]:
            yield f"额度项“{wording}”的{'、'.join(_noted(was[wording], now[wording]))}有改动"


def _term(term: Term) -> str:
    """A term of an amount in words."""
    match term:
        case Flat():
            return wan(term.cap_fen)
        case CapBy():
            values = catalogue().facts[term.cap_by].values
            caps = [f"{values.get(code, code)} {wan(fen)}" for code, fen in term.caps_fen.items()]
            return f"按“{term.term_of(term.cap_by)}”：{'、'.join(caps)}"
        case ShareOf():
            less = "".join(f" − “{term.term_of(name)}”" for name in term.less)
            return f"“{term.term_of(term.share_of)}”×{term.times:g}{less}"
        case Capacity():
            kinds = catalogue().facts["party_kind"].values
            whom = "、".join(kinds.get(kind, kind) for kind in term.for_whom)
            return _sums(term.surplus) + (f"（{whom}）" if whom else "")


def _note(item: Condition, part: str) -> str:
    value = getattr(item, part)
    return WORDS.get(value, str(value)) if value else "未载明"


def _noted(old: Term, new: Term) -> list[str]:
    """Terms of what changed beside the sum itself."""
    return [term for part, term in _PARTS.items() if getattr(old, part) != getattr(new, part)] or [
        "写法"
    ]


def _hard(condition: Condition) -> str:
    return "硬性条件" if condition.hard else "提示"
