"""Files sent in pieces: put together, checked, taken in once, whatever is repeated or killed."""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from receiving import receiving
from waiting import until

import ingest.delivery.inbox
from graph.errors import InputError, NotFoundError
from graph.log import FactLog
from graph.settings import Settings
from graph.time import utc_now
from ingest import Report
from ingest.delivery.inbox import Inbox
from ingest.delivery.upload import Upload
from ingest.pipeline import ingest as take_in
from ingest.withdrawal import withdraw

HEAD = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
        "到期日期,贷款余额（万元）,五级分类,数据日期\n")  # fmt: skip
LOAN = "C1402610305001,样本行,J1,张三,61032219750315001X,0.2,2026-01-05,2027-01-05,0.2,正常,2026-01-31\n"
FILE = (HEAD + LOAN).encode()
SHA256 = hashlib.sha256(FILE).hexdigest()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    def without_graph(*arguments: object, **named: object) -> Report:
        return take_in(*arguments, **named, into_graph=False)  # type: ignore[arg-type]

    monkeypatch.setattr(ingest.delivery.inbox, "ingest", without_graph)
    return Settings(data=tmp_path)


@pytest.fixture
def inbox(settings: Settings) -> Iterator[Inbox]:
    with receiving(settings) as opened:
        yield opened


def send(inbox: Inbox, chunk: int, chunks: int = 3, content: bytes = FILE) -> Upload:
    size = -(-len(content) // chunks)
    piece = content[(chunk - 1) * size : chunk * size]
    return inbox.receive("loan", "贷款.csv", SHA256, piece, chunk=chunk, chunks=chunks)


def finished(inbox: Inbox, name: str) -> Upload:
    while (found := inbox.find(name)).state not in {"done", "failed"}:
        time.sleep(0.02)
    return found


def test_pieces_in_any_order_make_one_batch(inbox: Inbox, settings: Settings) -> None:
    assert send(inbox, 3).state == "receiving"
    assert send(inbox, 3).state == "receiving"
    assert inbox.received(send(inbox, 1)) == [1, 3]
    done = finished(inbox, send(inbox, 2).id)
    assert done.id == f"loan-{SHA256[:16]}"
    (batch,) = FactLog(settings.log_dir).batches()
    assert (batch.batch, batch.file_name) == (done.id, "贷款.csv")
    assert json.loads(done.result or "")["batches"][0]["accepted"] == 1
    # nothing of the file is kept
    until(lambda: not any((settings.data / "uploads").rglob("*.csv")))
    assert not any((settings.data / "uploads").rglob("*.csv"))
    assert send(inbox, 1).state == "done"
    assert len(FactLog(settings.log_dir).batches()) == 1


def test_what_is_not_as_promised_is_dropped(inbox: Inbox, settings: Settings) -> None:
    with pytest.raises(InputError) as caught:
        inbox.receive("loan", "a.csv", SHA256, FILE, chunk_sha256="0" * 64)
    assert caught.value.cause_code == "digest_mismatch"
    send(inbox, 1, 2)
    with pytest.raises(InputError) as caught:
        send(inbox, 2, 2, FILE[:-1] + b"x")
    assert caught.value.cause_code == "digest_mismatch"
    assert inbox.received(inbox.find(f"loan-{SHA256[:16]}")) == []
    # and it can be sent again
    send(inbox, 1, 2)
    assert finished(inbox, send(inbox, 2, 2).id).state == "done"


@pytest.mark.parametrize(
    ("chunk", "chunks", "digest", "code"),
    [
        (0, 1, SHA256, "chunk_number"),
        (2, 1, SHA256, "chunk_number"),
        (1, 10_000, SHA256, "chunk_number"),
        (1, 1, "x", "digest"),
    ],
)
def test_what_makes_no_sense_is_refused(
    inbox: Inbox, chunk: int, chunks: int, digest: str, code: str
) -> None:
    with pytest.raises(InputError) as caught:
        inbox.receive("loan", "a.csv", digest, FILE, chunk=chunk, chunks=chunks)
    assert caught.value.cause_code == code
    with pytest.raises(NotFoundError):
        inbox.receive("nobody", "a.csv", SHA256, FILE)


def test_a_file_name_leads_nowhere(inbox: Inbox, settings: Settings) -> None:
    upload = inbox.receive("loan", "../../..\\..\\secrets.csv", SHA256, FILE)
    assert upload.file_name == "secrets.csv"
    assert finished(inbox, upload.id).state == "done"


def test_a_refused_file_says_why(inbox: Inbox) -> None:
    page = b"<html>403 Forbidden</html>"
    upload = inbox.receive("loan", "a.csv", hashlib.sha256(page).hexdigest(), page)
    done = finished(inbox, upload.id)
    assert done.state == "failed"
    assert json.loads(done.result or "")["code"] == "web_page"


def test_what_a_killed_service_left_is_done_by_the_next(settings: Settings) -> None:
    with receiving(settings) as first:
        send(first, 1)
        send(first, 2)
        # killed after the last piece was put, before the work was done
        first._runner.close()
        first._put(first.find(f"loan-{SHA256[:16]}"), 3, FILE[2 * -(-len(FILE) // 3) :])
        first._join(first.find(f"loan-{SHA256[:16]}"))
        first._runner.jobs.wait(f"loan-{SHA256[:16]}")
        assert first._runner.jobs.run(f"loan-{SHA256[:16]}")
    with receiving(settings) as second:
        assert finished(second, f"loan-{SHA256[:16]}").state == "done"
    assert len(FactLog(settings.log_dir).batches()) == 1


def test_what_was_never_finished_is_dropped(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving(settings) as first:
        send(first, 1)
    with receiving(settings) as second:
        assert second.find(f"loan-{SHA256[:16]}").state == "receiving"
    later = utc_now() + timedelta(days=8)
    monkeypatch.setattr(ingest.delivery.inbox, "utc_now", lambda: later)
    with receiving(settings) as third:
        assert third.find(f"loan-{SHA256[:16]}").state == "failed"
    assert not any(path.is_file() for path in (settings.data / "uploads").rglob("*"))


def test_a_file_whose_batch_was_withdrawn_is_taken_in_again(
    inbox: Inbox, settings: Settings
) -> None:
    name = inbox.receive("loan", "贷款.csv", SHA256, FILE).id
    assert finished(inbox, name).state == "done"
    withdraw(name, reason="送错了", by="李四", settings=settings, into_graph=False)
    log = FactLog(settings.log_dir)
    assert len(log.read("Loan")) == 0
    # in pieces: the second piece does not begin it once more
    send(inbox, 2, 2)
    assert inbox.received(send(inbox, 2, 2)) == [2]
    done = finished(inbox, send(inbox, 1, 2).id)
    assert json.loads(done.result or "")["batches"][0]["batch"] == f"{name}-2"
    assert len(log.read("Loan")) == 1
    assert inbox.receive("loan", "贷款.csv", SHA256, FILE, chunk=1, chunks=2).state == "done"
    assert len(log.batches()) == 3


def tried(inbox: Inbox, content: bytes = FILE) -> Upload:
    upload = inbox.receive_file("loan", "2026贷款.csv", io.BytesIO(content), trial=True)
    return finished(inbox, upload.id)


def test_a_trial_writes_nothing_and_can_be_accepted(inbox: Inbox, settings: Settings) -> None:
    first = tried(inbox)
    (seen,) = json.loads(first.result or "")["batches"]
    assert (seen["rows_in"], seen["accepted"], seen["position"]) == (1, 1, None)
    assert FactLog(settings.log_dir).batches() == [] and inbox.waits(first)
    accepted = finished(inbox, inbox.accept(first.id).id)
    (batch,) = FactLog(settings.log_dir).batches()
    assert (batch.batch, batch.file_name) == (accepted.id, "2026贷款.csv")
    until(lambda: not any((settings.data / "uploads").rglob("*.csv")))
    assert not any((settings.data / "uploads").rglob("*.csv"))
    # tried again it is compared with what is there now
    (again,) = json.loads(tried(inbox).result or "")["batches"]
    assert (again["accepted"], again["unchanged"]) == (0, 1)


def test_what_was_tried_is_kept_for_an_hour_at_most(
    inbox: Inbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tried(inbox)
    later = utc_now() + timedelta(minutes=61)
    monkeypatch.setattr(ingest.delivery.inbox, "utc_now", lambda: later)
    with receiving(settings):
        assert not inbox.waits(first)
    assert not any((settings.data / "uploads").rglob("*.csv"))
    with pytest.raises(InputError) as caught:
        inbox.accept(first.id)
    assert caught.value.cause_code == "trial_gone"


def test_what_was_tried_is_swept_by_time_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving(settings, sweep_s=0.02) as inbox:
        first = tried(inbox)
        time.sleep(0.1)
        assert inbox.waits(first)
        later = utc_now() + timedelta(minutes=61)
        monkeypatch.setattr(ingest.delivery.inbox, "utc_now", lambda: later)
        while inbox.waits(first):  # nobody sends, nobody looks
            time.sleep(0.02)


def test_a_stopped_service_leaves_nothing_that_was_tried(settings: Settings) -> None:
    with receiving(settings) as inbox:
        first = tried(inbox)
        assert inbox.waits(first)
    assert not any((settings.data / "uploads").iterdir())


def test_what_a_kill_left_beside_the_store_is_swept_at_the_next_start(settings: Settings) -> None:
    with receiving(settings) as inbox:
        done = finished(inbox, inbox.receive_file("loan", "贷款.csv", io.BytesIO(FILE)).id)
    left = settings.data / "uploads" / done.id
    left.mkdir()
    (left / "贷款.csv").write_bytes(FILE)  # killed between the note and the deletion
    with receiving(settings):
        assert not left.exists()


def test_pieces_and_files_are_their_owners_alone(inbox: Inbox, settings: Settings) -> None:
    send(inbox, 1)
    tried(inbox)
    found = list((settings.data / "uploads").rglob("*"))
    assert len(found) >= 4
    assert [path for path in found if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("贷款-61032219750315001X.csv", "贷款-610322_.csv"),
        # with a slip, and of fifteen digits: nobody checks what stands in a name
        ("贷款-610322197503150011.csv", "贷款-610322_.csv"),
        ("贷款-610322750315001.csv", "贷款-610322_.csv"),
        ("贷款-13812345678.csv", "贷款-138_5678.csv"),
        ("贷款-6103221975****001X.csv", "贷款-610322_.csv"),
        # documents, days and instants
        ("贷款-610322202501010001.csv", "贷款-610322202501010001.csv"),
        ("贷款-20260331123059001.csv", "贷款-20260331123059001.csv"),
    ],
)
def test_numbers_in_names_of_files_are_hidden(name: str, kept: str, inbox: Inbox) -> None:
    upload = inbox.receive_file("loan", name, io.BytesIO(FILE))
    assert upload.file_name == kept


def test_what_was_tried_can_be_dropped(inbox: Inbox, settings: Settings) -> None:
    inbox.drop(tried(inbox).id)
    assert not any((settings.data / "uploads").rglob("*.csv"))


def test_a_trial_that_is_refused_leaves_nothing(inbox: Inbox, settings: Settings) -> None:
    done = tried(inbox, b"<html>403 Forbidden</html>")
    assert (done.state, json.loads(done.result or "")["code"]) == ("failed", "web_page")
    assert not inbox.waits(done) and not any((settings.data / "uploads").rglob("*.csv"))


def test_a_whole_file_is_cut_into_pieces(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.delivery.inbox, "MAX_CHUNK", 100)
    upload = inbox.receive_file("loan", "贷款.csv", io.BytesIO(FILE))
    assert (upload.chunks, upload.content_sha256) == (-(-len(FILE) // 100), SHA256)
    assert finished(inbox, upload.id).state == "done"


def test_a_trial_that_the_store_does_not_know_is_deleted(settings: Settings) -> None:
    # the operations store was made anew, the data folder was not
    left = settings.data / "uploads" / "loan-0123456789abcdef-trial"
    left.mkdir(parents=True)
    (left / "贷款.csv").write_bytes(FILE)
    with receiving(settings) as inbox:
        assert not left.exists()
        assert tried(inbox).state == "done"
