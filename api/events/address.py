"""To which addresses a message may be sent: the world's, and those of this network that are allowed.

Whoever subscribes names an address, and this machine would go there: to the metadata service of a cloud,
to a database beside it, to itself.  So an address is looked up and held against what is reachable from
everywhere, every time before it is connected to, and the connection goes to the very address that was
looked at: a name that leads elsewhere a moment later leads nowhere.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from graph.errors import InputError

__all__ = ["Network", "Resolve", "Target", "look_up", "networks", "target_of"]

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
#: Host and port -> addresses; raises `OSError`.
Resolve: TypeAlias = Callable[[str, int], Iterable[str]]

_LONGEST = 2_000
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_PATH = re.compile(r"[!-~]*")
#: IPv6 addresses that stand for an IPv4 one in their last 32 bits: NAT64 (RFC 6052), compatible.
_CARRIES_IPV4 = tuple(ipaddress.IPv6Network(text) for text in ("64:ff9b::/96", "::/96"))


@dataclass(frozen=True)
class Target:
    """Where a message goes, read once: nothing else reads the text of the address again.

    Attributes:
        host: as the certificate and the `Host` header name it, without brackets.
        path: with its query.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def networks(text: str) -> tuple[Network, ...]:
    """Networks out of a list with commas (`10.1.2.0/24,127.0.0.1`); raises `ValueError`."""
    return tuple(
        ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()
    )


def target_of(url: str, *, allowed: Iterable[Network] = ()) -> Target:
    """Read an address, and refuse what can be refused without looking it up.

    `https` everywhere; `http` only where some network of one's own is allowed, and then only to it.

    Raises `InputError` (`hook_url`, `hook_address`).
    """
    if len(url) > _LONGEST:
        raise _no_url()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _no_url() from None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rsplit(":", 1)[0] if port is not None else parts.netloc
    if (
        parts.scheme not in _PORTS
        or not _HOST.fullmatch(host)
        or parts.fragment
        or port == 0
        or not _PATH.fullmatch(path)
    ):
        raise _no_url()
    allowed = tuple(allowed)
    if parts.scheme == "http" and not allowed:
        raise InputError(
            "接收地址须以 https:// 开头。",
            "The address must be https.",
            code="hook_url",
        )
    found = Target(parts.scheme, host.strip("[]").lower(), port or _PORTS[parts.scheme], path)
    literal = _literal(found.host)
    if literal is not None and not _may_be_reached(literal, found, allowed):
        raise _forbidden()
    return found


def look_up(
    target: Target, *, allowed: Iterable[Network] = (), resolve: Resolve | None = None
) -> str:
    """The address to connect to; every address that the name has must be one that may be sent to.

    Raises `InputError`: `hook_unresolved`, `hook_address`.
    """
    allowed = tuple(allowed)
    try:
        found = [
            ipaddress.ip_address(text.split("%")[0])
            for text in (resolve or _resolve)(target.host, target.port)
        ]
    except (OSError, UnicodeError, ValueError):
        found = []
    if not found:
        raise InputError(
            "接收地址的主机名解析不出来。请核对域名。",
            "The host has no address.",
            code="hook_unresolved",
        )
    if not all(_may_be_reached(each, target, allowed) for each in found):
        raise _forbidden()
    return str(found[0])


def _may_be_reached(address: Address, target: Target, allowed: tuple[Network, ...]) -> bool:
    if any(address in network for network in allowed if network.version == address.version):
        return True
    inner = _ipv4_in(address)
    if inner is not None:
        return _may_be_reached(inner, target, allowed)
    reachable = address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
        or address.is_loopback or address.is_link_local or address.is_private
    )  # fmt: skip
    return reachable and target.scheme == "https"


def _ipv4_in(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if any(address in network for network in _CARRIES_IPV4) and int(address) > 1:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _resolve(host: str, port: int) -> list[str]:
    told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in told]


def _no_url() -> InputError:
    return InputError(
        "接收地址不能用：须是 https://主机/路径 的形式，不带用户名、密码和锚点。",
        "No address to send to: https://host/path, without user, password and fragment.",
        code="hook_url",
    )


def _forbidden() -> InputError:
    return InputError(
        "接收地址指向本机或内部网络，不能发送。确需发往内网的，请管理员把该网段写入 XINNONG_HOOK_NETWORKS。",
        "The address is one of this machine or network; an administrator may allow it by "
        "XINNONG_HOOK_NETWORKS.",
        code="hook_address",
    )
