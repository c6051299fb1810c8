"""A file may be called anything: its name is told, kept and stored all the same."""

from __future__ import annotations

import os
from pathlib import Path, PurePath

import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from trial_files import GOOD, LINE, SOURCE, written

from graph.errors import InputError, printable
from graph.file_name import beside, shown, storable
from ingest.comparing.list_part import part_named
from ingest.reading.apart import read_apart

#: Names of every kind, as a sender may state them.
NAMES = [
    "", ".", "..", "/", "\\", "../../etc/passwd", "C:\\temp\\CON", "nul.csv", "com1.xlsx", "7", "12.csv",
    "\x00.csv", "a\nb.csv", "\x1b[31m红.csv", "\u202excod.csv", "\udcff\udc80.csv", "\ud83d.xlsx",
    "长" * 300 + ".xlsx", "a" * 255, "a." + "b" * 300, ".hidden", "~$一.csv", "[/red]x.csv", " .csv. ",
    "<>:|?*.csv", "😀" * 100 + ".csv", f"{GOOD}.csv",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_name_can_be_stored(tmp_path: Path, name: str) -> None:
    kept = storable(name)
    path = tmp_path / kept
    path.write_bytes(b"x")
    assert path.parent == tmp_path and [each.name for each in tmp_path.iterdir()] == [kept]
    assert len(kept.encode()) <= 180 and not kept.isdecimal() and not kept.startswith(".")
    assert GOOD not in kept
    assert storable(kept) == kept


@settings(max_examples=examples(100))
@given(st.text(st.characters(), max_size=300))  # with surrogates
def test_any_text_makes_a_name(name: str) -> None:
    kept = storable(name)
    assert kept and kept == printable(kept) == PurePath(kept).name
    assert 0 < len(kept.encode()) <= 180


def test_the_ending_stays_since_it_says_how_to_read() -> None:
    assert storable("很长的名字" * 60 + ".xlsx").endswith(".xlsx")
    assert storable("a/b\\农户.csv") == "农户.csv"


def test_what_stands_beside_a_long_name_fits_on_the_disk(tmp_path: Path) -> None:
    for name in ("a" * 255, "长" * 85, os.fsdecode(b"\xff" * 255)):
        told = beside(name, ".错误明细-2.xlsx")
        (tmp_path / told).write_bytes(b"")
        assert told.endswith(".错误明细-2.xlsx")


def test_names_of_bytes_are_read_told_and_kept(tmp_path: Path) -> None:
    for raw in (b"\xff\xfe.csv", b"a\nb\x1b.csv", b"x" * 251 + b".csv", b"[b]-1.csv"):
        path = tmp_path / os.fsdecode(raw)
        path.write_bytes((LINE + "1,,,\n").encode())
        read = read_apart(path, SOURCE)
        assert read.rows_in == 1
        assert read.file_name == shown(path) == printable(read.file_name)
        read.file_name.encode()  # it can be
        part_named(path).name.encode()
        path.write_bytes(b"\xff\xff\xff")
        with pytest.raises(InputError) as refused:
            read_apart(path, SOURCE)
        refused.value.message_zh.encode()
    with pytest.raises(InputError, match="找不到"):
        read_apart(written(tmp_path, "x", "a.csv") / "b.csv", SOURCE)
