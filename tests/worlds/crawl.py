"""Everything that answers is asked of everybody there is: every route, page, question and command.

Made for a district of few, with a man 样甲, his firm 样样果业有限公司 and the bank that lent to him.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from routes import every_route
from starlette.testclient import TestClient

from queries import library

__all__ = ["Told", "crawl", "every_command", "every_question", "told_to"]

#: What a clerk sent, tries, or takes back is his own paper, and reading it is no answer about a
#: party; the rest writes, and says what was written.
NO_ANSWER = {
    "/v1/batches", "/v1/batches/{name}", "/v1/batches/{name}/withdrawal", "/send", "/uploads/{name}",
    "/uploads/{name}/acceptance", "/deliveries", "/deliveries/{name}",
    "/deliveries/{name}/withdrawal", "/corrections/{source}/{table}", "/templates/{source}/{table}",
    # a proposal that two decide on (test_publishing)
    "/publishing/{proposal}",
    "/v1/worklist", "/v1/identity/judgements", "/v1/identity/judgements/{number}/undo",
    "/identity/judgements", "/identity/judgements/{number}/undo", "/identity/candidates",
    "/v1/identity/candidates", "/v1/products/{product}/proposals", "/v1/proposals/{proposal}",
    "/v1/proposals/{proposal}/approval", "/v1/jobs/{job_id}/cancellation",
    # the office's own file of an act on a record, and the search by which one begins (test_repair)
    "/v1/repairs", "/v1/repairs/{number}", "/v1/repairs/{number}/acts", "/v1/repairs/records",
    "/v1/repairs/withdrawn", "/repairs", "/repairs/{number}", "/repairs/{number}/acts", "/repairs/records",
    # acts on codes, and rounds of which no list came here (test_code_errors)
    "/v1/code-exceptions", "/v1/code-exceptions/{number}/end", "/v1/code-rounds/{round_name}",
    "/v1/code-rounds/{round_name}/choices", "/v1/code-rounds/{round_name}/returns",
    "/code-errors/exceptions", "/code-errors/exceptions/{number}/end", "/code-errors/rounds",
    "/code-errors/rounds/{name}", "/code-errors/rounds/{name}/choices",
    "/code-errors/rounds/{name}/returns", "/code-errors/returns/{file}",
    "/code-errors/returns/{file}/workbook",
    # acts on typical cases and marks by hand (test_office_boards)
    "/v1/typical-cases/{number}/approval", "/v1/typical-cases/{number}/withdrawal",
    "/typical-cases/{number}/approval", "/typical-cases/{number}/withdrawal",
    "/v1/city-monitoring/marks", "/v1/city-monitoring/marks/{number}/withdrawal",
    "/city-monitoring/marks", "/city-monitoring/marks/{number}/withdrawal",
    # acts of the office that say what was written (test_calendar, test_rates, test_bulletins, test_measures)
    "/v1/calendar/edits", "/calendar/edits", "/calendar/years", "/v1/rates/concealments",
    "/v1/rates/concealments/{number}/withdraw", "/rates/concealments",
    "/rates/concealments/{number}/withdraw", "/v1/bulletins/{digest}/sign", "/bulletins/{digest}/sign",
    "/bulletins", "/v1/measures/applied/{measure}/approval", "/v1/measures/applied/{measure}/lifting",
    "/measures/applied/{measure}/approval", "/measures/applied/{measure}/lifting",
    "/v1/measures/incentives/uses", "/measures/incentives",
    # who is told of what, and what he has read (test_monitoring)
    "/v1/monitoring/subscriptions/{number}/ending",
    "/monitoring/subscriptions/{number}/ending", "/v1/monitoring/inboxes/{number}/read",
    "/monitoring/inboxes/{number}/read",
    # who takes part in points no more, and whom one lets see them (test_points)
    "/v1/points/{number}/leaving", "/points/{number}/leaving",
    "/v1/points/{number}/shares", "/points/{number}/shares", "/v1/points/shares/{number}/end",
    "/points/shares/{number}/end",
    # programs that may ask, and their tokens (test_tokens, test_clients)
    "/v1/token", "/v1/token/revocation", "/v1/clients/{client}/secrets", "/v1/clients/{client}/keys",
    "/v1/clients/credentials/{number}/end", "/v1/clients/{client}/tokens/end", "/v1/clients/{client}/end",
    "/v1/clients", "/v1/jwks/replacement", "/clients/{client}/secrets", "/clients/{client}/keys",
    "/clients/credentials/{number}/end", "/clients/{client}/tokens/end", "/clients/{client}/end", "/clients",
    # an act of the office, and a question of which lists that never came answer nobody (test_government)
    "/v1/government/evaluation/values", "/government/evaluation/values",
    "/v1/government/staff-checks", "/government/staff-checks",
    # acts of exchange with others, of which none is connected here (test_exchange)
    "/v1/exchange/{contract}/queue", "/v1/exchange/{contract}/sending",
    "/v1/exchange/{contract}/reception", "/v1/exchange/items/{item}/again",
    "/v1/exchange/items/{item}/deferral", "/v1/exchange/requests/{request_number}/again",
    "/exchange/requests/{request_number}", "/exchange/items/{item}",
    # a log-in elsewhere, which is not set up here (test_oidc)
    "/login/oidc", "/login/oidc/callback",
    # who may log in, and whoever is: people of the house, and no party (test_login, test_roles)
    "/login", "/login/link/{token}", "/logout", "/account", "/account/password", "/account/second-factor",
    "/account/second-factor/confirmation", "/account/second-factor/end", "/account/sessions/{number}/end",
    "/users", "/users/{name}", "/users/{name}/link", "/users/{name}/end",
    "/users/{name}/second-factor/end", "/v1/users", "/v1/users/{name}", "/v1/users/{name}/link",
    "/v1/users/{name}/end", "/v1/users/{name}/second-factor/end", "/v1/session",
    # what gives them rights, and waits for a second person (test_two_persons)
    "/v1/rights-changes", "/v1/rights-changes/{number}/confirmation",
    "/v1/rights-changes/{number}/refusal", "/rights-changes/{number}/confirmation",
    "/rights-changes/{number}/refusal", "/clients/{client}", "/v1/clients/{client}",
    # what the interface is, which is about nobody (test_interface_docs)
    "/v1/openapi.json", "/docs", "/docs/python-client", "/docs/ways/{group}",
    # for what somebody asks, and a ring, in which nobody of a small office stands
    # (test_purposes, test_borrower_page)
    "/account/purpose", "/language", "/parties/{key}/ring",
    # what an auditor enters (test_audit)
    "/v1/audit/alerts/{number}/finding", "/v1/audit/watches", "/v1/audit/watches/{number}/end",
    "/audit/alerts/{number}/finding", "/audit/watches", "/audit/watches/{number}/end",
    # acts on consents, of which none is here, and what only the subject itself opens (test_consents)
    "/consents", "/v1/consents", "/v1/consents/{number}", "/v1/consents/{number}/confirmation",
    "/v1/consents/{number}/revocation", "/v1/consents/{number}/use", "/v1/consents/search",
    "/v1/own-links", "/consents/{number}", "/consents/{number}/scan",
    "/consents/{number}/confirmation", "/consents/{number}/revocation", "/consents/{number}/use",
    "/consents/links", "/consents/requests/{number}", "/consents/search", "/mine", "/mine/links/{token}",
    "/mine/consents/{number}/revocation", "/mine/requests", "/mine/reports", "/mine/closing",
    # subscriptions are their owner's; a stream has no end (test_way_in, test_stream)
    "/v1/hooks", "/v1/hooks/{hook_id}", "/v1/hooks/{hook_id}/rotation", "/v1/hooks/{hook_id}/pause",
    "/v1/hooks/{hook_id}/resumption", "/v1/hooks/{hook_id}/end", "/v1/hooks/{hook_id}/replay",
    "/v1/hooks/{hook_id}/deliveries", "/v1/hooks/{hook_id}/deliveries/{cursor}/again",
    "/events/hooks", "/events/hooks/{hook_id}", "/events/hooks/{hook_id}/deliveries/{cursor}",
    "/v1/events/stream",
    # acts of the financing loop, of which none was begun here (test_financing)
    "/v1/financing/demands", "/v1/financing/demands/{number}",
    "/v1/financing/demands/{number}/matching", "/v1/financing/demands/{number}/pushes",
    "/v1/financing/demands/{number}/withdrawal", "/v1/financing/demands/{number}/links",
    "/v1/financing/applications/{number}/acts", "/v1/financing/applications/{number}/papers",
    "/financing/demands/{number}", "/financing/demands/{number}/visit",
    "/financing/demands/{number}/papers/{sha256}", "/financing/demands/{number}/matching",
    "/financing/demands/{number}/pushes", "/financing/demands/{number}/links",
    "/financing/applications/{number}/acts", "/financing/applications/{number}/papers",
    "/financing/progress/{token}",
    # a visit that nobody made here (test_visits)
    "/visits/{number}", "/visits/{number}/demand",
    # matched by a form, and screened behind the request: as what is asked at once (test_matching)
    "/v1/reconcile", "/v1/screen/jobs", "/v1/screen/jobs/{job_id}", "/v1/screen/jobs/{job_id}/result",
    "/v1/screen/jobs/{job_id}/cancellation",
    # a proposal of a guarantee that is taken in; what is asked of it is `/v1/guarantees/check`
    "/v1/guarantees",
    # told by the decisions, jobs and shadows asked above, and of what nobody made here
    "/v1/jobs/{job_id}", "/v1/jobs/{job_id}/result", "/v1/decisions/jobs",
    "/v1/products/{product}/shadow", "/v1/products/{product}/versions/{version}",
}  # fmt: skip


_SCREENED = {"purpose": "statutory_duty", "ground": "核查"}


def bodies(keys: dict[str, str], tie: str, bank: str) -> dict[str, list[dict[str, Any]]]:
    """What each way in by POST that only reads, or decides, is sent; `tie` is a fact that is there."""
    people = [keys["样甲"], keys["样样果业有限公司"], keys["样独"]]
    return {
        "/v1/parties/search": [
            {"text": text} for text in ("样甲", "样独", "样样果业", "暗标", "暗标移0执号", "外标乙")
        ],
        "/v1/match": [{"name": "样甲"}, {"name": "样样果业有限公司"}],
        "/v1/match/batch": [{"queries": [{"name": "样甲"}, {"name": "样样果业有限公司"}]}],
        "/v1/screen": [{**_SCREENED, "subjects": [{"name": "样甲"}, {"name": "样样果业有限公司"}]}],
        "/screening": [
            {**_SCREENED, "rows": "样甲\n样样果业有限公司", "what": what, "shown": shown}
            for what in ("screen", "match") for shown in ("page", "sheet")
        ],
        "/v1/decisions": [
            {"party": party, "product": product}
            for party in people for product in ("farmer_small_credit_loan", "startup_guaranteed_loan")
        ],
        "/v1/decisions/many": [{"product": "farmer_small_credit_loan", "parties": people}],
        "/v1/questions/{name}": [{}],
        "/v1/parties/{key}/risk/what-if": [{"without_ties": [tie]}],
        "/v1/stress/losses": [{}],
        "/v1/stress/exposures": [{"lender": keys["样例农商行"]}],
        "/v1/stress/distress": [{"failed": [keys["样甲"]]}, {}],
        "/v1/stress/clearing": [{}],
        "/v1/guarantees/check": [
            {"guarantor": keys["样样果业有限公司"], "borrower": keys["样甲"], "amount_fen": 100_000,
             "lender_code": bank, "contract_no": "D1", "loan": f"loan:{bank}:J1",
             "kind": "general"},
        ],
        "/v1/measures/admission": [
            {"measure": "approval_no_promise", "subject": key} for key in people
        ],
        "/exchange/{contract}": [],
        "/v1/measures/applied": [],
        "/measures/applied": [
            {"measure": "approval_no_promise", "subject": key, "action": "look"} for key in people
        ],
        "/v1/points": [
            {"subject": key, "application": "申请书", "by": "张三"} for key in people
        ],
        "/financing": [{"subject": keys["样甲"], "amount": "10", "months": "12", "purpose": "果袋",
                        "reference": "D1", "by": "张三"}],
        "/parties/{subject}/visit": [{"outcome": "met", "visited_on": "2026-01-05", "by": "张三",
                                      "reference": "V1", "notes": "在家"}],
        "/points": [{"subject": keys["样甲"], "application": "申请书", "by": "张三"}],
        "/v1/monitoring/subscriptions": [{"name": "张三", "begins_on": "2026-01-01", "reason": "监测", "by": "李四"}],
        "/monitoring/subscriptions": [{"name": "张三", "reason": "监测", "by": "李四"}],
        "/v1/parties/{key}/case-files": [{"purpose": "核查", "by": "张三"}],
        "/linked/{key}": [{"purpose": "核查", "by": "张三", "form": form} for form in ("print", "xlsx")],
        "/v1/typical-cases": [], "/typical-cases": [],
        "/v1/bulletins": [{"period": "2026-01", "user": "张三"}],
        "/v1/public/records/search": [{"text": text} for text in ("样样果业有限公司", "样甲", "暗标")],
        "/public": [{"text": text} for text in ("样样果业有限公司", "样甲", "暗标")],
        "/": [{"text": "样甲"}, {"text": "样独"}, {"text": "暗标"}],
        "/parties/{key}/decisions": [{"product": "farmer_small_credit_loan"}],
        "/villages/{village}/prospects": [{}],
        "/decisions": [{}, {"text": "样甲"}],
        "/scenarios": [
            {"what": "fail", "party": keys["样甲"], "percent": "50"},
            {"what": "fail", "party_text": "样甲"},
            {"what": "without", "party": keys["样甲"]},
            {"what": "industry", "industry": "A"},
        ],
        "/publishing": [],
    }  # fmt: skip


#: What else a way in must be told in its address.
_OF_A_BODY = "?year=2026&body=org:116103050160001M1M&indicator=judgment_debtor"
_ASKED_FOR = {
    "/v1/government/evaluation/rows": [_OF_A_BODY],
    "/government/evaluation/rows": [_OF_A_BODY],
    "/lending/rows": [f"?code={code}" for code in ("on_file", "balance_fen")],
    "/rates/rows": ["?measure=late&period=2026-01", "?measure=outside&period=2026-01"],
    "/v1/rates/rows": ["?measure=late&period=2026-01", "?measure=outside&period=2026-01"],
    "/v1/supervision/grades/subjects": ["?kind=supervision&scheme=market"],
    "/supervision/grades/subjects": ["?kind=evaluation&scheme=public_credit"],
    "/v1/rates": ["", "?period=2026-01"],
    "/rates": ["", "?period=2026-01"],
}
_NAMED = {
    "/v1/lending/{code}/rows": ("on_file", "balance_fen", "indebted"),
    "/v1/linked-dishonesty/{name}": ("linked", "rings", "nominee", "same_controller"),
    "/v1/calendar/{year}": ("2026",),
    "/v1/exchange/{contract}": ("smart_baoji", "citizen_hotline"),
    "/v1/exchange/{contract}/items": ("smart_baoji", "provincial_upload"),
    "/exchange/{contract}": ("smart_baoji", "citizen_hotline"),
    "/v1/monitoring/inboxes/{number}": ("1",),
    "/monitoring/inboxes/{number}": ("1",),
    "/v1/audit/{number}": ("1",),
    "/audit/{number}": ("1",),
}


def paths(template: str, keys: dict[str, str]) -> list[str]:
    """The path for everybody, every village and every question."""
    if "{key}" in template:
        return [template.replace("{key}", key) for key in keys.values()]
    if "{subject}" in template:
        return [template.replace("{subject}", key) for key in keys.values()]
    if "{loan}" in template:
        bank = keys["样例农商行"].removeprefix("institution:")
        return [template.replace("{loan}", f"loan:{bank}:J1")]
    if template == "/money/exposures":
        return [f"{template}?lender={keys['样例农商行']}"]
    if template in _ASKED_FOR:
        return [template + more for more in _ASKED_FOR[template]]
    if template in _NAMED:
        return [
            template.format(name=name, code=name, year=name, number=name, contract=name)
            for name in _NAMED[template]
        ]
    if "{source}/{table}" in template:
        items = (
            "loan/loan",
            "enterprise/enterprise",
            "credit_list/listing",
            "farmer_household/account",
        )
        return [template.replace("{source}/{table}", item) for item in items]
    if "{village}" in template or "{division}" in template:
        places = [key for key in keys.values() if key.startswith("division:")]
        return [
            template.replace("{village}", key).replace("{division}", key)
            for place in places for key in (place, place.removeprefix("division:"))
        ]  # fmt: skip
    return [template]


@dataclass(frozen=True)
class Told:
    """One answer: what was asked, and what came, without what was typed (it comes back)."""

    method: str
    template: str
    path: str
    status: int
    text: str
    answer: Any


def crawl(service: TestClient, keys: dict[str, str], tie: str, bank: str) -> Iterator[Told]:
    """Every GET and POST that answers, of everybody; kept decisions too, as they are made."""
    sent = bodies(keys, tie, bank)
    decided: list[str] = []
    written: list[str] = []
    for method, written_as in every_route(service.app):  # type: ignore[arg-type]
        template = re.sub(r":\w+}", "}", written_as)
        if template in NO_ANSWER or "questions/{" in template:
            continue
        # asked of those that are made here, when they are there
        if "decision_id" in template or "{digest}" in template:
            continue
        if (method, template) == ("POST", "/v1/calendar/{year}"):
            continue
        for path in paths(template, keys):
            for body in sent.get(template, [{}]) if method == "POST" else [None]:
                told = _asked(service, method, template, path, body)
                if template == "/v1/decisions" and told.status < 300:
                    decided.append(told.answer.json()["decision_id"])
                if template == "/v1/bulletins" and method == "POST" and told.status < 300:
                    written.append(told.answer.json()["id"])
                yield told
    for one in decided:
        for method, path in (("GET", f"/v1/decisions/{one}"), ("GET", f"/decisions/{one}"),
                             ("POST", f"/v1/decisions/{one}/replay")):  # fmt: skip
            yield _asked(service, method, path.replace(one, "{decision_id}"), path, None)
    for one in written:
        for path in (f"/v1/bulletins/{one}", f"/v1/bulletins/{one}/workbook", f"/bulletins/{one}",
                     f"/bulletins/{one}/workbook"):  # fmt: skip
            yield _asked(service, "GET", path.replace(one, "{digest}"), path, None)


def _asked(service: TestClient, method: str, template: str, path: str, body: Any) -> Told:
    form = not template.startswith("/v1")
    answer = service.request(
        method, path, headers={"accept": "*/*"} if body is None else {},
        json=None if form else body, data=body if form else None,
    )  # fmt: skip
    typed = str((body or {}).get("text", "")) or "\0"
    text = _cells(answer.content) if answer.content.startswith(b"PK") else answer.text
    return Told(method, template, path, answer.status_code, text.replace(typed, ""), answer)


def _cells(workbook: bytes) -> str:
    """Every cell of a workbook: what it says lies packed in it."""
    sheets = pd.read_excel(
        io.BytesIO(workbook), sheet_name=None, header=None, dtype=str, engine="calamine"
    )
    return "\n".join(name + sheet.to_csv(index=False) for name, sheet in sheets.items())


def every_question(service: TestClient, keys: dict[str, str]) -> Iterator[Told]:
    """Every question of the library, of everybody."""
    for name, question in library().items():
        wanted = {item.name: item for item in question.parameters}
        for key in keys.values():
            given = {"key": key, "other": keys["样甲"], "text": "样甲", "division": key,
                     "hops": 3, "village": key}  # fmt: skip
            asked = {item: value for item, value in given.items() if item in wanted}
            yield _asked(service, "POST", "/v1/questions/{name}", f"/v1/questions/{name}", asked)


#: Commands that write, that keep house, or that show a department its own paper.
NO_ANSWER_COMMANDS = {
    # a list in a file (test_matching)
    "screen",
    # whole copies of a data folder (test_backup), and consents, of which none is here (test_consents)
    "backup", "backups", "restore", "compact", "consents show", "consents register", "consents confirm", "consents revoke",
    "sample", "audit watch", "audit end-watch", "audit cut", "confirm-code", "code-errors enter-round", "code-errors choose", "code-errors round",
    "code-errors return", "bulletin write", "bulletin sign", "calendar change", "calendar open-year",
    "events subscribe", "events hooks", "events change", "events deliveries", "events replay", "events again",
    "exchange queue", "exchange send", "exchange receive", "exchange again", "exchange hand-over", "exchange put-off",
    "financing show", "financing remind", "financing exchange",
    "monitoring subscribe", "monitoring end", "monitoring inbox",
    "clients list", "clients add", "clients rotate", "clients end-credential", "clients end-tokens",
    "clients end", "clients replace-key", "points join", "points leave", "points share", "points end-share", "government enter", "government staff-check",
    "measures propose", "measures approve", "measures lift", "measures use", "rates conceal", "rates withdraw", "ingest", "check", "engine start", "engine status", "withdraw",
    "worklist", "quarantine list", "propose", "approve", "identity candidates", "identity judge",
    "identity undo", "repair list", "repair show", "repair records", "repair open", "repair act",
    "typical propose", "typical approve", "typical withdraw", "city mark", "city unmark",
    "users list", "users add", "users change", "users link", "users end", "users drop-factor",
    "users changes", "users confirm", "users refuse", "clients changes", "clients confirm",
    "clients refuse", "clients change",
    "repair withdrawn", "repair carry-out", "masking", "sources", "shadow", "structure guarantee", "freshness",
}  # fmt: skip
#: Those of which a small office says that it knows too little, or that nobody applied.
MAY_REFUSE = {"calibrate", "points show"}


def every_command(group: Any, named: str = "") -> Iterator[tuple[str, Any]]:
    """Every command that knows `--json`, by its words."""
    for name, command in group.commands.items():
        words = f"{named} {name}".strip()
        if hasattr(command, "commands"):
            yield from every_command(command, words)
        elif any("--json" in getattr(item, "opts", ()) for item in command.params):
            yield words, command


def told_to(words: str, keys: dict[str, str], decision: str) -> list[list[str]]:
    """What a command is asked; of a party each of three."""
    parties = [keys["样甲"], keys["样样果业有限公司"], keys["样独"]]
    by_party = {
        "risk": [[key] for key in parties],
        "adverse": [[key] for key in parties],
        "decide": [["farmer_small_credit_loan", key] for key in parties],
        "structure hints": [[key] for key in parties],
        "structure owners": [[parties[1]]],
        "published find": [["样样果业有限公司"], ["样甲"]],
        "search": [["样甲"], ["样独"], ["样样果业"]],
        "linked party": [[key] for key in parties],
        "match": [["样甲"], ["样样果业有限公司"]],
        "points show": [[key] for key in parties],
        "supervision party": [[key] for key in parties],
        "measures check": [["measure=approval_no_promise", f"subject={key}"] for key in parties],
        "government evaluation": [["2026"]],
        "rates rows": [["late"], ["outside", "2026-01"]],
        "calendar show": [["2026"]],
        "duties item": [["loan", "loan"], ["credit_list", "listing"]],
        "exchange items": [["smart_baoji"], ["provincial_upload"]],
        "stress exposures": [[keys["样例农商行"]]],
        "stress distress": [[parties[0]]],
        "replay": [[decision]],
        "audit show": [["1"]],
        "erase": [["--list"], ["--verify"], [parties[0]]],
        "retention": [["--look"]],
        "ask": [
            [name, *(f"{item.name}={parties[0]}" for item in question.parameters
                     if item.name in ("key", "other"))]
            for name, question in library().items()
            if {item.name for item in question.parameters if item.default is None} <= {"key", "other"}
        ],
    }  # fmt: skip
    return by_party.get(words, [[]])
