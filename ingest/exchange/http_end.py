"""The HTTP end: POST of JSON, to one address, within a time, never somewhere else.

A redirect is not followed, a proxy of the environment is not used, an answer is read up to a limit
and within a time; an answer of another kind than promised, one that is cut, and any status but 200 is
no answer.  The secret stands in a header and in nothing that is kept or told.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from ingest.exchange.connection import Connection
from ingest.exchange.contract import Contract, Http
from ingest.exchange.reply import NoAnswer, NotYet, Reply, Unheard, read_reply
from ingest.exchange.request import Outgoing, Page

__all__ = ["HttpEnd"]

_OK, _NO_CONTENT, _NOT_FOUND = 200, 204, 404
_CHUNK = 64 * 1024
#: What a status most often means, and what to do about it.
_STATUS = {
    401: "密钥不对或已过期，请核对 exchange.yaml",
    403: "对方不允许访问，请核对密钥和本机地址是否已在对方登记",
    404: "对方没有这个接口，请核对地址",
    413: "对方认为内容太大，请减少每批行数",
    429: "对方要求慢些再发",
}


class HttpEnd:
    """One partner by HTTP."""

    def __init__(self, contract: Contract, connection: Connection) -> None:
        assert contract.http is not None
        self._contract, self._connection = contract, connection
        self._http: Http = contract.http
        self._pool = urllib3.PoolManager(retries=False, maxsize=1)

    def hand_over(self, request: Outgoing) -> Reply | NotYet:
        """Send a request; raises `NoAnswer`."""
        body = request.body(self._contract, self._connection)
        return read_reply(self._contract, self._post(self._http.path, body, request.number))

    def ask(self, request: Outgoing) -> Reply | NotYet | Unheard:
        """Ask for the receipt of a request; a partner that keeps none is sent it again."""
        if not self._http.receipt_path:
            return Unheard()
        words = self._contract.words
        asked = {words.table: request.table, words.department: self._connection.department,
                 words.number: request.number}  # fmt: skip
        told = self._post(self._http.receipt_path, asked, request.number, may_be_unknown=True)
        return Unheard() if told == b"" else read_reply(self._contract, told)

    def fetch(self, table: str, cursor: str) -> Page | None:
        """The page behind a cursor; None where it is empty."""
        contract, words = self._contract, self._contract.words
        asked = {
            words.table: table,
            words.department: self._connection.department,
            words.version: contract.incoming[table].version,
            words.cursor: cursor,
            words.size: contract.limits.rows,
        }
        told = self._post(self._http.path, asked, f"{contract.name}-{table}-{cursor}")
        reply = read_reply(contract, told)
        if reply.means != "taken":
            raise NoAnswer(f"对方没有给出数据：{reply.message}")
        stated = json.loads(told)
        rows, following = stated.get(words.body), stated.get(words.cursor)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise NoAnswer("对方的数据不是约定的结构")
        if reply.total is not None and reply.total != len(rows):
            raise NoAnswer(f"对方声明 {reply.total} 行，收到 {len(rows)} 行")
        if not rows:
            return None
        if not isinstance(following, str) or not following or following == cursor:
            raise NoAnswer("对方没有说明下一页从哪里开始")
        return Page(cursor or "start", table, rows, following)

    def taken(self, page: Page, counts: Mapping[str, int]) -> None:
        """The next request's cursor says it."""

    def _post(
        self, path: str, body: Mapping[str, Any], number: str, *, may_be_unknown: bool = False
    ) -> bytes:
        """The body of an answer; empty where the partner knows no such number and may not."""
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "application/json",
            "Idempotency-Key": number,
        }
        if self._connection.secret is not None:
            headers["Authorization"] = f"Bearer {self._connection.secret.get_secret_value()}"
        address = self._connection.address.rstrip("/") + path
        until = time.monotonic() + self._http.connect_s + self._http.read_s
        try:
            answer = self._pool.request(
                "POST",
                address,
                body=json.dumps(body, ensure_ascii=False).encode(),
                headers=headers,
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=self._http.connect_s, read=self._http.read_s),
            )
            try:
                if may_be_unknown and answer.status in (_NOT_FOUND, _NO_CONTENT):
                    return b""
                if answer.status != _OK:
                    what = _STATUS.get(answer.status, "")
                    raise NoAnswer(f"对方返回 HTTP {answer.status}{'：' if what else ''}{what}")
                return self._read(answer, until)
            finally:
                answer.close()
        except (HTTPError, OSError) as error:
            raise NoAnswer(f"连接中断或超时（{type(error).__name__}）") from error

    def _read(self, answer: urllib3.BaseHTTPResponse, until: float) -> bytes:
        parts, size = [], 0
        for part in answer.stream(_CHUNK):
            size += len(part)
            if size > self._http.most_bytes:
                raise NoAnswer("对方的回执过大，没有读取")
            if time.monotonic() > until:
                raise NoAnswer("对方的回执超时没有传完")
            parts.append(part)
        return b"".join(parts)
