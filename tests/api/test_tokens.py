"""Tokens of clients: fetched, taken, refused, given back; the keys that sign them."""

from __future__ import annotations

import hmac
import json
import os
import stat
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from breadth import examples
from clients_app import served
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.security.client_proof import Door, OAuthError, proven
from api.security.clients import end_client, end_credential, new_secret, refuse_tokens, register
from api.security.signing_keys import LIFETIME, SKEW, SigningKeys, signing_keys
from api.security.tokens import TokenError, issue, read
from graph.errors import SettingsError
from graph.operations import Client, Clients, OperationsStore
from graph.time import utc_now

HERE = "http://127.0.0.1"
BANK = "enterprise:91610300MA6X00001P"
AT = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    made = served(tmp_path_factory.mktemp("data"))
    yield made
    made.state.services.store.close()


@pytest.fixture(scope="module")
def service(app: FastAPI) -> TestClient:
    return TestClient(app, HERE)


@pytest.fixture(scope="module")
def store(app: FastAPI) -> OperationsStore:
    return app.state.services.store  # type: ignore[no-any-return]


def registered(store: OperationsStore, **more: Any) -> Client:
    stated: dict[str, Any] = {
        "name": "样例农商行信贷系统", "acts": ["look", "ask", "decide"], "institution": BANK,
        "purposes": ["credit_approval", "post_loan"], "divisions": ["610305"], "by": "管理员", "at": utc_now(),
    }  # fmt: skip
    return register(store, **{**stated, **more})


def with_secret(app: FastAPI, **more: Any) -> tuple[Client, str]:
    services = app.state.services
    client = registered(services.store, **more)
    made = new_secret(
        services.store, services.settings, client.id, by="管理员", at=utc_now(), days=30
    )
    return client, made.secret


def fetched(service: TestClient, client: str, secret: str, **more: str) -> Any:
    return service.post(
        "/v1/token", data={"grant_type": "client_credentials", **more}, auth=(client, secret)
    )


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_client_fetches_a_token_and_is_who_it_is(app: FastAPI, service: TestClient) -> None:
    client, secret = with_secret(app)
    told = fetched(service, client.id, secret)
    assert told.status_code == 200, told.text
    assert told.headers["cache-control"] == "no-store"
    stated = told.json()
    assert {**stated, "access_token": ""} == {
        "access_token": "", "token_type": "Bearer", "expires_in": 900, "scope": "ask decide look",
    }  # fmt: skip
    asked = service.get("/v1/who", headers=bearing(stated["access_token"]))
    assert asked.json() == {
        "id": f"client:{client.id}", "name": "样例农商行信贷系统", "role": "client",
        "acts": ["ask", "decide", "look"], "institution": BANK, "purpose": "贷款审批",
        "divisions": ["610305"], "open": ["division", "public_record", "register"],
    }  # fmt: skip
    # without one, this app answers for whoever uses the machine
    assert service.get("/v1/who").json()["id"].startswith("local:")


def test_the_claims_are_those_of_rfc_9068(app: FastAPI, service: TestClient) -> None:
    """Read by hand, and its signature by the published key, as a service of others would."""
    client, secret = with_secret(app)
    before = int(utc_now().timestamp())
    token = fetched(service, client.id, secret, scope="ask look").json()["access_token"]
    head, body, signature = (urlsafe_b64decode(part + "==") for part in token.split("."))
    stated = json.loads(head)
    assert stated.keys() == {"alg", "kid", "typ"}
    assert (stated["alg"], stated["typ"]) == ("ES256", "at+jwt")
    claims = json.loads(body)
    assert claims.keys() == {"iss", "aud", "sub", "client_id", "iat", "exp", "jti", "scope"}
    assert claims["iss"] == claims["aud"] == HERE
    assert claims["sub"] == claims["client_id"] == client.id
    assert claims["scope"] == "ask look"
    assert before <= claims["iat"] <= before + 60
    assert claims["exp"] == claims["iat"] + 900
    [key] = [one for one in service.get("/v1/jwks").json()["keys"] if one["kid"] == stated["kid"]]
    assert {**key, "x": "", "y": "", "kid": ""} == {
        "kty": "EC", "crv": "P-256", "x": "", "y": "", "kid": "", "use": "sig", "alg": "ES256",
    }  # fmt: skip
    x, y = (int.from_bytes(urlsafe_b64decode(key[name] + "=="), "big") for name in ("x", "y"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    parts = [int.from_bytes(signature[at : at + 32], "big") for at in (0, 32)]
    signed = token.rpartition(".")[0].encode()
    public.verify(encode_dss_signature(*parts), signed, ec.ECDSA(SHA256()))


def test_what_is_offered_is_described(service: TestClient) -> None:
    told = service.get("/.well-known/oauth-authorization-server").json()
    assert told["issuer"] == HERE
    assert told["token_endpoint"] == f"{HERE}/v1/token"
    assert told["jwks_uri"] == f"{HERE}/v1/jwks"
    assert told["scopes_supported"] == ["look", "ask", "decide", "consent", "finance", "notify"]
    assert told["grant_types_supported"] == ["client_credentials"]
    assert told["token_endpoint_auth_methods_supported"] == [
        "client_secret_basic", "private_key_jwt",
    ]  # fmt: skip
    for name in ("token_endpoint", "jwks_uri", "revocation_endpoint"):
        assert service.request("OPTIONS", told[name]).status_code == 405


def test_a_token_does_what_it_was_fetched_for(app: FastAPI, service: TestClient) -> None:
    client, secret = with_secret(app)
    headers = bearing(fetched(service, client.id, secret, scope="ask").json()["access_token"])
    assert service.get("/v1/who", headers=headers).json()["acts"] == ["ask"]
    refused = service.get("/v1/who/decides", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert refused.headers["www-authenticate"] == (
        'Bearer error="insufficient_scope", scope="decide"'
    )
    # what is done on everything is for no client
    assert service.get("/v1/who/keeps", headers=headers).status_code == 403
    assert service.get("/v1/who/keeps").status_code == 200


def test_nobody_fetches_what_is_not_registered(app: FastAPI, service: TestClient) -> None:
    client, secret = with_secret(app, acts=["look", "ask"])
    assert fetched(service, client.id, secret).json()["scope"] == "ask look"
    for scope in ("decide", "ask keep", "everything", "ask  look", "ask\tlook"):
        refused = fetched(service, client.id, secret, scope=scope)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope"), scope


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_secret": "x"}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_assertion": "x"}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_id": "c0123456789abcdef"}, "invalid_client"),
    ],
)  # fmt: skip
def test_a_request_that_is_none_is_told_so(
    app: FastAPI, service: TestClient, form: dict[str, Any], error: str
) -> None:
    client, secret = with_secret(app)
    refused = service.post("/v1/token", data=form, auth=(client.id, secret))
    assert refused.json()["error"] == error
    assert refused.headers["content-type"] == "application/json"
    assert refused.json()["error_description"].isascii()
    assert refused.status_code == (401 if error == "invalid_client" else 400)


def test_parameters_come_as_a_form_alone(app: FastAPI, service: TestClient) -> None:
    client, secret = with_secret(app)
    told = {"grant_type": "client_credentials"}
    for sent in ({"json": told}, {"files": {"grant_type": (None, "client_credentials")}}, {}):
        refused = service.post("/v1/token", auth=(client.id, secret), **sent)  # type: ignore[arg-type]
        assert refused.json()["error"] == "invalid_request"


def test_who_proves_nothing_is_told_nothing(app: FastAPI, service: TestClient) -> None:
    """The same status and words for who is unknown, wrong, ended or silent."""
    client, secret = with_secret(app)
    ended, its_secret = with_secret(app)
    store = app.state.services.store
    end_client(store, ended.id, by="管理员", why="合同到期", at=utc_now())
    old, old_secret = with_secret(app)
    [held] = Clients(store).credentials(old.id)
    end_credential(store, held.number, by="管理员", at=utc_now())
    pairs = [
        (client.id, secret[:-1]),
        (client.id, ""),
        (client.id, its_secret),
        (client.id.upper(), secret),
        ("c" + "0" * 16, secret),
        ("", secret),
        ("张三", secret),
        ("\0", secret),
        (ended.id, its_secret),
        (old.id, old_secret),
    ]
    refused = [fetched(service, *pair) for pair in pairs]
    form = {"grant_type": "client_credentials"}
    headers = [{"Authorization": value} for value in _NO_PROOF]
    refused += [service.post("/v1/token", data=form, headers=each) for each in [*headers, {}]]
    told = {(one.status_code, one.json()["error"], one.json()["title"]) for one in refused}
    assert len(told) == 1, told
    assert next(iter(told))[:2] == (401, "invalid_client")
    assert refused[0].headers["www-authenticate"].startswith("Basic")


_NO_PROOF = ("Basic", "Basic !", "Basic " + "A" * 1_000, "Negotiate x", "Basic Og==", "Basic /w==")


def test_what_a_client_lost_is_refused_at_its_next_request(
    app: FastAPI, service: TestClient, store: OperationsStore
) -> None:
    client, secret = with_secret(app)
    token = fetched(service, client.id, secret).json()["access_token"]
    assert service.get("/v1/who", headers=bearing(token)).status_code == 200
    refuse_tokens(store, client.id, by="管理员", at=utc_now())
    assert service.get("/v1/who", headers=bearing(token)).status_code == 401
    end_client(store, client.id, by="管理员", why="合同到期", at=utc_now())
    refused = service.get("/v1/who", headers=bearing(token))
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_token")
    assert refused.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert refused.headers["content-type"] == "application/problem+json"


def test_a_token_is_given_back_by_its_client_alone(app: FastAPI, service: TestClient) -> None:
    one, other = with_secret(app), with_secret(app)
    token = fetched(service, *_named(one)).json()["access_token"]
    second = fetched(service, *_named(one)).json()["access_token"]

    def back(by: tuple[Client, str], told: str) -> int:
        return service.post(
            "/v1/token/revocation", data={"token": told}, auth=_named(by)
        ).status_code

    assert back(other, token) == 200
    assert service.get("/v1/who", headers=bearing(token)).status_code == 200
    assert (back(one, token), back(one, token), back(one, "x")) == (200, 200, 200)
    assert service.get("/v1/who", headers=bearing(token)).status_code == 401
    assert service.get("/v1/who", headers=bearing(second)).status_code == 200
    nobody = service.post("/v1/token/revocation", data={"token": second})
    assert (nobody.status_code, nobody.json()["error"]) == (401, "invalid_client")


def _named(client: tuple[Client, str]) -> tuple[str, str]:
    return client[0].id, client[1]


def test_two_secrets_overlap_and_then_do_not(app: FastAPI, store: OperationsStore) -> None:
    settings_ = app.state.services.settings
    client = registered(store, at=AT)
    first = new_secret(store, settings_, client.id, by="管理员", at=AT, days=30)
    second = new_secret(
        store,
        settings_,
        client.id,
        by="管理员",
        at=AT + timedelta(days=1),
        days=30,
        overlap_hours=2,
    )
    door = Door(store, settings_, (HERE,))

    def is_taken(secret: str, at: datetime) -> bool:
        header = "Basic " + b64encode(f"{client.id}:{secret}".encode()).decode()
        try:
            return proven(door, header, {}, at).id == client.id
        except OAuthError:
            return False

    within, after = AT + timedelta(days=1, hours=1), AT + timedelta(days=1, hours=2)
    assert [is_taken(first.secret, at) for at in (AT, within, after)] == [True, True, False]
    assert [is_taken(second.secret, at) for at in (within, after)] == [True, True]
    assert not is_taken(second.secret, AT + timedelta(days=31))
    assert first.secret not in repr(store) and first.secret.startswith("xns_")


def test_no_secret_and_no_private_key_lies_in_the_store(app: FastAPI, service: TestClient) -> None:
    client, secret = with_secret(app)
    token = fetched(service, client.id, secret).json()["access_token"]
    folder: Path = app.state.services.settings.data
    for path in folder.iterdir():
        if path.is_file():
            held = path.read_bytes()
            assert secret.encode() not in held, path
            assert token.encode() not in held, path
            assert b"PRIVATE" not in held or path.name == "token_keys.json"
            if os.name == "posix":
                assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_client_asks_for_one_of_its_purposes(app: FastAPI, service: TestClient) -> None:
    client, secret = with_secret(app)
    headers = bearing(fetched(service, client.id, secret).json()["access_token"])
    later = {**headers, "Purpose": "post_loan"}
    assert service.get("/v1/who", headers=later).json()["purpose"] == "贷后管理"
    refused = service.get("/v1/who", headers={**headers, "Purpose": "marketing"})
    assert (refused.status_code, refused.json()["code"]) == (403, "purpose_not_registered")


# -- what is no token of ours --------------------------------------------------------------------


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SigningKeys:
    return SigningKeys(tmp_path_factory.mktemp("keys"))


def test_attacks_on_a_token(keys: SigningKeys) -> None:
    good = issue(keys, "c" + "0" * 16, ["ask"], issuer=HERE, at=AT)
    assert read(keys, good, issuer=HERE, at=AT).scope == {"ask"}
    claims = jwt.decode(good, options={"verify_signature": False})
    head = jwt.get_unverified_header(good)
    ours, theirs = keys.current(AT).private, ec.generate_private_key(ec.SECP256R1())
    pem = ours.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def signed(key: Any = ours, alg: str = "ES256", typ: str = "at+jwt", **more: Any) -> str:
        stated = {name: value for name, value in {**claims, **more}.items() if value is not ...}
        return jwt.encode(stated, key, algorithm=alg, headers={"kid": head["kid"], "typ": typ})

    assert read(keys, signed(), issuer=HERE, at=AT)
    raw_head = urlsafe_b64encode(json.dumps({**head, "alg": "HS256"}).encode()).rstrip(b"=")
    body = good.split(".")[1]
    mac = hmac.digest(pem, raw_head + b"." + body.encode(), "sha256")
    attacks = {
        "by somebody else": signed(theirs),
        "unsigned": jwt.encode(claims, None, algorithm="none", headers=head | {"alg": "none"}),
        "by the public key": ".".join(
            (raw_head.decode(), body, urlsafe_b64encode(mac).rstrip(b"=").decode())
        ),
        "no access token": signed(typ="JWT"),
        "an assertion": signed(typ="client-authentication+jwt"),
        "of another issuer": signed(iss="http://localhost"),
        "for another": signed(aud="http://localhost"),
        "for several": signed(aud=[HERE, "http://localhost"]),
        "of another subject": signed(sub="user:1"),
        "too long alive": signed(exp=claims["exp"] + 1),
        "of the future": signed(iat=claims["iat"] + 3_600, exp=claims["exp"] + 3_600),
        "without an end": signed(exp=...),
        "without a name": signed(jti=...),
        "an end that is none": signed(exp="4102444800"),
        "two parts": good.rpartition(".")[0],
        "nothing": "",
        "long": good + "A" * 10_000,
        "no letters": "é.é.é",
        "deep": urlsafe_b64encode(b"[" * 3_000).decode() + ".x.x",
    }
    for name, token in attacks.items():
        with pytest.raises(TokenError):
            read(keys, token, issuer=HERE, at=AT)
            pytest.fail(name)
    with pytest.raises(TokenError):
        read(keys, good, issuer=HERE, at=AT + LIFETIME)
    assert read(keys, good, issuer=HERE, at=AT + LIFETIME - timedelta(seconds=1))


@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_a_token_that_was_changed_anywhere_is_none(keys: SigningKeys, data: st.DataObject) -> None:
    """Every character counts, but those bits of the last one of a part that say nothing."""
    good = issue(keys, "c" + "0" * 16, ["ask"], issuer=HERE, at=AT)
    place = data.draw(st.integers(0, len(good) - 1))
    what = data.draw(st.sampled_from("ABCxyz019-_.= \n é"))
    changed = good[:place] + what + good[place + 1 :]

    def bits(token: str) -> list[bytes]:
        return [urlsafe_b64decode(part + "==") for part in token.split(".")]

    try:
        told = read(keys, changed, issuer=HERE, at=AT)
    except TokenError:
        return
    assert bits(changed) == bits(good) and told.client == "c" + "0" * 16


@settings(max_examples=examples(200), deadline=None)
@given(st.text(max_size=200))
def test_no_text_is_a_token(keys: SigningKeys, text: str) -> None:
    with pytest.raises(TokenError):
        read(keys, text, issuer=HERE, at=AT)


def test_every_wrong_header_is_refused_in_words(service: TestClient) -> None:
    for value in ("Bearer", "Bearer ", "bearer x", "BEARER a.b.c", "Bearer a b", "Bearer \xff"):
        refused = service.get("/v1/who", headers={"Authorization": value.encode("latin-1")})
        assert (refused.status_code, refused.json()["code"]) == (401, "invalid_token"), value
    page = service.get("/points/rules", headers={"Authorization": "Bearer x"})
    assert (page.status_code, page.headers["content-type"]) == (401, "text/html; charset=utf-8")


# -- keys ----------------------------------------------------------------------------------------


def test_keys_are_replaced_while_tokens_live(tmp_path: Path) -> None:
    keys = SigningKeys(tmp_path)
    old = issue(keys, "c" + "0" * 16, ["ask"], issuer=HERE, at=AT)
    made = keys.replace(AT + timedelta(minutes=1))
    new = issue(keys, "c" + "0" * 16, ["ask"], issuer=HERE, at=AT + timedelta(minutes=1))
    assert jwt.get_unverified_header(new)["kid"] == made.kid
    soon = AT + timedelta(minutes=14)
    assert read(keys, old, issuer=HERE, at=soon) and read(keys, new, issuer=HERE, at=soon)
    assert len(keys.published(soon)["keys"]) == 2
    # another process reads what this one wrote
    assert read(SigningKeys(tmp_path), old, issuer=HERE, at=soon)
    late = AT + timedelta(minutes=1) + LIFETIME + SKEW
    assert [key["kid"] for key in keys.published(late)["keys"]] == [made.kid]
    at_once = keys.replace(soon, at_once=True)
    assert [key["kid"] for key in keys.published(soon)["keys"]] == [at_once.kid]
    with pytest.raises(TokenError):
        read(keys, new, issuer=HERE, at=soon)


def test_an_old_key_is_replaced_unasked_and_once(tmp_path: Path) -> None:
    first = SigningKeys(tmp_path).current(AT)
    assert SigningKeys(tmp_path).current(AT + timedelta(days=89)).kid == first.kid
    later = AT + timedelta(days=91)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: SigningKeys(tmp_path).current(later).kid, range(24)))
    assert len(set(found)) == 1 and found[0] != first.kid


def test_many_first_starts_make_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: SigningKeys(tmp_path).current(AT).kid, range(24)))
    assert len(found) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"keys": [{}]}', '{"keys": [{"kid": "a", "pem": "b", "made_at": "c"}]}'])  # fmt: skip
def test_damaged_keys_are_said_in_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "token_keys.json").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as told:
        SigningKeys(tmp_path).current(AT)
    assert told.value.cause_code == "token_keys_damaged"


def test_tokens_are_of_the_address_that_others_use(tmp_path: Path) -> None:
    app = served(tmp_path, public_url="https://xinnong.example/credit")
    service = TestClient(app, HERE)
    client, secret = with_secret(app)
    told = fetched(service, client.id, secret).json()
    assert jwt.decode(told["access_token"], options={"verify_signature": False})["iss"] == (
        "https://xinnong.example/credit"
    )
    assert service.get("/v1/who", headers=bearing(told["access_token"])).status_code == 200
    assert signing_keys(tmp_path).published(utc_now())["keys"]
    app.state.services.store.close()
