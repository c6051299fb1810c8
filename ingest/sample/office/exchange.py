"""What the sample district exchanges with two other systems, by files: the city's service for everybody, and
the citizens' line.

The other side is played here as well: it takes what it is sent but for one penalty, has not yet answered
about permits, and leaves three complaints, one of them under a code that nobody agreed on.  Whoever has
written connections of their own keeps them, and nothing is planted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from graph.operations import Outbox
from graph.private import private_folder, write_private
from ingest.exchange import contract_named, enqueue, receive, send
from ingest.exchange.connection import FILE
from ingest.sample.firms import codes
from ingest.sample.office.desk import Desk

__all__ = ["CITY", "LINE", "ORDER", "UNANSWERED", "plant"]

ORDER = 20
CITY, LINE = "smart_baoji", "citizen_hotline"
#: The table about which the city has not answered.
UNANSWERED: Final = "permit"
_CLERK = "样本办事员"
_BODY = "11610305016000005N"
#: Number of the penalty that the city does not take, and why.
_REFUSED: Final = ("凤城罚〔2026〕34号", "invalid", "主体名称与统一社会信用代码不一致")

#: Complaints as the line has them: number, kind, found true, settled.
_ORDERS: Final = (
    ("样单01", "消费纠纷", "1", "1"),
    ("样单02", "欠薪", "0", "0"),
    # not one of the codes that were agreed
    ("样单03", "表扬", "0", "0"),
)

#: Decisions of the plants of public records: what is for everybody, what is not, what law has ended.
_SENT: Final = (
    *(f"凤城罚〔2026〕{n}号" for n in (31, 32, 33, 35, 36)),
    *(f"凤应急复罚〔2026〕{n}号" for n in (10, 11, 12, 21)),
)  # fmt: skip
_NOT_SENT: Final = (
    *(f"凤城罚〔2026〕{n}号" for n in (61, 62, 63)),
    *(f"凤应急复罚〔2026〕{n}号" for n in range(1, 10)),
)
_UNANSWERED: Final = tuple(f"凤住许〔2026〕{n}号" for n in range(1, 21))


def plant(at: Desk) -> Mapping[str, Any]:
    """Connect, send, be answered, take in; what became of each document and complaint."""
    settings, store = at.office.settings, at.office.store
    # a connection names its folder wherever one works, and the data folder may be said from here
    folder = settings.data.absolute() / "partners"
    if not _connect(settings.data / FILE, folder):
        return {}
    _leave_orders(folder / LINE)
    receive(settings, store, LINE, by=_CLERK, into_graph=False)
    enqueue(at.reader, settings, store, CITY, by=_CLERK)
    send(settings, store, CITY, by=_CLERK)
    _answer(Outbox(store), folder / CITY)
    send(settings, store, CITY, by=_CLERK)
    number, *_ = _REFUSED
    return {
        "penalties": dict.fromkeys(_SENT, "accepted") | {number: "refused"},
        "not_sent": [*_NOT_SENT],
        "permits": dict.fromkeys(_UNANSWERED, "sent"),
        "complaints": [name for name, kind, *_ in _ORDERS if kind != "表扬"],
        "complaints_refused": sum(kind == "表扬" for _, kind, *_ in _ORDERS),
    }


def _connect(path: Path, folder: Path) -> bool:
    """Whether the connections are ours."""
    said = f"{CITY}: {{end: file, folder: {folder / CITY}, department: {_BODY}}}\n"
    said += f"{LINE}: {{end: file, folder: {folder / LINE}, department: {_BODY}}}\n"
    if not path.exists():
        write_private(path, said.encode())
    return path.read_text(encoding="utf-8") == said


def _leave_orders(folder: Path) -> None:
    """A file of the line, unless it was taken."""
    name, words = "20260303.json", contract_named(LINE).words
    if (folder / "taken" / name).exists():
        return
    rows = [
        {
            "orderNo": number, "companyName": f"凤翔样本公示{place:03d}号有限公司", "companyCode": code,
            "typeName": kind, "acceptTime": "2026-03-02", "finishTime": "2026-03-20" if solved == "1" else "",
            "unitName": "凤翔区市场监督管理局", "truth": true, "solved": solved,
        }
        for place, ((number, kind, true, solved), code) in enumerate(
            zip(_ORDERS, codes("91", len(_ORDERS), block="U"), strict=True), 1
        )
    ]  # fmt: skip
    told = {words.table: "orders", words.body: rows, words.total: len(rows)}
    inbox = private_folder(folder / "inbox")
    write_private(inbox / name, json.dumps(told, ensure_ascii=False).encode())
    write_private(inbox / f"{name}.ok", b"")


def _answer(outbox: Outbox, folder: Path) -> None:
    """Receipts of the requests that the city has looked at."""
    words = contract_named(CITY).words
    receipts = private_folder(folder / "receipts")
    for request in outbox.open_requests(CITY):
        if request.template == UNANSWERED:
            continue
        items = outbox.of_request(request.number)
        number, code, message = _REFUSED
        wrong = [
            {words.place: place, words.code: code, words.message: message}
            for place, item in enumerate(items, 1)
            if (item.row or {}).get("docNo") == number
        ]
        told = {
            words.code: "ok", words.message: "", words.total: len(items),
            words.taken: len(items) - len(wrong), words.failed: len(wrong), words.rows: wrong,
        }  # fmt: skip
        receipt = json.dumps(told, ensure_ascii=False).encode()
        write_private(receipts / f"{request.number}.json", receipt)
