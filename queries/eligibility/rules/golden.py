"""Golden cases: for each product, facts written by hand and the verdict that they must get.

A case says what differs from the file's `base` (null = unknown), the verdict, and every condition
that is not 符合; all conditions it does not name must be 符合.  A product is not published while
one of its cases fails, or while a hard condition has no case in which it fails and none in which
it is open.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml
from pydantic import Field

from graph.errors import InputError
from graph.plain_yaml import read_yaml
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.fact import Fact, Value
from queries.eligibility.rules.missing import least_missing
from queries.eligibility.rules.product import Product, Version
from queries.eligibility.rules.runner import evaluate, overall
from queries.eligibility.verdict import Verdict
from queries.rule_file import Strict

__all__ = ["Cases", "GoldenCase", "failures", "read_cases", "shipped_cases"]


class GoldenCase(Strict):
    """One case.

    Attributes:
        facts: over the base; None = unknown.
        conditions: those not 符合, by id.
        settled_by: the least missing set, where the case is about it.
        amount_wan: the amount in 万元; None = not worked out, left out = not looked at.
    """

    name: str
    facts: dict[str, Any] = Field(default_factory=dict)
    verdict: Verdict
    conditions: dict[str, Verdict] = Field(default_factory=dict)
    settled_by: tuple[str, ...] | None = None
    amount_wan: float | None = None


class Cases(Strict):
    """The cases of one version of a product."""

    product: str
    version: str
    base: dict[str, Any]
    cases: tuple[GoldenCase, ...] = Field(min_length=2)

    def facts(self, case: GoldenCase) -> dict[str, Fact]:
        """Facts of one case; raises `InputError` on a name or a type that does not exist."""
        told: dict[str, Value] = {**self.base, **case.facts}
        found = {}
        for name, value in told.items():
            spec = catalogue().own.get(name)
            if spec is None:
                raise InputError(
                    f"用例“{case.name}”中没有事实 {name}。",
                    f"Case {case.name} names {name}, which is no fact.",
                    code="cases_faulty",
                )
            if value is not None:
                found[name] = Fact(spec.typed(value), "用例")
        return found


def read_cases(text: str) -> Cases:
    """Parse a case file; raises `InputError` saying what is wrong."""
    try:
        return Cases.model_validate(read_yaml(text))
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise InputError(
            f"用例文件有误：{error}", f"The case file is faulty: {error}", code="cases_faulty"
        ) from error


def shipped_cases(product: str, version: str = "") -> str:
    """Text of the case file that ships with a product: of its last version, or of an older one."""
    folder = files("queries.eligibility.rules") / "cases"
    path = (folder / version if version else folder) / f"{product}.yaml"
    return path.read_text(encoding="utf-8")


def failures(product: Product, cases: Cases) -> tuple[str, ...]:
    """What does not hold, in Chinese; empty when every case does and every condition is tried."""
    version = product.version(cases.version)
    found = []
    if cases.product != product.id:
        found.append(f"用例属于产品 {cases.product}，不是 {product.id}")
    tried: dict[str, set[Verdict]] = {item.id: set() for item in version.conditions}
    for case in cases.cases:
        found += _of(version, cases, case, tried)
    for item in version.conditions:
        possible = {Verdict.NOT_MET, Verdict.UNKNOWN} if item.can_fail else {Verdict.UNKNOWN}
        lacking = possible - tried[item.id]
        if item.hard and lacking:
            words = "、".join(sorted(verdict.value for verdict in lacking))
            found.append(f"条件 {item.id} 没有“{words}”的用例")
    return tuple(found)


def _of(
    version: Version, cases: Cases, case: GoldenCase, tried: dict[str, set[Verdict]]
) -> list[str]:
    facts = cases.facts(case)
    checked = evaluate(version, facts)
    got = {item.condition.id: item.verdict for item in checked}
    for name, verdict in got.items():
        tried[name].add(verdict)
    found = [f"“{case.name}”：没有条件 {name}" for name in case.conditions if name not in got]
    expected = {name: case.conditions.get(name, Verdict.MET) for name in got}
    found += [
        f"“{case.name}”：条件 {name} 应为{expected[name].value}，实为{got[name].value}"
        for name in got
        if expected[name] is not got[name]
    ]
    whole = overall(checked)
    if whole is not case.verdict:
        found.append(f"“{case.name}”：应为{case.verdict.value}，实为{whole.value}")
    if case.settled_by is not None and least_missing(version, facts) != case.settled_by:
        found.append(f"“{case.name}”：待补充的最少事实不是 {'、'.join(case.settled_by)}")
    if "amount_wan" in case.model_fields_set:
        fen = version.amount.apply(facts).fen
        wan = None if fen is None else fen / 1e6
        if wan != case.amount_wan:
            found.append(f"“{case.name}”：额度应为 {case.amount_wan} 万元，实为 {wan} 万元")
    return found
