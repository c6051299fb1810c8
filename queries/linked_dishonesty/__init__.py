"""Linked dishonesty: who stands near a dishonest subject, by which ties, and nothing more than that.

Own records, hints, measures and former ties are different types; nothing of it is ever public.
"""

from __future__ import annotations

from queries.linked_dishonesty.case import (
    LinkedDistrict,
    PartyLinks,
    linked_district,
    party_links,
)
from queries.linked_dishonesty.case_file import SHEETS, FiledCase, file_case, sheets
from queries.linked_dishonesty.link import FormerTie, NearbyHint, OwnRecord
from queries.linked_dishonesty.lists import LISTS, LinkedLists, ListFilter, ListName, linked_lists
from queries.linked_dishonesty.policy import LinkPolicy, load_links

__all__ = [
    "LISTS",
    "SHEETS",
    "FiledCase",
    "FormerTie",
    "LinkPolicy",
    "LinkedDistrict",
    "LinkedLists",
    "ListFilter",
    "ListName",
    "NearbyHint",
    "OwnRecord",
    "PartyLinks",
    "file_case",
    "linked_district",
    "linked_lists",
    "load_links",
    "party_links",
    "sheets",
]
