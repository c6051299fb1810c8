"""The same worlds by threads, by Ray tasks and by Spark tasks: bit for bit the same, and how long.

    python -m bench.risk.clusters --parties 40000000 --ties 100000000

Ray and Spark run on this machine, one task a processor, as they would on each machine of a cluster; what
they take longer than threads is the way of the net to them and of the counts back.  One that is not
installed (extras `ray` and `spark`; Spark wants a whole Java beside) is said to be missing.
"""

from __future__ import annotations

import os
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np
import psutil

from bench.risk.graphs import arguments, refuse_without_memory
from bench.risk.national import wide
from queries.risk.cascade.on_ray import count_on_ray
from queries.risk.cascade.on_spark import count_on_spark
from queries.risk.cascade.sampled import Net, Sampled, count_reached
from queries.risk.kernels.blocks import processors

__all__ = ["main"]

_WORLDS = 4096


@contextmanager
def _ray() -> Iterator[None]:
    ray: Any = import_module("ray")
    ray.init(num_cpus=processors(), include_dashboard=False, log_to_driver=False,
             logging_level="error")  # fmt: skip
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def _spark(net: Net) -> Iterator[Any]:
    sql: Any = import_module("pyspark.sql")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    # the net goes through Java once, and a count of every party comes back from each task
    room = max(1, 4 * (net.target.nbytes + net.weight.nbytes + 16 * len(net.coin)) // 2**30)
    told = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": f"{room}g",
        "spark.driver.maxResultSize": f"{room}g",
    }
    builder = sql.SparkSession.builder.master(f"local[{processors()}]")
    for name, value in told.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    gateway = session.sparkContext._gateway
    try:
        yield session
    finally:
        session.stop()
        gateway.shutdown()


def _timed(name: str, count: Callable[[], Sampled], by: Sampled | None) -> Sampled:
    started = time.perf_counter()
    found = count()
    taken = time.perf_counter() - started
    alike = by is None or (
        np.array_equal(found.reached, by.reached) and np.array_equal(found.began, by.began)
    )
    if not alike:
        raise SystemExit(f"{name} counted otherwise")
    same = "" if by is None else ", bit for bit the same"
    print(f"  {name:24s} {found.worlds:,} worlds {taken:7.2f} s{same}", flush=True)
    return found


def main() -> None:
    """Run and print; exit 1 where one of them counts otherwise."""
    warnings.simplefilter("ignore")  # what they say of their own future
    given = arguments(__doc__, parties=4_000_000, ties=10_000_000, rounds=1)
    refuse_without_memory(given.ties * 32 + given.parties * 160)
    count_reached(wide(1_000, 4_000, seed=1, local=0.5), 512)  # compiled before the clock runs
    net = wide(given.parties, given.ties, seed=given.seed, local=given.local)
    tasks = processors()
    by = _timed(f"{tasks} threads", lambda: count_reached(net, _WORLDS), None)
    try:
        with _ray():
            _timed(f"Ray, {tasks} tasks", lambda: count_on_ray(net, _WORLDS, tasks=tasks), by)
    except ImportError:
        print("  Ray is missing: pip install 'xinnong[ray]'")
    try:
        with _spark(net) as spark:
            _timed(f"Spark, {tasks} tasks",
                   lambda: count_on_spark(spark, net, _WORLDS, tasks=tasks), by)  # fmt: skip
    except ImportError:
        print("  Spark is missing: pip install 'xinnong[spark]'")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"  at most {most:.2f} GiB resident here, of {psutil.virtual_memory().total / 2**30:.0f}")


if __name__ == "__main__":
    main()
