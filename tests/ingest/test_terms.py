"""The last day of a term is inside it, in every source alike (民法典 第二百零三条)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from graph.schema import SCHEMA
from ingest import load_source, source_names
from ingest.checking.gate import check
from ingest.checking.rules import value_column
from ingest.emit import FactFrame
from ingest.period import earlier, through
from ingest.reading.table import Table, read_table

SAMPLES = Path(__file__).parents[1] / "samples"

#: What a title calls the last day of a term.
LAST_DAY = re.compile(r"到期|截止|终止|有效期至|止期|期限至|履行债务期限至")
#: What it calls the day of an event; on it the thing is over.
EVENT = re.compile(r"退出|移出|解除|注销|结清|修复|办结|验收")

#: Last days that say how long something stands, by source: each must end a fact.
TERMS = [
    (name, table, field.name)
    for name in source_names()
    for table, spec in load_source(name).tables.items()
    for field in spec.fields
    if field.type == "date"
    and LAST_DAY.search(field.title)
    and not EVENT.search(field.title)
    # the day on which a loan is due ends no fact: the debt stands until it is paid
    and field.name != "due_on"
    # how long a public record may be used is law: its stated last day is a word of it
    and field.name != "published_until"
]


def _alone(table: Table) -> Table:
    """The table without what its rows refer to in other files."""
    fields = tuple(
        item.model_copy(update={"reference": None, "within": None}) for item in table.spec.fields
    )
    return replace(table, spec=table.spec.model_copy(update={"fields": fields}))


def test_the_terms_are_many() -> None:
    assert len({name for name, _, _ in TERMS}) >= 10
    assert ("guarantee", "guarantee", "expires_on") in TERMS


@pytest.mark.parametrize(("name", "table", "field"), TERMS)
def test_a_term_holds_through_its_last_day(name: str, table: str, field: str) -> None:
    source = load_source(name)
    [path] = (SAMPLES / name).glob(f"clean.{table}.*")
    gated = check(
        _alone(read_table(path, source)), identity_key="11" * 32, known=lambda _: frozenset()
    )
    spec = {item.name: item for item in source.tables[table].fields}[field]
    last = date(2031, 5, 31)
    rows = gated.rows.head(1).copy()
    rows[value_column(spec)] = pd.Series([last], index=rows.index, dtype=object)
    for other in source.tables[table].fields:
        # nothing else may end it sooner
        if other.type == "date" and other.name != field and EVENT.search(other.title):
            rows[other.name] = pd.Series([None], index=rows.index, dtype=object)
        if other.name == "decided_on":
            rows[other.name] = pd.Series([date(2031, 1, 1)], index=rows.index, dtype=object)
    if "right_kind" in rows:
        # a household's contract runs on when its round is over: no term of its certificate ends it
        rows["right_kind"] = "management_right"
    ends = {
        end
        for frame in source.facts(table, rows)
        if len(frame.frame)
        for end in frame.frame["valid_to"]
        if pd.notna(end)
    }
    assert ends == {last + timedelta(days=1)}


def test_what_ends_first_ends_it() -> None:
    last = pd.Series([date(2026, 5, 31), date(2099, 12, 31), None], dtype=object)
    released = pd.Series([date(2026, 5, 31), None, date(2026, 1, 1)], dtype=object)
    # a release on the last day ends it on that day
    found = earlier(through(last), released).to_list()
    assert found == [date(2026, 5, 31), None, date(2026, 1, 1)]


#: Tables that state records which law bounds.
ADVERSE = {node.kind for node in SCHEMA.nodes.values() if node.is_adverse}
RECORDS = [
    ("judgment_defaulter", "judgment_defaulter"),
    ("market_supervision_list", "abnormal_operation"),
    ("market_supervision_list", "serious_violation"),
    ("tax_dishonesty", "tax_black_list"),
    ("tax_dishonesty", "irregular_taxpayer"),
    ("administrative_decision", "penalty"),
    ("administrative_decision", "penalty_2016"),
    ("credit_list", "listing"),
]


@pytest.mark.parametrize(("name", "table"), RECORDS)
def test_the_log_keeps_what_the_paper_says_and_no_term(name: str, table: str) -> None:
    source = load_source(name)
    [path] = (SAMPLES / name).glob(f"clean.{table}.*")
    read = _alone(read_table(path, source))
    gated = check(read, identity_key="11" * 32, known=lambda _: frozenset())
    rows = gated.rows.head(1).copy()
    said = {"removed_on": date(2025, 12, 31), "record_state": "annulled"}
    if "published_until" in rows:
        said["published_until"] = date(2026, 5, 31)
    for column, value in said.items():
        rows[column] = pd.Series([value], index=rows.index, dtype=object)
    stated = [item for item in source.facts(table, rows) if isinstance(item, FactFrame)]
    frames = {item.kind: item.frame for item in stated}
    assert all(frame["valid_to"].isna().all() for frame in frames.values())
    [kind] = ADVERSE & frames.keys()
    assert {name: frames[kind][name].item() for name in said} == said


def test_every_table_that_states_such_a_record_is_among_them() -> None:
    stating = set()
    for name in source_names():
        source = load_source(name)
        for table in source.tables:
            for path in (SAMPLES / name).glob(f"clean.{table}.*"):
                read = _alone(read_table(path, source))
                gated = check(read, identity_key="11" * 32, known=lambda _: frozenset())
                kinds = {item.kind for item in source.facts(table, gated.rows)}
                if kinds & (ADVERSE - {"TaxArrears"}):
                    stating.add((name, table))
    assert stating == set(RECORDS)
