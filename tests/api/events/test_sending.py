"""Each event reaches its receiver once, in order per subject, whatever goes wrong on either side."""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hook_receiver import Receiver, receiving
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from api.events.post import Post
from api.events.sending import DELAYS_S, Sending, delay
from api.events.signature import HookSecrets
from graph.errors import InputError
from graph.operations import (
    Event,
    EventKind,
    Events,
    Hook,
    HookDeliveries,
    Hooks,
    OfficeBooks,
    OperationsStore,
    note_event,
)
from graph.settings import Settings
from graph.time import utc_now
from queries.scope import ADMINISTRATOR, Scope

A, B = "person:" + "a" * 32, "person:" + "b" * 32


class Office:
    """One installation with a clock of its own, and one hook."""

    def __init__(self, settings: Settings, store: OperationsStore, receiver: Receiver) -> None:
        self.now = utc_now().replace(microsecond=0)
        self.store, self.receiver = store, receiver
        self.hooks, self.deliveries, self.events = (
            Hooks(store),
            HookDeliveries(store),
            Events(store),
        )
        self.scopes: dict[str, Scope] = {"local": ADMINISTRATOR}
        self.books = OfficeBooks(settings, store)
        self.secrets = HookSecrets(settings)
        self.sending = self.sender()

    def sender(self, **more: Any) -> Sending:
        return Sending(
            self.books, self.scopes.get, now=lambda: self.now, jitter=lambda: 0.0,
            **{"post": Post(whole_s=1.0), **more},
        )  # fmt: skip

    def hook(self, url: str | None = None, **more: Any) -> Hook:
        made = self.hooks.add(
            url or self.receiver.url,
            title="核心系统",
            owner="local",
            by="张三",
            at=self.now,
            **more,
        )
        self.receiver.secret = self.secrets.shown(made)
        return made

    def happen(self, *subjects: str, kind: str = "subject.changed", **more: Any) -> None:
        with self.store.transaction() as session:
            for subject in subjects:
                note_event(session, kind, subject, at=self.now, **{"kinds": ["Loan"], **more})

    def states(self, hook: Hook) -> list[tuple[int, str, int]]:
        found = self.deliveries.of(hook.id, most=1_000)
        return sorted((each.event.number, each.state, each.tries) for each in found)

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def office(tmp_path: Path, receiver: Receiver) -> Iterator[Office]:
    settings = Settings(data=tmp_path, hook_networks="127.0.0.0/8")
    with OperationsStore(settings) as store:
        yield Office(settings, store, receiver)


def test_a_message_is_signed_as_the_reference_library_reads_it(office: Office) -> None:
    office.happen(A)
    hook = office.hook()
    office.happen(A, B)
    assert office.sending.serve(hook.id) and not office.sending.serve(hook.id)
    # what happened before nobody subscribed to
    assert office.receiver.cursors() == [2, 3]
    name, body = office.receiver.taken[0]
    assert body == {
        "type": "subject.changed",
        "timestamp": office.now.isoformat(),
        "data": {"cursor": 2, "subject": A, "about": "", "kinds": ["Loan"]},
    }
    assert name == office.events.after(1, most=1)[0].id
    assert office.receiver.hosts[0] == f"127.0.0.1:{office.receiver.port}"


def test_while_a_secret_is_replaced_both_sign_and_then_the_new_one_alone(office: Office) -> None:
    before = office.hook()
    old = office.secrets.shown(before)
    hook = office.hooks.rotate(before.id, by="张三", at=office.now)
    new = office.secrets.shown(hook)
    assert old != new and len(base64.b64decode(new.removeprefix("whsec_"))) == 32

    def reads(secret: str, at: datetime) -> bool:
        headers = office.secrets.headers(hook, "m", b"{}", at=at)
        try:
            Webhook(secret).verify(b"{}", dict(headers))
        except WebhookVerificationError as error:
            # the reference library compares with the clock of this machine
            return "timestamp" in str(error)
        return True

    assert reads(old, office.now) and reads(new, office.now)
    headers = office.secrets.headers(hook, "m", b"{}", at=office.now + timedelta(hours=25))
    assert len(headers["webhook-signature"].split()) == 1
    assert office.secrets.shown(office.hooks.find(hook.id)) == new
    # no secret is in the store or in what the hook says of itself
    assert new not in repr(hook) and "whsec" not in repr(hook)


FAULTS: list[str | int] = [500, 400, 404, 302, 503, "redirect", "hang", "trickle", "closed"]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_not_acknowledged_is_sent_again_later(office: Office, fault: str | int) -> None:
    hook = office.hook()
    office.happen(A)
    office.receiver.faults.append(fault)
    office.sending.serve(hook.id)
    [found] = office.deliveries.of(hook.id)
    assert (found.state, found.tries, office.receiver.taken) == ("waiting", 1, [])
    assert found.problem and not any(mark in found.problem for mark in ("127.0.0.1", "whsec"))
    wait = timedelta(seconds=90 if fault == 503 else DELAYS_S[0])
    assert found.next_at == office.now + wait
    office.sending.serve(hook.id)
    assert office.receiver.calls == 1
    office.later(seconds=wait.total_seconds())
    office.sending.serve(hook.id)
    assert office.receiver.cursors() == [1] and office.states(hook) == [(1, "acknowledged", 2)]
    # nothing went where the redirect led
    assert office.receiver.calls == 2


@pytest.mark.parametrize("fault", ["closed_after", "flood"])
def test_a_receiver_that_took_it_and_broke_off_knows_it_by_its_name(
    office: Office, fault: str
) -> None:
    hook = office.hook()
    office.happen(A)
    office.receiver.faults.append(fault)
    office.sending.serve(hook.id)
    office.later(seconds=60)
    office.sending.serve(hook.id)
    assert office.states(hook)[0][1] == "acknowledged"
    assert len({name for name, _ in office.receiver.taken}) == 1


def test_what_follows_about_a_subject_waits_for_what_was_before(office: Office) -> None:
    hook = office.hook()
    office.happen(A, A, B)
    office.receiver.faults.append(500)
    office.sending.serve(hook.id)
    office.later(seconds=5)
    # the rest of the receiver is over: the others go on with those that are due
    office.sending.serve(hook.id)
    assert office.receiver.cursors() == [1, 3]
    office.sending.serve(hook.id)
    assert office.receiver.cursors() == [1, 3, 2]


def test_a_message_that_is_never_taken_dies_and_is_sent_again_by_somebody(office: Office) -> None:
    hook = office.hook()
    office.happen(A, A)
    office.receiver.faults.extend([500] * (len(DELAYS_S) + 1))
    with pytest.raises(InputError):
        office.deliveries.replay(hook.id, 99, by="张三", at=office.now)
    for seconds in (*DELAYS_S, 0):
        office.sending.serve(hook.id)
        office.later(seconds=max(seconds, 700))
        if office.hooks.find(hook.id).state == "paused":
            office.hooks.resume(hook.id, by="张三", at=office.now)
    assert office.states(hook)[0] == (1, "dead", len(DELAYS_S) + 1)
    office.sending.serve(hook.id)
    assert office.receiver.cursors() == [2]
    with pytest.raises(InputError):
        office.deliveries.send_again(hook.id, 2, by="张三", at=office.now)
    office.deliveries.send_again(hook.id, 1, by="张三", at=office.now)
    office.sending.serve(hook.id)
    assert office.receiver.cursors() == [2, 1]
    assert office.hooks.acts(hook.id)[0].act == "send_again"


def test_a_receiver_that_is_gone_is_left_alone_and_loses_nothing(office: Office) -> None:
    hook = office.hook()
    office.happen(A, B)
    office.receiver.faults.append(410)
    office.sending.serve(hook.id)
    office.later(days=1)
    office.sending.serve(hook.id)
    found = office.hooks.find(hook.id)
    assert (office.receiver.calls, found.state) == (1, "paused") and "410" in (found.problem or "")
    office.hooks.resume(hook.id, by="张三", at=office.now)
    office.sending.serve(hook.id)
    assert office.receiver.cursors() == [1, 2]


def test_a_receiver_that_takes_nothing_for_days_is_paused(office: Office) -> None:
    hook = office.hook()
    office.happen(A)
    office.receiver.faults.extend([500] * 30)
    while office.hooks.find(hook.id).state == "active":
        office.happen(A)
        office.sending.serve(hook.id)
        office.later(hours=8)
        assert office.receiver.calls < 20
    assert "三天" in (office.hooks.find(hook.id).problem or "")


def test_a_replay_sends_again_from_a_cursor_and_in_order(office: Office) -> None:
    hook = office.hook()
    office.happen(A, B, A)
    office.sending.serve(hook.id)
    while office.sending.serve(hook.id):
        pass
    office.receiver.taken.clear()
    office.deliveries.replay(hook.id, 1, by="张三", at=office.now)
    while office.sending.serve(hook.id):
        pass
    assert office.receiver.cursors() == [2, 3]


def test_a_hook_is_told_of_its_kinds_and_subjects_alone(office: Office) -> None:
    hook = office.hook(kinds=["decision.kept"], subjects=[A])
    office.happen(A, B)
    office.happen(A, B, kind="decision.kept", kinds=[], about="d1")
    office.sending.serve(hook.id)
    assert [each["data"]["about"] for _, each in office.receiver.taken] == ["d1"]
    assert [number for number, *_ in office.states(hook)] == [3]


def test_who_may_not_see_it_is_sent_nothing_about_it(office: Office) -> None:
    """By the scope that the owner has when it is sent, not when it was subscribed."""
    hook = office.hook()
    office.happen(A, kinds=["Loan", "Person"])
    granted = frozenset({"identity"})
    office.scopes["local"] = Scope("信贷员", open_classes=frozenset(), grants={A: granted})
    office.happen(B, kinds=["Loan", "Person"])
    office.happen(A, kind="decision.kept", kinds=[], about="d1", institution="org:other")
    while office.sending.serve(hook.id):
        pass
    assert [each["data"]["kinds"] for _, each in office.receiver.taken] == [["Person"]]
    assert [state for _, state, _ in office.states(hook)] == ["acknowledged", "beyond", "beyond"]
    # the owner is gone
    del office.scopes["local"]
    office.happen(A)
    office.sending.serve(hook.id)
    assert office.hooks.find(hook.id).state == "paused" and office.receiver.calls == 1


def test_a_name_that_leads_inside_a_moment_later_leads_nowhere(
    office: Office, receiver: Receiver
) -> None:
    """Rebinding: what is looked at is what is connected to, and it is looked at every time."""
    asked: list[str] = []
    answers = iter(["127.0.0.1", "10.0.0.1", "127.0.0.1"])

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return [next(answers)]

    hook = office.hook(f"http://bank.example:{receiver.port}/x")
    sending = office.sender(resolve=resolve)
    for _ in range(3):
        office.happen(A)
        sending.serve(hook.id)
        office.later(minutes=11)
    assert asked == ["bank.example"] * 3
    # the second was refused without a connection
    assert receiver.calls == 2 and {*receiver.hosts} == {f"bank.example:{receiver.port}"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """An authority of one's own, and a certificate of it for `bank.example`."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bank.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("bank.example")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "ca.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                          serialization.NoEncryption())
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return folder / "ca.pem", context


@pytest.mark.parametrize(
    ("host", "trusts", "taken"),
    [("bank.example", True, True), ("other.example", True, False), ("bank.example", False, False)],
)
def test_the_certificate_is_that_of_the_name_though_a_number_is_connected_to(
    tmp_path: Path, authority: tuple[Path, ssl.SSLContext], host: str, trusts: bool, taken: bool
) -> None:
    settings = Settings(data=tmp_path, hook_networks="127.0.0.0/8")
    with receiving(authority[1]) as receiver, OperationsStore(settings) as store:
        office = Office(settings, store, receiver)
        hook = office.hook(f"https://{host}:{receiver.port}/")
        office.happen(A)
        sending = office.sender(
            resolve=lambda *_: ["127.0.0.1"], post=Post(authority[0] if trusts else None)
        )
        sending.serve(hook.id)
        [found] = office.deliveries.of(hook.id)
        assert found.state == ("acknowledged" if taken else "waiting")
        assert taken or found.problem == "对方的证书不能验证"


def test_two_senders_of_one_folder_send_each_once(office: Office) -> None:
    hook = office.hook()
    office.happen(*[A, B] * 10)
    senders = [office.sender() for _ in range(3)]

    def run(sending: Sending) -> None:
        for _ in range(40):
            sending.serve(hook.id)

    threads = [threading.Thread(target=run, args=(each,)) for each in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [each["data"]["cursor"] for _, each in office.receiver.taken]
    assert sorted(numbers) == list(range(1, 21))
    for subject in (A, B):
        mine = [
            e["data"]["cursor"] for _, e in office.receiver.taken if e["data"]["subject"] == subject
        ]
        assert mine == sorted(mine)


def test_delays_grow_and_end() -> None:
    told = [delay(tries, 0.0) for tries in range(1, len(DELAYS_S) + 2)]
    assert told[-1] is None
    assert [each.total_seconds() for each in told[:-1] if each] == sorted(DELAYS_S)
    first = delay(1, 1.0)
    assert first is not None and first.total_seconds() == DELAYS_S[0] * 1.2


def test_of_nobody_is_told_what_is_an_institutions_own(office: Office) -> None:
    from queries.events import Coverage

    event = Event(1, "x", EventKind.DECISION_KEPT, A, "d", (), "org:bank", office.now)
    clerk = Scope("信贷员", institution="org:bank", open_classes=frozenset())
    other = Scope("信贷员", institution="org:other", open_classes=frozenset())
    assert Coverage(clerk, {}).told(event) == event and Coverage(other, {}).told(event) is None
    assert Coverage(ADMINISTRATOR, {}).told(event) == event
    near = Scope("信贷员", divisions=("610305",), institution="org:bank", open_classes=frozenset())
    assert Coverage(near, {A: {"division:610305001"}}).told(event) == event
    assert Coverage(near, {A: {"division:610306"}}).told(event) is None
    assert Coverage(near, {}).told(event) is None
    assert Coverage(ADMINISTRATOR, {A: {"division:610306"}}, ("610305",)).told(event) is None
