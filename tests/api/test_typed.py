"""Every answer has a type: it is described, shown by an example, and what comes is of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from api.app import create_app
from api.security import local_asker
from graph.log import FactLog
from graph.schema import SCHEMA
from graph.settings import Settings
from ingest.catalogue.source import load_source
from queries import library
from queries.codes import code_list
from queries.question import parse_question
from queries.typed_answer import answer_model

ROOT = Path(__file__).parents[2]
#: What a made-up key or number in a path may come to: a problem, told as one.
NOT_FOUND = (400, 404, 405, 409, 422)
#: Answers are shaped by somebody else's protocol: the Reconciliation Service API 0.2, RFC 7009.
OF_OTHERS = re.compile(r"/v1/(reconcile(/.*)?|token/revocation)")
#: Refusals too (RFC 6749, 5.2).
REFUSED_BY_OTHERS = {"/v1/token", "/v1/token/revocation"}


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The description, without a graph or a log."""
    return create_app(
        Settings(data=tmp_path_factory.mktemp("data")), answers_for=local_asker()
    ).openapi()


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def answers(operation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Media type and schema of what it answers when it succeeds."""
    return [
        (media, shown)
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for media, shown in answer.get("content", {}).items()
    ]


def checked(schema: dict[str, Any], described: dict[str, Any], value: Any) -> None:
    """Raises where the value is not of the schema."""
    whole = {**schema, "components": described["components"]}
    jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(value)


def is_empty(schema: dict[str, Any], described: dict[str, Any]) -> bool:
    """Whether it says nothing: any value, or an object of nobody knows what."""
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if schema.get("type") == "array":
        return is_empty(schema.get("items", {}), described)
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        return any(is_empty(each, described) for each in alternatives)
    return not (schema.get("properties") or schema.get("type") in ("string", "integer", "null"))


def test_every_route_says_what_it_answers(described: dict[str, Any]) -> None:
    silent = [
        (path, method)
        for path, method, operation in operations(described)
        if not OF_OTHERS.fullmatch(path)
        and "204" not in operation["responses"]
        and (
            not answers(operation)
            or any(is_empty(shown.get("schema", {}), described) for _, shown in answers(operation))
        )
    ]
    assert silent == []


def test_every_example_is_of_its_schema(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        for media, shown in answers(operation):
            if media == "application/json" and not OF_OTHERS.fullmatch(path):
                assert "example" in shown, (path, method)
                checked(shown["schema"], described, shown["example"])


def test_every_route_says_which_problems_it_may_have(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        if path.startswith("/v1"):
            for status in ("400", "404", "422", "500", "503"):
                told = operation["responses"][status]["content"]
                if path in REFUSED_BY_OTHERS and status == "400":
                    assert "application/json" in told, (path, method, status)
                    continue
                assert "application/problem+json" in told, (path, method, status)


def test_a_code_in_an_answer_has_its_word_beside_it() -> None:
    """Of the columns that hold a property's codes under the property's own name."""
    # free text of the lender and of who judged, and names of kinds
    free = {("loans", "purpose"), ("merged_keys", "ground"), ("same_as", "ground")}
    for question in library().values():
        for column in question.columns:
            if column.type == "text" and column.name in SCHEMA.words:
                assert column.codes or (question.name, column.name) in free, (
                    question.name,
                    column.name,
                )
            if column.codes and not column.codes.startswith("of "):
                assert code_list(column.codes)


def test_a_header_that_names_no_list_does_not_load() -> None:
    path = ROOT / "queries" / "loan" / "loans.cypher"
    text = path.read_text(encoding="utf-8")
    assert parse_question(path, text).columns
    for lost in ("LoanState.nothing", "nobody", "of nothing"):
        wrong = text.replace("; codes LoanState.loan_class", f"; codes {lost}")
        with pytest.raises(Exception, match="words"):
            parse_question(path, wrong)


def test_no_answer_is_written_out_by_hand() -> None:
    for room in ("graph", "queries", "ingest", "api", "bench"):
        for path in (ROOT / room).rglob("*.py"):
            assert not re.search(
                r"\bdef as_dict\b|\.as_dict\(", path.read_text(encoding="utf-8")
            ), path


def test_what_comes_is_of_its_type(client: TestClient, district: Settings, guarantor: str) -> None:
    """Every GET, and every question, of parties of several kinds."""
    described = client.app.openapi()  # type: ignore[attr-defined]
    log = FactLog(district.log_dir)

    def key(kind: str, column: str = "key") -> str:
        return str(log.read(kind)[column][0].as_py())

    keys = [
        guarantor,
        key("Household"),
        key("HOLDS_SHARES_IN", "to_key"),
        key("BORROWED", "from_key"),
    ]
    known = {
        "key": keys,
        "village": [key("Village")],
        "division": [key("Village"), key("Town")],
        "name": [str(client.get("/v1/batches").json()[0]["batch"])],
        "product": [client.get("/v1/products").json()[0]["id"]],
    }
    seen = 0
    for path, method, operation in operations(described):
        # a stream has no end (test_stream)
        if method != "get" or path == "/v1/events/stream":
            continue
        [*names] = re.findall(r"\{(\w+)", path)
        given = known.get(names[0], ["x"]) if names else [""]
        for value in given if len(names) < 2 else ():
            answer = client.get(re.sub(r"\{[^}]*\}", value, path))
            if answer.status_code in NOT_FOUND:
                assert answer.headers["content-type"] == "application/problem+json"
                continue
            assert answer.status_code == 200, (path, answer.text)
            [(_, shown)] = answers(operation)
            checked(shown["schema"], described, answer.json())
            seen += 1
    [(_, shown)] = answers(described["paths"]["/v1/questions/{name}"]["post"])
    for question in library().values():
        named = {item.name for item in question.parameters}
        body = {"key": guarantor, "other": keys[2], "text": "样例", "village": known["village"][0]}
        answer = client.post(
            f"/v1/questions/{question.name}",
            json={name: value for name, value in body.items() if name in named},
        )
        if answer.status_code == 200:
            checked(shown["schema"], described, answer.json())
            seen += 1
    assert seen > 50


def test_a_decision_is_of_its_type(client: TestClient, district: Settings) -> None:
    described = client.app.openapi()  # type: ignore[attr-defined]
    party = str(FactLog(district.log_dir).read("BORROWED")["from_key"][0].as_py())
    kept = ""
    for product in client.get("/v1/products").json():
        version = product["versions"][-1]["version"]
        place = "/v1/products/{product}/versions/{version}"
        told = client.get(place.format(product=product["id"], version=version))
        [(_, shown)] = answers(described["paths"][place]["get"])
        checked(shown["schema"], described, told.json())
        body = {"product": product["id"], "party": party, "supplied": {"consent": True}}
        decided = client.post("/v1/decisions", json=body)
        if decided.json().get("code") == "product_not_in_force":
            continue
        assert decided.status_code == 200, decided.text
        kept = decided.json()["decision_id"]
        [(_, shown)] = answers(described["paths"]["/v1/decisions"]["post"])
        checked(shown["schema"], described, decided.json())
    replayed = client.post(f"/v1/decisions/{kept}/replay").json()
    assert replayed["same"] and replayed["gathered_same"]


def test_a_word_out_of_few_has_its_code_beside_it(described: dict[str, Any]) -> None:
    """In every answer that the interface describes."""
    schemas = described["components"]["schemas"]

    def is_word(schema: dict[str, Any]) -> bool:
        if "$ref" in schema:
            return is_word(schemas[schema["$ref"].rsplit("/", 1)[-1]])
        told = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
        return any(not str(each).isascii() for each in told) or any(
            is_word(each) for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ()))
        )

    words = [
        (name, field, f"{field}_code" in schema["properties"])
        for name, schema in schemas.items()
        for field, shown in schema.get("properties", {}).items()
        if is_word(shown)
    ]
    assert len(words) > 15 and all(has_code for *_, has_code in words), words
    level = schemas["LinkedRisk"]["properties"]["level_code"]
    assert level["enum"] == ["none", "low", "medium", "high"]


def test_kinds_of_a_penalty_are_told_in_words_and_codes() -> None:
    row = {
        "kind": "penalty", "what": "警告；罚款；古词", "record_key": "p", "document_no": None,
        "authority": None, "since": None, "until": None, "amount_fen": None, "certainty": 1.0,
        "source": "administrative_decision",
    }  # fmt: skip
    told = rows_told("adverse_records", row)
    assert (told["what"], told["what_label"]) == ("警告；罚款；古词", "警告；罚款；古词")
    # a word of an old paper that has no code is left out of them, and stays where it stood
    assert told["what_code"] == ["warning", "fine"]
    water = rows_told("adverse_records", row | {"kind": "utility", "what": "water"})
    assert (water["what_code"], water["what_label"]) == (["water"], "水")
    tax = rows_told("adverse_records", row | {"kind": "tax_arrears", "what": "增值税"})
    assert (tax["what_code"], tax["what_label"]) == ([], "增值税")
    facts = {"penalty_kinds": "没收违法所得、没收非法财物；其他", "procedure": "simple"}
    record = {"kind": "PENALISED_BY", "record_key": "p", "record_kind": "Penalty", "facts": facts,
              "tie": {}, "others": []}  # fmt: skip
    shown = rows_told("records", {**dict.fromkeys(columns("records")), **record})
    assert shown["facts"] == facts
    assert shown["facts_code"] == {"penalty_kinds": ["confiscation", "other"]}
    assert shown["facts_label"]["procedure"] == "简易程序"


def test_every_kind_of_penalty_that_a_file_may_say_has_a_code() -> None:
    said = SCHEMA.property("Penalty", "penalty_kinds").spoken
    source = load_source("administrative_decision")
    fields = [field for table in source.tables.values() for field in table.fields
              if field.name in ("penalty_kinds", "penalty_kind", "further_kinds")]  # fmt: skip
    assert len(fields) == 3
    assert all({*field.codes.values()} == {*said} for field in fields)


def columns(question: str) -> list[str]:
    return [column.name for column in library()[question].columns]


def rows_told(question: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row as the answer to a question tells it to a program."""
    [rows] = [answer_model(library()[question]).model_fields["rows"]]
    told = TypeAdapter(rows.annotation).validate_python((row,))
    shown: dict[str, Any] = TypeAdapter(rows.annotation).dump_python(told, mode="json")[0]
    return shown
