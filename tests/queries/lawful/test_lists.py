"""The catalogue of lists: every rule once, terms only where it is sure, and nobody but an authority lists."""

from __future__ import annotations

import ast
import csv
from datetime import date
from pathlib import Path

import pytest

from graph.schema import SCHEMA
from ingest import load_source
from queries.lawful import list_catalogue, regimes, usable

ROOMS = Path(__file__).parents[3]


def test_every_term_that_is_computed_is_that_of_the_catalogue_and_is_sure() -> None:
    catalogue = list_catalogue().lists
    computed = {
        code: term.months
        for term in regimes().terms
        if term.kind == "ListEntry" and term.sure != "unsure"
        for code in term.classes
    }
    assert computed == {
        code: item.computed_months
        for code, item in catalogue.items()
        if item.kind == "ListEntry" and item.computed_months and item.months is not None
    } | {
        code: item.max_months
        for code, item in catalogue.items()
        if item.kind == "ListEntry" and item.computed_months and code != "judgment_defaulter"
    }
    # a line of which we are not sure computes nothing, whatever months it names
    assert all(
        code in catalogue
        for term in regimes().terms
        if term.kind == "ListEntry"
        for code in term.classes
    )


@pytest.mark.parametrize("code", sorted(list_catalogue().lists))
def test_an_unsure_list_ends_only_as_its_document_says(code: str) -> None:
    item = list_catalogue().lists[code]
    if item.kind != "ListEntry":
        return
    entry = {"list_kind": code, "listed_on": date(2019, 1, 1)}
    over = not usable("ListEntry", [entry], date(2030, 1, 1))
    assert over is (item.computed_months is not None and code != "judgment_defaulter")
    assert not usable(
        "ListEntry", [entry | {"published_until": date(2020, 1, 1)}], date(2020, 1, 2)
    )
    assert item.rule and item.authority and item.criteria


def test_every_list_has_a_source_and_those_without_a_rule_ask_for_the_day() -> None:
    generic = load_source("credit_list")
    offered: set[str] = set()
    for name in ("listing", "red_list"):
        table = generic.tables[name]
        [field] = [item for item in table.fields if item.name == "list_kind"]
        offered |= {*(field.codes or {}).values()}
        asked = {code for check in table.checks if check.rule in ("any_of", "required")
                 for code in check.when.get("list_kind", ())}  # fmt: skip
        for code in (field.codes or {}).values():
            item = list_catalogue().lists[code]
            if item.sure == "unsure":
                assert code in asked, code
    kept = {code for code, item in list_catalogue().lists.items() if item.source == "credit_list"}
    assert offered == kept
    [codes] = [
        item.values for item in SCHEMA.nodes["ListEntry"].properties if item.name == "list_kind"
    ]
    assert {*codes} - offered == {
        "judgment_defaulter", "abnormal_operation", "serious_violation", "tax_black_list", "irregular_taxpayer",
    }  # fmt: skip


def test_nothing_but_sources_makes_an_entry_of_a_list() -> None:
    made: set[str] = set()
    for room in ("graph", "queries", "ingest", "api"):
        for path in (ROOMS / room).rglob("*.py"):
            where = path.relative_to(ROOMS).as_posix()
            for found in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(found, ast.ImportFrom) and found.module == "ingest.public_list":
                    made.add(f"listing {where}")
                if not isinstance(found, ast.Call):
                    continue
                name = getattr(found.func, "id", getattr(found.func, "attr", ""))
                first = found.args[0] if found.args else None
                of_a_list = isinstance(first, ast.Constant) and first.value == "ListEntry"
                if (name == "node" and of_a_list) or name == "assert_facts":
                    made.add(f"{name} {where}")
    assert made == {
        "node ingest/public_list.py",
        # templates of one list each, and that of all others
        "listing ingest/sources/credit_list/__init__.py",
        "listing ingest/sources/judgment_defaulter/__init__.py",
        "listing ingest/sources/market_supervision_list/__init__.py",
        "listing ingest/sources/tax_dishonesty/__init__.py",
        # what a delivery says, a guarantee that was checked, judgements of identity, a batch taken back,
        # an act on a record that is there
        "assert_facts ingest/plan.py",
        "assert_facts ingest/guarded_guarantee.py",
        "assert_facts ingest/identity/publish.py",
        "assert_facts ingest/withdrawal.py",
        "assert_facts ingest/repair/carry_out.py",
    }


def test_the_catalogue_holds_every_list_that_is_known(shared_data: Path) -> None:
    path = shared_data / "public_records" / "lists.csv"
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    # one row names both lists of social organisations; 非正常户 is of the register of taxpayers; and
    # honours of no list of their own are of the catalogue's class
    assert len(list_catalogue().lists) == len(rows) + 3
