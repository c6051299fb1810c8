"""One request is one act, whatever the network does: keys, and what somebody saw."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from financed import BANK, DEMAND, FIRM, OTHER, WHEN, begun

from graph.errors import BusyError, InputError
from graph.operations import IdempotencyKeys, OfficeBooks


def test_a_key_is_one_request_whatever_the_network_does(served: Any) -> None:
    client, key = served(), {"Idempotency-Key": "k-1"}
    first = client.post("/v1/financing/demands", json=DEMAND, headers=key)
    assert first.status_code == 201 and first.json()["is_new"]
    again = client.post("/v1/financing/demands", json=DEMAND, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    other = client.post("/v1/financing/demands", json={**DEMAND, "months": 6}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    # another client's key of the same name is another key
    assert (
        served(BANK)
        .post("/v1/financing/demands", json={**DEMAND, "by": "李四"}, headers=key)
        .json()["is_new"]
    )
    none = client.post("/v1/financing/demands", json=DEMAND)
    assert (none.status_code, none.json()["code"]) == (400, "reference_missing")
    # what was refused leaves its key free
    wrong = {**DEMAND, "subject": "org:unknown"}
    key = {"Idempotency-Key": "k-2"}
    assert client.post("/v1/financing/demands", json=wrong, headers=key).status_code == 404
    assert client.post("/v1/financing/demands", json=DEMAND, headers=key).status_code == 201


def test_an_act_is_held_to_what_was_seen_and_sent_again_it_is_answered_as_at_first(
    served: Any,
) -> None:
    client = served()
    made = client.post("/v1/financing/demands", json={**DEMAND, "reference": "S1"}).json()
    path = f"/v1/financing/demands/{made['act']['demand']}"
    seen = {"If-Match": client.get(path).headers["etag"]}
    body, key = {"reason": "不需要了", "by": "张三"}, {"Idempotency-Key": "s-1"}
    matching = {"reference": "M1", "by": "张三"}
    assert client.post(f"{path}/matching", json=matching, headers=seen).status_code == 200
    late = client.post(f"{path}/withdrawal", json=body, headers={**seen, **key})
    assert (late.status_code, late.json()["code"]) == (412, "state_changed")
    assert [one["act"] for one in client.get(path).json()["acts"]] == ["register", "match"]
    told = {"institution": BANK, "product": "apple_loan", "reference": "P9", "by": "张三"}
    assert client.post(f"{path}/pushes", json=told, headers=seen).status_code == 412
    # what was refused left its key free, and what is done is answered again though it changed since
    seen = {"If-Match": client.get(path).headers["etag"]}
    first = client.post(f"{path}/withdrawal", json=body, headers={**seen, **key})
    again = client.post(f"{path}/withdrawal", json=body, headers={**seen, **key})
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json() and again.headers["Idempotency-Replayed"] == "true"


def test_an_act_on_an_application_is_held_to_what_its_demand_showed(
    served: Any, consents: set[tuple[str, str]]
) -> None:
    """Two officers of a bank look at one application, and both accept it."""
    number, case = begun(served())
    bank, path = served(BANK), f"/v1/financing/demands/{number}"
    acts, papers = (f"/v1/financing/applications/{case}/{way}" for way in ("acts", "papers"))
    seen = {"If-Match": bank.get(path).headers["etag"]}

    def accept(reference: str, **more: str) -> Any:
        told = {"act": "accept", "reference": reference, "by": "李四"}
        return bank.post(acts, json=told, headers={**seen, **more})

    first = accept("A1", **{"Idempotency-Key": "a-1"})
    assert first.status_code == 200
    late = accept("A2")
    assert (late.status_code, late.json()["code"]) == (412, "state_changed")
    assert accept("A1", **{"Idempotency-Key": "a-1"}).json() == first.json()
    paper = {
        "kind": "contract",
        "name": "合同.txt",
        "content": "5ZCI5ZCM",
        "reference": "F1",
        "by": "李四",
    }
    assert bank.post(papers, json=paper, headers=seen).status_code == 412
    seen = {"If-Match": bank.get(path).headers["etag"]}
    assert bank.post(papers, json=paper, headers=seen).status_code == 201
    # of another's, and of one that is not there, the same is said
    consents.add((FIRM, OTHER))
    told = {"act": "note", "reason": "试", "reference": "N1", "by": "李四"}
    for place in (case, 999):
        stranger = served(OTHER).post(
            f"/v1/financing/applications/{place}/acts", json=told, headers=seen
        )
        assert (stranger.status_code, stranger.json()["code"]) == (412, "state_changed")


def test_a_key_in_progress_is_busy_and_free_again_after_a_death(office: OfficeBooks) -> None:
    keys = IdempotencyKeys(office.store)
    assert keys.begin("a", "k", "digest", at=WHEN) is None
    with pytest.raises(BusyError) as raised:
        keys.begin("a", "k", "digest", at=WHEN + timedelta(seconds=1))
    assert raised.value.cause_code == "idempotency_in_progress"
    assert keys.begin("b", "k", "digest", at=WHEN) is None
    assert keys.begin("a", "k", "digest", at=WHEN + timedelta(seconds=61)) is None
    keys.answer("a", "k", 200, {"n": 1})
    assert keys.begin("a", "k", "digest", at=WHEN) is not None
    with pytest.raises(InputError):
        keys.begin("a", "k\n", "digest", at=WHEN)
