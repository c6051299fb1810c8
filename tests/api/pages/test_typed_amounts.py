"""Amounts as they are typed on a form or a command: no number without end, and none that is none."""

from __future__ import annotations

import pytest

from api.pages.papers import read_form
from graph.errors import InputError
from queries.eligibility.facts.catalogue import catalogue

STRANGE = [
    "1e999999999",
    "1E5",
    "nan",
    "inf",
    "-Infinity",
    "1_000",
    "１０",
    "0x10",
    "9" * 5_000,
    "",
]


@pytest.mark.parametrize(("typed", "fen"), [("1,234.56", 123_456), ("-3", -300), ("0.5", 50)])
def test_yuan_become_fen(typed: str, fen: int) -> None:
    assert read_form({"owed_fen": typed}).papers["owed_fen"]["value"] == str(fen)


@pytest.mark.parametrize("typed", STRANGE)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    papers = read_form({"owed_fen": typed}).papers
    spec = catalogue().facts["owed_fen"]
    with pytest.raises(InputError) as refused:
        spec.typed(papers["owed_fen"]["value"] if papers else typed)
    assert refused.value.cause_code == "fact_type"


@pytest.mark.parametrize("given", [2**53, -(2**53), 10**400, float("nan"), float("inf"), True, 1.5])
def test_programs_send_amounts_that_everybody_can_read(given: object) -> None:
    with pytest.raises(InputError):
        catalogue().facts["owed_fen"].typed(given)


def test_who_sends_a_form_is_no_paper() -> None:
    """The name of whoever is logged in comes with every form, under both names that say who acts."""
    assert read_form({"owed_fen": "1", "by": "样本甲", "user": "样本甲"}).papers.keys() == {
        "owed_fen"
    }
