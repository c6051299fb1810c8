"""Delimited text: every way in which it can be broken or merely odd."""

from __future__ import annotations

from pathlib import Path

import pytest
from trial_files import GOOD, LINE, SOURCE, book, cells, refusal, sheet, wide, written

from ingest.reading import delimited, gathering
from ingest.reading.table import read_table


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
        ("1,2,3,4\n" + LINE, "heading_not_first", "第 2 行"),
        ("担保人,,金额\n编号,身份证号,（万元）,日期\n", "heading_in_two_rows", "第 1 行和第 2 行"),
        ("单位：元\n编号,身份证号,金额万元,日期\n", "unit_differs", "单位：元"),
        ("编号,编号,日期\n1,2,\n", "duplicate_column", "编号、编号"),
    ],
)
def test_text_that_cannot_be_taken(
    tmp_path: Path, content: str | bytes, code: str | None, says: str
) -> None:
    path = written(tmp_path, content)
    error = refusal(path)
    assert error.cause_code == code and says in error.message_zh


def test_a_heading_in_two_rows_that_make_no_names(tmp_path: Path) -> None:
    path = book(
        tmp_path, lambda b: sheet(b, [["人", "", "金额（万元）"], ["", "编号"], ["x", "1"]])
    )
    error = refusal(path)
    assert error.cause_code == "heading_in_two_rows" and "第 1 行和第 2 行" in error.message_zh


def test_no_file_and_no_table(tmp_path: Path) -> None:
    assert refusal(tmp_path / "无.csv").cause_code == "file_missing"
    assert refusal(written(tmp_path, b"%PDF", "a.pdf")).cause_code == "file_type"


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MAX_ROWS", 3)
    assert len(read_table(written(tmp_path, LINE + "1,,,\n" * 3), SOURCE).frame) == 3
    assert refusal(written(tmp_path, LINE + "1,,,\n" * 4)).cause_code == "too_many_rows"
