"""Folders and files that are their owner's alone: what lies in the data folder is personal data.

Folders are 0700 and files 0600, whatever the umask of the account is.  Windows has no such bits:
there the folder's own permissions are the operator's.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

__all__ = ["close_to_others", "is_open_to_others", "private_folder", "write_private"]

_OTHERS = stat.S_IRWXG | stat.S_IRWXO

#: Folders that this process has tried to close: where it cannot be done, once is enough.
_SEEN: set[Path] = set()

#: What we write into a data folder: an operator may have put it where other things lie as well.
_OURS = (
    "log", "engine", "quarantine", "uploads", "leases", "forms", "snapshots", "service_log",
    "exchange", "exchange.yaml", "consent_scans", "financing", "financing.yaml",
    "*.sqlite3*",
    "*.lock", "*.json", "*.pem", "[0-9]*-*",
)  # fmt: skip


def private_folder(folder: Path) -> Path:
    """Make a folder that nobody else can look into; one that was open to others is closed.

    What this process writes from then on, wherever it writes it, is its owner's alone: exports and
    workbooks hold the same data.
    """
    close_to_others()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if is_open_to_others(folder) and folder not in _SEEN:
        _SEEN.add(folder)
        _close(folder)
    return folder


def write_private(path: Path, content: bytes) -> None:
    """Have a file on the disk whole or not at all, and its owner's alone; one that is there is replaced."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)


def is_open_to_others(path: Path) -> bool:
    """Whether somebody else may read, write or enter it; never on Windows."""
    return os.name == "posix" and bool(path.stat().st_mode & _OTHERS)


def close_to_others() -> None:
    """Take others' permissions from every file that this process and its children make."""
    os.umask(os.umask(_OTHERS) | _OTHERS)


def _close(folder: Path) -> None:
    """Close a folder of an older version, with all of ours in it; what is another's is left."""
    ours = [path for name in _OURS for path in folder.glob(name)]
    # what is not ours to close, or lies where there are no such bits, is told by `xinnong check`
    for each in (folder, *ours, *(below for path in ours for below in path.rglob("*"))):
        with suppress(OSError):
            if not each.is_symlink():
                each.chmod(stat.S_IMODE(each.stat().st_mode) & ~_OTHERS)
