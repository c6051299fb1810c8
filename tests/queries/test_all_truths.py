"""Everything that is planted in ONE sample district is found: every planted item once, nothing else.

Each module of plants has a finder of its own in `truths`; a new one without fails here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pandas as pd
import pytest
import truths
from leftovers import shared_folder
from whole_district import WholeDistrict, whole_district

from ingest.sample import office, public_records
from ingest.sample.public_records import public_files
from queries.public_lists import list_entries

PLANTS = sorted(
    item.name
    for room in (public_records, office)
    for item in iter_modules(room.__path__)
    if hasattr(import_module(f"{room.__name__}.{item.name}"), "plant")
)
FINDERS = sorted(item.name for item in iter_modules(truths.__path__))


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeDistrict]:
    """As small as a district can be: here plants meet if they meet anywhere."""
    shared = shared_folder(tmp_path_factory.getbasetemp())
    with whole_district(tmp_path_factory.mktemp("district"), persons=1_000, made_in=shared) as made:
        yield made


def unordered(told: Any) -> Any:
    """The same with every list in one order: what is found has no order of its own."""
    if isinstance(told, dict):
        return {name: unordered(each) for name, each in told.items()}
    if isinstance(told, list | tuple):
        each = [unordered(item) for item in told]
        return sorted(each, key=lambda item: json.dumps(item, ensure_ascii=False, sort_keys=True))
    return told


def test_every_plant_has_its_finder() -> None:
    assert FINDERS == PLANTS


@pytest.mark.parametrize("name", PLANTS)
def test_what_was_planted_is_found_once_and_nothing_else(
    name: str, district: WholeDistrict
) -> None:
    found = import_module(f"truths.{name}").found(district)
    assert unordered(json.loads(json.dumps(found, default=str))) == unordered(
        district.planted[name]
    )


def test_no_row_is_lost_and_refused_is_what_was_planted(district: WholeDistrict) -> None:
    for report in district.reports:
        told = (report.accepted, report.unchanged, report.quarantined)
        assert report.rows_in == sum(told), report.file_name
    refused = {name: len({row for row, _ in rows}) for name, rows in district.refused().items()}
    own = {name for _, name in public_files()}
    before = {name: rows for name, rows in refused.items() if name.partition("（")[0] not in own}
    assert before == district.base["quarantined"]


def test_no_two_plants_share_a_firm(district: WholeDistrict) -> None:
    """A firm of two subjects would carry the truth of both."""
    registered: Counter[str] = Counter()
    for source, name in [("enterprise", "企业登记.xlsx"), *public_files()]:
        if source == "enterprise" and (path := district.folder / name).exists():
            told = (
                pd.read_excel(path, dtype=str, engine="calamine")
                if path.suffix == ".xlsx"
                else district.table(name)
            )
            registered.update({*told["统一社会信用代码"]})
    assert [code for code, times in registered.items() if times > 1] == []


def test_who_is_listed_is_whom_the_files_list(district: WholeDistrict) -> None:
    """Of the lists that no plant has for itself: an oracle that reads the files."""
    reader = district.reader
    day = str(reader.moment.lawful_on)
    told = list_entries(reader, limit=100_000).entries
    half = str.maketrans("（）", "()")
    tables = [
        district.table(path.name) for path in sorted(district.folder.glob("失信被执行人*.csv"))
    ]
    stands = {
        number.translate(half)
        for table in tables
        for number, until, removed in zip(
            table["案号"], table.get("公布截止日期", [""] * len(table)), table.get("移出日期", [""] * len(table)),
            strict=True,
        )
        if not removed and (not until or until >= day)
    }  # fmt: skip
    assert {x.document_no for x in told if x.list_kind == "judgment_defaulter"} == stands
    abnormal = {x.party.removeprefix("org:") for x in told if x.list_kind == "abnormal_operation"}
    assert abnormal == {*district.registers["listed"]}
