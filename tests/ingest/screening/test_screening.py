"""On a list, not found, not verified: each by hand; and a sheet in every shape that clerks send."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest
import xlsxwriter  # type: ignore[import-untyped]
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from namesakes import FIRM_CODE, IDENTITY_KEY, PEOPLE, Street, id_of

from graph.errors import InputError
from graph.identifiers import person_key
from ingest.matching import SaidOf, subject_of
from ingest.screening import (
    ListsAsked,
    Screened,
    not_screened,
    pasted_rows,
    read_rows,
    screen_all,
    screen_sheet,
    template,
)
from queries.reader import Reader

YING, YING2, YING3, _, MENTIONED, LI, *_ = (one.known_by for one in PEOPLE)
NUMBER, NUMBER_3, NUMBER_LI = PEOPLE[0].number, PEOPLE[2].number, PEOPLE[5].number
NOBODY = id_of("19700101", "001")


def screened(said: dict[str, Any], **street: Any) -> Screened:
    reader = cast(Reader, Street(**street))
    results, _ = screen_all(reader, cast(Any, None), [subject_of(SaidOf(**said), IDENTITY_KEY)])
    return results[0]


@pytest.mark.parametrize(
    ("said", "street", "state", "entries", "resembling"),
    [
        ({"number": NUMBER_LI}, {"listed": {LI: 1.0}}, "listed", 1, 0),
        ({"number": NUMBER_LI, "name": "李永"}, {"listed": {LI: 1.0}}, "listed", 1, 0),
        # the number of one, the name of another
        ({"number": NUMBER_LI, "name": "许春英"}, {"listed": {LI: 1.0}}, "unverified", 0, 1),
        ({"number": NUMBER_LI}, {"listed": {}}, "not_found", 0, 0),
        ({"number": NOBODY}, {"listed": {LI: 1.0}}, "not_found", 0, 0),
        # of whom nothing may be seen but the list
        ({"number": NOBODY}, {"listed": {person_key(NOBODY, IDENTITY_KEY): 1.0}}, "listed", 1, 0),
        # an entry that only resembles is nobody's
        ({"number": NUMBER_LI}, {"listed": {LI: 0.9}}, "unverified", 0, 1),
        # lists that nobody brought say nothing
        ({"number": NUMBER_LI}, {"came": False}, "unverified", 0, 0),
        ({"number": NOBODY}, {"came": False}, "unverified", 0, 0),
        # without a number nothing is verified, listed or not
        ({"name": "李永"}, {"listed": {LI: 1.0}}, "unverified", 0, 1),
        ({"name": "李永"}, {"listed": {}}, "unverified", 0, 0),
        ({"name": "查无此名"}, {"listed": {}}, "unverified", 0, 0),
        # somebody of the name on a list, of whom no number is known
        ({"number": NUMBER, "name": "许春英"}, {"listed": {MENTIONED: 1.0}}, "unverified", 0, 1),
        ({"number": NUMBER, "name": "许春英"}, {"listed": {YING2: 1.0}}, "not_found", 0, 0),
        (
            {"number": NUMBER, "name": "许春英"},
            {"listed": {YING: 1.0, MENTIONED: 1.0}},
            "listed",
            1,
            1,
        ),
    ],
)
def test_what_is_known_of_one(
    said: dict[str, Any], street: dict[str, Any], state: str, entries: int, resembling: int
) -> None:
    found = screened(said, **street)
    assert (found.state, len(found.entries), len(found.resembling)) == (state, entries, resembling)
    assert found.why and found.measures is None


NAMED = {"许春英", "李永", "查无此名", ""}


@settings(max_examples=examples(25))
@given(
    st.sampled_from(sorted(NAMED)), st.sampled_from(["", NUMBER, NUMBER_3, NUMBER_LI, NOBODY]),
    st.dictionaries(st.sampled_from([YING, YING2, YING3, LI, MENTIONED]), st.sampled_from([0.9, 1.0])),
    st.booleans(),
)  # fmt: skip
def test_nobody_is_listed_or_cleared_without_a_number_that_was_compared(
    name: str, number: str, listed: dict[str, float], came: bool
) -> None:
    if not name and not number:
        return
    found = screened({"name": name, "number": number}, listed=listed, came=came)
    if found.state == "listed":
        assert number and found.link is not None
        assert listed[found.link.key] == 1.0
    if found.state == "not_found":
        assert number and came and not found.resembling
    if not number:
        assert found.state == "unverified"
    assert all(entry.case_no for entry in found.entries)


def written(tmp_path: Path, rows: list[list[Any]]) -> Path:
    path = tmp_path / "名单.xlsx"
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
    page = book.add_worksheet()
    for line, row in enumerate(rows):
        for place, cell in enumerate(row):
            (page.write_number if isinstance(cell, float) else page.write_string)(line, place, cell)
    book.close()
    return path


def test_a_sheet_is_read_as_clerks_write_it(tmp_path: Path) -> None:
    path = written(tmp_path, [
        ["某项目资格核查名单"],
        ["序号", "姓 名", "身份证号码", "村组", "年龄", "备注"],
        ["1", "许 春英", NUMBER.lower(), "太平村", "51岁", "x"],
        ["2", "李永", float(int(NUMBER_LI[:17]) * 10), "", "", ""],
        ["3", "", "", "", "", ""],
        ["4", "王", "", "", "", ""],
        ["5", NUMBER, "", "", "", ""],
        ["6", "王丽", "", "", "五十", ""],
    ])  # fmt: skip
    rows = read_rows(path, IDENTITY_KEY)
    assert [row.ref for row in rows] == ["1", "2", "3", "4", "5", "6"]
    first = rows[0].subject
    assert first and first.name == "许春英" and first.keys == (YING,) and first.age == 51
    assert "后几位已经丢失" in rows[1].fault and rows[1].subject is None
    assert all(row.subject is None and row.fault for row in rows[2:])
    assert "放到号码" in rows[4].fault
    assert NUMBER not in repr(rows)


def test_lines_are_taken_as_they_are_pasted() -> None:
    rows = pasted_rows(f"许春英，{NUMBER}\n\n{FIRM_CODE}\t丰硕果业\n王", IDENTITY_KEY)
    assert [row.number for row in rows] == [1, 3, 4]
    assert rows[0].subject and rows[0].subject.keys == (YING,)
    assert rows[1].subject and rows[1].subject.keys == (f"org:{FIRM_CODE}",)
    assert rows[2].subject is None


@pytest.mark.parametrize(
    ("rows", "code"),
    [([["甲", "乙"], ["1", "2"]], "heading_missing"), ([["名称"]], "rows_missing"),
     ([["名称"], *[["王丽丽"]] * 4], "too_many_rows")],
)  # fmt: skip
def test_what_is_no_list_is_refused(tmp_path: Path, rows: list[list[Any]], code: str) -> None:
    with pytest.raises(InputError) as raised:
        read_rows(written(tmp_path, rows), IDENTITY_KEY, most=3)
    assert raised.value.cause_code == code


def test_a_text_of_commas_is_a_sheet_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"名称,证件号码\n许春英,{NUMBER}\n", encoding="gb18030")
    [row] = read_rows(path, IDENTITY_KEY)
    assert row.subject and row.subject.keys == (YING,)


def test_nothing_written_is_a_formula(tmp_path: Path) -> None:
    """OWASP, CSV Injection: each beginning, as text in its cell."""
    begun = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")']
    rows = pasted_rows("\n".join("王丽丽" for _ in begun), IDENTITY_KEY)
    answers = [not_screened("", name, "x") for name in begun]
    made = screen_sheet(rows, answers, ListsAsked({}, ()), {"用途": "=1"})
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    told = pd.read_excel(io.BytesIO(made), dtype=str, engine="calamine")
    assert [*told["名称"].str.strip()] == [name.strip() for name in begun]


def test_the_template_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    path.write_bytes(template())
    with pytest.raises(InputError) as raised:
        read_rows(path, IDENTITY_KEY)
    assert raised.value.cause_code == "rows_missing"
