"""The worlds of a run divided among Spark tasks, for a cluster that is there already."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from graph.errors import SettingsError
from queries.risk.cascade.sampled import Net, Sampled, count_share, shares_of

__all__ = ["count_on_spark"]


def count_on_spark(spark: Any, net: Net, worlds: int = 4096, *, tasks: int) -> Sampled:
    """As `count_reached`, bit for bit.

    The net is broadcast, and counts come back; a task that is lost is run again and finds the same.

    Args:
        spark: a `SparkSession` whose workers have Xinnong installed.

    Raises `SettingsError` (`spark_missing`) where Spark is not installed.
    """
    try:
        import_module("pyspark")
    except ImportError as error:
        raise SettingsError(
            "本环境没有安装 Spark。请运行 pip install 'xinnong[spark]'，或改用单机多线程。",
            "Spark is not installed: pip install 'xinnong[spark]', or use threads.",
            code="spark_missing",
        ) from error
    shares = shares_of(worlds, tasks)
    context = spark.sparkContext
    held = context.broadcast(net)
    counted = context.parallelize(shares, len(shares)).map(
        lambda share: count_share(held.value, share)
    )
    try:
        return Sampled.sum(counted.collect(), worlds)
    finally:
        held.destroy()
