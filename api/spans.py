"""Spans for a collector of OpenTelemetry: how long a request took and where, and nobody in it.

The framework would send the address of every request, and with it the key of whoever was asked
about.  So it makes no spans at all unless a collector is named (`XINNONG_OTLP_ENDPOINT`), and of a span
leaves what stands on a list; a new attribute of a later version stays here until somebody puts it there.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace

from graph.errors import SettingsError
from graph.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

__all__ = ["KEPT", "telemetry"]

#: Attributes that leave (OpenTelemetry semantic conventions, HTTP and code; our own of questions).
KEPT = frozenset(
    {
        "http.request.method", "http.route", "http.response.status_code", "error.type",
        "network.protocol.version", "code.function.name", "xinnong.questions",
    }
)  # fmt: skip

#: Names of spans that leave: a method with the template of its route, a step, our own; else the
#: name is left out, since a path may stand in it.
_NAME = re.compile(r"(?:fastapi\.\w+|xinnong\.\w+|[A-Z]{3,7})")
_NO_NAME = "request"

_OFF: TelemetryConfig = {
    "tracing": False, "metrics": False, "logs": False, "operation_spans": False,
    "auto_configure": False,
}  # fmt: skip


def telemetry(settings: Settings) -> TelemetryConfig:
    """What the framework may tell, and whom: nobody, unless a collector is named.

    Numbers are for Prometheus (`api.metrics`) and lines for our own log, so that neither is sent.

    Raises `SettingsError` (`opentelemetry_missing`) where the packages are not installed.
    """
    if settings.otlp_endpoint is None:
        return _OFF
    return {**_OFF, "tracing": True, "operation_spans": True,
            "tracer_provider": _provider(settings.otlp_endpoint)}  # fmt: skip


def _provider(endpoint: str) -> TracerProvider:
    """The one of this process; questions find it as everybody does (`queries.library`)."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SettingsError(
            "设置了 XINNONG_OTLP_ENDPOINT，但没有安装 OpenTelemetry。"
            "请运行 pip install 'xinnong[opentelemetry]'，或去掉这项设置。",
            "XINNONG_OTLP_ENDPOINT is set and OpenTelemetry is not installed: "
            "pip install 'xinnong[opentelemetry]', or unset it.",
            code="opentelemetry_missing",
        ) from error
    held = trace.get_tracer_provider()
    if isinstance(held, TracerProvider):
        return held
    # of the machine and its user, which the library would add, nothing
    said = Resource({SERVICE_NAME: "xinnong", SERVICE_VERSION: version("xinnong")})
    provider = TracerProvider(resource=said)
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")

    class Scrubbed(BatchSpanProcessor):
        def on_end(self, span: ReadableSpan) -> None:
            super().on_end(_scrubbed(span))

    provider.add_span_processor(Scrubbed(exporter))
    trace.set_tracer_provider(provider)
    return provider


def _scrubbed(span: ReadableSpan) -> ReadableSpan:
    """A span with what may leave; what was thrown is told by its type, and its words stay here."""
    from opentelemetry.sdk.trace import ReadableSpan

    told = {name: value for name, value in (span.attributes or {}).items() if name in KEPT}
    return ReadableSpan(
        _name(span.name, told),
        _bare(span.context),
        _bare(span.parent),
        span.resource,
        told,
        kind=span.kind,
        status=trace.Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _name(name: str, told: dict[str, Any]) -> str:
    by_route = f"{told.get('http.request.method')} {told.get('http.route')}"
    return name if name == by_route or _NAME.fullmatch(name) else _NO_NAME


def _bare(context: trace.SpanContext | None) -> trace.SpanContext | None:
    """Without the state that a caller hands through to others."""
    if context is None:
        return None
    return trace.SpanContext(
        context.trace_id, context.span_id, context.is_remote, context.trace_flags
    )
