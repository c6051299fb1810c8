"""How conditions are said to people: what fails one as a fact, what is missing with its errand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from api.wording import fact as fact_said
from api.wording import show, source
from queries.eligibility.rules.failing import failing

if TYPE_CHECKING:
    from queries.eligibility.facts.catalogue import FactSpec
    from queries.eligibility.facts.fact import Fact, LinkedHint
    from queries.eligibility.rules.condition import Condition
    from queries.eligibility.rules.runner import Checked

__all__ = ["failed", "failed_by", "hint_said", "lacking", "unknown"]


def failed(checked: Checked, places: Mapping[str, str] | None = None) -> str:
    """What fails a checked condition, as facts; empty where nothing does."""
    return failed_by(checked.condition, {seen.id: seen.fact for seen in checked.seen}, places)


def failed_by(
    condition: Condition, facts: Mapping[str, Fact], places: Mapping[str, str] | None = None
) -> str:
    """The same of a condition and the facts that it saw; a division by its name in `places`."""
    return failing(condition, facts, lambda value, spec: fact_said(value, spec, places))


def unknown(spec: FactSpec, held: Fact | None) -> str:
    """A fact that is not known as a question, with why; the errand is said once, elsewhere."""
    return f"{spec.question}，尚未核实{_why(held)}"


def lacking(spec: FactSpec, held: Fact | None) -> str:
    """The same with the errand that brings it, where nothing else says it."""
    return f"{spec.question}，尚未核实，须{spec.obtain.how}{_why(held)}"


def _why(held: Fact | None) -> str:
    if held is None or held.reason is None:
        return ""
    if held.reason != "stale":
        return f"（{show(held.reason)}）"
    day, word = show(held.stated_on), held.said_by
    if held.stated_on is None:
        return "（已有的材料已过期）"
    if (told := source(word)) != word:
        # a register, by its title
        return f"（“{told}”的数据只到 {day}，已过期）"
    return f"（{day} 的{word or '材料'}已过期）"


def hint_said(hint: LinkedHint) -> str:
    """What is to be shown of others; where there are none, that it does not apply."""
    if hint.holds is None:
        return "在已接入机构未为他人担保，不适用" if hint.reason == "not_applicable" else "尚未核实"
    return "有" if hint.holds else "没有"
