"""Ownership, rings, hints and the guarded insert through the service, the page and the commands."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import ingest
from api.app import create_app
from api.security import local_asker
from api.services import Services
from graph.catch_up import catch_up
from graph.engine import stop_engine
from graph.identifiers import person_key
from graph.log import FactLog
from graph.secrets import make_secrets
from graph.settings import Settings
from ingest.sample import steps, write_district
from queries.basis import HINT_NOTICE
from queries.risk import incremental
from queries.scope import ADMINISTRATOR

pytestmark = pytest.mark.sweep


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A data folder and an engine of its own: these tests write."""
    settings = Settings(data=tmp_path_factory.mktemp("office"), engine_heap_mb=512)
    folder = settings.data / "district"
    write_district(folder, persons=1_000)
    for source, path in steps(folder):
        ingest.ingest(source, [path], settings=settings, into_graph=False)
    catch_up(settings, owned=True)
    yield settings
    stop_engine(settings)


@pytest.fixture(scope="module")
def client(office: Settings) -> Iterator[TestClient]:
    app = create_app(office, answers_for=local_asker())
    with TestClient(app, "http://127.0.0.1") as open_client:
        # a page that is asked for sooner says that it is being reckoned
        services = app.state.services
        assert services.is_warm(services.reader(ADMINISTRATOR), within=120)
        yield open_client


@pytest.fixture(scope="module")
def truth(office: Settings) -> dict[str, Any]:
    text = (office.data / "district" / "truth.json").read_text(encoding="utf-8")
    told: dict[str, Any] = json.loads(text)
    return told


@pytest.fixture(scope="module")
def person(office: Settings) -> Any:
    key = make_secrets(office.secrets_file).identity_key
    return lambda resident_id: person_key(resident_id, key)


def test_owners(client: TestClient, truth: dict[str, Any], person: Any) -> None:
    owner, firm, share = truth["holdings"][0]
    told = client.get(f"/v1/parties/org:{firm}/owners").json()
    shares = {item["party"]: item["share"] for item in told["look_through"]["owners"]}
    assert shares[person(owner)] == pytest.approx(share)
    assert told["control"]["controllers"][0]["party"] == person(owner)
    (best, *_) = told["beneficial_owners"]["owners"]
    assert (best["party"], best["verdict"], best["ground"]) == (person(owner), "符合", "share")
    assert "—60%→" in best["paths"][0]["sentence"]
    assert told["basis"]["position"] == 9
    missing = client.get(f"/v1/parties/{person(owner)}/owners")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_shareholders")
    early = client.get(f"/v1/parties/org:{firm}/owners?rule=nothing")
    assert early.json()["code"] == "rule_not_in_force"


def test_standing_patterns_and_hints(
    client: TestClient, truth: dict[str, Any], person: Any
) -> None:
    ring = sorted(map(person, truth["rings"][1]))
    told = client.get(f"/v1/parties/{ring[0]}/standing").json()
    assert told["ring"]["members"] == ring
    assert client.get("/v1/parties/person:none/standing").status_code == 404
    found = client.get("/v1/guarantees/patterns").json()
    assert ring in [item["members"] for item in found["rings"]]
    old, new = truth["shells"][0]
    hints = client.get(f"/v1/parties/org:{new}/hints").json()
    assert hints["notice"] == HINT_NOTICE
    assert f"org:{old}" in {h["other"] for h in hints["hints"] if h["kind"] == "re_registration"}
    assert hints["basis"]["rules"].startswith("resemblance:")


def test_the_page_tells_it_in_chinese(
    client: TestClient, truth: dict[str, Any], person: Any
) -> None:
    _, new = truth["shells"][0]
    firm = client.get(f"/parties/org:{new}").text
    for words in ("股权穿透", "受益所有人", "相似线索", HINT_NOTICE, "注销或吊销", "25 % 以上"):
        assert words in firm
    assert "phone:" not in firm
    page = client.get(f"/parties/{person(truth['rings'][1][0])}").text
    borrower = re.sub(r"<[^>]*>", "", page)
    assert "所在担保圈（3 个主体）" in borrower and "有效覆盖 0.00%" in borrower
    star = client.get(f"/parties/org:{truth['stars'][0][0]}").text
    assert "为 7 户企业担保，限 5 户" in star and "净资产未采集" in star


def offer(office: Settings, guarantor: str, borrower: str, number: str) -> dict[str, Any]:
    rows = FactLog(office.log_dir).read("BORROWED").to_pylist()
    loan = next(row["to_key"] for row in rows if row["from_key"] == borrower)
    return {"lender_code": "C1402610305001", "contract_no": number, "guarantor": guarantor,
            "borrower": borrower, "loan": loan, "amount_fen": 1_000_000,
            "kind": "joint_and_several", "relation": "同村"}  # fmt: skip


def test_a_guarantee_is_checked_then_inserted_once(
    client: TestClient, office: Settings, truth: dict[str, Any], person: Any
) -> None:
    chain = list(map(person, truth["chains"][0]))
    back = offer(office, chain[2], chain[0], "D1")
    refused = client.post("/v1/guarantees/check", json=back).json()
    assert refused["verdict"] == "不符合"
    assert refused["ring"] == [chain[2], chain[0], chain[1], chain[2]]
    answer = client.post("/v1/guarantees", json=back)
    assert (answer.status_code, answer.json()["state"]) == (409, "refused")
    ring = list(map(person, truth["rings"][0]))
    good = offer(office, chain[-1], ring[0], "D2")
    done = client.post("/v1/guarantees", json=good)
    assert (done.status_code, done.json()["state"], done.json()["position"]) == (
        201, "inserted", 10,
    )  # fmt: skip
    assert client.post("/v1/guarantees", json=good).json()["state"] == "already"
    given = client.get(f"/v1/parties/{chain[-1]}/guarantees").json()["given"]["rows"]
    assert [row["other_key"] for row in given] == [ring[0]]
    assert client.get("/readyz").json()["status"] == "ok"
    wrong = client.post("/v1/guarantees/check", json={**good, "kind": "sworn"})
    assert wrong.status_code == 422


def test_after_a_batch_the_service_mends_its_risk_run(
    client: TestClient,
    office: Settings,
    truth: dict[str, Any],
    person: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Answers equal those of a service that starts after the batch; nothing is reckoned anew."""
    log = FactLog(office.log_dir)
    bound = {
        row[end] for row in log.read("GUARANTEES").to_pylist() for end in ("from_key", "to_key")
    }
    debtors = log.read("BORROWED")["from_key"].to_pylist()
    free = [key for key in debtors if key not in bound and key.startswith("person:")]
    run = services_of(client).reader(ADMINISTRATOR).risk_run()
    borrower = next(key for key in free if run.graph.own[run.snapshot.index(key)] > 0)
    guarantor = next(key for key in reversed(free) if key != borrower)
    chain, ring = (list(map(person, truth[name][1])) for name in ("chains", "rings"))
    asked = [f"/v1/parties/{key}/risk" for key in (guarantor, borrower, *chain, *ring)]
    before = [client.get(url).json() for url in asked]
    full: list[Any] = []
    afresh = incremental.propagate
    monkeypatch.setattr(incremental, "KERNELS_FROM", 0)
    monkeypatch.setattr(incremental, "propagate", lambda *a, **b: full.append(a) or afresh(*a, **b))
    done = client.post("/v1/guarantees", json=offer(office, guarantor, borrower, "D3"))
    assert done.status_code == 201, done.json()
    after = [client.get(url).json() for url in asked]
    assert not full and services_of(client).reader(ADMINISTRATOR).risk_run().incremental
    assert after[0]["linked"]["value"] > before[0]["linked"]["value"]
    with TestClient(create_app(office, answers_for=local_asker()), "http://127.0.0.1") as fresh:
        expected = [fresh.get(url).json() for url in asked]
        assert not services_of(fresh).reader(ADMINISTRATOR).risk_run().incremental
    assert after == expected


def services_of(client: TestClient) -> Services:
    found: Services = client.app.state.services  # type: ignore[attr-defined]  # as ASGI goes
    return found


def test_statements_of_a_firm(client: TestClient, office: Settings, truth: dict[str, Any]) -> None:
    """BODS 0.4 over HTTP and by the command: the same statements."""
    key = f"org:{truth['holdings'][0][1]}"
    said = client.get(f"/v1/parties/{key}/bods").json()
    kinds = {one["recordType"] for one in said}
    assert kinds == {"entity", "person", "relationship"}
    assert said[0]["recordDetails"]["identifiers"][0]["id"] == truth["holdings"][0][1]
    printed = json.loads(run(office, "bods", key).stdout)
    assert [one["recordDetails"] for one in printed] == [one["recordDetails"] for one in said]


def test_money_by_page_route_and_command(client: TestClient, office: Settings) -> None:
    told = client.post("/v1/stress/losses", json={"by": "village"}).json()
    assert told["whole"]["balance_fen"] == sum(group["balance_fen"] for group in told["groups"])
    assert told["whole"]["stressed_low_fen"] is None and not told["calibrated"]
    banks = client.post("/v1/stress/losses", json={"by": "institution"}).json()["groups"]
    lender = banks[0]["key"]
    silent = client.post("/v1/stress/exposures", json={"lender": lender}).json()
    assert silent["large"] is None
    assert {check["verdict"] for one in silent["clients"] for check in one["checks"]} == {"待补充"}
    stated = {"lender": lender, "tier1_fen": 10**12, "capital_fen": 10**12}
    found = client.post("/v1/stress/exposures", json=stated).json()
    assert {check["verdict"] for one in found["clients"] for check in one["checks"]} == {"符合"}
    wrong = client.post("/v1/stress/exposures", json={"lender": "institution:none"})
    assert wrong.status_code == 404
    client_key = found["clients"][0]["party"]
    shocked = client.post(
        "/v1/stress/losses", json={"by": "institution", "shocks": {client_key: 0.5}}
    ).json()
    assert shocked["whole"]["stressed_low_fen"] > 0
    page = client.get(f"/money?by=institution&who={client_key}&percent=50").text
    assert "情形下损失" in page and "净资产损失 50.0%" in page
    page = client.get(f"/money/exposures?lender={lender}&tier1=1000000").text
    assert "请补充本机构的资本净额" in page and "符合" in page
    said = run(office, "losses", "--by", "village", "--json", group="stress")
    assert json.loads(said.stdout)["whole"]["loans"] == told["whole"]["loans"]
    said = run(office, "exposures", lender, group="stress")
    assert "请补充本机构的一级资本净额" in said.stdout


def test_stress_says_of_what_day_from_which_data_and_by_which_policy(
    client: TestClient, office: Settings, truth: dict[str, Any], person: Any
) -> None:
    ring = list(map(person, truth["rings"][1]))
    scenario = {"failed": [ring[0]], "net_assets_fen": {ring[1]: 10_000_000}}
    told = client.post("/v1/stress/distress", json=scenario).json()
    assert told["losses"][0]["party"] == ring[0] and told["supplied_fen"] == {ring[1]: 10_000_000}
    hit = next(item for item in told["losses"] if item["party"] == ring[-1])
    assert hit["buffer_fen"] is None and (hit["share_low"], hit["share_high"]) == (0.0, 1.0)
    known = client.get("/v1/stress/clearing?count=3").json()
    assert len(known["payments"]) == 3 < known["payments_count"] and known["basis"]["truncated"]
    poor = {"cash_fen": {known["payments"][0]["party"]: 1}, "keep_claims": 0.5}
    assert client.post("/v1/stress/clearing", json=poor).json()["keep_claims"] == 0.5
    for answer in (told, known):
        assert answer["hypothetical"] and answer["notice"].startswith("假设推演")
        assert answer["assumptions"] and answer["basis"]["as_of"] and answer["basis"]["position"]
        assert answer["basis"]["policy"].startswith("stress:2026.1+")
    missing = client.post("/v1/stress/distress", json={"failed": ["person:none"]})
    assert (missing.status_code, missing.json()["code"]) == (404, "party_unknown")
    assert client.post("/v1/stress/clearing", json={"keep_claims": 2}).status_code == 422
    said = run(office, "distress", ring[0], "--net-assets", f"{ring[1]}=10000000", group="stress")
    assert said.returncode == 0, said.stderr
    assert "策略版本 2026.1" in said.stderr and "查看人" in said.stderr
    for words in ("假设情形下受影响的主体", "假设推演"):
        assert words in said.stdout
    again = run(office, "clearing", "--json", group="stress")
    assert json.loads(again.stdout)["payments_count"] == known["payments_count"]
    wrong = run(office, "clearing", "--cash", "person:1=很多", group="stress")
    assert (wrong.returncode, "整数分" in wrong.stderr) == (2, True)


def run(
    office: Settings, *arguments: str, group: str = "structure"
) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "xinnong"), group, *arguments]
    environment = {**os.environ, "XINNONG_DATA": str(office.data)}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_commands(office: Settings, truth: dict[str, Any], person: Any) -> None:
    _, firm, _ = truth["holdings"][0]
    assert "受益所有人" in run(office, "owners", f"org:{firm}").stdout
    told = json.loads(run(office, "guarantees", "--json").stdout)
    assert len(told["rings"]) >= 4
    _, new = truth["shells"][0]
    assert HINT_NOTICE in run(office, "hints", f"org:{new}").stdout
    chain = list(map(person, truth["chains"][1]))
    back = offer(office, chain[2], chain[0], "D9")
    terms = ("guarantee", back["guarantor"], back["borrower"], back["loan"], "--lender-code",
             back["lender_code"], "--contract-no", "D9", "--amount-fen", "100")  # fmt: skip
    check = run(office, *terms, "--check", "--json")
    assert json.loads(check.stdout)["verdict"] == "不符合"
    refused = run(office, *terms)
    assert (refused.returncode, "突破限额" in refused.stdout) == (1, True)
    misfit = run(office, *terms[:3], "loan:none", *terms[4:])
    assert (misfit.returncode, "不是被担保人的" in misfit.stderr) == (1, True), misfit.stderr
