"""The risk policy: data under version control, each line with its reason.

Every number that may be fitted has a name: the path to it in the file (`seeds.loss.probability`,
`ties.GUARANTEES.variants.general.weight`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar

from pydantic import BaseModel, Field, model_validator

from graph.schema import SCHEMA
from queries.risk.calibrated import Calibrated
from queries.risk.policy_lines import (
    Base,
    Capacity,
    Certainty,
    Decay,
    Levels,
    Most,
    Overdue,
    Seed,
    Seedless,
    TiePolicy,
    Variant,
)
from queries.rule_file import RuleFile, read_rules

__all__ = [
    "Base",
    "Certainty",
    "Decay",
    "Levels",
    "Policy",
    "Seed",
    "TiePolicy",
    "Variant",
    "load_policy",
]

#: Names of numbers that are a matter of measure, not of law.
_FITTED = ("probability", "weight", "full", "half_life_days")


class Policy(RuleFile):
    """All seeds and ties, and how sure they must be.

    Attributes:
        most: of any weight; `cap` is its number.
        overdue: what days overdue amount to.
        seedless: kinds of adverse facts and lists that bring no own probability, and why.
        capacity: yardsticks of what a guarantor can bear; the first that is known counts.
        calibration: None where its values are no probabilities: a policy that was not published
            after calibration never has any.
    """

    FILE: ClassVar[str] = "policy"

    base: Base
    levels: Levels
    most: Most
    certainty: Certainty
    seeds: dict[str, Seed]
    overdue: Overdue
    seedless: dict[str, Seedless]
    capacity: dict[str, Capacity]
    ties: dict[str, TiePolicy] = Field(min_length=1)
    calibration: Calibrated | None = None

    @model_validator(mode="after")
    def _refuse_typos(self) -> Policy:
        for kind, tie in self.ties.items():
            columns = _columns(kind) | {"from_label", "to_label"}
            for column in (tie.scale, *(variant.column for variant in tie.variants.values())):
                if column is not None and column not in columns:
                    raise ValueError(f"{kind} has no column {column}")
        for name, line in self.capacity.items():
            for kind in line.kinds:
                if not {line.property, line.minus or line.property} <= _columns(kind):
                    raise ValueError(f"capacity {name}: {kind} has no such column")
        for kind, silent in self.seedless.items():
            if silent.tie not in SCHEMA.relationships or not {silent.above} <= {
                None,
                *_columns(kind),
            }:
                raise ValueError(f"seedless {kind}: no such tie or column")
        unknown = self.overdue.limits.keys() - self.seeds.keys()
        if unknown or self.seedless.keys() & self.seeds.keys():
            raise ValueError(f"seeds and the lines beside them do not fit: {sorted(unknown)}")
        bonds = [tie.once or kind for kind, tie in self.ties.items()]
        if len([b for b, before in zip(bonds, [None, *bonds], strict=False) if b != before]) != len(
            set(bonds)
        ):
            raise ValueError("ties that count once must stand together")
        return self

    @property
    def name(self) -> str:
        """Version and content hash: what a basis block states."""
        return f"{self.version}+{self.hash[:12]}"

    @property
    def cap(self) -> float:
        """No tie passes on more than this."""
        return self.most.weight

    def parameters(self) -> dict[str, float]:
        """Every number that may be fitted, by its name; those that are null are left out."""
        return dict(_numbers(self, ""))

    def with_parameters(self, values: Mapping[str, float]) -> Policy:
        """The policy with other numbers; raises `KeyError` for a name that is none of its own."""
        told: dict[str, Any] = self.model_dump()
        for name, value in values.items():
            *path, last = name.split(".")
            place = told
            for part in path:
                place = place[part]
            if last not in _FITTED or last not in place:
                raise KeyError(name)
            place[last] = value
        return Policy.model_validate(told)


def _numbers(line: Any, path: str) -> Iterator[tuple[str, float]]:
    inside = (
        {name: getattr(line, name) for name in type(line).model_fields}
        if isinstance(line, BaseModel)
        else line
    )
    for name, value in inside.items():
        here = f"{path}.{name}" if path else name
        if isinstance(value, BaseModel | dict):
            yield from _numbers(value, here)
        elif name in _FITTED and value is not None:
            yield here, float(value)


def _columns(kind: str) -> set[str]:
    return {item.name for item in SCHEMA.kind(kind).properties}


@cache
def load_policy() -> Policy:
    """The policy that ships with this version."""
    return read_rules(Policy)
