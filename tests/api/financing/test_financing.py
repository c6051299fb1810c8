"""The loop through routes and pages: numbers, keys, consent at every look, the applicant's own link."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from financed import BANK, DEMAND, FIRM, OTHER, WHEN, act, begun, of_reader
from starlette.testclient import TestClient

from api.audit_writer import TrailWriter
from api.financing_form import stated
from api.pages.rendering import page
from api.security import Asker, local_asker, policy_of
from api.security.role import Role
from graph.errors import InputError
from graph.operations import FinancingBook, OfficeBooks, Trail
from graph.time import today
from ingest.financing import FinancingDesk
from queries.financing.indicators import LoopFigure
from queries.scope import Scope


def test_consent_is_asked_at_the_push_and_at_every_look(
    served: Any, consents: set[tuple[str, str]]
) -> None:
    platform, bank = served(), served(BANK)
    number, case = begun(platform)
    told = {"institution": OTHER, "product": "apple_loan", "reference": "P2", "by": "张三"}
    refused = platform.post(f"/v1/financing/demands/{number}/pushes", json=told)
    assert (refused.status_code, refused.json()["code"]) == (403, "consent_missing")
    assert "不等于不符合" in refused.json()["title"]
    assert bank.get(f"/v1/financing/demands/{number}").status_code == 200
    [row] = bank.get("/v1/financing/applications").json()["rows"]
    assert row["subject"] == FIRM and row["waiting"]["title"] == "受理"
    # the other bank knows nothing of it
    other = served(OTHER)
    assert other.get("/v1/financing/applications").json()["total"] == 0
    assert other.get(f"/v1/financing/demands/{number}").status_code == 404
    assert act(other, case, "accept", "1").status_code == 404
    # taken back: the next look is refused, what was done stays
    consents.clear()
    assert bank.get(f"/v1/financing/demands/{number}").status_code == 403
    assert bank.get(f"/financing/demands/{number}").status_code == 403
    [row] = bank.get("/v1/financing/applications").json()["rows"]
    assert (row["subject"], row["may_look"], row["state"]) == (None, False, "pushed")
    page = bank.get("/financing")
    assert page.status_code == 200 and "授权已撤回" in page.text and FIRM not in page.text
    assert len(platform.get(f"/v1/financing/demands/{number}").json()["acts"]) == 2


def test_a_demand_of_others_is_unknown_to_an_institution_and_its_own_is_not(
    served: Any, consents: set[tuple[str, str]]
) -> None:
    platform, bank, other = served(), served(BANK), served(OTHER)
    theirs = bank.post(
        "/v1/financing/demands", json={**DEMAND, "by": "李四", "reference": "B1"}
    ).json()
    path = f"/v1/financing/demands/{theirs['act']['demand']}"
    consents.add((FIRM, OTHER))
    asked = {"reference": "M", "by": "李四"}
    told = {"institution": OTHER, "product": "apple_loan", "reference": "P", "by": "李四"}
    for way, body in (("matching", asked), ("pushes", told), ("links", {"by": "李四"}),
                      ("withdrawal", {**asked, "reason": "试"})):  # fmt: skip
        assert other.post(f"{path}/{way}", json=body).status_code == 404, way
    assert other.get(path).status_code == 404
    assert bank.post(f"{path}/matching", json=asked).status_code == 200
    assert [one["act"] for one in bank.get(path).json()["acts"]] == ["register", "match"]
    # nobody pushes to another in its name, and the platform sees all
    assert bank.post(f"{path}/pushes", json=told).status_code == 403
    assert len(platform.get(path).json()["acts"]) == 2
    consents.discard((FIRM, BANK))
    assert bank.get(path).status_code == 403


def test_an_officer_without_an_institution_is_refused(
    apps: Callable[[Asker], FastAPI], office: OfficeBooks, trail: TrailWriter
) -> None:
    asker = replace(local_asker(), id="user:none", scope=Scope("无机构", open_classes=frozenset()))
    app = apps(asker)
    app.state.services = SimpleNamespace(settings=office.settings, office=office, trail=trail)
    answer = TestClient(app, "http://127.0.0.1").get("/v1/financing/applications")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


def test_the_credit_office_reads_figures_and_no_application(
    served: Any, apps: Callable[[Asker], FastAPI], office: OfficeBooks, trail: TrailWriter
) -> None:
    number, case = begun(served())
    asker = replace(
        local_asker(), id="user:office", role=Role.CREDIT_OFFICE,
        acts=frozenset(policy_of(Role.CREDIT_OFFICE).acts),
        looks=frozenset(policy_of(Role.CREDIT_OFFICE).looks),
        scope=Scope("信用办", open_classes=frozenset(policy_of(Role.CREDIT_OFFICE).open)),
    )  # fmt: skip
    app = apps(asker)
    app.state.services = SimpleNamespace(
        settings=office.settings, office=office, store=office.store, trail=trail,
        reader=lambda *_, **__: of_reader(asker.scope), has_consent=lambda *_: True,
    )  # fmt: skip
    client = TestClient(app, "http://127.0.0.1")
    told = {one["code"]: one for one in client.get("/v1/financing/indicators").json()}
    assert told["applications"]["value"] == 1 and told["demanded_fen"]["value"] == 10_000_000
    assert [one["rows"] for one in told.values() if one["rows"]] == []
    for path in ("/v1/financing/applications", f"/v1/financing/demands/{number}",
                 f"/financing/demands/{number}", f"/financing/demands/{number}/visit"):  # fmt: skip
        refused = client.get(path)
        assert refused.status_code == 403 and FIRM not in refused.text, path
    assert act(client, case, "note", "n", reason="看一看").status_code == 403
    # the menu leads where there is something to read
    page = client.get("/financing")
    assert page.url.path == "/financing/figures" and "受理率" in page.text


def test_whom_somebody_looked_at_is_in_the_audit(
    served: Any, consents: set[tuple[str, str]], office: OfficeBooks
) -> None:
    """Also where the answer says no key of theirs, and where it is a refusal."""
    platform, bank, other = served(), served(BANK), served(OTHER)
    number, case = begun(platform)
    seen = Trail(office.store)

    def entered(status: int) -> list[str]:
        last = seen.after(0, limit=1_000)[-1]
        assert last.status == status
        return [key for key in (FIRM,) if last in seen.about(key)]

    act(bank, case, "accept", "1")
    assert entered(200) == [FIRM]
    bank.get("/financing")
    assert entered(200) == [FIRM]
    bank.get(f"/financing/demands/{number}/visit")
    assert entered(200) == [FIRM]
    bank.get("/financing/figures")
    assert entered(200) == []
    consents.clear()
    bank.get(f"/v1/financing/demands/{number}")
    assert entered(403) == [FIRM]
    # of one that is nothing of theirs they learn nothing, and it is no look at anybody
    other.get(f"/v1/financing/demands/{number}")
    assert entered(404) == []


def test_the_whole_way_over_the_network(served: Any) -> None:
    platform, bank = served(), served(BANK)
    number, case = begun(platform)
    matching = platform.post(
        f"/v1/financing/demands/{number}/matching", json={"reference": "M1", "by": "张三"}
    )
    # what fits first, and no number that could be taken for a probability
    assert [one["product"] for one in matching.json()["act"]["content"]["products"]] == [
        "apple_loan", "cold_store_loan", "pig_loan",
    ]  # fmt: skip
    day, last = str(today()), str(today() + timedelta(365))
    assert act(bank, case, "accept", "1").json()["is_new"]
    boss = act(bank, case, "investigate", "2", content={"assessor": "person:boss"})
    assert (boss.status_code, boss.json()["code"]) == (400, "conflict_of_interest")
    assert act(bank, case, "investigate", "2", content={"assessor": "person:9"}).status_code == 200
    early = act(bank, case, "sign", "9", content={"contract_no": "HT", "signed_on": day})
    assert (early.status_code, early.json()["code"]) == (400, "financing_step")
    grant = {"line_no": "SX1", "amount_fen": 10_000_000, "from_on": day, "to_on": last,
             "rate_ppm": 43_500, "security_kind": "unsecured"}  # fmt: skip
    assert act(bank, case, "grant", "3", content=grant).status_code == 200
    reused = act(bank, case, "grant", "3", content={**grant, "amount_fen": 1})
    assert (reused.status_code, reused.json()["code"]) == (422, "reference_reused")
    assert act(bank, case, "sign", "4", content={"contract_no": "HT", "signed_on": day}).json()
    note = {"note_no": "JJ1", "amount_fen": 4_000_000, "on": day, "due_on": last,
            "stated_first": "first", "checked_first": "yes"}  # fmt: skip
    assert act(bank, case, "disburse", "5", content=note).status_code == 200
    [drawn] = platform.get(f"/v1/financing/demands/{number}").json()["drawdowns"]
    # the bank cannot say what the records said
    assert (drawn["stated_first"], drawn["checked_first"]) == ("first", "unknown")
    figures = {one["code"]: one for one in platform.get("/v1/financing/indicators").json()}
    assert figures["disbursed_fen"]["value"] == 4_000_000
    assert figures["first_stated"]["value"] == 1 and figures["first_checked"]["value"] == 0
    assert (figures["unsecured_fen_ratio"]["numerator"],
            figures["unsecured_fen_ratio"]["denominator"]) == (4_000_000, 4_000_000)  # fmt: skip
    assert figures["overdue_ratio"]["rows"] == []


def test_papers_are_kept_by_their_hash_and_their_owners_alone(
    served: Any, office: OfficeBooks
) -> None:
    bank = served(BANK)
    number, case = begun(served())
    body = {"kind": "visit", "name": "调查表610322197503159014.pdf", "by": "李四",
            "content": base64.b64encode(b"%PDF").decode()}  # fmt: skip
    kept = bank.post(f"/v1/financing/applications/{case}/papers", json=body).json()["act"]
    assert "610322197503159014" not in kept["content"]["name"]
    sha256 = kept["content"]["sha256"]
    [path] = (office.settings.data / "financing").iterdir()
    assert path.name == sha256 and path.stat().st_mode & 0o077 == 0
    answer = bank.get(f"/financing/demands/{number}/papers/{sha256}")
    assert answer.content == b"%PDF" and "attachment" in answer.headers["content-disposition"]
    assert served(OTHER).get(f"/financing/demands/{number}/papers/{sha256}").status_code == 404
    path.write_bytes(b"other")
    assert bank.get(f"/financing/demands/{number}/papers/{sha256}").status_code == 404


def test_an_applicant_follows_it_by_a_link_of_their_own(served: Any, office: OfficeBooks) -> None:
    platform, bank = served(), served(BANK)
    number, case = begun(platform)
    act(bank, case, "note", "n", reason="电话里口气不好")
    act(bank, case, "refuse", "r", reason="收入不足以还款", content={"code": "debt_high"})
    path = platform.post(f"/v1/financing/demands/{number}/links", json={"by": "张三"}).json()[
        "path"
    ]
    shown = platform.get(path)
    assert shown.status_code == 200
    assert "样例银行" in shown.text and "负债过高" in shown.text and "收入不足以还款" in shown.text
    # whoever acted, and what they noted among themselves, is theirs
    assert "李四" not in shown.text and "口气" not in shown.text
    assert platform.get("/financing/progress/" + "x" * 43).status_code == 404
    token = path.rpartition("/")[2]
    raw = (office.settings.operations_file).read_bytes()
    assert token.encode() not in raw


def test_what_is_overdue_comes_first_and_is_reminded_of_once(office: OfficeBooks) -> None:
    book, desk = FinancingBook(office.store), FinancingDesk(office, None, lambda *_: True)
    for number, at in (("1", WHEN + timedelta(days=1)), ("2", WHEN)):
        demand = book.register(
            FIRM, channel="window", reference=number, amount_fen=1, months=1, purpose="种苗",
            by="张三", at=at,
        ).act.demand  # fmt: skip
        book.push(demand, BANK, product="apple_loan", reference=number + "p", by="张三", at=at)
    # Monday the 2nd of March, two working days: the 4th; a day later the 5th
    found = desk.inbox(at=WHEN + timedelta(days=2))
    assert found.overdue == 0 and desk.remind(by="张三", at=WHEN + timedelta(days=2)) == 0
    told = [one.waiting.on for one in found.rows if one.waiting]
    assert told == [date(2026, 3, 4), date(2026, 3, 5)]
    assert [one.case for one in found.rows] == [2, 1]
    late = WHEN + timedelta(days=3)
    assert desk.inbox(at=late).overdue == 1
    assert desk.remind(by="张三", at=late) == 1 and desk.remind(by="李四", at=late) == 0
    assert desk.remind(by="张三", at=WHEN + timedelta(days=4)) == 1
    assert [one.act for one in book.file(2).acts].count("remind") == 1
    # an act on it, and it waits for the next
    book.act(2, "accept", institution=BANK, reference="1", by="李四", at=late)
    assert {one.waiting.title for one in desk.inbox(at=late).rows if one.waiting} == {
        "受理", "开始尽职调查",
    }  # fmt: skip


def test_the_pages_say_what_comes_next(served: Any) -> None:
    platform = served()
    form = {"subject": FIRM, "amount": "10", "months": "12", "purpose": "购买果袋",
            "reference": "D9", "by": "张三"}  # fmt: skip
    wrong = platform.post("/financing", data={**form, "amount": "很多"})
    assert wrong.status_code == 422 and "金额请写数字" in wrong.text
    made = platform.post("/financing", data=form, follow_redirects=False)
    assert made.status_code == 303
    path = made.headers["location"]
    assert platform.post(f"{path}/matching", data={"by": "张三"}).status_code == 200
    pushed = {"institution": BANK, "product": "apple_loan", "by": "张三"}
    shown = platform.post(f"{path}/pushes", data=pushed)
    assert "待受理" in shown.text and "苹果贷" in shown.text
    acts = "/financing/applications/1/acts"
    told = {"demand": "1", "by": "李四"}
    for reference, what, more in (
        ("1", "accept", {}), ("2", "investigate", {}),
        ("3", "grant", {"line_no": "SX1", "amount_fen": "7.5", "from_on": str(today()),
                        "to_on": str(today()), "rate_ppm": "4.35", "security_kind": "unsecured"}),
    ):  # fmt: skip
        shown = platform.post(acts, data={**told, "act": what, "reference": reference, **more})
        assert shown.status_code == 200, shown.text
    assert "4.35%" in shown.text and "已授信" in shown.text
    back = platform.post(acts, data={**told, "act": "accept", "reference": "4"})
    assert back.status_code == 422 and "不能办理" in back.text
    upload = {"content": ("表.pdf", b"%PDF")}
    kept = platform.post(
        "/financing/applications/1/papers", data={**told, "kind": "visit"}, files=upload
    )
    assert "表.pdf" in kept.text
    assert "实地所见" in platform.get(f"{path}/visit").text
    assert "信用贷款占比" in platform.get("/financing/figures").text
    link = platform.post(f"{path}/links", data={"by": "张三"})
    assert "/financing/progress/" in link.text


def test_a_form_counts_as_people_do() -> None:
    told = stated("grant", {"amount_fen": "7.5", "rate_ppm": "4.35", "from_on": "2026-01-01"})
    assert told == {"amount_fen": 7_500_000, "rate_ppm": 43_500, "from_on": "2026-01-01"}
    assert stated("feedback", {"is_unsecured": "false"}) == {"is_unsecured": False}
    with pytest.raises(InputError):
        stated("grant", {"amount_fen": "0.0000001"})
    with pytest.raises(InputError):
        stated("grant", {"amount_fen": "1e99999999"})
    assert stated("disburse", {"checked_first": "yes"}) == {}


def test_what_a_ratio_of_amounts_is_the_ratio_of_is_shown_as_amounts() -> None:
    figures = [
        LoopFigure(
            "unsecured_fen_ratio", "信用贷款占比（金额）", "ratio", 0.5, 23_000_000, 46_000_000, ()
        ),
        LoopFigure("accepted_ratio", "受理率", "ratio", 0.5, 230, 460, ()),
    ]
    shown = page("financing_figures.html", figures=figures, begins=today(), ends=today(),
                 period="", limits={}, states={})  # fmt: skip
    told = bytes(shown.body).decode()
    assert re.findall(r'number">([^<]+)', told) == [
        "数值", "分子", "分母", "明细行", "50.00%", "23.00 万元", "46.00 万元", "0",
        "50.00%", "230", "460", "0", "工作日",
    ]  # fmt: skip
