"""What the firms and people planted in the sample would score, exactly."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from graph.identifiers import person_key
from graph.log import FactLog
from graph.moment import Moment
from graph.operations import OperationsStore
from graph.secrets import make_secrets
from graph.settings import Settings
from ingest import ingest
from ingest.sample import write_district
from ingest.sample.public_records import District
from ingest.sample.public_records import points as planted
from ingest.sample.public_records.writing import write_table
from queries.district import DistrictReader
from queries.points import join_points, participants, points_of
from queries.runs import Runs
from queries.scope import ADMINISTRATOR


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("points")
    write_district(folder, persons=1_000)
    made, again = (planted.plant(District(folder, 20260401, "points")) for _ in range(2))
    assert {n: str(t) for n, t in made.tables.items()} == {
        n: str(t) for n, t in again.tables.items()
    }
    settings = Settings(data=folder / "data")
    ingest("regions", [folder / "行政区划.csv"], settings=settings, into_graph=False)
    for source, name in planted.FILES:
        write_table(folder / name, made.tables[name])
        report = ingest(source, [folder / name], settings=settings, into_graph=False).batches[0]
        assert (report.quarantined, report.findings) == (0, ()), name
    log = FactLog(settings.log_dir)
    stores: Any = SimpleNamespace(settings=settings, log=log, runs=Runs())
    reader = DistrictReader(
        stores, Moment.of(log.batches(), as_of=date(2026, 12, 1)), ADMINISTRATOR
    )
    return SimpleNamespace(
        settings=settings, reader=reader, truth=json.loads(json.dumps(made.truth))
    )


def test_what_everybody_planted_would_score(taken: Any) -> None:
    secret = make_secrets(taken.settings.secrets_file).identity_key

    def key_of(number: str) -> str:
        return f"org:{number}" if number.startswith("9") else person_key(number, secret)

    with OperationsStore(taken.settings) as store:
        told = {}
        for number in taken.truth["points"]:
            key = key_of(number)
            join_points(taken.reader, store, key, application="申请书", by="样本乙")
            told[number] = points_of(taken.reader, store, key)
        assert {number: one.points for number, one in told.items()} == taken.truth["points"]

        def lines(state: str) -> dict[str, int]:
            counts = {
                number: sum(line.state == state and line.rule != "base" for line in one.lines)
                for number, one in told.items()
            }
            return {number: count for number, count in counts.items() if count}

        assert lines("same_honour") == taken.truth["same_honour"]
        assert lines("not_scored") == taken.truth["not_scored"]
        page = participants(taken.reader, store, limit=3, offset=1)
        assert (page.total, len(page.rows)) == (len(told), 3)
        assert [row.points for row in page.rows] == [*taken.truth["points"].values()][1:4]
