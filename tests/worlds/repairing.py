"""An office with public records of one firm, on which repair, objection and annulment are tried."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from world import World

from graph.log import FactLog
from graph.settings import Settings
from graph.time import months_after, today
from ingest.repair import CaseFile, act_on, open_case
from queries.visible import as_view

FIRM = ("org:91610305MA9000017X", "Enterprise")
KNOWN = datetime(2026, 5, 6, 2, tzinfo=UTC)
#: Everything that an application has to show.
EVIDENCE = {"corrected": "整改复查合格", "duties_performed": "罚款缴款书", "minimum_over": "文书日期",
            "commitment": "承诺书已公示"}  # fmt: skip


def office(folder: Path) -> Settings:
    """Four penalties and a listing of one firm, one of each kind that matters here."""
    settings = Settings(data=folder)
    world = World(FactLog(settings.log_dir))
    world.node("Enterprise", FIRM[0], name="样样果业有限公司")
    begun = months_after(today(), -6)
    records: dict[str, dict[str, Any]] = {
        "ordinary": {"credit_class": "ordinary", "classed_by": "凤翔区应急管理局"},
        "serious": {"credit_class": "serious", "classed_by": "凤翔区应急管理局"},
        "silent": {},
        "over": {"published_until": months_after(today(), -1)},
    }
    for name, said in records.items():
        key = penalty(name)
        world.node("Penalty", key, document_no=f"凤应急罚〔2026〕{name}", authority="凤翔区应急管理局",
                   penalty_kinds="罚款", decided_on=begun, record_state="normal",
                   valid_from=begun, **said)  # fmt: skip
        world.tie("PENALISED_BY", FIRM, (key, "Penalty"))
    world.node("ListEntry", "list:1", list_kind="serious_violation", case_no="凤市监严〔2026〕1号",
               authority="凤翔区市场监督管理局", listed_on=begun)  # fmt: skip
    world.tie("SUBJECT_OF", FIRM, ("list:1", "ListEntry"))
    world.commit(KNOWN, "departments")
    return settings


def penalty(name: str) -> str:
    return f"penalty:1161:{name}:05MA9000017X"


def begin(settings: Settings, kind: Any, record: str, by: str = "张三", **stated: Any) -> CaseFile:
    table = "ListEntry" if record.startswith("list:") else "Penalty"
    return open_case(settings, kind, table, record, by=by, stated=stated, into_graph=False)


def go(settings: Settings, case: CaseFile, act: str, by: str = "张三", **stated: Any) -> CaseFile:
    return act_on(settings, case.case.number, act, by=by, stated=stated, into_graph=False)


def repaired(settings: Settings, record: str, by: tuple[str, str] = ("张三", "李四")) -> CaseFile:
    """A whole repair: applied for, accepted, proposed by one, let pass by another."""
    case = begin(settings, "repair", record, conditions=EVIDENCE, documents=["proof"])
    case = go(settings, case, "accept")
    case = go(settings, case, "propose", by[0], reason="条件齐备")
    return go(settings, case, "approve", by[1])


def seen(settings: Settings, kind: str = "Penalty", day: date | None = None) -> set[str]:
    """Keys of the records, and of those that a party is tied to, that readers get today."""
    log = FactLog(settings.log_dir)
    at = as_view(log).at(day or today(), datetime.now(UTC))
    tie = {"Penalty": "PENALISED_BY", "ListEntry": "SUBJECT_OF"}[kind]
    tied = {*at.whenever(tie)["to_key"].to_pylist()}
    assert tied <= {*at.whenever(kind)["key"].to_pylist()}
    return tied
