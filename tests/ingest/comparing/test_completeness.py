"""Complete lists: what ends with them, what stays under suspicion, and that nothing live is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from breadth import examples
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from roll import HEAD, Roll, live, roll_source

from graph.errors import InputError
from graph.operations import Ledger, OperationsStore
from graph.settings import Settings
from ingest.comparing.completeness import last_stale
from ingest.comparing.list_part import ListPart, part_named
from ingest.correction.quarantine import Quarantine
from ingest.correction.workbook import export_refused

pytestmark = pytest.mark.each_store

ABC = [("a", "东村", "甲"), ("b", "东村", "乙"), ("c", "东村", "丙")]
D = [("d", "西村", "丁")]


@pytest.fixture
def roll(tmp_path: Path) -> Roll:
    return Roll(tmp_path, roll_source())


def put_right(book: Path, to: Path, cells: dict[str, str]) -> None:
    """Save an error workbook with some cells corrected, all as text."""
    with CalamineWorkbook.from_path(str(book)) as opened:
        rows = opened.get_sheet_by_index(0).to_python()
    with xlsxwriter.Workbook(to) as written:
        sheet = written.add_worksheet("错误明细")
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cells.get(str(cell), str(cell)))


def representatives(roll: Roll) -> set[tuple[str, str]]:
    return {
        (row["from_key"].removeprefix("person:"), row["to_key"].removeprefix("org:"))
        for row in roll.log.read("LEGAL_REPRESENTATIVE_OF").to_pylist()
        if row["valid_to"] is None
    }


def suspected(roll: Roll) -> set[tuple[str, str]]:
    stale = last_stale(roll.log, roll.log.batches(), "roll", "roll").to_pylist()
    found = set()
    for row in stale:
        facts = {item["fact_id"]: item for item in roll.log.read(row["kind"]).to_pylist()}
        if row["kind"] == "Enterprise":
            found.add((facts[row["fact_id"]]["key"].removeprefix("org:"), row["reason"]))
    return found


def test_what_a_complete_list_no_longer_names_ends_on_its_day(roll: Roll) -> None:
    roll.take([*ABC, *D])
    report = roll.take([ABC[0], ABC[1], *D])
    assert report.ended == {"Enterprise": 1, "LEGAL_REPRESENTATIVE_OF": 1}
    assert (report.stale_suspected, report.missing_parts) == (0, ())
    assert live(roll.log) == {"a", "b", "d"}
    # it was true until the day of the list, and that is still told
    assert live(roll.log, date(2026, 3, 2)) == {"a", "b", "c", "d"}
    assert live(roll.log, date(2026, 3, 3)) == {"a", "b", "d"}
    # what was held before the list came is still what was held then
    before = roll.log.batches()[0].known_at
    assert all(r["valid_to"] is None
               for r in roll.log.read("Enterprise", known_at=before).to_pylist())  # fmt: skip
    # and it comes back when it is named again
    roll.take([*ABC, *D], day="2026-01-02")
    assert live(roll.log) == {"a", "b", "c", "d"}
    assert roll.log.verify() == []


def test_a_list_speaks_for_the_villages_that_it_names(roll: Roll) -> None:
    roll.take([*ABC, *D])
    report = roll.take(D, day="2026-02-01")
    assert (report.ended, report.stale_suspected) == ({}, 0)
    assert live(roll.log) == {"a", "b", "c", "d"}


def test_an_increment_ends_nothing(tmp_path: Path) -> None:
    roll = Roll(tmp_path, roll_source(completeness="increment"))
    roll.take(ABC)
    report = roll.take(ABC[:1], day="2026-02-01")
    assert (report.ended, report.stale_suspected) == ({}, 0)
    assert live(roll.log) == {"a", "b", "c"}
    assert all("listed" not in batch.files for batch in roll.log.batches())


@pytest.mark.parametrize(("limit", "reason"), [(0.5, "fell"), (None, "no_limit")])
def test_too_great_a_fall_ends_nothing(tmp_path: Path, limit: float | None, reason: str) -> None:
    roll = Roll(tmp_path, roll_source(limit))
    roll.take([*ABC, *D])
    report = roll.take([ABC[0], *D])
    assert report.ended == {}
    assert report.stale_suspected == 4
    assert [f.code for f in report.findings] == ["stale_suspected"]
    assert live(roll.log) == {"a", "b", "c", "d"}
    assert suspected(roll) == {("b", reason), ("c", reason)}
    # another village's list leaves the suspicion as it is, the next list of this one lifts it
    roll.take(D, day="2026-02-01")
    assert suspected(roll) == {("b", reason), ("c", reason)}
    roll.take([*ABC, *D], day="2026-02-01")
    assert suspected(roll) == set()


def test_nothing_ends_before_every_part_is_there(roll: Roll) -> None:
    roll.take([*ABC, *D])
    first = roll.take(ABC[:1], ListPart("三月", 1, 2), day="2026-01-02")
    assert (first.ended, first.missing_parts) == ({}, (2,))
    assert "list_incomplete" in {f.code for f in first.findings}
    assert suspected(roll) == {("b", "part_missing"), ("c", "part_missing")}
    second = roll.take([ABC[1], *D], ListPart("三月", 2, 2), day="2026-01-02")
    # a was named by the first part, b and d by the second, c by none
    assert second.ended == {"Enterprise": 1, "LEGAL_REPRESENTATIVE_OF": 1}
    assert live(roll.log) == {"a", "b", "d"}
    assert suspected(roll) == set()


def test_what_a_part_says_again_unchanged_is_seen(roll: Roll) -> None:
    roll.take([*ABC, *D])
    # the second part comes first and changes nothing at all
    roll.take([*ABC[1:], *D], ListPart("三月", 2, 2))
    report = roll.take(ABC[:1], ListPart("三月", 1, 2))
    assert (report.ended, report.stale_suspected) == ({}, 0)
    assert live(roll.log) == {"a", "b", "c", "d"}


def test_a_part_with_the_bytes_of_an_earlier_list_is_a_part_of_this_one(roll: Roll) -> None:
    roll.take(ABC)
    roll.take(D, ListPart("三月", 1, 2))
    # the very bytes of the first list; delivered twice they are one batch still
    second = roll.take(ABC, ListPart("三月", 2, 2))
    assert (second.accepted, second.missing_parts) == (0, ())
    assert roll.take(ABC, ListPart("三月", 2, 2)).position is None
    assert roll.take(ABC).position is None
    assert [batch.position for batch in roll.log.batches()] == [1, 2, 3]
    with OperationsStore(Settings(data=roll.folder)) as store:
        for _ in range(2):
            Ledger(store).reconcile(roll.log.batches())
            assert [item.position for item in Ledger(store).deliveries()] == [2, 3]


def test_a_finished_list_is_not_continued(roll: Roll) -> None:
    for number, rows in enumerate(([*ABC], [*D]), start=1):
        roll.take(rows, ListPart("名单", number, 2))
    # the same name a month later: its second part must arrive again
    report = roll.take(ABC[:2], ListPart("名单", 1, 2), day="2026-01-02")
    assert (report.ended, report.missing_parts) == ({}, (2,))
    assert live(roll.log) == {"a", "b", "c", "d"}
    # another number of parts is another list
    report = roll.take(D, ListPart("名单", 3, 3), day="2026-01-03")
    assert report.missing_parts == (1, 2)


def test_a_refused_row_protects_what_it_names(roll: Roll, tmp_path: Path) -> None:
    roll.take(ABC)
    path = tmp_path / "三月.csv"
    path.write_text(HEAD + "a,东村,a,甲,2026-01-01\nb,东村,b,乙,昨天\n", encoding="utf-8")
    report = roll.take_file(path)
    assert report.quarantined == 1
    # c is ended, as a third may be; b stands in the list, though its row is wrong
    assert live(roll.log) == {"a", "b"}
    assert suspected(roll) == {("b", "row_refused")}


def test_a_corrected_row_lifts_its_suspicion_and_is_of_its_village(
    roll: Roll, tmp_path: Path
) -> None:
    roll.take(ABC)
    path = tmp_path / "三月.csv"
    path.write_text(
        HEAD + "a,东村,a,甲,2026-01-01\nb,东村,b2,乙,昨天\nc,东村,c,丙,2026-01-01\n",
        encoding="utf-8",
    )
    roll.take_file(path)
    assert suspected(roll) == {("b", "row_refused")}
    waiting = Quarantine(roll.folder / "quarantine")
    (book,) = export_refused(roll.log, waiting, roll.source, tmp_path / "back")
    corrected = tmp_path / "back" / "更正.xlsx"
    put_right(book, corrected, {"昨天": "2026-02-01"})
    report = roll.take_file(corrected)
    assert (report.accepted, report.quarantined, report.ended) == (1, 0, {})
    assert suspected(roll) == set()
    assert live(roll.log) == {"a", "b", "c"}
    # the next list speaks for it as for any other of its village
    roll.take([ABC[0], ABC[2]], day="2026-02-02")
    assert live(roll.log) == {"a", "c"}


@pytest.mark.parametrize(
    ("line", "lives"),
    [
        (",东村,b,乙,2026-01-01\n", {"a", "b", "c", "d", "e"}),  # unreadable, in this village
        (",西村,b,乙,2026-01-01\n", {"a", "b", "d", "e"}),  # unreadable, in the other one
        ("b,,b,乙,2026-01-01\n", {"a", "b", "d", "e"}),  # its village is: the key is enough
        (",,b,乙,2026-01-01\n", {"a", "b", "c", "d", "e"}),  # nothing of it is
        ("b,东村,乙\n", {"a", "b", "c", "d", "e"}),  # torn
    ],
)
def test_a_row_that_cannot_be_read_protects_all_it_might_name(
    roll: Roll, tmp_path: Path, line: str, lives: set[str]
) -> None:
    roll.take([*ABC, *D, ("e", "西村", "戊")])
    path = tmp_path / "三月.csv"
    rest = "a,东村,a,甲,2026-01-01\nd,西村,d,丁,2026-01-01\ne,西村,e,戊,2026-01-01\n"
    if lives == {"a", "b", "d", "e"} and line.startswith(","):
        rest += "b,东村,b,乙,2026-01-01\n"
    path.write_text(HEAD + rest + line, encoding="utf-8")
    roll.take_file(path)
    assert live(roll.log) == lives


def test_a_blank_is_no_no(roll: Roll) -> None:
    roll.take(ABC)
    # a has another representative; whose of b it is was left blank
    report = roll.take([("a", "东村", "戊"), ("b", "东村", ""), ABC[2]])
    assert report.ended == {} and report.succeeded == {"LEGAL_REPRESENTATIVE_OF": 1}
    assert representatives(roll) == {("戊", "a"), ("乙", "b"), ("丙", "c")}
    stale = last_stale(roll.log, roll.log.batches(), "roll", "roll").to_pylist()
    assert [(row["kind"], row["reason"]) for row in stale] == [
        ("LEGAL_REPRESENTATIVE_OF", "left_blank")
    ]


def test_what_another_row_says_too_stays(roll: Roll) -> None:
    roll.take(ABC)
    roll.take(ABC[1:])
    # the village's cooperative was stated by a's row, which is gone
    held = roll.log.read("Cooperative").to_pylist()
    assert [(row["key"], row["valid_to"]) for row in held] == [("org:of-东村", None)]


def test_counts_are_expected(tmp_path: Path) -> None:
    roll = Roll(tmp_path, roll_source(expected={"min": 3, "max": 3}))
    roll.take(ABC)
    with pytest.raises(InputError) as caught:
        roll.take(ABC[:2])
    assert caught.value.cause_code == "too_few_rows"
    assert len(roll.log.batches()) == 1
    assert {f.code for f in roll.take([*ABC, *D]).findings} == {"too_many_rows"}
    # of a list in parts the last one decides
    roll.take(ABC[:2], ListPart("四月", 1, 2))
    assert roll.take(D, ListPart("四月", 2, 2)).missing_parts == ()


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("农户信息202604.xlsx", ListPart("农户信息202604")),
        ("农户信息202604-第2份共3份.xlsx", ListPart("农户信息202604", 2, 3)),
        ("农户信息（第10份，共12份）.csv", ListPart("农户信息", 10, 12)),
    ],
)
def test_names_say_parts(name: str, part: ListPart) -> None:
    assert part_named(Path(name)) == part


def test_a_part_beyond_the_last_is_refused() -> None:
    with pytest.raises(InputError):
        part_named(Path("农户-第4份共3份.csv"))


def test_an_older_list_that_comes_again_is_told_to_be_overtaken(roll: Roll) -> None:
    roll.take([*ABC, *D])
    roll.take(ABC[:2], day="2026-01-02")
    report = roll.take([*ABC, *D])
    assert (report.accepted, report.unchanged, report.position) == (0, 4, None)
    (finding,) = report.findings
    assert (finding.code, finding.severity) == ("older_list_again", "warning")
    assert "第 2 批“list2.csv”" in finding.message_zh and "撤销" in finding.message_zh
    # the last word again is nothing to speak of, nor is the other part of the same list
    last = {item.code for item in roll.take(ABC[:2], day="2026-01-02").findings}
    assert "older_list_again" not in last
    first = ListPart("四月", 1, 2)
    roll.take(ABC[:1], first, day="2026-01-03")
    roll.take(ABC[1:], ListPart("四月", 2, 2), day="2026-01-03")
    again = {item.code for item in roll.take(ABC[:1], first, day="2026-01-03").findings}
    assert "older_list_again" not in again


LISTS = st.lists(
    st.tuples(
        st.sets(st.sampled_from("abcdefgh")),
        st.sampled_from([(1, 1), (1, 1), (1, 2), (2, 2)]),
    ),
    min_size=1,
    max_size=6,
)


@hypothesis_settings(max_examples=examples(40))
@given(LISTS)
@example([({"a"}, (1, 1)), ({"b", "c"}, (1, 2)), (set(), (2, 2)), ({"b"}, (1, 1))])
@example([(set("abcdef"), (1, 1)), ({"a", "f"}, (1, 1)), ({"e"}, (1, 1))])
def test_no_live_fact_is_lost_and_none_is_there_twice(
    tmp_path_factory: pytest.TempPathFactory, lists: list[tuple[set[str], tuple[int, int]]]
) -> None:
    """Against a plain model: what lives is what was named, less what whole lists left out."""
    roll = Roll(tmp_path_factory.mktemp("roll"), roll_source(0.6))
    lives: set[str] = set()
    parts: dict[int, set[str]] = {}
    empty: set[int] = set()
    for at, (named, (number, of)) in enumerate(lists):
        part = ListPart("名单", number, 2) if of == 2 else None
        # an empty file bears no date: it is the same file again, and nothing
        is_again = not named and (number in empty if of == 2 else bool(empty))
        empty |= set() if named else {number * (of - 1)}
        roll.take(
            [(one, "东村" if one < "e" else "西村", "甲") for one in sorted(named)],
            part,
            day=f"2026-01-{at + 1:02d}",
        )
        if is_again:
            continue
        if of == 2:
            parts[number] = named
        complete = of == 1 or len(parts) == 2
        whole = named if of == 1 else set().union(*parts.values())
        for village in ("abcd", "efgh"):
            there, listed = lives & set(village), whole & set(village)
            if complete and listed and len(there - listed) <= 0.6 * len(there):
                lives -= there - listed
        lives |= named
        if len(parts) == 2:
            parts = {}
        assert live(roll.log) == lives
    for kind in ("Enterprise", "LEGAL_REPRESENTATIVE_OF"):
        open_facts = [r for r in roll.log.read(kind).to_pylist() if r["valid_to"] is None]
        slots = [r.get("key") or (r["from_key"], r["to_key"]) for r in open_facts]
        assert len(slots) == len(set(slots))
