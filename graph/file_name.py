"""What a file is called by its sender: a name may be anything, and is told, kept and stored.

A name from another system can hold bytes of no encoding, signs that turn a line round or end it, a
number of a person, a path, a name that a system keeps for itself; it can be longer than the next
disk allows.
"""

from __future__ import annotations

import os
import re
from pathlib import PurePath

from graph.errors import printable
from graph.identifiers.redaction import redacted_name

__all__ = ["beside", "shown", "storable"]

_MOST_BYTES = 240  # most disks: 255 of a name
_MOST_STORED = 180  # so that something can be put before and behind it
_LONGEST_ENDING = 16
_ILLEGAL = re.compile(r'[\ufffd<>:"|?*\s]+')
#: Names that Windows keeps for devices, whatever ending they have; and digits, our own pieces.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|\d+", re.IGNORECASE)


def shown(path: PurePath) -> str:
    """What a file is called, as it is told and kept."""
    return redacted_name(printable(path.name))


def storable(name: str) -> str:
    """A name that every disk can have for a file that came under this one; its ending stays.

    >>> storable("../../etc/农户 2026.csv"), storable("C:\\\\temp\\\\aux.xlsx"), storable("..")
    ('农户_2026.csv', '_aux.xlsx', 'file')
    """
    told = redacted_name(printable(re.split(r"[/\\]", name)[-1]))
    plain = _ILLEGAL.sub("_", told.replace("\n", "_")).strip(". ")
    if not plain.strip("_"):
        return "file"
    if _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending.encode()) > _LONGEST_ENDING:
        stem, dot, ending = plain, "", ""
    return _cut(stem, _MOST_STORED - len(f"{dot}{ending}".encode())) + dot + ending


def beside(name: str, ending: str) -> str:
    """A name that begins as this one and has an ending more, within what a disk allows."""
    return _cut(name, _MOST_BYTES - len(os.fsencode(ending))) + ending


def _cut(text: str, most: int) -> str:
    while len(os.fsencode(text)) > most:
        text = text[:-1]
    return text
