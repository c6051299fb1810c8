"""Clients are registered, given secrets and keys, and ended: by `/v1`, by the page, by the command."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clients_app import served
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.command_line import app as commands

PUBLIC = (
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
STATED = {
    "name": "样例农商行信贷系统",
    "acts": ["look", "ask"],
    "purposes": ["credit_approval"],
    "by": "管理员甲",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    made = served(tmp_path_factory.mktemp("data"))
    yield made
    made.state.services.store.close()


@pytest.fixture(scope="module")
def service(app: FastAPI) -> TestClient:
    return TestClient(app, "http://127.0.0.1")


def token(service: TestClient, client: str, secret: str) -> Any:
    return service.post(
        "/v1/token", data={"grant_type": "client_credentials"}, auth=(client, secret)
    )


def test_from_registration_to_end(service: TestClient) -> None:
    made = service.post("/v1/clients", json={**STATED, "divisions": ["610305"]})
    assert made.status_code == 201, made.text
    client = made.json()["id"]
    assert {**made.json(), "id": "", "made_at": ""} == {
        "id": "", "name": STATED["name"], "institution": None, "divisions": ["610305"],
        "acts": ["ask", "look"], "purposes": ["credit_approval"], "made_by": "管理员甲", "made_at": "",
        "tokens_from": None, "ended_by": None, "ended_at": None, "ended_why": None,
    }  # fmt: skip
    first = service.post(f"/v1/clients/{client}/secrets", json={"by": "管理员甲"}).json()
    second = service.post(
        f"/v1/clients/{client}/secrets", json={"by": "管理员甲", "overlap_hours": 0, "days": 1}
    ).json()
    assert token(service, client, first["secret"]).status_code == 401
    assert token(service, client, second["secret"]).status_code == 200
    key = service.post(
        f"/v1/clients/{client}/keys", json={"by": "管理员甲", "public_key": PUBLIC}
    ).json()
    [file] = [one for one in service.get("/v1/clients").json() if one["client"]["id"] == client]
    assert [held["kind"] for held in file["credentials"]] == ["key", "secret", "secret"]
    assert first["secret"] not in json.dumps(file) and "digest" not in json.dumps(file)
    ended = service.post(f"/v1/clients/credentials/{key['number']}/end", json={"by": "管理员甲"})
    assert ended.json()["ends_at"] < key["ends_at"]
    stood = service.post(f"/v1/clients/{client}/tokens/end", json={"by": "管理员甲"}).json()
    assert stood["tokens_from"]
    told = service.post(
        f"/v1/clients/{client}/end", json={"by": "管理员甲", "why": "合同到期"}
    ).json()
    assert (told["ended_by"], told["ended_why"]) == ("管理员甲", "合同到期")
    again = service.post(
        f"/v1/clients/{client}/end", json={"by": "管理员乙", "why": "又一次"}
    ).json()
    assert again == told
    assert token(service, client, second["secret"]).status_code == 401
    refused = service.post(f"/v1/clients/{client}/secrets", json={"by": "管理员甲"})
    assert (refused.status_code, refused.json()["code"]) == (400, "client_ended")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"acts": ["keep"]}, "client_acts_wrong"),
        ({"acts": ["ask", "everything"]}, "client_acts_wrong"),
        ({"purposes": [" "]}, "client_purpose_missing"),
        ({"divisions": ["6103051"]}, "division_wrong"),
        ({"divisions": ["宝鸡"]}, "division_wrong"),
        ({"by": "甲"}, "user_missing"),
        ({"name": " "}, "client_name_missing"),
    ],
)
def test_what_cannot_be_registered(service: TestClient, more: dict[str, Any], code: str) -> None:
    refused = service.post("/v1/clients", json={**STATED, **more})
    assert (refused.status_code, refused.json()["code"]) == (400, code)


def test_a_client_is_acted_on_as_it_was_seen(service: TestClient) -> None:
    client = service.post("/v1/clients", json=STATED).json()["id"]
    path = f"/v1/clients/{client}"
    seen = service.get(path)
    assert seen.json() == next(
        one for one in service.get("/v1/clients").json() if one["client"]["id"] == client
    )
    tag = {"If-Match": seen.headers["etag"]}
    assert (
        service.post(f"{path}/tokens/end", json={"by": "管理员甲"}, headers=tag).status_code == 200
    )
    for method, way, body in (
        ("POST", f"{path}/tokens/end", {"by": "管理员乙"}),
        ("POST", f"{path}/end", {"by": "管理员乙", "why": "合同到期"}),
        ("PATCH", path, {"by": "管理员乙", "purposes": STATED["purposes"]}),
    ):
        late = service.request(method, way, json=body, headers=tag)
        assert (late.status_code, late.json()["code"]) == (412, "state_changed"), way
    tag = {"If-Match": service.get(path).headers["etag"]}
    ended = service.post(f"{path}/end", json={"by": "管理员乙", "why": "合同到期"}, headers=tag)
    assert ended.status_code == 200
    assert service.get("/v1/clients/c" + "0" * 16).status_code == 404


def test_what_is_not_there(service: TestClient) -> None:
    nobody = "/v1/clients/c" + "0" * 16
    for path, body in {
        f"{nobody}/secrets": {"by": "管理员"}, f"{nobody}/keys": {"by": "管理员", "public_key": PUBLIC},
        f"{nobody}/tokens/end": {"by": "管理员"}, f"{nobody}/end": {"by": "管理员", "why": "x"},
        "/v1/clients/credentials/999/end": {"by": "管理员"},
    }.items():  # fmt: skip
        assert service.post(path, json=body).status_code == 404, path
    wrong = service.post(f"{nobody}/keys", json={"by": "管理员", "public_key": "张三"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "public_key_wrong")
    assert "张三" not in wrong.text


def test_the_key_that_signs_is_replaced(service: TestClient) -> None:
    before = {key["kid"] for key in service.get("/v1/jwks").json()["keys"]}
    made = service.post("/v1/jwks/replacement", json={}).json()["kid"]
    assert {key["kid"] for key in service.get("/v1/jwks").json()["keys"]} == before | {made}
    last = service.post("/v1/jwks/replacement", json={"at_once": True}).json()["kid"]
    assert [key["kid"] for key in service.get("/v1/jwks").json()["keys"]] == [last]


def test_the_page_does_the_same(service: TestClient) -> None:
    form = {
        "name": "<b>银行</b>",
        "acts": ["ask", "decide"],
        "purposes": "贷款审批、贷后管理",
        "by": "管理员甲",
    }
    refused = service.post("/clients", data={**form, "divisions": "61x"})
    assert refused.status_code == 422 and "区划代码应为" in refused.text
    assert 'value="贷款审批、贷后管理"' in refused.text
    shown = service.post("/clients", data=form)
    assert shown.status_code == 200 and "&lt;b&gt;银行&lt;/b&gt;" in shown.text
    file = service.get("/v1/clients").json()[-1]
    assert file["client"]["purposes"] == ["credit_approval", "post_loan"]
    client = file["client"]["id"]
    told = service.post(f"/clients/{client}/secrets", data={"by": "管理员甲", "days": "30"})
    secret = re.search(r"xns_[\w-]+", told.text)
    assert secret and told.headers["cache-control"] == "no-store"
    assert token(service, client, secret[0]).json()["scope"] == "ask decide"
    assert secret[0] not in service.get("/clients").text
    service.post(f"/clients/{client}/keys", data={"by": "管理员甲", "public_key": PUBLIC})
    page = service.get("/clients").text
    assert page.count("/clients/credentials/") == 2
    wrong = service.post(f"/clients/{client}/secrets", data={"by": "管理员甲", "days": "1e3"})
    assert wrong.status_code == 400
    service.post(f"/clients/{client}/tokens/end", data={"by": "管理员甲"})
    service.post(f"/clients/{client}/end", data={"by": "管理员甲", "why": "到期"})
    assert "已停用" in service.get("/clients").text
    assert token(service, client, secret[0]).status_code == 401


def test_the_command_does_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINNONG_DATA", str(tmp_path / "data"))
    (tmp_path / "key.pem").write_text(PUBLIC, encoding="utf-8")

    def run(*words: str) -> Any:
        done = CliRunner().invoke(commands, ["clients", *words, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    by = ("--by", "管理员甲")
    made = run("add", "样例银行", "--purpose", "贷款审批", "--act", "ask", *by)
    assert made["secret"].startswith("xns_") and made["client"]["acts"] == ["ask"]
    other = run("add", "样例平台", "--purpose", "贷款审批", "--key", str(tmp_path / "key.pem"), *by)
    assert other["secret"] is None
    rotated = run("rotate", made["client"]["id"], "--overlap-hours", "0", *by)
    assert rotated["secret"] != made["secret"]
    files = {file["client"]["id"]: file["credentials"] for file in run("list")}
    assert [one["kind"] for one in files[other["client"]["id"]]] == ["key"]
    assert len(files[made["client"]["id"]]) == 2
    number = str(files[made["client"]["id"]][0]["number"])
    assert run("end-credential", number, *by)["number"] == int(number)
    assert run("end-tokens", made["client"]["id"], *by)["tokens_from"]
    assert run("end", made["client"]["id"], "--why", "到期", *by)["ended_why"] == "到期"
    assert run("replace-key")["kid"] != run("replace-key", "--at-once")["kid"]
    shown = CliRunner().invoke(commands, ["clients", "list"])
    assert "样例平台" in shown.stdout
