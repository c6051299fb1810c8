"""What officers of the sample district did at their desks, and what was planted in it.

The files of a district say what departments know; this is what the office itself keeps: demands for
credit, typical cases, terms of delivery, exchange with other systems.  A subject of its own is one
module here with

    ORDER: int                          where it stands among the modules
    def plant(at: Desk) -> Mapping      does it, and says what was planted

and makes no edit elsewhere.  It is done once the files are in and consents are registered, through the
same doors as people's own acts; done again it changes nothing, and what was cut short is completed.
What is said to be planted has a finder of the module's name in the tests (`truths`).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import Any

from graph.operations import OfficeBooks
from ingest.sample.office.desk import Desk
from queries.reader import Reader

__all__ = ["Desk", "plant_all", "subjects"]


@cache
def subjects() -> tuple[ModuleType, ...]:
    """The modules, in the order in which they are done."""
    found = [
        importlib.import_module(f"{__name__}.{item.name}")
        for item in pkgutil.iter_modules(__path__)
    ]
    return tuple(sorted((item for item in found if hasattr(item, "plant")), key=lambda m: m.ORDER))


def plant_all(office: OfficeBooks, reader: Reader, *, at: datetime) -> dict[str, Mapping[str, Any]]:
    """Do all of it; what was planted, by module.

    Args:
        reader: who sees the whole district, of now.
        at: the instant up to which things were done.
    """
    desk = Desk(office, reader, at)
    return {item.__name__.rpartition(".")[2]: item.plant(desk) for item in subjects()}
