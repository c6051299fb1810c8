"""Collected cases of which the graph, a decision, the risk or the machine gives the answer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from asking import ask
from collected import Office
from graph_dump import wipe

from graph.connection import Graph, connect
from graph.moment import Moment
from graph.projection import project
from graph.settings import Settings
from graph.snapshot import take_snapshot
from queries.canonical_keys import CanonicalKeys
from queries.eligibility.decisions.decide import Case, case_of, decide, find_product
from queries.eligibility.verdict import Verdict
from queries.risk import RiskAnswer, assess, explain
from queries.risk.stress import clearing_stress
from queries.scope import ADMINISTRATOR
from queries.structure.guarantees import read_guarantees
from queries.structure.limits import check_guarantor
from queries.visible import as_view

DAY = date(2026, 11, 20)
XINNONG = str(Path(sys.executable).parent / "xinnong")


def run(*arguments: str, cwd: Path | None = None, **said: str) -> subprocess.CompletedProcess[str]:
    """A command that knows nothing of this run's own locale and settings."""
    kept = {name: text for name, text in os.environ.items()
            if not name.startswith(("LC_", "LANG", "XINNONG_"))}  # fmt: skip
    return subprocess.run(
        [XINNONG, *arguments], env={**kept, **said}, cwd=cwd, capture_output=True, text=True,
        encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def asked(
    lend: Callable[[Path], Settings],
    tmp_path_factory: pytest.TempPathFactory,
    case: Callable[[str], Office],
) -> Iterator[Callable[[str], tuple[Graph, Office]]]:
    """The graph of a case, alone, and its office."""
    with connect(lend(tmp_path_factory.mktemp("asked"))) as graph:
        standing: list[str] = []

        def projected(number: str) -> tuple[Graph, Office]:
            if standing != [number]:
                wipe(graph)
                project(case(number).log, graph)
                standing[:] = [number]
            return graph, case(number)

        yield projected


def key_of(office: Office, name: str) -> str:
    rows = [*office.rows("Person"), *office.rows("Enterprise")]
    return next(row["key"] for row in rows if row["name"] == name)


def risk_of(office: Office, key: str) -> RiskAnswer:
    return explain(assess(take_snapshot(as_view(office.log), DAY)), key)


def case_for(graph: Graph, office: Office, key: str) -> Case:
    moment = Moment.of(office.log.batches(), as_of=DAY)
    keys = CanonicalKeys(graph, moment, ADMINISTRATOR)
    return case_of(graph, key, moment=moment, keys=keys, supplied={"consent": "是@2026-11-10"})


def verdicts(case: Case, product: str) -> dict[str, Verdict]:
    return {item.condition.id: item.verdict
            for item in decide(case, find_product(product)).conditions}  # fmt: skip


# ------------------------------------------------------------------------------------ the graph


def test_02_one_representative_at_a_time(
    asked: Callable[[str], tuple[Graph, Office]],
) -> None:
    graph, _ = asked("02")
    firm = "org:91610305MA6XT0014H"

    def named(day: date) -> list[tuple[str, date]]:
        rows = ask(graph, "legal_representative_firms", key=firm, as_of=day).rows
        return [(row["person_name"], row["since"]) for row in rows]

    assert named(date(2025, 4, 30)) == [("赵样一", date(2020, 1, 1))]
    assert named(date(2025, 5, 1)) == named(DAY) == [("钱样二", date(2025, 5, 1))]


def test_02_the_former_ones_listing_carries_no_risk(
    case: Callable[[str], Office], shared_cases: Path, tmp_path: Path
) -> None:
    told = risk_of(case("02"), "org:91610305MA6XT0014H")
    assert (told.own.value, told.linked.value, told.linked.paths) == (0, 0, ())
    # where nobody has followed him it does
    [folder] = shared_cases.glob("02-*")
    still = Office(tmp_path)
    for source, name in (("regions", "行政区划"), ("enterprise", "企业登记-1"),
                         ("judgment_defaulter", "失信被执行人")):  # fmt: skip
        still.take(source, folder / f"{name}.csv")
    assert risk_of(still, "org:91610305MA6XT0014H").linked.value > 0.01


def test_03_who_left_a_household_is_of_another(
    asked: Callable[[str], tuple[Graph, Office]],
) -> None:
    graph, office = asked("03")
    names = {row["key"]: row["name"] for row in office.rows("Person")}
    homes = {names[row["from_key"]]: row["to_key"][-4:] for row in office.rows("BELONGS_TO", DAY)}
    assert homes == {"李样四": "0001", "王样八": "0009", "吴样六": "0003"}
    assert office.rows("SPOUSE_OF", DAY) == [] and len(office.rows("SPOUSE_OF")) == 1

    def counted(village: str, day: date) -> tuple[int, int]:
        [row] = ask(graph, "village_summary", key=f"division:{village}", as_of=day).rows
        return row["households"], row["persons"]

    assert (counted("610305100201", DAY), counted("610305100202", DAY)) == ((2, 2), (1, 1))
    before = date(2025, 8, 31)
    assert (counted("610305100201", before), counted("610305100202", before))[0] == (2, 3)


def test_03_the_sons_loan_is_his_own_affair(
    asked: Callable[[str], tuple[Graph, Office]],
) -> None:
    graph, office = asked("03")
    case = case_for(graph, office, key_of(office, "王样八"))
    found = verdicts(case, "farmer_small_credit_loan")["one_per_household"]
    assert found in {Verdict.MET, Verdict.UNKNOWN}
    assert case.facts["household_other_borrower"].value is not True


def test_03_a_marriage_that_ended_carries_no_risk(
    case: Callable[[str], Office], shared_cases: Path, tmp_path: Path
) -> None:
    told = risk_of(case("03"), key_of(case("03"), "李样四"))
    assert (told.own.value, told.linked.value, told.linked.paths) == (0, 0, ())
    # while it lasts it does
    [folder] = shared_cases.glob("03-*")
    still = Office(tmp_path)
    for source, name in (("regions", "行政区划"), ("farmer_household", "农户信息-1"),
                         ("judgment_defaulter", "失信被执行人")):  # fmt: skip
        still.take(source, folder / f"{name}.csv")
    linked = risk_of(still, key_of(still, "李样四")).linked
    assert linked.value > 0.05 and "夫妻" in linked.paths[0].sentence


def test_05_a_settled_loan_leaves_no_guarantee(
    asked: Callable[[str], tuple[Graph, Office]],
) -> None:
    graph, office = asked("05")
    guarantor = key_of(office, "钱样二")
    assert ask(graph, "guarantees_given", key=guarantor, as_of=DAY).rows == []
    [then] = ask(graph, "guarantees_given", key=guarantor, as_of=date(2025, 1, 19)).rows
    assert then["amount_fen"] == 10_000_000
    told = risk_of(office, guarantor)
    assert (told.own.value, told.linked.value) == (0, 0)
    snapshot = take_snapshot(as_view(office.log), DAY)
    assert clearing_stress(snapshot, cash_fen={}).payments == ()
    assert check_guarantor(read_guarantees(snapshot), guarantor)[0].value == 0


@pytest.mark.parametrize("wan", [10, 4])
def test_05_while_it_is_owed_no_more_than_the_balance_is_stood_for(
    wan: int, shared_cases: Path, tmp_path: Path
) -> None:
    [folder] = shared_cases.glob("05-*")
    text = (folder / "贷款借据-1.csv").read_text("utf-8-sig")
    assert ",信用,5,10,次级," in text
    loan = tmp_path / "贷款借据-1.csv"
    loan.write_text(text.replace(",信用,5,10,次级,", f",信用,5,{wan},次级,"), "utf-8")
    office = Office(tmp_path)
    office.take("loan", loan)
    office.take("guarantee", folder / "担保合同.csv")
    office.take("judgment_defaulter", folder / "失信被执行人.csv")
    guarantor = key_of(office, "钱样二")
    owed = {item.party: item.owed_fen
            for item in clearing_stress(take_snapshot(as_view(office.log), DAY), cash_fen={}).payments}  # fmt: skip
    assert owed[guarantor] == wan * 1_000_000
    assert risk_of(office, guarantor).linked.value > 0.1


def test_06_a_balance_of_nought_is_no_open_loan(
    asked: Callable[[str], tuple[Graph, Office]],
) -> None:
    graph, office = asked("06")
    case = case_for(graph, office, key_of(office, "钱样二"))
    found = verdicts(case, "startup_guaranteed_loan")["borrower_no_other_loan"]
    assert found in {Verdict.MET, Verdict.UNKNOWN}
    read = {name: fact.value for name, fact in case.facts.items()
            if name.startswith("open_loan") or name in {"own_bad_loan", "own_overdue"}}  # fmt: skip
    assert len(read) > 2 and not any(value is True for value in read.values())


def test_01_found_as_a_person_and_masked(
    asked: Callable[[str], tuple[Graph, Office]],
) -> None:
    # the longest question comes last: a machine with much to do plans it late in an engine just begun
    graph, _ = asked("01")
    for name, masked in (("南充样女", "51132119891221****"), ("汉中样男", "61232719580509****")):
        [row] = ask(graph, "find_party", text=name).rows
        assert row["key"].startswith("person:") and row["masked"] == masked
        assert set(row["labels"]) == {"Party", "Person"}


# ---------------------------------------------------------------------------------- the machine


@pytest.mark.parametrize(
    ("name", "text"), [("LC_ALL", "C"), ("LC_ALL", "POSIX"), ("LANG", "zh_CN.UTF-8")]
)
def test_22_a_locale_that_is_none(name: str, text: str, tmp_path: Path) -> None:
    """The engine's own Java finds a Chinese folder; `tests/api/test_commands` starts the engine."""
    folder = tmp_path / "信农 数据"
    folder.mkdir()
    seen = (
        "import subprocess, sys; from graph.engine import provision as p; "
        "java = p.java_home() / 'bin' / 'java'; "
        "done = subprocess.run([java, '-XshowSettings:properties', '-version'], cwd=sys.argv[1], "
        "env=p.java_environment(), capture_output=True, text=True, encoding='utf-8'); "
        "print('sun.jnu.encoding = UTF-8' in done.stderr, sys.argv[1] in done.stderr)"
    )
    kept = {each: said for each, said in os.environ.items() if not each.startswith(("LC_", "LANG"))}
    done = subprocess.run([sys.executable, "-c", seen, str(folder)], env={**kept, name: text},
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.split() == ["True", "True"]


@pytest.mark.parametrize(
    ("name", "given", "arguments", "words"),
    [
        ("ENGINE_HEAP_MB", "abc", ["check"], "应为整数"),
        ("ENGINE_PORT", "99999", ["engine", "start"], "不能大于 65535"),
        ("NEO4J_URI", "http://127.0.0.1:7474", ["check"], "bolt://127.0.0.1:7687"),
        ("DATA", "a file", ["init"], "是一个文件"),
    ],
)
def test_23_a_wrong_setting_is_two_sentences(
    name: str, given: str, arguments: list[str], words: str, tmp_path: Path
) -> None:
    (tmp_path / "a file").touch()
    said = {"XINNONG_DATA": str(tmp_path / "data"), f"XINNONG_{name}": given}
    done = run(*arguments, cwd=tmp_path, **said)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    chinese, english = done.stderr.strip().splitlines()
    assert f"XINNONG_{name}" in chinese and words in chinese
    assert english.strip().startswith(f"XINNONG_{name} must ")


@pytest.mark.parametrize(("given", "expected"), [("", "home/.xinnong"), ("~/x", "home/x")])
def test_23_empty_is_the_default_and_a_tilde_is_home(
    given: str, expected: str, tmp_path: Path
) -> None:
    for name in ("home", "here"):
        (tmp_path / name).mkdir()
    done = run("init", cwd=tmp_path / "here", HOME=str(tmp_path / "home"), XINNONG_DATA=given)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / expected / "secrets.json").exists()
    assert list((tmp_path / "here").iterdir()) == []
