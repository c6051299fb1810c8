"""Demands for credit in every state of the loop, as books, inbox, figures and log say them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from whole_district import WholeDistrict

from graph.log import FactLog
from graph.operations import FinancingBook
from graph.time import day_of
from ingest.financing import FinancingDesk
from ingest.sample.consents import MAIN_BANK
from ingest.sample.office.financing import CHANNEL

__all__ = ["found"]

#: Of these the truth says nothing: they follow from the records of who asked.
_OF_RECORDS = {"first_checked", "first_disputed"}


def found(district: WholeDistrict) -> Any:
    """Every demand of the store, what is late and who may not be looked at in the bank's inbox."""
    services, at = district.services, district.worked_at
    book = FinancingBook(services.store)
    demands: dict[str, Any] = {}
    references: dict[int, str] = {}
    for demand in book.demands():
        assert demand.channel == CHANNEL
        file = book.file(demand.number)
        references |= {case.number: demand.reference for case in file.cases}
        demands[demand.reference] = {
            "states": {case.institution: case.state for case in file.cases},
            "credit_fen": sum(case.credit_fen or 0 for case in file.cases),
            "disbursed_fen": sum(note.amount_fen for note in file.drawdowns),
            "repaid_fen": sum(note.repaid_fen for note in file.drawdowns),
            "refusal": next((case.refusal for case in file.cases if case.refusal), None),
        }
    officer = FinancingDesk(services.office, MAIN_BANK, services.has_consent)
    inbox = officer.inbox(at=at, limit=1_000)
    late = [references[row.case] for row in inbox.rows if row.waiting and row.waiting.overdue]
    assert inbox.overdue == len(late)
    platform = FinancingDesk(services.office, None, services.has_consent)
    figures = {}
    for one in platform.figures(day_of(at) - timedelta(days=400), day_of(at)):
        if one.code not in _OF_RECORDS:
            told = one.value if one.denominator is None else [one.numerator, one.denominator]
            figures[one.code] = told
    _is_in_the_log(services.log, book)
    return {
        "demands": demands,
        "not_pushed": {one.reference: one.state for one in platform.not_pushed()},
        "late": late,
        "not_looked_at": [references[row.case] for row in inbox.rows if not row.may_look],
        "figures": figures,
    }


def _is_in_the_log(log: FactLog, book: FinancingBook) -> None:
    """Each application, credit and loan note once, as it is now."""
    said = {
        row["key"]: row["application_state"]
        for row in log.read("FinancingApplicationState").to_pylist()
    }
    cases = [case for _, case in book.cases()]
    assert said == {f"financing_application:RZ-{case.number}": case.state for case in cases}
    lines = log.read("CreditLine").to_pylist()
    for case in cases:
        if case.line_no is not None:
            own = [row for row in lines if row["key"].endswith(f":{case.line_no}")]
            assert [row["amount_fen"] for row in own] == [case.credit_fen]
    loans = {row["key"]: row for row in log.read("Loan").to_pylist()}
    balances = {row["key"]: row["balance_fen"] for row in log.read("LoanState").to_pylist()}
    for note in book.drawdowns():
        key = f"loan:{note.institution.removeprefix('institution:')}:{note.note_no}"
        assert loans[key]["principal_fen"] == note.amount_fen
        assert balances[key] == note.amount_fen - note.repaid_fen
