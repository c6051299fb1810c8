"""A withdrawn batch leaves nothing behind: facts, suspicion, refused rows, parts are as if it had
not come; what was known before stays what was known then."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from breadth import examples
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from roll import HEAD, Roll, live, roll_source

import ingest
from graph.covered_sources import covered_sources
from graph.effective_batches import effective_batches
from graph.encoding import encode
from graph.errors import BusyError, InputError, NotFoundError
from graph.facts import end_columns, first_ids
from graph.operations import Ledger, OperationsStore, lease
from graph.settings import Settings
from ingest.comparing.completeness import last_stale, missing_parts
from ingest.comparing.list_part import ListPart
from ingest.correction.quarantine import Quarantine, open_rows
from ingest.identity.record import read_records

ABC = [("a", "东村", "甲"), ("b", "东村", "乙"), ("c", "东村", "丙")]
D = [("d", "西村", "丁")]
KINDS = ("Enterprise", "LEGAL_REPRESENTATIVE_OF", "Cooperative")


@pytest.fixture
def roll(tmp_path: Path) -> Roll:
    return Roll(tmp_path, roll_source())


def take_back(roll: Roll, name: str | int, **more: Any) -> ingest.Withdrawal:
    """Withdraw a batch on the next day."""
    now = datetime(2026, 3, 2, 4, tzinfo=UTC) + timedelta(days=roll.count)
    roll.count += 1
    said = {"reason": "送错了文件", "by": "李四", "into_graph": False, "known_at": now, **more}
    return ingest.withdraw(str(name), settings=Settings(data=roll.folder), **said)


def held(roll: Roll, known_at: datetime | None = None) -> list[tuple[Any, ...]]:
    """All that is held, but for identifiers and known times."""
    found = []
    for kind in KINDS:
        for row in roll.log.read(kind, known_at=known_at).to_pylist():
            # the same content again is a batch of the next number
            row["batch"] = re.sub(r"-\d+$", "", row["batch"])
            del row["fact_id"], row["known_from"]
            found.append((kind, *row.values()))
    return sorted(found, key=repr)


def state(roll: Roll) -> dict[str, Any]:
    """Everything that the next delivery, a clerk or an answer would see."""
    batches = roll.log.batches()
    about = {}
    for kind in KINDS:
        facts = roll.log.read(kind)
        first = first_ids(facts["fact_id"]).to_pylist()
        for name, row in zip(first, facts.to_pylist(), strict=True):
            about[name] = tuple(row[column] for column in end_columns(kind))
    stale = last_stale(roll.log, batches, "roll", "roll").to_pylist()
    stand = effective_batches(batches)
    return {
        "held": held(roll),
        "stale": sorted((about[row["fact_id"]], row["reason"]) for row in stale),
        "open": [(item.batch.file_name, item.row) for item in open_rows(roll.log)],
        "missing": missing_parts(batches, stand[-1]) if stand else None,
        "taken": covered_sources(batches),
        "parties": [(item.key, item.name, item.former_names) for item in read_records(roll.log)],
        "rows": [(item.file_name, dict(item.counts)) for item in stand],
    }


def deliver(roll: Roll, letters: str, who: str, part: ListPart | None, day: int, bad: str) -> bool:
    """A file of firms; the row of `bad` is refused.  Returns whether it became a batch."""
    lines = [
        f"{one},{'东村' if one < 'd' else '西村'},{one},{who},"
        f"{'昨天' if one == bad else f'2026-01-{day:02d}'}\n"
        for one in letters
    ]
    path = roll.folder / f"list{roll.count + 1}.csv"
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return roll.take_file(path, part).position is not None


DELIVERY = st.tuples(
    st.sets(st.sampled_from("abcdef"), min_size=1).map(lambda found: "".join(sorted(found))),
    st.sampled_from("甲乙"),
    st.sampled_from([None, None, ListPart("名单", 1, 2), ListPart("名单", 2, 2)]),
    st.integers(1, 3),
    st.sampled_from("-ab"),
)
EVENTS = st.lists(DELIVERY | st.just("withdraw"), min_size=2, max_size=8)
WHOLE = ("abcdef", "甲", None, 1, "-")


@hypothesis_settings(max_examples=examples(40))
@given(EVENTS)
# a fact that part 1 says again unchanged is changed by part 2, which goes; it is still confirmed
@example([WHOLE, ("abc", "甲", ListPart("名单", 1, 2), 1, "-"), ("abcd", "乙", ListPart("名单", 2, 2), 2, "-"),
          "withdraw", ("def", "甲", ListPart("名单", 2, 2), 1, "-")])  # fmt: skip
# the suspicion of a fact that was stated again
@example([WHOLE, ("a", "甲", None, 2, "-"), ("b", "乙", None, 2, "-"), "withdraw",
          ("c", "甲", None, 3, "-")])  # fmt: skip
# taken back twice, and delivered again
@example([WHOLE, ("ad", "乙", None, 2, "-"), "withdraw", ("ad", "乙", None, 2, "-"), "withdraw",
          "withdraw", WHOLE, ("ad", "乙", None, 2, "a")])  # fmt: skip
def test_what_was_withdrawn_might_as_well_not_have_come(
    tmp_path_factory: pytest.TempPathFactory, events: list[Any]
) -> None:
    roll = Roll(tmp_path_factory.mktemp("roll"), roll_source(0.6))
    stack: list[tuple[int, int, Any]] = []
    seen: list[tuple[datetime, list[Any]]] = []
    for event in events:
        at = roll.count
        if event == "withdraw":
            if not stack:
                continue
            assert take_back(roll, stack.pop()[1]).state == "withdrawn"
        elif deliver(roll, *event):
            stack.append((at, len(roll.log.batches()), event))
        if batches := roll.log.batches():
            facts = [roll.log.read(kind).to_pylist() for kind in KINDS]
            seen.append((batches[-1].known_at, facts))
    twin = Roll(tmp_path_factory.mktemp("twin"), roll_source(0.6))
    for at, _, event in stack:
        twin.count = at
        assert deliver(twin, *event)
    assert state(roll) == state(twin)
    # what was known before is what was known then, to the letter
    for known_at, facts in seen:
        assert [roll.log.read(kind, known_at=known_at).to_pylist() for kind in KINDS] == facts
    assert roll.log.verify() == []
    for batch in roll.log.batches():
        counts = batch.counts
        assert counts["rows_in"] == sum(counts[n] for n in ("accepted", "unchanged", "quarantined"))
    for kind in KINDS:
        ids = roll.log.history(kind)["fact_id"].to_pylist()
        assert len(ids) == len(set(ids))
    # and the next delivery finds the same
    for each in (roll, twin):
        each.count = len(events)
        deliver(each, "ace", "丙", None, 4, "-")
    assert state(roll) == state(twin)


def test_a_wrong_list_that_ended_firms_gives_them_back(roll: Roll) -> None:
    roll.take([*ABC, *D])
    before = held(roll)
    (c,) = [r["fact_id"] for r in roll.log.read("Enterprise").to_pylist() if r["key"] == "org:c"]
    wrong = roll.take([*ABC[:2], *D, ("x", "西村", "外人")], day="2026-02-01")
    assert wrong.ended == {"Enterprise": 1, "LEGAL_REPRESENTATIVE_OF": 1}
    believed = held(roll)
    assert live(roll.log) == {"a", "b", "d", "x"}
    found = take_back(roll, wrong.batch)
    assert (found.state, found.made.position) == ("withdrawn", 3)
    # x and the end of c leave, with their representatives; c without an end comes back
    assert found.leaves == {"Enterprise": 2, "LEGAL_REPRESENTATIVE_OF": 2}
    assert found.returns == {"Enterprise": 1, "LEGAL_REPRESENTATIVE_OF": 1}
    assert held(roll) == before
    # a fact that comes back says where it first stood, under a name of its own
    again = roll.log.read("Enterprise")
    assert set(again["batch"].to_pylist()) == {roll.log.batches()[0].batch}
    assert f"{c}.2" in again["fact_id"].to_pylist()
    # on the day between, the wrong list was believed
    assert held(roll, roll.log.batches()[1].known_at) == believed
    made = roll.log.batches()[-1]
    assert made.notes == {"withdraws": wrong.batch, "by": "李四", "reason": "送错了文件"}


def test_the_same_file_again_is_taken_in_again(roll: Roll) -> None:
    first = roll.take(ABC)
    take_back(roll, first.batch)
    assert (held(roll), covered_sources(roll.log.batches())) == ([], frozenset())
    again = roll.take(ABC)
    assert (again.position, again.batch, again.accepted) == (3, f"{first.batch}-2", 3)
    assert live(roll.log) == {"a", "b", "c"}
    assert roll.take(ABC).position is None
    # by its place in the log, as a clerk would say it
    assert take_back(roll, 3).batch.batch == again.batch
    assert live(roll.log) == set()


def test_only_the_last_may_go_and_in_reverse_all_may(roll: Roll) -> None:
    batches = [roll.take(rows, day=f"2026-01-0{n}") for n, rows in enumerate((ABC, D, ABC), 1)]
    with pytest.raises(InputError) as caught:
        take_back(roll, batches[0].batch)
    assert caught.value.cause_code == "batch_not_last"
    assert "第 3 批 list3.csv、第 2 批 list2.csv" in caught.value.message_zh
    assert len(roll.log.batches()) == 3
    for batch in reversed(batches):
        assert take_back(roll, batch.batch).state == "withdrawn"
    assert (held(roll), effective_batches(roll.log.batches())) == ([], [])


def test_withdrawn_once_is_enough(roll: Roll) -> None:
    roll.take(ABC)
    made = take_back(roll, 1)
    again = take_back(roll, 1, reason="又一次", by="王五")
    assert (again.state, again.made) == ("already", made.made)
    assert (again.leaves, again.returns) == (made.leaves, made.returns)
    assert encode(again)["reason"] == "送错了文件"
    assert len(roll.log.batches()) == 2


@pytest.mark.parametrize(
    ("name", "more", "code"),
    [
        ("2", {}, "withdrawal_of_withdrawal"),
        ("3", {}, "batch_unknown"),
        ("roll", {}, "batch_unknown"),
        ("1", {"reason": " "}, "reason_missing"),
        ("1", {"reason": "长" * 501}, "reason_long"),
        ("1", {"reason": "张三61032219750315001X不在本村"}, "reason_personal"),
        ("1", {"by": "李"}, "user_missing"),
    ],
)
def test_what_is_refused_changes_nothing(
    roll: Roll, name: str, more: dict[str, str], code: str
) -> None:
    roll.take(ABC)
    take_back(roll, 1)
    with pytest.raises((InputError, NotFoundError)) as caught:
        take_back(roll, name, **more)
    assert caught.value.cause_code == code
    assert len(roll.log.batches()) == 2


def test_an_unknown_batch_is_answered_with_those_there_are(roll: Roll) -> None:
    with pytest.raises(NotFoundError, match="还没有任何批次"):
        take_back(roll, "roll-1")
    roll.take(ABC)
    with pytest.raises(NotFoundError, match=r"最近的批次：第 1 批 list2\.csv"):
        take_back(roll, "roll-1")


def test_a_run_of_the_source_under_way_is_waited_for(roll: Roll) -> None:
    roll.take(ABC)
    settings = Settings(data=roll.folder)
    with OperationsStore(settings) as store, lease(store, settings, "roll", wait_s=0):
        with pytest.raises(BusyError):
            take_back(roll, 1, wait_s=0)
    assert len(roll.log.batches()) == 1


def test_a_part_that_was_withdrawn_has_not_arrived(roll: Roll) -> None:
    roll.take([*ABC, *D])
    roll.take(ABC[:1], ListPart("三月", 1, 2), day="2026-01-02")
    second = roll.take([ABC[1], *D], ListPart("三月", 2, 2), day="2026-01-02")
    assert live(roll.log) == {"a", "b", "d"}
    take_back(roll, second.batch)
    assert live(roll.log) == {"a", "b", "c", "d"}
    assert state(roll)["missing"] == (2,)
    assert {reason for _, reason in state(roll)["stale"]} == {"part_missing"}
    # the right one; what the first part named is not asked for again
    right = roll.take([*ABC[1:], *D], ListPart("三月", 2, 2), day="2026-01-02")
    assert (right.ended, right.missing_parts, right.stale_suspected) == ({}, (), 0)
    assert live(roll.log) == {"a", "b", "c", "d"}


def test_a_name_that_only_the_wrong_file_gave_is_no_former_name(roll: Roll) -> None:
    """Whoever is looked for by former names is not found by those of another county's list."""
    roll.take(ABC)
    path = roll.folder / "改名.csv"
    path.write_text(
        HEAD + "a,东村,新名,甲,2026-02-01\nx,东村,外地,乙,2026-02-01\n", encoding="utf-8"
    )
    roll.take_file(path)
    records = {item.key: item for item in read_records(roll.log)}
    assert (records["org:a"].name, records["org:a"].former_names) == ("新名", ("a",))
    take_back(roll, 2)
    records = {item.key: item for item in read_records(roll.log)}
    assert (records["org:a"].name, records["org:a"].former_names) == ("a", ())
    assert "org:x" not in records


def test_its_refused_rows_wait_for_nobody(roll: Roll) -> None:
    settings = Settings(data=roll.folder)
    deliver(roll, "abc", "甲", None, 1, "b")
    batch = roll.log.batches()[0]
    assert list(Quarantine(settings.quarantine_dir).cells(batch.batch)) == [3]
    seen = ingest.preview_withdrawal("1", settings=settings)
    assert (seen.state, seen.released, seen.reopened) == ("possible", 1, 0)
    assert seen.leaves == {"Enterprise": 2, "LEGAL_REPRESENTATIVE_OF": 2, "Cooperative": 1}
    assert len(roll.log.batches()) == 1
    take_back(roll, 1)
    assert open_rows(roll.log) == []
    assert list(settings.quarantine_dir.iterdir()) == []


def test_the_ledger_says_withdrawn(roll: Roll) -> None:
    def ledger() -> list[tuple[str, str, str | None, int | None]]:
        with OperationsStore(Settings(data=roll.folder)) as store:
            Ledger(store).reconcile(roll.log.batches())
            return [
                (item.file_name, item.state, item.batch, item.position)
                for item in Ledger(store).deliveries()
            ]

    name = roll.take(ABC).batch
    assert ledger() == [("list1.csv", "committed", name, 1)]
    take_back(roll, 1)
    assert ledger() == ledger() == [("list1.csv", "withdrawn", name, 1)]
    sha256 = roll.log.batches()[0].content_sha256
    with OperationsStore(Settings(data=roll.folder)) as store:
        book, at = Ledger(store), datetime(2026, 4, 1, tzinfo=UTC)
        # on its way again it is no longer what it was
        book.received("roll", sha256, file_name="又来.csv", at=at)
        book.failed("roll", sha256, file_name="又来.csv", code="file_broken", at=at)
    assert ledger() == [("又来.csv", "failed", name, 1)]
    roll.take(ABC)
    assert ledger() == [("list3.csv", "committed", f"{name}-2", 3)]
    # a ledger that was lost is written again from the log
    for path in roll.folder.glob("operations.sqlite3*"):
        path.unlink()
    assert ledger() == [("list3.csv", "committed", f"{name}-2", 3)]
    take_back(roll, 3)
    assert ledger() == [("list3.csv", "withdrawn", f"{name}-2", 3)]


def test_the_ledger_goes_back_to_the_batch_that_stands(roll: Roll) -> None:
    """The same bytes came as a list and as a part of another; only the part is taken back."""
    first = roll.take(ABC)
    roll.take(D, ListPart("三月", 1, 2))
    second = roll.take(ABC, ListPart("三月", 2, 2))
    take_back(roll, second.batch)
    with OperationsStore(Settings(data=roll.folder)) as store:
        for _ in range(2):
            found = {item.position: item for item in Ledger(store).deliveries()}
            assert (found[1].batch, found[1].state) == (first.batch, "committed")
            assert set(found) == {1, 2}
            Ledger(store).reconcile(roll.log.batches())
    assert roll.take(ABC).position is None


def test_a_list_goes_on_from_the_day_of_the_list_before(roll: Roll) -> None:
    """What ended on the day of the wrong list holds on that day again."""
    roll.take([*ABC, *D])
    roll.take([*ABC[:2], *D])
    assert live(roll.log, date(2026, 3, 4)) == {"a", "b", "d"}
    take_back(roll, 2)
    assert live(roll.log, date(2026, 3, 4)) == {"a", "b", "c", "d"}
