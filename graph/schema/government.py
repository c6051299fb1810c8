"""What public bodies promised and what they owe: commitments, contracts that are paid late, disclosures.

Papers of the office that supervises them.  Of a firm they say only that somebody owes it money or
promised it something, which is no record of the firm.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

__all__ = ["NODES", "RELATIONSHIPS"]

_PUBLIC = Sensitivity.PUBLIC
_OFFICE = InformationClass.ADMINISTRATION
_RULE = "保障中小企业款项支付条例"


def _day(name: str, term: str, basis: str = "") -> Property:
    return Property(name, term, ValueType.DATE, basis, _PUBLIC)


def _money(name: str, term: str) -> Property:
    return Property(name, term, ValueType.INTEGER, sensitivity=_PUBLIC)


def _rate(name: str, term: str, basis: str) -> Property:
    return Property(name, term, ValueType.REAL, basis, _PUBLIC)


NODES = (
    Node(
        "Arrears",
        "机关、事业单位和国有企业欠款合同",
        superlabel="OfficeRecord",
        basis=_RULE,
        properties=(
            Property("contract_no", "合同编号"),
            Property(
                "debtor_kind",
                "付款方类型",
                basis=f"{_RULE} 第二条、第三条",
                sensitivity=_PUBLIC,
                values={
                    "public_body": "机关、事业单位",
                    "large_state_firm": "大型国有企业",
                    "other_state_firm": "其他国有企业",
                },
            ),
            Property(
                "creditor_scale",
                "收款方规模（合同订立时）",
                basis=f"{_RULE} 第三条",
                sensitivity=_PUBLIC,
                values={"micro": "微型", "small": "小型", "medium": "中型", "large": "大型"},
            ),
            Property(
                "matter",
                "款项类别",
                basis=f"{_RULE} 第二条",
                sensitivity=_PUBLIC,
                values={"goods": "货物", "works": "工程", "services": "服务"},
            ),
            _day("agreed_on", "合同订立日期"),
            _day("due_on", "应付日期"),
            _money("amount_fen", "应付金额"),
            Property(
                "rate_agreement",
                "逾期利息约定",
                basis=f"{_RULE} 第十七条",
                sensitivity=_PUBLIC,
                values={"agreed": "有约定", "not_agreed": "未约定"},
            ),
            _rate("agreed_annual_ratio", "约定逾期年利率", f"{_RULE} 第十七条"),
            _rate("agreed_daily_ratio", "约定逾期日利率", f"{_RULE} 第十七条"),
            _rate("stated_lpr_ratio", "合同订立时一年期LPR", f"{_RULE} 第十七条"),
            _day("disputed_on", "提出争议日期", f"{_RULE} 第十五条"),
            _day("dispute_ended_on", "争议解决日期"),
            _money("disputed_fen", "争议金额"),
        ),
        information=_OFFICE,
    ),
    Node(
        "ArrearsPayment",
        "欠款支付",
        superlabel="OfficeRecord",
        basis=_RULE,
        properties=(
            Property("payment_no", "支付凭证号"),
            _day("paid_on", "支付日期"),
            _money("amount_fen", "支付金额"),
            Property(
                "settles",
                "抵充",
                basis="民法典 第五百六十一条",
                sensitivity=_PUBLIC,
                values={"principal": "本金", "interest": "利息"},
            ),
        ),
        information=_OFFICE,
    ),
    Node(
        "ArrearsDisclosure",
        "逾期未付款项公开",
        superlabel="OfficeRecord",
        basis=f"{_RULE} 第十八条",
        properties=(
            Property("year", "所属年度", ValueType.INTEGER, sensitivity=_PUBLIC),
            _day("published_on", "公开日期", f"{_RULE} 第十八条"),
            Property("contract_count", "公开的合同数量", ValueType.INTEGER, sensitivity=_PUBLIC),
            _money("amount_fen", "公开的金额"),
            Property("channel", "公开方式", sensitivity=_PUBLIC),
        ),
        information=_OFFICE,
    ),
    Node(
        "GovernmentCommitment",
        "政务承诺",
        superlabel="OfficeRecord",
        basis="国发〔2016〕76号 关于加强政务诚信建设的指导意见",
        properties=(
            Property("commitment_no", "承诺编号", sensitivity=_PUBLIC),
            Property(
                "field",
                "承诺领域",
                sensitivity=_PUBLIC,
                values={
                    "investment": "招商引资",
                    "policy": "惠企政策兑现",
                    "procurement": "政府采购和招标投标",
                    "partnership": "政府和社会资本合作",
                    "debt": "政府债务",
                    "service": "政务服务",
                    "livelihood": "民生实事",
                    "other": "其他",
                },
            ),
            Property("content", "承诺内容"),
            _day("made_on", "承诺日期"),
            _day("due_on", "履行期限"),
            Property(
                "outcome",
                "履行结果",
                sensitivity=_PUBLIC,
                values={"kept": "已履行", "not_kept": "未履行"},
            ),
            _day("outcome_on", "履行或认定日期"),
            Property("evidence", "依据材料"),
        ),
        information=_OFFICE,
    ),
)

_NOT_SHOWN = "政务诚信的专用问题读取，不对主体显示"
_PAYERS = ("GovernmentBody", "Enterprise")


def _tie(kind: str, term: str, source: str, targets: tuple[str, ...], says: str) -> Relationship:
    return Relationship(
        kind, term, (source,), targets, says, information=_OFFICE, not_shown=_NOT_SHOWN
    )


RELATIONSHIPS = (
    _tie("OWED_BY", "付款方", "Arrears", _PAYERS, "what a contract leaves unpaid is owed by a payer"),
    _tie("OWED_TO", "收款方", "Arrears", ("Party",), "what is unpaid is owed to a creditor"),
    _tie("PAYS", "支付", "ArrearsPayment", ("Arrears",), "a payment is made on a contract"),
    _tie(
        "DISCLOSED_BY", "公开单位", "ArrearsDisclosure", ("GovernmentBody",),
        "what was unpaid in a year is disclosed by a body",
    ),
    _tie(
        "COMMITTED_BY", "承诺单位", "GovernmentCommitment", ("GovernmentBody",),
        "a commitment was made by a body",
    ),
    _tie(
        "COMMITTED_TO", "承诺对象", "GovernmentCommitment", ("Party",),
        "a commitment was made to a party",
    ),
)  # fmt: skip
