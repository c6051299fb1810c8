"""What is declared of a firm's owners beyond its register: interests, arrangements, exemptions.

The words are those of the Beneficial Ownership Data Standard 0.4 (Open Ownership), whose interests
also hold what 受益所有人信息管理办法 (中国人民银行 国家市场监督管理总局令〔2024〕第3号) has filed: shares, votes and
profit as a number or a range, and control by other means.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_PUBLIC = Sensitivity.PUBLIC

#: BODS 0.4 interestType -> what an officer calls it.
_INTERESTS = {
    "shareholding": "持股",
    "votingRights": "表决权",
    "appointmentOfBoard": "任免董事",
    "otherInfluenceOrControl": "其他影响或控制",
    "seniorManagingOfficial": "高级管理人员",
    "settlor": "委托人",
    "trustee": "受托人",
    "protector": "保护人",
    "beneficiaryOfLegalArrangement": "受益人",
    "rightsToSurplusAssetsOnDissolution": "剩余财产分配权",
    "rightsToProfitOrIncome": "收益权",
    "rightsGrantedByContract": "合同约定的权利",
    "conditionalRightsGrantedByContract": "合同约定的附条件权利",
    "controlViaCompanyRulesOrArticles": "章程约定的控制",
    "controlByLegalFramework": "法律规定的控制",
    "boardMember": "董事",
    "boardChair": "董事长",
    "unknownInterest": "未写明的权益",
    "unpublishedInterest": "未公示的权益",
    "enjoymentAndUseOfAssets": "资产的使用和收益",
    "rightToProfitOrIncomeFromAssets": "资产收益权",
    "nominee": "名义持有人（代持人）",
    "nominator": "实际所有人（被代持人）",
}

#: BODS 0.4 unspecifiedReason -> why nobody is named.
_UNDISCLOSED = {
    "noBeneficialOwners": "申报为没有受益所有人",
    "subjectUnableToConfirmOrIdentifyBeneficialOwner": "企业称无法识别或确认",
    "interestedPartyHasNotProvidedInformation": "有关当事人未提供信息",
    "subjectExemptFromDisclosure": "企业豁免披露",
    "interestedPartyExemptFromDisclosure": "有关当事人豁免披露",
    "unknown": "不明",
    "informationUnknownToPublisher": "公示机构未掌握",
}

NODES = (
    Node(
        "LegalArrangement",
        "法律安排（信托、代持等）",
        superlabel="Party",
        basis="信托法 第二条；BODS 0.4 entityType arrangement",
        properties=(
            Property("name", "名称", sensitivity=_PUBLIC),
            Property(
                "arrangement_kind",
                "种类",
                basis="BODS 0.4 entitySubtype",
                sensitivity=_PUBLIC,
                values={"trust": "信托", "nomination": "代持"},
            ),
        ),
        information=InformationClass.BENEFICIAL_OWNER,
    ),
    Node(
        "OwnershipDisclosure",
        "所有权披露情况",
        describes="Enterprise",
        basis="BODS 0.4 unspecifiedReason、publicListing",
        properties=(
            Property("is_listed", "是否上市公司", ValueType.FLAG, sensitivity=_PUBLIC),
            Property(
                "reason",
                "未披露的原因",
                basis="BODS 0.4 unspecifiedReason",
                sensitivity=_PUBLIC,
                values=_UNDISCLOSED,
            ),
            Property("note", "说明", sensitivity=_PUBLIC),
        ),
        information=InformationClass.BENEFICIAL_OWNER,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "HAS_INTEREST_IN",
        "申报的权益或控制",
        ("Party",),
        ("Party",),
        "a party is declared to have an interest in a firm or an arrangement",
        basis="受益所有人信息管理办法 第六条；BODS 0.4 interestType",
        not_shown="股权穿透（queries.structure）从快照读取申报的权益，不经图查询",
        properties=(
            Property(
                "interest",
                "权益种类",
                basis="BODS 0.4 interestType",
                sensitivity=_PUBLIC,
                values=_INTERESTS,
            ),
            Property("is_direct", "是否直接", ValueType.FLAG, sensitivity=_PUBLIC),
            Property("is_beneficial", "是否申报为受益所有", ValueType.FLAG, sensitivity=_PUBLIC),
            Property("ratio", "比例", ValueType.REAL, sensitivity=_PUBLIC),
            Property("least_ratio", "比例下限", ValueType.REAL, sensitivity=_PUBLIC),
            Property("most_ratio", "比例上限", ValueType.REAL, sensitivity=_PUBLIC),
            # “超过 25 %” is not “25 % 以上”
            Property("least_is_open", "不含下限", ValueType.FLAG, sensitivity=_PUBLIC),
            Property("most_is_open", "不含上限", ValueType.FLAG, sensitivity=_PUBLIC),
        ),
        information=InformationClass.BENEFICIAL_OWNER,
    ),
)
