"""Which part of a data folder goes where: kept, kept apart as a secret, or made again from the rest.

What nobody has named is kept: a folder that a later version adds is in the backup before anybody
remembers to say so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

__all__ = ["LOG", "STORE", "entries", "files_below", "is_made_again", "is_secret"]

#: Copied by their own rules: the log up to one batch, the store in one state.
LOG, STORE = "log", "operations.sqlite3"

#: Follows from the log, or is nobody's when no process runs.
_MADE_AGAIN = (
    "engine", "snapshots", "leases", "*.lock", f"{STORE}*", LOG, ".restoring", "lost+found",
    ".district", "district",
)  # fmt: skip
#: Whoever holds one of these reads who a person is, signs in our name, or gets in.
_SECRET = re.compile(r"secret|(^|[_.-])keys?([_.-]|$)|\.pem$|^(exchange|financing)\.yaml$")


def is_made_again(name: str) -> bool:
    """Whether an entry of a data folder is left out, or copied by a rule of its own."""
    return any(fnmatch(name, pattern) for pattern in _MADE_AGAIN)


def is_secret(name: str) -> bool:
    """Whether an entry of a data folder is kept apart from what it unlocks."""
    return _SECRET.search(name) is not None


def entries(data: Path, *, secret: bool) -> list[Path]:
    """Entries of a data folder that are copied as they are; the secret ones, or the others."""
    return [
        path
        for path in sorted(data.iterdir())
        if not is_made_again(path.name) and is_secret(path.name) is secret
    ]


def files_below(entry: Path) -> Iterator[Path]:
    """The files of an entry, or the entry itself; links inside are not followed."""
    if entry.is_file():
        yield entry
    for folder, folders, names in os.walk(entry):
        folders.sort()
        yield from (path for name in sorted(names) if not (path := Path(folder, name)).is_symlink())
