"""Rates on the page, at the route and by the command over the planted district: the truth, exactly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner
from world import World

import ingest
from api.command_line import app
from api.dependencies import services
from api.pages import rates as pages
from api.routes import rates as routes
from api.security import local_asker
from api.services import Services
from graph.errors import InputError
from graph.log import FactLog
from graph.settings import Settings
from ingest.department_rates import DepartmentRates
from ingest.sample import write_district, write_public_records
from ingest.sample.public_records import TRUTH
from ingest.sample.public_records.ledger import FILES
from queries.indicators import MEASURES
from queries.indicators.rates import STATUSES
from queries.scope import ADMINISTRATOR, Scope

AS_OF = "2026-05-20"


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("district")
    write_district(folder, persons=1_000)
    write_public_records(folder)
    settings = Settings(data=folder / "data")
    for source, name in (("enterprise", "企业登记.xlsx"), *FILES):
        ingest.ingest(source, [folder / name], settings=settings, into_graph=False)
    return folder


@pytest.fixture(scope="module")
def truth(district: Path) -> Any:
    return json.loads((district / TRUTH).read_text(encoding="utf-8"))["ledger"]


@pytest.fixture(scope="module")
def office(district: Path) -> Iterator[Services]:
    with Services(Settings(data=district / "data"), reads_graph=False) as opened:
        yield opened


@pytest.fixture
def client(
    office: Services, district: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    monkeypatch.setenv("XINNONG_DATA", str(district / "data"))
    with serving(office) as opened:
        yield opened


def serving(office: Services) -> TestClient:
    """Pages and routes over an office."""
    service = FastAPI()
    service.state.services = office
    service.state.asker = local_asker()
    service.include_router(pages.router)
    service.include_router(routes.router)
    service.dependency_overrides[services] = lambda: office
    return TestClient(service)


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--as-of", AS_OF, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def rates(client: TestClient, period: str = "2026-03") -> Any:
    return client.get("/v1/rates", params={"period": period, "as_of": AS_OF}).json()


def test_what_was_planted_is_found_once_and_nothing_else(client: TestClient, truth: Any) -> None:
    told = rates(client, truth["month"])
    lines = {(line["department"], line["act_class"]): line for line in told["lines"]}
    for planted, documents in truth["documents"].items():
        department, act_class = planted.split("|")
        for measure in ("on_time", "late", "excluded", "unreported", "refused", "outside"):
            rows = client.get(
                "/v1/rates/rows",
                params={"period": truth["month"], "measure": measure, "department": department,
                        "act_class": act_class, "as_of": AS_OF},
            ).json()  # fmt: skip
            found = sorted(
                re.sub(r"\[(\d+)\]", r"〔\1〕", row["document_no"]) for row in rows["rows"]
            )
            assert found == documents.get(measure, []), (planted, measure)
            assert rows["total"] == lines[department, act_class]["counts"][measure]
    by_status = {
        status: sorted(
            [line["department"], line["act_class"]]
            for line in told["lines"]
            if line["status"] == status
        )
        for status in STATUSES
    }
    assert by_status["no_obligation"] == truth["no_obligation"]
    assert by_status["ledger_missing"] == truth["ledger_missing"]
    assert {line["department"] for line in told["lines"]} == set(truth["departments"])
    assert told["unplaced"] == 0 and told["notices"] == []


def test_rates_have_both_of_their_numbers(client: TestClient, truth: Any) -> None:
    [line] = [x for x in rates(client)["lines"] if x["counts"]["refused"]]
    assert line["reporting"] == {"numerator": 14, "denominator": 16, "value": 0.875}
    assert line["compliance"] == {"numerator": 13, "denominator": 15, "value": 13 / 15}
    assert line["timeliness"] == {"numerator": 13, "denominator": 15, "value": 13 / 15}
    assert line["entry"] == {"numerator": 13, "denominator": 15, "value": 13 / 15}
    assert line["stated"] == line["counts"]["produced"] == 18
    [missing] = [x for x in rates(client)["lines"] if x["status"] == "ledger_missing"]
    assert missing["reporting"]["value"] is None and missing["missing"] == ["2026-03"]


def test_page_route_and_command_say_the_same(client: TestClient) -> None:
    told = rates(client)
    assert run("rates", "show", "2026-03") == told
    text = client.get("/rates", params={"period": "2026-03", "as_of": AS_OF})
    assert text.status_code == 200 and "style=" not in text.text
    for line in told["lines"]:
        for measure in (
            "produced",
            "excluded",
            "reported",
            "unreported",
            "refused",
            "late",
            "entered",
        ):
            if count := line["counts"][measure]:
                link = f'measure={measure}&amp;period=2026-03&amp;department={line["department"].replace(":", "%3A")}&amp;act_class={line["act_class"]}">{count}</a>'
                assert link in text.text, (line["department_name"], measure)
    assert "台账未报" in text.text and "无应报" in text.text
    rows = {"measure": "late", "period": "2026-03", "as_of": AS_OF}
    from_route = client.get("/v1/rates/rows", params=rows).json()
    assert from_route.pop("next", None) is None  # a command has all rows
    assert run("rates", "rows", "late", "2026-03") == from_route
    page = client.get("/rates/rows", params=rows).text
    assert all(row["document_no"] in page for row in from_route["rows"])


def test_the_months_are_the_same_on_every_way_in(client: TestClient) -> None:
    whole = client.get("/v1/rates/history", params={"as_of": AS_OF}).json()
    assert run("rates", "history") == whole
    department, name = whole["departments"][0]
    asked = {"department": department, "period": "2026-03", "as_of": AS_OF}
    told = client.get("/v1/rates/history", params=asked).json()
    assert run("rates", "history", "2026-03", "--department", department) == told
    assert told["department_name"] == name and len(told["months"]) == 13
    # the last month is that of the table, and each number leads to its rows
    lines = [line for line in rates(client)["lines"] if line["department"] == department]
    assert told["produced"][-1] == sum(line["counts"]["produced"] for line in lines)
    text = client.get("/rates/history", params=asked).text
    assert f"双公示走势：{name}" in text and text.count("<polyline") + text.count("<circle") >= 4
    for measure, code in (
        ("reported", "reporting"),
        ("passed", "compliance"),
        ("on_time", "timeliness"),
    ):
        rate = next(item for item in told["rates"] if item["code"] == code)["rates"][-1]
        link = f'measure={measure}&amp;period=2026-03&amp;department={department.replace(":", "%3A")}">'
        if rate["numerator"]:
            assert f"{link}{rate['numerator']}</a>" in text
            rows = {
                "measure": measure,
                "period": "2026-03",
                "department": department,
                "as_of": AS_OF,
            }
            assert client.get("/v1/rates/rows", params=rows).json()["total"] == rate["numerator"]
    for path in ("/rates/history", "/v1/rates/history"):
        for wrong in ("2026-99", "2026-Q1"):
            with pytest.raises(InputError):
                client.get(path, params={"period": wrong})


def test_without_a_period_the_newest_month_with_data_is_told(client: TestClient) -> None:
    told = client.get("/v1/rates", params={"as_of": AS_OF}).json()
    assert told["first_month"] == told["last_month"] == "2026-03" and told == run("rates", "show")
    assert '双公示 <span class="muted">2026-03</span>' in client.get(f"/rates?as_of={AS_OF}").text
    # a month that has only begun is no whole month
    assert client.get("/v1/rates", params={"as_of": "2026-03-20"}).json()["last_month"] < "2026-03"


def test_market_supervision_has_a_clock_and_a_system_of_its_own(tmp_path: Path) -> None:
    """20 working days, by the day on which it stood in that system; a row without one is undated."""
    head = (
        "行政相对人名称,行政相对人类别,行政相对人代码_1（统一社会信用代码）,行政处罚决定书文号,违法行为类型,违法事实,处罚依据,"
        "处罚类别,处罚内容,罚款金额（万元）,处罚决定日期,处罚机关,处罚机关统一社会信用代码,上报日期,企业信用信息公示系统公示日期\n"
    )
    row = "样例果业有限公司,法人及非法人组织,91610305MA9T00018F,{},标识,标签,食品安全法,罚款,罚款2000元,0.2,{},{},{},{},{}\n"
    market, farms = (
        ("样例市场监督管理局", "11610305MB9T000114"),
        ("样例农业农村局", "11610305MB9T0002XU"),
    )
    rows = [
        # 2 March 2026 and twenty working days is 30 March
        ("罚〔2026〕1号", "2026-03-02", *market, "2026-03-20", "2026-03-30"),
        ("罚〔2026〕2号", "2026-03-02", *market, "2026-03-04", "2026-03-31"),
        ("罚〔2026〕3号", "2026-03-02", *market, "2026-03-04", ""),
        ("罚〔2026〕4号", "2026-03-02", *farms, "2026-03-04", "2026-03-31"),
        ("罚〔2021〕5号", "2021-08-31", *market, "2021-09-01", "2021-12-31"),
    ]
    path = tmp_path / "处罚.csv"
    path.write_text(head + "".join(row.format(*each) for each in rows), encoding="utf-8")
    settings = Settings(data=tmp_path / "data")
    ingest.ingest("administrative_decision", [path], settings=settings, into_graph=False)
    with Services(settings, reads_graph=False) as opened:
        asked = DepartmentRates(opened.office, opened.reader(ADMINISTRATOR))
        book = asked.book_of("market_supervision")
        [line] = asked.rates("2026-03", book).lines
        told = {name: line.counts[name] for name in ("supplied", "on_time", "late", "undated")}
        assert told == {"supplied": 3, "on_time": 1, "late": 1, "undated": 1}
        [late] = asked.rows(
            "2026-03", "late", department=None, act_class=None, limit=9, offset=0, book=book
        ).rows
        assert (late.document_no, str(late.due_on)) == ("罚〔2026〕2号", "2026-03-30")
        assert len(asked.rows("2021-08", "supplied", department=None, act_class=None, limit=9,
                              offset=0, book=book).rows) == 0  # fmt: skip
        with serving(opened) as window:
            page = window.get("/rates", params={"period": "2026-03"}).text
            asked_for = {"channel": "market_supervision", "measure": "late", "period": "2026-03"}
            assert (
                "市场监管，20 个工作日" in page
                and "channel=market_supervision&amp;measure=late" in page
            )
            for door in ("/rates/rows", "/v1/rates/rows"):
                rows_told = window.get(door, params=asked_for).text
                assert "罚〔2026〕2号" in rows_told and "罚〔2026〕1号" not in rows_told
        # the credit platform's own clock is another: seven working days, by the day of its own
        platform = asked.rates("2026-03")
        counts = {each.department_name: each.counts["late"] for each in platform.lines}
        assert counts == {market[0]: 1, farms[0]: 0}


def test_a_quarter_is_its_months(client: TestClient) -> None:
    quarter, month = rates(client, "2026-Q1"), rates(client)
    assert quarter["totals"][-1]["counts"] == month["totals"][-1]["counts"]
    assert (
        client.get(
            "/v1/rates/rows", params={"measure": "late", "period": "2026-Q1", "as_of": AS_OF}
        ).json()["total"]
        == 2
    )


def test_unreported_decisions_are_listed_by_their_day(client: TestClient, truth: Any) -> None:
    told = client.get("/v1/rates/attention", params={"kind": "near", "as_of": "2026-03-10"}).json()
    assert {row["due_on"] for row in told["rows"]} == {"2026-03-11"}
    # that day nothing of it had come
    assert told["total"] == 16 + 6
    over = client.get("/v1/rates/attention", params={"kind": "overdue", "as_of": AS_OF}).json()
    [documents] = [
        each["unreported"] for each in truth["documents"].values() if "unreported" in each
    ]
    assert sorted(row["document_no"] for row in over["rows"]) == documents
    assert over.pop("next") is None and run("rates", "due", "overdue") == over


def test_concealment_is_an_act_with_a_name(client: TestClient, truth: Any) -> None:
    department = truth["departments"][0]
    body = {"department": department, "act_class": "penalty", "document_no": "农罚决〔2026〕77号",
            "decided_on": "2026-03-20", "evidence": "3月执法检查案卷", "user": "李督查"}  # fmt: skip
    made = client.post("/v1/rates/concealments", json=body).json()
    assert (made["found_by"], made["withdrawn_at"]) == ("李督查", None)
    assert rates(client)["totals"][-1]["concealed"] == 1
    undone = client.post(
        f"/v1/rates/concealments/{made['number']}/withdraw",
        json={"why": "已补报", "user": "王主任"},
    ).json()
    assert undone["withdrawn_why"] == "已补报"
    assert rates(client)["totals"][-1]["concealed"] == 0


def test_rows_whose_cells_were_deleted_are_told_apart(client: TestClient, district: Path) -> None:
    kept = Settings(data=district / "data").quarantine_dir
    aside = kept.with_name("aside")
    kept.rename(aside)
    try:
        # of such a row only the day is known on which its file came
        told = client.get("/v1/rates", params={"period": "2026-03"}).json()
    finally:
        aside.rename(kept)
    assert told["unplaced"] == 2 and told["totals"][-1]["counts"]["refused"] == 0
    assert rates(client)["unplaced"] == 0


def test_who_sees_a_part_counts_nothing(office: Services) -> None:
    reader = office.reader(Scope("一个村", ("610305100201",)))
    with pytest.raises(InputError) as raised:
        reader.filed("Penalty")
    assert raised.value.cause_code == "whole_district_only"


def test_what_was_filed_names_no_subject(office: Services, district: Path) -> None:
    reader = office.reader(ADMINISTRATOR)
    firms = set(reader.whenever("PENALISED_BY")["from_key"].to_pylist())
    names = {name for name in reader.whenever("Enterprise")["name"].to_pylist() if name}
    for kind in ("Penalty", "Permit", "ListEntry"):
        told = reader.filed(kind)
        cells = {
            str(cell) for column in told.columns for cell in column.to_pylist() if cell is not None
        }
        assert not {
            cell for cell in cells if cell in names or any(key[-12:] in cell for key in firms)
        }
        assert {"content", "key", "violation", "fine_fen"}.isdisjoint(told.column_names)
    with pytest.raises(ValueError, match="Loan"):
        reader.filed("Loan")


def test_every_measure_has_a_word() -> None:
    assert len(set(MEASURES.values())) == len(MEASURES)


def test_an_office_without_decisions_has_nothing_to_report_in_any_channel(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    World(FactLog(settings.log_dir)).commit(datetime(2026, 1, 1, tzinfo=UTC))
    with Services(settings, reads_graph=False) as opened:
        asked = DepartmentRates(opened.office, opened.reader(ADMINISTRATOR))
        for channel in ("credit_platform", "market_supervision"):
            assert asked.rates("2026-03", asked.book_of(channel)).lines == ()
