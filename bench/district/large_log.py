"""A district as large as one gets, written through the log: firms, households, and records of them.

    firms       20,000, of eight industries, in a hundred villages
    households  130,000, each with its householder
    records     penalties (two in three), permits and entries of lists, four in five about firms
    grades      of supervision (half), evaluation and tax, of firms

Everything is drawn by arithmetic, so that a log of one size is the same wherever it is made.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from graph.facts import arrow_schema
from graph.identifiers import unified_social_credit_code as uscc
from graph.log import FactLog
from graph.secrets import make_secrets

__all__ = ["BATCHES", "DAY", "FIRMS", "asked_size", "write_large_log"]

FIRMS, VILLAGES, BATCHES = 20_000, 100, 12
#: On which everything is read; later than all that becomes known.
DAY = date(2026, 12, 1)
_FIRST = datetime(2026, 1, 5, 2, tzinfo=UTC)
_BEGINS = date(2024, 6, 1)
_INDUSTRIES = ("0111", "1371", "1391", "4710", "5165", "5211", "6120", "7212")
_LISTS = ("judgment_defaulter", "serious_violation", "abnormal_operation", "wage_arrears")

Ends = list[tuple[str, str]]


def write_large_log(
    folder: Path, *, records: int = 300_000, households: int = 130_000, grades: int = 60_000
) -> FactLog:
    """Write it into an empty folder: registers first, then records in `BATCHES` batches."""
    # a log says under which key it was written; one without is read as older ones are, which costs
    make_secrets(folder.parent / "secrets.json")
    log = FactLog(folder)
    _commit(log, 0, dict([*_firms(), *_households(households)]))
    for number in range(BATCHES):
        own = range(number, records, BATCHES)
        graded = range(number, grades, BATCHES)
        told = dict([*_records(own, households), *_grades(graded)])
        _commit(log, number + 1, told)
    return log


def asked_size(description: str | None) -> dict[str, int]:
    """How large it is to be, by the command line; says on which machine, and at which load, it runs."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--households", type=int, default=130_000)
    parser.add_argument("--grades", type=int, default=60_000)
    asked = vars(parser.parse_args())
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, {asked}")
    return asked


def _firms() -> Iterator[tuple[str, dict[str, Any]]]:
    keys = [_firm(n)[0] for n in range(FIRMS)]
    yield (
        "Enterprise",
        {
            "key": keys,
            "label": ["Enterprise"] * FIRMS,
            "name": [f"样区{n}号有限公司" for n in range(FIRMS)],
            "unified_social_credit_code": [key.removeprefix("org:") for key in keys],
            "industry": [_INDUSTRIES[n % 8] for n in range(FIRMS)],
            "registration_state": ["active"] * FIRMS,
        },
    )


def _households(count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    persons, homes = [_person(n) for n in range(count)], [_home(n) for n in range(count)]
    for label, ends in (("Person", persons), ("Household", homes)):
        yield (
            label,
            {
                "key": [key for key, _ in ends],
                "label": [label] * count,
                "name": [f"样{n}" for n in range(count)],
            },
        )
    yield "BELONGS_TO", _ties(persons, homes, role=["householder"] * count)
    firms = [_firm(n) for n in range(FIRMS)]
    villages = [(f"division:6103051{n % VILLAGES:05d}", "Village") for n in range(count + FIRMS)]
    yield (
        "Village",
        {
            "key": [key for key, _ in villages[:VILLAGES]],
            "label": ["Village"] * VILLAGES,
            "name": [f"样{n}村" for n in range(VILLAGES)],
        },
    )
    yield "LOCATED_IN", _ties([*firms, *homes], villages)


def _records(numbers: range, households: int) -> Iterator[tuple[str, dict[str, Any]]]:
    penalties = [n for n in numbers if n % 3 < 2]
    permits = [n for n in numbers if n % 9 in (2, 5)]
    entries = [n for n in numbers if n % 9 == 8]
    for kind, tie, mine, said in (
        ("Penalty", "PENALISED_BY", penalties, {
            "penalty_kinds": ["罚款" if n % 4 else "警告" for n in penalties],
            "decided_on": [_day(n) for n in penalties],
        }),
        ("Permit", "HOLDS_PERMIT", permits, {
            "document_name": ["食品经营许可证"] * len(permits),
            "decided_on": [_day(n) for n in permits],
            "valid_to_on": [_day(n) + timedelta(1800) for n in permits],
        }),
    ):  # fmt: skip
        keys = [(f"{kind.lower()}:{n}", kind) for n in mine]
        yield kind, {
            "key": [key for key, _ in keys], "label": [kind] * len(mine),
            "document_no": [f"样罚{n}号" for n in mine],
            "authority": [f"样区{n % 40}局" for n in mine], **said,
        }  # fmt: skip
        yield tie, _ties([_subject(n, households) for n in mine], keys)
    keys = [(f"list:{n}", "ListEntry") for n in entries]
    yield "ListEntry", {
        "key": [key for key, _ in keys], "label": ["ListEntry"] * len(entries),
        "list_kind": [_LISTS[n // 9 % 4] for n in entries],
        "case_no": [f"样执{n}号" for n in entries], "listed_on": [_day(n) for n in entries],
    }  # fmt: skip
    yield "SUBJECT_OF", _ties([_subject(n, households) for n in entries], keys)


def _grades(numbers: range) -> Iterator[tuple[str, dict[str, Any]]]:
    supervised, rated = [n for n in numbers if n % 2], [n for n in numbers if n % 4 == 0]
    evaluated = [n for n in numbers if n % 4 == 2]
    for kind, tie, mine, said in (
        ("SupervisionGrade", "SUPERVISED_AS", supervised, {
            "sector": ["market"] * len(supervised), "grade": ["ABCD"[n // 2 % 4] for n in supervised],
            "ground": ["regular"] * len(supervised), "event_no": [f"件{n}" for n in supervised],
            "decided_on": [_day(n) for n in supervised],
            "authority": ["样区市场监督管理局"] * len(supervised),
        }),
        ("TaxRating", "RATED_AS", rated, {
            "grade": ["ABMC"[n // 4 % 4] for n in rated], "year": [2024 + n // 4 % 2 for n in rated],
            "rated_on": [_day(n) for n in rated],
        }),
        ("CreditGrade", "GRADED_AS", evaluated, {
            "scheme": ["public_credit"] * len(evaluated),
            "grade": ["ABCD"[n // 4 % 4] for n in evaluated],
            "decided_on": [_day(n) for n in evaluated],
            "authority": ["样区发展和改革局"] * len(evaluated),
        }),
    ):  # fmt: skip
        keys = [(f"{kind.lower()}:{n}", kind) for n in mine]
        yield kind, {"key": [key for key, _ in keys], "label": [kind] * len(mine),
                     "valid_from": [_day(n) for n in mine], **said}  # fmt: skip
        yield tie, _ties([_firm(n) for n in mine], keys)


def _firm(number: int) -> tuple[str, str]:
    return f"org:{uscc.complete(f'91610305{number % FIRMS:08d}')}", "Enterprise"


def _person(number: int) -> tuple[str, str]:
    return f"person:{number}", "Person"


def _home(number: int) -> tuple[str, str]:
    return f"household:{number}", "Household"


def _subject(number: int, households: int) -> tuple[str, str]:
    return _person(number * 7 % households) if number % 5 == 0 else _firm(number * 11)


def _day(number: int) -> date:
    return _BEGINS + timedelta(number * 13 % 540)


def _ties(sources: Ends, targets: Ends, **said: Any) -> dict[str, Any]:
    return {
        "from_key": [key for key, _ in sources],
        "from_label": [label for _, label in sources],
        "to_key": [key for key, _ in targets[: len(sources)]],
        "to_label": [label for _, label in targets[: len(sources)]],
        "discriminator": [""] * len(sources),
        **said,
    }


def _commit(log: FactLog, number: int, told: Mapping[str, dict[str, Any]]) -> None:
    known_at = _FIRST + timedelta(days=20 * number)
    name = f"large-{number:02d}"
    digest = hashlib.sha256(name.encode()).hexdigest()
    with log.append(
        source="large", batch=name, file_name="large.csv", content_sha256=digest, known_at=known_at
    ) as pending:
        for kind, columns in told.items():
            count = len(next(iter(columns.values())))
            if not count:
                continue
            filled = {
                "fact_id": [f"{name}-{kind}-{n}" for n in range(count)],
                "row": list(range(count)),
                "certainty": [1.0] * count,
                "known_from": [known_at] * count,
                "source": ["large"] * count,
                "batch": [name] * count,
                **columns,
            }
            schema = arrow_schema(kind)
            unknown = {*filled} - {*schema.names}
            assert not unknown, (kind, unknown)
            pending.assert_facts(
                kind,
                pa.table(
                    {f.name: pa.array(filled.get(f.name, [None] * count), f.type) for f in schema},
                    schema=schema,
                ),
            )
        pending.counts.update(rows_in=0, accepted=0, unchanged=0, quarantined=0)
