"""How each typical case of the office stands, and which of them everybody is told."""

from __future__ import annotations

from typing import Any

from whole_district import WholeDistrict

from graph.operations import TypicalCases
from queries.scope import ADMINISTRATOR
from queries.typical_cases import case_board, shown_cases

__all__ = ["found"]


def found(district: WholeDistrict) -> Any:
    """Every case ever put forward; of one whose record ended nothing is told."""
    # the office put them forward by the day on which this test runs
    reader, store = district.services.reader(ADMINISTRATOR), district.services.store
    titles = {case.number: case.title for case in TypicalCases(store).all()}
    board = case_board(reader, store).cases
    for case in board:
        assert (case.title is None) is (case.state == "record_ended")
    shown = {case.title for case in shown_cases(reader, store).cases}
    assert shown == {case.title for case in board if case.state == "shown"}
    return {"cases": {titles[case.number]: case.state for case in board}}
