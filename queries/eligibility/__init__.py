"""First loan: three-valued decisions with every condition, its value, source and legal ground."""

from __future__ import annotations

from queries.eligibility.decide import Decision, decide
from queries.eligibility.product import Product, load_product, product_names
from queries.eligibility.verdict import Verdict

__all__ = ["Decision", "Product", "Verdict", "decide", "load_product", "product_names"]
