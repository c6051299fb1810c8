"""What a village still owes: a list by hand, and as much as the table of villages says."""

from __future__ import annotations

from pathlib import Path

from lent_district import DAY, OTHER, A, B, District

from queries.lending import Period, lending_table, village_loans


def test_by_hand(tmp_path: Path) -> None:
    made = District(tmp_path)
    made.house("one", A, people=2)
    made.house("two", A)
    made.house("far", B)
    made.house("homeless", None)
    made.loan("small", "person:two", on="2025-05-01", owed=10, security_kind="unsecured")
    # owed by two houses of the village: each its part, the odd fen to the first
    made.loan("both", "person:one", "person:two", on="2025-06-01", fen=301, owed=101, lender=OTHER)
    # of one house twice: once
    made.loan("couple", "person:one", "person:one1", on="2025-07-01", owed=40)
    made.loan("untold", "person:two", on="2025-08-01", owed=None)
    made.loan("paid", "person:one", on="2020-01-01", owed=0)
    made.loan("elsewhere", "person:far", on="2025-01-01", owed=70)
    made.loan("nowhere", "person:homeless", on="2025-01-01", owed=70)
    reader = made.done()
    found = village_loans(reader, A)
    assert found is not None
    one, two = "household:one", "household:two"
    assert [(loan.key, loan.unit, loan.balance_fen) for loan in found] == [
        ("loan:untold", two, None), ("loan:both", one, 51), ("loan:both", two, 50),
        ("loan:couple", one, 40), ("loan:small", two, 10),
    ]  # fmt: skip
    assert {loan.lender for loan in found if loan.key == "loan:both"} == {OTHER}
    assert village_loans(reader, "division:nowhere") == ()
    rows = {row.key: row for row in lending_table(reader, "village", Period.of("", DAY)).rows}
    assert rows[A].figure("balance_fen").value == sum(loan.balance_fen or 0 for loan in found)
