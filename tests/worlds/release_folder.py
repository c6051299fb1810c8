"""Keep the data folder of a version as its own code leaves it, for all that come after (ADR 164).

    python tests/worlds/release_folder.py 0.9.0        in a checkout of that version

Takes the files of the folder before in, keeps one decision, notes what was read, and packs it all.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ingest
from graph.log import FactLog
from graph.operations import DecisionArchive, Ledger, OperationsStore
from graph.settings import Settings

_FOLDERS = Path(__file__).parents[1] / "graph" / "data_folders"


def digest(texts: list[str]) -> str:
    """Of texts in any order."""
    return hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest()


def told(settings: Settings, files: dict[str, str]) -> dict[str, Any]:
    """What this code reads of a folder."""
    log = FactLog(settings.log_dir)
    kinds = {path.stem for path in settings.log_dir.glob("*/*.parquet")} - {"findings"}
    facts = {kind: [str(one) for one in log.read(kind)["fact_id"].to_pylist()] for kind in kinds}
    with OperationsStore(settings) as store:
        deliveries = [[one.source, one.batch, "committed"] for one in Ledger(store).deliveries()]
    return {
        "facts": {
            kind: {"count": len(ids), "digest": digest(ids)} for kind, ids in sorted(facts.items())
        },
        "people": digest([str(name) for name in log.read("Person")["name"].to_pylist()]),
        "batches": [batch.hash for batch in log.batches()],
        "ledger": deliveries,
        "files": files,
    }


def main(version: str) -> None:
    """Write the folder of a version beside those of the versions before."""
    before = max(
        (path for path in _FOLDERS.glob("*.tar.xz")), key=lambda path: int(path.name.split(".")[1])
    )
    with TemporaryDirectory() as made:
        folder = Path(made)
        with tarfile.open(before) as packed:
            names = [
                one
                for one in packed.getmembers()
                if one.name.removeprefix("./")[:5] in ("files", "told.")
            ]
            packed.extractall(folder, members=names, filter="data")
        files: dict[str, str] = json.loads((folder / "told.json").read_text("utf-8"))["files"]
        settings = Settings(data=folder / "data", operations_url=None)
        for source, name in files.items():
            ingest.ingest(source, [folder / "files" / name], settings=settings, into_graph=False)
        with OperationsStore(settings) as store:
            DecisionArchive(store).keep(
                b"record", party="person:1", product="apple_loan", verdict="待补充",
                decided_at=datetime(2026, 4, 30, tzinfo=UTC),
            )  # fmt: skip
        said = json.dumps(told(settings, files), ensure_ascii=False, indent=1)
        (folder / "told.json").write_text(said, encoding="utf-8")
        with tarfile.open(_FOLDERS / f"{version}.tar.xz", "w:xz") as packed:
            for part in ("files", "data", "told.json"):
                packed.add(folder / part, part, filter=_of_nobody)


def _of_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if member.name.endswith(("/.lock", ".lock")) or "/leases" in member.name:
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    main(sys.argv[1])
