"""What the province says of wrong and repeated codes, and what became of each that was sent back.

A code that is wrong is no party's: such a line stands by itself and is tied to nobody.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_PUBLIC = Sensitivity.PUBLIC
_BASIS = "国发〔2015〕33号；宝信用办函〔2023〕4号"


def _text(name: str, term: str) -> Property:
    return Property(name, term, sensitivity=_PUBLIC)


#: The line of a round that both tell of: the list that the province sends, and its answer.
_LINE = (
    _text("round", "轮次"),
    _text("code", "统一社会信用代码（有误）"),
    _text("subject_name", "主体名称"),
)

NODES = (
    Node(
        "CodeErrorItem",
        "重错码汇总表的一行",
        basis=_BASIS,
        properties=(
            *_LINE,
            Property(
                "error_kind",
                "重错码类型",
                sensitivity=_PUBLIC,
                values={
                    "LENGTH": "位数不对",
                    "ALPHABET": "用了不许用的字符",
                    "DEPT_CLASS": "部门或类别码没有",
                    "AREA": "行政区划码没有",
                    "CHECK_DIGIT": "校验码不符",
                    "GB11714": "主体标识码校验不符",
                    "ONE_CODE_MANY_SUBJECTS": "一码多赋",
                    "ONE_SUBJECT_MANY_CODES": "一主体多码",
                    "INNER9_SHARED": "主体标识码重复",
                    "OTHER": "其他",
                },
            ),
            _text("registrar", "登记管理部门"),
            Property("issued_on", "下发日期", ValueType.DATE, sensitivity=_PUBLIC),
        ),
        information=InformationClass.REGISTER,
    ),
    Node(
        "CodeErrorResult",
        "纠错结果的一行",
        basis=_BASIS,
        properties=(
            *_LINE,
            Property(
                "outcome",
                "处理结果",
                sensitivity=_PUBLIC,
                values={"corrected": "已纠正", "refused": "退回"},
            ),
            _text("reason", "退回原因"),
            Property("settled_on", "处理日期", ValueType.DATE, sensitivity=_PUBLIC),
        ),
        information=InformationClass.REGISTER,
    ),
)

RELATIONSHIPS: tuple[Relationship, ...] = ()
