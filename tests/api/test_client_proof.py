"""Statements that clients sign (RFC 7523): taken once, for us, in their few minutes, by their key."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from breadth import examples
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from api.security.client_proof import ASSERTION_TYPE, Door, OAuthError, proven
from api.security.clients import add_key, end_client, end_credential, register
from api.security.jwk import jwk_of, read_public_key, thumbprint
from graph.errors import InputError
from graph.operations import Client, Clients, OperationsStore
from graph.settings import Settings

HERE = "https://xinnong.example"
THERE = f"{HERE}/v1/token"
AT = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
NOW = int(AT.timestamp())


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    made = Settings(data=tmp_path_factory.mktemp("data"))
    with OperationsStore(made) as store:
        yield Door(store, made, (HERE, THERE))


def pem(key: Any) -> str:
    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()  # type: ignore[no-any-return]


EC, OTHER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65_537, 2_048)


def registered(door: Door, *keys: Any) -> Client:
    client = register(
        door.store, name="样例银行", acts=["ask"], purposes=["贷款审批"], institution=None,
        divisions=None, by="管理员", at=AT,
    )  # fmt: skip
    for key in keys:
        add_key(door.store, client.id, pem(key), by="管理员", at=AT, days=30)
    return client


@pytest.fixture(scope="module")
def client(door: Door) -> Client:
    return registered(door, EC, RSA)


_count = iter(range(1_000_000))


def stated(client: Client, **more: Any) -> dict[str, Any]:
    claims = {
        "iss": client.id, "sub": client.id, "aud": HERE, "exp": NOW + 60, "iat": NOW,
        "jti": f"jti-{next(_count)}", **more,
    }  # fmt: skip
    return {name: value for name, value in claims.items() if value is not ...}


def signed(client: Client, key: Any = EC, alg: str = "ES256", head: Any = None, **more: Any) -> str:
    return jwt.encode(stated(client, **more), key, algorithm=alg, headers=head)


def shown(door: Door, assertion: str, at: datetime = AT, **more: str) -> Client:
    form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion, **more}
    return proven(door, None, form, at)


def test_a_statement_of_its_own_key_is_taken(door: Door, client: Client) -> None:
    kid = thumbprint(jwk_of(EC.public_key()))
    for assertion in (
        signed(client), signed(client, aud=[HERE]), signed(client, aud=THERE), signed(client, iat=...),
        signed(client, RSA, "RS256"), signed(client, head={"kid": kid}), signed(client, head={"kid": "mine"}),
        signed(client, head={"typ": "client-authentication+jwt"}), signed(client, exp=NOW + 300),
        signed(client, exp=NOW + 0.5), signed(client, nbf=NOW + 60), signed(client, jti="\ud800"),
    ):  # fmt: skip
        assert shown(door, assertion) == client
    assert shown(door, signed(client), client_id=client.id) == client


def test_once_and_no_second_time(door: Door, client: Client) -> None:
    assertion = signed(client, exp=NOW + 120)
    assert shown(door, assertion)
    for at in (AT, AT + timedelta(seconds=119)):
        with pytest.raises(OAuthError):
            shown(door, assertion, at)
    # another client may have chosen the same name for its own
    other = registered(door, OTHER)
    assert shown(door, signed(other, OTHER, jti="same")) and shown(door, signed(client, jti="same"))
    with pytest.raises(OAuthError):
        shown(door, signed(client, jti="same", exp=NOW + 200))


def test_of_many_at_once_one_comes_in(door: Door, client: Client) -> None:
    assertion = signed(client)

    def comes_in(_: int) -> bool:
        try:
            return shown(door, assertion) == client
        except OAuthError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(comes_in, range(16))) == 1


def test_what_was_used_is_forgotten_when_it_has_run_out(door: Door, client: Client) -> None:
    assert shown(door, signed(client, jti="forgotten"))
    later = AT + timedelta(minutes=2)
    assert shown(door, signed(client, jti="forgotten", exp=NOW + 180), later) == client


def test_attacks_on_a_statement(door: Door, client: Client) -> None:
    head = urlsafe_b64encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()).rstrip(b"=")
    body = urlsafe_b64encode(json.dumps(stated(client)).encode()).rstrip(b"=")
    forged = head + b"." + body
    macs = {
        what: forged + b"." + urlsafe_b64encode(hmac.digest(key, forged, "sha256")).rstrip(b"=")
        for what, key in {
            "PEM": pem(EC).encode(), "RSA PEM": pem(RSA).encode(),
            "JWK": json.dumps(jwk_of(EC.public_key())).encode(),
        }.items()
    }  # fmt: skip
    own = {
        "jwk": jwk_of(OTHER.public_key()),
        "jku": "https://evil.example/keys",
        "x5u": "https://e/",
    }
    attacks = {
        **{f"HS256 by the {what}": mac.decode() for what, mac in macs.items()},
        "unsigned": jwt.encode(stated(client), None, algorithm="none"),
        "by another key": signed(client, OTHER),
        "by a key that it brings": signed(client, OTHER, head=own),
        "by another algorithm": signed(client, RSA, "PS256"),
        "SHA-1's place": signed(client, RSA, "RS512"),
        "of another subject": signed(client, sub="c" + "1" * 16),
        "of nobody": signed(client, iss="c" + "1" * 16, sub="c" + "1" * 16),
        "of a name that is none": signed(client, iss="\0", sub="\0"),
        "without an issuer": signed(client, iss=...),
        "for another": signed(client, aud="https://other.example"),
        "for several": signed(client, aud=[HERE, "https://other.example"]),
        "for nobody": signed(client, aud=...),
        "for an empty list": signed(client, aud=[]),
        "for a page of ours": signed(client, aud=f"{HERE}/"),
        "run out": signed(client, exp=NOW),
        "good for too long": signed(client, exp=NOW + 301),
        "good for ever": signed(client, exp=...),
        "an end that is a word": signed(client, exp=str(NOW + 60)),
        "an end that is a flag": signed(client, exp=True),
        "an end beyond time": signed(client, exp=10**30),
        "not yet": signed(client, nbf=NOW + 61),
        "written tomorrow": signed(client, iat=NOW + 86_400),
        "without a name": signed(client, jti=...),
        "of an empty name": signed(client, jti=""),
        "of a long name": signed(client, jti="x" * 257),
        "of a name that is a number": signed(client, jti=1),
        "critical": signed(client, head={"crit": ["exp"], "exp": 1}),
        "an access token": signed(client, head={"typ": "at+jwt"}),
        "long": signed(client, more="x" * 10_000),
        "nothing": "x",
        "of other letters": "é.é.é",
    }  # fmt: skip
    for name, assertion in attacks.items():
        with pytest.raises(OAuthError) as refused:
            shown(door, assertion)
            pytest.fail(name)
        assert refused.value.error == "invalid_client", name
    for more in ({"client_id": "c" + "1" * 16}, {"client_assertion_type": "x"}):
        with pytest.raises(OAuthError):
            shown(door, signed(client), **more)
    # none of them used a name up that the client itself could have needed
    assert shown(door, signed(client)) == client


@settings(max_examples=examples(200), deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), what=st.sampled_from("ABCxyz019-_.= \n é"))
def test_a_statement_that_was_changed_is_none(
    door: Door, client: Client, place: float, what: str
) -> None:
    good = signed(client)
    at = int(place * good.rindex("."))  # bits of the last character of a signature may say nothing
    if good[at] == what:
        return
    with pytest.raises(OAuthError):
        shown(door, good[:at] + what + good[at + 1 :])


def test_ended_keys_and_clients(door: Door) -> None:
    one = registered(door, EC)
    [held] = Clients(door.store).credentials(one.id)
    assert shown(door, signed(one))
    late = AT + timedelta(days=30)
    with pytest.raises(OAuthError):
        shown(door, signed(one, exp=NOW + 30 * 86_400 + 60, iat=...), late)
    end_credential(door.store, held.number, by="管理员", at=AT)
    with pytest.raises(OAuthError):
        shown(door, signed(one))
    other = registered(door, EC)
    end_client(door.store, other.id, by="管理员", why="到期", at=AT)
    with pytest.raises(OAuthError):
        shown(door, signed(other))
    with pytest.raises(InputError) as refused:
        add_key(door.store, other.id, pem(EC), by="管理员", at=AT)
    assert refused.value.cause_code == "client_ended"


def test_which_keys_are_taken(tmp_path: Path) -> None:
    for key in (EC, RSA):
        told = jwk_of(key.public_key())
        assert (
            read_public_key(pem(key)) == read_public_key(json.dumps({**told, "use": "sig"})) == told
        )
    private = EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    wrong = [
        "", "x", "{", "[]", "{}", "[" * 5_000, '{"a":' * 5_000, private, pem(EC)[:-40],
        json.dumps(jwt.algorithms.ECAlgorithm.to_jwk(EC, as_dict=True)),
        json.dumps({"kty": "oct", "k": "c2VjcmV0"}), json.dumps({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
        pem(ec.generate_private_key(ec.SECP384R1())), pem(rsa.generate_private_key(65_537, 1_024)),
        pem(ed25519.Ed25519PrivateKey.generate()),
    ]  # fmt: skip
    for text in wrong:
        with pytest.raises(InputError) as refused:
            read_public_key(text)
        assert refused.value.cause_code == "public_key_wrong", text


def test_a_thumbprint_is_that_of_the_standard() -> None:
    """The example of RFC 7638, 3.1."""
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
        "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbI"
        "SD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    key = {"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
    assert thumbprint(key) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
