"""What each act on an application states, checked before anything is written.

Amounts are fen, rates parts of a million a year, days days: whoever hands them in has turned them
from what its partner counts in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from graph.errors import InputError
from graph.identifiers.redaction import redacted, redacted_name
from graph.operations.financing_moves import ACTS, PAPERS, REFUSALS
from graph.operations.financing_rows import MOST_TEXT
from graph.schema import SCHEMA

__all__ = [
    "FIRST",
    "NEEDED",
    "REASONED",
    "SECURITIES",
    "TITLES",
    "day",
    "fen",
    "reason_of",
    "terms",
]

SECURITIES: Final = SCHEMA.property("Loan", "security_kind").values
FIRST: Final = SCHEMA.property("Loan", "stated_first_loan").values

_MOST_FEN = 10**13
#: A rate beyond 36 % is no lender's: 最高人民法院 民间借贷 2015 规定 第二十六条 drew the line there.
_MOST_PPM = 360_000

#: Act -> what it states -> of which kind; with `?` it may be left out.
NEEDED: Final[Mapping[str, Mapping[str, str]]] = {
    "accept": {},
    "investigate": {"visited_on": "day?", "assessor": "text?"},
    "grant": {
        "line_no": "number", "amount_fen": "fen", "from_on": "day", "to_on": "day",
        "rate_ppm": "rate", "security_kind": "security",
    },
    "refuse": {"code": "refusal"},
    "sign": {"contract_no": "number", "signed_on": "day"},
    "disburse": {
        "note_no": "number", "amount_fen": "fen", "on": "day", "due_on": "day", "rate_ppm": "rate?",
        "stated_first": "first?", "checked_first": "checked?",
    },
    "disbursement_failed": {"note_no": "number?"},
    "repay": {"note_no": "number", "amount_fen": "fen", "on": "day", "overdue_days": "count?"},
    "overdue": {"note_no": "number", "on": "day", "overdue_days": "count"},
    "settle": {"on": "day"},
    "lapse": {},
    "withdraw": {},
    "feedback": {"stated_first": "first?", "is_unsecured": "flag?"},
    "note": {},
    "paper": {"sha256": "text", "kind": "paper", "name": "text", "size": "count"},
    "remind": {"limit": "text"},
}  # fmt: skip

#: Acts that say why in words.
REASONED: Final = frozenset({"refuse", "disbursement_failed", "lapse", "withdraw", "note"})
TITLES: Final = {
    "line_no": "授信编号", "amount_fen": "金额", "from_on": "授信起始日", "to_on": "授信到期日",
    "rate_ppm": "年利率", "security_kind": "担保方式", "code": "拒绝原因代码", "contract_no": "合同编号",
    "signed_on": "签约日期", "note_no": "借据号", "on": "日期", "due_on": "到期日", "stated_first": "首贷标识",
    "overdue_days": "逾期天数", "is_unsecured": "是否信用贷款", "visited_on": "走访日期", "kind": "附件类型",
    "sha256": "附件", "name": "附件名称", "size": "大小", "limit": "时限", "assessor": "调查人",
    "checked_first": "首贷核验",
}  # fmt: skip
_NUMBER, _TEXT = 50, 128


def terms(act: str, content: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What an act states, clean; raises `InputError` (`financing_terms`, `first_loan_code`).

    Days are kept as they are written (`2026-01-31`); none but ends of terms lies in the future.
    """
    asked = NEEDED[act]
    if strange := {*content} - {*asked}:
        raise _wrong(f"“{ACTS[act]}”不需要：{'、'.join(sorted(map(str, strange)))[:80]}")
    found: dict[str, Any] = {}
    for name, kind in asked.items():
        value = content.get(name)
        if value is None or value == "":
            if not kind.endswith("?"):
                raise _wrong(f"“{ACTS[act]}”须写明{TITLES[name]}")
            continue
        found[name] = _value(name, kind.rstrip("?"), value, today)
    return found


def reason_of(act: str, reason: str) -> str:
    """Why, in words; raises `InputError` (`reason_missing`, `reason_long`)."""
    text = reason.strip()
    if act in REASONED and not text:
        raise InputError(
            f"“{ACTS[act]}”须写明原因。", f"Say why: {act} needs a reason.", code="reason_missing"
        )
    if len(text) > MOST_TEXT:
        raise InputError(
            f"原因请不超过 {MOST_TEXT} 字。",
            f"A reason has at most {MOST_TEXT} characters.",
            code="reason_long",
        )
    # kept for ever, whatever the number's check digit says
    return redacted(text, strict=False)[:MOST_TEXT]


def fen(value: Any) -> int:
    """An amount; raises `InputError` (`financing_terms`)."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _MOST_FEN:
        raise _wrong("金额须是正整数（分）")
    return value


def day(value: Any) -> date:
    """A day; raises `InputError` (`financing_terms`)."""
    try:
        return value if type(value) is date else date.fromisoformat(str(value))
    except ValueError:
        raise _wrong("日期请写作 2026-01-31") from None


def _value(name: str, kind: str, value: Any, today: date) -> Any:
    title = TITLES[name]
    if kind == "fen":
        return fen(value)
    if kind == "day":
        said = day(value)
        if name in ("on", "signed_on", "visited_on") and said > today:
            raise _wrong(f"{title}不能晚于今天")
        return said.isoformat()
    if kind in ("rate", "count"):
        most = _MOST_PPM if kind == "rate" else 10**9
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise _wrong(f"{title}超出范围")
        return value
    if kind == "flag":
        if not isinstance(value, bool):
            raise _wrong(f"{title}须是“是”或“否”")
        return value
    known: Mapping[str, Any] = {
        "security": SECURITIES, "refusal": REFUSALS, "paper": PAPERS, "first": FIRST,
        "checked": {"yes": "", "no": "", "unknown": ""},
    }.get(kind, {})  # fmt: skip
    if known:
        if value not in known:
            # a digit means opposite things on two systems in use
            code = "first_loan_code" if kind == "first" else "financing_terms"
            raise _wrong(f"{title}不在代码表中（{'、'.join(known)}）", code)
        return value
    text = str(value).strip()
    if kind == "number":
        if redacted(text) != text:
            # masked, two numbers could become one
            raise _wrong(f"{title}里不能有证件号码或者电话")
    else:
        text = redacted_name(text)
    most = _NUMBER if kind == "number" else _TEXT
    if not text or len(text) > most or not text.isprintable():
        raise _wrong(f"{title}须是 1 至 {most} 个字符")
    return text


def _wrong(what: str, code: str = "financing_terms") -> InputError:
    return InputError(f"{what}。没有登记任何内容。", "The terms of the act do not hold.", code=code)
