"""A district of a bank's households and loans, said a line each, that figures are counted in by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from world import World

from graph.log import FactLog
from graph.moment import Moment
from queries.district import DistrictReader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR

__all__ = ["BANK", "DAY", "KNOWN", "OTHER", "TOWN", "A", "B", "District", "reader"]

DAY = date(2026, 3, 31)
KNOWN = datetime(2026, 3, 31, 4, tzinfo=UTC)
TOWN = "division:610305100"
A, B = f"{TOWN}201", f"{TOWN}202"
BANK, OTHER = "institution:bank", "institution:other"


def reader(log: FactLog) -> DistrictReader:
    stores: Any = SimpleNamespace(log=log, runs=Runs())
    moment = Moment.of(log.batches(), as_of=DAY, known_at=KNOWN)
    return DistrictReader(stores, moment, ADMINISTRATOR)


class District:
    def __init__(self, folder: Path) -> None:
        self.log = FactLog(folder)
        self.world = World(self.log)
        for village in (A, B):
            self.world.node("Village", village, name=village[-3:])
        self.world.node("Town", TOWN, name="样本镇")
        for key, name in ((BANK, "样本银行"), (OTHER, "别的银行")):
            self.world.node("FinancialInstitution", key, name=name)

    def house(self, name: str, village: str | None, people: int = 1, **said: Any) -> None:
        home = (f"household:{name}", "Household")
        self.world.node("Household", home[0], **said)
        if village:
            self.world.tie("LOCATED_IN", home, (village, "Village"))
        for number in range(people):
            person = f"person:{name}{number or ''}"
            self.world.tie("BELONGS_TO", (person, "Person"), home)

    def loan(
        self, name: str, *who: str, on: str, fen: int = 100, owed: int | None = 100,
        lender: str = BANK, settled: str | None = None, **said: Any,
    ) -> None:  # fmt: skip
        key = (f"loan:{name}", "Loan")
        day = date.fromisoformat(on)
        self.world.node("Loan", key[0], granted_on=day, principal_fen=fen, valid_from=day, **said)
        self.world.node(
            "LoanState", key[0], "Loan", balance_fen=owed, loan_class="pass", valid_from=day,
            settled_on=settled and date.fromisoformat(settled),
        )  # fmt: skip
        for person in who:
            label = "Enterprise" if person.startswith("org:") else "Person"
            self.world.tie("BORROWED", (person, label), key, valid_from=day)
        self.world.tie("LENT_BY", key, (lender, "FinancialInstitution"), valid_from=day)

    def report(self, who: str, on: str, *, has_loan: bool | None) -> None:
        key = f"credit_report:{who}{on}"
        day = date.fromisoformat(on)
        self.world.node(
            "CreditReport", key, report_on=day, has_loan_record=has_loan, valid_from=day
        )
        self.world.tie("HAS_CREDIT_REPORT", (who, "Person"), (key, "CreditReport"), valid_from=day)

    def line(self, name: str, who: str, fen: int, until: str, **said: Any) -> None:
        key = (f"credit_line:{name}", "CreditLine")
        over = date.fromisoformat(until) + timedelta(days=1)
        self.world.node("CreditLine", key[0], amount_fen=fen, valid_to=over, **said)
        self.world.tie("GRANTED_LINE", (who, "Person"), key, valid_to=over)
        self.world.tie("LINE_OF", key, (BANK, "FinancialInstitution"))

    def done(self) -> DistrictReader:
        self.world.commit(KNOWN - timedelta(days=1))
        return reader(self.log)
