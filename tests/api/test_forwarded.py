"""Who passes a request on is believed where the settings say so, and nobody else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.forwarded import Forwarded, hosts_of, networks_of
from graph.errors import SettingsError
from graph.settings import Settings

PROXIES = "10.0.0.0/8, ::1, 127.0.0.1"
Seen = tuple[str | None, str, str | None]


def seen(peer: str | None, *headers: tuple[str, str], proxies: str = PROXIES) -> Seen:
    """Client, scheme and host that the service sees; no header of a proxy is left for it to read."""
    found: dict[str, Any] = {}

    async def service(scope: Any, _receive: Any, _send: Any) -> None:
        found.update(scope)

    given = [
        (b"host", b"xinnong.local:8000"),
        *((n.lower().encode(), v.encode()) for n, v in headers),
    ]
    scope = {
        "type": "http", "client": None if peer is None else (peer, 4711), "scheme": "http",
        "headers": given,
    }  # fmt: skip
    asyncio.run(Forwarded(service, proxies=networks_of(proxies))(scope, None, None))  # type: ignore[arg-type]
    names = {name for name, _ in found["headers"]}
    assert not {name for name in names if b"forward" in name or name == b"x-real-ip"}
    hosts = [value.decode() for name, value in found["headers"] if name == b"host"]
    client = found["client"]
    assert len(hosts) == 1
    return (None if client is None else client[0], found["scheme"], hosts[0])


PLAIN = ("http", "xinnong.local:8000")


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ((), ("10.0.0.1", *PLAIN)),
        ((("X-Forwarded-For", "8.8.8.8"),), ("8.8.8.8", *PLAIN)),
        ((("X-Forwarded-For", "1.1.1.1, 8.8.8.8, 10.0.0.2"),), ("8.8.8.8", *PLAIN)),
        ((("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "8.8.8.8")), ("8.8.8.8", *PLAIN)),
        ((("X-Forwarded-For", "10.0.0.3, 10.0.0.2"),), ("10.0.0.3", *PLAIN)),
        ((("X-Forwarded-For", "nonsense, 10.0.0.2"),), ("10.0.0.2", *PLAIN)),
        ((("X-Forwarded-For", "8.8.8.8:5555"),), ("8.8.8.8", *PLAIN)),
        ((("X-Forwarded-For", "[2606:4700::1]:5555"),), ("2606:4700::1", *PLAIN)),
        ((("X-Forwarded-For", "2606:4700::1"), ("X-Forwarded-Proto", "https"),
          ("X-Forwarded-Host", "credit.example")), ("2606:4700::1", "https", "credit.example")),
        ((("X-Forwarded-Proto", "javascript"), ("X-Forwarded-Host", "a b")), ("10.0.0.1", *PLAIN)),
        ((("Forwarded", 'for=8.8.8.8;proto=https;host=credit.example'),),
         ("8.8.8.8", "https", "credit.example")),
        ((("Forwarded", 'for="[2606:4700::1]:47011";proto=https'),),
         ("2606:4700::1", "https", "xinnong.local:8000")),
        ((("Forwarded", "for=1.1.1.1;proto=http, for=8.8.8.8;proto=https, for=10.0.0.2;proto=http"),),
         ("8.8.8.8", "https", "xinnong.local:8000")),
        ((("Forwarded", "for=unknown, for=10.0.0.2"),), ("10.0.0.2", *PLAIN)),
        ((("Forwarded", "for=8.8.8.8"), ("X-Forwarded-For", "1.1.1.1")), ("8.8.8.8", *PLAIN)),
        ((("X-Real-IP", "8.8.8.8"),), ("10.0.0.1", *PLAIN)),
    ],
)  # fmt: skip
def test_a_proxy_of_ours_is_believed(headers: tuple[tuple[str, str], ...], told: Seen) -> None:
    assert seen("10.0.0.1", *headers) == told
    # and nobody else is, whatever they write
    assert seen("9.9.9.9", *headers) == ("9.9.9.9", *PLAIN)
    assert seen("10.0.0.1", *headers, proxies="") == ("10.0.0.1", *PLAIN)
    assert seen(None, *headers) == (None, *PLAIN)


def test_a_proxy_by_an_address_of_both_kinds_is_the_same() -> None:
    assert seen("::ffff:10.0.0.1", ("X-Forwarded-For", "8.8.8.8"))[0] == "8.8.8.8"


@given(st.lists(st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=40)))
def test_nothing_that_is_written_there_fails(values: list[str]) -> None:
    for name in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"):
        headers = [(name, value.encode("latin-1").decode("latin-1")) for value in values]
        client, scheme, _ = seen("10.0.0.1", *((n, v) for n, v in headers if v.isascii()))
        assert client and scheme in ("http", "https")


def test_settings_name_networks_and_hosts() -> None:
    assert hosts_of(" Credit.Example, b ,") == ("credit.example", "b")
    for name in ("trusted_proxies", "hook_networks"):
        with pytest.raises(SettingsError) as raised:
            Settings(**{name: "10.0.0.0/33"})
        assert f"XINNONG_{name.upper()}" in raised.value.message_zh
