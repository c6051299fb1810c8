"""The server under the service: how many connections, how long each may say nothing, who answers.

uvicorn counts the silence of a connection from its first answer on; who opens one and sends nothing,
or half of a request, holds it for ever.  Here a connection is closed when the head of its request
is not there in time, or when its body stops coming.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["SERVER", "BoundedProtocol", "StoppingServer", "run_until_stopped"]

#: How long a connection may keep us waiting for the next bytes of a request, and how long for a
#: whole head of one, in seconds.
SILENCE_S = 10.0

#: How long an answer may lie unread, in seconds.
UNREAD_S = 60.0

#: How long a connection without a request is kept for the next one, in seconds.
KEPT_S = 5

#: Connections at once; whoever comes beyond is told 503.
MOST_CONNECTIONS = 500

#: The longest head of a request, in bytes.
MOST_HEAD = 32 * 1024


class BoundedProtocol(H11Protocol):
    """A connection that is closed when its client leaves a request unfinished."""

    _due: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take bytes in; those of a head do not make its time any longer, those of a body do."""
        before = self.conn.their_state
        super().data_received(data)
        if self.conn.their_state is h11.SEND_BODY:
            self._wait()
        elif self.conn.their_state is h11.IDLE and before is h11.IDLE:
            if self._due is None:
                self._wait()
        else:
            self._rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._rest()
        self._read()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not read what we send: begin to wait for it."""
        super().pause_writing()
        self._unread = self.loop.call_later(UNREAD_S, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        self._read()

    def _wait(self) -> None:
        self._rest()
        self._due = self.loop.call_later(SILENCE_S, self._give_up)

    def _rest(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _give_up(self) -> None:
        self._due = None
        if self.flow.read_paused:
            # it is we who do not read: the body comes faster than its route takes it
            self._wait()
        elif not self.transport.is_closing():
            self.transport.close()


class StoppingServer(uvicorn.Server):
    """A server that lets what it answers finish when it is to stop, and ends what has no end.

    From the signal on nobody new is let in; an answer that runs has `timeout_graceful_shutdown` seconds;
    streams of events end at once, since whoever listens comes back; jobs are put back by the runner.

    Args:
        ready: called once it answers, before its first request.
    """

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None] | None = None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; what could not be started is said by who runs it."""
        await super().startup(sockets)
        if self.started and self._ready is not None:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; streams first, or their connections would be waited for."""
        streams = getattr(getattr(self.config.app, "state", None), "streams", None)
        if streams is not None:
            streams.stop()
        await super().shutdown(sockets)


#: How the service is served: arguments of `uvicorn.run` and `uvicorn.Config`.
SERVER: Mapping[str, Any] = {
    "http": BoundedProtocol,
    "ws": "none",
    # its own log names the path of each request, and a path names persons: `api.trace` logs instead
    "access_log": False,
    "log_config": None,
    "log_level": "warning",
    "server_header": False,
    # who passes requests on is believed where the settings say so (`api.forwarded`), and nobody else
    "proxy_headers": False,
    "timeout_keep_alive": KEPT_S,
    "limit_concurrency": MOST_CONNECTIONS,
    "h11_max_incomplete_event_size": MOST_HEAD,
}

_NOT_STARTED = 3


def run_until_stopped(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    stop_s: float,
    ready: Callable[[], None] | None = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        ready: called once it answers.
        stop_s: seconds that answers under way are given then.
    """
    how = {**SERVER, "timeout_graceful_shutdown": stop_s}
    server = StoppingServer(uvicorn.Config(app, host=host, port=port, **how), ready)
    # the signal is raised again once everything is closed: that is no error
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(_NOT_STARTED)
