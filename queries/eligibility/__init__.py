"""First loan: three-valued decisions with every condition, its value, source and legal ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.lazy import attribute_of

if TYPE_CHECKING:
    from queries.eligibility.decisions.decide import (
        Case,
        Decision,
        case_of,
        decide,
        decide_all,
        find_product,
    )
    from queries.eligibility.rules.product import Product, Version, packaged
    from queries.eligibility.verdict import Verdict

__all__ = [
    "Case",
    "Decision",
    "Product",
    "Verdict",
    "Version",
    "case_of",
    "decide",
    "decide_all",
    "find_product",
    "packaged",
]

__getattr__ = attribute_of(__name__, __file__)
