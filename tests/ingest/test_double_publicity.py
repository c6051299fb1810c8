"""The planted permits, penalties and acts of the sample district are found exactly, and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from graph.log import FactLog
from graph.moment import Moment
from graph.settings import Settings
from ingest import ingest
from ingest.report import BatchReport
from ingest.sample import write_district, write_registers
from ingest.sample.public_records import District
from ingest.sample.public_records.double_publicity import FILES, plant
from ingest.sample.public_records.writing import write_table
from queries.district import DistrictReader
from queries.lawful import why_not_published
from queries.runs import Runs
from queries.scope import ADMINISTRATOR
from queries.unknown_subjects import unknown_subjects


@dataclass(frozen=True)
class Taken:
    """The district's registers and the planted files, taken in."""

    log: FactLog
    truth: dict[str, Any]
    reports: tuple[BatchReport, ...]

    def reader(self) -> DistrictReader:
        stores: Any = SimpleNamespace(log=self.log, runs=Runs())
        return DistrictReader(stores, Moment.of(self.log.batches()), ADMINISTRATOR)


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    folder = tmp_path_factory.mktemp("district")
    write_district(folder, persons=1_000)
    write_registers(folder)
    planted = plant(District(folder, 20260401, "double_publicity"))
    for name, table in planted.tables.items():
        write_table(folder / name, table)
    settings = Settings(data=tmp_path_factory.mktemp("data"))

    def take(source: str, name: str) -> tuple[BatchReport, ...]:
        return ingest(source, [folder / name], settings=settings, into_graph=False).batches

    take("enterprise", "企业登记.xlsx")
    reports = tuple(report for source, name in FILES for report in take(source, name))
    truth = json.loads(json.dumps(planted.truth, default=str))
    return Taken(FactLog(settings.log_dir), truth, reports)


def test_the_refused_rows_are_those_planted(taken: Taken) -> None:
    found = {
        report.file_name: sorted(
            [item.row, item.code] for item in report.findings if item.severity == "error"
        )
        for report in taken.reports
        if report.quarantined
    }
    assert found == taken.truth["refused"]
    assert all(x.rows_in == x.accepted + x.unchanged + x.quarantined for x in taken.reports)


def test_a_decision_in_both_editions_is_one_record(taken: Taken) -> None:
    numbers = [row["document_no"] for row in taken.log.read("Permit").to_pylist()]
    assert len(numbers) == len({*numbers})
    editions = {row["document_no"]: row["edition"] for row in taken.log.read("Permit").to_pylist()}
    told_last = [number for number, edition in editions.items() if edition == "2016"]
    assert sorted(told_last) == sorted(taken.truth["in_both_editions"])


def test_a_penalty_of_2016_has_all_its_classes_and_its_body(taken: Taken) -> None:
    old = [row for row in taken.log.read("Penalty").to_pylist() if row["edition"] == "2016"]
    assert {row["penalty_kinds"] for row in old} == {"罚款；警告；没收违法所得、没收非法财物"}
    decided = {row["from_key"] for row in taken.log.read("DECIDED_BY").to_pylist()}
    assert {row["key"] for row in old} <= decided


def test_who_no_register_knows_is_listed_and_nobody_else(taken: Taken) -> None:
    found = unknown_subjects(taken.reader())
    assert [each.code for each in found.subjects] == taken.truth["unknown_subjects"]
    told = [
        item for report in taken.reports for item in report.findings
        if item.code == "subject_unknown"
    ]  # fmt: skip
    assert len(told) == len(taken.truth["unknown_subjects"])
    assert {item.platform for item in told} == {"1001 未查询到主体或查询到的主体信息不匹配"}
    assert all("登记" in item.message_zh and "核对" in item.message_zh for item in told)


def test_the_list_empties_when_the_register_tells_of_them(taken: Taken, tmp_path: Path) -> None:
    """In a log of its own, in which one of them is registered."""
    first, *others = taken.truth["unknown_subjects"]
    settings = Settings(data=tmp_path)
    head = "统一社会信用代码,企业名称,登记状态,成立日期,法定代表人,法定代表人证件号码\n"
    permit = (
        "行政相对人名称,行政相对人类别,行政相对人代码_1（统一社会信用代码）,行政许可决定文书名称,"
        "行政许可决定文书号,许可类别,许可内容,许可决定日期,有效期自,有效期至,许可机关,许可机关统一社会信用代码\n"
        + "".join(
            f"样例未登记企业{code[-3:]}有限公司,法人及非法人组织,{code},许可证,X{code},普通,销售,2026-01-05,"
            "2026-01-05,长期,凤翔区市场监督管理局,116103050160001M1M\n"
            for code in (first, *others)
        )
    )  # fmt: skip
    line = "{},样例企业有限公司,存续,2020-01-01,张小军,610322200102129011\n"

    def take(source: str, name: str, text: str) -> list[str]:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        ingest(source, [path], settings=settings, into_graph=False)
        log = FactLog(settings.log_dir)
        reader = DistrictReader(
            cast(Any, SimpleNamespace(log=log, runs=Runs())),
            Moment.of(log.batches()),
            ADMINISTRATOR,
        )
        found = unknown_subjects(reader)
        waiting = [each.code for each in found.subjects]
        assert found.without_register.get("Enterprise", 0) == (0 if source == "enterprise" else 3)
        return waiting

    # before any register came nobody can say who is unknown
    assert take("administrative_decision", "许可.csv", permit) == []
    some = head + line.format("91610305MA9T00018F")
    assert take("enterprise", "企业登记-1.csv", some) == [first, *others]
    assert take("enterprise", "企业登记-2.csv", head + line.format(first)) == others


def test_what_is_not_published_is_what_was_planted(taken: Taken) -> None:
    reader = taken.reader()
    found = {
        row["document_no"]: why.code
        for kind in ("Permit", "Penalty", "AdministrativeAct")
        for row in reader.whenever(kind).to_pylist()
        if (why := why_not_published(kind, row, reader.moment.lawful_on))
    }
    assert found == taken.truth["not_published"]


def test_every_class_came_and_the_findings_of_inspections_stand_apart(taken: Taken) -> None:
    acts = {row["key"]: row for row in taken.log.read("AdministrativeAct").to_pylist()}
    assert {row["act_class"] for row in acts.values()} == {
        "confirmation", "coercion", "adjudication", "reward", "inspection", "levy", "payment",
    }  # fmt: skip
    results = taken.log.read("InspectionResult").to_pylist()
    assert len(results) == sum(row["act_class"] == "inspection" for row in acts.values())
    assert sorted(
        acts[row["key"]]["document_no"] for row in results if row["result"] == "problem_found"
    ) == sorted(taken.truth["inspections_with_a_finding"])
