"""What is withheld is in no answer from tables: against the world cut down by the definition."""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from breadth import some

from bench.scope.answers import answers_of, content, plain
from bench.scope.cut import Grounds, cut_view
from bench.scope.differential import compare, differing
from bench.scope.memory_log import MemoryLog, Said
from bench.scope.random_world import DAYS, INSTANTS, VILLAGES, random_scope, random_world
from graph.errors import NotFoundError
from graph.information import InformationClass
from graph.schema import SCHEMA
from graph.snapshot import refresh_snapshot, take_snapshot
from queries.lawful import Law
from queries.risk import assess, explain
from queries.scope import ADMINISTRATOR, Scope
from queries.structure import read_structure
from queries.visible import visible


def test_every_answer_through_a_scope_is_that_of_the_cut_world() -> None:
    pairs = list(compare(12, "suite"))
    assert [found for pair in pairs for found in pair.differences] == []
    # a comparison of nothing with nothing proves nothing
    assert sum(pair.withheld for pair in pairs) >= 8
    assert sum(pair.answers for pair in pairs) > 1_000


def test_every_table_through_a_scope_is_what_the_definition_leaves() -> None:
    kept = hidden = 0
    tried = some(range(12))
    for number in tried:
        log, day, known = random_world(f"tables {number}"), DAYS[number % 4], INSTANTS[2]
        grounds = Grounds(log)
        for serial in range(3):
            scope = random_scope(f"tables {number}/{serial}")
            seen = visible(log, scope).at(day, known)
            left = cut_view(grounds, scope, day, known).at(day, known)
            for kind in (item.kind for item in SCHEMA.kinds):
                table = seen.table(kind)
                assert table.to_pylist() == left.table(kind).to_pylist(), kind
                assert seen.whenever(kind).to_pylist() == left.whenever(kind).to_pylist(), kind
                kept += len(table)
                hidden += len(seen.stated(kind)) - len(table)
            assert seen.redirects == left.redirects
    assert min(kept, hidden) > 84 * len(tried)


KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
DAY = date(2026, 5, 1)


def said_of_identity(*identities: tuple[str, str, float]) -> MemoryLog:
    """A world of three who live in a village each, 甲 in the first, and who of them is whom."""
    said = Said("farmer_household", KNOWN)
    for number, key in enumerate(("person:a", "person:b", "person:c")):
        said.state("Person", f"v{number}", key=key, label="Person", name=key)
        said.state("LOCATED_IN", f"l{number}", discriminator="", from_key=key, from_label="Person",
                   to_key=f"division:{VILLAGES[number]}", to_label="Village")  # fmt: skip
    for number, (old, new, certainty) in enumerate(identities):
        said.state("SAME_AS", f"s{number}", discriminator="", from_key=old, from_label="Person",
                   to_key=new, to_label="Person", certainty=certainty)  # fmt: skip
    return MemoryLog([said])


#: Who is whom, and which of it a reader who works in the village of 甲 alone is shown.
WHO_IS_WHOM = {
    # what a key that was given up may be besides is told to nobody, and so to no reader
    "resembles one, is another": ([("person:c", "person:a", 0.9), ("person:c", "person:b", 1.0)], []),
    "resembles one": ([("person:c", "person:a", 0.9)], ["s0"]),
    "is both": ([("person:c", "person:a", 1.0), ("person:c", "person:b", 1.0)], []),
    "resembles one that is another": (
        [("person:a", "person:c", 0.9), ("person:c", "person:b", 1.0)], ["s0"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", WHO_IS_WHOM)
def test_of_who_is_whom_a_scope_tells_what_the_cut_world_tells(which: str) -> None:
    identities, shown = WHO_IS_WHOM[which]
    log, here = said_of_identity(*identities), Scope("一村", (VILLAGES[0],))
    for scope in (here, Scope("一村", (VILLAGES[0],), open_classes=frozenset({"identity"}))):
        left = cut_view(Grounds(log), scope, DAY, KNOWN)
        for view in (visible(log, scope), left):
            assert view.at(DAY, KNOWN).table("SAME_AS")["fact_id"].to_pylist() == shown
            assert not view.at(DAY, KNOWN).redirects
        seen, cut = (answers_of(view, DAY, KNOWN, "institution:bank")
                     for view in (visible(log, scope), left))  # fmt: skip
        assert differing(seen, cut) == []
    everybody = visible(log, ADMINISTRATOR).at(DAY, KNOWN).table("SAME_AS")["fact_id"].to_pylist()
    assert {*shown} <= {*everybody}


def test_what_is_left_of_a_world_is_part_of_what_everybody_is_told() -> None:
    """A cut that kept what no reader is told would find differences that are none, or hide some."""
    for number in some(range(8)):
        log, day, known = random_world(f"part {number}"), DAYS[number % 4], INSTANTS[2]
        whole, left = (
            visible(log, ADMINISTRATOR),
            cut_view(Grounds(log), random_scope(number), day, known),
        )
        for kind in (item.kind for item in SCHEMA.kinds):
            for read in ("table", "whenever"):
                one, all_ = (getattr(view.at(day, known), read)(kind) for view in (left, whole))
                assert {*one["fact_id"].to_pylist()} <= {*all_["fact_id"].to_pylist()}, kind


def test_nothing_is_looked_through_for_who_sees_everything() -> None:
    every = Scope("全部类别", open_classes=frozenset(InformationClass))
    for view in (
        visible(random_world("every"), ADMINISTRATOR),
        visible(random_world("every"), every),
    ):
        assert [type(keep) for keep in view.keeps] == [Law]
        assert view.reader == ""


def test_a_wider_scope_never_hides_a_fact() -> None:
    for number in some(range(6)):
        log, scope = random_world(f"wider {number}"), random_scope(f"wider {number}")
        wider = Scope("更宽", None, None, "", scope.open_classes, scope.grants)
        one, two = (visible(log, each).at(DAYS[2], INSTANTS[2]) for each in (scope, wider))
        for kind in (item.kind for item in SCHEMA.kinds):
            seen = one.table(kind)["fact_id"].to_pylist()
            assert {*seen} <= {*two.table(kind)["fact_id"].to_pylist()}


def test_a_party_that_is_not_seen_is_one_that_nobody_knows() -> None:
    log = random_world("unseen")
    shut = visible(log, Scope("外区", ("610303",), open_classes=frozenset()))
    known = {*take_snapshot(visible(log, ADMINISTRATOR), DAYS[2]).keys.to_pylist()}
    snapshot = take_snapshot(shut, DAYS[2])
    unseen = sorted(known - {*snapshot.keys.to_pylist()})
    assert unseen
    run, structure = assess(snapshot), read_structure(snapshot)
    for key in (unseen[0], "person:nobody"):
        for ask in (
            lambda key=key: explain(run, key),
            lambda key=key: structure.guarantee_position(key),
            lambda key=key: structure.hints_about(key),
        ):
            with pytest.raises(NotFoundError) as told:
                ask()
            assert told.value.cause_code == "party_unknown"
        assert structure.owners(key) is None


def test_snapshots_of_two_readers_are_not_taken_for_each_other() -> None:
    log = random_world("readers")
    scope = random_scope(random.Random(3).randrange(100))
    one, two = (
        take_snapshot(visible(log, ADMINISTRATOR), DAYS[2]),
        take_snapshot(visible(log, scope), DAYS[2]),
    )
    assert one.id != two.id
    assert one.id == take_snapshot(visible(log, ADMINISTRATOR), DAYS[2]).id
    again = refresh_snapshot(one, visible(log, scope))
    assert plain(content(again)) == plain(content(two))
    assert plain(content(refresh_snapshot(two, visible(log, ADMINISTRATOR)))) == plain(content(one))


def test_a_mask_that_forgets_one_owner_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof is one only if it fails where something is wrong."""
    import queries.visible as rendering

    monkeypatch.setattr(rendering, "owning", lambda label: ())
    assert any(pair.differences for pair in compare(8, "suite"))


def test_nothing_in_queries_reads_the_log_but_through_a_reader_s_view() -> None:
    """A table that is read beside the view is one that nothing is left out of."""
    folder = Path(__file__).parents[2] / "queries"
    raw = re.compile(r"\blog\.(read|facts|history|held)\(|\bFactLog\(|take_snapshot\(FactLog")
    found = [
        f"{path.relative_to(folder)}: {line.strip()}"
        for path in sorted(folder.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if raw.search(line)
    ]
    # what departments filed is counted over columns that name no subject, for who sees everything
    assert found == ["filed.py: history = view.log.history(kind, known_at=moment.known_at)"]
