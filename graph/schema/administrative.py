"""Administrative permits and penalties as they are published (双公示, 发改办财金〔2018〕424号).

A penalty says what its papers say of its publication and repair, like a list entry; what follows from
that is law, and is worked out when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping

from graph.information import InformationClass
from graph.schema.public_record import GRAVITY, RECORD_STATES
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_PUBLIC = Sensitivity.PUBLIC

#: 行政许可法 第十二条.
_PERMIT_KINDS = {
    "general": "普通", "franchise": "特许", "recognition": "认可", "approval": "核准",
    "registration": "登记", "other": "其他",
}  # fmt: skip


def _text(name: str, term: str, element: str, values: Mapping[str, str] | None = None) -> Property:
    return Property(name, term, basis=element, sensitivity=_PUBLIC, values=values or {})


def _day(name: str, term: str, element: str) -> Property:
    return Property(name, term, ValueType.DATE, element, _PUBLIC)


def _money(name: str, term: str, element: str) -> Property:
    return Property(name, term, ValueType.INTEGER, element, _PUBLIC)


_REPORTING = (
    _day("reported_on", "上报日期", "信用信息平台接收日期"),
    _day("due_on", "应上报截止日期", "作出决定之日起 7 个工作日"),
    Property(
        "is_late",
        "是否迟报",
        ValueType.FLAG,
        "作出决定之日起 7 个工作日",
        _PUBLIC,
    ),
)

NODES = (
    Node(
        "Permit",
        "行政许可",
        superlabel="AdministrativeDecision",
        basis="发改办财金〔2018〕424号；行政许可法 第四十条",
        properties=(
            _text("document_no", "行政许可决定文书号", "XK_WSH"),
            _text("document_name", "行政许可决定文书名称", "XK_XKWS"),
            _text("permit_kind", "许可类别", "XK_XKLB", _PERMIT_KINDS),
            _text("content", "许可内容", "XK_NR"),
            _day("decided_on", "许可决定日期", "XK_JDRQ"),
            _day("valid_from_on", "有效期自", "XK_YXQZ"),
            _day("valid_to_on", "有效期至", "XK_YXQZI"),
            _text("state", "当前状态", "XK_ZT", {"valid": "有效", "invalid": "无效"}),
            *_REPORTING,
        ),
        information=InformationClass.PUBLIC_RECORD,
    ),
    Node(
        "Penalty",
        "行政处罚",
        superlabel="AdministrativeDecision",
        basis="发改办财金〔2018〕424号；行政处罚法 第四十八条",
        properties=(
            _text("document_no", "行政处罚决定书文号", "CF_WSH"),
            _text("penalty_kinds", "处罚类别（多项以分号隔开）", "CF_CFLB"),
            _text("violation_kind", "违法行为类型", "CF_WFXW"),
            _text("violation", "违法事实", "CF_SY"),
            _text("legal_ground", "处罚依据", "CF_YJ"),
            _text("content", "处罚内容", "CF_NR"),
            _money("fine_fen", "罚款金额", "CF_NR_FK"),
            _money("confiscated_fen", "没收金额", "CF_NR_WFFF"),
            _text("licence", "暂扣或吊销证照", "CF_NR_ZKDX"),
            _day("decided_on", "处罚决定日期", "CF_JDRQ"),
            _text("authority", "处罚机关", "CF_CFJG"),
            _day("published_until", "公示截止期", "CF_GSJZQ"),
            _day("removed_on", "修复日期", "信用修复管理办法"),
            _text("record_state", "当前状态", "CF_ZT", RECORD_STATES),
            *GRAVITY,
            *_REPORTING,
        ),
        information=InformationClass.PUBLIC_RECORD,
        is_adverse=True,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "HOLDS_PERMIT",
        "行政许可相对人",
        ("Party",),
        ("Permit",),
        "a party holds a permit",
        information=InformationClass.PUBLIC_RECORD,
    ),
    Relationship(
        "PENALISED_BY",
        "行政处罚相对人",
        ("Party",),
        ("Penalty",),
        "a party was penalised by a penalty decision",
        information=InformationClass.PUBLIC_RECORD,
    ),
    Relationship(
        "DECIDED_BY",
        "作出机关",
        ("AdministrativeDecision",),
        ("GovernmentBody",),
        "a decision was made by a government body",
        information=InformationClass.PUBLIC_RECORD,
        about="source",
    ),
)
