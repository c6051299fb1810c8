"""The sample district through the whole of ingest: nothing lost, everything planted is named."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

import ingest
from graph.log import FactLog
from graph.settings import Settings
from ingest.sample import steps, write_district
from ingest.sample.people import invent_people


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("district")
    write_district(folder, persons=1_000)
    return folder


def digests(folder: Path) -> dict[str, str]:
    """Hash of every file below a folder, pending and lock files left out."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def test_same_seed_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_district(tmp_path, persons=1_000)
    assert digests(tmp_path) == digests(folder)
    write_district(tmp_path, persons=1_000, seed=7)
    assert digests(tmp_path) != digests(folder)


def test_households_are_headed_by_women_and_men() -> None:
    made = invent_people(np.random.default_rng(5), 2_000, np.array(["610305100200"])).members
    # the seventeenth digit of a resident id is odd for men (GB 11643-1999)
    is_man = made["公民身份号码"].str[16].astype(int) % 2 == 1
    heads = made["与户主关系"] == "户主"
    assert 0.15 < 1 - is_man[heads].mean() < 0.25
    head_is_man = dict(zip(made["户号"][heads], is_man[heads], strict=True))
    spouses = made["与户主关系"] == "配偶"
    pairs = zip(made["户号"][spouses], is_man[spouses], strict=True)
    assert all(male != head_is_man[number] for number, male in pairs)
    assert set(made["与户主关系"][is_man]) == {"户主", "配偶", "子"}
    assert set(made["与户主关系"][~is_man]) == {"户主", "配偶", "女"}


def test_every_planted_error_is_refused_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    settings = Settings(data=tmp_path)
    for source, path in steps(folder):
        report = ingest.ingest(source, [path], settings=settings, into_graph=False).batches[0]
        assert report.rows_in == truth["rows"][path.name]
        assert report.quarantined == truth["quarantined"].get(path.name, 0), path.name
        errors = [item for item in report.findings if item.severity == "error"]
        assert len({item.row for item in errors}) == report.quarantined
        assert all(item.message_zh and item.column for item in errors)
        again = ingest.ingest(source, [path], settings=settings, into_graph=False).batches[0]
        assert (again.position, again.accepted, again.quarantined) == (None, 0, report.quarantined)
    log = FactLog(settings.log_dir)
    assert log.verify() == []
    assert len(log.batches()) == 9


def test_a_later_file_succeeds_and_corrects(tmp_path: Path, folder: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    for source, path in list(steps(folder))[:1]:
        ingest.ingest(source, [path], settings=settings, into_graph=False)
    head = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
            "到期日期,贷款余额（万元）,五级分类,数据日期\n")  # fmt: skip
    row = "C1402610305001,样本行,J1,张三,61032219750315901{},0.2,2026-01-05,2027-01-05,{},{},{}\n"
    from graph.identifiers import resident_id

    check = resident_id.complete("61032219750315901")[-1]
    for name, balance, kind, day in (
        ("a", "0.2", "正常", "2026-01-31"),
        ("b", "0.1", "关注", "2026-02-28"),
        ("c", "0.1", "次级", "2026-02-28"),
    ):
        path = tmp_path / f"贷款{name}.csv"
        path.write_text(head + row.format(check, balance, kind, day), encoding="utf-8-sig")
        ingest.ingest("loan", [path], settings=settings, into_graph=False)
    log = FactLog(settings.log_dir)
    held = sorted(
        (str(r["valid_from"]), str(r["valid_to"]), r["balance_fen"], r["loan_class"])
        for r in log.read("LoanState").to_pylist()
    )
    # the second statement succeeds the first, the third corrects the second
    assert held == [
        ("2026-01-31", "2026-02-28", 200_000, "pass"),
        ("2026-02-28", "None", 100_000, "substandard"),
    ]
    # what had been known before is still what was known then
    before = log.batches()[1].known_at
    then = log.read("LoanState", known_at=before).to_pylist()
    assert [(r["balance_fen"], r["valid_to"]) for r in then] == [(200_000, None)]
    assert log.read("Loan")["principal_fen"].to_pylist() == [200_000]
