"""Table formats on Parquet against the fact log: commits, kills, deletion, reading.

    python -m bench.log.table_formats log
    python -m bench.log.table_formats delta --python /tmp/formats/bin/python
    python -m bench.log.table_formats ducklake iceberg --python /tmp/formats/bin/python --kills 50

Formats are no dependency: each runs under the Python that is named, where its library is installed
(deltalake; pyiceberg[sql-sqlite,pyarrow]; duckdb with its extension ducklake); one that is absent is
said.  A commit states rows of two kinds at once, as a batch does.

    commits     so many small batches, one after the other: seconds of the first and last hundred,
                files and bytes
    kills       SIGKILL at a random instant of a writer, again and again on what that left: whether it
                opens, and whether a batch is there of which one kind lacks
    past        what stood after an earlier batch is read again, and is the same
    deletion    one person out of all of it; seconds, and in how many files the name still stands
                when the format has done all it offers to be rid of it
    reading     everything of one kind at a million rows
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["main"]

KINDS = ("Loan", "BORROWED")
_ROWS = 10
_NAMED = "要删除的某甲的全名"
_MARK = "commits done"


class Delta:
    """Delta Lake by `deltalake`: a table a kind, each with commits of its own."""

    def __init__(self, folder: Path) -> None:
        import deltalake  # type: ignore[import-not-found]

        self._delta, self.folder = deltalake, folder

    def commit(self, _number: int, told: dict[str, pa.Table]) -> None:
        for kind, table in told.items():
            self._delta.write_deltalake(str(self.folder / kind), table, mode="append")

    def _table(self, kind: str) -> Any:
        return self._delta.DeltaTable(str(self.folder / kind))

    def read(self, kind: str) -> pa.Table:
        return self._table(kind).to_pyarrow_table()

    def past(self, kind: str, number: int) -> pa.Table:
        table = self._delta.DeltaTable(str(self.folder / kind), version=number)
        return table.to_pyarrow_table()

    def delete(self, name: str) -> None:
        for kind in KINDS:
            table = self._table(kind)
            table.delete(f"name = '{name}'")
            table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
            table.create_checkpoint()
            table.cleanup_metadata()


class Iceberg:
    """Iceberg by `pyiceberg`, its catalogue in SQLite."""

    def __init__(self, folder: Path) -> None:
        from pyiceberg.catalog.sql import SqlCatalog  # type: ignore[import-not-found]

        folder.mkdir(parents=True, exist_ok=True)
        self._catalog = SqlCatalog(
            "bench", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}"
        )
        self._catalog.create_namespace_if_not_exists("log")

    def _table(self, kind: str) -> Any:
        return self._catalog.load_table(f"log.{kind}")

    def commit(self, _number: int, told: dict[str, pa.Table]) -> None:
        for kind, table in told.items():
            self._catalog.create_table_if_not_exists(f"log.{kind}", schema=table.schema).append(
                table
            )

    def read(self, kind: str) -> pa.Table:
        return self._table(kind).scan().to_arrow()

    def past(self, kind: str, number: int) -> pa.Table:
        table = self._table(kind)
        return table.scan(snapshot_id=table.history()[number].snapshot_id).to_arrow()

    def delete(self, name: str) -> None:
        for kind in KINDS:
            table = self._table(kind)
            table.delete(f"name == '{name}'")
            # what the library offers: snapshots are forgotten, their files stay where they are
            table = self._table(kind)
            now = table.current_snapshot().snapshot_id
            old = [item.snapshot_id for item in table.snapshots() if item.snapshot_id != now]
            table.maintenance.expire_snapshots().by_ids(old).commit()


class DuckLake:
    """DuckLake: tables in one catalogue, which is a DuckDB file here."""

    def __init__(self, folder: Path) -> None:
        import duckdb  # type: ignore[import-not-found]

        folder.mkdir(parents=True, exist_ok=True)
        self._duck = duckdb.connect()
        self._duck.execute(f"LOAD '{_extension()}'")
        self._duck.execute(
            f"ATTACH 'ducklake:{folder}/catalog.ducklake' AS lake (DATA_PATH '{folder}/files')"
        )

    def commit(self, _number: int, told: dict[str, pa.Table]) -> None:
        self._duck.execute("BEGIN")
        for kind, table in told.items():
            self._duck.register("told", table)
            self._duck.execute(
                f"CREATE TABLE IF NOT EXISTS lake.{kind} AS SELECT * FROM told LIMIT 0"
            )
            self._duck.execute(f"INSERT INTO lake.{kind} SELECT * FROM told")
        self._duck.execute("COMMIT")

    def read(self, kind: str) -> pa.Table:
        return self._duck.execute(f"SELECT * FROM lake.{kind}").fetch_arrow_table()

    def past(self, kind: str, number: int) -> pa.Table:
        # the first snapshot made the catalogue
        query = f"SELECT * FROM lake.{kind} AT (VERSION => {number + 1})"
        return self._duck.execute(query).fetch_arrow_table()

    def delete(self, name: str) -> None:
        for kind in KINDS:
            self._duck.execute(f"DELETE FROM lake.{kind} WHERE name = '{name}'")
        # a deletion is a file beside: rewriting is what takes the rows out
        for step in (
            "CALL ducklake_rewrite_data_files('lake', delete_threshold => 0)",
            "CALL ducklake_expire_snapshots('lake', older_than => now())",
            "CALL ducklake_cleanup_old_files('lake', cleanup_all => true)",
            "CALL ducklake_delete_orphaned_files('lake', cleanup_all => true)",
        ):
            self._duck.execute(step)
        self._duck.execute("CHECKPOINT lake")

    def close(self) -> None:
        self._duck.close()


class Log:
    """The fact log of this program."""

    def __init__(self, folder: Path) -> None:
        from graph.log import FactLog

        self._log = FactLog(folder / "log")

    def commit(self, number: int, told: dict[str, pa.Table]) -> None:
        from graph.facts import arrow_schema

        with self._log.append(
            source="loan", batch=f"loan-{number:08d}", file_name="f", content_sha256="0"
        ) as pending:
            for kind, table in told.items():
                rows = [
                    {**_CERTAIN, "batch": "b", "known_from": pending.known_at, **_ends(kind, row),
                     "fact_id": f"{kind}-{number}-{place}"}
                    for place, row in enumerate(table.to_pylist())
                ]  # fmt: skip
                pending.assert_facts(kind, pa.Table.from_pylist(rows, arrow_schema(kind)))
            pending.counts.update(rows_in=0, accepted=0, unchanged=0, quarantined=0)

    def _as_told(self, kind: str, table: pa.Table) -> pa.Table:
        column = "key" if kind == "Loan" else "discriminator"
        name = "purpose" if kind == "Loan" else "from_key"
        numbers = [int(said.split("-")[1]) for said in table["fact_id"].to_pylist()]
        return pa.table({"number": numbers, "key": table[column], "name": table[name]})

    def read(self, kind: str) -> pa.Table:
        return self._log.read(kind)

    def said(self, kind: str) -> pa.Table:
        """In the columns of the others."""
        return self._as_told(kind, self._log.read(kind))

    def past(self, kind: str, number: int) -> pa.Table:
        at = self._log.batches()[number].known_at
        return self._as_told(kind, self._log.read(kind, known_at=at))

    def delete(self, name: str) -> None:
        from datetime import UTC, datetime

        import pyarrow.compute as pc

        from graph.erasing import ErasureOrder, erase_rows

        def which(kind: str, table: pa.Table) -> pa.Array | None:
            if kind not in KINDS:
                return None
            column = "purpose" if kind == "Loan" else "from_key"
            return pc.fill_null(pc.equal(table[column], name), False).combine_chunks()

        order = ErasureOrder("ordered", "bench", "a", "b", ())
        erase_rows(self._log, which, order, at=datetime.now(UTC))


_CERTAIN = {"certainty": 1.0, "source": "loan", "row": 1, "label": "Loan", "from_label": "Person",
            "to_label": "Loan"}  # fmt: skip
FORMATS: dict[str, type] = {"log": Log, "delta": Delta, "ducklake": DuckLake, "iceberg": Iceberg}


def _ends(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    if kind == "Loan":
        return {"key": row["key"], "purpose": row["name"]}
    return {"from_key": row["name"], "to_key": row["key"], "discriminator": row["key"]}


def _extension() -> str:
    import duckdb

    found = sorted(Path(duckdb.__file__).parent.parent.rglob("ducklake.duckdb_extension"))
    return str(found[0]) if found else "ducklake"


def told_of(number: int, rows: int = _ROWS) -> dict[str, pa.Table]:
    """What one batch states: rows of two kinds."""
    table = pa.table(
        {
            "number": pa.array([number] * rows, pa.int64()),
            "key": [f"loan:{number}:{row}" for row in range(rows)],
            "name": [
                _NAMED if (number + row) % 97 == 0 else f"person:{number % 500}:{row}"
                for row in range(rows)
            ],
        }
    )
    return dict.fromkeys(KINDS, table)


def _said(there: Any, kind: str) -> pa.Table:
    return there.said(kind) if isinstance(there, Log) else there.read(kind)


def commits(there: Any, count: int, folder: Path) -> dict[str, Any]:
    """Write so many small batches."""
    took = []
    for number in range(count):
        began = time.perf_counter()
        there.commit(number, told_of(number))
        took.append(time.perf_counter() - began)
    part = max(min(100, count // 2), 1)
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        "first_ms": 1000 * sum(took[:part]) / part,
        "last_ms": 1000 * sum(took[-part:]) / part,
        "files": len(files),
        "bytes": sum(path.stat().st_size for path in files),
    }


def write_for_ever(there: Any) -> None:
    """A writer to be killed: goes on after the last batch of which anything is there."""
    number = 0
    with suppress(Exception):
        number = (
            max(max(_said(there, kind)["number"].to_pylist(), default=-1) for kind in KINDS) + 1
        )
    while True:
        there.commit(number, told_of(number))
        print(_MARK, number, flush=True)
        number += 1


def kills(name: str, count: int, folder: Path, seed: int) -> dict[str, Any]:
    """Kill a writer so many times; what stands afterwards is counted."""
    drawn = random.Random(seed)  # noqa: S311 - repeatable, no secret
    shut, half, done = 0, set(), 0
    for _ in range(count):
        writer = subprocess.Popen(
            [sys.executable, "-m", "bench.log.table_formats", name, "--write-at", str(folder)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert writer.stdout
        # in the middle of a commit: from the first one that is done
        if not writer.stdout.readline():
            shut += 1
            continue
        time.sleep(drawn.uniform(0, 0.15))
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        done += 1
        try:
            there = FORMATS[name](folder)
            told = [_counted(_said(there, kind)) for kind in KINDS]
            _close(there)
        except Exception as error:  # noqa: BLE001 - whatever a format says of what is left
            shut += 1
            print("  does not open:", type(error).__name__, str(error)[:120], file=sys.stderr)
            continue
        for number in {*told[0], *told[1]}:
            if [item.get(number, 0) for item in told] != [_ROWS, _ROWS]:
                half.add(number)
    return {"kills": done, "does_not_open": shut, "half_batches": len(half)}


def _close(there: Any) -> None:
    """Let the next process in: a catalogue in one file is held by who has it open."""
    if isinstance(there, DuckLake):
        there.close()


def _counted(table: pa.Table) -> dict[int, int]:
    told = table.group_by("number").aggregate([("number", "count")])
    return dict(zip(told["number"].to_pylist(), told["number_count"].to_pylist(), strict=True))


def past(there: Any, count: int) -> dict[str, Any]:
    """Whether earlier states are read as they were."""
    wrong = 0
    for number in sorted({0, count // 3, count - 1}):
        for kind in KINDS:
            numbers = sorted(set(there.past(kind, number)["number"].to_pylist()))
            wrong += numbers != [*range(number + 1)]
    return {"past_wrong": wrong}


def deletion(name: str, there: Any, folder: Path) -> dict[str, Any]:
    """Take a person out; in how many files is the name afterwards?"""
    before = sum(len(_said(there, kind)) for kind in KINDS)
    began = time.perf_counter()
    try:
        there.delete(_NAMED)
        problem = ""
    except Exception as error:  # noqa: BLE001 - said in the table
        problem = f"{type(error).__name__}: {str(error)[:160]}"
    took = time.perf_counter() - began
    again = FORMATS[name](folder) if name != "ducklake" else there
    after = sum(len(_said(again, kind)) for kind in KINDS)
    left = [path for path in folder.rglob("*") if path.is_file() and _names(path)]
    endings = sorted({path.suffix or path.name for path in left})
    return {"deleted": before - after, "deletion_s": took, "name_left_in": len(left),
            "left_endings": endings, "problem": problem}  # fmt: skip


def _names(path: Path) -> bool:
    if path.suffix == ".parquet":
        with suppress(Exception):
            table = pq.ParquetFile(path).read()
            columns = [table[name].to_pylist() for name in table.column_names]
            return any(_NAMED in map(str, column) for column in columns)
    told = path.read_bytes()
    escaped = _NAMED.encode("unicode_escape")
    return bool(re.search(re.escape(_NAMED.encode()) + b"|" + re.escape(escaped), told))


def reading(there: Any, rows: int) -> dict[str, Any]:
    """Read everything of one kind, written in ten batches."""
    for number in range(10):
        there.commit(number, told_of(number, rows // 10))
    took = []
    for _ in range(3):
        began = time.perf_counter()
        assert len(there.read("Loan")) == rows // 10 * 10
        took.append(time.perf_counter() - began)
    return {"read_rows": rows, "read_s": min(took)}


def measure(name: str, told: argparse.Namespace) -> dict[str, Any]:
    """All of it, of one format, in this process."""
    found: dict[str, Any] = {"format": name}
    with tempfile.TemporaryDirectory() as place:
        try:
            there = FORMATS[name](Path(place) / "small")
        except Exception as error:  # noqa: BLE001 - a format that is not installed
            return {"format": name, "absent": f"{type(error).__name__}: {str(error)[:100]}"}
        found |= commits(there, told.commits, Path(place) / "small")
        print(found, file=sys.stderr, flush=True)
        began = time.perf_counter()
        again = there if name == "ducklake" else FORMATS[name](Path(place) / "small")
        rows = len(again.read("Loan"))
        found |= {"small_read_s": time.perf_counter() - began, "small_rows": rows}
        found |= past(there, told.commits)
        found |= deletion(name, there, Path(place) / "small")
        _close(there)
        shutil.rmtree(Path(place) / "small", ignore_errors=True)
        print(found, file=sys.stderr, flush=True)
        found |= kills(name, told.kills, Path(place) / "killed", told.seed)
        found |= reading(FORMATS[name](Path(place) / "large"), told.rows)
    return found


def main() -> None:
    """Measure the formats that are named, each under the Python that has it."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("formats", nargs="+", choices=sorted(FORMATS))
    given.add_argument("--python", default=sys.executable, help="an environment with the formats")
    given.add_argument("--commits", type=int, default=2_000)
    given.add_argument("--kills", type=int, default=50)
    given.add_argument("--rows", type=int, default=1_000_000)
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--write-at", type=Path, help=argparse.SUPPRESS)
    told = given.parse_args()
    if told.write_at:
        write_for_ever(FORMATS[told.formats[0]](told.write_at))
    for name in told.formats:
        if os.path.abspath(told.python) == os.path.abspath(sys.executable):
            print(json.dumps(measure(name, told), ensure_ascii=False), flush=True)
        else:
            again = [told.python, "-m", "bench.log.table_formats", name]
            again += [
                f"--{item}={getattr(told, item)}" for item in ("commits", "kills", "rows", "seed")
            ]
            subprocess.run(again, check=False)


if __name__ == "__main__":
    main()
