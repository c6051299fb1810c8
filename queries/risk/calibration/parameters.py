"""The numbers of a policy that are fitted, by name, and the scales on which they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from queries.risk.policy import Policy

__all__ = ["most_of", "parameters_of", "place_on_scale", "value_on_scale", "with_values"]

#: The greatest of all weights keeps ways from going in circles: no measure tells it.
_NOT_MEASURED = frozenset({"most.weight"})
_LEAST, _MOST = 1e-6, 0.99
#: A policy refuses a base above a tenth.
_MOST_BASE = 0.099


def parameters_of(policy: Policy) -> dict[str, float]:
    """Every number that can be fitted, in the order of the file."""
    return {name: x for name, x in policy.parameters().items() if name not in _NOT_MEASURED}


def with_values(policy: Policy, values: Mapping[str, float], *, note: str = "") -> Policy:
    """The policy with other numbers; `note` is added to the reason of every line that changes.

    Raises `KeyError` for a name that it does not have; pydantic's `ValidationError`.
    """
    changed = policy.with_parameters(values)
    if not note:
        return changed
    told = changed.model_dump()
    for name in values:
        line: dict[str, Any] = told
        for part in name.split(".")[:-1]:
            line = line[part]
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
