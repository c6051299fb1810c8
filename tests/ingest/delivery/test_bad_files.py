"""One bad file never stops those behind it: sent, dropped or named on one line; whatever its name."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_files import FILES
from receiving import receiving
from waiting import until

import ingest.delivery.inbox
import ingest.plan
from graph.encoding import encode
from graph.errors import InputError
from graph.log import FactLog
from graph.settings import Settings
from ingest import Report
from ingest.delivery.drop_folder import DONE, REFUSED, DropFolder
from ingest.delivery.inbox import Inbox
from ingest.delivery.upload import Upload
from ingest.dry_run import preview
from ingest.pipeline import ingest as take_in

HEAD = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
        "到期日期,贷款余额（万元）,五级分类,数据日期\n")  # fmt: skip
LOAN = "C1402610305001,样本行,{},张三,61032219750315001X,0.2,2026-01-05,2027-01-05,0.2,正常,2026-01-31\n"


def loan(number: str) -> bytes:
    return (HEAD + LOAN.format(number)).encode()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def inbox(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    def without_graph(*arguments: object, **named: object) -> Report:
        return take_in(*arguments, **named, into_graph=False)  # type: ignore[arg-type]

    monkeypatch.setattr(ingest.delivery.inbox, "ingest", without_graph)
    with receiving(settings) as opened:
        yield opened


def finished(inbox: Inbox, name: str) -> Upload:
    while (found := inbox.find(name)).state not in {"done", "failed"}:
        time.sleep(0.02)
    return found


def put(folder: Path, name: str | bytes, content: bytes) -> Path:
    path = folder / os.fsdecode(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def unforeseen(*_: object, **__: object) -> None:
    raise ZeroDivisionError("61032219750315001X")


def test_the_files_behind_a_bad_one_are_taken_in(tmp_path: Path, settings: Settings) -> None:
    files = [
        put(tmp_path, "a.csv", loan("J1")),
        put(tmp_path, "b.xlsx", FILES["far-cell.xlsx"]()),
        tmp_path / "nowhere.csv",
        put(tmp_path, "d.csv", loan("J2")),
    ]
    seen = preview("loan", files, settings=settings)
    report = take_in("loan", files, settings=settings, into_graph=False)
    for told in (seen, report):
        assert [item.file_name for item in told.batches] == ["a.csv", "d.csv"]
        assert [item.file_name for item in told.refused] == ["b.xlsx", "nowhere.csv"]
        json.dumps(encode(told))
    assert [batch.file_name for batch in FactLog(settings.log_dir).batches()] == ["a.csv", "d.csv"]
    with pytest.raises(InputError, match=r"b\.xlsx"):  # where nothing is taken, it is an error
        take_in("loan", files[1:3], settings=settings, into_graph=False)


def test_what_nobody_foresaw_refuses_its_file(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(ingest.plan, "check", unforeseen)
        with pytest.raises(InputError) as refused:
            take_in("loan", [put(tmp_path, "a.csv", loan("J1"))], settings=settings)
    assert refused.value.cause_code == "file_unforeseen"
    assert "ZeroDivisionError at test_bad_files.py" in refused.value.message_en
    assert "61032219750315001X" not in str(refused.value)


def test_a_watched_folder_goes_on(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "drop"
    put(folder, "loan/一.xlsx", FILES["far-cell.xlsx"]())
    put(folder, b"loan/\xff\n[b].csv", b"\xff\xff")
    put(folder, "loan/" + "长" * 83 + ".csv", b"x")
    put(folder, "loan/" + "好" * 83 + ".csv", loan("J1") + LOAN.format("J2").replace("0.2,", "?,", 1).encode())  # fmt: skip
    put(folder, "loan/末.csv", loan("J3"))
    dropped = DropFolder(folder, settings, settle_s=0)
    arrived = list(dropped.take())
    assert len(arrived) == 5 and dropped.is_empty()
    for each in arrived:
        (each.name + each.message_zh).encode()
        assert each.moved_to is not None and each.moved_to.exists()
    assert sum(each.report is not None for each in arrived) == 2
    reasons = [p.name for p in (folder / REFUSED).rglob("*") if p.name.endswith(".原因.txt")]
    assert len(reasons) == 3
    assert [batch.source for batch in FactLog(settings.log_dir).batches()] == ["loan", "loan"]
    # dropped once more under the longest name: there is a name for it
    put(folder, "loan/" + "长" * 83 + ".csv", b"y")
    (again,) = dropped.take()
    assert again.moved_to is not None and again.moved_to.name.endswith("-2.csv")


def test_a_file_that_cannot_be_moved_away_is_told_once(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "drop"
    stuck = put(folder, "loan/一.csv", b"x")
    put(folder, "loan/二.csv", loan("J1"))
    rename = Path.rename

    def not_this_one(path: Path, to: Path) -> Path:
        if path == stuck:
            raise PermissionError("read-only")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", not_this_one)
    dropped = DropFolder(folder, settings, settle_s=0)
    first, second = dropped.take()
    assert first.moved_to is None and "移不走" in first.message_zh
    assert second.moved_to is not None and second.moved_to.parts[-3] == DONE
    assert list(dropped.take()) == [] and dropped.is_empty()
    stuck.write_bytes(loan("J2"))  # when it is another file, it is tried again
    (changed,) = dropped.take()
    assert changed.report is not None and changed.moved_to is None


def test_an_upload_ends_whatever_it_is(
    inbox: Inbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, content in (
        ("a.xlsx", FILES["far-cell.xlsx"]()),
        ("../../\udcff\x00" + "长" * 300 + ".csv", b"\xff\xff"),
        ("7", b"x"),
    ):
        for trial in (True, False):
            sent = inbox.receive_file("loan", name, io.BytesIO(content), trial=trial)
            ended = finished(inbox, sent.id)
            assert ended.state == "failed"
            assert "请" in json.loads(ended.result or "")["message_zh"]
    good = inbox.receive_file("loan", "C:\\报表\\12.csv", io.BytesIO(loan("J1")))
    assert finished(inbox, good.id).state == "done" and good.file_name == "12.csv"
    uploads = settings.data / "uploads"
    until(lambda: not [path for path in uploads.rglob("*") if path.is_file()])


def test_a_panic_does_not_leave_an_upload_running(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Panic(BaseException):
        pass

    def panics(*_: object, **__: object) -> None:
        raise Panic

    with monkeypatch.context() as patched:
        patched.setattr(ingest.delivery.inbox, "ingest", panics)
        sent = inbox.receive_file("loan", "a.csv", io.BytesIO(loan("J1")))
        assert finished(inbox, sent.id).state == "failed"
    sent = inbox.receive_file("loan", "b.csv", io.BytesIO(loan("J2")))
    assert finished(inbox, sent.id).state == "done"


def test_what_ends_the_service_each_time_is_not_begun_for_ever(
    inbox: Inbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(settings.data / "uploads" / "x", "a.csv", b"x")
    for _ in range(5):
        ingest.delivery.inbox._count_beginning(path)
    with pytest.raises(InputError) as refused:
        ingest.delivery.inbox._count_beginning(path)
    assert refused.value.cause_code == "file_unforeseen"
