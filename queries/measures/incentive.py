"""Incentives for those who keep faith: what may be offered, and who used which.

An incentive takes nothing from anybody.  It is given while nothing adverse that may be used stands
against the subject, on a ground that whoever gives it names; one person is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import model_validator

from graph.errors import InputError, NotFoundError
from graph.identifiers.redaction import redacted
from graph.operations import AppliedMeasure, MeasureBook, OperationsStore
from graph.time import utc_now
from queries.basis import Basis
from queries.district import DistrictReader
from queries.lawful import regimes
from queries.measures.catalogue import Sure
from queries.measures.parties import one_party
from queries.measures.register import MeasureRegister
from queries.measures.statement import MeasureStatement
from queries.measures.subject import subject_class
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["Incentive", "IncentiveUse", "Incentives", "UsedIncentives", "load_incentives", "use_incentive", "used_incentives"]  # fmt: skip


class Incentive(Strict):
    """One line; `scene` is where it is offered."""

    id: str
    kind: Literal["priority", "simplified", "promise", "scene"]
    title: str
    scene: str
    subjects: tuple[Literal["organisation", "person"], ...]
    for_whom: str
    clean: bool
    basis: str
    sure: Sure


class Incentives(RuleFile):
    """All of `incentives.yaml`."""

    FILE: ClassVar[str] = "incentives"

    kinds: Mapping[str, str]
    incentives: tuple[Incentive, ...]

    @model_validator(mode="after")
    def _whole(self) -> Incentives:
        ids = [item.id for item in self.incentives]
        if len({*ids}) < len(ids) or {item.kind for item in self.incentives} != {*self.kinds}:
            raise ValueError("two incentives of one id, or a kind that has none")
        return self

    def meant(self, one: MeasureStatement) -> Incentive | None:
        """The line that a department's words mean: by its id, its title, or its scene with kind."""
        words = f"{one.area or ''}；{one.title}"
        return next(
            (item for item in self.incentives if item.id == one.measure or item.title in words),
            None,
        )


@cache
def load_incentives() -> Incentives:
    """The incentives that ship with this version."""
    return read_rules(Incentives)


@dataclass(frozen=True)
class IncentiveUse:
    """One use.

    Attributes:
        incentive: its line; None where the department's words mean none.
        is_clean: whether nothing adverse that may be used stands against the subject today; None
            where the subject is not known.
    """

    incentive: str | None
    statement: MeasureStatement
    is_clean: bool | None


@dataclass(frozen=True)
class UsedIncentives:
    """Who used which.

    Attributes:
        counts: uses by incentive, every line of the catalogue; subjects: the same, each subject once.
    """

    uses: tuple[IncentiveUse, ...]
    counts: Mapping[str, int]
    subjects: Mapping[str, int]
    basis: Basis
    rules: str


def used_incentives(reader: DistrictReader, register: MeasureRegister) -> UsedIncentives:
    """Every use in force at the reader's moment."""
    book = load_incentives()
    adverse = _adverse(reader, (one.subject for one in register.incentives))
    uses = []
    for one in register.incentives:
        line = book.meant(one)
        clean = None if one.subject is None else one.subject not in adverse
        uses.append(IncentiveUse(line.id if line else None, one, clean))
    by: dict[str, list[str | None]] = {item.id: [] for item in book.incentives}
    for use in uses:
        if use.incentive:
            by[use.incentive].append(use.statement.subject)
    return UsedIncentives(
        uses=tuple(uses),
        counts={name: len(found) for name, found in by.items()},
        subjects={name: len({*found}) for name, found in by.items()},
        basis=register.basis,
        rules=book.name,
    )


def use_incentive(
    reader: DistrictReader,
    store: OperationsStore,
    incentive: str,
    subject: str,
    *,
    ground: str,
    provider: str,
    ends_on: date | None = None,
    by: str,
) -> AppliedMeasure:
    """Note that somebody was given an incentive.

    Raises `NotFoundError`: no such line, no such party; `InputError` (`incentive_refused`): it is
    not for such a subject, no ground is named, or something adverse stands against it.
    """
    line = next((item for item in load_incentives().incentives if item.id == incentive), None)
    if line is None:
        raise NotFoundError(
            "目录中没有这项激励。请在激励目录中查找编号。",
            "There is no such incentive.",
            code="incentive_unknown",
        )
    label, _ = one_party(reader, subject)
    if subject_class(label) not in line.subjects:
        raise _refused("这项激励不适用于这类主体，请改选其他激励。", "Not for such a subject.")
    if not ground.strip() or not provider.strip():
        raise _refused(
            "请写明依据（如 A 级纳税人）和提供单位。", "Name the ground and who provides it."
        )
    if line.clean and subject in _adverse(reader, [subject]):
        raise _refused(
            "该主体现有可以使用的不利记录，暂不适用；记录修复或者到期后可以享受。",
            "Something adverse that may be used stands against the subject.",
        )
    day = reader.moment.lawful_on
    said = {
        "reason": redacted(ground.strip()),
        "authority": redacted(provider.strip()),
        "officer": redacted(by.strip()),
        "begins_on": day.isoformat(),
        "ends_on": ends_on.isoformat() if ends_on else None,
    }
    rules = load_incentives().name
    return MeasureBook(store).put("incentive", incentive, rules, subject, said, by=by, at=utc_now())


def _adverse(reader: DistrictReader, parties: Iterable[str | None]) -> frozenset[str]:
    """Those of some parties against whom a public record stands that may be used, proven to be theirs."""
    asked = pa.array(sorted({key for key in parties if key}), pa.string())
    found: set[str] = set()
    for kind, record in regimes().records.items() if len(asked) else ():
        ties = reader.table(record.tie).select(["from_key", "to_key", "certainty"])
        theirs = ties.filter(pc.is_in(ties["from_key"].cast(pa.string()), value_set=asked))
        entries = pa.array([*{*theirs["to_key"].to_pylist()}], pa.string())
        keys = reader.table(kind)["key"].cast(pa.string())
        there = {*keys.filter(pc.is_in(keys, value_set=entries)).to_pylist()}
        found |= {
            row["from_key"]
            for row in theirs.to_pylist()
            if row["to_key"] in there and row["certainty"] >= 1
        }
    return frozenset(found)


def _refused(message_zh: str, message_en: str) -> InputError:
    return InputError(message_zh, message_en, code="incentive_refused")
