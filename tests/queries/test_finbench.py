"""LDBC FinBench: counts equal the files, and guarantee chains equal a walk over the files."""

from __future__ import annotations

import csv
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from asking import ask

import ingest
from graph.catch_up import catch_up
from graph.connection import Graph, connect
from graph.settings import Settings

FILES = {
    "Person": 785, "Company": 386, "Loan": 1376, "PersonApplyLoan": 927, "CompanyApplyLoan": 449,
    "PersonGuaranteePerson": 377, "CompanyGuaranteeCompany": 202, "PersonInvestCompany": 1304,
    "CompanyInvestCompany": 679,
}  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(shared_data: Path) -> Path:
    return shared_data / "finbench" / "sf0.01" / "snapshot"


@pytest.fixture(scope="module")
def finbench(
    snapshot: Path, tmp_path_factory: pytest.TempPathFactory, lend: Callable[[Path], Settings]
) -> Iterator[Graph]:
    settings = lend(tmp_path_factory.mktemp("finbench"))
    files = [snapshot / f"{name}.csv" for name in FILES]
    report = ingest.ingest("finbench", files, settings=settings, into_graph=False)
    assert {b.file_name[:-4]: b.accepted for b in report.batches} == FILES
    catch_up(settings)
    with connect(settings) as graph:
        yield graph


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="|"))


def test_counts_equal_the_files(finbench: Graph) -> None:
    counted = {
        "persons": "MATCH (n:Person) RETURN count(n) AS n",
        "companies": "MATCH (n:Enterprise) RETURN count(n) AS n",
        "loans": "MATCH (n:Loan) RETURN count(n) AS n",
        "apply": "MATCH (:Party)-[r:BORROWED]->(:Loan) RETURN count(r) AS n",
        "guarantees": "MATCH (:Party)-[r:GUARANTEES]->(:Party) RETURN count(r) AS n",
        "investments": "MATCH (:Party)-[r:HOLDS_SHARES_IN]->(:Party) RETURN count(r) AS n",
    }
    found = {name: finbench.read(text).rows[0]["n"] for name, text in counted.items()}
    assert found == {
        "persons": 785, "companies": 386, "loans": 1376, "apply": 927 + 449,
        "guarantees": 377 + 202, "investments": 1304 + 679,
    }  # fmt: skip


def test_guarantee_chains_equal_a_walk_over_the_files(finbench: Graph, snapshot: Path) -> None:
    given = defaultdict(list)
    for row in rows(snapshot / "PersonGuaranteePerson.csv"):
        given[row["fromId"]].append((row["toId"], date.fromisoformat(row["createTime"][:10])))
    borrowed = defaultdict(set)
    for row in rows(snapshot / "PersonApplyLoan.csv"):
        borrowed[row["personId"]].add(row["loanId"])
    amount = {
        row["loanId"]: int(Decimal(row["loanAmount"]) * 100) for row in rows(snapshot / "Loan.csv")
    }
    asked = parameters(snapshot.parent / "read_params" / "complex_11_param.csv")
    assert len(asked) == 785
    chains = 0
    for person, begin, end in asked:
        depth, queue = {person: 0}, deque([person])
        while queue:
            here = queue.popleft()
            for other, day in given[here]:
                if begin <= day < end and other not in depth:
                    depth[other] = depth[here] + 1
                    queue.append(other)
        expected = sorted(
            (f"finbench:person:{p}", d, len(borrowed[p]), sum(amount[x] for x in borrowed[p]))
            for p, d in depth.items()
            if p != person
        )
        answer = ask(
            finbench,
            "guarantee_chain",
            key=f"finbench:person:{person}",
            signed_from=begin,
            signed_before=end,
            as_of=end,
        )
        found = [(r["key"], r["depth"], r["loan_count"], r["principal_fen"]) for r in answer.rows]
        assert sorted(found) == expected, person
        chains += bool(expected)
    assert chains > 100


def test_investors_are_as_alike_as_the_files_say(finbench: Graph, snapshot: Path) -> None:
    """Complex read 10, over the parameters that the benchmark ships: Jaccard, three decimals."""
    invested = defaultdict(list)
    for row in rows(snapshot / "PersonInvestCompany.csv"):
        invested[row["investorId"]].append(
            (row["companyId"], date.fromisoformat(row["createTime"][:10]))
        )
    asked = pairs(snapshot.parent / "read_params" / "complex_10_param.csv")
    assert len(asked) > 900
    found = []
    for one, two, begin, end in asked:
        firms = [{firm for firm, day in invested[who] if begin <= day < end} for who in (one, two)]
        common, either = firms[0] & firms[1], firms[0] | firms[1]
        similarity = Decimal(len(common)) / max(len(either), 1)
        [row] = ask(
            finbench,
            "investor_similarity",
            key=f"finbench:person:{one}",
            other=f"finbench:person:{two}",
            invested_from=begin,
            invested_before=end,
            as_of=end,
        ).rows
        assert row["similarity"] == float(similarity.quantize(Decimal("0.001"), ROUND_HALF_UP))
        assert set(row["common"]) == {f"finbench:company:{firm}" for firm in common}
        found.append(row["similarity"])
    assert sorted(filter(None, found)) == [0.143, 0.167, 0.167, 0.2]


def pairs(path: Path) -> list[tuple[str, str, date, date]]:
    """(person, person, first day, day after the last)."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        one, two, *others = line.split("|")
        if one.isdigit():
            begin, end = (datetime.fromtimestamp(int(ms) / 1000, UTC).date() for ms in others[:2])
            found.append((one, two, begin, end))
    return found


def parameters(path: Path) -> list[tuple[str, date, date]]:
    """(person, first day, day after the last); the file has a few lines that are none."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        first, *others = line.split("|")
        if first.isdigit():
            begin, end = (datetime.fromtimestamp(int(ms) / 1000, UTC).date() for ms in others[:2])
            found.append((first, begin, end))
    return found
