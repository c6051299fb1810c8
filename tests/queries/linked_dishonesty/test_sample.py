"""Who stands near the dishonest subjects planted in a sample district: exactly those, how near, since
when; and the district's lists against the whole truth."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import networkx as nx
import pandas as pd
import pytest

import ingest
from api.case_workbook import case_workbook
from graph.errors import InputError, NotFoundError
from graph.identifiers import person_key
from graph.log import FactLog
from graph.moment import Moment
from graph.operations import CaseFiles, OperationsStore, RecordUses
from graph.secrets import make_secrets
from graph.settings import Settings
from ingest.sample import FILES, write_district
from ingest.sample.public_records import District
from ingest.sample.public_records import linked as planted
from ingest.sample.public_records.writing import write_table
from queries.basis import HINT_NOTICE
from queries.linked_dishonesty import (
    SHEETS,
    LinkedDistrict,
    ListFilter,
    NearbyHint,
    file_case,
    linked_district,
    linked_lists,
    load_links,
    party_links,
    sheets,
)
from queries.reader import Reader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR

DAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("linked")
    write_district(folder, persons=1_000)
    settings = Settings(data=folder / "data")
    for source, name in FILES.items():
        ingest.ingest(source, [folder / name], settings=settings, into_graph=False)
    made = planted.plant(District(folder, 20260401, "linked"))
    for source, name in planted.FILES:
        write_table(folder / name, made.tables[name])
        report = ingest.ingest(
            source, [folder / name], settings=settings, into_graph=False
        ).batches[0]  # fmt: skip
        assert (report.quarantined, report.findings) == (0, ()), name
    with OperationsStore(settings) as store:
        log = FactLog(settings.log_dir)
        stores: Any = SimpleNamespace(settings=settings, log=log, runs=Runs(), store=store)
        yield SimpleNamespace(
            reader=Reader(stores, Moment.of(log.batches(), as_of=DAY), ADMINISTRATOR),
            store=store,
            cases=made.truth["cases"],
            truth=json.loads((folder / "truth.json").read_text(encoding="utf-8")),
            identity=make_secrets(settings.secrets_file).identity_key,
        )
        stores.runs.close()


@pytest.fixture(scope="module")
def district(taken: Any) -> LinkedDistrict:
    found = linked_district(taken.reader)
    assert found is not None
    return found


def key_of(taken: Any, number: str) -> str:
    """The key of a firm by its code, of a person by the number."""
    return f"org:{number}" if number.startswith("91610305") else person_key(number, taken.identity)


def test_who_is_linked_is_found_exactly(taken: Any, district: LinkedDistrict) -> None:
    for case in taken.cases:
        subject = key_of(taken, case["subject"])
        found = {
            one.other: (one.distance, one.since) for one in district.hints if one.subject == subject
        }
        assert found == {
            key_of(taken, number): (distance, date.fromisoformat(since))
            for number, distance, since in case["linked"]
        }
        others = {one.other for one in district.hints}
        assert not others & {key_of(taken, number) for number in case["not_linked"]}
        assert not {*district.own} & {key_of(taken, number) for number in case["not_linked"]}


def test_nearness_agrees_with_another_search(district: LinkedDistrict) -> None:
    snapshot, policy = district.snapshot, load_links()
    graph = nx.Graph()
    for kind in policy.ties:
        ties = snapshot.ties[kind]
        proven = ties.facts["certainty"].to_numpy() >= 1
        graph.add_edges_from(
            zip(ties.source[proven].tolist(), ties.target[proven].tolist(), strict=True)
        )
    crowded = {n for n, degree in graph.degree() if degree > policy.through_at_most}
    assert district.own
    for subject in district.own:
        number = snapshot.index(subject)
        if number not in graph:
            continue
        thin = graph.copy()
        found = {
            snapshot.index(h.other): h.distance for h in district.hints if h.subject == subject
        }
        wanted = nx.single_source_shortest_path_length(thin, number, cutoff=policy.hops)
        del wanted[number]
        if not crowded & set(wanted):
            assert found == wanted


def test_every_step_shows_its_evidence(taken: Any, district: LinkedDistrict) -> None:
    subject = key_of(taken, taken.cases[0]["subject"])
    [far] = [one for one in district.hints if one.subject == subject and one.distance == 3]
    assert [[tie.kind for tie in step.ties] for step in far.steps] == [
        ["HOLDS_SHARES_IN"], ["HOLDS_SHARES_IN"], ["LEGAL_REPRESENTATIVE_OF", "HOLDS_SHARES_IN"],
    ]  # fmt: skip
    for step in far.steps:
        for tie in step.ties:
            assert tie.fact and tie.batch and tie.row and tie.source.startswith("enterprise")
    assert far.steps[-1].what == "法定代表人、股东"
    assert far.notice == HINT_NOTICE and (far.expires_on - DAY).days == load_links().expires_days


def test_own_linked_and_former_stand_apart(taken: Any) -> None:
    case = taken.cases[0]
    bad = party_links(taken.reader, taken.store, key_of(taken, case["subject"]))
    assert bad.is_dishonest and len(bad.own) == 1 and len(bad.linked) == 4
    near = party_links(taken.reader, taken.store, key_of(taken, case["linked"][0][0]))
    # standing near makes nobody dishonest
    assert (near.is_dishonest, near.own) == (False, ())
    assert [one.subject for one in near.linked] == [key_of(taken, case["subject"])]
    assert not {"own", "record", "list_kind"} & {*NearbyHint.__dataclass_fields__}
    repaired = party_links(taken.reader, taken.store, key_of(taken, case["not_linked"][2]))
    assert (repaired.own, repaired.linked, repaired.historical) == ((), (), ())


def test_a_hint_cannot_be_made_without_its_notice_or_its_end(district: LinkedDistrict) -> None:
    one = district.hints[0]
    for wrong in ({"notice": ""}, {"expires_on": one.as_of}, {"steps": ()}):
        with pytest.raises(ValueError, match="hint"):
            NearbyHint(**{**vars(one), **wrong})


def test_lists_are_cut_by_town_tie_nearness_and_day(taken: Any, district: LinkedDistrict) -> None:
    def total(**cut: Any) -> int:
        found = linked_lists(taken.reader, "linked", ListFilter(**cut))
        assert found is not None
        return found.total

    every = len(district.hints)
    assert total() == every
    assert total(nearest=1) == sum(one.distance == 1 for one in district.hints)
    assert total(tie="SPOUSE_OF") == sum("SPOUSE_OF" in one.ties for one in district.hints)
    assert total(since=date(2021, 9, 9)) == sum(
        one.since is not None and one.since >= date(2021, 9, 9) for one in district.hints
    )
    towns = {one.town for one in district.hints if one.town}
    assert (
        sum(total(town=town) for town in towns) + sum(not h.town for h in district.hints) == every
    )
    with pytest.raises(InputError):
        ListFilter(tie="FRIEND_OF")
    page = linked_lists(taken.reader, "linked", limit=2, offset=1)
    assert page is not None and page.rows == district.hints[1:3]


@pytest.mark.parametrize(
    ("name", "planted_as", "left_alone"),
    [
        ("re_registration", "shells", "not_shells"),
        ("nominee", "nominees", "not_nominees"),
        ("same_controller", "controllers", ""),
        ("shared_agent", "agents", "not_agents"),
    ],
)  # fmt: skip
def test_the_other_lists_against_the_truth(
    taken: Any, name: Any, planted_as: str, left_alone: str
) -> None:
    found = linked_lists(taken.reader, name, limit=100_000)
    assert found is not None
    pairs = {frozenset((row.hint.subject, row.hint.other)) for row in found.rows}  # type: ignore[union-attr]

    def told(rows: list[Any]) -> set[frozenset[str]]:
        if name in ("same_controller", "shared_agent"):
            groups = [[key_of(taken, code) for code in firms] for _, firms in rows]
            return {frozenset(two) for group in groups for two in combinations(group, 2)}
        return {frozenset(key_of(taken, number) for number in two) for two in rows}

    wanted = told(taken.truth[planted_as])
    assert wanted and len(wanted & pairs) / len(wanted) == 1
    assert len(wanted & pairs) / len(pairs) >= 0.9
    if left_alone:
        assert not told(taken.truth[left_alone]) & pairs
    assert all(row.hint.notice == HINT_NOTICE for row in found.rows)  # type: ignore[union-attr]


def test_rings_are_listed(taken: Any) -> None:
    found = linked_lists(taken.reader, "rings", limit=100_000)
    assert found is not None
    rings = {frozenset(row.members) for row in found.rows}  # type: ignore[union-attr]
    for ring in taken.truth["rings"] + taken.truth["joint_groups"]:
        assert frozenset(key_of(taken, number) for number in ring) in rings


def test_a_case_file_has_number_purpose_reader_and_time(taken: Any) -> None:
    subject = key_of(taken, taken.cases[0]["subject"])
    one = file_case(taken.reader, taken.store, subject, purpose="核查换壳", by="样本乙")
    two = file_case(taken.reader, taken.store, subject, purpose="复核", by="样本丙")
    assert two.kept.number == one.kept.number + 1 and "〔" in one.kept.name
    told = sheets(one)
    assert {*told} == {*SHEETS}
    assert all(len(row) == len(SHEETS[name]) for name, rows in told.items() for row in rows)
    cover = dict(told["封面"])
    assert (cover["编号"], cover["查阅目的"], cover["查阅人"]) == (
        one.kept.name,
        "核查换壳",
        "样本乙",
    )
    assert cover["说明"] == HINT_NOTICE and cover["生成时间（UTC）"]
    assert len(told["关联提示"]) == 4 and len(told["自身记录"]) == 1
    # a repair of the entry that it stands on finds it, read from the party's own side or from near by
    [entry] = one.links.own
    near = key_of(taken, taken.cases[0]["linked"][0][0])
    beside = file_case(taken.reader, taken.store, near, purpose="核查关联", by="样本丁")
    uses = {use.name for use in RecordUses(taken.store).of(entry.record)}
    assert {one.kept.name, two.kept.name, beside.kept.name} <= uses
    # what is kept of it says who read it for what, and nothing of what it said
    kept = CaseFiles(taken.store).all()
    assert [item.reader for item in kept][-3:] == ["样本乙", "样本丙", "样本丁"]
    for lacking in ({"purpose": " ", "by": "样本乙"}, {"purpose": "核查", "by": ""}):
        with pytest.raises(InputError):
            file_case(taken.reader, taken.store, subject, **lacking)
    with pytest.raises(NotFoundError):
        file_case(taken.reader, taken.store, "org:none", purpose="核查", by="样本乙")


def test_a_workbook_holds_text_only(taken: Any, tmp_path: Path) -> None:
    subject = key_of(taken, taken.cases[0]["subject"])
    made = file_case(taken.reader, taken.store, subject, purpose="=1+1", by="样本乙")
    path = tmp_path / "case.xlsx"
    path.write_bytes(case_workbook(made))
    told = pd.read_excel(path, sheet_name=None, engine="calamine", dtype=str)
    assert [*told] == [*SHEETS]
    assert "=1+1" in told["封面"]["内容"].tolist()
    with zipfile.ZipFile(path) as book:
        parts = [book.read(name) for name in book.namelist() if "worksheets" in name]
    assert len(parts) == len(SHEETS) and not any(b"<f>" in part for part in parts)
