"""How the service fares, as numbers for Prometheus, on a port of loopback of its own.

No number is about anybody: labels are methods, templates of routes, statuses, names of jobs and states,
each out of few.  The port is the administrator's, is off unless the settings name one, and is not the
service's: whoever may ask the service may not count it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.trace import METHODS, route_of
from graph.errors import SettingsError, XinnongError

__all__ = ["Measured", "Metrics", "exposed"]

#: Seconds by which answers are told apart.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LOOPBACK = "127.0.0.1"
_DEFECT = 500

_logger = logging.getLogger("xinnong.metrics")

#: Name, help, label -> value by label: read when somebody asks.
Reading = Callable[[], Iterator[tuple[str, str, dict[str, str], float]]]


class Metrics:
    """The numbers of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        told: dict[str, Any] = {"registry": self.registry}
        self.requests = Counter(
            "xinnong_requests", "Answers", ["method", "route", "status"], **told
        )
        self.seconds = Histogram(
            "xinnong_request_seconds", "Seconds to the first byte of an answer",
            ["method", "route"], buckets=_BUCKETS, **told,
        )  # fmt: skip
        self.running = Gauge("xinnong_requests_running", "Requests being answered", **told)

    @property
    def is_answering(self) -> bool:
        """Whether somebody waits for an answer now."""
        return any(sample.value for one in self.running.collect() for sample in one.samples)

    def read_from(self, reading: Reading) -> None:
        """Add what is read when somebody asks."""
        self.registry.register(_Read(reading))


class Measured:
    """ASGI middleware: counts answers by method, template of route and status."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, first = time.perf_counter(), _DEFECT, None

        async def measured(message: Message) -> None:
            nonlocal status, first
            if message["type"] == "http.response.start":
                status, first = message["status"], time.perf_counter()
            await send(message)

        self._metrics.running.inc()
        try:
            await self._app(scope, receive, measured)
        finally:
            self._metrics.running.dec()
            method = scope["method"] if scope["method"] in METHODS else "?"
            named = method, route_of(scope)
            self._metrics.requests.labels(*named, str(status)).inc()
            self._metrics.seconds.labels(*named).observe((first or time.perf_counter()) - began)


class _Read(Collector):
    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What is read now; a store that cannot be read takes the others no number."""
        families: dict[str, GaugeMetricFamily] = {}
        try:
            for name, about, labels, value in self._reading():
                family = families.setdefault(
                    name, GaugeMetricFamily(name, about, labels=sorted(labels))
                )
                family.add_metric([labels[each] for each in sorted(labels)], value)
        except XinnongError as error:
            _logger.warning("metrics_unread", extra={"code": error.cause_code})
        yield from families.values()

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is read before somebody asks."""
        return []


@contextmanager
def exposed(metrics: Metrics, port: int | None) -> Iterator[None]:
    """Answer Prometheus on a port of this machine for the block; None: do not.

    Raises `SettingsError` (`port_taken`).
    """
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, addr=_LOOPBACK, registry=metrics.registry)
    except OSError:
        raise SettingsError(
            f"运行指标的端口 {port} 已被占用。请改 XINNONG_METRICS_PORT，或取消它。",
            f"Port {port} of the metrics is taken: change or unset XINNONG_METRICS_PORT.",
            code="port_taken",
        ) from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
