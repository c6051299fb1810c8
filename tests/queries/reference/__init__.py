"""Every question answered a second time, in plain Python over the log: slow and clear.

A new question gets its method in the module of its noun, and its line in `columns`.
"""

from __future__ import annotations

from reference.columns import COLUMNS
from reference.guarantees import Guarantees
from reference.households import Households
from reference.keys import Keys
from reference.links import Links
from reference.loans import Loans
from reference.records import LEADING, RECORDS, Records
from reference.resemblance import Resemblance

__all__ = ["COLUMNS", "LEADING", "RECORDS", "Reference"]


class Reference(Keys, Loans, Guarantees, Households, Records, Links, Resemblance):
    """What is held at one (as_of, known_at), and every answer over it."""
