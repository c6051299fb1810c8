"""The enterprise register beyond its entry: changes, executives, annual reports.

A former code is a party of its own, since facts were told under it; the tie joins both.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_PUBLIC = Sensitivity.PUBLIC


_POSITIONS = {
    "chair": "董事长", "executive_director": "执行董事", "director": "董事", "supervisor": "监事",
    "chief_supervisor": "监事会主席", "manager": "经理", "general_manager": "总经理", "deputy_manager": "副总经理",
    "finance_officer": "财务负责人", "other": "其他",
}  # fmt: skip


def _figure(name: str, term: str, element: str) -> Property:
    return Property(name, term, ValueType.INTEGER, element)


NODES = (
    Node(
        "RegistrationChange",
        "变更登记",
        basis="市场主体登记管理条例 第二十四条",
        properties=(
            Property(
                "item",
                "变更事项",
                basis="altitem",
                sensitivity=_PUBLIC,
                values={
                    "name": "名称",
                    "legal_representative": "法定代表人",
                    "address": "住所",
                    "registered_capital": "注册资本",
                    "business_scope": "经营范围",
                    "shareholders": "股东",
                    "enterprise_kind": "企业类型",
                    "other": "其他",
                },
            ),
            Property("before", "变更前内容", basis="altbe", sensitivity=Sensitivity.C2),
            Property("after", "变更后内容", basis="altaf", sensitivity=Sensitivity.C2),
            Property("changed_on", "变更日期", ValueType.DATE, "altdate", _PUBLIC),
        ),
        information=InformationClass.REGISTER,
    ),
    Node(
        "AnnualReport",
        "企业年度报告",
        describes="Enterprise",
        basis="企业信息公示暂行条例 第九条",
        properties=(
            Property("year", "年报年度", ValueType.INTEGER, "ancheyear", _PUBLIC),
            _figure("total_assets_fen", "资产总额", "ASSGRO"),
            _figure("liabilities_fen", "负债总额", "LIAGRO"),
            _figure("net_assets_fen", "所有者权益合计", "TOTEQU"),
            Property("revenue_fen", "营业总收入", ValueType.INTEGER, "VENDINC", Sensitivity.C2),
            _figure("net_profit_fen", "净利润", "NETINC"),
            _figure("tax_fen", "纳税总额", "RATGRO"),
            Property("employee_count", "从业人数", ValueType.INTEGER, "EMPNUM"),
            Property("published_on", "公示日期", ValueType.DATE, "ancheDate", _PUBLIC),
        ),
        information=InformationClass.OPERATION,
    ),
    Node(
        "GuaranteeDisclosure",
        "年报披露的对外担保",
        describes="Guarantee",
        basis="企业信息公示暂行条例 第九条",
        properties=(
            Property("creditor_name", "债权人", basis="MORE"),
            Property("debtor_name", "债务人", basis="MORTGAGOR", sensitivity=Sensitivity.C2),
            Property(
                "claim_kind",
                "主债权种类",
                basis="PRICLASECKIND",
                values={"contract": "合同", "other": "其他"},
            ),
            Property("debt_from_on", "履行债务期限自", ValueType.DATE, "PEFPERFORM"),
            Property("debt_to_on", "履行债务期限至", ValueType.DATE, "PEFPERTO"),
            Property(
                "guarantee_period",
                "保证期间",
                basis="GUARANPERIOD",
                values={"limited": "期限", "not_agreed": "未约定"},
            ),
            Property("year", "年报年度", ValueType.INTEGER, "ancheyear"),
        ),
        information=InformationClass.GUARANTEE,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "CHANGED_REGISTRATION",
        "变更登记",
        ("Party",),
        ("RegistrationChange",),
        "a party changed its registration",
        information=InformationClass.REGISTER,
    ),
    Relationship(
        "EXECUTIVE_OF",
        "任职",
        ("Person",),
        ("Enterprise", "Cooperative", "Collective"),
        "a person is an executive of an organisation",
        properties=(
            Property("position", "职务", basis="position", sensitivity=_PUBLIC, values=_POSITIONS),
        ),
        information=InformationClass.REGISTER,
    ),
    # who stood at the counter: no office, no share, and never a way for risk
    Relationship(
        "FILED_REGISTRATION_OF",
        "代办登记",
        ("Party",),
        ("Party",),
        "a party filed the registration of a firm, as its agent",
        basis="市场主体登记管理条例 第十五条、第十六条",
        information=InformationClass.IDENTITY,
    ),
)
