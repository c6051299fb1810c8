"""A partner as it really is: an HTTP server on this machine with its own checks, messages and mistakes.

Nothing here reads our contracts: what a page checks and says was written down from such pages.  `faults`
says what goes wrong at the next calls, one after the other.
"""

from __future__ import annotations

import json
import re
import ssl
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["FAULTS", "PROVINCE", "Dialect", "Partner", "province_row", "serving"]

Row = Mapping[str, str]

#: What may go wrong at a call; all but the last few after the partner has taken the rows.
FAULTS = (
    "500_after", "code_500_after", "cut", "cut_in_words", "garbage", "closed_after", "wrong_counts",
    "twice", "half", "500_before", "closed_before", "redirect", "unknown_code", "slow",
)  # fmt: skip


@dataclass(frozen=True)
class Dialect:
    """How a partner calls things, which codes it says, and how it looks at a row.

    Attributes:
        check: table and row -> code and message of what it refuses; None where it takes it.
        is_withdrawal: whether a row takes back what it says.
    """

    table: str = "tableCode"
    department: str = "departmentCode"
    number: str = "requestNo"
    body: str = "body"
    code: str = "errorCode"
    message: str = "errorMsg"
    total: str = "totalSize"
    taken: str = "successSize"
    failed: str = "failSize"
    rows: str = "tips"
    ok: str = "200"
    ill: str = "500"
    duplicate: str = "20001"
    tables: frozenset[str] = frozenset()
    wrong_table: str = "3002"
    no_department: str = "4001"
    wrong_department: str = "4002"
    nothing_to_withdraw: str = "40002"
    check: Callable[[str, Row], tuple[str, str] | None] = lambda _table, _row: None
    is_withdrawal: Callable[[str, Row], bool] = lambda _table, row: row.get("action") == "withdraw"
    rows_as_text: bool = True


@dataclass
class Partner:
    """What it holds, and how often it stored what."""

    dialect: Dialect
    #: by what it knows that something came twice: the number of a request, the key of a row
    knows_numbers: bool = True
    knows_rows: bool = True
    secret: str = ""
    departments: frozenset[str] = frozenset({"11610305016000005N"})
    faults: deque[str] = field(default_factory=deque)
    #: (table, row id) -> version and row
    held: dict[tuple[str, str], tuple[int, Row]] = field(default_factory=dict)
    #: (table, row id, version) -> how often it was stored
    stored: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    answered: dict[str, bytes] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    pages: dict[str, tuple[list[Row], str]] = field(default_factory=dict)
    address: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def upload(self, told: Mapping[str, Any], *, most: int | None = None) -> bytes:
        """Take a request; one whose number it knows is answered as before."""
        said = self.dialect
        with self._lock:
            number = str(told[said.number])
            if number in self.answered:
                return self.answered[number]
            if not told.get(said.department):
                return self._says(said.no_department, "部门编码为空")
            if told[said.department] not in self.departments:
                return self._says(said.wrong_department, "部门不存在")
            if said.tables and told[said.table] not in said.tables:
                return self._says(said.wrong_table, "目录编码不存在")
            rows = told[said.body]
            wrong = []
            for place, row in enumerate(rows[:most], 1):
                problem = self._store(told[said.table], row)
                if problem:
                    wrong.append({"row": place, said.code: problem[0], said.message: problem[1]})
            reply = {
                said.code: said.ok, said.message: "", said.total: len(rows),
                said.taken: len(rows) - len(wrong), said.failed: len(wrong),
                said.rows: json.dumps(wrong, ensure_ascii=False) if said.rows_as_text else wrong,
            }  # fmt: skip
            answer = json.dumps(reply, ensure_ascii=False).encode()
            if most is None and self.knows_numbers:
                self.answered[number] = answer
            return answer

    def _store(self, table: str, row: Row) -> tuple[str, str] | None:
        said = self.dialect
        place, version = (table, row["row_id"]), int(row["row_version"])
        before = self.held.get(place)
        came = (*place, version) in self.stored or (before is not None and version < before[0])
        if self.knows_rows and came:
            return said.duplicate, "重复数据"
        withdraws = said.is_withdrawal(table, row)
        if not withdraws and (problem := said.check(table, row)) is not None:
            return problem
        if withdraws and before is None:
            return said.nothing_to_withdraw, "没有可撤回的记录"
        self.stored[*place, version] += 1
        if withdraws:
            self.held.pop(place, None)
        else:
            self.held[place] = (version, row)
        return None

    def _says(self, code: str, message: str) -> bytes:
        said = self.dialect
        return json.dumps({said.code: code, said.message: message}, ensure_ascii=False).encode()


def _handler(partner: Partner) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            """Nothing is ever got: who comes here followed a redirect."""
            partner.calls.append(("GET", self.path))
            self._send(200, b"{}")

        def do_POST(self) -> None:
            """Take a request, tell a receipt, or give a page."""
            fault = partner.faults.popleft() if partner.faults else "ok"
            partner.calls.append((fault, self.path))
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if fault == "closed_before":
                return self._hang_up()
            if fault == "500_before":
                return self._send(500, b"<html>error</html>")
            if fault == "redirect":
                return self._send(302, b"", {"Location": f"{partner.address}/elsewhere"})
            if partner.secret and self.headers.get("Authorization") != f"Bearer {partner.secret}":
                return self._send(401, b"")
            if "receipt" in self.path:
                found = partner.answered.get(str(told[partner.dialect.number]))
                if fault not in ("ok", "twice", "half") and found is not None:
                    return self._wrongly(fault, found)
                return self._send(404, b"") if found is None else self._send(200, found)
            if partner.dialect.body not in told:
                return self._page(told, fault)
            answer = partner.upload(
                told, most=len(told[partner.dialect.body]) // 2 if fault == "half" else None
            )
            if fault == "twice":
                answer = partner.upload(told)
            if fault == "half":
                return self._hang_up()
            return (
                self._send(200, answer)
                if fault in ("ok", "twice")
                else self._wrongly(fault, answer)
            )

        def _page(self, told: Mapping[str, Any], fault: str) -> None:
            said = partner.dialect
            rows, following = partner.pages.get(str(told["cursor"]), ([], ""))
            answer = {
                said.code: said.ok,
                said.total: len(rows),
                said.body: rows,
                "cursor": following,
            }
            content = json.dumps(answer, ensure_ascii=False).encode()
            return self._send(200, content) if fault == "ok" else self._wrongly(fault, content)

        def _wrongly(self, fault: str, answer: bytes) -> None:
            said = partner.dialect
            if fault == "slow":
                time.sleep(0.4)
                self.close_connection = True
                return self._hang_up()
            if fault == "cut":
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer[: len(answer) // 2])
                return self._hang_up()
            other = {
                "500_after": (500, b""),
                "code_500_after": (200, partner._says(said.ill, "系统异常")),
                "cut_in_words": (200, answer[: len(answer) // 2]),
                "garbage": (200, "<html>登录超时</html>".encode()),
                "unknown_code": (200, partner._says("9999", "")),
                "wrong_counts": (
                    200,
                    json.dumps({**json.loads(answer), said.total: 9_999}).encode(),
                ),
            }.get(fault)
            return self._send(*other) if other else self._hang_up()

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.close()

        def _send(self, status: int, body: bytes, more: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in (more or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever called has gone: that is what is tried."""


@contextmanager
def serving(partner: Partner, tls: ssl.SSLContext | None = None) -> Iterator[Partner]:
    """The partner, answering at its `address`, by TLS where there is a context for it."""
    server = _Server(("127.0.0.1", 0), _handler(partner))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    scheme = "http" if tls is None else "https"
    partner.address = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    try:
        yield partner
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# ------------------------------------------------------------------ the province, as its page is

#: Third character 1 to 5, so that every code of Shaanxi (61…) is refused; no check digit.
_CODE = re.compile(r"^[1-9A-GY]{1}[1239]{1}[1-5]{1}[0-9]{5}[0-9A-HJ-NPQRTUWXY]{10}$")
_DATE = re.compile(r"^\d{4}(\-|\/|\.)\d{1,2}\1\d{1,2}$")
_CLASSES = re.compile(
    r"^警告$|^罚款$|^没收违法所得、没收非法财物$|^责令停产停业$|^暂扣或者吊销许可证、暂扣或者吊销执照$|^行政拘留$|^其他$"
)
_PATTERNS = {
    "XK_SPLB": (re.compile(r"^普通$|^特许$|^认可$|^核准$|^登记$|^其他$"), "请输入正确的审批类别!"),
    "DFBM": (re.compile(r"^\d{6}$"), "请输入正确的地方编码!"),
    "XK_ZT": (re.compile(r"^[0-3]$"), "请输入正确的当前状态!"),
    "CF_ZT": (re.compile(r"^[0-3]$"), "请输入正确的当前状态!"),
    "XK_SYFW": (re.compile(r"^[0-2]$"), "请输入正确的使用范围!"),
    "CF_SYFW": (re.compile(r"^[0-2]$"), "请输入正确的使用范围!"),
    "CF_SXYZCD": (re.compile(r"^[0-3]$"), "请输入正确的失信严重程度！"),
    "CF_CFLB1": (_CLASSES, "请输入正确的处罚类别！"),
    "CF_XDR_SHXYM": (_CODE, "请输入正确的统一社会信用代码！"),
    "XK_XDR_SHXYM": (_CODE, "请输入正确的统一社会信用代码！"),
    "CF_JDRQ": (_DATE, "请输入正确的日期格式！"),
    "XK_JDRQ": (_DATE, "请输入正确的日期格式！"),
    "CF_GSJZQ": (_DATE, "请输入正确的日期格式！"),
}
#: Column whose emptiness the page does not forgive -> what it says.
_NEEDED = {
    "SGS_XZCF": ("CF_WSH", "CF_CFMC", "CF_BM", "CF_SY", "CF_YJ", "CF_XDR_MC", "CF_JG", "CF_JDRQ", "CF_XZJG", "DFBM", "SJC"),
    "SGS_XZXK": ("XK_WSH", "XK_XMMC", "XK_BM", "XK_NR", "XK_XDR", "XK_JDRQ", "XK_XZJG", "DFBM", "SJC"),
    "XZCF": ("CF_XDR_MC", "CF_WSH", "CF_WFXW", "CF_SY", "CF_CFLB", "CF_NR", "CF_JDRQ", "CF_CFJG", "CF_CFJGDM", "CF_SJLYDM"),
    "XZXK": ("XK_XDR_MC", "XK_WSH", "XK_XKWS", "XK_NR", "XK_JDRQ", "XK_XKJG", "XK_XKJGDM", "XK_LYDWDM"),
}  # fmt: skip
_STATUS = {
    "SGS_XZCF": ("CF_ZT", "1"),
    "SGS_XZXK": ("XK_ZT", "1"),
    "XZXK": ("XK_ZT", "2"),
    "XZCF": ("CZBS", "D"),
}
#: Editions of the page of which the wrong check is told.
_OLD = frozenset({"SGS_XZCF", "SGS_XZXK"})


def province_row(table: str, row: Row, *, right: bool = False) -> tuple[str, str] | None:
    """What the page says of a row; `right`: after its check of codes was mended."""
    for name in _NEEDED.get(table, ()):
        if not row.get(name):
            return ("10003", "必填日期为空") if name.endswith("RQ") else ("10002", "必填项为空")
    for name, (pattern, message) in _PATTERNS.items():
        if table not in _OLD or not row.get(name) or (right and pattern is _CODE):
            continue
        if not pattern.search(row[name]):
            return "10004", message
    return None


def _withdraws(table: str, row: Row) -> bool:
    name, code = _STATUS.get(table, ("zt", "撤销"))
    return row.get(name) == code


PROVINCE = Dialect(
    tables=frozenset({*_STATUS, "XZQRXX", "XZQZ", "XZCJXX", "XZJLXX", "XZJDJCXX", "XZZS", "XZJF"}),
    check=province_row,
    is_withdrawal=_withdraws,
)


# ------------------------------------------------------------------ the supervision platform


def _supervised(_table: str, row: Row) -> tuple[str, str] | None:
    for name in ("entityName", "entityCode", "actForm", "actContent", "orgName", "region"):
        if not row.get(name):
            return "R01", f"{name}不能为空"
    if not re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}", row["entityCode"]):
        return "R02", "监管对象代码错误"
    if not re.fullmatch(r"\d{8}", row["actDate"]) or row.get("result", "1") not in "12345":
        return "R03", "格式错误"
    return None


SUPERVISION = Dialect(
    table="catalogCode", department="orgCode", number="batchNo", body="data", code="code",
    message="msg", total="total", taken="success", failed="fail", rows="errors", ok="0", ill="1",
    duplicate="R09", tables=frozenset({"supervision_inspection", "supervision_coercion"}),
    wrong_table="2001", no_department="401", wrong_department="401", nothing_to_withdraw="R10",
    check=_supervised, is_withdrawal=lambda _table, row: row["op"] == "D", rows_as_text=False,
)  # fmt: skip


# ------------------------------------------------------------------ the city's service


def _shown(_table: str, row: Row) -> tuple[str, str] | None:
    try:
        date.fromisoformat(row["date"])
    except ValueError:
        return "invalid", "日期不对"
    wrong = [name for name in ("name", "code", "docNo", "authority") if not row.get(name)]
    if wrong or len(row["code"]) != 18 or float(row.get("fineYuan") or 0) < 0:
        return "invalid", "内容不合要求"
    return None


CITY = Dialect(
    table="dataset", department="provider", number="serialNo", body="items", code="status",
    message="message", total="total", taken="accepted", failed="rejected", rows="rejects", ok="ok",
    ill="busy", duplicate="duplicate", tables=frozenset({"penalty", "permit", "honour"}),
    wrong_table="malformed", no_department="denied", wrong_department="denied",
    nothing_to_withdraw="invalid", check=_shown,
    is_withdrawal=lambda _table, row: row["action"] == "remove", rows_as_text=False,
)  # fmt: skip


def rows_of(partner: Partner, table: str) -> Iterable[Row]:
    """What it holds in a table."""
    return [row for (name, _), (_, row) in sorted(partner.held.items()) if name == table]
