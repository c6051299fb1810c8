"""A service with a collector, in a process of its own: a process has one collector, for good.

python spans_sent.py DATA PATH...     asks each path, prints `Trace-Id status` of each, and ends
"""

from __future__ import annotations

import sys
from pathlib import Path

from opentelemetry import trace
from starlette.testclient import TestClient

from api.acts import Act
from api.app import create_app
from api.needs import needs
from api.security import local_asker
from graph.settings import Settings

__all__: list[str] = []

#: What a caller hands through, and no collector of ours is to have.
HANDED = {"tracestate": "bank=6103221990", "baggage": "who=6103221990", "user-agent": "6103221990"}


def main(data: str, *paths: str) -> None:
    """Ask, and send what is left to be sent."""
    app = create_app(Settings(data=Path(data)), answers_for=local_asker())

    @app.get("/v1/broken/{key}")
    @needs(Act.LOOK)
    def broken(key: str) -> None:
        raise ValueError(f"nobody is called {key}")

    with TestClient(app, "http://127.0.0.1", raise_server_exceptions=False) as client:
        for path in paths:
            answer = client.get(path, headers=HANDED)
            print(answer.headers["trace-id"], answer.status_code, flush=True)
    provider = trace.get_tracer_provider()
    if hasattr(provider, "force_flush"):
        provider.force_flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
