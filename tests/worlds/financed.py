"""A district of one firm and two banks, and what is asked of the loop there."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
from starlette.testclient import TestClient

from graph.errors import NotFoundError
from graph.time import today
from queries.eligibility import Verdict
from queries.scope import Scope

__all__ = ["BANK", "DEMAND", "FIRM", "OTHER", "WHEN", "FakeReader", "act", "begun", "of_reader"]

FIRM, BANK, OTHER = "org:91610305MA9T00018F", "institution:A", "institution:B"
WHEN = datetime(2026, 3, 2, 3, tzinfo=UTC)


class FakeReader:
    """A district of one firm and two banks."""

    def __init__(self) -> None:
        self.products = {"apple_loan": SimpleNamespace(title="苹果贷")}
        self.moment = SimpleNamespace(position=1, as_of=today())

    def known(self, key: str) -> str:
        if key != FIRM:
            raise NotFoundError("没有这个主体。", "Unknown.", code="party_unknown")
        return key

    def product(self, name: str) -> Any:
        return self.products[name]

    def name(self, _key: str) -> str:
        return "凤翔样例果业有限公司"

    def names(self, keys: Any) -> dict[str, str]:
        return {key: f"名称{key[-1]}" for key in keys}

    def decide_every(self, _key: str) -> list[Any]:
        return [
            SimpleNamespace(product=SimpleNamespace(id="pig_loan"), verdict=Verdict.NOT_MET),
            SimpleNamespace(product=SimpleNamespace(id="apple_loan"), verdict=Verdict.MET),
            SimpleNamespace(product=SimpleNamespace(id="cold_store_loan"), verdict=Verdict.UNKNOWN),
        ]

    def conflicts(self, assessor: str) -> dict[str, str]:
        return {FIRM: "法定代表人"} if assessor == "person:boss" else {}

    def table(self, kind: str) -> pa.Table:
        if kind == "FinancialInstitution":
            return pa.table({"key": [BANK, OTHER], "name": ["样例银行", "别的银行"]})
        text, none = pa.string(), pa.null()
        names = {"key": text, "from_key": text, "to_key": text, "certainty": pa.float64(),
                 "granted_on": pa.date32(), "has_loan_record": pa.bool_(), "report_on": pa.date32(),
                 "valid_from": pa.date32(), "known_from": pa.timestamp("us", "UTC"),
                 "fact_id": text, "source": text, "batch": text, "none": none}  # fmt: skip
        return pa.schema(list(names.items())).empty_table()


def of_reader(scope: Scope) -> SimpleNamespace:
    reader = FakeReader()
    names = ("products", "moment", "known", "product", "name", "names", "decide_every", "conflicts",
             "table")  # fmt: skip
    made = SimpleNamespace(scope=scope, **{name: getattr(reader, name) for name in names})
    made.showing = lambda _shows: made
    return made


DEMAND = {"subject": FIRM, "amount_fen": 10_000_000, "months": 12, "purpose": "购买果袋",
          "security_kinds": ["unsecured"], "by": "张三"}  # fmt: skip


def begun(client: TestClient) -> tuple[int, int]:
    demand = client.post("/v1/financing/demands", json={**DEMAND, "reference": "D1"}).json()
    number = demand["act"]["demand"]
    told = {"institution": BANK, "product": "apple_loan", "reference": "P1", "by": "张三"}
    pushed = client.post(f"/v1/financing/demands/{number}/pushes", json=told)
    assert pushed.status_code == 201, pushed.text
    return number, pushed.json()["act"]["case_number"]


def act(client: TestClient, case: int, what: str, reference: str, **more: Any) -> Any:
    content = more.pop("content", {})
    body = {"act": what, "reference": reference, "by": "李四", "content": content, **more}
    return client.post(f"/v1/financing/applications/{case}/acts", json=body)
