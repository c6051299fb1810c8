"""Hostile files: bombs, entities, holes, and files that are cut off."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter
from trial_files import GOOD, HEAD, SOURCE, book, refusal, repacked, sheet, written

from ingest.reading.table import read_table

_ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "AAAAAAAAAA"><!ENTITY b "&a;&a;&a;&a;&a;">'
    b'<!ENTITY f SYSTEM "file:///etc/hostname">]>'
)


@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"]
)
def test_entities_are_refused_unread(tmp_path: Path, part: str) -> None:
    def poison(name: str, content: bytes) -> bytes:
        if name != part:
            return content
        _, _, rest = content.partition(b"?>")
        return _ENTITIES + rest.replace(b">1<", b">&b;&f;<")

    path = repacked(book(tmp_path, lambda b: sheet(b, [HEAD, ["1"]])), poison)
    error = refusal(path)
    assert error.cause_code == "file_broken" and "DTD" in error.message_zh


def test_the_reader_itself_expands_no_entities(tmp_path: Path) -> None:
    """What stands behind our own refusal: calamine's XML reader knows no entities at all."""

    def poison(name: str, content: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return content
        cell = b'<c r="A2" t="inlineStr"><is><t>&b;</t></is></c>'
        return _ENTITIES + content.partition(b"?>")[2].replace(
            b"</sheetData>", b'<row r="9">' + cell + b"</row></sheetData>"
        )

    path = repacked(book(tmp_path, lambda b: sheet(b, [HEAD])), poison)
    with python_calamine.CalamineWorkbook.from_path(str(path)) as opened:
        with pytest.raises(python_calamine.XmlError, match="unrecognized entity"):
            opened.get_sheet_by_index(0)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    blanks = b" " * (64 << 20)

    def blow_up(name: str, content: bytes) -> bytes:
        return (
            content.replace(b"<sheetData>", b"<sheetData>" + blanks)
            if "sheet1" in name
            else content
        )

    path = repacked(book(tmp_path, lambda b: sheet(b, [HEAD, ["1"]])), blow_up)
    assert path.stat().st_size < 200_000
    assert refusal(path).cause_code == "file_too_large"


def test_a_part_that_lies_about_its_size(tmp_path: Path) -> None:
    path = book(tmp_path, lambda b: sheet(b, [HEAD, *([[str(n)] for n in range(5_000)])]))
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        item = archive.getinfo("xl/worksheets/sheet1.xml")
    # the size stands in the central directory; say a tenth of it
    at = raw.rfind(b"xl/worksheets/sheet1.xml") - 46
    assert raw[at : at + 4] == b"PK\x01\x02"
    raw[at + 24 : at + 28] = (item.file_size // 10).to_bytes(4, "little")
    path.write_bytes(raw)
    assert refusal(path).cause_code == "file_broken"


def test_a_sheet_that_is_wide_or_full_of_holes(tmp_path: Path) -> None:
    """A reader that makes room for every cell between A1 and the last one would run out of it."""
    wide = book(tmp_path, lambda b: sheet(b, [HEAD, ["1"] + [""] * 300 + ["x"]]), "宽.xlsx")
    assert refusal(wide).cause_code == "too_many_columns"

    def fill(made: xlsxwriter.Workbook) -> None:
        into = sheet(made, [HEAD, ["1"]])
        for row in range(5_000, 1_000_000, 50_000):
            into.write_string(row, 0, "x")

    read = read_table(book(tmp_path, fill, "洞.xlsx"), SOURCE)
    assert read.frame.index.tolist()[:2] == [2, 5_001] and len(read.frame) == 21


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04nothing", "file_broken"),
        (b"", "file_empty"),
        (b"<html>403 Forbidden</html>", "web_page"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "file_broken"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "file_broken"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, content: bytes, code: str) -> None:
    for suffix in ("xlsx", "xls", "ods"):
        assert refusal(written(tmp_path, content, f"a.{suffix}")).cause_code == code


def test_truncated_anywhere(tmp_path: Path) -> None:
    whole = book(tmp_path, lambda b: sheet(b, [HEAD, *([[str(n), GOOD] for n in range(500)])]))
    raw = whole.read_bytes()
    for share in (0.1, 0.5, 0.9, 0.99):
        path = written(tmp_path, raw[: int(len(raw) * share)], "截断.xlsx")
        assert refusal(path).cause_code == "file_broken"
