"""What departments may decide and did decide: power lists and ledgers (权力清单、台账).

They are about the work of departments.  Whom a decision concerns stands in the record that was filed
of it, and nowhere here.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

__all__ = ["DECISION_CLASSES", "EXCLUSIONS", "NODES", "RELATIONSHIPS"]

_PUBLIC = Sensitivity.PUBLIC
_OFFICE = InformationClass.ADMINISTRATION

#: Classes of administrative decisions, by the letter with which codes of a power list begin (1A…1I, 1Z).
DECISION_CLASSES = {
    "permit": "行政许可", "penalty": "行政处罚", "coercion": "行政强制", "levy": "行政征收",
    "adjudication": "行政裁决", "confirmation": "行政确认", "payment": "行政给付",
    "reward": "行政奖励", "inspection": "行政检查", "other": "其他行政权力",
}  # fmt: skip

#: Why a decision is lawfully neither reported nor published.
EXCLUSIONS = {
    "simple_procedure": "简易程序", "warning_only": "仅警告", "no_penalty": "不予处罚",
    "natural_person": "相对人为自然人", "secret": "涉及国家秘密或商业秘密", "privacy": "涉及个人隐私",
    "minor": "涉及未成年人", "shared_only": "仅限共享或授权查询",
}  # fmt: skip

_CLASS = Property(
    "act_class", "行政行为类别", basis="权力编码首位", sensitivity=_PUBLIC, values=DECISION_CLASSES
)


def _text(name: str, term: str, basis: str = "") -> Property:
    return Property(name, term, basis=basis, sensitivity=_PUBLIC)


def _count(name: str, term: str) -> Property:
    return Property(name, term, ValueType.INTEGER, "双公示月报", _PUBLIC)


NODES = (
    Node(
        "PowerItem",
        "权力事项",
        superlabel="OfficeRecord",
        basis="中办发〔2015〕21号 推行权力清单制度",
        properties=(
            _text("power_code", "权力编码"),
            _text("name", "权力名称"),
            _CLASS,
            Property(
                "subject_kind",
                "行政相对人类别",
                sensitivity=_PUBLIC,
                values={
                    "organisation": "法人和其他组织",
                    "natural_person": "自然人",
                    "any": "法人和其他组织或自然人",
                },
            ),
            _text("legal_ground", "实施依据"),
        ),
        information=_OFFICE,
    ),
    Node(
        "LedgerEntry",
        "台账记录",
        superlabel="OfficeRecord",
        basis="发改办财金〔2018〕424号 台账与信息同时报送",
        properties=(
            _text("document_no", "决定书文号"),
            _CLASS,
            Property("decided_on", "决定日期", ValueType.DATE, sensitivity=_PUBLIC),
            Property(
                "excluded_reason",
                "依法不报送的原因",
                basis="行政处罚法 第三十三条、第五十一条；政府信息公开条例 第十四条、第十五条",
                sensitivity=_PUBLIC,
                values=EXCLUSIONS,
            ),
            _text("excluded_clause", "不报送依据"),
        ),
        information=_OFFICE,
    ),
    Node(
        "LedgerStatement",
        "台账月报",
        superlabel="OfficeRecord",
        basis="双公示月报",
        properties=(
            _text("month", "月份"),
            _CLASS,
            _count("produced_count", "产生数量"),
            _count("published_count", "本单位公示数量"),
            _count("reported_count", "报送数量"),
            _count("unreported_count", "未报送数量"),
            _text("unreported_ground", "未报送依据"),
        ),
        information=_OFFICE,
    ),
)

_NOT_SHOWN = "统计部门报送情况时按表读取，不对主体显示"

RELATIONSHIPS = (
    Relationship(
        "EXERCISED_BY",
        "实施机关",
        ("PowerItem",),
        ("GovernmentBody",),
        "a power is exercised by a government body",
        information=_OFFICE,
        not_shown=_NOT_SHOWN,
    ),
    Relationship(
        "PRODUCED_BY",
        "产生机关",
        ("LedgerEntry", "LedgerStatement"),
        ("GovernmentBody",),
        "what a ledger tells of was produced by a government body",
        information=_OFFICE,
        not_shown=_NOT_SHOWN,
    ),
)
