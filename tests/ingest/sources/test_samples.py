"""Every source over files as departments send them: a small village, told by all of them.

`tests/samples/<source>/` holds a clean and a dirty file a table and `expected.yaml`:

    clean:  fact kind -> the facts, as `stated` writes them
    dirty:  table -> [row, column, code] of every finding

Clean files of all sources go into one log, each after those it needs, so that references meet what
they refer to.  A new source brings its folder and changes nothing here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from yaml_texts import yaml_of

from graph.facts import END_COLUMNS
from graph.log import FactLog
from graph.schema import SCHEMA
from graph.settings import Settings
from graph.vocabulary import WRITTEN_CONSENT, Sensitivity
from ingest import in_order, ingest, load_source, source_names
from ingest.report import BatchReport

SAMPLES = Path(__file__).parents[2] / "samples"
TABLES = [(name, table) for name in source_names() for table in load_source(name).tables]
SENSITIVE = {Sensitivity.C2, Sensitivity.C3}
IDENTITY_KEY = "11" * 32
LIFECYCLE = ("fact_id", "known_from", "source", "batch", "row", "valid_from", "valid_to")


@dataclass(frozen=True)
class Village:
    """What all clean files said, and what came of every dirty one after them."""

    facts: dict[str, dict[str, list[dict[str, Any]]]]
    clean: dict[tuple[str, str], BatchReport]
    dirty: dict[tuple[str, str], BatchReport]


def sample(source: str, table: str, state: str) -> Path:
    """The clean or dirty file of a table: there is one."""
    [path] = (SAMPLES / source).glob(f"{state}.{table}.*")
    return path


def expected(source: str) -> dict[str, Any]:
    text = (SAMPLES / source / "expected.yaml").read_text(encoding="utf-8")
    said: dict[str, Any] = yaml_of(text)
    return said


def stated(kind: str, row: dict[str, Any], masks: dict[str, str]) -> dict[str, Any]:
    """A fact for people: persons by masked id, no empty value, what everybody has left out."""
    shown = {name: value for name, value in row.items() if value is not None}
    for name in LIFECYCLE:
        shown.pop(name, None)
    if shown["certainty"] == 1:
        del shown["certainty"]
    if kind in SCHEMA.nodes:
        said = {"key": shown.pop("key"), "label": shown.pop("label")}
        if said["label"] == SCHEMA.thing(SCHEMA.nodes[kind]).label:
            del said["label"]
    else:
        source, _, target, _, apart = (shown.pop(name) for name in END_COLUMNS)
        said = {"from": source, "to": target} | ({"apart": apart} if apart else {})
    for name, key in said.items():
        for hashed, masked in masks.items():
            key = key.replace(hashed, f"person:{masked}").replace(hashed[-12:], masked)
        said[name] = key
    ends = {"since": row["valid_from"], "until": row["valid_to"]}
    return said | {name: day for name, day in ends.items() if day} | shown


def in_one_order(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(facts, key=repr)


def held(log: FactLog) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Source -> kind -> facts of a log."""
    rows = {item.kind: log.read(item.kind).to_pylist() for item in SCHEMA.kinds}
    masks = {
        row["key"]: row["resident_id_masked"] for row in rows["Person"] if row["resident_id_masked"]
    }
    assert len(set(masks.values())) == len(masks)
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for kind, facts in rows.items():
        for row in facts:
            of_source = found.setdefault(row["source"], {})
            of_source.setdefault(kind, []).append(stated(kind, row, masks))
    return found


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Village:
    settings = Settings(data=tmp_path_factory.mktemp("village"))
    # which of two spouses has the smaller key must not be a matter of chance
    secrets = {"identity_key": IDENTITY_KEY, "engine_password": "unused"}
    settings.secrets_file.write_text(json.dumps(secrets), encoding="utf-8")
    order = [(n, table) for n in in_order(source_names()) for table in load_source(n).tables]

    def take(state: str) -> dict[tuple[str, str], BatchReport]:
        return {
            (source, table): ingest(
                source, [sample(source, table, state)], settings=settings, into_graph=False
            ).batches[0]
            for source, table in order
        }

    clean = take("clean")
    facts = held(FactLog(settings.log_dir))
    return Village(facts, clean, take("dirty"))


@pytest.mark.parametrize("source", source_names())
def test_clean(source: str, village: Village) -> None:
    for table in load_source(source).tables:
        report = village.clean[source, table]
        assert (report.quarantined, report.findings) == (0, ()), table
        assert report.rows_in == report.accepted + report.unchanged > 0
    found, wanted = village.facts[source], expected(source)["clean"]
    assert {kind: in_one_order(facts) for kind, facts in found.items()} == {
        kind: in_one_order(facts) for kind, facts in wanted.items()
    }


@pytest.mark.parametrize(("source", "table"), TABLES)
def test_dirty(source: str, table: str, village: Village) -> None:
    report = village.dirty[source, table]
    found = [[item.row, item.column, item.code] for item in report.findings]
    wanted = expected(source)["dirty"][table]
    assert sorted(found, key=repr) == sorted(wanted, key=repr)
    errors = {item.row for item in report.findings if item.severity == "error"}
    assert report.quarantined == len(errors) > 0
    assert report.rows_in == report.accepted + report.unchanged + report.quarantined


def test_every_kind_of_the_schema_is_written_by_some_source(village: Village) -> None:
    written = {kind for kinds in village.facts.values() for kind in kinds}
    # who is whom is no source's word: officers judge it (tests/ingest/identity)
    assert {item.kind for item in SCHEMA.kinds} == written | {"SAME_AS"}


@pytest.mark.parametrize("name", source_names())
def test_declaration(name: str) -> None:
    source = load_source(name)
    assert source.department and source.legal_basis and source.title and source.title_en
    public = "公开基准数据" in source.legal_basis
    assert all(source.grounds), "each ground for itself"
    for name, table in source.tables.items():
        kept = source.retention_of(name)
        assert kept and all(rule.clause for rule in kept), "say how long its facts are kept"
        assert table.key or public
        for item in table.fields:
            assert item.title
            personal = item.type in {"resident_id", "party_id", "phone"}
            assert not personal or item.sensitivity in SENSITIVE, item.title
            named = re.search(r"身份|住址|收入（|存款|保费|保险金额", item.title)
            assert not named or item.sensitivity in SENSITIVE, item.title
            # 征信业管理条例 第十四条: no source may ever ask for these
            assert not re.search(r"宗教|信仰|基因|指纹|血型|疾病|病史|医疗支出", item.title)


def test_what_needs_written_consent_is_marked() -> None:
    asked = re.compile(r"(income|deposit|premium|sum_insured|tax_?paid)\w*_fen$")
    public = {"CollectiveAccount"}  # of an organisation, not of a person
    for kind in SCHEMA.kinds:
        for item in kind.properties:
            if asked.search(item.name) and kind.kind not in public:
                assert item.basis == WRITTEN_CONSENT, (kind.kind, item.name)
                assert item.sensitivity in SENSITIVE
