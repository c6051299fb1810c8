"""What the departments of agriculture and market supervision know beyond the register.

A family farm is the farm of a person; where it also took out a business licence, `REGISTERED_AS`
leads to the licensed subject, which keeps its own key and label.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, OneAtATime, Property, Relationship, Sensitivity, ValueType

#: Who recognised, from the state down to the county.
LEVELS = {"national": "国家级", "province": "省级", "city": "市级", "county": "县级"}
DEMONSTRATION = Property("demonstration_level", "示范级别", values={**LEVELS, "none": "无"})
_YEAR = Property("year", "年度", ValueType.INTEGER)


def _money(name: str, term: str) -> Property:
    return Property(name, term, ValueType.INTEGER, sensitivity=Sensitivity.C2)


NODES = (
    Node(
        "FamilyFarmProfile",
        "家庭农场名录信息",
        describes="FamilyFarm",
        basis="农业农村部 全国家庭农场名录系统",
        properties=(
            Property("directory_no", "名录编码"),
            Property(
                "farm_kind",
                "经营类型",
                values={"crops": "种植", "animals": "养殖", "mixed": "种养结合", "other": "其他"},
            ),
            DEMONSTRATION,
            Property("operated_mu", "经营面积", ValueType.REAL),
            Property("labour_count", "劳动力人数", ValueType.INTEGER),
            _money("annual_revenue_fen", "年经营收入"),
        ),
        information=InformationClass.OPERATION,
    ),
    Node(
        "LeadingEnterprise",
        "农业产业化龙头企业",
        describes="Enterprise",
        is_role=True,
        basis="农业产业化国家重点龙头企业认定和运行监测管理办法",
        properties=(
            Property("level", "认定级别", values=LEVELS),
            Property("authority", "认定机关"),
            Property("document_no", "认定文号"),
            Property("recognised_on", "认定日期", ValueType.DATE),
            Property("led_household_count", "带动农户数", ValueType.INTEGER),
            _money("total_assets_fen", "资产总额"),
            _money("fixed_assets_fen", "固定资产"),
            _money("sales_fen", "年销售收入"),
            Property("debt_ratio", "资产负债率", ValueType.REAL, sensitivity=Sensitivity.C2),
        ),
        information=InformationClass.OPERATION,
    ),
    Node(
        "CollectiveAccount",
        "集体经济组织年度情况",
        describes="Collective",
        basis="农村集体经济组织法 第四十三条；农村集体资产清产核资",
        properties=(
            _YEAR,
            Property("member_count", "成员数", ValueType.INTEGER),
            _money("total_assets_fen", "资产总额"),
            _money("operating_assets_fen", "经营性资产"),
            _money("liabilities_fen", "负债总额"),
            _money("income_fen", "年经营收益"),
        ),
        information=InformationClass.OPERATION,
    ),
    Node(
        "IndividualBusinessProfile",
        "个体工商户经营情况",
        describes="IndividualBusiness",
        basis="促进个体工商户发展条例；民法典 第五十六条",
        properties=(
            Property(
                "composition",
                "组成形式",
                basis="民法典 第五十六条",
                values={"personal": "个人经营", "family": "家庭经营"},
            ),
            Property("employee_count", "从业人数", ValueType.INTEGER),
            Property("funds_fen", "资金数额", ValueType.INTEGER),
            Property("business_scope", "经营范围", sensitivity=Sensitivity.PUBLIC),
            Property(
                "subject_kind",
                "分型",
                basis="促进个体工商户发展条例 第十二条",
                values={"survival": "生存型", "growth": "成长型", "development": "发展型"},
            ),
        ),
        information=InformationClass.OPERATION,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "REGISTERED_AS",
        "登记为",
        ("FamilyFarm",),
        ("Enterprise", "IndividualBusiness"),
        "a family farm is registered as a business",
        one_at_a_time=(OneAtATime("source", "营业执照"),),
        information=InformationClass.REGISTER,
    ),
)
