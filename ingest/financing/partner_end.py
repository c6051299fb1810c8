"""A financing partner by HTTP: what it answers is data of its own envelope, or nobody knows.

An answer with HTTP 200 and an error code in it is a refusal and not an acceptance; a call without an
answer may have been taken all the same, so that before it is sent again it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ingest.exchange.connection import Connection
from ingest.exchange.json_post import JsonPost
from ingest.exchange.reply import NoAnswer
from ingest.financing.partner import FinancingPartner

__all__ = ["PartnerEnd", "RefusedByPartnerError"]


class RefusedByPartnerError(Exception):
    """The partner answered and did not take it; in Chinese."""


class PartnerEnd:
    """One partner."""

    def __init__(self, partner: FinancingPartner, connection: Connection) -> None:
        self._partner, self._http = partner, partner.http
        self._post = JsonPost(partner.http, connection).post

    def hand_over(self, number: str, told: Mapping[str, Any]) -> str:
        """Send an application; the number under which they have it.

        Raises `NoAnswer`, `RefusedByPartnerError`.
        """
        data = self._ask(self._http.path, told, number)
        return _number(data)

    def find(self, number: str) -> str | None:
        """Their number of an application that was sent; None where they have none; raises as
        `hand_over`."""
        data = self._ask(self._http.receipt_path, {"demandId": number}, number)
        return _number(data) if data else None

    def rows(self, path: str, cursor: str) -> tuple[list[Mapping[str, Any]], str]:
        """Rows behind a cursor, and where the next begin; raises as `hand_over`."""
        told = {"cursor": cursor, "size": self._partner.rows}
        data = self._ask(path, told, f"{self._partner.name}-{cursor}")
        rows, following = data.get("rows"), data.get("cursor")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise NoAnswer("对方的数据不是约定的结构")
        if rows and (not isinstance(following, str) or not following or following == cursor):
            raise NoAnswer("对方没有说明下一页从哪里开始")
        return rows, str(following or cursor)

    def is_authorised(self, authorisation: str) -> bool:
        """Whether an authorisation that an applicant gave there exists; raises as `hand_over`."""
        told = {"authorizationId": authorisation}
        return self._ask(self._http.receipt_path, told, authorisation).get("exist") is True

    def _ask(self, path: str, told: Mapping[str, Any], number: str) -> dict[str, Any]:
        answer = self._post(path, told, number)
        try:
            stated = json.loads(answer)
            code, data = str(stated["code"]), stated.get("data") or {}
            if not isinstance(data, dict):
                raise TypeError
        except (ValueError, TypeError, KeyError) as error:
            raise NoAnswer("对方的答复读不出来") from error
        if code not in self._partner.ok:
            raise RefusedByPartnerError(f"对方没有接收，返回代码 {code[:16]}")
        return data


def _number(data: Mapping[str, Any]) -> str:
    found = data.get("id")
    if not isinstance(found, str | int) or not str(found):
        raise NoAnswer("对方没有给出编号")
    return str(found)[:96]
