"""A list that comes in several files: which part of it a file is, as its sender says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from graph.errors import InputError, printable
from graph.identifiers.redaction import redacted_name

__all__ = ["ListPart", "part_named"]

#: "农户信息202604-第2份共3份.csv": part 2 of the three that make the list 农户信息202604.
_NAMED = re.compile(r"(?P<name>.*?)[-_ （(]*第(?P<number>\d+)份[-_ ，,]*共(?P<of>\d+)份.*")


@dataclass(frozen=True)
class ListPart:
    """Part `number` of the `of` files that together are the list `name`."""

    name: str
    number: int = 1
    of: int = 1

    def __post_init__(self) -> None:
        # whoever named the list: its name is kept with its batches
        object.__setattr__(self, "name", redacted_name(self.name))
        if not 1 <= self.number <= self.of:
            raise InputError(
                f"第 {self.number} 份共 {self.of} 份：份号应在 1 与总份数之间。请核对后重试。",
                f"Part {self.number} of {self.of}: a part's number lies between 1 and the total.",
                code="part_number",
            )


def part_named(path: Path) -> ListPart:
    """What the name of a file says; a name that says nothing is a whole list by itself."""
    stem = printable(path.stem)
    found = _NAMED.fullmatch(stem)
    if found is None:
        return ListPart(stem)
    return ListPart(found["name"], int(found["number"]), int(found["of"]))
