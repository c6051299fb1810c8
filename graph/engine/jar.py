"""One jar of the engine as it is pinned: which it is, and which bytes it has."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Jar", "sha256_of"]


@dataclass(frozen=True)
class Jar:
    """One pinned jar: Maven coordinates and the hash that it must have."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def name(self) -> str:
        """Its file name, as the repository and the folder have it."""
        tail = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{tail}.jar"

    @property
    def path(self) -> str:
        """Its path inside a Maven repository."""
        return "/".join([self.group.replace(".", "/"), self.artifact, self.version, self.name])


def sha256_of(path: Path) -> str:
    """The sha256 of a file of the engine."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
