"""The numbers of a policy by name: `seeds.doubtful.probability`, `ties.GUARANTEES.weight`, …

A name is the way through the policy's file, with dots; a line of a list is named by the column and
value that tell it: `ties.GUARANTEES.variants[guarantee_kind=joint_group].weight`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from queries.risk.policy import Policy

__all__ = ["most_of", "parameters_of", "place_on_scale", "value_on_scale", "with_values"]

#: What can be fitted where a policy states it as a number.
_FITTED = ("probability", "weight", "full", "half_life_days")
_ROOTS = ("base", "seeds", "ties")
_LEAST, _MOST = 1e-6, 0.99
#: A policy refuses a base above a tenth.
_MOST_BASE = 0.099


def parameters_of(policy: Policy) -> dict[str, float]:
    """Every number that can be fitted, in the order of the file."""
    told = policy.model_dump(mode="json")
    return {name: float(line[last]) for name, line, last in _lines(told)}


def with_values(policy: Policy, values: Mapping[str, float], *, note: str = "") -> Policy:
    """The policy with other numbers; `note` is added to the reason of every line that changes.

    Raises `KeyError` for a name that it does not have; pydantic's `ValidationError`.
    """
    told = policy.model_dump(mode="json")
    places = {name: (line, last) for name, line, last in _lines(told)}
    for name, value in values.items():
        line, last = places[name]
        line[last] = value
        if note:
            line["reason"] = f"{line['reason'].split('（校准')[0]}（校准：{note}）"
    return type(policy).model_validate(told)


def most_of(name: str) -> float:
    """The greatest value that a policy takes for a number; of days there is none."""
    if name.endswith("_days"):
        return float("inf")
    return _MOST_BASE if name.startswith("base.") else _MOST


def value_on_scale(name: str, value: float) -> float:
    """The number on the scale on which it is fitted: a logit, or the logarithm of days."""
    if name.endswith("_days"):
        return float(np.log(value))
    kept = min(max(value, _LEAST), _MOST)
    return float(np.log(kept / (1 - kept)))


def place_on_scale(name: str, place: float) -> float:
    """The number at a place of that scale."""
    if name.endswith("_days"):
        return float(np.exp(place))
    return float(1 / (1 + np.exp(-place)))


def _lines(told: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    for root in _ROOTS:
        yield from _under(root, told[root])


def _under(name: str, line: Any) -> Iterator[tuple[str, dict[str, Any], str]]:
    if isinstance(line, list):
        for one in line:
            if isinstance(one, dict) and "column" in one:
                yield from _under(f"{name}[{one['column']}={one.get('value')}]", one)
    elif isinstance(line, dict):
        for key, value in line.items():
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if key in _FITTED and number:
                yield f"{name}.{key}", line, key
            else:
                yield from _under(f"{name}.{key}", value)
