"""Groups by sex, age band and village, counted by hand; small ones tell of nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from world import World

from graph.log import FactLog
from queries.risk.calibration.cohort import gather_cohort
from queries.risk.calibration.groups import OTHERS, group_rows
from queries.risk.calibration.rules import load_rules

T = date(2025, 11, 28)
NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)


def test_groups_are_counted_and_small_ones_put_together(tmp_path: Path) -> None:
    log = FactLog(tmp_path)
    world = World(log)
    villages = ["A"] * 30 + ["B"] * 20 + ["C"] * 12 + ["D"] * 9
    firms = 25
    for n, village in enumerate(villages):
        # women in even places; those of the first village are young
        world.node("Person", f"person:{n:02d}", sex="male" if n % 2 else "female",
                   birth_on=date(2000 if village == "A" else 1970, 1, 1))  # fmt: skip
        world.tie("LOCATED_IN", (f"person:{n:02d}", "Person"), (f"division:{village}", "Division"))
    for n in range(firms):
        world.node("Enterprise", f"org:{n:02d}", name="样企")
    debtors = [(f"person:{n:02d}", "Person") for n in range(len(villages))]
    debtors += [(f"org:{n:02d}", "Enterprise") for n in range(firms)]
    for who in debtors:
        loan = (f"loan:{who[0]}", "Loan")
        world.node("Loan", loan[0], principal_fen=100)
        world.tie("BORROWED", who, loan)
        world.node("LoanState", loan[0], "Loan", valid_from=date(2025, 10, 1), loan_class="pass")
    world.commit(datetime(2025, 10, 2, tzinfo=UTC), "loan")
    for place, who in enumerate(debtors):
        # every tenth failed
        world.node("LoanState", f"loan:{who[0]}", "Loan", valid_from=date(2026, 10, 1),
                   loan_class="pass" if place % 10 else "loss")  # fmt: skip
    world.commit(datetime(2026, 10, 2, tzinfo=UTC), "loan")
    cohort = gather_cohort(log, T, NOW, load_rules())
    chances = np.full(len(cohort.parties), 0.2)
    rows = {(r.by, r.value): r for r in group_rows(log, cohort, chances, 20)}
    assert {key: (row.parties, row.defaults) for key, row in rows.items()} == {
        ("sex", "female"): (36, 8), ("sex", "male"): (35, 0), ("sex", "单位"): (25, 2),
        ("age_band", "18–29"): (30, 3), ("age_band", "45–59"): (41, 5), ("age_band", "单位"): (25, 2),
        ("village", "division:A"): (30, 3), ("village", "division:B"): (20, 2),
        # 12 and 9 of two villages are one group; of firms nobody says where they are
        ("village", OTHERS): (21, 3), ("village", "未知"): (25, 2),
    }  # fmt: skip
    assert rows["sex", "female"].agrees and not rows["sex", "male"].agrees
    assert [row.foretold for row in rows.values()] == [pytest.approx(0.2)] * len(rows)
    # what is left over alone would still be somebody's own figures
    few = {(r.by, r.value) for r in group_rows(log, cohort, chances, 22)}
    assert ("village", "division:B") not in few and ("village", OTHERS) in few
    assert not [key for key in few if key[1] in ("division:C", "division:D")]
