"""The block that every answer carries: as of when, from which data, for whom, by which policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Protocol, Self

from pydantic import PlainSerializer

from graph.log import Batch
from graph.time import Instant
from queries.scope import ADMINISTRATOR, Scope

__all__ = ["HINT_NOTICE", "HYPOTHESIS_NOTICE", "Basis", "DataBasis"]

#: Stands beside every hint by association (国办发〔2020〕49号: no punishment by association).
HINT_NOTICE = "关联提示仅供参考，不作为认定失信或惩戒依据"

#: Stands on every answer that follows an assumption.
HYPOTHESIS_NOTICE = "假设推演，不是事实；不作为认定、授信或惩戒依据"

#: Characters of a batch's hash that name a state of the data.
_SHORT = 12


class Held(Protocol):
    """Data of one moment, cut for one reader: a snapshot, say.

    Its `scope` is the reader's name, empty where nothing is withheld; `head` the hash of the last
    batch that was known.
    """

    @property
    def as_of(self) -> date: ...
    @property
    def known_at(self) -> Instant: ...
    @property
    def position(self) -> int: ...
    @property
    def head(self) -> str: ...
    @property
    def scope(self) -> str: ...


def _reader(scope: str) -> str:
    return scope or ADMINISTRATOR.name


def _short(head: str) -> str | None:
    return head[:_SHORT] or None


@dataclass(frozen=True)
class Basis:
    """On what an answer stands.

    Attributes:
        as_of: the day that the answer is about.
        known_at: what was known at this instant; later news is not in it.
        position: of the last log batch that was known.
        policy, rules: names with version and hash of what was applied, None where nothing was.
        truncated: whether a budget cut the answer.
        same_as: the key that the answer is about, where the one asked for was judged to be it.
        scope: for whom it was read (`Scope.name`), empty where nothing is withheld.
        head: hash of that batch; empty where nobody told it.
    """

    as_of: date
    known_at: Instant
    position: int
    policy: str | None = None
    rules: str | None = None
    truncated: bool = False
    same_as: str | None = None
    scope: Annotated[str, PlainSerializer(_reader, return_type=str)] = ""
    head: Annotated[str, PlainSerializer(_short, return_type=str | None)] = ""

    @classmethod
    def of(
        cls,
        held: Held,
        *,
        policy: str | None = None,
        rules: str | None = None,
        truncated: bool = False,
    ) -> Self:
        """The basis of an answer that was read from these data."""
        return cls(
            held.as_of,
            held.known_at,
            held.position,
            policy=policy,
            rules=rules,
            truncated=truncated,
            scope=held.scope,
            head=held.head,
        )

    @property
    def reader(self) -> str:
        """For whom it was read, as people are told."""
        return _reader(self.scope)


@dataclass(frozen=True)
class DataBasis:
    """On which state of the log an answer about the data itself stands; None where nothing came."""

    position: int
    known_at: Instant | None
    scope: str

    @classmethod
    def of(cls, batches: Sequence[Batch], scope: Scope) -> Self:
        """The basis of what was read from these batches."""
        return cls(len(batches), batches[-1].known_at if batches else None, scope.said)
