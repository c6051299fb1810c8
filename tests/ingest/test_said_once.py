"""What the schema says of a property is said nowhere else: class, codes, words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from yaml_texts import yaml_of

from graph.schema import SCHEMA
from graph.vocabulary import Property, Sensitivity, ValueType
from ingest import load_source, source_names
from ingest.catalogue.becoming import property_of, with_schema
from ingest.catalogue.field import FieldSpec
from ingest.catalogue.source import TableSpec
from ingest.checking.values import read_column
from ingest.reading.texts import Texts

ROOT = Path(__file__).parents[2]
ROOMS = ("graph", "queries", "ingest", "api", "bench")
SAMPLES = ROOT / "tests" / "samples"
CODED = {
    f"{kind.kind}.{item.name}": item
    for kind in SCHEMA.kinds
    for item in kind.properties
    if item.values
}
BECOMING = [
    pytest.param(found, spec, id=f"{name}/{table}.{spec.name}")
    for name in source_names()
    for table, shape in load_source(name).tables.items()
    for spec in shape.fields
    if (found := property_of(spec.name, spec.becomes, shape.states))
]
#: Mappings that are no list of a property's codes, though they share codes with one.
OTHER_LISTS = {
    # papers of an application for financing, two of which are called as grounds of an entry are
    "graph/operations/financing_moves.py: 97",
    # a village meeting's own scale of four, which rules and cards name (银发〔2014〕37号)
    "queries/eligibility/facts/facts.yaml: facts.moral_grade.values",
    # every word that the code says, with its English
    "api/pages/english/words/terms.yaml: ",
    # which kind of division a row tells of: it becomes the kind, no property
    "ingest/sources/regions/source.yaml: tables.regions.fields.2.codes",
}


def raw_tables() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in source_names():
        path = ROOT / "ingest" / "sources" / name / "source.yaml"
        for table, said in yaml_of(path.read_text(encoding="utf-8"))["tables"].items():
            yield f"{name}/{table}", said


@pytest.mark.parametrize(("found", "spec"), BECOMING)
def test_a_field_has_the_class_and_the_words_of_what_it_becomes(
    found: Property, spec: FieldSpec
) -> None:
    assert spec.sensitivity is found.sensitivity
    if spec.codes and found.values:
        assert {code: word for word, code in spec.codes.items()}.items() <= found.values.items()
        # and what is offered is read
        column = read_column(spec, Texts.of(list(spec.codes)), pd.RangeIndex(len(spec.codes)), "")
        assert list(column.columns[spec.name]) == list(spec.codes.values())


def test_what_repeats_the_schema_does_not_load() -> None:
    said: dict[str, Any] = {
        "states": ["LoanState"],
        "fields": [{"name": "loan_class", "title": "分类"}],
    }
    [field] = said["fields"]
    assert TableSpec.model_validate(with_schema(said)).fields[0].sensitivity is Sensitivity.C2
    for extra, why in (
        ({"sensitivity": "C2"}, "leave it out"),
        ({"type": "code", "codes": {"正常": "pass"}}, "the schema's"),
        ({"type": "code", "codes": ["lost"]}, "no code"),
        ({"type": "code", "also": {"lost": ["无"]}}, "no code"),
        ({"becomes": "LoanState.no"}, "which no kind has"),
    ):
        with pytest.raises(ValueError, match=why):
            with_schema({**said, "fields": [{**field, **extra}]})
    with pytest.raises(ValueError, match="no kind"):
        with_schema({**said, "states": ["Moon"]})


def test_a_table_says_which_kinds_it_states() -> None:
    for name, said in raw_tables():
        assert said.get("states"), name
    for name in source_names():
        text = (ROOT / "ingest" / "sources" / name / "__init__.py").read_text(encoding="utf-8")
        stated = {kind for table in load_source(name).tables.values() for kind in table.states}
        called = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
        made = {
            argument.value
            for call in called
            if getattr(call.func, "id", "") in ("node", "tie", "told_of")
            for argument in call.args[:3]
            if isinstance(argument, ast.Constant)
            and argument.value in SCHEMA.labels | {*SCHEMA.relationships}
        }
        assert made <= stated | {"Party"}, name


def test_every_code_that_a_source_states_is_declared() -> None:
    """Over the clean sample of every source, as its facts are expected."""
    strange: dict[str, set[str]] = {}
    for path in sorted(SAMPLES.glob("*/expected.yaml")):
        facts = yaml_of(path.read_text(encoding="utf-8"))["clean"]
        for kind, rows in facts.items():
            for item in SCHEMA.kind(kind).properties:
                if item.values and (
                    lost := {r.get(item.name) for r in rows} - {None, *item.values}
                ):
                    strange[f"{kind}.{item.name}"] = (
                        strange.get(f"{kind}.{item.name}", set()) | lost
                    )
    # courts and tax offices write what somebody did in words of their own
    assert not {code for code in strange.pop("ListEntry.conduct") if code.isascii()}
    assert strange == {}


def test_every_constant_code_of_a_source_is_declared() -> None:
    for path in sorted((ROOT / "ingest" / "sources").glob("*/__init__.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            kinds = [a.value for a in call.args[:3] if isinstance(a, ast.Constant)]
            for said in call.keywords:
                for kind in kinds:
                    item = CODED.get(f"{kind}.{said.arg}")
                    if item and isinstance(said.value, ast.Constant):
                        assert said.value.value in item.values, f"{path}: {kind}.{said.arg}"


def test_a_code_is_ascii_and_has_one_word() -> None:
    assert len(CODED) > 40
    for item in CODED.values():
        assert all(
            code.isascii() and word.strip() == word != "" for code, word in item.values.items()
        )
    with pytest.raises(ValueError, match="word of its own"):
        Property("a_kind", "类", values={"one": "一", "two": "一"})
    with pytest.raises(ValueError, match="is text"):
        Property("a_fen", "钱", ValueType.INTEGER, values={"one": "一"})
    item = next(iter(CODED.values()))
    with pytest.raises(TypeError):
        item.values["x"] = "y"  # type: ignore[index]


def mappings() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every mapping of text to text that the project writes down, but for the schema itself."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            where = str(path.relative_to(ROOT))
            if where.startswith("graph/schema/"):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Dict):
                    pairs = [
                        (key.value, value.value)
                        for key, value in zip(node.keys, node.values, strict=True)
                        if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
                    ]
                    yield f"{where}: {node.lineno}", {str(k): str(v) for k, v in pairs}
        for path in sorted((ROOT / room).rglob("*.yaml")):
            read = yaml_of(path.read_text(encoding="utf-8"))
            yield from _in_yaml(f"{path.relative_to(ROOT)}: ", "", read)
        for path in sorted((ROOT / room).rglob("*.html")):
            for number, found in enumerate(
                re.findall(r"\{([^{}%]*:[^{}%]*)\}", path.read_text(encoding="utf-8"))
            ):
                pairs = re.findall(r"['\"]([^'\"]+)['\"]\s*:\s*['\"]([^'\"]+)['\"]", found)
                yield f"{path.relative_to(ROOT)}: {number}", dict(pairs)


def _in_yaml(where: str, at: str, read: Any) -> Iterator[tuple[str, Mapping[str, str]]]:
    if isinstance(read, dict):
        yield where + at, {str(k): v for k, v in read.items() if isinstance(v, str)}
    for name, value in (
        read.items()
        if isinstance(read, dict)
        else enumerate(read)
        if isinstance(read, list)
        else ()
    ):
        yield from _in_yaml(where, f"{at}.{name}" if at else str(name), value)


def test_no_list_of_codes_is_written_a_second_time() -> None:
    """Neither from code to word nor from word to code."""
    kinds = {node.label: node.term for node in SCHEMA.nodes.values()}
    lists = {frozenset(said.items()) for said in (kinds, *(p.values for p in CODED.values()))}
    again = set()
    for where, said in mappings():
        for values in lists:
            words = dict(values)
            twice = [
                k for k, v in said.items() if words.get(k) == v or (v in words and words[v] == k)
            ]
            if len(twice) > 1:
                again.add(where)
    # what a partner calls a thing is its contract, which no word of ours changes
    own = {where for where in again if not where.startswith("ingest/exchange/partners/")}
    assert own - OTHER_LISTS == set()
