"""Refused rows go out in a workbook, come back, and are settled; nothing of them is lost or shown."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import python_calamine
import xlsxwriter
from planter import VILLAGE, plant

import ingest
from graph.encoding import encode
from graph.errors import InputError
from graph.identifiers import person_key, resident_id
from graph.log import FactLog
from graph.secrets import make_secrets
from graph.settings import Settings
from ingest.catalogue.field import FieldSpec
from ingest.catalogue.source import load_source
from ingest.checking.values import read_column
from ingest.correction.quarantine import KEEP, Quarantine, open_rows
from ingest.correction.workbook import export_refused
from ingest.correction.worklist import by_department, worklist
from ingest.reading.cell import (
    as_kept_now,
    comes_back,
    kept_cell,
    neutral,
    shown,
    text_of,
)
from ingest.reading.texts import Texts

SOURCE = "farmer_household"
HEAD = ["户号", "户主姓名", "与户主关系", "姓名", "公民身份号码", "村编码", "家庭年总收入（元）",
        "采集日期"]  # fmt: skip
GOOD = ["001", "张三", "户主", "张三", "61032219750315001X", VILLAGE, "100", "2026-04-01"]
REGIONS = f"行政区划代码,名称,级别,上级代码\n610305,凤翔区,县区,\n610305100,城关镇,乡镇,610305\n{VILLAGE},样例村,行政村,610305100\n"


@pytest.fixture
def office(tmp_path: Path) -> Settings:
    """An office that knows the village."""
    settings = Settings(data=tmp_path / "data")
    path = tmp_path / "区划.csv"
    path.write_text(REGIONS, encoding="utf-8")
    ingest.ingest("regions", [path], settings=settings, into_graph=False)
    return settings


def sent(tmp_path: Path, rows: list[list[str]], name: str = "农户.csv") -> Path:
    path = tmp_path / name
    lines = [",".join(row) for row in (HEAD, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def take(settings: Settings, path: Path) -> ingest.BatchReport:
    return ingest.ingest(SOURCE, [path], settings=settings, into_graph=False).batches[0]


def waiting(settings: Settings) -> list[tuple[str, int]]:
    return [(item.batch.file_name, item.row) for item in open_rows(FactLog(settings.log_dir))]


def export(settings: Settings, folder: Path) -> Path:
    written = export_refused(
        FactLog(settings.log_dir), Quarantine(settings.quarantine_dir), load_source(SOURCE), folder
    )
    assert len(written) == 1
    return next(iter(written))


def sheet_of(path: Path) -> list[list[object]]:
    with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
        return book.get_sheet_by_index(0).to_python()


def corrected(path: Path, changes: dict[tuple[int, str], object]) -> Path:
    """The workbook with cells changed by (line, heading), written as Excel would save it."""
    rows = sheet_of(path)
    for (line, title), value in changes.items():
        rows[line][rows[0].index(title)] = value
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                write = sheet.write_string if isinstance(cell, str) else sheet.write
                write(at, place, cell)
    return path


def test_refused_rows_go_out_come_back_and_are_settled(office: Settings, tmp_path: Path) -> None:
    bad_id = [*GOOD[:4], "610322197503150011", *GOOD[5:]]
    other = resident_id.complete("61032219800101001")
    bad_day = [*GOOD[:4], other, GOOD[5], "五万", "去年"]
    report = take(office, sent(tmp_path, [GOOD, bad_id, bad_day]))
    assert (report.accepted, report.quarantined) == (1, 2)
    assert waiting(office) == [("农户.csv", 3), ("农户.csv", 4)]

    path = export(office, tmp_path / "out")
    rows = sheet_of(path)
    assert path.name == "农户信息-错误明细.xlsx"
    # the reason stands beside its cell, and the row is as it was sent, but for numbers of persons
    head = rows[0]
    assert head[head.index("公民身份号码") + 1] == "〔原因〕公民身份号码"
    assert rows[1][head.index("公民身份号码") : head.index("公民身份号码") + 2] == [
        "61032219750315****",
        "身份证号第18位校验码不符，请对照证件逐位核对。",
    ]
    assert rows[2][head.index("采集日期")] == "去年"
    assert "日期" in str(rows[2][head.index("〔原因〕采集日期")])
    assert "农户.csv 第 3 行" in str(rows[1][2])

    # sent back untouched: refused again, under its new place, and still only once on the list
    again = take(office, path)
    assert (again.rows_in, again.quarantined) == (2, 2)
    assert waiting(office) == [(path.name, 2), (path.name, 3)]

    path = export(office, tmp_path / "out2")
    # the second row's number was right: its mask is left as it is
    assert sheet_of(path)[2][head.index("公民身份号码")] == resident_id.mask(other)
    fixed = {
        (1, "公民身份号码"): resident_id.complete("61032219750315003"),
        (2, "家庭年总收入（元）"): 50000,
        (2, "采集日期"): "2026-04-02",
    }
    done = take(office, corrected(path, fixed))
    assert (done.rows_in, done.accepted, done.quarantined) == (2, 2, 0)
    assert waiting(office) == []
    assert list(office.quarantine_dir.iterdir()) == []
    log = FactLog(office.log_dir)
    assert log.verify() == []
    key = make_secrets(office.secrets_file).identity_key
    known = person_key(other, key)
    people = log.read("Person")
    told = {row["key"]: row for row in people.to_pylist()}[known]
    assert (told["resident_id_masked"], str(told["birth_on"]), told["sex"]) == (
        resident_id.mask(other), "1980-01-01", "male")  # fmt: skip
    outcomes = [
        outcome
        for batch in log.batches()
        if (settled := log.table(batch, "settled")) is not None
        for outcome in settled["outcome"].to_pylist()
    ]
    assert outcomes == ["refused_again", "refused_again", "corrected", "corrected"]


def test_an_emptied_row_is_taken_back(office: Settings, tmp_path: Path) -> None:
    twins = [[*GOOD[:3], name, *GOOD[4:]] for name in ("样甲", "样乙")]
    take(office, sent(tmp_path, twins))
    assert len(waiting(office)) == 2
    path = export(office, tmp_path)
    ours = [title for title in sheet_of(path)[0] if not str(title).startswith("〔")]
    report = take(office, corrected(path, {(2, str(title)): "" for title in ours}))
    assert (report.rows_in, report.accepted) == (1, 1)
    assert waiting(office) == []


def test_a_workbook_of_another_source_settles_nothing(office: Settings, tmp_path: Path) -> None:
    take(office, sent(tmp_path, [[*GOOD[:7], "去年"]]))
    batch = open_rows(FactLog(office.log_dir))[0].batch.batch
    path = tmp_path / "区划2.csv"
    path.write_text(
        f"〔批次〕,〔行号〕,行政区划代码,名称,级别\n{batch},2,610305101,虢王镇,乡镇\n", "utf-8"
    )
    ingest.ingest("regions", [path], settings=office, into_graph=False)
    assert waiting(office) == [("农户.csv", 2)]


def test_a_number_that_excel_spoilt_does_not_come_back_as_text(
    office: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "农户.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, [*GOOD[:4], 610322197503150011, *GOOD[5:6], 1.5, GOOD[7]])
    assert take(office, path).quarantined == 1
    workbook = export(office, tmp_path / "out")
    again = take(office, workbook)
    assert {f.code for f in again.findings if f.column == "公民身份号码"} == {"masked_id"}
    assert [f.column for f in again.findings] == ["公民身份号码"]


def test_ragged_rows_come_back_with_their_line(office: Settings, tmp_path: Path) -> None:
    take(office, sent(tmp_path, [GOOD[:5]]))
    rows = sheet_of(export(office, tmp_path))
    assert "原文：001,张三,户主,张三,610322************" in str(rows[1][2])


def test_twins_wait_for_nobody(office: Settings, tmp_path: Path) -> None:
    report = take(office, sent(tmp_path, [GOOD, GOOD]))
    assert (report.accepted, report.quarantined) == (1, 1)
    assert waiting(office) == []
    assert not office.quarantine_dir.exists()


# --------------------------------------------------------------------------- lawful and safe


def test_values_lie_apart_from_the_log_and_are_deleted_in_time(
    office: Settings, tmp_path: Path
) -> None:
    secret = "610322197503150011"
    take(office, sent(tmp_path, [[*GOOD[:4], secret, *GOOD[5:]]]))
    (kept,) = office.quarantine_dir.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(office.quarantine_dir.stat().st_mode) == 0o700
    assert pq.read_table(kept)["member"].to_pylist() == ["61032219750315****"]
    log = FactLog(office.log_dir)
    for batch in log.batches():
        for name in batch.files:
            assert secret not in str(pq.read_table(batch.folder / f"{name}.parquet").to_pylist())
    told = json.dumps([encode(task) for task in worklist(log, warnings=True)])
    assert secret not in told and "张三" not in told
    quarantine = Quarantine(office.quarantine_dir)
    now = log.batches()[-1].known_at
    quarantine.tidy(log, SOURCE, now + KEEP)
    assert kept.exists()
    quarantine.tidy(log, "regions", now + 2 * KEEP)  # another source's run leaves it alone
    assert kept.exists()
    quarantine.tidy(log, SOURCE, now + KEEP + timedelta(seconds=1))
    assert not kept.exists()
    # the row is still on the list, and no longer in a workbook
    assert waiting(office) == [("农户.csv", 2)]
    assert export_refused(log, quarantine, load_source(SOURCE), tmp_path) == {}


def test_what_a_killed_run_kept_is_removed(office: Settings, tmp_path: Path) -> None:
    take(office, sent(tmp_path, [[*GOOD[:7], "去年"]]))
    left = f"{SOURCE}-0123456789abcdef"
    for name in (f"{left}.parquet", f"{left}.part", f"{left}-2.parquet"):
        (office.quarantine_dir / name).write_bytes(b"half")
    take(office, sent(tmp_path, [GOOD], "另一份农户.csv"))
    assert [path.suffix for path in office.quarantine_dir.iterdir()] == [".parquet"]
    assert waiting(office) == [("农户.csv", 2)]


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("=cmd|'/c calc'!A0", "'=cmd|'/c calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("-1,234.5", "-1,234.5"),
        ("+86 13812341234", "+86 13812341234"),
        ("张三", "张三"),
    ],
)
def test_nothing_that_goes_out_is_run_and_all_of_it_comes_back(text: str, out: str) -> None:
    assert neutral(text) == out
    assert text_of(out) == text


def test_a_formula_in_a_cell_goes_out_as_text(office: Settings, tmp_path: Path) -> None:
    take(office, sent(tmp_path, [["=1+1", *GOOD[1:7], "去年"]]))
    path = export(office, tmp_path)
    assert sheet_of(path)[1][3] == "'=1+1"
    report = take(office, corrected(path, {(1, "采集日期"): "2026-04-01"}))
    assert report.accepted == 1
    names = FactLog(office.log_dir).read("Household")["household_no"].to_pylist()
    assert names == ["=1+1"]


def take_back(settings: Settings, position: int) -> ingest.Withdrawal:
    return ingest.withdraw(
        str(position), reason="送错了", by="李四", settings=settings, into_graph=False
    )


def test_a_withdrawn_correction_leaves_its_rows_open_again(
    office: Settings, tmp_path: Path
) -> None:
    bad_day = [*GOOD[:7], "去年"]
    take(office, sent(tmp_path, [bad_day]))
    path = export(office, tmp_path / "out")
    wrong = corrected(path, {(1, "采集日期"): "2026-04-01", (1, "家庭年总收入（元）"): "1"})
    assert take(office, wrong).accepted == 1
    assert waiting(office) == []
    seen = ingest.preview_withdrawal("3", settings=office)
    # its text went when it was settled: only its sender still has it
    assert (seen.reopened, seen.without_text, seen.released) == (1, 1, 0)
    assert take_back(office, 3).reopened == 1
    assert waiting(office) == [("农户.csv", 2)]
    log = FactLog(office.log_dir)
    assert [task.row for task in worklist(log)] == [2]
    assert export_refused(
        log, Quarantine(office.quarantine_dir), load_source(SOURCE), tmp_path / "none"
    ) == {}  # fmt: skip
    # the sender's own workbook settles it; what stood for the masked number went with the text
    done = take(
        office, corrected(path, {(1, "家庭年总收入（元）"): "100", (1, "公民身份号码"): GOOD[4]})
    )
    assert (done.accepted, waiting(office)) == (1, [])


def test_rows_of_a_withdrawn_file_are_not_corrected(office: Settings, tmp_path: Path) -> None:
    path = sent(tmp_path, [[*GOOD[:7], "去年"]])
    take(office, path)
    book = export(office, tmp_path / "out")
    assert take_back(office, 2).released == 1
    assert (waiting(office), list(office.quarantine_dir.iterdir())) == ([], [])
    with pytest.raises(InputError) as caught:
        take(office, corrected(book, {(1, "采集日期"): "2026-04-01"}))
    assert caught.value.cause_code == "correction_withdrawn"
    # delivered again it is refused again, and then its own workbook puts it right
    assert take(office, path).quarantined == 1
    book = export(office, tmp_path / "out2")
    assert take(office, corrected(book, {(1, "采集日期"): "2026-04-01"})).accepted == 1
    assert waiting(office) == []


# ---------------------------------------------------------------------------------- worklist


def test_worklist(office: Settings, tmp_path: Path) -> None:
    path = tmp_path / "农户信息.csv"
    truth = plant(path, 400, share=0.2)
    take(office, path)
    log = FactLog(office.log_dir)
    tasks = list(worklist(log))
    errors = {f for f in truth.findings if f[3] == "error" and f[2] != "duplicate_row"}
    assert {(t.row, t.column, t.code, t.severity) for t in tasks} == errors
    (load,) = by_department(tasks)
    assert load.department == load_source(SOURCE).department
    assert load.rows == len({row for row, *_ in errors})
    assert sum(load.causes.values()) == len(errors)
    assert load.oldest == log.batches()[-1].known_at
    warned = [t for t in worklist(log, warnings=True) if t.severity == "warning"]
    assert {(t.row, t.code) for t in warned} == {
        (row, code) for row, _, code, severity in truth.findings if severity == "warning"
    }
    assert list(worklist(log, department="信用办")) == []
    assert list(worklist(log, source="loan")) == []
    line = json.loads(json.dumps(encode(tasks[0])))
    assert datetime.fromisoformat(line["received_at"]).tzinfo == UTC


def test_a_cell_of_before_is_shown_as_now_and_known_by_its_old_mask() -> None:
    key = "person:" + "0" * 32
    kept = as_kept_now(kept_cell("610322********1046", key, "1990-05-10", "female"))
    assert shown(kept) == "61032219900510****"
    # a workbook that was sent out before shows the old mask, one of today the new
    assert comes_back("610322********1046", kept) and comes_back("61032219900510****", kept)
    assert not comes_back("610322199005101046", kept) and not comes_back(None, kept)
    assert not comes_back("610323********1046", kept)
    spec = FieldSpec.model_validate({"name": "p", "title": "证件", "type": "resident_id"})
    read = read_column(spec, Texts.of([kept]), pd.RangeIndex(1), "11" * 32).columns
    told = [read[f"p{end}"][0] for end in ("_key", "_masked", "_sex")]
    assert told == [key, "61032219900510****", "female"] and pd.isna(read["p_tail_key"][0])
    # of what is kept now the end is known, and an old mask is no proof of it
    now = kept_cell("61032219900510****", key, "1990-05-10", "female", "tail:" + "0" * 16)
    assert as_kept_now(now) == now
    assert comes_back("61032219900510****", now) and not comes_back("610322********1046", now)
    assert as_kept_now("电话和610322********1046") == "电话和610322************"
