"""What no route may be sent, swept over every route that the interface describes; no engine."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from breadth import at_landing, some
from fastapi import FastAPI
from pydantic import ConfigDict, TypeAdapter, ValidationError
from routes import routes_of
from starlette.testclient import TestClient

from api.admission import MOST_BODY, Fen, bodies
from api.app import create_app
from api.audit_writer import TrailWriter
from api.problem_document import RESPONSES
from api.security import local_asker
from graph.errors import GraphUnavailableError
from graph.operations import OperationsStore
from graph.settings import Settings
from ingest.identity.judging import Judging
from queries.scope import ADMINISTRATOR

DIGEST = "0" * 64
#: What a canary is sent as, where a path takes a certain shape.
SHAPED = {"job_id": DIGEST, "decision_id": DIGEST, "proposal": DIGEST, "number": "1", "year": "2026",
          "product": "apple_loan", "contract": "smart_baoji", "item": DIGEST,
          "request_number": f"smart_baoji-{DIGEST[:24]}", "client": "c0000000000000000",
          "hook_id": DIGEST[:32], "cursor": "1"}  # fmt: skip
CANARY = "张三610322199001011234"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The app as it is served, over nothing: what is let by fails as a defect (500)."""
    settings = Settings(data=tmp_path_factory.mktemp("data"))
    made = create_app(settings, answers_for=local_asker())
    made.state.services = SimpleNamespace(
        settings=settings,
        judging=Judging(settings, None),  # type: ignore[arg-type]
        reader=lambda *_, **__: SimpleNamespace(scope=ADMINISTRATOR),
    )
    made.state.inbox = made.state.streams = made.state.screenings = SimpleNamespace()
    made.state.jobs = SimpleNamespace(of=lambda _: SimpleNamespace())
    with OperationsStore(settings) as store, TrailWriter(store) as made.state.trail:
        yield made


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    yield TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)


@pytest.fixture(scope="module")
def described(app: FastAPI) -> dict[str, dict[str, Any]]:
    return dict(app.openapi()["paths"])


def each(described: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path with its places filled, and the description of every operation of `/v1`."""
    for path, methods in described.items():
        filled = re.sub(r"{(\w+)}", lambda found: SHAPED.get(found[1], "x"), path)
        for method, told in methods.items():
            if path.startswith("/v1"):
                yield method.upper(), filled, told


def takes_json(told: dict[str, Any]) -> bool:
    return "application/json" in told.get("requestBody", {}).get("content", {})


def test_a_name_that_nobody_declared_is_refused(
    client: TestClient, described: dict[str, dict[str, Any]]
) -> None:
    """A misspelled one would be left out in silence, and another question answered."""
    for method, path, _ in each(described):
        answer = client.request(method, path, params={"ciunt": "1"}, json={})
        assert answer.status_code == 422, (method, path)
        assert "ciunt" not in answer.text
    twice = client.get("/v1/worklist?limit=1&limit=2")
    assert (twice.status_code, "query.limit" in twice.json()["title"]) == (422, True)


@pytest.mark.parametrize(
    "text", ["1_0", " 1", "1.0", "１", "1e2", "NaN", "inf", "9" * 19, "9" * 5_000, "", "0x1", "+1", "01"]
)  # fmt: skip
def test_a_number_in_a_query_is_plain_digits(
    client: TestClient, described: dict[str, dict[str, Any]], text: str
) -> None:
    asked = 0
    for method, path, told in each(described):
        for item in told.get("parameters", ()):
            if item["in"] == "query" and item["schema"].get("type") == "integer":
                asked += 1
                answer = client.request(method, path, params={item["name"]: text}, json={})
                assert answer.status_code == 422, (path, item["name"])
    assert asked >= 5


@pytest.mark.parametrize("text", ["yes", "1", "on", "TRUE", "t", ""])
def test_a_flag_is_true_or_false(client: TestClient, text: str) -> None:
    assert client.get("/v1/worklist", params={"warnings": text}).status_code == 422


UNFIT = [
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9007199254740993", str(2**64), "9" * 5_000,
    r'"\ud800"', r'"a\udfffb"', r'{"\udc00": 1}', r'"\u0000"', "[" * 50_000, '{"a":' * 5_000,
    "{", "", "nul", '"\xff',
]  # fmt: skip


@pytest.mark.parametrize("text", at_landing(UNFIT[8:13:4], UNFIT), ids=range(len(UNFIT)))
def test_what_is_no_number_and_no_text_is_no_fault_of_ours(
    client: TestClient, described: dict[str, dict[str, Any]], text: str
) -> None:
    """Bare, as the value of every field, as that of a field that nobody knows, and in a list."""
    for method, path, told in each(described):
        if not takes_json(told):
            continue
        for name in ("text", "product", "amount_fen", "x"):
            for body in (text if name == "x" else f'{{"{name}": {text}}}', f'[{{"a": {text}}}]'):
                answer = client.request(
                    method, path, content=body.encode("utf-8", "surrogatepass"),
                    headers={"Content-Type": "application/json"},
                )  # fmt: skip
                assert answer.status_code in (400, 422), (path, body[:80], answer.text[:200])
                assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "day", ["20260101", "0", "1767225600", "1.5", "true", '"20260101"', '"2026-01-01T00:00:00"',
            '"1767225600"', '"2026-02-30"', '"2026-0１-01"', "[]"]
)  # fmt: skip
@pytest.mark.parametrize("name", ["as_of", "first_loan_asof"])
def test_a_date_is_written_as_one(client: TestClient, name: str, day: str) -> None:
    body = f'{{"product": "apple_loan", "party": "person:x", "{name}": {day}}}'
    answer = client.post(
        "/v1/decisions", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, name in answer.json()["title"]) == (422, True)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/decisions", {"product": 1, "party": "x"}),
        ("/v1/decisions", {"product": "apple_loan", "party": "x", "supplied": {"consent": []}}),
        ("/v1/decisions", {"product": "apple_loan", "party": "x", "supplied": {"consent": {"value": True, "seen_by": 7}}}),
        ("/v1/decisions/many", {"product": "apple_loan", "parties": "x"}),
        ("/v1/questions/loans", {"key": True}),
        ("/v1/questions/loans", {"key": None}),
        ("/v1/questions/loans", []),
        ("/v1/stress/distress", {"failed": ["x"], "net_assets_fen": {"x": "1"}}),
        ("/v1/stress/distress", {"failed": ["x"], "net_assets_fen": {"x": 1.5}}),
        ("/v1/stress/clearing", {"keep_claims": "0.5"}),
        ("/v1/stress/clearing", {"keep_claims": True}),
        ("/v1/parties/search", {"text": 610322}),
        ("/v1/parties/x/risk/what-if", {"without_ties": "x"}),
        ("/v1/batches/x/withdrawal", {"dry_run": "true"}),
        ("/v1/batches/x/withdrawal", {"dry_run": 1}),
    ],
)  # fmt: skip
def test_another_type_is_not_taken_for_the_right_one(
    client: TestClient, path: str, body: object
) -> None:
    assert client.post(path, json=body).status_code == 422


def test_what_was_sent_is_not_said_again(
    client: TestClient, described: dict[str, dict[str, Any]]
) -> None:
    """As a place in the path, a name and a value of the query, a name and a value of the body."""
    for method, path, told in each(described):
        for body in ({CANARY: 1}, {"text": [CANARY]}, {"supplied": {CANARY: []}}, CANARY, [CANARY]):
            for params in some([{CANARY: "1"}, {"limit": CANARY}, {}]):
                answer = client.request(method, path, params=params, json=body)
                assert CANARY not in answer.text, (method, path)
        if takes_json(told) and "x" in path.split("/"):
            answer = client.request(method, path.replace("/x", f"/{CANARY}"), json=[])
            assert CANARY not in answer.text, path


def test_a_method_that_is_not_there_says_which_are(
    client: TestClient, described: dict[str, dict[str, Any]]
) -> None:
    """Names of things may be any word, and so be the last part of another address; numbers not."""
    numbers = {
        (path, item["name"])
        for path, methods in described.items()
        for told in methods.values()
        for item in told.get("parameters", ())
        if item["in"] == "path" and item["schema"].get("type") == "integer"
    }
    assert len(numbers) >= 5
    shapes = {
        path: re.sub(
            r"{(\w+)}",
            lambda found, path=path: r"\d+" if (path, found[1]) in numbers else "[^/]+",
            path,
        )
        for path in described
    }
    for path, methods in described.items():
        filled = re.sub(r"{(\w+)}", lambda found: SHAPED.get(found[1], "x"), path)
        there = {method.upper() for method in methods}
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH", "TRACE"} - there:
            if any(
                method.lower() in described[other] and re.fullmatch(shape, filled)
                for other, shape in shapes.items()
            ):
                continue  # the name of a thing might stand there (`/decisions/{decision_id}`)
            answer = client.request(method, filled)
            assert answer.status_code == 405, (method, path)
            assert there <= set(answer.headers["allow"].split(", ")), (method, path)
            assert method not in answer.headers["allow"].split(", ")
            assert answer.headers["content-type"] == "application/problem+json"


def test_every_status_is_described(described: dict[str, dict[str, Any]]) -> None:
    for method, path, told in each(described):
        assert {str(status) for status in RESPONSES} <= set(told["responses"]), (method, path)


@pytest.mark.skipif(
    importlib.util.find_spec("splink") is not None, reason="the extra is installed here"
)
def test_an_extra_that_is_missing_is_no_defect(client: TestClient) -> None:
    answer = client.post("/v1/identity/candidates", params={"by": "splink"})
    assert (answer.status_code, answer.json()["code"]) == (409, "splink_missing")


def test_a_graph_that_is_not_there_is_asked_again_later(client: TestClient, app: FastAPI) -> None:
    def gone(*_given: object, **_more: object) -> None:
        raise GraphUnavailableError(
            "图数据库正在重新启动。", "Restarting.", code="graph_restarting"
        )

    app.state.services.reader = gone
    answer = client.get("/v1/parties/person:x")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert json.loads(answer.text)["code"] == "graph_restarting"


def test_a_body_has_an_end(client: TestClient) -> None:
    """It is refused before it is read, or as soon as it has grown too long."""
    whole = client.post("/v1/parties/search", content=b" " * (MOST_BODY + 1))

    def pieces() -> Iterator[bytes]:
        for _ in range(MOST_BODY // 2**20 + 1):
            yield b" " * 2**20

    headers = {"Content-Type": "application/json"}
    grown = client.post("/v1/parties/search", content=pieces(), headers=headers)
    assert (whole.status_code, grown.status_code) == (413, 413)


def test_bounds_are_described_by_the_names_that_others_read(tmp_path: Path) -> None:
    described = create_app(Settings(data=tmp_path), answers_for=local_asker()).openapi()
    text = json.dumps(described)
    assert not [name for name in ("ge", "le", "gt", "lt") if f'"{name}":' in text]
    (number,) = described["paths"]["/v1/identity/judgements/{number}/undo"]["post"]["parameters"]
    assert (number["schema"]["minimum"], number["schema"]["maximum"]) == (1, 2**53 - 1)


def test_a_method_that_a_path_has_not_is_told_whatever_stands_beside_it(tmp_path: Path) -> None:
    client = TestClient(
        create_app(Settings(data=tmp_path), answers_for=local_asker()), "http://127.0.0.1"
    )
    for path in ("/v1/decisions/jobs", "/v1/decisions/many"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_every_integer_of_a_body_has_bounds_and_is_one_however_it_is_written(app: FastAPI) -> None:
    """Where a field takes a number without a fraction, it takes it with ".0" as well, and no larger one
    than every reader of JSON holds."""
    seen, models = 0, [model for route in routes_of(app) for model in bodies(route)]
    for model in dict.fromkeys(models):
        for name, field in model.model_fields.items():
            taken = TypeAdapter(
                Annotated[field.annotation, field.title, *field.metadata],  # type: ignore[valid-type]
                config=ConfigDict(strict=True),
            )
            for whole, made in integers(taken.json_schema()):
                place, seen = f"{model.__name__}.{name}", seen + 1
                # a bound behind a validator of ours is named as pydantic names it
                least = [whole[name] for name in ("minimum", "ge") if name in whole]
                least += [whole[name] + 1 for name in ("exclusiveMinimum", "gt") if name in whole]
                assert least and {"maximum", "exclusiveMaximum", "le", "lt"} & {*whole}, place
                told = max(least)
                assert taken.validate_json(json.dumps(made(float(told)))) == made(told), place
    assert seen > 20


def integers(schema: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Callable[[Any], Any]]]:
    """Each place of an integer in what a field takes, and how a value is put there."""
    for each in (schema, *schema.get("anyOf", ())):
        if each.get("type") == "integer" and "enum" not in each and "const" not in each:
            yield each, lambda told: told
        for one, made in integers(each["items"]) if isinstance(each.get("items"), dict) else ():
            yield one, lambda told, made=made: [made(told)]
        extra = each.get("additionalProperties")
        for one, made in integers(extra) if isinstance(extra, dict) else ():
            yield one, lambda told, made=made: {"a": made(told)}


def test_an_integer_is_one_however_it_is_written() -> None:
    fen = TypeAdapter(Fen, config=ConfigDict(strict=True))
    assert fen.validate_json("75531.0") == 75531 == fen.validate_json("75531")
    for told in ("0.5", '"1"', "true", "1e400", str(2**53)):
        with pytest.raises(ValidationError):
            fen.validate_json(told)
