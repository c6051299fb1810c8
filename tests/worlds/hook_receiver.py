"""A receiver of events as they really are: an HTTP server on this machine that checks signatures itself.

It takes messages as a receiver of Standard Webhooks does (the reference library), keeps what it acknowledged,
and does what it is told to do wrong at the next calls.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook

__all__ = ["Receiver", "receiving"]

Message = dict[str, Any]


@dataclass
class Receiver:
    """What came, and what goes wrong next.

    Attributes:
        faults: a status to answer, or `redirect`, `hang`, `trickle`, `closed`, `closed_after`,
            `flood`; of the next calls, one after the other.
        secret: what it checks signatures with.
        taken: names and bodies of the messages that it acknowledged, in order.
        calls: how often it was called.
    """

    port: int = 0
    secret: str = ""
    faults: deque[str | int] = field(default_factory=deque)
    taken: list[tuple[str, Message]] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    calls: int = 0
    until: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events?of=xinnong"

    def cursors(self) -> list[int]:
        """Numbers of the events that were acknowledged, each where it came first."""
        return list(dict.fromkeys(each["data"]["cursor"] for _, each in self.taken))


@contextmanager
def receiving(certificate: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver that runs for the block."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        timeout = 20

        def do_POST(self) -> None:
            receiver.calls += 1
            receiver.hosts.append(self.headers["Host"])
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fault = receiver.faults.popleft() if receiver.faults else 204
            if fault == "closed":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if fault == "hang":
                receiver.until.wait(20)
                return
            if fault == "trickle":
                self._trickle()
                return
            if fault == "redirect":
                self.send_response(302)
                self.send_header("Location", f"http://127.0.0.1:{receiver.port}/elsewhere")
                self.end_headers()
                return
            if isinstance(fault, int) and fault != 204:
                self.send_response(fault)
                if fault == 503:
                    self.send_header("Retry-After", "90")
                self.end_headers()
                return
            if receiver.secret:
                self._check(body)
            receiver.taken.append((self.headers["webhook-id"], json.loads(body)))
            if fault == "closed_after":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(200 if fault == "flood" else 204)
            self.end_headers()
            with suppress(OSError):
                while fault == "flood":
                    self.wfile.write(b"x" * 65_536)

        def _check(self, body: bytes) -> None:
            """By the reference library; of another day, to which its clock does not go, as it signs."""
            reader, stamp = Webhook(receiver.secret), int(self.headers["webhook-timestamp"])
            if abs(time.time() - stamp) < 240:
                reader.verify(body, dict(self.headers))
                return
            at = datetime.fromtimestamp(stamp, UTC)
            signed = reader.sign(self.headers["webhook-id"], at, body.decode())
            assert signed in self.headers["webhook-signature"].split()

        def _trickle(self) -> None:
            """A head that never ends, a byte at a time."""
            with suppress(OSError):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: ")
                while not receiver.until.is_set():
                    self.wfile.write(b"a")
                    self.wfile.flush()
                    time.sleep(0.02)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.until.set()
        server.shutdown()
        thread.join()
        server.server_close()
