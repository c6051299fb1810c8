"""The last day of a term is inside it, in every source alike (民法典 第二百零三条)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from ingest import load_source, source_names
from ingest.checking.gate import check
from ingest.checking.rules import value_column
from ingest.period import through
from ingest.public_list import earlier, years_after
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
    assert ("judgment_defaulter", "judgment_defaulter", "usable_until") in TERMS


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


def test_a_term_of_years_ends_on_the_day_of_its_beginning() -> None:
    # 民法典 第二百零一条、第二百零二条: the first day does not count
    days = pd.Series([date(2024, 2, 29), date(2024, 3, 1), None], dtype=object)
    assert years_after(days, 3).to_list() == [date(2027, 2, 28), date(2027, 3, 1), None]


def test_what_ends_first_ends_it() -> None:
    last = pd.Series([date(2026, 5, 31), date(2099, 12, 31), None], dtype=object)
    removed = pd.Series([date(2026, 5, 31), None, date(2026, 1, 1)], dtype=object)
    # a removal on the last day ends it on that day
    assert earlier(through(last), removed).to_list() == [
        date(2026, 5, 31),
        None,
        date(2026, 1, 1),
    ]
