"""The HTTP end: requests, receipts and pages, each asked by POST of JSON (`ingest.exchange.json_post`).

An answer of another kind than promised is no answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ingest.exchange.connection import Connection
from ingest.exchange.contract import Contract, Http
from ingest.exchange.json_post import JsonPost
from ingest.exchange.reply import NoAnswer, NotYet, Reply, Unheard, read_reply
from ingest.exchange.request import Outgoing, Page

__all__ = ["HttpEnd"]


class HttpEnd:
    """One partner by HTTP."""

    def __init__(self, contract: Contract, connection: Connection) -> None:
        assert contract.http is not None
        self._contract, self._connection = contract, connection
        self._http: Http = contract.http
        self._post = JsonPost(self._http, connection).post

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
