"""What is stored and shown together never narrows an id below a hundred candidates.

A sample district is taken in, good rows and bad ones; then its ids are rebuilt by enumeration from
everything that lies in the data folder and everything that is handed out.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from clear_numbers import found_in, texts_under
from rebuilding import clues_in
from world import World

import ingest
from graph.identifiers import person_key, resident_id, tail_key
from graph.identifiers.older_masks import shortened
from graph.identifiers.redaction import redacted_key
from graph.log import FactLog
from graph.secrets import make_secrets
from graph.settings import Settings
from ingest import Quarantine, in_order, load_source
from ingest.correction.workbook import export_refused
from ingest.identity.candidates import find_candidates
from ingest.identity.record import is_provisional, read_records
from ingest.sample.district import write_district

AT_LEAST = 100
FILES = {
    "regions": "行政区划.csv", "farmer_household": "农户信息.csv", "loan": "贷款借据.csv",
    "guarantee": "担保合同.csv", "enterprise": "企业登记.xlsx", "cooperative": "农民专业合作社.xlsx",
    "judgment_defaulter": "失信被执行人.csv",
}  # fmt: skip
#: A list as courts publish it: masked by them, with the number in the text as well.
COURT = "被执行人名称,被执行人证件号码,执行法院,执行依据文号,立案时间,案号,履行情况,失信行为具体情形,发布日期,公布截止日期,移出日期\n"
LISTED = (
    "{name},{mask},样县人民法院,（2025）样民初1号,2026-01-02,（2026）样执{n}号,全部未履行,"
    "{name}（{mask}，身份证尾号{end}）拒不履行,2026-04-01,2028-04-01,\n"
)


@pytest.fixture(scope="module")
def members(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Settings, Path, list[dict[str, str]]]:
    folder = tmp_path_factory.mktemp("district")
    write_district(folder / "sent", persons=1_000, seed=7)
    settings = Settings(data=folder / "data")
    with (folder / "sent" / FILES["farmer_household"]).open(encoding="gb18030") as stream:
        people = list(csv.DictReader(stream))
    for source in in_order(list(FILES)):
        ingest.ingest(
            source, [folder / "sent" / FILES[source]], settings=settings, into_graph=False
        )
    listed = folder / "sent" / f"失信被执行人-{people[5]['公民身份号码']}.csv"
    lines = (
        LISTED.format(
            name=one["姓名"], mask=f"{number[:10]}****{number[14:]}", end=number[14:], n=n
        )
        for n, one in enumerate(people[:50])
        for number in [one["公民身份号码"]]
    )
    refused = LISTED.format(name="样某", mask=f"6103221990****{people[3]['公民身份号码'][14:]}",
                            end="104X", n=99).replace("2026-04-01", "去年")  # fmt: skip
    listed.write_text(COURT + "".join(lines) + refused, encoding="utf-8")
    report = ingest.ingest("judgment_defaulter", [listed], settings=settings, into_graph=False)
    found = report.batches[0]
    assert (found.accepted, found.quarantined) == (50, 1), (
        found.accepted,
        found.quarantined,
        [each for each in found.findings if each.severity == "error"],
    )
    return settings, folder, people


def test_no_id_of_a_district_can_be_rebuilt(
    members: tuple[Settings, Path, list[dict[str, str]]],
) -> None:
    settings, folder, people = members
    log, handed = FactLog(settings.log_dir), folder / "handed"
    stored = list(texts_under(settings.data))
    for source in FILES:
        declared = load_source(source)
        export_refused(log, Quarantine(settings.quarantine_dir), declared, handed)
    stored += texts_under(handed)
    assert any("错误明细" in where for where, _ in stored)
    clues = clues_in(text for _, text in stored)
    key = make_secrets(settings.secrets_file).identity_key
    told = {row["key"]: row for row in log.read("Person").to_pylist() if row["birth_on"]}
    fewest, counted = 1_000, 0
    for one in people:
        number = one["公民身份号码"]
        if resident_id.check(number).value is None:
            continue  # a planted fault: nobody is kept under it
        said = told.get(person_key(number, key))
        if said is None:
            continue  # its row was refused
        born, sex = said["birth_on"], said["sex"]
        # the place is in the mask, and the village would tell it anyway
        left = clues.candidates(number[:6], born, sex)
        assert said["resident_id_masked"] == f"{number[:14]}****"
        assert number in left, "the enumeration itself must be right"
        fewest, counted = min(fewest, len(left)), counted + 1
    assert counted > 900
    assert fewest >= AT_LEAST, f"an id is one of {fewest}"
    ids = [one["公民身份号码"] for one in people]
    assert found_in([each for each in ids if len(each) == 18], stored) == []


def test_the_enumeration_finds_what_was_kept_before() -> None:
    born = date(1990, 5, 10)
    assert clues_in(["610322********1046"]).candidates("610322", born, None) == [
        "610322199005101046"
    ]
    assert clues_in(["6103221990****1046"]).candidates("610322", born, "female") == [
        "610322199005101046"
    ]
    assert clues_in(["身份证尾号1046"]).candidates("610322", born, None) == ["610322199005101046"]
    assert len(clues_in(["61032219900510****"]).candidates("610322", born, "male")) == 500
    assert len(clues_in(["6101221990****1046"]).candidates("610322", born, "male")) == 500


def test_who_is_listed_under_a_mask_is_still_matched(
    members: tuple[Settings, Path, list[dict[str, str]]],
) -> None:
    """The end of a court's mask is compared by key: every listed villager is found by it."""
    settings, _, people = members
    key = make_secrets(settings.secrets_file).identity_key
    records = read_records(FactLog(settings.log_dir))
    mentions = [each for each in records if is_provisional(each.key) and each.tail_key]
    assert len(mentions) == 50, "two masks of one name are two mentions"
    probable = {
        (item.mention.name, item.mention.tail_key, item.other.key): item.probability
        for item in find_candidates(records).candidates
    }
    known = {each.key for each in records}
    compared = 0
    for one in people[:50]:
        name, number = one["姓名"], one["公民身份号码"]
        if person_key(number, key) in known:
            found = probable[name, tail_key(number[14:], key), person_key(number, key)]
            assert found > 0.9, (name, found)
            compared += 1
    assert compared > 40


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_what_is_stored_is_its_owners_alone(
    members: tuple[Settings, Path, list[dict[str, str]]],
) -> None:
    settings, _, _ = members
    for path in (settings.data, *settings.data.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


# ------------------------------------------------------------------------- logs of older versions


def test_a_log_of_before_is_read_as_it_would_be_kept_now(tmp_path: Path) -> None:
    """A log whose manifests name no key was written when masks showed the last four."""
    log = FactLog(tmp_path / "log")
    _as_before(log)
    [batch] = log.batches()
    assert batch.key == "" and batch.file_name == "农户610322************.csv"
    [person] = log.read("Person").to_pylist()
    assert person["resident_id_masked"] == "61032219900510****"
    assert person["resident_id_tail_key"] is None
    [loan] = log.read("Loan").to_pylist()
    assert loan["key"] == "loan:C1:JD610322************#1f00aa21"
    for coded in (False, True):
        [tie] = log.read("BORROWED", coded=coded).to_pylist()
        assert tie["to_key"] == loan["key"]
    [piece] = log.held("Person", rows=10, columns=["resident_id_masked"])
    assert piece["resident_id_masked"].to_pylist() == ["610322************"]
    kept = log.table(batch, "listed")
    assert kept is not None and kept["key"].to_pylist() == [loan["key"]]
    shown = [
        str(row) for kind in ("Person", "Loan", "BORROWED") for row in log.read(kind).to_pylist()
    ]
    assert len(clues_in(shown).candidates("610322", date(1990, 5, 10), "female")) >= AT_LEAST
    # what was written is left as it is, and is still whole
    assert log.verify() == []
    assert "1046" in "".join(text for _, text in texts_under(tmp_path / "log"))


def test_a_document_of_before_is_the_same_document_now() -> None:
    key = "11" * 32
    number = resident_id.complete("61032219900510104")
    now = redacted_key(f"JD{number}01", key)
    before = now.replace("************", f"********{number[14:]}")
    assert shortened(before) == now and shortened(now) == now


def _as_before(log: FactLog) -> None:
    world = World(log)
    person = ("person:" + "0" * 32, "Person")
    world.node("Person", person[0], name="样甲", sex="female", birth_on=date(1990, 5, 10),
               resident_id_masked="610322********1046")  # fmt: skip
    loan = ("loan:C1:JD610322********1046#1f00aa21", "Loan")
    world.node("Loan", loan[0], loan_no="JD610322********1046#1f00aa21")
    world.tie("BORROWED", person, loan)
    world.commit(datetime(2026, 4, 1, tzinfo=UTC))
    [folder] = log.folder.glob("0*")
    # what ingest kept beside it, and the name of the file
    path = folder / "listed.parquet"
    pq.write_table(pa.table({"key": [loan[0]]}), path)
    manifest = folder / "manifest.json"
    said = json.loads(manifest.read_text(encoding="utf-8"))
    said["file_name"] = "农户610322********1046.csv"
    said["files"]["listed"] = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "rows": 1}
    del said["key"]
    manifest.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    # nor did a log state its last batch
    (log.folder / "head.json").unlink()
