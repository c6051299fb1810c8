"""Administrative acts: permits and penalties (双公示, 发改办财金〔2018〕424号), and seven classes more.

A record says what its papers say of its publication and repair, and of which edition of the template
they are; what follows from that is law, and is worked out when it is read (`queries.lawful`).
"""

from __future__ import annotations

from collections.abc import Mapping

from graph.information import InformationClass
from graph.schema.public_record import GRAVITY, RECORD_STATES
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

__all__ = ["ACT_CLASSES", "EDITIONS", "NODES", "RELATIONSHIPS"]

_PUBLIC = Sensitivity.PUBLIC

#: Editions of the templates of permits and penalties: a code may mean opposite things in them.
EDITIONS = {"2016": "2016年版", "2018": "2018年版"}

#: The classes beside permits and penalties (国家发展改革委 信用信息目录; DB32/T 4040.5-2021 for the
#: last two).
ACT_CLASSES = {
    "confirmation": "行政确认", "coercion": "行政强制", "adjudication": "行政裁决",
    "reward": "行政奖励", "inspection": "行政检查", "levy": "行政征收", "payment": "行政给付",
}  # fmt: skip

#: 行政许可法 第十二条.
_PERMIT_KINDS = {
    "general": "普通", "franchise": "特许", "recognition": "认可", "approval": "核准",
    "registration": "登记", "other": "其他",
}  # fmt: skip

#: 行政处罚法（2021）第九条, and the classes of the 2018 standard.
_PENALTY_KINDS = {
    "警告": "warning", "通报批评": "criticism", "罚款": "fine", "没收违法所得": "confiscated_income",
    "没收非法财物": "confiscated_property", "没收违法所得、没收非法财物": "confiscation",
    "暂扣许可证件": "licence_suspended", "降低资质等级": "grade_lowered", "吊销许可证件": "licence_revoked",
    "暂扣或吊销许可证、暂扣或吊销执照": "licence_suspended_or_revoked",
    "限制开展生产经营活动": "business_restricted", "责令停产停业": "business_suspended",
    "责令关闭": "closure", "限制从业": "practice_barred", "行政拘留": "detention", "其他": "other",
}  # fmt: skip


def _text(name: str, term: str, element: str, values: Mapping[str, str] | None = None) -> Property:
    return Property(name, term, basis=element, sensitivity=_PUBLIC, values=values or {})


def _day(name: str, term: str, element: str) -> Property:
    return Property(name, term, ValueType.DATE, element, _PUBLIC)


def _money(name: str, term: str, element: str) -> Property:
    return Property(name, term, ValueType.INTEGER, element, _PUBLIC)


def _edition(element: str) -> Property:
    return _text("edition", "模板版本", element, EDITIONS)


#: What a record says of who may see it; what law says of that is another matter.
_USE = (
    _text("use_scope", "信息使用范围", "XK_SYFW CF_SYFW",
          {"public": "公示", "internal": "仅政府部门内部共享", "authorised": "仅可授权查询"}),
    _text("withheld_for", "依法不公开的原因", "政府信息公开条例 第十四条、第十五条；未成年人保护法 第一百零三条",
          {"secret": "国家秘密或商业秘密", "privacy": "个人隐私", "minor": "涉及未成年人"}),
)  # fmt: skip

#: Whether that was in time is law and the calendar of whoever asks (`queries.lawful.clocks`).
_REPORTING = (_day("reported_on", "上报日期", "信用信息平台接收日期"),)

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
            _edition("XK_ZT 在两版模板中含义不同"),
            _text("record_state", "记录状态", "XK_ZT（2016年版）", RECORD_STATES),
            _text("project_name", "项目名称", "XK_XMMC"),
            _text("power_code", "权力编码", "XK_BM"),
            _text("authority", "许可机关", "XK_XKJG"),
            *_USE,
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
            Property(
                "penalty_kinds",
                "处罚类别（多项以分号隔开）",
                basis="CF_CFLB",
                sensitivity=_PUBLIC,
                spoken=_PENALTY_KINDS,
            ),
            _text("violation_kind", "违法行为类型", "CF_WFXW"),
            _text("violation", "违法事实", "CF_SY"),
            _text("legal_ground", "处罚依据", "CF_YJ"),
            _text("content", "处罚内容", "CF_NR"),
            _money("fine_fen", "罚款金额", "CF_NR_FK"),
            _money("confiscated_fen", "没收金额", "CF_NR_WFFF"),
            _text("licence", "暂扣或吊销证照", "CF_NR_ZKDX"),
            _day("decided_on", "处罚决定日期", "CF_JDRQ"),
            _text("authority", "处罚机关", "CF_CFJG"),
            _day(
                "market_published_on",
                "在国家企业信用信息公示系统公示的日期",
                "市场监督管理行政处罚信息公示规定",
            ),
            _day("published_until", "公示截止期", "CF_GSJZQ"),
            _day("removed_on", "修复日期", "信用修复管理办法"),
            _text("record_state", "当前状态", "CF_ZT", RECORD_STATES),
            _edition("CF_ZT 在两版模板中含义不同"),
            _text("case_name", "处罚名称", "CF_CFMC"),
            _text("power_code", "权力编码", "CF_BM"),
            _text(
                "procedure",
                "处罚程序",
                "行政处罚法 第五十一条、第五十四条",
                {"ordinary": "普通程序", "simple": "简易程序"},
            ),
            _text(
                "severity",
                "失信严重程度",
                "CF_SXYZCD",
                {"undetermined": "未定", "ordinary": "一般", "grave": "较重", "serious": "严重"},
            ),
            *_USE,
            *GRAVITY,
            *_REPORTING,
        ),
        information=InformationClass.PUBLIC_RECORD,
        is_adverse=True,
    ),
    Node(
        "AdministrativeAct",
        "行政行为",
        superlabel="AdministrativeDecision",
        basis="全国公共信用信息基础目录（行政管理信息）",
        properties=(
            _text("act_class", "行政行为类别", "权力编码首位 1A-1I", ACT_CLASSES),
            _text("document_no", "文书号", "wh"),
            _text("form", "形式或种类", "lb"),
            _text("content", "内容", "nr"),
            _day("decided_on", "决定日期", "rq"),
            _day("valid_to_on", "有效截止期", "jzq"),
            _text("authority", "决定机关", "jg"),
            _text("record_state", "记录状态", "zt", RECORD_STATES),
            _day("reported_on", "上报日期", "信用信息平台接收日期"),
            *_USE,
        ),
        information=InformationClass.PUBLIC_RECORD,
    ),
    # apart from the inspection: that one took place is published, what came of it is not for all
    Node(
        "InspectionResult",
        "行政检查结果",
        describes="AdministrativeAct",
        basis="企业信息公示暂行条例 第十四条；国家市场监督管理总局令第107号",
        properties=(
            _text(
                "result",
                "检查结果",
                "抽查检查结果",
                {
                    "no_problem": "未发现问题",
                    "corrected": "发现问题已责令改正",
                    "problem_found": "发现问题待后续处理",
                    "not_cooperating": "不配合检查情节严重",
                    "not_reachable": "通过登记的住所无法联系",
                },
            ),
        ),
        information=InformationClass.INSPECTION,
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
        "ACT_ON",
        "行政行为相对人",
        ("Party",),
        ("AdministrativeAct",),
        "a party is the subject of an administrative act",
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
