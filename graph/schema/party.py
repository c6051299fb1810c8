"""Who can borrow, guarantee, own, or be named in a record."""

from __future__ import annotations

from graph.information import InformationClass
from graph.schema.organisation import DEMONSTRATION
from graph.vocabulary import (
    WRITTEN_CONSENT,
    Node,
    OneAtATime,
    Property,
    Relationship,
    Sensitivity,
    ValueType,
)

NAME = Property("name", "名称", sensitivity=Sensitivity.C2)
PHONE = (
    Property("phone_masked", "联系电话（脱敏）", sensitivity=Sensitivity.C2),
    # a masked number proves only that two numbers differ; equal keys prove that they are one
    Property("phone_key", "联系电话比对码", sensitivity=Sensitivity.C2),
)

REGISTERED = (
    Property("name", "名称", basis="GB 32100-2015", sensitivity=Sensitivity.PUBLIC),
    Property(
        "unified_social_credit_code",
        "统一社会信用代码",
        basis="GB 32100-2015",
        sensitivity=Sensitivity.PUBLIC,
    ),
    Property(
        "registration_state",
        "登记状态",
        basis="regstate",
        sensitivity=Sensitivity.PUBLIC,
        values={"active": "存续", "revoked": "吊销", "cancelled": "注销", "moved": "迁出"},
    ),
    Property("established_on", "成立日期", ValueType.DATE, "estdate", Sensitivity.PUBLIC),
    Property("registered_capital_fen", "注册资本", ValueType.INTEGER, "regcap", Sensitivity.PUBLIC),
    Property("address", "住所", basis="dom", sensitivity=Sensitivity.PUBLIC),
    Property("industry", "行业代码", basis="GB/T 4754", sensitivity=Sensitivity.PUBLIC),
    Property("enterprise_type", "企业类型代码", basis="enttype", sensitivity=Sensitivity.PUBLIC),
    *PHONE,
    Property("ended_on", "注销或吊销日期", ValueType.DATE, "candate revdate", Sensitivity.PUBLIC),
)

NODES = (
    Node(
        "Person",
        "自然人",
        superlabel="Party",
        basis="GB 11643-1999",
        properties=(
            NAME,
            Property("sex", "性别", basis="GB/T 2261.1", values={"male": "男", "female": "女"}),
            Property("birth_on", "出生日期", ValueType.DATE, sensitivity=Sensitivity.C2),
            Property(
                "resident_id_masked",
                "公民身份号码（脱敏）",
                basis="JR/T 0171-2020 附录A",
                sensitivity=Sensitivity.C2,
            ),
            # place and date of birth are known anyway: the last four are kept in no readable form
            Property(
                "resident_id_tail_key", "公民身份号码后四位比对码", sensitivity=Sensitivity.C2
            ),
            *PHONE,
            Property(
                "education",
                "文化程度",
                basis="GB/T 4658",
                values={
                    "primary": "小学",
                    "junior": "初中",
                    "senior": "高中",
                    "vocational": "中专",
                    "college": "大专",
                    "bachelor": "本科",
                    "other": "其他",
                },
            ),
            Property(
                "marital_status",
                "婚姻状况",
                basis="GB/T 2261.2",
                values={
                    "single": "未婚",
                    "married": "已婚",
                    "divorced": "离异",
                    "widowed": "丧偶",
                },
            ),
            # a plain fact that ends what a person can do: 民法典 第十三条
            Property(
                "died_on",
                "死亡日期",
                ValueType.DATE,
                "民法典 第十五条",
                Sensitivity.C2,
            ),
        ),
        information=InformationClass.IDENTITY,
    ),
    Node(
        "Farmer",
        "农户成员（从事农业）",
        describes="Person",
        is_role=True,
        properties=(
            Property("occupation", "职业"),
            Property(
                "annual_income_fen",
                "个人年收入",
                ValueType.INTEGER,
                WRITTEN_CONSENT,
                Sensitivity.C2,
            ),
        ),
        information=InformationClass.HOUSEHOLD,
    ),
    Node(
        "FamilyFarm",
        "家庭农场",
        superlabel="Party",
        properties=REGISTERED,
        information=InformationClass.REGISTER,
    ),
    Node(
        "Cooperative",
        "农民专业合作社",
        superlabel="Party",
        basis="农民专业合作社法",
        properties=(
            *REGISTERED,
            DEMONSTRATION,
            Property("member_count", "成员总数", ValueType.INTEGER),
        ),
        information=InformationClass.REGISTER,
    ),
    Node(
        "Enterprise",
        "企业",
        superlabel="Party",
        basis="GB 32100-2015 机构类别 91",
        properties=REGISTERED,
        information=InformationClass.REGISTER,
    ),
    Node(
        "IndividualBusiness",
        "个体工商户",
        superlabel="Party",
        basis="GB 32100-2015 机构类别 92",
        properties=REGISTERED,
        information=InformationClass.REGISTER,
    ),
    Node(
        "Collective",
        "农村集体经济组织",
        superlabel="Party",
        basis="农村集体经济组织法",
        properties=REGISTERED,
        information=InformationClass.REGISTER,
    ),
    Node(
        "GovernmentBody",
        "机关和事业单位",
        superlabel="Party",
        basis="民法典 第八十八、九十七条；机构类别 11、12、13、A1",
        properties=REGISTERED,
        information=InformationClass.REGISTER,
    ),
    Node(
        "SelfGoverningBody",
        "基层群众性自治组织",
        superlabel="Party",
        basis="民法典 第九十六、一百零一条；机构类别 54",
        properties=REGISTERED,
        information=InformationClass.REGISTER,
    ),
    Node(
        "SocialOrganisation",
        "社会组织",
        superlabel="Party",
        basis="民法典 第八十七、九十条至九十二条；机构类别 5、7、8",
        properties=REGISTERED,
        information=InformationClass.REGISTER,
    ),
    Node(
        "ProfessionalServiceBody",
        "专业服务机构",
        superlabel="Party",
        basis="民法典 第一百零二条；司法行政部门登记（机构类别 3）",
        properties=REGISTERED,
        information=InformationClass.REGISTER,
    ),
    # a class that no other label has: 19, foreign offices, Y1
    Node(
        "OtherOrganisation",
        "其他组织",
        superlabel="Party",
        properties=REGISTERED,
        information=InformationClass.REGISTER,
    ),
    Node(
        "FinancialInstitution",
        "金融机构",
        superlabel="Party",
        basis="JR/T 0124-2014",
        properties=(
            NAME,
            Property(
                "institution_code",
                "金融机构编码",
                basis="JR/T 0124-2014",
                sensitivity=Sensitivity.PUBLIC,
            ),
        ),
        information=InformationClass.REGISTER,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "LEGAL_REPRESENTATIVE_OF",
        "法定代表人",
        ("Person",),
        (
            "Enterprise",
            "Cooperative",
            "IndividualBusiness",
            "Collective",
            "FamilyFarm",
            "GovernmentBody",
            "SelfGoverningBody",
            "SocialOrganisation",
            "ProfessionalServiceBody",
            "OtherOrganisation",
        ),
        "a person is the legal representative of an organisation",
        source_role="LegalRepresentative",
        basis="公司法 第十条；lerepsign",
        one_at_a_time=(OneAtATime("target", "法定代表人"),),
        information=InformationClass.REGISTER,
    ),
    Relationship(
        "HOLDS_SHARES_IN",
        "出资",
        ("Party",),
        ("Enterprise", "Cooperative"),
        "a party holds shares in a firm",
        properties=(
            Property("share_ratio", "出资比例", ValueType.REAL, sensitivity=Sensitivity.PUBLIC),
            Property(
                "subscribed_fen", "认缴出资额", ValueType.INTEGER, sensitivity=Sensitivity.PUBLIC
            ),
            # where a range is declared and no ratio (受益所有人信息管理办法; BODS 0.4 share)
            Property("least_ratio", "出资比例下限", ValueType.REAL, sensitivity=Sensitivity.PUBLIC),
            Property("most_ratio", "出资比例上限", ValueType.REAL, sensitivity=Sensitivity.PUBLIC),
            # of a ratio that nobody stated and that follows from the amounts (`graph.capital`)
            Property(
                "ratio_is_derived",
                "出资比例为推算",
                ValueType.FLAG,
                "公司法 第二百六十五条",
                Sensitivity.PUBLIC,
            ),
        ),
        information=InformationClass.REGISTER,
    ),
    Relationship(
        "MEMBER_OF",
        "合作社成员",
        ("Party",),
        ("Cooperative",),
        "a party is a member of a cooperative",
        properties=(
            Property("contribution_fen", "出资额", ValueType.INTEGER),
            Property("is_farmer", "是否农民成员", ValueType.FLAG, "农民专业合作社法 第二十条"),
        ),
        information=InformationClass.OPERATION,
    ),
)
