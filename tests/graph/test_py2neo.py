"""The optional py2neo extra against the running engine: both clients make and see one graph."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.connection import connect
from graph.settings import Settings

# py2neo is at its end of life: it leaves sockets open and calls what is deprecated
pytestmark = pytest.mark.filterwarnings("ignore")


def test_both_clients_agree(lend: Callable[[Path], Settings], tmp_path: Path) -> None:
    py2neo = pytest.importorskip("py2neo")
    from py2neo.bulk import merge_nodes

    keys = ["loan:py2neo:1", "loan:py2neo:2"]
    with connect(lend(tmp_path)) as graph:
        endpoint = graph.endpoint
        graph.write("UNWIND $keys AS key MERGE (l:Loan {key: key})", {"keys": keys[:1]})
        other = py2neo.Graph(
            endpoint.uri, auth=(endpoint.user, endpoint.password.get_secret_value())
        )
        assert other.nodes.match("Loan", key=keys[0]).count() == 1
        # what the driver wrote is merged, not doubled
        merge_nodes(other.auto(), [[key] for key in keys], ("Loan", "key"), keys=["key"])
        text = "MATCH (l:Loan) WHERE l.key STARTS WITH 'loan:py2neo:' RETURN l.key AS key"
        found = graph.read(text).rows
        other.service.connector.close()
    # what it left open is collected here, where its warnings are expected
    del other
    gc.collect()
    assert sorted(row["key"] for row in found) == keys
