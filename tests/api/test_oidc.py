"""Logging in by an external issuer: one that really runs, and statements that are not true."""

from __future__ import annotations

import hmac
import json
import re
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import urllib3
from clients_app import served
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.rate_limit import forget_all
from api.security.jwk import jwk_of
from api.security.known import COOKIE, known_by
from api.security.oidc import ExternalLoginError, Issuer, stated_subject
from graph.operations import Users
from graph.time import utc_now

# the issuer runs in this process, on a library that announces what it will change
pytestmark = pytest.mark.filterwarnings("ignore")

HERE = "http://127.0.0.1"
AT = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
NOW = int(AT.timestamp())


@pytest.fixture(autouse=True)
def nobody_asked() -> Iterator[None]:
    forget_all()
    yield
    forget_all()


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of an issuer that runs here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock import run_server_in_thread

        with run_server_in_thread(require_nonce=True) as server:
            yield f"http://localhost:{server.server_port}"


@contextmanager
def trusting(folder: Path, issuer: str) -> Iterator[tuple[FastAPI, TestClient]]:
    """An office that trusts an issuer, in which everybody has to log in; and a browser."""
    app = served(
        folder, oidc_issuer=issuer, oidc_client_id="xinnong", oidc_client_secret="gehe im:/?"
    )
    app.state.asker = None
    held = app.state.services
    held.known_by = lambda token: known_by(token, held.store, at=utc_now())
    yield app, TestClient(app, HERE, follow_redirects=False)
    held.store.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, provider: str) -> Iterator[FastAPI]:
    """An office that trusts the issuer that runs here."""
    with trusting(tmp_path_factory.mktemp("data"), provider) as (app, _):
        yield app


@pytest.fixture
def browser(house: FastAPI) -> TestClient:
    return TestClient(house, HERE, follow_redirects=False)


def linked(app: FastAPI, issuer: str, subject: str) -> str:
    users = Users(app.state.services.store)
    known = users.by_external(issuer, subject)
    if known is not None:
        return known.id
    made = users.add(
        name=f"user-{subject}",
        display_name="王信贷",
        role="auditor",
        made_by="管理员",
        at=utc_now(),
    )
    users.change(made.id, issuer=issuer, external_id=subject)
    return made.id


def logged_in_there(address: str, subject: str, **more: str) -> str:
    """Where the issuer sends the browser of somebody who logged in."""
    answer = urllib3.request(
        "POST", address, body=urlencode({"sub": subject, **more}), redirect=False,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert answer.status == 302, answer.data
    return answer.headers["location"]


def test_somebody_whom_an_issuer_knows_comes_in(
    house: FastAPI, browser: TestClient, provider: str
) -> None:
    user = linked(house, provider, "wang")
    assert 'href="/login/oidc?next=/account"' in browser.get("/login?next=/account").text
    sent = browser.get("/login/oidc?next=/account")
    assert sent.status_code == 303
    asked = parse_qs(urlsplit(sent.headers["location"]).query)
    assert asked["response_type"] == ["code"] and asked["scope"] == ["openid"]
    assert asked["redirect_uri"] == [f"{HERE}/login/oidc/callback"]
    assert asked["code_challenge_method"] == ["S256"]
    cookie = sent.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie
    back = logged_in_there(sent.headers["location"], "wang")
    # others add names of their own to where they lead back
    inside = browser.get(back + "&session_state=x&hd=example.org")
    assert inside.status_code == 200, inside.text
    assert 'content="0;url=/account"' in inside.text
    token = inside.cookies[COOKIE]
    found = known_by(token, house.state.services.store, at=utc_now())
    assert found is not None and (found.user.id, found.session.by) == (user, "external")
    assert not found.user.must_change
    assert browser.get("/v1/who").status_code == 403  # an auditor asks about nobody
    # the same answer a second time is nobody's
    again = browser.get(back)
    assert again.status_code == 401 and "已经用过" in again.text


def test_whom_nobody_linked_does_not_come_in(
    house: FastAPI, browser: TestClient, provider: str
) -> None:
    user = linked(house, provider, "li")
    other = linked(house, "https://other.example", "zhao")
    Users(house.state.services.store).change(user, is_active=False)
    for subject in ("stranger", "li", "zhao"):
        back = logged_in_there(browser.get("/login/oidc").headers["location"], subject)
        refused = browser.get(back)
        assert refused.status_code == 401 and "关联" in refused.text
        assert COOKIE not in refused.cookies and other not in refused.text


def test_only_the_browser_that_was_sent_off_comes_in(
    house: FastAPI, browser: TestClient, provider: str
) -> None:
    """Else a link could log somebody in as another."""
    linked(house, provider, "wang")
    back = logged_in_there(browser.get("/login/oidc").headers["location"], "wang")
    stranger = TestClient(house, HERE, follow_redirects=False)
    assert stranger.get(back).status_code == 401
    stranger.get("/login/oidc")
    assert stranger.get(back).status_code == 401
    for changed in (back.replace("state=", "state=x"), back.split("?")[0], back.split("&")[0]):
        assert stranger.get(changed).status_code == 401
    assert browser.get(back).status_code == 200


def test_a_code_is_good_once_and_with_its_verifier(
    house: FastAPI, browser: TestClient, provider: str
) -> None:
    linked(house, provider, "wang")
    first = logged_in_there(browser.get("/login/oidc").headers["location"], "wang")
    code = parse_qs(urlsplit(first).query)["code"][0]
    assert browser.get(first).status_code == 200
    # the code of that log-in brought into another one
    state = parse_qs(urlsplit(browser.get("/login/oidc").headers["location"]).query)["state"][0]
    again = browser.get(f"/login/oidc/callback?{urlencode({'code': code, 'state': state})}")
    assert again.status_code == 401 and "没有通过核验" in again.text


def test_an_issuer_that_refuses_is_told(house: FastAPI, browser: TestClient, provider: str) -> None:
    back = logged_in_there(browser.get("/login/oidc").headers["location"], "wang", action="deny")
    if not back.startswith(HERE):
        back = f"{HERE}/login/oidc/callback?error=access_denied"
    assert browser.get(back).status_code == 401


def test_it_leads_to_no_other_site(house: FastAPI, browser: TestClient, provider: str) -> None:
    linked(house, provider, "wang")
    for told in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        there = browser.get("/login/oidc", params={"next": told}).headers["location"]
        inside = browser.get(logged_in_there(there, "wang"))
        assert inside.status_code == 200 and "evil" not in inside.text


def test_where_no_issuer_is_trusted(tmp_path: Path) -> None:
    app = served(tmp_path)
    browser = TestClient(app, HERE)
    assert browser.get("/login/oidc").status_code == 404
    assert browser.get("/login/oidc/callback?state=x&code=y").status_code == 404
    app.state.services.store.close()


# -- an issuer of bad manners --------------------------------------------------------------------


class _Double(ThreadingHTTPServer):
    """Answers what it is told to."""

    answers: dict[str, Any]
    asked: list[tuple[str, str, str]]


@pytest.fixture
def double() -> Iterator[_Double]:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            length = int(self.headers.get("content-length", 0))
            body = self.rfile.read(length).decode()
            server = self.server
            assert isinstance(server, _Double)
            server.asked.append((self.path, body, self.headers.get("authorization", "")))
            told = server.answers.get(self.path, (404, {}))
            status, stated = told if isinstance(told, tuple) else (200, told)
            text = stated if isinstance(stated, bytes) else json.dumps(stated).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            if status in (302, 307):
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = _Double(("127.0.0.1", 0), Answering)
    server.asked = []
    here = f"http://127.0.0.1:{server.server_port}"
    server.answers = {
        "/.well-known/openid-configuration": {
            "issuer": here, "authorization_endpoint": f"{here}/authorize?tenant=1",
            "token_endpoint": f"{here}/token", "jwks_uri": f"{here}/keys",
        },
        "/keys": {"keys": [{**jwk_of(EC.public_key()), "kid": "one"}]},
        "/token": {"id_token": ""},
        "/elsewhere": {"issuer": here, "keys": [], "id_token": "x"},
    }  # fmt: skip
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


EC, OTHER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65_537, 2_048)


def name_of(double: _Double) -> str:
    return f"http://127.0.0.1:{double.server_port}"


def stated(issuer: str, key: Any = EC, alg: str = "ES256", head: Any = ..., **more: Any) -> str:
    claims = {
        "iss": issuer, "aud": "xinnong", "sub": "wang", "nonce": "n", "iat": NOW, "exp": NOW + 300, **more,
    }  # fmt: skip
    claims = {name: value for name, value in claims.items() if value is not ...}
    return jwt.encode(claims, key, algorithm=alg, headers={"kid": "one"} if head is ... else head)


def subject(issuer: Issuer, at: datetime = AT) -> str:
    return issuer.subject("c", back=f"{HERE}/back", verifier="v" * 43, nonce="n", at=at)


def test_what_is_sent_and_what_is_taken(double: _Double) -> None:
    issuer = Issuer(name_of(double), "xin/nong", "s:/ 密")
    address = issuer.address(back="https://x.example/back?a=b", state="s", nonce="n", challenge="c")
    assert address.startswith(f"{name_of(double)}/authorize?tenant=1&response_type=code&")
    double.answers["/token"] = {"id_token": stated(name_of(double), aud="xin/nong")}
    assert subject(issuer) == "wang"
    path, body, authorization = next(one for one in double.asked if one[0] == "/token")
    assert parse_qs(body) == {
        "grant_type": ["authorization_code"], "code": ["c"], "redirect_uri": [f"{HERE}/back"],
        "code_verifier": ["v" * 43],
    }  # fmt: skip
    told = urlsafe_b64encode(b"xin%2Fnong:s%3A%2F%20%E5%AF%86").decode()
    assert authorization == f"Basic {told}" and path == "/token"


def test_attacks_on_a_statement(double: _Double) -> None:
    here, issuer = name_of(double), Issuer(name_of(double), "xinnong", "")
    double.answers["/keys"] = {
        "keys": [
            "none", {"kty": "oct", "k": "c2VjcmV0", "kid": "one"}, {**jwk_of(OTHER.public_key()), "kid": "two", "use": "enc"},
            {**jwk_of(EC.public_key()), "kid": "one"}, {**jwk_of(RSA.public_key()), "kid": "rsa"},
        ]
    }  # fmt: skip
    pem = EC.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').rstrip(b"=")
    body = stated(here).split(".")[1].encode()
    macs = {
        key: urlsafe_b64encode(hmac.digest(key, head + b"." + body, "sha256")).rstrip(b"=")
        for key in (pem, b"secret", b"")
    }
    good = [
        stated(here), stated(here, RSA, "RS256", {"kid": "rsa"}), stated(here, head={}),
        stated(here, aud=["xinnong"]), stated(here, aud=["xinnong", "b"], azp="xinnong"),
        stated(here, exp=NOW - 59), stated(here, iat=NOW + 60), stated(here, iat=NOW - 600),
    ]  # fmt: skip
    for statement in good:
        double.answers["/token"] = {"id_token": statement}
        assert subject(issuer) == "wang"
    attacks: dict[str, Any] = {
        "unsigned": jwt.encode(jwt.decode(stated(here), options={"verify_signature": False}), None, "none"),
        "HS256 with the public key": (head + b"." + body + b"." + macs[pem]).decode(),
        "HS256 with a key that lies in the open": (head + b"." + body + b"." + macs[b"secret"]).decode(),
        "HS256 with nothing": (head + b"." + body + b"." + macs[b""]).decode(),
        "by another key": stated(here, OTHER),
        "by a key for secrets": stated(here, OTHER, head={"kid": "two"}),
        "by another algorithm": stated(here, RSA, "PS256", {"kid": "rsa"}),
        "by a key that it brings": stated(here, OTHER, head={"jwk": jwk_of(OTHER.public_key())}),
        "critical": stated(here, head={"kid": "one", "crit": ["b64"], "b64": False}),
        "changed": stated(here)[:-8] + "AAAAAAAA",
        "of another issuer": stated("https://evil.example"),
        "of no issuer": stated(here, iss=...),
        "for another": stated(here, aud="other"),
        "for nobody": stated(here, aud=...),
        "for several, to nobody": stated(here, aud=["xinnong", "other"]),
        "for several, to another": stated(here, aud=["xinnong", "other"], azp="other"),
        "to another": stated(here, azp="other"),
        "of another log-in": stated(here, nonce="m"),
        "of no log-in": stated(here, nonce=...),
        "of a log-in that is no text": stated(here, nonce=["n"]),
        "of half a letter": stated(here, nonce="\ud800"),
        "run out": stated(here, exp=NOW - 60),
        "without an end": stated(here, exp=...),
        "of the future": stated(here, iat=NOW + 61),
        "not yet": stated(here, nbf=NOW + 61),
        "old": stated(here, iat=NOW - 661),
        "without a beginning": stated(here, iat=...),
        "beyond time": stated(here, exp=10**30),
        "of nobody": stated(here, sub=...),
        "of an empty name": stated(here, sub=""),
        "of a long name": stated(here, sub="x" * 256),
        "of a name with an end of line": stated(here, sub="a\n"),
        "of a number": 7,
        "nothing": "",
        "two parts": "a.b",
        "missing": None,
    }  # fmt: skip
    for name, statement in attacks.items():
        double.answers["/token"] = {"id_token": statement}
        with pytest.raises(ExternalLoginError) as refused:
            subject(issuer)
            pytest.fail(name)
        assert refused.value.cause_code == "external_refused", name


def test_a_key_not_seen_yet_is_asked_for_and_not_too_often(double: _Double) -> None:
    now = [0.0]
    here = name_of(double)
    issuer = Issuer(here, "xinnong", "", clock=lambda: now[0])

    def asked() -> int:
        return sum(path == "/keys" for path, *_ in double.asked)

    double.answers["/token"] = {"id_token": stated(here)}
    assert subject(issuer) == "wang" and asked() == 1
    # the issuer has another key since
    double.answers["/keys"] = {"keys": [{**jwk_of(OTHER.public_key()), "kid": "new"}]}
    double.answers["/token"] = {"id_token": stated(here, OTHER, head={"kid": "new"})}
    with pytest.raises(ExternalLoginError):
        subject(issuer)
    now[0] += 30
    assert subject(issuer) == "wang" and asked() == 2
    double.answers["/token"] = {"id_token": stated(here, EC)}
    for _ in range(5):
        with pytest.raises(ExternalLoginError):
            subject(issuer)
    assert asked() == 2


@pytest.mark.parametrize(
    ("path", "answer", "code"),
    [
        ("/.well-known/openid-configuration", (404, {}), "external_unavailable"),
        ("/.well-known/openid-configuration", (302, {}), "external_unavailable"),
        ("/.well-known/openid-configuration", b"x", "external_unavailable"),
        ("/.well-known/openid-configuration", b"[" * 100_000, "external_unavailable"),
        ("/.well-known/openid-configuration", [], "external_unavailable"),
        ("/.well-known/openid-configuration", {"issuer": "https://evil.example"}, "external_unavailable"),
        ("/keys", (500, {}), "external_unavailable"),
        ("/keys", b" " * (1 << 20) + b"{}", "external_unavailable"),
        ("/keys", {"keys": "x"}, "external_refused"),
        ("/token", (400, {"error": "invalid_grant"}), "external_refused"),
        ("/token", (307, {}), "external_refused"),
        ("/token", {}, "external_refused"),
    ],
)  # fmt: skip
def test_an_issuer_of_bad_manners(double: _Double, path: str, answer: Any, code: str) -> None:
    double.answers["/token"] = {"id_token": stated(name_of(double))}
    double.answers[path] = answer
    with pytest.raises(ExternalLoginError) as refused:
        subject(Issuer(name_of(double), "xinnong", ""))
    assert refused.value.cause_code == code
    assert not any(asked == "/elsewhere" for asked, *_ in double.asked)


def test_an_issuer_that_does_not_answer_is_said_on_the_page(tmp_path: Path) -> None:
    with trusting(tmp_path, "http://127.0.0.1:9") as (_, browser):
        told = browser.get("/login/oidc")
        assert told.status_code == 503 and "现在不能用" in told.text
        assert re.search('<form method="post" action="/login"', told.text)


def test_nothing_is_said_in_the_open(double: _Double) -> None:
    """To another machine only by https."""
    for name in ("http://issuer.example", "ftp://127.0.0.1"):
        with pytest.raises(ExternalLoginError):
            Issuer(name, "xinnong", "").address(back="b", state="s", nonce="n", challenge="c")
    described = dict(double.answers["/.well-known/openid-configuration"])
    described["token_endpoint"] = "http://issuer.example/token"
    double.answers["/.well-known/openid-configuration"] = described
    with pytest.raises(ExternalLoginError):
        subject(Issuer(name_of(double), "xinnong", ""))


def test_another_issuer_does_not_answer_for_this_one(double: _Double) -> None:
    issuer = Issuer(name_of(double), "xinnong", "")
    issuer.check_answer(None)
    issuer.check_answer(name_of(double))
    with pytest.raises(ExternalLoginError):
        issuer.check_answer("https://evil.example")
    described = double.answers["/.well-known/openid-configuration"]
    described["authorization_response_iss_parameter_supported"] = True
    with pytest.raises(ExternalLoginError):
        Issuer(name_of(double), "xinnong", "").check_answer(None)


def test_the_rule_of_times_is_that_of_sixty_seconds() -> None:
    statement = stated("https://i.example")

    def taken(at: datetime) -> bool:
        try:
            return stated_subject(
                statement, lambda _: [jwk_of(EC.public_key()) | {"kid": "one"}],
                issuer="https://i.example", client="xinnong", nonce="n", at=at,
            ) == "wang"  # fmt: skip
        except ExternalLoginError:
            return False

    for seconds, expected in ((-61, False), (-60, True), (0, True), (359, True), (360, False)):
        assert taken(AT + timedelta(seconds=seconds)) is expected, seconds
