"""A file is read in a process apart: whatever it does to its reader, it is refused or read, and the
next one is read."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import psutil
import pytest
from hostile_files import FILES
from trial_files import GOOD, HEAD, LINE, SAMPLES, SOURCE, book, cells, sheet, written

from graph.errors import InputError, SettingsError
from ingest.catalogue.source import load_source, source_names
from ingest.reading import apart, reader
from ingest.reading.apart import read_apart
from ingest.reading.limits import Limits
from ingest.reading.reader import Request
from ingest.reading.table import Table, read_table

TIGHT = Limits(memory_bytes=512 << 20, processor_s=3, wall_s=120)

#: What becomes of each; a machine may say of one that it took the memory, or that it broke down.
READ, MEMORY = {"read"}, {"reading_memory", "reading_died"}
BROKEN, TIME = {"file_broken"}, {"reading_time"}
BECOMES = {
    "unclosed-cells.xlsx": BROKEN,
    "unclosed-cells-with-strings.xlsx": BROKEN,
    "open-tags.xlsx": BROKEN,
    "open-rows.xlsx": BROKEN,
    "one-long-tag.xlsx": BROKEN,
    "no-rows-for-long.xlsx": BROKEN,
    "open-string-tags.xlsx": BROKEN,
    "open-merges.xlsx": READ,
    "merges-on-merges.xlsx": READ,
    "far-cell.xlsx": MEMORY,
    "far-corners-of-one-row.xlsx": MEMORY,
    "far-row-number.xlsx": {"too_many_rows"},
    "long-row-number.xlsx": BROKEN,
    "long-number.xlsx": READ,
    "huge-exponents.xlsx": READ,
    "one-string-for-all.xlsx": MEMORY,
    "string-without-end.xlsx": READ,
    "many-relations.xlsx": READ,
    "sheets-of-one-part.xlsx": {"too_many_sheets"},
    "deep-workbook.xlsx": BROKEN,
    "many-styles.xlsx": READ,
    "nothing-but-parts.xlsx": BROKEN,
    "repetitions.ods": BROKEN | MEMORY,
    "fewer-repetitions.ods": MEMORY | TIME | BROKEN,
    "huge-sectors.xls": BROKEN | MEMORY,
    "large-sectors.xls": BROKEN | MEMORY,
    "claimed-tables.xls": BROKEN | MEMORY,
    "no-sectors.xls": BROKEN | MEMORY,
    "unclosed-quote.csv": BROKEN,
    "quotes.csv": BROKEN,
    "separators.csv": READ,
    "heading-of-separators.csv": READ,
    "wide-heading.csv": {"too_many_columns"},
    "no-line-end.csv": BROKEN,
    "blanks.csv": READ,
    "nul-bytes.csv": BROKEN,
    "half-of-a-character.csv": {"missing_column"},
    "tables-in-tables.xls": {"web_page"},
    # a slow machine gives up before it comes to the end of half a million names
    "open-page-tag.xls": BROKEN | TIME,
    "open-comment.xls": BROKEN,
    "open-declarations.xls": BROKEN,
    "references.xls": BROKEN,
    "merged-over-everything.xls": TIME | MEMORY | READ,
}


def whole(read: Table) -> tuple[object, ...]:
    """All that a table is."""
    return (
        read.name, read.spec, read.file_name, read.numbers.tolist(), cells(read), read.refused,
        read.notes, read.unread, read.origins, read.is_correction, read.rows_in,
    )  # fmt: skip


def test_every_hostile_file_is_named() -> None:
    assert BECOMES.keys() == FILES.keys()


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_harms_nothing_else(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, FILES[name](), name)
    try:
        read_apart(path, SOURCE, TIGHT)
        became = "read"
    except InputError as error:
        became = error.cause_code
        assert name in error.message_zh and "请" in error.message_zh
    assert became in BECOMES[name]
    assert cells(read_apart(written(tmp_path, LINE + "1,,,\n"), SOURCE)) == [
        [2, "1", None, None, None]
    ]


def test_what_is_read_apart_is_what_is_read_here(tmp_path: Path) -> None:
    sheets = book(tmp_path, lambda made: sheet(made, [HEAD, ["1", GOOD, 0.2, "2026-01-02"], ["2"]]))
    ragged = written(tmp_path, LINE + f"1,{GOOD},0.2,\n2,,,,多\n合计,,9,\n")
    returned = written(tmp_path, "〔批次〕,〔行号〕," + LINE + "b1,表:7,1,,,\n", "退.csv")
    for path in (sheets, ragged, returned):
        assert whole(read_apart(path, SOURCE)) == whole(read_table(path, SOURCE))


def test_rows_that_wait_in_the_file_come_whole(tmp_path: Path) -> None:
    path = written(tmp_path, LINE + "".join(f"{n},,{n / 100},\n" for n in range(50_000)))
    read = read_apart(path, SOURCE)
    assert len(read.numbers) == 50_000
    assert sum(len(index) for index, _ in read.slices()) == 50_000
    assert read.rows([2, 30_000, 50_001])["number"].tolist() == ["0", "29998", "49999"]


def test_a_form_and_every_source_are_told_to_the_reader(tmp_path: Path) -> None:
    form = SOURCE.model_copy(
        update={
            "forms": (
                SOURCE.model_copy(
                    update={
                        "tables": {
                            "trial": SOURCE.tables["trial"].model_copy(update={"separator": "#"})
                        }
                    }
                ),
            )
        }
    )
    path = written(tmp_path, (LINE + "1,,,\n").replace(",", "#"))
    assert cells(read_apart(path, form)) == [[2, "1", None, None, None]]
    for name in source_names():
        with pytest.raises(InputError) as refused:
            read_apart(written(tmp_path, "别的,列\n1,2\n"), load_source(name))
        assert refused.value.cause_code == "missing_column", name


def test_what_waits_and_does_not_work_ends_by_the_clock(tmp_path: Path) -> None:
    path = written(tmp_path, LINE + "".join(f"{n},,,\n" for n in range(100_000)))
    with pytest.raises(InputError, match="请用 Excel 打开") as refused:
        read_apart(path, SOURCE, Limits(wall_s=0.01))
    assert refused.value.cause_code == "reading_time"
    assert len(read_apart(path, SOURCE).numbers) == 100_000


def test_what_is_handed_over_is_bounded(tmp_path: Path) -> None:
    path = written(tmp_path, LINE + "".join(f"{n * 7919},,,\n" for n in range(60_000)))
    with pytest.raises(InputError) as refused:
        read_apart(path, SOURCE, Limits(file_bytes=100_000))
    assert refused.value.cause_code == "file_too_large"


def test_a_cell_is_no_book(tmp_path: Path) -> None:
    path = written(tmp_path, LINE + f"1,,,\n2{'长' * 40_000},,,\n3,,,\n")
    read = read_apart(path, SOURCE)
    assert read.numbers.tolist() == [2, 4] and read.rows_in == 3
    assert [(item.row, item.code) for item in read.refused] == [(3, "cell_too_long")]
    long = "长" * 30_000
    rows = "".join(f"{n},{long},,\n" for n in range(1_000))
    with pytest.raises(InputError) as refused:
        read_apart(written(tmp_path, LINE + rows), SOURCE)
    assert refused.value.cause_code == "too_much_text"


def test_the_reading_process_may_be_ended_at_any_time(tmp_path: Path) -> None:
    path = written(tmp_path, LINE + "1,,,\n")
    for _ in range(2):
        assert read_apart(path, SOURCE).rows_in == 1
        process = apart._READERS._process
        assert process is not None
        process.kill()


def test_hanging_up_ends_the_reading(tmp_path: Path) -> None:
    apart.begin_reading()
    read_apart(written(tmp_path, LINE + "1,,,\n"), SOURCE)
    process = apart._READERS._process
    assert process is not None
    server = psutil.Process(process.pid)
    large = written(tmp_path, LINE + "".join(f"{n},,,\n" for n in range(400_000)))
    seen = threading.Event()

    def kill_the_child() -> None:
        while not seen.is_set():
            for child in server.children():
                child.send_signal(signal.SIGKILL)
                return

    killer = threading.Thread(target=kill_the_child)
    killer.start()
    try:
        with pytest.raises(InputError) as refused:
            read_apart(large, SOURCE)
    finally:
        seen.set()
        killer.join()
    assert refused.value.cause_code == "reading_memory"  # as the system does where memory ends
    assert server.children() == []


def test_a_panic_is_no_exception_and_ends_the_reading_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a native reader raises when it panics is derived from BaseException; what it says may
    be of the file."""

    class Panic(BaseException):
        pass

    def panics(*_: object) -> None:
        raise Panic(GOOD)

    monkeypatch.setattr(reader, "read_table", panics)
    with (tmp_path / "rows").open("w+b") as file:
        said, code = reader.read(Request(tmp_path / "a.csv", SOURCE, Limits()), file)
    assert code == reader.UNFORESEEN
    assert said.startswith("Panic at test_apart.py:") and GOOD not in said


def test_one_byte_of_an_old_workbook_can_abort_its_reader(tmp_path: Path) -> None:
    content = bytearray((SAMPLES / "old.xls").read_bytes())
    content[1_691] = 0xFF
    with pytest.raises(InputError) as refused:
        read_apart(written(tmp_path, bytes(content), "旧.xls"), SOURCE)
    assert refused.value.cause_code in BROKEN | MEMORY and "旧.xls" in refused.value.message_zh


def test_a_full_disk_is_told_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match="TMPDIR"):
        read_apart(written(tmp_path, LINE + "1,,,\n"), SOURCE)
