"""Deliveries over the network, on the page, and from a drop folder, on a real engine."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from waiting import PATIENCE, until

from graph.connection import connect
from graph.operations import OperationsStore
from graph.settings import Settings
from graph.time import today
from ingest.delivery.drop_folder import DONE, REFUSED
from ingest.sample import steps, write_district

XINNONG = str(Path(sys.executable).parent / "xinnong")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("district")
    write_district(folder, persons=1_000)
    return dict(steps(folder))


def send(clerk: TestClient, source: str, path: Path, chunk: int, chunks: int) -> dict[str, Any]:
    content = path.read_bytes()
    size = -(-len(content) // chunks)
    piece = content[(chunk - 1) * size : chunk * size]
    answer = clerk.post(
        "/v1/batches",
        data={
            "source": source, "sha256": hashlib.sha256(content).hexdigest(),
            "chunk": chunk, "chunks": chunks,
            "chunk_sha256": hashlib.sha256(piece).hexdigest(),
        },
        files={"content": (path.name, piece)},
    )  # fmt: skip
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def finished(clerk: TestClient, name: str) -> dict[str, Any]:
    while (told := clerk.get(f"/v1/batches/{name}").json())["state"] not in {"done", "failed"}:
        time.sleep(0.1)
    return dict(told)


def test_a_file_in_pieces_becomes_a_batch(clerk: TestClient, files: dict[str, Path]) -> None:
    told = send(clerk, "regions", files["regions"], 2, 2)
    assert (told["state"], told["received"]) == ("receiving", [2])
    done = finished(clerk, send(clerk, "regions", files["regions"], 1, 2)["id"])
    assert done["state"] == "done"
    assert done["result"]["batches"][0]["quarantined"] == 0
    assert done["result"]["projected"] == 1
    # what was uploaded answers questions
    assert clerk.get("/readyz").json() == {"status": "ok", "graph_position": 1, "log_position": 1}
    ledger = clerk.get("/v1/batches").json()
    assert [(item["batch"], item["state"]) for item in ledger] == [(done["id"], "done")]


def test_problems_are_problems(clerk: TestClient, files: dict[str, Path]) -> None:
    assert clerk.get("/v1/batches/none").json()["code"] == "batch_unknown"
    sha256 = hashlib.sha256(b"x").hexdigest()
    for changed, status, code in (
        ({"source": "nobody"}, 404, "source_unknown"),
        ({"sha256": "short"}, 422, "request_malformed"),
        ({"chunk": 3, "chunks": 2}, 400, "chunk_number"),
        ({"chunk_sha256": "0" * 64}, 400, "digest_mismatch"),
        ({"part": "1/2"}, 400, "part_number"),
    ):
        data = {"source": "loan", "sha256": sha256, **changed}
        answer = clerk.post("/v1/batches", data=data, files={"content": ("a.csv", b"x")})
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_refused_file_and_freshness_are_on_the_page(
    clerk: TestClient, files: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "贷款.csv"
    path.write_bytes(b"<html>403</html>")
    done = finished(clerk, send(clerk, "loan", path, 1, 1)["id"])
    assert (done["state"], done["result"]["code"]) == ("failed", "web_page")
    fresh = {item["source"]: item for item in clerk.get("/v1/freshness").json()}
    assert fresh["regions"]["age_days"] == 0
    assert (fresh["loan"]["last_at"], fresh["loan"]["failed_file"]) == (None, "贷款.csv")
    page = clerk.get("/deliveries").text
    assert "行政区划.csv" in page and "贷款.csv 未通过" in page and "完成" in page


def test_watch(office: Settings, files: dict[str, Path], tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    (drop / "loan").mkdir(parents=True)
    (drop / "loan" / "坏.csv").write_bytes(b"<html>403</html>")
    (drop / files["farmer_household"].name).write_bytes(files["farmer_household"].read_bytes())
    environment = {
        **os.environ, "XINNONG_DATA": str(office.data), "XINNONG_ENGINE_HEAP_MB": "512",
        "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    with subprocess.Popen(
        [XINNONG, "watch", str(drop), "--settle", "0.2"],
        env=environment, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    ) as child:  # fmt: skip
        day = today().isoformat()
        awaited = [
            drop / DONE / day / files["farmer_household"].name,
            drop / REFUSED / day / f"{files['farmer_household'].name}.错误明细.xlsx",
            drop / REFUSED / day / "坏.csv.原因.txt",
        ]
        until(lambda: all(path.exists() for path in awaited), by=child)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=PATIENCE)
        assert child.returncode == 130, said
    assert list((drop / "loan").iterdir()) == []
    # Ctrl-C may come before the graph has it; the next run brings it up
    ended = subprocess.run([XINNONG, "watch", str(drop), "--once"], env=environment, check=True)
    assert ended.returncode == 0
    with connect(office, owned=True) as graph:
        assert graph.read("MATCH (h:Household) RETURN count(h) AS n").rows[0]["n"] > 200
    told = subprocess.run(
        [XINNONG, "freshness", "--json"], env=environment, check=True, capture_output=True
    ).stdout
    fresh = {item["source"]: item for item in json.loads(told)}
    assert fresh["farmer_household"]["quarantined"] == 3
    # and a dry run of the same file changes nothing
    preview = subprocess.run(
        [XINNONG, "ingest", "farmer_household", str(files["farmer_household"]), "--dry-run"],
        env=environment, check=True, capture_output=True,
    ).stdout  # fmt: skip
    assert "没有写入任何内容" in preview.decode()


def test_a_service_opens_its_store_once(
    clerk: TestClient, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is received, tried, withdrawn, searched for or judged uses the store that is open."""
    # in the parts in which it was sent before, if it was
    send(clerk, "regions", files["regions"], 2, 2)
    for source, parts in (("regions", 2), ("farmer_household", 1)):
        sent = send(clerk, source, files[source], 1, parts)
        assert finished(clerk, sent["id"])["state"] == "done"
    ledger = clerk.get("/v1/batches").json()
    batch = next(item["batch"] for item in ledger if item["source"] == "farmer_household")

    def opened(*_given: object, **_more: object) -> None:
        raise AssertionError("the store was opened again")

    monkeypatch.setattr(OperationsStore, "__init__", opened)
    told = clerk.post(
        "/send",
        data={"action": "try", "source": "farmer_household"},
        files={"content": ("农户信息.csv", files["farmer_household"].read_bytes())},
    )
    assert told.status_code == 200
    assert finished(clerk, told.url.path.rpartition("/")[2])["state"] == "done"
    for path in ("/deliveries", f"/deliveries/{batch}", "/identity", "/v1/freshness",
                 "/v1/identity/queue", "/v1/identity/clusters", "/decisions", "/products"):  # fmt: skip
        assert clerk.get(path).status_code == 200, path
    assert clerk.post("/identity/candidates").status_code == 200
    dry = {"by": "张三", "reason": "送错了", "dry_run": True}
    assert clerk.post(f"/v1/batches/{batch}/withdrawal", json=dry).json()["state"] == "possible"
    wet = clerk.post(f"/v1/batches/{batch}/withdrawal", json={**dry, "dry_run": False})
    assert wet.json()["state"] == "withdrawn"
