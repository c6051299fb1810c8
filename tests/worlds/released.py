"""Data folders as released versions left them: their own code took a few files of the sample in.

Each holds five batches, what the version kept of them in its operations store, one decision, the
files, and `told.json`: what the version itself read from the folder.  All persons are invented.
"""

from __future__ import annotations

import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.settings import Settings

__all__ = ["VERSIONS", "Released", "unpacked"]

_FOLDERS = Path(__file__).parents[1] / "graph" / "data_folders"
VERSIONS = tuple(
    sorted(
        (path.name.removesuffix(".tar.xz") for path in _FOLDERS.glob("*.tar.xz")),
        key=lambda version: [int(part) for part in version.split(".")],
    )
)


@dataclass(frozen=True)
class Released:
    """One folder.

    Attributes:
        files: what was taken in, by source.
        told: fact ids by kind as a count and a digest, names of persons as a digest, hashes of
            batches, deliveries.
    """

    settings: Settings
    files: dict[str, Path]
    told: dict[str, Any]


def unpacked(version: str, folder: Path) -> Released:
    """The folder of a version, to be worked on."""
    with tarfile.open(_FOLDERS / f"{version}.tar.xz") as packed:
        packed.extractall(folder, filter="data")
    (folder / "data").chmod(0o700)
    told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    files = {source: folder / "files" / name for source, name in told["files"].items()}
    return Released(Settings(data=folder / "data", operations_url=None), files, told)
