"""Files as they arrive: every way in which one can be broken, hostile or merely odd."""

from __future__ import annotations

import csv
import io
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter

from graph.errors import InputError
from ingest.catalogue.source import Source
from ingest.checking.gate import check
from ingest.reading import delimited, shared_strings, sheet_parts, table
from ingest.reading.cell import ERROR
from ingest.reading.table import Table, read_table

SAMPLES = Path(__file__).parents[2] / "samples" / "reading"
SOURCE = Source.model_validate(
    {
        "name": "trial",
        "title": "试表",
        "title_en": "trial",
        "department": "信用办",
        "legal_basis": "无",
        "tables": {
            "trial": {
                "fields": [
                    {"name": "number", "title": "编号", "required": True, "identifier": True},
                    {"name": "person", "title": "身份证号", "type": "resident_id"},
                    {"name": "amount_fen", "title": "金额（万元）", "type": "money",
                     "unit": "万元"},
                    {"name": "day", "title": "日期", "type": "date"},
                ],
            }
        },
    }
)  # fmt: skip
HEAD = ["编号", "身份证号", "金额（万元）", "日期"]
LINE = "编号,身份证号,金额（万元）,日期\n"
GOOD = "61032219750315001X"


def wide(text: str) -> str:
    """Full-width, as an input method writes it."""
    return "".join(chr(ord(each) + 0xFEE0) for each in text)


def cells(read: Table) -> list[list[object]]:
    return [[row, *values] for row, *values in read.frame.itertuples()]


def written(tmp_path: Path, content: str | bytes, name: str = "试表.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as refused:
        read_table(path, SOURCE)
    assert refused.value.message_zh and GOOD not in str(refused.value)
    return refused.value


def book(
    tmp_path: Path, fill: Callable[[xlsxwriter.Workbook], object], name: str = "试表.xlsx"
) -> Path:
    path = tmp_path / name
    with xlsxwriter.Workbook(path) as made:
        fill(made)
    return path


def sheet(made: xlsxwriter.Workbook, rows: list[list[object]], name: str = "填报") -> object:
    added = made.add_worksheet(name)
    for at, row in enumerate(rows):
        added.write_row(at, 0, row)
    return added


def repacked(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The same workbook with some of its parts changed."""
    with zipfile.ZipFile(path) as old:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


# ---------------------------------------------------------------------------- delimited text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, f"{LINE}㙍𠮷1,,,\n".encode(encoding))
    assert cells(read_table(path, SOURCE)) == [[2, "㙍𠮷1", None, None, None]]


def test_a_character_cut_by_the_reading_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "_CHUNK", 64)
    filler = "1,,,\n" * 20
    for shift in range(64):  # the characters of four bytes lie across the end of a window
        text = LINE + "x" * shift + filler + "㙍𠮷,,,\n"
        read = read_table(written(tmp_path, text.encode("gb18030")), SOURCE)
        assert read.frame["number"].iloc[-1] == "㙍𠮷"


def test_line_ends_of_every_kind_and_inside_quotes(tmp_path: Path) -> None:
    path = written(tmp_path, LINE.strip() + '\r\n1,,,\r2,,,\n"3\r\n3",,,\n\n ,,,\n4,,,')
    assert [row[:2] for row in cells(read_table(path, SOURCE))] == [
        [2, "1"],
        [3, "2"],
        [4, "3\n3"],
        [7, "4"],
    ]


def test_spelling_is_brought_to_one_and_told(tmp_path: Path) -> None:
    line = f"\u200b{wide('12')},{wide(GOOD)},{wide('0.2')}, 2026-4-1 \n2,,,\n"
    path = written(tmp_path, LINE + line)
    read = read_table(path, SOURCE)
    assert cells(read)[0] == [2, "12", GOOD, "0.2", "2026-4-1"]
    told = {(f.column, f.code, f.severity) for f in read.notes}
    assert told == {("身份证号", "rewritten", "warning"), ("金额（万元）", "rewritten", "warning")}


def test_ragged_rows(tmp_path: Path) -> None:
    read = read_table(written(tmp_path, LINE + "1,,\n2,,,,\n3,,,,多\n4,,,\n"), SOURCE)
    assert [row[:2] for row in cells(read)] == [[3, "2"], [5, "4"]]
    assert [(f.row, f.code) for f in read.refused] == [(2, "ragged_row"), (4, "ragged_row")]
    assert read.unread == {2: "1,,", 4: "3,,,,多"}
    assert read.rows_in == 4


def test_of_an_undeclared_column_nothing_is_kept(tmp_path: Path) -> None:
    read = read_table(written(tmp_path, LINE.strip() + ",宗教\n1,,,,佛\n2,,,佛\n"), SOURCE)
    assert "佛" not in f"{read}"
    assert read.unread == {}


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b"", "file_empty", "空文件"),
        ("身份证号\n", "missing_column", "编号"),
        (b"\xff\xfe\x81\xff\n", "encoding", "UTF-8"),
        (LINE + '1,,,\n"2,,,\n3,,,\n', "file_broken", "第 3 行"),
        (LINE + '1,"a"b,,\n', "file_broken", "第 2 行"),
        (LINE + "1,\x00,,\n", "file_broken", "空字节"),
        ("凤翔区试表,,,\n" + LINE, "heading_not_first", "第 2 行"),
        ("基本信息,,金额\n编号,身份证号,（万元）,日期\n", "heading_not_first", "第 2 行"),
        ("编号,,金额,\n,身份证号,（万元）,日期\n", None, ""),
        ("编号,编号,日期\n1,2,\n", "duplicate_column", "编号、编号"),
    ],
)
def test_text_that_cannot_be_taken(
    tmp_path: Path, content: str | bytes, code: str | None, says: str
) -> None:
    path = written(tmp_path, content)
    if code is None:  # only optional columns are affected: they are told as unknown
        assert [f.column for f in read_table(path, SOURCE).notes] == ["金额"]
        return
    error = refusal(path)
    assert error.cause_code == code and says in error.message_zh


def test_a_heading_in_two_rows(tmp_path: Path) -> None:
    path = book(
        tmp_path, lambda b: sheet(b, [["人", "", "金额（万元）"], ["", "编号"], ["x", "1"]])
    )
    assert refusal(path).cause_code == "heading_not_first"
    required = SOURCE.model_dump()
    required["tables"]["trial"]["fields"][2]["required"] = True
    with pytest.raises(InputError) as refused:
        read_table(path, Source.model_validate(required))
    assert refused.value.cause_code == "heading_in_two_rows"
    assert "第 1 行和第 2 行" in refused.value.message_zh


def test_no_file_and_no_table(tmp_path: Path) -> None:
    assert refusal(tmp_path / "无.csv").cause_code == "file_missing"
    assert refusal(written(tmp_path, b"%PDF", "a.pdf")).cause_code == "file_type"


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_ROWS", 3)
    assert len(read_table(written(tmp_path, LINE + "1,,,\n" * 3), SOURCE).frame) == 3
    assert refusal(written(tmp_path, LINE + "1,,,\n" * 4)).cause_code == "too_many_rows"


# ------------------------------------------------------------------------------ spreadsheets


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
            "\x00number:1e-07",
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
    assert gated.rows["amount_fen"].tolist()[0] == 2_000_000
    assert str(gated.rows["day"].iloc[1]) == "2026-04-01"


def test_the_first_visible_sheet_is_read_and_the_others_are_told(tmp_path: Path) -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        sheet(made, [["别的"]], "隐藏").hide()
        sheet(made, [HEAD, ["1"]], "甲").activate()
        sheet(made, [HEAD, ["2"]], "乙")
        sheet(made, [], "空")
        sheet(made, [["列名"]], "填写说明")

    path = book(tmp_path, fill)
    read = read_table(path, SOURCE)
    assert cells(read) == [[2, "1", None, None, None]]
    assert [(f.code, "乙" in f.message_zh) for f in read.notes] == [("unread_sheet", True)]


def test_merged_title_above_the_heading(tmp_path: Path) -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        into = made.add_worksheet()
        into.merge_range(0, 0, 0, 3, "凤翔区试表")
        into.write_row(1, 0, HEAD)

    error = refusal(book(tmp_path, fill))
    assert error.cause_code == "heading_not_first" and "合并单元格" in error.message_zh


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


# ------------------------------------------------------------------------------ hostile files

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
    "content",
    [b"PK\x03\x04nothing", b"", b"<html>403 Forbidden</html>", b"\xd0\xcf\x11\xe0" + b"\0" * 600],
)
def test_what_is_no_workbook(tmp_path: Path, content: bytes) -> None:
    for suffix in ("xlsx", "xls", "ods"):
        assert refusal(written(tmp_path, content, f"a.{suffix}")).cause_code == "file_broken"


def test_truncated_anywhere(tmp_path: Path) -> None:
    whole = book(tmp_path, lambda b: sheet(b, [HEAD, *([[str(n), GOOD] for n in range(500)])]))
    raw = whole.read_bytes()
    for share in (0.1, 0.5, 0.9, 0.99):
        path = written(tmp_path, raw[: int(len(raw) * share)], "截断.xlsx")
        assert refusal(path).cause_code == "file_broken"


# ------------------------------------------------------------------------------------- memory


def test_equal_texts_are_kept_once(tmp_path: Path) -> None:
    lines = "".join(f"{n},,0.2,2026-04-01\n" for n in range(30_000))
    slices = list(read_table(written(tmp_path, LINE + lines), SOURCE).slices())
    assert sum(len(index) for index, _ in slices) == 30_000
    pieces = [piece for _, columns in slices for piece in columns["day"].pieces]
    assert {tuple(piece.dictionary.to_pylist()) for piece in pieces} == {("2026-04-01",)}
    assert sum(piece.nbytes for piece in pieces) < 3 * 30_000


def test_memory_grows_little_a_row(tmp_path: Path) -> None:
    """By how much, in bytes: the table held, and the most that reading took on its way."""

    def taken(rows: int) -> tuple[int, int]:
        stream = io.StringIO()
        writer = csv.writer(stream)
        writer.writerow(HEAD)
        writer.writerows(
            [f"J{n:07d}", f"6103221975031{n:05d}", "0.2", "2026-04-01"] for n in range(rows)
        )
        path = written(tmp_path, stream.getvalue())
        tracemalloc.start()
        read = read_table(path, SOURCE)
        held, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(read.frame) == rows
        return held, peak

    (held, peak), (more_held, more_peak) = taken(20_000), taken(60_000)
    # two texts of their own (some 60 bytes each), four pointers, a row number
    assert (more_held - held) / 40_000 < 220
    assert (more_peak - peak) / 40_000 < 280
