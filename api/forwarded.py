"""What a reverse proxy says of a request that it passes on: from where, by which scheme, to which host.

Anybody can write `X-Forwarded-For`.  It is believed of addresses that the settings name, and of others it
is taken away, so that nothing behind this reads it.  `Forwarded` (RFC 7239) goes before the older headers;
of several hops the last one that is no proxy of ours is the client, since what stands before it that client
wrote itself.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["Forwarded", "hosts_of", "networks_of"]

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host",
            "x-forwarded-port", "x-real-ip")  # fmt: skip
_SCHEMES = ("http", "https")
#: A pair of a hop: a token, or a quoted string.
_PAIR = re.compile(r'\s*([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s";,]+))\s*')
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
#: Hops that are looked at: more is nobody's network.
_MOST_HOPS = 20


def networks_of(text: str) -> tuple[Network, ...]:
    """Networks out of a list with commas; raises `ValueError`."""
    return tuple(
        ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()
    )


def hosts_of(text: str) -> tuple[str, ...]:
    """Host names out of a list with commas."""
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


class Forwarded:
    """ASGI middleware, before everything that looks at client, scheme or host."""

    def __init__(self, app: ASGIApp, *, proxies: Iterable[Network] = ()) -> None:
        self._app = app
        self._proxies = tuple(proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = self._read(scope)
        await self._app(scope, receive, send)

    def _read(self, scope: Scope) -> Scope:
        told = Headers(scope=scope)
        if not any(name in told for name in _HEADERS):
            return scope
        left = [each for each in scope["headers"] if each[0].decode("latin-1") not in _HEADERS]
        scope = {**scope, "headers": left}
        client = scope.get("client")
        if client is None or not self._is_proxy(client[0]):
            return scope
        passed = self._passed([*_hops(told)])
        if "for" in passed:
            scope["client"] = (passed["for"], 0)
        if passed.get("proto") in _SCHEMES:
            scope["scheme"] = passed["proto"]
        if _HOST.fullmatch(passed.get("host", "")):
            MutableHeaders(scope=scope)["host"] = passed["host"]
        return scope

    def _passed(self, hops: list[dict[str, str]]) -> dict[str, str]:
        """What proxies of ours say: each hop was written by the one after it, the last by our peer."""
        found: dict[str, str] = {}
        for hop in reversed(hops[-_MOST_HOPS:]):
            # nearer to the client is what it was asked by
            found |= {name: hop[name] for name in ("proto", "host") if hop.get(name)}
            address = _address(hop.get("for", ""))
            if address is None:
                break  # hidden or unreadable: who sent it on is the last one known
            found["for"] = address
            if not self._is_proxy(address):
                break
        return found

    def _is_proxy(self, address: str) -> bool:
        try:
            plain = ipaddress.ip_address(address)
        except ValueError:
            return False
        found = getattr(plain, "ipv4_mapped", None) or plain
        return any(found in each for each in self._proxies if each.version == found.version)


def _hops(told: Headers) -> Iterator[dict[str, str]]:
    """Every hop that is told of, the client's first."""
    if "forwarded" in told:
        for hop in ",".join(told.getlist("forwarded")).split(","):
            pairs = (_PAIR.fullmatch(part) for part in hop.split(";"))
            yield {each[1].lower(): each[2] or each[3] or "" for each in pairs if each}
        return
    lists = {
        name: [part.strip() for part in ",".join(told.getlist(header)).split(",") if part.strip()]
        for name, header in (("for", "x-forwarded-for"), ("proto", "x-forwarded-proto"),
                             ("host", "x-forwarded-host"))
    }  # fmt: skip
    hops = [{"for": address} for address in lists["for"]] or [{}]
    # these are often written by the last proxy alone: they are of the hop that it wrote
    hops[-1] |= {name: lists[name][-1] for name in ("proto", "host") if lists[name]}
    yield from hops


def _address(text: str) -> str | None:
    """The address of a hop without its port; None where it is hidden (`unknown`, `_name`)."""
    bare = text[1:].split("]")[0] if text.startswith("[") else text
    for each in (bare, bare.rsplit(":", 1)[0]):
        try:
            return str(ipaddress.ip_address(each))
        except ValueError:
            continue
    return None
