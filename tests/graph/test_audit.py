"""The chain of the audit: what is done to it behind its back is found, and found where it was done."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InputError, OperationsError
from graph.operations import AuditNote, OperationsStore, Trail
from graph.operations.audit import check_chain, cut, heads, seal
from graph.operations.audit.heads import exported_heads
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.signing import SIGNING_FILE

AT = datetime(2026, 11, 2, 1, 30, 0, 250_000, tzinfo=UTC)
MAN, WOMAN = "person:" + "a" * 32, "person:" + "b" * 32
FIRM, TRADER = "org:91610305MA92001956", "org:92610305MA92001956"
TABLES = ("audit_entries", "audit_subjects", "audit_batches", "audit_heads", "audit_anchors")


def note(hours: float = 0, *subjects: str, **more: Any) -> AuditNote:
    told = {"who": "user:7", "name": "样本甲", "role": "loan_officer", "act": "ask"}
    told |= {"way": "GET /v1/parties/{key}", "subjects": frozenset(subjects or (MAN,))}
    return AuditNote(at=AT + timedelta(hours=hours), **{**told, **more})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path / "data", audit_heads=tmp_path / "away")) as opened:
        yield opened


@pytest.fixture
def filled(store: OperationsStore) -> OperationsStore:
    """Six entries of three days; the heads of the first two are signed."""
    trail = Trail(store)
    for hours in (0, 1, 25, 26, 50, 51):
        trail.append([note(hours)])
    return store


def tampered(store: OperationsStore, change: str, *values: Any) -> None:
    """What whoever owns the file does: take the triggers away, then as they please."""
    with closing(sqlite3.connect(store.settings.operations_file)) as raw, raw:
        for table in TABLES:
            for what in ("unchanged", "kept", "new"):
                raw.execute(f"DROP TRIGGER IF EXISTS {table}_{what}")
        if values:
            raw.execute(change, values)
        else:
            raw.executescript(change)
    raw.close()


def rows(store: OperationsStore) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(store.settings.operations_file)) as raw:
        raw.row_factory = sqlite3.Row
        return [dict(row) for row in raw.execute("SELECT * FROM audit_entries ORDER BY number")]


def by_hand(row: dict[str, Any], previous: str) -> str:
    """The hash of a row as the documentation says it, from the bytes of the database."""
    at = datetime.fromisoformat(row["at"]).replace(tzinfo=UTC).isoformat(timespec="microseconds")
    bound = [
        row["number"], at, row["who"], row["name"], row["role"], row["institution"], row["act"],
        row["way"], row["thing"], row["items"], row["purpose"], row["consents"], row["subjects"],
        row["subjects_digest"], row["result"], row["status"], row["address"], row["document"],
        row["trace"], row["follows"], previous,
    ]  # fmt: skip
    text = json.dumps(bound, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
notes = st.lists(
    st.builds(
        note,
        st.integers(0, 60),
        st.sampled_from((MAN, WOMAN, FIRM)),
        name=words, way=words, purpose=words, status=st.integers(0, 599),
        items=st.lists(st.sampled_from(("credit", "tax")), max_size=2, unique=True).map(tuple),
        institution=st.none() | words, follows=st.none() | st.integers(1, 9),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=examples(25))
@given(lots=st.lists(notes, min_size=1, max_size=3))
def test_every_hash_is_what_a_plain_walk_gives(
    lots: list[list[AuditNote]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with OperationsStore(Settings(data=tmp_path_factory.mktemp("chain"))) as store:
        numbers = [number for lot in lots for number in Trail(store).append(lot)]
        previous = "0" * 64
        for number, row in zip(numbers, rows(store), strict=True):
            assert (row["number"], row["previous"]) == (number, previous)
            previous = by_hand(row, previous)
            assert row["hash"] == previous
        found = check_chain(store)
        assert (found.problem, found.entries, found.hash) == (None, len(numbers), previous)


def test_who_is_no_body_stands_under_a_mark_and_is_found_by_its_key(store: OperationsStore) -> None:
    trail = Trail(store)
    trail.append(
        [note(0, MAN, FIRM), note(1, WOMAN), note(2, TRADER, "household:610305103201-000322")]
    )
    with closing(sqlite3.connect(store.settings.operations_file)) as raw:
        kept = [subject for (subject,) in raw.execute("SELECT subject FROM audit_subjects")]
    assert FIRM in kept
    assert sum(one.startswith("mark:") for one in kept) == 4
    assert [entry.number for entry in trail.about(MAN)] == [1]
    assert [entry.number for entry in trail.about(MAN, WOMAN)] == [2, 1]
    assert [entry.number for entry in trail.about(TRADER)] == [3]
    assert trail.about("person:" + "c" * 32) == []


def test_a_mark_of_another_installation_is_another(tmp_path: Path) -> None:
    marks = set()
    for name in "ab":
        with OperationsStore(Settings(data=tmp_path / name)) as store:
            marks.add(Trail(store).mark(MAN))
    assert len(marks) == 2


def test_many_subjects_are_kept_in_one_piece_and_found(store: OperationsStore) -> None:
    trail = Trail(store)
    everybody = [f"person:{number:032x}" for number in range(1_000)]
    trail.append([note(0, *everybody), note(1)])
    assert trail.find(1).subjects == 1_000  # type: ignore[union-attr]
    for key in (everybody[0], everybody[517], everybody[-1]):
        assert [entry.number for entry in trail.about(key)] == [1]
    assert [entry.number for entry in trail.about(MAN)] == [2]
    assert check_chain(store).problem is None
    tampered(store, "UPDATE audit_batches SET digests = substr(digests, 17)")
    assert check_chain(store).problem.kind == "subjects"  # type: ignore[union-attr]


def test_a_search_takes_all_that_is_given(store: OperationsStore) -> None:
    trail = Trail(store)
    trail.append([
        note(0), note(1, who="user:8", name="样本乙"), note(30, act="decide"),
        note(31, WOMAN, document="20261103-000001-000001"),
    ])  # fmt: skip

    def found(**given: Any) -> list[int]:
        return [entry.number for entry in trail.search(**given).entries]

    assert found() == [4, 3, 2, 1]
    assert found(who="user:8") == found(who="样本乙") == [2]
    assert found(act="decide") == [3]
    assert found(subject=WOMAN) == found(document=" 20261103-000001-000001 ") == [4]
    assert found(from_on=date(2026, 11, 3)) == [4, 3]
    assert found(to_on=date(2026, 11, 2), who="user:7") == [1]
    assert found(document="") == []
    assert (trail.search(limit=1, offset=1).total, found(limit=1, offset=1)) == (4, [3])


@pytest.mark.parametrize("table", TABLES)
def test_nothing_of_it_is_changed_or_taken_away(filled: OperationsStore, table: str) -> None:
    settings = filled.settings
    cut(filled, date(2026, 11, 3), by="样本丙", at=AT + timedelta(days=3_000))
    Trail(filled).append([note(80, *(f"person:{n:032x}" for n in range(201)))])
    with closing(sqlite3.connect(settings.operations_file)) as raw:
        column = "entry" if table in ("audit_subjects", "audit_batches") else "number"
        for change in (
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="only added to"):
                raw.execute(change)
                if column == "entry" and change.startswith("INSERT"):
                    raise sqlite3.IntegrityError("only added to")  # the same rows again
    raw.close()
    assert check_chain(filled).problem is None


@pytest.mark.parametrize(
    ("change", "number", "kind", "said"),
    [
        ("UPDATE audit_entries SET purpose = '贷款' WHERE number = 3", 3, "changed", "第3条被改动"),
        ("UPDATE audit_entries SET at = '2026-11-02 01:00:00.000000' WHERE number = 1", 1, "changed", "第1条"),
        ("DELETE FROM audit_subjects WHERE entry = 4; DELETE FROM audit_entries WHERE number = 4",
         4, "missing", "第4条缺失"),
        ("DELETE FROM audit_subjects WHERE entry = 1; DELETE FROM audit_entries WHERE number = 1",
         1, "missing", "第1条缺失"),
        ("UPDATE audit_entries SET number = 99 WHERE number = 3;"
         "UPDATE audit_entries SET number = 3 WHERE number = 4;"
         "UPDATE audit_entries SET number = 4 WHERE number = 99", 3, "reordered", "原是第4条"),
        ("UPDATE audit_subjects SET subject = 'mark:0' WHERE entry = 5", 5, "subjects", "主体"),
        ("DELETE FROM audit_subjects WHERE entry = 2", 2, "subjects", "第2条"),
        ("UPDATE audit_heads SET hash = '0' WHERE number = 2", 2, "head", "签名"),
        ("DELETE FROM audit_entries WHERE number <= 2;"
         "INSERT INTO audit_anchors VALUES (2, (SELECT previous FROM audit_entries WHERE number = 3),"
         " '2026-11-03', '某人', '2026-11-09 00:00:00.000000', '00', '00')", 2, "cut", "没有有效签名"),
        ("DELETE FROM audit_heads WHERE number = 2", 2, "head_lost", "日首"),
    ],
)  # fmt: skip
def test_what_was_done_behind_its_back_is_named(
    filled: OperationsStore, change: str, number: int, kind: str, said: str
) -> None:
    assert check_chain(filled, filled.settings.audit_heads).problem is None
    tampered(filled, change)
    problem = check_chain(filled, filled.settings.audit_heads).problem
    assert problem is not None
    assert (problem.number, problem.kind) == (number, kind)
    assert said in problem.said


def rewritten(store: OperationsStore, number: int) -> None:
    """An entry changed, and every hash from there on made right again."""
    every = rows(store)
    previous = "0" * 64
    for row in every:
        if row["number"] == number:
            row["purpose"] = "改写"
        new = by_hand(row, previous)
        if row["number"] >= number:
            change = "UPDATE audit_entries SET purpose = ?, previous = ?, hash = ? WHERE number = ?"
            tampered(store, change, row["purpose"], previous, new, row["number"])
        previous = new


def test_a_chain_written_anew_differs_from_its_heads(filled: OperationsStore) -> None:
    away = filled.settings.audit_heads
    rewritten(filled, 3)
    problem = check_chain(filled).problem
    assert (problem.number, problem.kind) == (3, "head")  # type: ignore[union-attr]
    # whoever takes the heads away as well still has not those of the second place
    tampered(filled, "DELETE FROM audit_heads")
    assert check_chain(filled).problem is None
    assert check_chain(filled, away).problem.number == 3  # type: ignore[union-attr]


def test_an_entry_written_anew_alone_is_named_by_what_follows(filled: OperationsStore) -> None:
    row = rows(filled)[3]
    row["purpose"] = "改写"
    new = by_hand(row, row["previous"])
    tampered(filled, "UPDATE audit_entries SET purpose = '改写', hash = ? WHERE number = 4", new)
    assert check_chain(filled).problem.number == 4  # type: ignore[union-attr]


def test_the_end_taken_off_with_its_head_is_told_by_the_second_place(
    filled: OperationsStore,
) -> None:
    seal(filled, at=AT + timedelta(hours=60))
    away = filled.settings.audit_heads
    assert away is not None
    assert [head.number for head in exported_heads(away)] == [2, 4, 6]
    tampered(
        filled,
        "DELETE FROM audit_heads WHERE number = 6; DELETE FROM audit_subjects WHERE entry >= 5;"
        "DELETE FROM audit_entries WHERE number >= 5",
    )
    assert check_chain(filled).problem is None
    problem = check_chain(filled, away).problem
    assert (problem.number, problem.kind) == (5, "missing")  # type: ignore[union-attr]


def test_a_head_of_another_key_is_none(filled: OperationsStore, tmp_path: Path) -> None:
    with OperationsStore(
        Settings(data=tmp_path / "other", audit_heads=tmp_path / "theirs")
    ) as other:
        Trail(other).append([note()])
        theirs = seal(other, at=AT)
    assert theirs is not None
    tampered(
        filled,
        "UPDATE audit_heads SET key = ?, signature = ? WHERE number = 4",
        theirs.key,
        theirs.signature,
    )
    problem = check_chain(filled).problem
    assert (problem.number, problem.kind) == (4, "head")  # type: ignore[union-attr]


def test_the_head_of_a_day_is_signed_by_the_first_entry_of_the_next(store: OperationsStore) -> None:
    trail = Trail(store)
    # 2026-11-02 23:59 and 2026-11-03 00:01 in China
    trail.append([note(14.4), note(14.6)])
    [head] = heads(store)
    assert (head.number, head.ended_on) == (1, date(2026, 11, 2))
    assert seal(store, at=AT) == seal(store, at=AT + timedelta(hours=1))
    assert [head.number for head in heads(store)] == [1, 2]


def test_a_second_place_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    away = tmp_path / "away"
    with OperationsStore(Settings(data=tmp_path / "data", audit_heads=away)) as store:
        away.write_text("")
        Trail(store).append([note(0), note(30), note(60)])
        away.unlink()
        Trail(store).append([note(90)])
        assert [head.number for head in exported_heads(away)] == [1, 2, 3]


def test_the_key_is_its_owners_alone(filled: OperationsStore) -> None:
    assert (filled.settings.data / SIGNING_FILE).stat().st_mode & 0o077 == 0


def test_five_years_are_kept_and_a_cut_is_signed(filled: OperationsStore) -> None:
    later = datetime(2031, 11, 3, 12, tzinfo=UTC)
    with pytest.raises(InputError) as error:
        cut(filled, date(2026, 11, 4), by="样本丙", at=later)
    assert error.value.cause_code == "audit_kept"
    anchor = cut(filled, date(2026, 11, 3), by="样本丙", at=later)
    assert anchor is not None
    assert anchor.number == 2
    found = check_chain(filled, filled.settings.audit_heads)
    assert (found.problem, found.entries, found.first) == (None, 4, 3)
    assert Trail(filled).append([note(60)]) == [7]
    # everything went: numbers and hashes go on from the cut
    cut(filled, date(2027, 1, 1), by="样本丙", at=later + timedelta(days=3_000))
    assert check_chain(filled).entries == 0
    assert Trail(filled).append([note(60)]) == [8]
    assert check_chain(filled).problem is None


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from graph.operations import AuditNote, OperationsStore, Trail
from graph.settings import Settings
with OperationsStore(Settings(data=Path(sys.argv[1]))) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(40):
        Trail(store).append([AuditNote(
            at=datetime(2026, 11, 2 + number // 20, tzinfo=UTC), who=sys.argv[2], name="x", role="r",
            act="ask", way=str(number), subjects=frozenset({"person:" + "a" * 32}))])
"""


def test_processes_add_to_one_chain(tmp_path: Path) -> None:
    """Clocks may disagree between them: the order is that of the chain."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for name in "ab"
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.close()
    for writer in writers:
        assert writer.wait() == 0
        assert writer.stdout is not None
        writer.stdout.close()
    with OperationsStore(Settings(data=tmp_path)) as store:
        found = check_chain(store)
        assert (found.problem, found.entries) == (None, 80)
        for name in "ab":
            ways = [entry.way for entry in Trail(store).search(who=name, limit=80).entries]
            assert ways == [str(number) for number in reversed(range(40))]


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from graph.operations import AuditNote, OperationsStore, Trail
from graph.operations.audit import trail
from graph.settings import Settings
note = AuditNote(at=datetime(2026, 11, 2, tzinfo=UTC), who="user:7", name="x", role="r", act="ask",
                 way="x", subjects=frozenset({"person:" + "a" * 32}))
with OperationsStore(Settings(data=Path(sys.argv[1]))) as store:
    Trail(store).append([note])
    if sys.argv[2] == "within":
        # rows are written, and nothing is committed yet
        trail.Trail._add = staticmethod(lambda session, *lots: (
            add(session, *lots), os.kill(os.getpid(), signal.SIGKILL)))
        Trail(store).append([note])
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("where", ["within", "after"])
def test_what_a_killed_process_entered_is_there_and_the_chain_goes_on(
    tmp_path: Path, where: str
) -> None:
    """Killed between the entry and its answer: who was to be shown is in it; killed within, nobody is."""
    script = KILLED.replace("trail.Trail._add =", "add = trail.Trail._add; trail.Trail._add =")
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path), where], check=False)
    assert done.returncode == -9
    with OperationsStore(Settings(data=tmp_path)) as store:
        assert [entry.number for entry in Trail(store).about(MAN)] == [1]
        assert Trail(store).append([note()]) == [2]
        assert check_chain(store).problem is None


def test_none_of_some_is_entered_where_one_cannot(store: OperationsStore) -> None:
    trail = Trail(store)
    trail.append([note()])
    with pytest.raises(OperationsError):
        trail.append([note(1), note(2, status=None)])
    assert [row["number"] for row in rows(store)] == [1]


def test_marks_need_the_key_of_the_installation_only_for_persons(store: OperationsStore) -> None:
    trail = Trail(store)
    trail.append([note(0, FIRM)])
    assert not store.settings.secrets_file.exists()
    trail.append([note(0, MAN)])
    assert make_secrets(store.settings.secrets_file).identity_key
