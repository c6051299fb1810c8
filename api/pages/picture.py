"""The nearest neighbours of a party as a small picture; the graph page has the rest.

The party stands in the middle, the others on circles around it.  The same ties stand in a table beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.pages.drawing import Drawing
from api.pages.graph_picture import draw_members
from queries.neighbourhood import Member, Tie

if TYPE_CHECKING:
    from api.party_file import PartyFile

__all__ = ["Picture", "draw"]

#: Neighbours of a small picture.
_MOST = 24


@dataclass(frozen=True)
class Picture:
    """What is drawn, how many are left out, and what every line without a word is."""

    drawn: Drawing
    left_out: int
    unsaid: str


def draw(file: PartyFile) -> Picture:
    """The neighbours that the borrower page has in its table, as many as a small picture holds."""
    rows = file.answers["neighbourhood"].rows
    names = {file.key: file.name}
    for row in rows:
        names |= {row["from_key"]: row["from_name"], row["to_key"]: row["to_name"]}
    names[file.key] = file.name
    shown = [*names][: _MOST + 1]
    members = tuple(Member(key, names[key], "", int(key != file.key)) for key in shown)
    ties = tuple(
        Tie(row["from_key"], row["to_key"], row["kind"], row["since"], None, row["certainty"], "")
        for row in rows
        if row["from_key"] in shown and row["to_key"] in shown and row["from_key"] != row["to_key"]
    )
    drawn, unsaid = draw_members(members, ties)
    return Picture(drawn, len(names) - len(shown), unsaid)
