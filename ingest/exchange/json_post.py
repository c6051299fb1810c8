"""POST of JSON to one address, within a time, never somewhere else.

A redirect is not followed, a proxy of the environment is not used, an answer is read up to a limit
and within a time; one that is cut, and any status but 200, is no answer.  Whose certificate nobody
vouches for, or is another's, or has run out, is told nothing.  The secret stands in a header and in
nothing that is kept or told.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, SSLError

from ingest.exchange.connection import Connection
from ingest.exchange.contract import Http
from ingest.exchange.reply import NoAnswer

__all__ = ["JsonPost"]

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


class JsonPost:
    """Asks one partner."""

    def __init__(self, http: Http, connection: Connection) -> None:
        self._http, self._connection = http, connection
        held = connection.authorities
        self._pool = urllib3.PoolManager(
            retries=False, maxsize=1, ca_certs=None if held is None else str(held)
        )

    def post(
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
        except SSLError as error:
            raise NoAnswer(_of_tls(error)) from error
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


def _of_tls(error: SSLError) -> str:
    """In words what the other end's certificate lacks; nothing has been sent where it was refused."""
    cause = error.args[0] if error.args else None
    if isinstance(cause, ssl.SSLCertVerificationError):
        return (
            f"对方的证书不能验证（{cause.verify_message}），没有发送任何内容；"
            "请核对 exchange.yaml 里的证书文件（authorities），或请对方更正证书"
        )
    return f"连接中断或超时（{type(error).__name__}）"
