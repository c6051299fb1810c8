"""Permits and penalties in two editions, and acts: read by their edition, and held to our own checks."""

from __future__ import annotations

import csv
import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from graph.errors import InputError
from graph.identifiers import unified_social_credit_code as uscc
from graph.log import FactLog
from graph.settings import Settings
from ingest import ingest, load_source
from ingest.checking.days import day
from ingest.checking.parties import organisation
from ingest.checking.verdict import WrongError
from ingest.correction.quarantine import Quarantine
from ingest.finding import RowFinding, findings_table, kept_findings
from ingest.guidance.masking import masked
from ingest.guidance.platform import platform_words, with_platform_words
from ingest.report import BatchReport

FIRM, NAME = "91610305MA9T00018F", "凤翔样例果业有限公司"
BODY, CODE = "凤翔区市场监督管理局", "116103050160001M1M"
PERSON = "610322200102129011"
#: Synthetic, with numbers too high to be given: both pass as codes of organisations.
IDS = ("610322200406307817", "610322201406289836")

NEW: dict[str, Any] = {
    "行政相对人名称": NAME, "行政相对人类别": "法人及非法人组织", "行政相对人代码_1（统一社会信用代码）": FIRM,
    "行政处罚决定书文号": "凤罚〔2026〕1号", "违法行为类型": "广告", "违法事实": "虚假宣传", "处罚依据": "广告法",
    "处罚类别": "罚款", "处罚内容": "罚款2000元", "罚款金额（万元）": "0.2", "处罚决定日期": "2026-03-02",
    "处罚机关": BODY, "处罚机关统一社会信用代码": CODE,
}  # fmt: skip
OLD: dict[str, Any] = {
    "行政处罚决定书文号": "凤罚〔2026〕1号", "处罚名称": "虚假宣传案", "处罚类别1": "罚款", "处罚事由": "虚假宣传",
    "处罚依据": "广告法", "行政相对人名称": NAME, "行政相对人代码_1(统一社会信用代码)": FIRM,
    "法定代表人姓名": "王样例", "处罚结果": "罚款2000元", "处罚决定日期": "2026/03/02", "处罚机关": BODY,
    "当前状态": "0", "地方编码": "610322", "数据更新时间戳": "2026/03/03",
}  # fmt: skip
NEW_PERMIT: dict[str, Any] = {
    "行政相对人名称": NAME, "行政相对人类别": "法人及非法人组织", "行政相对人代码_1（统一社会信用代码）": FIRM,
    "行政许可决定文书名称": "许可证", "行政许可决定文书号": "X1", "许可类别": "普通", "许可内容": "销售",
    "许可决定日期": "2026-01-05", "有效期自": "2026-01-05", "有效期至": "长期", "许可机关": BODY,
    "许可机关统一社会信用代码": CODE,
}  # fmt: skip
ACT: dict[str, Any] = {
    "法定名称或姓名": NAME, "统一社会信用代码": FIRM, "证件号码": "", "奖励形式": "荣誉称号", "奖励内容": "样例",
    "奖励授予日期": "2026-01-05", "授予机构": BODY,
}  # fmt: skip


class Desk:
    """Takes files of rows in."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.settings = folder, Settings(data=folder / "data")
        self._count = itertools.count()

    def take(
        self, *rows: dict[str, Any], source: str = "administrative_decision", name: str = "甲"
    ) -> BatchReport:
        path = self.folder / f"{next(self._count)}{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, [*rows[0]])
            writer.writeheader()
            writer.writerows(rows)
        [report] = ingest(source, [path], settings=self.settings, into_graph=False).batches
        return report

    def held(self, kind: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = FactLog(self.settings.log_dir).read(kind).to_pylist()
        return rows


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def errors(report: BatchReport) -> list[str]:
    return [item.code for item in report.findings if item.severity == "error"]


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD), (OLD, NEW, OLD), (OLD, NEW, OLD, NEW)])
def test_one_decision_is_one_record_whichever_edition_came_first(
    desk: Desk, order: tuple[dict[str, Any], ...]
) -> None:
    for n, row in enumerate(order):
        assert not errors(desk.take(row | {"备注": str(n)}))

    [penalty] = desk.held("Penalty")
    assert penalty["edition"] == ("2016" if order[-1] is OLD else "2018")
    [tie] = desk.held("PENALISED_BY")
    assert tie["to_key"] == penalty["key"]
    assert {row["from_key"] for row in desk.held("DECIDED_BY")} == {penalty["key"]}


def test_another_number_subject_or_body_is_another_record(desk: Desk) -> None:
    other = {"行政处罚决定书文号": "凤罚〔2026〕2号"}
    other_firm = {
        "行政相对人代码_1（统一社会信用代码）": "91610305MA9T00026A",
        "行政相对人名称": "乙公司",
    }
    desk.take(OLD)
    desk.take(NEW, NEW | other, NEW | other_firm)
    desk.take(OLD | {"处罚机关": "凤翔区交通运输局"})

    assert len(desk.held("Penalty")) == 4


@pytest.mark.parametrize(
    ("said", "state"),
    [("0", "normal"), ("1", "annulled"), ("2", "disputed"), ("3", "other"), ("", None)],
)
def test_a_status_of_2016_is_read_by_its_edition(desk: Desk, said: str, state: str | None) -> None:
    assert not errors(desk.take(OLD | {"当前状态": said}))
    [penalty] = desk.held("Penalty")
    assert (penalty["edition"], penalty["record_state"]) == ("2016", state)


def test_the_same_status_in_2018_is_another_or_none(desk: Desk) -> None:
    assert not errors(desk.take(NEW_PERMIT | {"当前状态": "1"}))
    [permit] = desk.held("Permit")
    assert (permit["edition"], permit["state"], permit["record_state"]) == ("2018", "valid", None)
    # of penalties nobody knows what a bare number means there
    assert errors(desk.take(NEW | {"当前状态": "1"})) == ["unknown_code"]
    assert errors(desk.take(OLD | {"当前状态": "4"})) == ["unknown_code"]


def test_code_2_is_what_its_edition_says(desk: Desk) -> None:
    old, new = load_source("administrative_decision").tables["penalty_2016"], None
    new = load_source("administrative_decision").tables["penalty"]
    for title, in_old, in_new in (
        ("行政相对人代码_2", "organisation_code", "registration_no"),
        ("行政相对人代码-3", "registration_no", "organisation_code"),
    ):
        for spec, name in ((old, in_old), (new, in_new)):
            [field] = [f for f in spec.fields if f.headed(title) and _means(f, title)]
            assert field.name == name
    filler = {"行政相对人代码_1(统一社会信用代码)": "0" * 17 + "X"}
    assert errors(desk.take(OLD | filler)) == ["required"]
    assert not errors(desk.take(OLD | filler | {"行政相对人代码_3": "610322100000015"}))
    [tie] = desk.held("PENALISED_BY")
    assert tie["from_key"] == "org:610322100000015"


def _means(field: Any, title: str) -> bool:
    from ingest.catalogue.field import heading

    return heading(title) in field.spellings


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"行政相对人代码_1(统一社会信用代码)": ""}, ["any_of", "empty_without"]),
        ({"行政相对人代码_1(统一社会信用代码)": "", "法定代表人姓名": "",
          "行政相对人代码_5(居民身份证号)": PERSON, "行政相对人名称": "张小军"}, []),
        ({"法定代表人姓名": ""}, []),
        ({"数据更新时间戳": "2026/03/01"}, ["not_before"]),
        ({"处罚决定日期": "2099/03/02"}, ["not_future", "not_before"]),
        ({"公示截止期": "2026/03/01"}, ["not_before"]),
        ({"公示截止期": "长期"}, []),
        ({"公示截止期": "2099/12/31"}, []),
        ({"处罚类别2": "警告；没收违法所得、没收非法财物"}, []),
        ({"处罚类别2": "降低资质等级；限制从业"}, []),
        ({"处罚类别1": "暂扣或者吊销许可证、暂扣或者吊销执照"}, []),
        ({"处罚类别1": "训诫"}, ["unknown_code"]),
        ({"处罚类别1": "不予处罚"}, ["refused_word"]),
        ({"地方编码": "61"}, ["length"]),
        ({"失信严重程度": "4"}, ["unknown_code"]),
        ({"信息使用范围": "2"}, []),
    ],
)  # fmt: skip
def test_the_checks_of_2016(desk: Desk, change: dict[str, str], codes: list[str]) -> None:
    assert sorted(errors(desk.take(OLD | change))) == sorted(codes)


def test_a_natural_person_of_2016_is_the_number_in_the_fifth_code(desk: Desk) -> None:
    person = {
        "行政相对人代码_1(统一社会信用代码)": "",
        "法定代表人姓名": "",
        "行政相对人名称": "张小军",
    }
    desk.take(OLD | person | {"行政相对人代码_5": PERSON})
    desk.take(OLD | {"行政处罚决定书文号": "2号", "行政相对人代码_5": PERSON})

    ties = {row["to_key"].split(":")[2]: row["from_key"] for row in desk.held("PENALISED_BY")}
    # of an organisation it is its representative's, and nobody's here
    assert ties["2号"] == f"org:{FIRM}" and ties["凤罚〔2026〕1号"].startswith("person:")
    [known] = desk.held("Person")
    assert (known["name"], known["resident_id_masked"]) == ("张小军", "61032220010212****")


@pytest.mark.parametrize("number", IDS)
@pytest.mark.parametrize(
    ("source", "row", "title"),
    [
        ("administrative_decision", NEW, "行政相对人代码_1（统一社会信用代码）"),
        ("administrative_decision", OLD, "行政相对人代码_1(统一社会信用代码)"),
        ("administrative_decision", NEW_PERMIT, "行政相对人代码_1（统一社会信用代码）"),
        ("administrative_act", ACT, "统一社会信用代码"),
    ],
)
def test_an_id_number_in_a_code_column_is_refused_and_masked(
    desk: Desk, source: str, row: dict[str, Any], title: str, number: str
) -> None:
    report = desk.take(row | {title: number}, source=source)

    assert errors(report) == ["resident_id_in_code"]
    [found] = [item for item in report.findings if item.severity == "error"]
    assert "像身份证号码" in found.message_zh
    assert found.platform == "请输入正确的统一社会信用代码！"
    cells = Quarantine(desk.settings.quarantine_dir).cells(report.batch)[2]
    spec = next(
        field
        for table in load_source(source).tables.values()
        for field in table.fields
        if field.name == "subject_code"
    )
    assert number not in (masked(spec, cells["subject_code"]) or "")
    for path in desk.settings.data.rglob("*.parquet"):
        assert number.encode() not in path.read_bytes()


def test_files_of_codes_alone_are_told_apart_by_their_names_or_not_at_all(desk: Desk) -> None:
    row = {
        "fdmchxm": NAME,
        "tyshxydm": FIRM,
        "lb": "查封",
        "nr": "样例",
        "rq": "2026-01-05",
        "jg": BODY,
    }

    desk.take(row, source="administrative_act", name="行政强制")
    [act] = desk.held("AdministrativeAct")
    assert (act["act_class"], act["form"]) == ("coercion", "查封")
    with pytest.raises(InputError) as refused:
        desk.take(row | {"nr": "另一件"}, source="administrative_act", name="行政行为")
    assert refused.value.cause_code == "table_unclear"
    assert "行政确认" in refused.value.message_zh


def test_our_checks_take_what_the_platform_wrongly_refuses_and_refuse_what_it_takes() -> None:
    """Its patterns as they are in use; the codes were refused by them."""
    pattern = re.compile("^[1-9A-GY]{1}[1239]{1}[1-5]{1}[0-9]{5}[0-9A-HJ-NPQRTUWXY]{10}$")
    for code in ("91610305MA6X00008K", "93610305MA6X00008D", "92610322MA6X000084",
                 "11610305016000005N", "N2610305MF00000054"):  # fmt: skip
        assert not pattern.fullmatch(code)
        assert uscc.check(code).value == code and organisation(code)[0][0] == f"org:{code}", code
    dates = re.compile(r"^\d{4}(\-|\/|\.)\d{1,2}\1\d{1,2}$")
    for text in ("2019/13/45", "2019.2.30"):
        assert dates.fullmatch(text)
        with pytest.raises(WrongError):
            day(text)
    for text in ("20191010", "2019年10月10日"):
        assert not dates.fullmatch(text) and day(text).isoformat() == "2019-10-10"


@pytest.mark.parametrize(
    ("table", "column", "code", "severity", "platform"),
    [
        ("penalty_2016", "处罚类别1", "unknown_code", "error", "请输入正确的处罚类别！"),
        ("penalty", "处罚类别", "unknown_code", "error", "请输入正确的处罚类别！"),
        ("permit_2016", "审批类别", "unknown_code", "error", "请输入正确的审批类别!"),
        ("permit_2016", "地方编码", "length", "error", "请输入正确的地方编码!"),
        ("permit_2016", "当前状态", "unknown_code", "error", "请输入正确的当前状态!"),
        ("permit_2016", "信息使用范围", "unknown_code", "error", "请输入正确的使用范围!"),
        ("penalty_2016", "失信严重程度", "unknown_code", "error", "请输入正确的失信严重程度！"),
        ("penalty", "处罚决定日期", "not_a_date", "error", "请输入正确的日期格式！"),
        ("penalty", "处罚决定日期", "required", "error", "10003 必填的日期为空"),
        ("penalty", "行政相对人名称", "required", "error", "10002 企业名称为空"),
        ("penalty", "罚款金额（万元）", "not_a_number", "error", "10004 格式转换失败"),
        ("penalty", "自然人证件号码", "check_digit", "error", "请输入正确的身份证号码！"),
        ("penalty", "行政相对人名称", "name_differs", "warning",
         "1001 未查询到主体或查询到的主体信息不匹配"),
        ("penalty", "处罚机关、文号", "duplicate_row", "error", "20001 重复数据，较早的一条"),
        # of what the platform says nothing
        ("penalty", "公示截止期", "not_before", "error", None),
        ("penalty", "处罚内容", "personal_number", "warning", None),
    ],
)  # fmt: skip
def test_a_finding_says_what_the_platform_says_of_the_same(
    table: str, column: str, code: str, severity: Any, platform: str | None
) -> None:
    spec = load_source("administrative_decision").tables[table]
    finding = RowFinding(3, column, code, "怎么办。", "What.", severity=severity)

    [told] = with_platform_words(spec, [finding])

    assert told.platform == platform
    assert told.said == (
        "怎么办。" if platform is None else f"怎么办。（省平台同类提示：{platform}）"
    )
    assert kept_findings(findings_table([told], table)) == (told,)


def test_findings_of_a_log_of_before_are_read() -> None:
    finding = RowFinding(3, "甲", "required", "补填。", "Required.")
    before = findings_table([finding], "penalty").drop_columns(["platform"])

    assert kept_findings(before) == (finding,)


def test_every_line_of_the_platform_is_about_a_field_that_exists() -> None:
    names = {
        field.name
        for source in ("administrative_decision", "administrative_act", "enterprise")
        for table in load_source(source).tables.values()
        for field in table.fields
    }
    for line in platform_words():
        assert {*line.fields} <= names, line


@pytest.mark.parametrize(
    ("field", "titles"),
    [
        ("document_no", "行政处罚决定书文号 文,号 文号 文书字轨 字轨 CF_WSH"),
        ("case_name", "处罚名称 案件名称 违法行为名称"),
        ("penalty_kind", "处罚类别 处罚类别1"),
        ("further_kinds", "处罚类别2"),
        ("violation", "处罚事由 主要违法事实 税收违法手段"),
        ("legal_ground", "处罚依据 行政处罚的种类和依据"),
        ("subject_name", "行政相对人名称 纳税人名称 企业名称或自然人姓名"),
        ("subject_code", "行政相对人统一社会信用代码 社会信用代码（纳税人识别号） 统一社会信用代码"
         " 行政相对人代码-1（统一社会信用代码） 行政相对人代码_1(统一社会信用代码)："
         " 行政相对人代码（统一社会信用代码或纳税人识别号）"),
        ("organisation_code", "行政相对人代码_2(组织机构代码)： 行政相对人代码\uff3f2（组织机构代码）"),
        ("registration_no", "行政相对人代码_3(工商登记码) 行政相对人代码-3（工商登记码）"),
        ("tax_no", "行政相对人代码_4(税务登记号) 纳税识别号"),
        ("natural_person", "居民身份证号码 行政相对人代码-5（居民身份证号） 行政相对人代码_5(居民身份证号)："),
        ("representative_name", "法定代表人或者负责人姓名 法定代表人姓名 法定代表人"),
        ("content", "处罚结果"),
        ("decided_on", "处罚决定日期 文书制作日期 做出处罚的日期"),
        ("authority", "处罚机关 作出处罚决定的部门 行政执法机关名称 主管税务机关"),
        ("record_state", "当前状态"),
        ("reporting_place", "地方编码"),
        ("gathered_on", "数据更新时间戳 数据更新时间"),
        # a representative's document is not collected, a term of publication is no day
        (None, "法定代表人身份证号码 法定代表人或者负责人证件号码 公示期限 处罚生效期"),
    ],
)  # fmt: skip
def test_headings_met_in_the_wild_mean_their_field_and_no_other(
    field: str | None, titles: str
) -> None:
    spec = load_source("administrative_decision").tables["penalty_2016"]
    for title in titles.split(" "):
        meant = [item.name for item in spec.fields if _means(item, f" {title} ")]
        assert meant == ([field] if field else []), title
