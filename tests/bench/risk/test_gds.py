"""What can be known of the peer without fetching it: its list of jars, its folder, our ranks."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.risk.gds import DAMPING, SWEEPS, filed, rank
from bench.risk.gds_engine import VERSION, configure, gds_jars
from bench.risk.graphs import plain
from graph.engine.provision import pinned
from graph.settings import Settings

ENGINE = Settings().engine_version


def test_its_jars_are_pinned_and_take_no_place_of_the_engines() -> None:
    wanted = gds_jars(ENGINE)
    assert all(len(jar.sha256) == 64 for jar in wanted)
    assert {jar.version for jar in wanted if jar.group == "org.neo4j.gds"} == {VERSION}
    names = [jar.artifact for jar in wanted]
    assert {"proc", "proc-centrality", "opengds-extension"} <= set(names)
    assert not {(jar.group, jar.artifact) for jar in wanted} & {
        (jar.group, jar.artifact) for jar in pinned(ENGINE)
    }


def test_it_is_no_part_of_any_engine_that_we_start() -> None:
    for version in ("2026.08.1", "5.26.30"):
        assert not [jar for jar in pinned(version) if "gds" in jar.group]


def test_only_procedures_go_into_the_plugins(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "neo4j.conf").write_text("server.bolt.enabled=true\n", encoding="utf-8")
    jars = [tmp_path / name for name in ("proc-2.jar", "proc-centrality-2.jar", "core-2.jar")]
    for jar in jars:
        jar.touch()
    configure(tmp_path, jars)
    configure(tmp_path, jars)  # a second start of the same folder
    found = {path.name for path in (tmp_path / "plugins").iterdir()}
    assert found == {"proc-2.jar", "proc-centrality-2.jar"}
    text = (tmp_path / "conf" / "neo4j.conf").read_text(encoding="utf-8")
    assert text.startswith("server.bolt.enabled=true\ndbms.security.procedures.unrestricted=gds.*")


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_what_is_timed_on_our_side_is_pagerank(tmp_path: Path, dtype: type) -> None:
    graph = plain(1_000, 4_000, seed=3, local=0.9, two_way=False)
    columns = {"source": graph.source, "target": graph.target, "weight": graph.weight}
    pq.write_table(pa.table(columns), tmp_path / "ties.parquet")
    blocks = filed(tmp_path / "ties.parquet", 1_000, dtype)
    net = nx.DiGraph()
    net.add_nodes_from(range(1_000))
    net.add_weighted_edges_from(
        zip(graph.source.tolist(), graph.target.tolist(), graph.weight.tolist(), strict=True)
    )
    shares = nx.to_scipy_sparse_array(nx.stochastic_graph(net), dtype=float).T
    term = np.full(1_000, 1 - DAMPING)
    series = term.copy()
    for _ in range(SWEEPS - 1):
        term = DAMPING * (shares @ term)
        series += term
    np.testing.assert_allclose(rank(blocks), series, rtol=1e-5 if dtype is np.float32 else 1e-12)
