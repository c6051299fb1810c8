"""责任清单: who owes which item, by when, by which clause, what came last, and how complete it is."""

from __future__ import annotations

from ingest.duties.department import DepartmentDuty, department_duties
from ingest.duties.filling import FieldFill, Item, item_of
from ingest.duties.listing import STATES, CatalogueTold, Duties, Duty, duties_of

__all__ = [
    "STATES",
    "CatalogueTold",
    "DepartmentDuty",
    "Duties",
    "Duty",
    "FieldFill",
    "Item",
    "department_duties",
    "duties_of",
    "item_of",
]
