"""Which sources somebody sends and sees the papers of: a clerk those of the own department, whoever
receives for the whole office all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from graph.errors import ForbiddenError, NotFoundError
from ingest import load_source, source_names

__all__ = ["OwnSources"]

Of = TypeVar("Of")


@dataclass(frozen=True)
class OwnSources:
    """The sources of a department; of all of them where it is None."""

    department: str | None

    def has(self, source: str) -> bool:
        """Whether a source is the department's; one that there is none of is nobody's."""
        if self.department is None:
            return True
        if source not in source_names():
            return False
        owner = load_source(source).department
        # a source of several departments names them all
        return self.department in (owner, *(each.strip() for each in owner.split("/")))

    def only(self, found: Iterable[Of], source_of: Callable[[Of], str]) -> list[Of]:
        """What is of these sources."""
        return [each for each in found if self.has(source_of(each))]

    def to_send(self, source: str) -> None:
        """Raises `ForbiddenError` (`not_own_source`) where files of a source are not theirs to send."""
        if not self.has(source):
            raise ForbiddenError(
                "这个来源不由您的部门报送。请选择本部门的来源。",
                "That source is not reported by your department.",
                code="not_own_source",
            )

    def to_see(self, source: str) -> None:
        """Raises `NotFoundError` (`batch_unknown`) where papers of a source are not theirs to see:
        that they are there is not told either."""
        if not self.has(source):
            raise NotFoundError(
                "没有这个批次。请核对编号。",
                "There is no batch of that name.",
                code="batch_unknown",
            )
