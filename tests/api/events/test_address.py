"""To which addresses a message may be sent, whatever they look like."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.events.address import Target, look_up, networks, target_of
from graph.errors import InputError


def code(url: str, allowed: str = "") -> str:
    with pytest.raises(InputError) as raised:
        target_of(url, allowed=networks(allowed))
    assert len(url) < 9 or url not in raised.value.message_zh + raised.value.message_en
    return raised.value.cause_code


def reached(*addresses: str, allowed: str = "", scheme: str = "https") -> bool:
    target = Target(scheme, "bank.example", 443, "/")
    try:
        look_up(target, allowed=networks(allowed), resolve=lambda *_: addresses)
    except InputError as error:
        assert error.cause_code == "hook_address"
        return False
    return True


def test_an_address_is_read_once_and_whole() -> None:
    assert target_of("https://Bank.Example/a/b?c=d") == Target(
        "https", "bank.example", 443, "/a/b?c=d"
    )
    assert target_of("https://bank.example:8443").authority == "bank.example:8443"
    assert target_of("https://[2606:4700::1]/").authority == "[2606:4700::1]"


@pytest.mark.parametrize(
    "url",
    ["http://bank.example/", "ftp://bank.example/", "https://", "https:///x", "bank.example",
     "https://user@bank.example/", "https://user:pass@bank.example/", "https://bank.example/#x",
     "https://bank.example:0/", "https://bank.example:99999/", "https://bank.example:x/",
     "https://bank.example\\@10.0.0.1/", "https://bank.example/a b", "https://bank.example/\r\nX: y",
     "https://银行.example/", "https://a" + "b" * 2_000 + ".example/", "javascript:x", ""],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    assert code(url) == "hook_url"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "0.0.0.0"]
)
def test_a_number_of_this_network_is_refused_at_once(host: str) -> None:
    assert code(f"https://{host}/") == "hook_address"


#: Written down from the registries of special addresses (RFC 6890, 6598, 6052, 4291), by hand.
INSIDE = [
    "127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.127.255.255", "0.0.0.0", "255.255.255.255", "224.0.0.1",
    "240.0.0.1", "198.18.0.1", "192.0.2.1", "203.0.113.9", "::", "::1", "fe80::1", "fc00::1",
    "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1", "::10.0.0.1",
    "2001:0:53aa:64c:0:0:f5ff:fffe", "2001:db8::1", "fe80::1%eth0",
]  # fmt: skip
OUTSIDE = ["1.1.1.1", "8.8.8.8", "123.125.114.144", "100.63.255.255", "100.128.0.1", "172.32.0.1",
           "2606:4700::1111", "240e:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_is_not_reached(address: str) -> None:
    assert not reached(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside_is_reached(address: str) -> None:
    assert reached(address) and not reached(address, scheme="http")


def test_one_address_inside_among_others_is_enough_to_refuse() -> None:
    assert not reached("8.8.8.8", "10.0.0.1") and not reached("10.0.0.1", "8.8.8.8")


def test_a_network_of_ones_own_is_allowed_by_name_and_no_other() -> None:
    assert reached("10.1.2.9", allowed="10.1.2.0/24", scheme="http")
    assert not reached("10.1.3.9", allowed="10.1.2.0/24")
    assert reached("::ffff:10.1.2.9", allowed="10.1.2.0/24")
    assert not reached("8.8.8.8", allowed="10.1.2.0/24", scheme="http")


def test_a_host_without_an_address_is_said() -> None:
    def nobody(*_: object) -> list[str]:
        raise OSError

    for resolve in (nobody, lambda *_: [], lambda *_: ["no address"]):
        with pytest.raises(InputError) as raised:
            look_up(Target("https", "x.example", 443, "/"), resolve=resolve)
        assert raised.value.cause_code == "hook_unresolved"


def test_other_spellings_of_this_machine_are_resolved_to_it() -> None:
    for host in ("2130706433", "0x7f.1", "127.1", "localhost"):
        with pytest.raises(InputError):
            look_up(target_of(f"https://{host}/"))


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_reached(address: object) -> None:
    plain = ip_address(str(address))
    if plain.is_private or plain.is_loopback or plain.is_link_local or plain.is_multicast:
        assert not reached(str(plain))
