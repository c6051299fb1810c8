"""What the process of an engine (`graph.engine.host`) is told; without Java, for whoever starts it."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["JAVA_OPTIONS", "PREPARED", "HostConfiguration"]

#: A file in the home: the first password is set, and need not be again.
PREPARED = "password_set"

#: What Java is told by whoever starts a Neo4j in it.
JAVA_OPTIONS = (
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
)


@dataclass(frozen=True)
class HostConfiguration:
    """What the child must know; handed over as a JSON file.

    Attributes:
        folder: device and inode of the home: a copy of it is another folder, and not this engine's.
        owner_fd: a pipe that closes when the owning process ends, or None when shared.
        secrets_file: where the password lies that the first start sets.
        options: what Java is told besides, of the class archive.
        only_records: it ends as soon as it has started, for an archive of what that took.
        marker_file: while it is there the store is half imported; None where nothing is imported.
    """

    libjvm: str
    jars: list[str]
    home: str
    heap_mb: int
    port: int
    state_file: str
    version: str
    idle_minutes: float
    folder: list[int]
    owner_fd: int | None
    secrets_file: str
    options: list[str] = field(default_factory=list)
    only_records: bool = False
    marker_file: str | None = None
