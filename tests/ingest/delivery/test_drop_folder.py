"""What is dropped into a folder is taken in once, moved away, and explained where it is wrong."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from graph.log import FactLog
from graph.operations import Ledger, OperationsStore, lease
from graph.settings import Settings
from graph.time import today
from ingest.delivery.drop_folder import DONE, REFUSED, Arrival, DropFolder

HEAD = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
        "到期日期,贷款余额（万元）,五级分类,数据日期\n")  # fmt: skip
LOAN = (
    "C1402610305001,样本行,{},张三,61032219750315001X,0.2,2026-01-05,2027-01-05,0.2,{},2026-01-31\n"
)


@pytest.fixture
def dropped(tmp_path: Path) -> DropFolder:
    (tmp_path / "drop").mkdir()
    return DropFolder(tmp_path / "drop", Settings(data=tmp_path / "data"), settle_s=0)


def put(dropped: DropFolder, name: str, text: str = HEAD + LOAN.format("J1", "正常")) -> Path:
    path = dropped.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def told(arrivals: list[Arrival]) -> list[tuple[str, str | None, str]]:
    return [
        (item.name, item.source, item.moved_to.parts[-3] if item.moved_to else "")
        for item in arrivals
    ]


def sheet(path: Path) -> list[list[object]]:
    with CalamineWorkbook.from_path(str(path)) as book:
        return book.get_sheet_by_index(0).to_python()


def lying(dropped: DropFolder, folder: str) -> set[str]:
    place = dropped.folder / folder / today().isoformat()
    return {path.name for path in place.glob("*")}


def test_a_folder_or_a_name_says_the_source(dropped: DropFolder) -> None:
    put(dropped, "loan/一.csv")
    put(dropped, "担保合同.csv", "借据编号,担保合同号\n")
    put(dropped, "随手.csv")
    put(dropped, "~$一.csv")
    put(dropped, ".hidden.csv")
    put(dropped, "半.csv.part")
    found = list(dropped.take())
    assert told(found) == [
        ("随手.csv", None, REFUSED),
        ("一.csv", "loan", DONE),
        ("担保合同.csv", "guarantee", REFUSED),
    ]
    assert lying(dropped, DONE) == {"一.csv"}
    assert lying(dropped, REFUSED) == {
        "随手.csv", "随手.csv.原因.txt", "担保合同.csv", "担保合同.csv.原因.txt",
    }  # fmt: skip
    reason = dropped.folder / REFUSED / today().isoformat() / "随手.csv.原因.txt"
    assert "认不出是哪个来源" in reason.read_text(encoding="utf-8-sig")
    assert list(dropped.take()) == []
    assert dropped.is_empty()  # but for what others are still writing


def test_refused_rows_come_back_with_the_reason(dropped: DropFolder) -> None:
    put(dropped, "loan/一.csv", HEAD + LOAN.format("J1", "正常") + LOAN.format("J2", "=优良"))
    (arrived,) = dropped.take()
    assert arrived.report is not None and arrived.report.quarantined == 1
    assert lying(dropped, DONE) == {"一.csv"}
    errors = dropped.folder / REFUSED / today().isoformat() / "一.csv.错误明细.xlsx"
    told = [cell for row in sheet(errors) for cell in row]
    assert "一.csv 第 3 行" in told and "J2" in told
    # the same file dropped again is no second batch, and is explained again
    put(dropped, "loan/一.csv", HEAD + LOAN.format("J1", "正常") + LOAN.format("J2", "=优良"))
    (again,) = dropped.take()
    assert again.moved_to is not None and again.moved_to.name == "一-2.csv"
    assert lying(dropped, REFUSED) == {"一.csv.错误明细.xlsx", "一.csv.错误明细-2.xlsx"}
    assert len(FactLog(dropped.settings.log_dir).batches()) == 1


def test_a_file_still_being_written_is_waited_for(dropped: DropFolder) -> None:
    dropped.settle_s = 0.3
    path = put(dropped, "loan/一.csv", HEAD)
    assert list(dropped.take()) == []
    time.sleep(0.4)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(LOAN.format("J1", "正常"))
    assert list(dropped.take()) == []
    time.sleep(0.4)
    (arrived,) = dropped.take()
    assert arrived.report is not None and arrived.report.rows_in == 1


def test_what_another_run_holds_is_tried_again(dropped: DropFolder) -> None:
    path = put(dropped, "loan/一.csv")
    with (
        OperationsStore(dropped.settings) as store,
        lease(store, dropped.settings, "loan", wait_s=0),
    ):
        (arrived,) = dropped.take()
        assert arrived.moved_to is None
        assert f"进程 {os.getpid()}" in arrived.message_zh
        assert path.exists()
    assert told(list(dropped.take())) == [("一.csv", "loan", DONE)]


def test_killed_before_it_was_moved_it_is_moved_now(dropped: DropFolder) -> None:
    put(dropped, "loan/一.csv")
    list(dropped.take())
    # as if the move had not happened any more
    done = dropped.folder / DONE / today().isoformat() / "一.csv"
    done.rename(dropped.folder / "loan" / "一.csv")
    (arrived,) = dropped.take()
    assert arrived.report is not None and arrived.report.position is None
    assert lying(dropped, DONE) == {"一.csv"}
    with OperationsStore(dropped.settings) as store:
        assert [item.state for item in Ledger(store).deliveries()] == ["committed"]
