"""One POST to a receiver: to the address that was looked at, within a time, following nothing.

The name of the host goes into the certificate's check, SNI and `Host`; the connection goes to the number.
No redirect is followed, no proxy of the environment used, and of the answer its status counts alone:
a few bytes of it are read, and what it says is neither kept nor told.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, SSLError
from urllib3.util.ssl_ import create_urllib3_context

from api.events.address import Target

__all__ = ["Answered", "Post", "post"]

#: Seconds to connect, between two bytes, and in all.
_CONNECT_S, _READ_S, _WHOLE_S = 5.0, 10.0, 15.0
_MOST_BYTES = 16 * 1024
_MOST_WAIT_S = 3_600
_LATE = "对方没有在时限内答复"


@dataclass(frozen=True)
class Answered:
    """What came of a try.

    Attributes:
        status: None where no answer came.
        problem: in Chinese; empty where it was taken.
        wait_s: how long the receiver asks us to wait.
    """

    status: int | None
    problem: str = ""
    wait_s: int | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver acknowledged it: any 2xx (Standard Webhooks, 'Delivery')."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class Post:
    """How one installation posts.

    Attributes:
        authorities: certificates of authorities besides the system's own, of a network of one's own.
        whole_s: seconds that one try may take in all.
    """

    authorities: Path | None = None
    whole_s: float = _WHOLE_S

    def __call__(
        self, target: Target, address: str, body: bytes, headers: Mapping[str, str]
    ) -> Answered:
        """Send; never raises."""
        return post(
            target, address, body, headers, authorities=self.authorities, whole_s=self.whole_s
        )


def post(
    target: Target,
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    authorities: Path | None = None,
    whole_s: float = _WHOLE_S,
) -> Answered:
    """Send a body to an address that was looked at; never raises."""
    told = {"Host": target.authority, "User-Agent": "xinnong", "Accept-Encoding": "identity",
            "Content-Type": "application/json; charset=utf-8", **headers}  # fmt: skip
    late = threading.Event()
    connection = _connection(target, address, authorities)

    def give_up() -> None:
        late.set()
        # whoever waits for its next byte is woken; closing alone would not wake it
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(whole_s, give_up)
    watch.daemon = True
    watch.start()
    try:
        connection.connect()
        connection.timeout = min(_READ_S, whole_s)
        connection.request(
            "POST", target.path, body=body, headers=told, preload_content=False,
            decode_content=False,
        )  # fmt: skip
        answer = connection.getresponse()
        answer.read(_MOST_BYTES, decode_content=False)
        if late.is_set():
            # what was cut off by our own hand ends like an answer, and is none
            return Answered(None, _LATE)
        return _read(answer.status, answer.headers.get("Retry-After"))
    except (SSLError, ssl.SSLError):
        return Answered(None, "对方的证书不能验证")
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        if late.is_set():
            return Answered(None, _LATE)
        return Answered(None, f"连接中断或超时（{type(error).__name__}）")
    finally:
        watch.cancel()
        with suppress(OSError):
            connection.close()


def _connection(target: Target, address: str, authorities: Path | None) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=_CONNECT_S)
    trusted = create_urllib3_context()
    trusted.load_default_certs()
    if authorities is not None:
        trusted.load_verify_locations(authorities)
    return HTTPSConnection(
        address, target.port, timeout=_CONNECT_S, server_hostname=target.host, ssl_context=trusted
    )


def _read(status: int, again: str | None) -> Answered:
    wait = int(again) if again is not None and again.isascii() and again.isdigit() else None
    wait = None if wait is None else min(wait, _MOST_WAIT_S)
    if 200 <= status < 300:
        return Answered(status)
    if 300 <= status < 400:
        return Answered(status, f"对方要求转到别处（{status}），没有跟随", wait)
    return Answered(status, f"对方返回 {status}", wait)
