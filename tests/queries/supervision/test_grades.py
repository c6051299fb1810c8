"""Grades of others: a time axis, what a D bars, a change without an event, and what is inspected first."""

from __future__ import annotations

import ast
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from world import World

import queries
from graph.errors import InputError, NotFoundError
from graph.log import FactLog
from graph.moment import Moment
from graph.schema import SCHEMA
from graph.time import months_after
from queries.district import DistrictReader
from queries.linked_dishonesty import load_links
from queries.published import KINDS
from queries.runs import Runs
from queries.scope import ADMINISTRATOR
from queries.supervision import (
    Grade,
    grade_counts,
    grade_findings,
    graded,
    inspection_plan,
    load_grades,
    party_grades,
)
from queries.supervision.inspection import due, first_due

DAY = date(2026, 6, 1)
KNOWN = datetime(2026, 6, 1, 4, tzinfo=UTC)
FIRM, OTHER = "org:firm", "org:other"
MARKET = "凤翔区市场监督管理局"
#: Every kind of fact that says how somebody else graded a party.
KINDS_OF_GRADES = {"CreditGrade", "SupervisionGrade", "GRADED_AS", "SUPERVISED_AS"}


class District:
    """Two firms with grades, as sources would state them."""

    def __init__(self, folder: Path) -> None:
        self.log = FactLog(folder)
        self.world = World(self.log)
        for key in (FIRM, OTHER):
            self.world.node("Enterprise", key, name=f"样本{key[-4:]}")
        self._known: set[str] = set()

    def _given(
        self, tie: str, kind: str, who: str, key: str, since: str, until: date | None, **said: Any
    ) -> None:
        day = date.fromisoformat(since)
        self.world.node(kind, key, decided_on=day, valid_from=day, valid_to=until, **said)
        if key not in self._known:
            self._known.add(key)
            self.world.tie(tie, (who, "Enterprise"), (key, kind), valid_from=day)

    def grade(
        self, scheme: str, grade: str, since: str, *, who: str = FIRM, edition: str = "sector",
        until: str | None = None, superseded: str | None = None, by: str = "样本局",
    ) -> None:  # fmt: skip
        last = until and date.fromisoformat(until)
        ends = superseded and date.fromisoformat(superseded)
        self._given(
            "GRADED_AS", "CreditGrade", who, f"grade:{scheme}:{by}:{who}", since,
            ends or (last and last + timedelta(1)) or None, scheme=scheme, edition=edition,
            grade=grade, authority=by, valid_to_on=last,
        )  # fmt: skip

    def supervised(
        self, grade: str, since: str, *, who: str = FIRM, ground: str = "initial",
        event_no: str | None = None, superseded: str | None = None, sector: str = "market",
        **said: Any,
    ) -> None:  # fmt: skip
        ends = superseded and date.fromisoformat(superseded)
        days = {name: value and date.fromisoformat(value) if name.endswith("_on") else value
                for name, value in said.items()}  # fmt: skip
        self._given(
            "SUPERVISED_AS", "SupervisionGrade", who, f"supervision:{sector}:{MARKET}:{who}", since,
            ends or None, sector=sector, grade=grade, ground=ground, event_no=event_no,
            reason="样本理由", authority=MARKET, **days,
        )  # fmt: skip

    def tax(self, grade: str, since: str, *, who: str = FIRM) -> None:
        day = date.fromisoformat(since)
        key = f"tax_rating:{who}"
        self.world.node(
            "TaxRating", key, grade=grade, year=day.year - 1, rated_on=day, valid_from=day
        )
        self.world.tie("RATED_AS", (who, "Enterprise"), (key, "TaxRating"), valid_from=day)

    def inspected(self, on: str, *, who: str = FIRM, by: str = MARKET, **said: Any) -> None:
        day = date.fromisoformat(on)
        key = f"act:inspection:{on}:{who}"
        self.world.node(
            "AdministrativeAct", key, act_class="inspection", decided_on=day, authority=by,
            valid_from=day, **said,
        )  # fmt: skip
        self.world.tie("ACT_ON", (who, "Enterprise"), (key, "AdministrativeAct"), valid_from=day)

    def reader(self, day: date = DAY) -> DistrictReader:
        if not self.log.batches():
            self.world.commit(datetime(2026, 3, 1, tzinfo=UTC))
        stores: Any = SimpleNamespace(log=self.log, runs=Runs())
        moment = Moment.of(self.log.batches(), as_of=day, known_at=KNOWN)
        return DistrictReader(stores, moment, ADMINISTRATOR)


@pytest.fixture
def district(tmp_path: Path) -> District:
    return District(tmp_path / "log")


def test_all_grades_of_a_party_on_one_axis(district: District) -> None:
    district.grade(
        "public_credit", "excellent", "2024-03-29", edition="former", superseded="2025-03-31"
    )
    district.grade("public_credit", "good", "2025-03-31", edition="former", superseded="2026-03-31")
    district.grade("public_credit", "B", "2026-03-31", edition="2026", until="2027-03-30")
    district.tax("M", "2025-04-15")
    district.supervised("B", "2025-05-06", superseded="2026-02-02", next_inspection_on="2026-05-05")
    district.supervised("C", "2026-02-02", ground="adverse_record", event_no="罚1",
                        next_inspection_on="2026-08-05")  # fmt: skip
    district.grade("environment", "green", "2025-05-30", until="2026-05-29")
    district.grade("transport", "AA", "2026-06-02")
    told = party_grades(district.reader(), FIRM)
    assert [(one.scheme, one.grade, one.state) for one in told.grades] == [
        ("public_credit", "excellent", "history"), ("public_credit", "good", "history"),
        ("tax", "M", "in_force"), ("market", "B", "superseded"), ("environment", "green", "expired"),
        ("market", "C", "in_force"), ("public_credit", "B", "in_force"), ("transport", "AA", "coming"),
    ]  # fmt: skip
    assert told.grades[0].edition_label == "原版" and told.grades[2].document_no == "2024 年度"
    assert [(one.kind, one.grade.scheme) for one in told.findings] == [("lapsed", "environment")]
    assert [(one.due_on, one.how) for one in told.inspections] == [(date(2026, 8, 5), "stated")]
    with pytest.raises(NotFoundError):
        party_grades(district.reader(), "org:nobody")
    assert party_grades(district.reader(), OTHER).grades == ()


def test_the_last_day_of_a_grade_belongs_to_it(district: District) -> None:
    district.grade("environment", "green", "2025-06-02", until="2026-06-01")
    [one] = party_grades(district.reader(DAY), FIRM).grades
    assert one.state == "in_force"
    [one] = party_grades(district.reader(DAY + timedelta(1)), FIRM).grades
    assert one.state == "expired"
    assert grade_counts(district.reader(DAY + timedelta(1))).counts == ()


@pytest.mark.parametrize(
    ("scheme", "edition", "grade", "barred"),
    [
        ("public_credit", "2026", "D", {"transport", "tax", "market"}), ("public_credit", "2026", "C", set()),
        ("public_credit", "former", "poor", set()), ("environment", "sector", "D", set()),
    ],
)  # fmt: skip
def test_a_d_bars_the_a_of_every_sector_and_changes_none(
    district: District, scheme: str, edition: str, grade: str, barred: set[str]
) -> None:
    district.grade(scheme, grade, "2026-03-31", edition=edition, by="样本中心")
    district.grade("transport", "AA", "2026-04-15")
    district.grade("construction", "B", "2026-04-15")
    district.grade("water", "A", "2024-04-15", until="2025-04-14")
    district.grade("labour", "A", "2026-04-15", who=OTHER)
    district.tax("A", "2026-04-15")
    district.supervised("A", "2026-04-15")
    reader = district.reader()
    found = grade_findings(reader, "sector_a_with_d", limit=10).rows
    assert {one.grade.scheme for one in found} == barred
    assert all(one.beside and one.beside.grade == "D" and one.clause for one in found)
    told = {one.scheme: one.grade for one in party_grades(reader, FIRM).grades}
    assert told == {
        scheme: grade,
        "transport": "AA",
        "construction": "B",
        "water": "A",
        "tax": "A",
        "market": "A",
    }


@pytest.mark.parametrize(
    ("ground", "event_no", "grade", "found"),
    [
        ("score", None, "B", True), ("score", "号1", "B", True), ("score", None, "A", False),
        ("adverse_record", None, "B", True), ("adverse_record", "罚1", "B", False),
        ("repair", None, "B", True), ("repair", "修1", "B", False), ("initial", None, "B", True),
        ("periodic", None, "B", False), ("registration", None, "B", False),
    ],
)  # fmt: skip
def test_a_change_has_an_event(
    district: District, ground: str, event_no: str | None, grade: str, found: bool
) -> None:
    district.supervised("A", "2025-05-06", superseded="2026-05-06")
    district.supervised(grade, "2026-05-06", ground=ground, event_no=event_no)
    told = grade_findings(district.reader(), "no_event", limit=10).rows
    assert bool(told) is found
    # of the day before it nothing is told
    assert grade_findings(district.reader(date(2026, 5, 5)), limit=10).rows == ()


def test_a_change_that_was_healed_is_told_no_more(district: District) -> None:
    district.supervised("A", "2025-05-06", superseded="2026-02-02")
    district.supervised("C", "2026-02-02", ground="score", superseded="2026-05-06")
    district.supervised("A", "2026-05-06", ground="objection", event_no="异1")
    assert grade_findings(district.reader(date(2026, 3, 1)), limit=10).total == 1
    assert grade_findings(district.reader(), limit=10).total == 0


def test_what_is_due_first_stands_first(district: District) -> None:
    district.supervised("A", "2025-05-06", sector="market", next_inspection_on="2026-06-20")
    district.supervised("D", "2025-05-06", sector="fire", next_inspection_on="2026-06-20")
    district.supervised(
        "C", "2025-05-06", sector="water", last_inspected_on="2025-11-30", interval_months=6
    )
    district.supervised("B", "2025-05-06", sector="health")
    district.supervised("B", "2025-05-06", sector="tax", interval_months=6)
    district.supervised("B", "2025-05-06", who=OTHER, next_inspection_on="2027-01-01")
    plan = inspection_plan(district.reader(), limit=10)
    assert [(one.sector, one.due_on, one.state, one.how) for one in plan.rows] == [
        ("water", date(2026, 5, 30), "overdue", "counted"),
        ("fire", date(2026, 6, 20), "soon", "stated"), ("market", date(2026, 6, 20), "soon", "stated"),
        ("market", date(2027, 1, 1), "later", "stated"),
        # how often is for the authority to say, and from when on
        ("health", None, "unstated", None), ("tax", None, "unstated", None),
    ]  # fmt: skip
    assert plan.states == {"overdue": 1, "soon": 2, "later": 1, "unstated": 2}
    assert [
        one.sector for one in inspection_plan(district.reader(), state="soon", limit=1).rows
    ] == ["fire"]
    assert inspection_plan(district.reader(), grade="D", limit=5).total == 1
    assert inspection_plan(district.reader(), sector="market", limit=1, offset=1).total == 2
    with pytest.raises(InputError):
        inspection_plan(district.reader(), state="bad", limit=5)


@pytest.mark.parametrize(
    ("acts", "due_on"),
    [
        ([("2026-05-20", MARKET, {})], date(2026, 11, 20)),
        ([("2026-02-20", MARKET, {})], date(2026, 3, 1)),
        ([("2026-05-20", "宝鸡市生态环境局", {})], date(2026, 3, 1)),
        ([("2026-05-20", MARKET, {"record_state": "annulled"})], date(2026, 3, 1)),
        ([("2026-06-02", MARKET, {})], date(2026, 3, 1)),
        ([("2026-05-20", MARKET, {}), ("2026-05-28", MARKET, {})], date(2026, 11, 28)),
    ],
)
def test_an_inspection_that_took_place_is_due_no_more(
    district: District, acts: list[tuple[str, str, dict[str, Any]]], due_on: date
) -> None:
    district.supervised("C", "2025-05-06", interval_months=6, next_inspection_on="2026-03-01")
    for on, by, said in acts:
        district.inspected(on, by=by, **said)
    [one] = inspection_plan(district.reader(), limit=10).rows
    assert one.due_on == due_on


def test_counts_lead_to_whom_they_count(district: District) -> None:
    district.grade("transport", "A", "2026-04-15")
    district.grade("transport", "A", "2026-04-15", who=OTHER)
    district.grade("transport", "B", "2026-04-15", by="别的局")
    district.grade("public_credit", "poor", "2025-03-31", edition="former")
    reader = district.reader()
    told = grade_counts(reader)
    assert {(one.scheme, one.grade): one.subjects for one in told.counts} == {
        ("transport", "A"): 2, ("transport", "B"): 1,
    }  # fmt: skip
    for one in told.counts:
        rows = graded(reader, one.kind, one.scheme, one.grade, limit=10)
        assert len({row.grade.party for row in rows.rows}) == one.subjects == rows.total


# what others' grades may not do


def test_no_grade_is_published_seeds_a_risk_or_makes_anybody_dishonest() -> None:
    assert not KINDS_OF_GRADES & {*KINDS}
    for kind in KINDS_OF_GRADES:
        assert not SCHEMA.information(kind).is_public
        assert not getattr(SCHEMA.kind(kind), "is_adverse", False)
    assert not KINDS_OF_GRADES & {*load_links().ties}
    room = Path(queries.__file__).parent
    named = {
        str(path.relative_to(room))
        for ending in ("*.py", "*.yaml", "*.cypher")
        for path in room.rglob(ending)
        if any(kind in path.read_text(encoding="utf-8") for kind in KINDS_OF_GRADES)
    }
    # one room reads them; others may only be told of its findings
    assert {name for name in named if name.split("/")[0] in _DECIDING} == set()
    policy = yaml.safe_load((room / "risk" / "policy.yaml").read_text(encoding="utf-8"))
    assert not KINDS_OF_GRADES & {*policy["ties"]}


#: Rooms that decide, publish, or say who is near whom.
_DECIDING = {
    "adverse.py", "bulletins", "eligibility", "export.py", "indicators", "lawful", "lending",
    "linked_dishonesty", "measures", "money", "published.py", "risk", "structure",
}  # fmt: skip


def test_only_a_source_states_a_grade() -> None:
    """Whoever writes facts of these kinds: `node(...)` in the one source, and nobody else."""
    root = Path(queries.__file__).parents[1]
    made = set()
    for name in ("graph", "queries", "ingest", "api"):
        for path in (root / name).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            texts = {
                item.value
                for item in ast.walk(tree)
                if isinstance(item, ast.Call)
                for item in item.args
                if isinstance(item, ast.Constant)
                and item.value in ("CreditGrade", "SupervisionGrade")
            }
            if texts:
                made.add(str(path.relative_to(root)))
    assert made - {"graph/schema/credit_grade.py"} == {"ingest/sources/credit_grade/__init__.py"}


def test_rules_that_name_what_no_source_says_are_refused() -> None:
    told = json.loads(load_grades().model_dump_json())
    told["bars"][0]["grade"] = "E"
    with pytest.raises(ValueError, match="E"):
        type(load_grades()).model_validate(told)
    assert all(bar.sure != "unsure" for bar in load_grades().bars)


# properties of the plan


def days() -> st.SearchStrategy[date | None]:
    return st.none() | st.dates(date(2025, 1, 1), date(2027, 12, 31))


@settings(max_examples=examples(50), deadline=None)
@given(days(), days(), days(), st.none() | st.integers(1, 36))
def test_the_day_of_an_inspection(
    planned: date | None, stated: date | None, inspected: date | None, every: int | None
) -> None:
    grade = Grade(
        "org:x", "r", "supervision", "market", None, "B", "B 级", MARKET, None, "理由", "initial",
        date(2025, 1, 1), None, stated, every, planned, "in_force", "s", "b", 1,
    )  # fmt: skip
    told = due(grade, None, inspected, DAY)
    last = max([one for one in (stated, inspected) if one], default=None)
    assert told.last_inspected_on == last
    if told.due_on is None:
        assert told.state == "unstated" and told.how is None
        assert planned is None or (last is not None and last >= planned)
        assert last is None or every is None
        return
    # never before what has been, and a later inspection never makes the next one earlier
    assert last is None or told.due_on > last
    assert told.due_on == (
        planned if told.how == "stated" else months_after(last or DAY, every or 0)
    )
    later = due(grade, None, (last or DAY) + timedelta(40), DAY)
    assert later.due_on is None or later.due_on >= min(told.due_on, (last or DAY) + timedelta(40))
    assert first_due(told) < first_due(due(
        Grade(**{**vars(grade), "next_inspection_on": None, "interval_months": None}), None, None, DAY,
    ))  # fmt: skip
