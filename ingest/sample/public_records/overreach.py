"""What departments say they did to dishonest subjects: lawful measures, every kind of overreach once,
every fault of a clause once, and what cannot be told yet.

Who is meant stands apart from everybody else in the district: firms and people of this module's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from graph.identifiers import resident_id
from ingest.sample.firms import codes
from ingest.sample.public_records.district import District, Planted

__all__ = ["FILES", "ORDER", "plant"]

FILES = (
    ("enterprise", "企业登记-惩戒核查.csv"),
    ("judgment_defaulter", "失信被执行人-惩戒核查.csv"),
    ("measure_report", "惩戒措施实施情况.csv"),
)
ORDER = 70

_BLOCK = "7"
_FIRMS, _PEOPLE = 48, 48
_COURT, _MARKET = "样本区人民法院", "凤翔区市场监督管理局"
_LISTED, _UNTIL = "2026-01-15", "2028-01-14"
_LIMITS = "最高人民法院关于限制被执行人高消费的若干规定"
_REMEDY = "收到之日起六十日内向区人民政府申请复议，或者六个月内起诉；也可向本单位提出异议"

#: Area, role, measure, cause, further columns -> the kind that it is.
_KINDS: Mapping[str, tuple[str, str, str, str, dict[str, str]]] = {
    "awards_unjudged_fees": ("评优评先", "本人", "取消评优资格", "欠缴物业费、水电费，未经判决", {}),
    "approval_blanket_refusal": ("行政审批", "本单位", "一律不予许可", "失信被执行人", {}),
    "approval_low_points": ("行政审批", "本单位", "不予受理", "信用分低于 600 分", {}),
    "qualification_affiliate": ("资质审核", "关联企业", "资质申请不予通过", "其他企业失信", {}),
    "recruitment_relatives": ("人员录用", "配偶", "政审不合格", "其配偶为失信被执行人", {}),
    "recruitment_job_changes": ("人员录用", "本人", "记入失信并限制录用", "一年内三次跳槽", {}),
    "office_staff": ("限制任职", "普通员工", "限制担任高级管理人员", "所在企业失信", {}),
    "entry_local_list": ("行业准入", "本单位", "禁止进入本地市场", "列入本区黑名单", {}),
    "funding_basic_support": ("资金扶持", "本人", "停发惠农补贴", "信用分过低", {}),
    "filing_refused": ("项目备案", "本单位", "不予备案", "失信被执行人", {}),
    "schooling_children": ("升学复学", "子女", "不得就读公办学校", "父亲为失信被执行人", {}),
    "schooling_conduct": ("升学复学", "本人", "取消推荐入学资格", "在校违纪", {}),
    "tax_other_dishonesty": ("税收优惠", "本单位", "取消税收优惠", "列入失信被执行人名单", {}),
    "supervision_petition": ("市场监管", "本单位", "每月检查一次", "多次信访", {}),
    "consumption_travel_by_agency": (
        "限制消费", "本人", "限制乘坐飞机、高铁", "拖欠货款", {"实施单位": "凤翔区发展和改革局"}),
    "consumption_jaywalking": ("限制消费", "本人", "两年内限制高消费", "闯红灯六次", {}),
    "bidding_points_gate": ("招标投标", "本单位", "信用分不低于 700 分方可投标", "外地企业", {}),
    "procurement_minor_penalty": (
        "政府采购", "本单位", "按重大违法记录取消供应商资格", "一般行政处罚（罚款二千元）", {}),
    "finance_ordered_stop": (
        "金融信贷", "本单位", "通知各银行停止贷款", "失信被执行人", {"实施单位": "凤翔区金融工作办公室"}),
    "finance_linked_score": (
        "金融信贷", "本单位", "不予贷款", "关联风险分高于 80", {"实施单位": "样本农商银行"}),
    "automatic_listing": ("市场监管", "本单位", "列入严重失信黑名单", "系统累计三次一般失信自动升级", {}),
    "outside_catalogue": ("评优评先", "本人", "信用积分扣分", "未参加志愿服务", {}),
    "shown_after_end": ("市场监管", "本单位", "在门户网站继续展示", "失信被执行人（已移出）", {"记录": "ended"}),
}  # fmt: skip

#: Faults of a clause: the same columns; each cites a clause.
_FAULTS: Mapping[str, tuple[str, str, str, str, dict[str, str]]] = {
    "no_clause": (
        "评优评先", "本单位", "不得参评文明单位", "失信被执行人", {"法律依据": "区信用工作会议纪要", "条款": "3"}),
    "basis_unsure": (
        "行政审批", "本单位", "不适用告知承诺", "严重违法失信",
        {"法律依据": "市场监督管理严重违法失信名单管理办法", "条款": "第十五条", "实施单位": _MARKET}),
    "beyond_term": (
        "招标投标", "本单位", "取消投标资格", "串通投标",
        {"法律依据": "招标投标法", "条款": "第五十三条", "实施单位": "凤翔区发展和改革局",
         "结束日期": "2029-01-14", "记录": "paper"}),
    "wrong_subject": (
        "限制任职", "本单位", "不得担任董事、监事、高级管理人员", "失信被执行人",
        {"法律依据": "公司法", "条款": "第一百七十八条", "实施单位": _MARKET}),
    "wrong_role": (
        "限制消费", "实际控制人", "不得以单位财产高消费", "单位为被执行人",
        {"法律依据": _LIMITS, "条款": "第三条", "实施单位": _COURT, "个人责任认定文书": "（2026）样执限1号"}),
    "no_responsibility": (
        "限制消费", "法定代表人", "不得以单位财产高消费", "单位为被执行人",
        {"法律依据": _LIMITS, "条款": "第三条", "实施单位": _COURT}),
    "wrong_authority": (
        "限制消费", "本人", "限制高消费", "未履行给付义务",
        {"法律依据": _LIMITS, "条款": "第一条", "实施单位": "凤翔区住房和城乡建设局"}),
    "record_ended": (
        "限制任职", "本人", "不得担任董事、监事、高级管理人员", "失信被执行人",
        {"法律依据": "公司法", "条款": "第一百七十八条", "实施单位": _MARKET, "记录": "ended"}),
    "wrong_decider": (
        "限制消费", "本人", "限制出境", "未履行义务",
        {"法律依据": "民事诉讼法", "条款": "第二百六十六条", "实施单位": _COURT,
         "认定机关": "凤翔区财政局", "记录": "paper"}),
    "lender_ordered": (
        "金融信贷", "本单位", "对失信主体一律拒贷", "失信被执行人",
        {"法律依据": "商业银行法", "条款": "第三十五条", "实施单位": "样本农商银行", "结束日期": "2027-01-14"}),
    "not_told": (
        "限制任职", "本人", "不得担任董事、监事、高级管理人员", "失信被执行人",
        {"法律依据": "公司法", "条款": "第一百七十八条", "实施单位": _MARKET, "告知日期": ""}),
    "told_late": (
        "限制任职", "本人", "不得担任董事、监事、高级管理人员", "失信被执行人",
        {"法律依据": "公司法", "条款": "第一百七十八条", "实施单位": _MARKET, "告知日期": "2026-03-01"}),
    "no_remedy": (
        "人员录用", "本人", "不得录用为公务员", "失信被执行人",
        {"法律依据": "公务员法", "条款": "第二十六条", "实施单位": "中共凤翔区委组织部", "救济途径": ""}),
    "before_decision": (
        "人员录用", "本人", "不得录用为公务员", "失信被执行人",
        {"法律依据": "公务员法", "条款": "第二十六条", "实施单位": "中共凤翔区委组织部",
         "开始日期": "2026-01-02", "告知日期": "2026-01-01"}),
    "no_end": (
        "金融信贷", "本单位", "从严审慎授信（由本行自主决定）", "失信被执行人",
        {"法律依据": "商业银行法", "条款": "第三十五条", "实施单位": "样本农商银行"}),
}  # fmt: skip

#: Lawful ones, which must be left alone.
_LAWFUL: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    ("限制任职", "本人", "不得担任董事、监事、高级管理人员", "失信被执行人",
     {"法律依据": "《中华人民共和国公司法》", "条款": "第一百七十八条第一款第五项", "实施单位": _MARKET}),
    ("人员录用", "本人", "不得录用为公务员", "失信被执行人",
     {"法律依据": "公务员法", "条款": "26", "实施单位": "中共凤翔区委组织部"}),
    ("限制消费", "本人", "限制乘坐飞机、高铁等九项高消费", "未履行给付义务",
     {"法律依据": _LIMITS, "条款": "第一条、第三条", "实施单位": _COURT}),
    ("限制消费", "法定代表人", "不得以单位财产高消费", "单位为被执行人",
     {"法律依据": _LIMITS, "条款": "第三条第二款", "实施单位": _COURT, "个人责任认定文书": "（2026）样执限2号"}),
    ("政府采购", "本单位", "拒绝参加政府采购", "失信被执行人",
     {"法律依据": "财库〔2016〕125号", "实施单位": "凤翔区财政局"}),
    ("金融信贷", "本单位", "在征信系统记录不履行义务信息", "未履行义务",
     {"法律依据": "民事诉讼法", "条款": "第二百六十六条", "实施单位": _COURT}),
    ("金融信贷", "本单位", "从严审慎授信（由本行自主决定）", "失信被执行人",
     {"法律依据": "商业银行法", "条款": "第三十五条", "实施单位": "样本农商银行", "结束日期": "2027-01-14"}),
)  # fmt: skip

#: Lifted, or over: nothing of them is in force.
_OVER: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    ("项目备案", "本单位", "不予备案", "失信被执行人", {"解除日期": "2026-02-20"}),
    ("评优评先", "本人", "取消评优资格", "欠缴物业费", {"结束日期": "2026-02-28"}),
)  # fmt: skip

#: The paper that they follow from stands in no register here.
_TO_CHECK: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    ("政府采购", "本单位", "一至三年禁止参加政府采购", "提供虚假材料",
     {"法律依据": "政府采购法", "条款": "第七十七条", "实施单位": "凤翔区财政局",
      "结束日期": "2028-01-14", "记录": "paper"}),
)  # fmt: skip

_INCENTIVES = (
    ("政务服务大厅", "容缺受理", "纳税信用A级", "凤翔区行政审批服务局"),
    ("政务服务大厅", "容缺受理", "纳税信用A级", "凤翔区行政审批服务局"),
    ("宝信融、金融机构", "信易贷", "信用户", "样本农商银行"),
    ("政务服务大厅", "告知承诺办理证明事项", "书面承诺", "凤翔区行政审批服务局"),
)


def plant(district: District) -> Planted:
    """The firms and people, who of them is listed, and what was done to them."""
    villages = district.people["村编码"].drop_duplicates().tolist()
    firms, people = _firms(), _people()
    register = pd.DataFrame(
        {
            "统一社会信用代码": code,
            "企业名称": name,
            "登记状态": "存续",
            "成立日期": "2015-03-02",
            "注册资本（万元）": "100",
            "住所": f"样本工业园{n + 1}号",
            "行业代码": "1371",
            "村编码": villages[n % len(villages)],
            "法定代表人": people[n][0],
            "法定代表人证件号码": people[n][1],
        }
        for n, (name, code) in enumerate(firms)
    )
    made = _Rows(firms, people)
    lawful = [made.measure(row) for row in _LAWFUL]
    kinds = {made.measure(row): kind for kind, row in _KINDS.items()}
    faults = {made.measure(row): fault for fault, row in _FAULTS.items()}
    over = [made.measure(row) for row in _OVER]
    to_check = [made.measure(row) for row in _TO_CHECK]
    incentives = [made.incentive(row) for row in _INCENTIVES]
    tables = (register, pd.DataFrame(made.listings), pd.DataFrame(made.rows).fillna(""))
    truth = {
        "overreach": kinds,
        "faults": faults,
        "lawful": lawful,
        "over": over,
        "to_check": to_check,
        "incentives": incentives,
    }
    return Planted(dict(zip((name for _, name in FILES), tables, strict=True)), truth)


def _firms() -> list[tuple[str, str]]:
    every = codes("91", _FIRMS, block=_BLOCK)
    return [(f"凤翔样本工贸{90_001 + n}号有限公司", code) for n, code in enumerate(every)]


def _people() -> list[tuple[str, str]]:
    """People of the sample's own range of sequence numbers, born on a day of their own."""
    return [
        (
            f"样本惩{_NUMBERS[n // 10]}{_NUMBERS[n % 10]}",
            resident_id.complete(f"6103221971{n % 12 + 1:02d}{n // 12 + 1:02d}900"),
        )
        for n in range(_PEOPLE)
    ]


_NUMBERS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("本单位", "关联企业")


class _Rows:
    """Listings and measures, each about a subject of its own."""

    def __init__(self, firms: list[tuple[str, str]], people: list[tuple[str, str]]) -> None:
        self.firms, self.people = iter(firms), iter(people[::-1])
        self.by_firm = dict(zip((code for _, code in firms), people, strict=True))
        self.listings: list[dict[str, Any]] = []
        self.rows: list[dict[str, Any]] = []

    def measure(self, row: tuple[str, str, str, str, dict[str, str]]) -> str:
        """One measure, and the record that it follows from; returns what it is called."""
        area, role, what, why, more = row
        more = dict(more)
        record = more.pop("记录", "listed")
        number = f"CJ{len(self.rows) + 1:04d}"
        if role in _UNITS:
            name, code = next(self.firms)
            debtor = (name, code)
        elif role == "法定代表人":
            unit, unit_code = next(self.firms)
            name, code = self.by_firm[unit_code]
            debtor = (unit, unit_code)
        else:
            name, code = next(self.people)
            debtor = (name, code)
        case = f"（2026）样惩执{len(self.rows) + 1}号"
        if record != "paper":
            self._list(debtor, case, "2026-02-10" if record == "ended" else "")
        said = {
            "措施编号": number, "类型": "惩戒", "领域或场景": area, "措施内容": what, "事由": why,
            "主体名称": name, "主体证件号码": code, "主体身份": role, "触发文书号": case,
            "认定机关": _COURT, "认定日期": _LISTED, "实施单位": "凤翔区信用工作办公室", "决定人": "样本甲",
            "开始日期": "2026-02-01", "告知日期": "2026-01-28", "救济途径": _REMEDY,
        }  # fmt: skip
        if record == "paper":
            said["触发文书号"] = f"样决〔2026〕{len(self.rows) + 1}号"
            said["认定机关"] = "凤翔区发展和改革局" if area == "招标投标" else "凤翔区财政局"
        said |= {{"条款": "依据条款"}.get(name, name): value for name, value in more.items()}
        self.rows.append(said)
        return f"{said['实施单位']} {number}"

    def incentive(self, row: tuple[str, str, str, str]) -> str:
        """One use of an incentive by a firm against which nothing stands."""
        scene, what, ground, provider = row
        name, code = next(self.firms) if what != "信易贷" else next(self.people)
        number = f"JL{len(self.rows) + 1:04d}"
        self.rows.append(
            {
                "措施编号": number, "类型": "激励", "领域或场景": scene, "措施内容": what, "事由": ground,
                "主体名称": name, "主体证件号码": code,
                "主体身份": "本单位" if what != "信易贷" else "本人", "实施单位": provider,
                "开始日期": "2026-02-01",
            }
        )  # fmt: skip
        return f"{provider} {number}"

    def _list(self, debtor: tuple[str, str], case: str, removed: str) -> None:
        self.listings.append(
            {
                "被执行人名称": debtor[0], "被执行人证件号码": debtor[1], "执行法院": _COURT,
                "执行依据文号": case.replace("执", "民初"), "立案时间": "2025-11-03", "案号": case,
                "履行情况": "全部未履行", "失信行为具体情形": "有履行能力而拒不履行",
                "发布日期": _LISTED, "公布截止日期": _UNTIL, "移出日期": removed,
            }
        )  # fmt: skip
