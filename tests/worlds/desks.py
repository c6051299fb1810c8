"""One whole district at work: cases under way, a draft, pairs to judge, who is told, who is watched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

from staffed import Staffed, staffed
from starlette.testclient import TestClient
from waiting import until
from whole_district import DAY, WholeDistrict, whole_district

from api.security import Role
from graph.time import utc_now
from ingest.department_rates import DepartmentRates
from ingest.repair import open_case
from queries.monitoring import subscribe, wanted

__all__ = ["AS_OF", "AtWork", "at_work", "lines_of"]

AS_OF = f"as_of={DAY}"
#: A line of a desk: what it says, where it leads, the number; where it leads nowhere, it has none.
_LINE = re.compile(
    r'<dt>(?P<title>[^<]+)</dt><dd><a href="(?P<path>[^"]+)"[^>]*>(?P<number>\d+)</a>'
)


@dataclass(frozen=True)
class AtWork:
    """The district, and the house in which it is looked at."""

    district: WholeDistrict
    house: Staffed
    overdue: int
    under_way: int

    def inside(self, role: Role, *, name: str = "", department: str = "农业农村局") -> TestClient:
        """A browser of somebody of a role, at its page; it follows where the pages lead."""
        login = self.house.enter(role, name=name, department=department)
        opened = self.house.inside(login)
        opened.follow_redirects = True
        return opened


@contextmanager
def at_work(folder: Path, *, made_in: Path) -> Iterator[AtWork]:
    """Two objections of long ago, one of now, a subscription, a queue, a draft of a bulletin."""
    with whole_district(folder, persons=1_000, made_in=made_in) as district:
        office, now = district.services.office, utc_now()
        penalties = sorted(
            {
                row["key"]
                for row in district.services.reader(district.reader.scope)
                .table("Penalty")
                .to_pylist()
            }
        )
        began = [now - timedelta(days=90), now - timedelta(days=80), now]
        for number, (record, at) in enumerate(zip(penalties, began, strict=False)):
            _object(district, record, at, number)
        subscribe(
            office.store, "王科员", wanted(sector={}), begins_on=None, reason="监测", by="某人",
            at=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
        )  # fmt: skip
        district.services.judging.refresh()
        DepartmentRates(office, district.reader).write("2026-03", by="某人", remarks="", why="")
        with staffed(folder / "data") as house:
            yield AtWork(district, house, overdue=2, under_way=3)


def _object(district: WholeDistrict, record: str, at: datetime, number: int) -> None:
    open_case(
        district.services.settings, "objection", "Penalty", record, by="某人", at=at,
        stated={"reason": f"文号有误 {number}", "applicant": "样例企业", "evidence": "决定书"},
        store=district.services.store, into_graph=False,
    )  # fmt: skip


def lines_of(browser: TestClient, path: str) -> dict[str, tuple[str, int]]:
    """Title -> where it leads, and its number, of a desk on which all is computed."""

    def whole() -> str:
        answer = browser.get(path)
        assert answer.status_code == 200, (answer.status_code, answer.text[-500:])
        return "" if "计算中</span>" in answer.text else answer.text

    text = until(whole)
    return {
        found["title"]: (unescape(found["path"]), int(found["number"]))
        for found in _LINE.finditer(text)
    }
