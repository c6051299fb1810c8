"""What has to be stated with an act on a record, as fields of a form; one declaration for all ways in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from graph.errors import InputError
from graph.time import parse_date
from queries.lawful import repair_law

__all__ = ["Stated", "fields_of", "read_stated", "titles"]


@dataclass(frozen=True)
class Stated:
    """One field.

    Attributes:
        type: `evidence` is one text for each condition of the regime, `papers` which of the two papers
            are there, `receivers` whom it is told.
    """

    name: str
    title: str
    type: Literal["text", "date", "class", "evidence", "papers", "receiver"] = "text"
    required: bool = False


_REASON = Stated("reason", "理由和依据", required=True)
_FIELDS: Mapping[tuple[str, str], tuple[Stated, ...]] = {
    ("repair", "apply"): (
        Stated("conditions", "条件和证据", "evidence"),
        Stated("documents", "材料", "papers"),
        Stated("credit_class", "失信等级（文书没有写明时填写）", "class"),
        Stated("classed_by", "等级认定单位"),
        Stated("decision_served_on", "处罚决定书送达日期", "date"),
        Stated("notice_served_on", "信用修复告知书送达日期（两书同达）", "date"),
    ),
    ("repair", "accept"): (Stated("conditions", "补充的证据", "evidence"),),
    ("repair", "refuse"): (_REASON,),
    ("repair", "decline"): (_REASON,),
    ("repair", "propose"): (_REASON,),
    ("objection", "file"): (
        Stated("applicant", "异议人"),
        Stated("evidence", "异议材料"),
        _REASON,
    ),
    ("objection", "verify"): (_REASON,),
    ("objection", "dismiss"): (_REASON,),
    ("objection", "propose"): (_REASON,),
    ("annulment", "propose"): (
        Stated("document_no", "撤销（变更、确认违法或者无效）文书号", required=True),
        Stated("annulled_on", "撤销日期", "date", required=True),
        _REASON,
    ),
    ("shield", "propose"): (
        Stated("court", "作出裁定的法院", required=True),
        Stated("ruling_no", "裁定书文号", required=True),
        Stated("from", "屏蔽起始日", "date", required=True),
        Stated("to", "屏蔽截止日", "date", required=True),
        _REASON,
    ),
    ("shield", "performed"): (Stated("document_no", "履行完毕的文书号", required=True), _REASON),
    ("shield", "failed"): (Stated("document_no", "认定履行失败的文书号", required=True), _REASON),
    ("expiry", "note"): (Stated("authority", "说明未纠正的单位", required=True), _REASON),
    ("expiry", "stop"): (Stated("clause", "行业主管部门的规定", required=True),),
    ("expiry", "propose"): (
        Stated("clause", "行业主管部门的规定", required=True),
        Stated("until", "继续公示至", "date", required=True),
    ),
}
_ANY: Mapping[str, tuple[Stated, ...]] = {
    "withdraw": (_REASON,),
    "disapprove": (_REASON,),
    "acknowledge": (
        Stated("receiver", "接收方", "receiver", required=True),
        Stated("acknowledged_on", "确认日期", "date"),
    ),
}


def fields_of(kind: str, act: str) -> tuple[Stated, ...]:
    """What may and must be stated with an act; `reason` is always there."""
    return _FIELDS.get((kind, act)) or _ANY.get(act) or (Stated("reason", "说明"),)


def titles(kind: str, act: str) -> dict[str, str]:
    """What each field of an act is called in Chinese."""
    return {item.name: item.title for item in fields_of(kind, act)}


def read_stated(kind: str, act: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was stated, checked and without what is empty.

    Raises `InputError`: `stated_unknown`, `stated_missing`, `date`; of what may not be asked for
    `repair_condition_refused` and `repair_document_refused`.
    """
    fields = {item.name: item for item in fields_of(kind, act)}
    strange = sorted(given.keys() - fields.keys() - {"reason"})
    if strange:
        raise InputError(
            f"“{'、'.join(strange)}”不是该步骤填写的内容。可填写：{'、'.join(fields)}。",
            f"{strange} are not stated with {act}.",
            code="stated_unknown",
        )
    found = {name: value for name, value in given.items() if name != "reason" and value}
    for name, value in found.items():
        wanted = {"evidence": Mapping, "papers": list | tuple}.get(fields[name].type, str | date)
        if not isinstance(value, wanted):
            raise InputError(
                f"“{fields[name].title}”的写法不对。",
                f"{name} is of another type.",
                code="stated_unknown",
            )
    for name, item in fields.items():
        if item.required and not str(given.get(name) or "").strip():
            raise InputError(
                f"请填写“{item.title}”。", f"{name} must be stated.", code="stated_missing"
            )
        if item.type == "date" and found.get(name):
            found[name] = _day(found[name], item.title)
        if item.type == "class" and name in found and found[name] not in _classes():
            raise InputError(
                f"失信等级请写：{'、'.join(_classes())}。", "No such class.", code="stated_unknown"
            )
    _refuse_unlawful(found)
    return found


def _day(given: Any, title: str) -> str:
    if isinstance(given, date):
        return given.isoformat()
    try:
        return parse_date(str(given).strip()).isoformat()
    except InputError as error:
        raise InputError(f"“{title}”：{error.message_zh}", error.message_en, code="date") from error


def _classes() -> tuple[str, ...]:
    return tuple({name: 0 for item in repair_law().regimes.values() for name in item.classes})


def _refuse_unlawful(found: Mapping[str, Any]) -> None:
    """Nothing may be asked for but the conditions of the law and two papers."""
    law = repair_law()
    for field, allowed, code, word in (
        ("conditions", law.conditions, "repair_condition_refused", "条件"),
        ("documents", law.documents, "repair_document_refused", "材料"),
    ):
        for name in found.get(field) or ():
            if name in allowed:
                continue
            why = law.refused.get(name)
            said = f"“{why.title}”{why.clause}" if why else f"“{name}”不是法定{word}"
            raise InputError(
                f"{said}。可以要求的只有：{'、'.join(item.title for item in allowed.values())}。",
                f"{name} may not be asked for.",
                code=code,
            )
