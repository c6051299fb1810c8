"""Spreadsheets: cells of every kind, sheets of every sort, strings found by number."""

from __future__ import annotations

import re
import struct
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from trial_files import GOOD, HEAD, SAMPLES, SOURCE, book, cells, refusal, repacked, sheet

from ingest.checking.gate import check
from ingest.reading import shared_strings, sheet_parts
from ingest.reading.cell import ERROR
from ingest.reading.spreadsheet import open_sheets
from ingest.reading.table import read_table


def test_cells_of_every_kind(tmp_path: Path) -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        into = sheet(made, [HEAD, ["1", GOOD, 0.1 + 0.2, "2026.4.1"]])
        into.write_string(3, 0, "2")  # row 3 is blank
        into.write_datetime(3, 3, datetime(2026, 4, 1),
                            made.add_format({"num_format": "yyyy-mm-dd"}))  # fmt: skip
        into.write_row(4, 0, [3, 610322197503150011, 1e-7, 46113])
        into.write_boolean(5, 0, True)

    read = read_table(book(tmp_path, fill), SOURCE)
    assert cells(read) == [
        [2, "1", GOOD, "\x00number:0.3", "2026.4.1"],
        [4, "2", None, None, "2026-04-01"],
        [
            5,
            "\x00number:3",
            "\x00number:610322197503149952",
            "\x00number:0.0000001",
            "\x00number:46113",
        ],
        [6, "是", None, None, None],
    ]
    gated = check(read, identity_key="11" * 32, known=lambda _: ())
    assert {(f.row, f.column, f.code) for f in gated.findings} == {
        (5, "编号", "numeric_identifier"),
        (5, "身份证号", "numeric_identifier"),
        (5, "金额（万元）", "not_whole"),
    }
    assert gated.rows["amount_fen"].tolist()[0] == 300_000


def test_cells_that_have_no_value_are_told(tmp_path: Path) -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        into = sheet(made, [HEAD, ["1"], ["2"], ["3"], ["4"]])
        into.write_formula(1, 2, "=1+1", None, "")  # nobody has calculated it
        into.write_formula(2, 2, "=1+1", None, 2)
        into.write_formula(3, 2, "=NA()", None, "#N/A")
        into.write_formula(4, 3, '="2026"&"-4-1"', None, "2026-4-1")

    gated = check(read_table(book(tmp_path, fill), SOURCE), identity_key="11" * 32,
                  known=lambda _: ())  # fmt: skip
    assert [(f.row, f.column, f.code) for f in gated.findings] == [
        (2, "金额（万元）", "uncalculated_formula"),
        (4, "金额（万元）", "error_value"),
    ]
    assert gated.rows["amount_fen"].dropna().tolist() == [2_000_000]
    assert str(gated.rows["day"].iloc[3]) == "2026-04-01"


def test_what_stands_beyond_the_heading_is_told(tmp_path: Path) -> None:
    path = book(tmp_path, lambda b: sheet(b, [HEAD, ["1", "", "", "", "", "备注"], ["2"]]))
    assert [(f.code, "1 行" in f.message_zh) for f in read_table(path, SOURCE).notes] == [
        ("no_heading", True)
    ]


def test_old_xls(tmp_path: Path) -> None:
    read = read_table(SAMPLES / "old.xls", SOURCE)
    assert cells(read)[0] == [2, "1", GOOD, "\x00number:0.2", "2026-04-01"]
    assert str(cells(read)[1][2]).startswith("\x00number:61032219750314")


def test_an_error_in_an_old_xls_is_refused_as_in_a_new_one(tmp_path: Path) -> None:
    # the number in row 3 becomes #N/A: BoolErr, and a record that nobody reads fills its place
    number = struct.pack("<HHHHH", 0x203, 14, 2, 1, 0x11)
    content = (SAMPLES / "old.xls").read_bytes()
    at = content.index(number)
    error = struct.pack("<HHHHHBBHHH", 0x205, 8, 2, 1, 0x11, 0x2A, 1, 0x00EF, 2, 0)
    path = tmp_path / "old.xls"
    path.write_bytes(content[:at] + error + content[at + 18 :])
    assert len(error) == 18
    read = read_table(path, SOURCE)
    assert cells(read)[0][2] == GOOD and cells(read)[1][2] == ERROR
    gated = check(read, identity_key="11" * 32, known=lambda _: set())
    assert ("error_value", 3) in {(found.code, found.row) for found in gated.findings}


OLD = (SAMPLES / "old.xls").read_bytes()


def test_an_old_xls_tells_what_it_hides_and_from_when_it_counts(tmp_path: Path) -> None:
    from_1904 = OLD.replace(struct.pack("<HHH", 0x22, 2, 0), struct.pack("<HHH", 0x22, 2, 1))
    at = OLD.index(struct.pack("<HHH", 0x208, 16, 1)) + 4 + 12  # the flags of the second row
    hidden = OLD[:at] + bytes([OLD[at] | 0x20]) + OLD[at + 1 :]
    path = tmp_path / "old.xls"
    path.write_bytes(hidden)
    told = [f.message_zh for f in read_table(path, SOURCE).notes if f.code == "hidden_rows"]
    assert len(told) == 1 and "第 2 行" in told[0]
    path.write_bytes(from_1904)
    with open_sheets(path) as sheets:
        list(sheets[0].rows())
        assert sheets[0].from_1904


@pytest.mark.parametrize("suffix", ["xls", "xlsx", "csv"])
def test_a_workbook_is_what_it_is_whatever_its_name(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"表.{suffix}"
    path.write_bytes(OLD)
    assert cells(read_table(path, SOURCE))[0][1] == "1"
    new = book(tmp_path, lambda b: sheet(b, [HEAD, ["7"]]), "新.xlsx")
    path.write_bytes(new.read_bytes())
    assert cells(read_table(path, SOURCE))[0][1] == "7"
    # an encrypted .xlsx is a compound file whose stream has another name
    at, name = OLD.index("Workbook".encode("utf-16-le")), "EncryptedPackage".encode("utf-16-le")
    locked = bytearray(OLD)
    locked[at : at + len(name)] = name
    locked[at + 64 : at + 66] = struct.pack("<H", len(name) + 2)
    path.write_bytes(locked)
    error = refusal(path)
    assert error.cause_code == "file_password" and "密码" in error.message_zh


@pytest.mark.parametrize(
    ("stated", "errors", "taken"),
    [
        ({"identifier": True, "check": "person_name"}, ["numeric_identifier"], []),
        ({"identifier": False}, [], ["7"]),
    ],
)
def test_a_number_is_told_once_and_is_plain_in_plain_text(
    tmp_path: Path, stated: dict[str, object], errors: list[str], taken: list[str]
) -> None:
    spec = SOURCE.tables["trial"]
    number = spec.fields[0].model_copy(update=stated)
    table = spec.model_copy(update={"fields": (number, *spec.fields[1:])})
    source = SOURCE.model_copy(update={"tables": {"trial": table}})
    path = book(tmp_path, lambda b: sheet(b, [HEAD, [7, GOOD, "0.2", "2026-04-01"]]))
    gated = check(read_table(path, source), identity_key="11" * 32, known=lambda _: set())
    found = [item.code for item in gated.findings if item.severity == "error"]
    assert (found, gated.rows["number"].tolist()) == (errors, taken)


def test_slices_say_what_the_whole_sheet_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        rows: list[list[object]] = [[str(n), "x", n / 7, "y"] for n in range(2_000)]
        into = sheet(made, [HEAD, *rows])
        into.write_row(90_000, 0, ["far"])

    path = book(tmp_path, fill)
    whole = cells(read_table(path, SOURCE))
    assert whole[-1][:2] == [90_001, "far"] and len(whole) == 2_001
    monkeypatch.setattr(sheet_parts, "_SLICE_ROWS", 17)
    monkeypatch.setattr(sheet_parts, "_SLICE_BYTES", 1_000)
    assert cells(read_table(path, SOURCE)) == whole

    # also where rows and cells do not say where they stand, as some programs write them
    def without_places(name: str, part: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return part
        part = re.sub(rb'<row r="90001".*?</row>', b"", part)
        return re.sub(rb'(<row|<c) r="\w+"( spans="[\d:]+")?', rb"\1", part)

    assert cells(read_table(repacked(path, without_places), SOURCE)) == [
        row for row in whole if row[1] != "far"
    ]


def test_shared_strings_are_found_by_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rich text, strings used again far below, and pieces that end within a tag."""

    def fill(made: xlsxwriter.Workbook) -> None:
        into = sheet(made, [HEAD, *([[f"户<{n % 50}&", f"人{n}"] for n in range(300)])])
        bold = made.add_format({"bold": True})
        into.write_rich_string(301, 0, bold, "甲", "乙 ", bold, "丙")
        into.write_string(302, 0, " 空格 ")

    path = book(tmp_path, fill)
    expected = [[n + 2, f"户<{n % 50}&", f"人{n}", None, None] for n in range(300)]
    expected += [[302, "甲乙 丙", None, None, None], [303, "空格", None, None, None]]
    monkeypatch.setattr(sheet_parts, "_SLICE_ROWS", 7)
    for size in (7, 61, 1 << 20):
        monkeypatch.setattr(shared_strings, "_READ", size)
        assert cells(read_table(path, SOURCE)) == expected

    def prefixed(name: str, part: bytes) -> bytes:
        if name != "xl/sharedStrings.xml":
            return part
        part = part.replace(b"xmlns=", b"xmlns:x=")
        return re.sub(rb"<(/?)(sst|si|t|r|rPr|b|sz|color|rFont|family|scheme)\b", rb"<\1x:\2", part)

    assert cells(read_table(repacked(path, prefixed), SOURCE)) == expected

    def spelt(name: str, part: bytes) -> bytes:
        """Attributes in single quotes and a formula before the value, in every other cell."""
        if "sheet1" not in name:
            return part
        other = rb"t='s'><f>x</f><v>\1</v></c>"
        return re.sub(rb't="s"><v>(\d*[13579])</v></c>', other, part)

    assert cells(read_table(repacked(path, spelt), SOURCE)) == expected


def test_a_string_that_is_not_there(tmp_path: Path) -> None:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"<v>4</v>", b"<v>44</v>") if "sheet1" in name else part

    path = repacked(book(tmp_path, lambda b: sheet(b, [HEAD, ["1"]])), change)
    assert refusal(path).cause_code == "file_broken"
