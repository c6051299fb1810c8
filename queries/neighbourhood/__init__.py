"""Who stands around a party, bounded, at one moment and as one reader sees it: for a picture and its table.

Everything is read from the arrays of that moment (`graph.snapshot`), so that three hundred parties with
their ties and own records cost no question to the graph.
"""

from __future__ import annotations

from queries.neighbourhood.around import Member, Neighbourhood, Tie, neighbourhood_of
from queries.neighbourhood.own_records import adverse_rows
from queries.neighbourhood.read import read_neighbourhood, read_ties
from queries.neighbourhood.wanted import (
    CERTAINTIES,
    GROUPS,
    MODES,
    MOST_HOPS,
    MOST_PARTIES,
    Certainty,
    Mode,
    Wanted,
    group_of,
)

__all__ = [
    "CERTAINTIES",
    "GROUPS",
    "MODES",
    "MOST_HOPS",
    "MOST_PARTIES",
    "Certainty",
    "Member",
    "Mode",
    "Neighbourhood",
    "Tie",
    "Wanted",
    "adverse_rows",
    "group_of",
    "neighbourhood_of",
    "read_neighbourhood",
    "read_ties",
]
