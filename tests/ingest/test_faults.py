"""What can go wrong with a delivery: never a lost live fact, never a fact twice."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter
from killing import Delivery, Nursery
from roll import Roll, live, roll_source, write_roll

import ingest
from graph.errors import InputError, LogError, XinnongError
from graph.log import FactLog
from graph.operations import DecisionArchive, Ledger, OperationsStore
from graph.settings import Settings
from ingest.sample import steps, write_district

FORBIDDEN = b"<html><head><title>403 Forbidden</title></head><body>nginx</body></html>\r\n"
HEAD = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
        "到期日期,贷款余额（万元）,五级分类,数据日期\n")  # fmt: skip
LOAN = "C1402610305001,样本行,{},张三,61032219750315001X,0.2,2026-01-05,2027-01-05,0.2,正常,2026-01-31\n"
RUN = """
import sys
from pathlib import Path
import ingest
from graph.settings import Settings
settings = Settings(data=Path(sys.argv[1]))
for name in sys.argv[2:]:
    source, path = name.split("=")
    ingest.ingest(source, [Path(path)], settings=settings, into_graph=False)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


def loans(path: Path, *numbers: str, encoding: str = "utf-8") -> Path:
    path.write_bytes((HEAD + "".join(map(LOAN.format, numbers))).encode(encoding))
    return path


def take(settings: Settings, path: Path) -> ingest.Report:
    return ingest.ingest("loan", [path], settings=settings, into_graph=False)


def held(settings: Settings) -> list[str]:
    return sorted(FactLog(settings.log_dir).read("Loan")["loan_no"].to_pylist())


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("贷款.csv", FORBIDDEN, "web_page"),
        ("贷款.xlsx", FORBIDDEN, "web_page"),
        ("贷款.xls", FORBIDDEN, "web_page"),
        ("贷款.csv", HEAD.encode("utf-16-le"), "encoding"),
        ("贷款.csv", HEAD.encode()[:-1] + b"\xff\xfe\xff\n", "encoding"),
        ("贷款.csv", (HEAD + '"半').encode(), "file_broken"),
    ],
)
def test_what_is_no_table_changes_nothing_and_is_in_the_ledger(
    settings: Settings, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    take(settings, loans(tmp_path / "一.csv", "J1"))
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        take(settings, path)
    assert caught.value.cause_code == code
    assert held(settings) == ["J1"]
    with OperationsStore(settings) as store:
        assert [(d.file_name, d.state, d.refused_code) for d in Ledger(store).deliveries()] == [
            ("一.csv", "committed", None),
            (name, "failed", code),
        ]


def test_a_truncated_workbook_is_refused(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "贷款.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, HEAD.strip().split(","))
    whole = path.read_bytes()
    for share in (0.1, 0.5, 0.9, 0.99):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InputError) as caught:
            take(settings, path)
        assert caught.value.cause_code == "file_broken"
    assert held(settings) == []


def test_a_truncated_list_loses_nobody(tmp_path: Path) -> None:
    firms = [(name, "东村", "甲") for name in "abcdefghijkl"]
    roll = Roll(tmp_path, roll_source(0.05))
    roll.take(firms)
    whole = write_roll(tmp_path / "二.csv", firms, "2026-02-01").read_bytes()
    for cut in range(1, len(whole), 9):
        path = tmp_path / f"cut{cut}.csv"
        path.write_bytes(whole[:cut])
        try:
            roll.take_file(path)
        except InputError as error:
            assert error.cause_code in {"missing_column", "encoding", "file_broken", "file_empty"}
        assert live(roll.log) == set("abcdefghijkl")


def test_nothing_is_taken_in_or_back_where_a_batch_was_lost(
    settings: Settings, tmp_path: Path
) -> None:
    """An older backup of the log was put in place: its own head is right, the ledger knows more."""
    take(settings, loans(tmp_path / "一.csv", "J1"))
    shutil.copytree(settings.log_dir, tmp_path / "older")
    take(settings, loans(tmp_path / "二.csv", "J2"))
    shutil.rmtree(settings.log_dir)
    shutil.copytree(tmp_path / "older", settings.log_dir)
    for change in (
        lambda: take(settings, loans(tmp_path / "三.csv", "J3")),
        lambda: ingest.withdraw("1", reason="错", by="李四", settings=settings, into_graph=False),
    ):
        with pytest.raises(LogError, match="accept-loss") as caught:
            change()
        assert caught.value.cause_code == "log_tail_lost" and "二.csv" in caught.value.message_zh
    assert held(settings) == ["J1"]


def test_a_file_delivered_again_is_no_second_batch(settings: Settings, tmp_path: Path) -> None:
    first = take(settings, loans(tmp_path / "一.csv", "J1", "J2")).batches[0]
    again = take(settings, loans(tmp_path / "另存.csv", "J1", "J2")).batches[0]
    assert (again.position, again.batch, again.unchanged) == (None, first.batch, 2)
    # the same rows in another encoding are other bytes, and still say nothing new
    other = take(settings, loans(tmp_path / "国标.csv", "J1", "J2", encoding="gb18030")).batches[0]
    assert (other.position, other.accepted, other.unchanged) == (2, 0, 2)
    assert held(settings) == ["J1", "J2"]


def test_runs_at_once_take_everything_in_once(settings: Settings, tmp_path: Path) -> None:
    files = [loans(tmp_path / f"{n}.csv", f"J{n}", f"J{n + 1}") for n in range(4)]
    works = [f"loan={path}" for path in files]
    write_district(tmp_path / "district", persons=1_000)
    other = f"regions={dict(steps(tmp_path / 'district'))['regions']}"
    running = [
        subprocess.Popen([sys.executable, "-c", RUN, str(settings.data), *order])
        for order in (works, works[::-1], [other])
    ]
    assert [child.wait(300) for child in running] == [0, 0, 0]
    log = FactLog(settings.log_dir)
    assert sorted(batch.file_name for batch in log.batches()) == sorted(
        ["0.csv", "1.csv", "2.csv", "3.csv", "行政区划.csv"]
    )
    assert log.verify() == []
    assert held(settings) == ["J0", "J1", "J2", "J3", "J4"]


#: Of a file that is larger than the store of an office in which nothing has happened yet.
ROWS = 24_000


@pytest.fixture
def nursery(settings: Settings, tmp_path: Path) -> Iterator[Nursery]:
    # numbers that do not compress: the files of a delivery must be larger than the ledger's store
    paths = [
        loans(
            tmp_path / f"{n}.csv",
            *(hashlib.sha256(f"{n} {m}".encode()).hexdigest() for m in range(ROWS)),
        )
        for n in range(2)
    ]
    deliveries = [
        Delivery("loan", path, datetime(2026, 4, day, tzinfo=UTC))
        for day, path in enumerate(paths, start=1)
    ]
    with Nursery(settings.data, deliveries, into_graph=False) as started:
        yield started


def test_a_full_disk_changes_nothing(settings: Settings, nursery: Nursery) -> None:
    said = set()
    for largest in (1_500, 20_000, 150_000, 1_000_000):
        life = nursery.run(largest_file=largest)
        said.add(life.refused)
        log = FactLog(settings.log_dir)
        assert log.verify() == []
        assert len(held(settings)) == ROWS * len(log.batches())
    # the store of the ledger and the temporary folder have both been too full, and said so
    assert {"operations_unavailable", "temporary_unwritable"} <= said
    life = nursery.run()
    assert (life.killed, life.refused) == (False, None)
    assert len(held(settings)) == len(set(held(settings))) == 2 * ROWS


def test_a_dry_run_tells_what_ingest_does_and_writes_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    def files() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in settings.data.rglob("*") if p.is_file()}

    path = loans(tmp_path / "一.csv", "J1")
    # before anything was ever taken in
    seen = ingest.preview("loan", [path], settings=settings)
    assert not settings.data.exists()
    assert (seen.batches[0].accepted, seen.decisions) == (1, ())
    take(settings, path)
    party = FactLog(settings.log_dir).read("BORROWED")["from_key"].to_pylist()[0]
    with OperationsStore(settings) as store:
        for number, whom in enumerate((party, "person:other")):
            DecisionArchive(store).keep(
                str(number).encode(), party=whom, product="小额信用贷款", verdict="符合",
                decided_at=datetime(2026, 4, 1, tzinfo=UTC),
            )  # fmt: skip
    before = files()
    later = tmp_path / "二.csv"
    # another state of the same loan, and a row that is refused
    text = HEAD + LOAN.format("J1").replace("正常,2026-01-31", "次级,2026-02-28")
    later.write_text(text + LOAN.format("J2").replace("正常", "优良"), encoding="utf-8")
    seen = ingest.preview("loan", [later, path], settings=settings)
    assert files() == before
    told = seen.batches[0]
    assert (told.accepted, told.unchanged, told.quarantined, told.position) == (1, 0, 1, None)
    # the loan changed, its borrower's decision is concerned; the other one's is not.  Of a record
    # that lacks its inputs and rules nobody can say whether it turns
    assert [(item.decision.party, item.flips) for item in seen.decisions] == [(party, None)]
    assert (seen.batches[1].accepted, seen.batches[1].unchanged) == (0, 1)
    done = take(settings, later).batches[0]
    assert (done.asserted, done.closed, done.findings) == (
        told.asserted,
        told.closed,
        told.findings,
    )
    with pytest.raises(XinnongError):
        ingest.preview("loan", [tmp_path / "无.csv"], settings=settings)
