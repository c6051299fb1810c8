"""The two kinds of partners as they really behave: HTTP servers that lose answers and say things twice.

Nothing here reads our contracts.  A front counts money in 万元 and says 0 for a first loan; a back office
counts in 分 and says 1.  Both say what is wrong with HTTP 200.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any


@dataclass
class Double:
    """A partner.

    Attributes:
        faults: what goes wrong at the next calls: `200_error`, `lost` (taken, and no answer in time),
            `closed` (taken, connection cut), `500` (nothing taken), `garbage`.
        taken: our number -> theirs, in the order taken; `times`: how often each was taken.
        told: what it has to tell, in the order in which it tells it.
    """

    faults: list[str] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)
    told: list[dict[str, Any]] = field(default_factory=list)
    authorised: set[str] = field(default_factory=set)
    page: int = 7
    slow_s: float = 0.6

    def answer(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path == "/demand/push":
            number = body["demandId"]
            self.times[number] += 1
            # it does not know that something came twice
            self.taken[number] = f"B{len(self.taken) + 1}" if number not in self.taken else (
                f"{self.taken[number]}-again"
            )  # fmt: skip
            return {"code": "0", "msg": "ok", "data": {"id": self.taken[number]}}
        if path == "/demand/find":
            found = self.taken.get(body["demandId"])
            return {"code": "0", "data": {"id": found} if found else None}
        if path == "/isExistAuth":
            return {"code": "200", "data": {"exist": body["authorizationId"] in self.authorised}}
        begin = int(body["cursor"] or 0)
        rows = self.told[begin : begin + self.page]
        ok = "200" if path.startswith("/financeProductApply") else "0"
        return {"code": ok, "data": {"rows": rows, "cursor": str(begin + len(rows))}}


def told_badly(reports: list[dict[str, Any]], random: Random) -> list[dict[str, Any]]:
    """Reports as a back office tells them: some late, many twice."""
    placed = [
        (place + random.choice([0, 0, 0, 3, 6]), report) for place, report in enumerate(reports)
    ]
    placed += [
        (place + random.random() * 9, report) for place, report in placed if random.random() < 0.4
    ]
    return [report for _, report in sorted(placed, key=lambda item: item[0])]


@contextmanager
def serving(double: Double) -> Iterator[str]:
    """Its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            fault = double.faults.pop(0) if double.faults else ""
            if fault in ("500", "200_error"):
                told = {"code": "9999", "msg": "系统异常", "data": None}
                return self._say(500 if fault == "500" else 200, json.dumps(told).encode())
            told = double.answer(self.path, body)
            if fault == "closed":
                self.close_connection = True
                return None
            if fault == "lost":
                time.sleep(double.slow_s)
            return self._say(200, b"<html>" if fault == "garbage" else json.dumps(told).encode())

        def _say(self, status: int, text: bytes) -> None:
            try:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
            except OSError:
                return

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
