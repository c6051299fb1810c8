"""The rate of wrong codes over the sample: by codes and by rows, with the rows behind both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.services import Services
from graph.settings import Settings
from ingest import ingest
from ingest.correction.quarantine import Quarantine
from ingest.correction.refused_codes import refused_codes
from ingest.sample import FILES, write_district
from ingest.sample.public_records import TRUTH, code_errors, write_public_records
from queries.code_errors import CodeErrors
from queries.code_errors import code_errors as find
from queries.scope import ADMINISTRATOR


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CodeErrors]:
    """A district's registers, courts and permits, and what is wrong with its codes."""
    folder = tmp_path_factory.mktemp("planted")
    write_district(folder, persons=1_000)
    write_public_records(folder)
    settings = Settings(data=folder / "data")
    needed = {"regions", "farmer_household", "cooperative", "enterprise", "enterprise_shareholder"}
    files = [(source, name) for source, name in FILES.items() if source in needed]
    for source, name in (*files, *code_errors.FILES):
        ingest(source, [folder / name], settings=settings, into_graph=False)
    with Services(settings, reads_graph=False) as services:
        refused = refused_codes(services.log, Quarantine(settings.quarantine_dir))
        return folder, find(services.reader(ADMINISTRATOR), refused, frozenset())


def test_the_rate_counts_codes_and_rows_and_leads_to_them(
    planted: tuple[Path, CodeErrors],
) -> None:
    folder, found = planted
    truth = json.loads((folder / TRUTH).read_text(encoding="utf-8"))["code_errors"]["kinds"]
    use = {"NAME_MISMATCH", "STATUS"}
    wrong = {code for code, kinds in truth.items() if not {*kinds} & use}
    assert found.codes.numerator == len(wrong) + 2  # the district's own twin and damaged code
    counted = [item for item in found.errors if item.kind in {
        "LENGTH", "ALPHABET", "DEPT_CLASS", "AREA", "CHECK_DIGIT", "GB11714",
        "ONE_CODE_MANY_SUBJECTS", "ONE_SUBJECT_MANY_CODES", "INNER9_SHARED",
    }]  # fmt: skip
    rows = {ref for item in counted for ref in item.rows}
    assert found.records.numerator == len(rows)
    assert found.codes.denominator > found.codes.numerator > 0
    by_registrar = {load.registrar: load for load in found.registrars}
    assert by_registrar["市场监管局（行政审批局）"].codes.numerator == found.codes.numerator
    # a person's number is for whoever sent it, and stands nowhere whole
    assert not any(
        "610322200406307817" in str(item) or "20040630" in str(item) for item in found.errors
    )
