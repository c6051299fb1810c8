"""Which kept decisions a file would turn: made again by their own rules and papers."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

import ingest
from graph.identifiers import unified_social_credit_code as uscc
from graph.log import FactLog
from graph.operations import DecisionArchive, OperationsStore
from graph.settings import Settings
from graph.time import today, utc_now
from ingest.comparing.list_part import ListPart
from queries.eligibility import Case, decide, packaged
from queries.eligibility.decisions.decide import Strata
from queries.eligibility.decisions.record import keep
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.paper import apply_documents, read_papers
from queries.eligibility.facts.records import records_from_log
from queries.eligibility.rules.product import Product, read_product

HEAD = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
        "到期日期,贷款余额（万元）,五级分类,数据日期\n")  # fmt: skip
LOAN = "C1402610305001,样本行,J1,张三,61032219750315001X,0.2,2026-01-05,2027-01-05,{},{},{}\n"
PRODUCT = "apple_loan"
SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


def file(path: Path, *states: tuple[str, str, str]) -> Path:
    path.write_text(HEAD + "".join(LOAN.format(*state) for state in states), encoding="utf-8")
    return path


def kept(settings: Settings, key: str | None = None, product: Product | None = None) -> str:
    """A decision on the borrower or another party, kept with all that it was made of."""
    log = FactLog(settings.log_dir)
    party = key or log.read("BORROWED")["from_key"].to_pylist()[0]
    moment = utc_now()
    records = records_from_log(log, today(), moment)
    facts = gather(records, pa.array([party])).facts(0)
    papers = read_papers({"consent": "是"}, today())
    strata = Strata("Enterprise" if key else "Person", None, None, None)
    case = Case(
        party,
        apply_documents(facts, papers),
        {},
        papers,
        strata,
        None,
        today(),
        today(),
        moment,
        1,
        "h",
    )
    decision = decide(case, product or packaged()[PRODUCT])
    with OperationsStore(settings) as store:
        return keep(decision, DecisionArchive(store), at=moment)


def test_a_loan_gone_bad_turns_the_decision_and_a_repayment_does_not(
    settings: Settings, tmp_path: Path
) -> None:
    first = file(tmp_path / "一.csv", ("0.2", "正常", "2026-01-31"))
    ingest.ingest("loan", [first], settings=settings, into_graph=False)
    name = kept(settings)
    bad = file(tmp_path / "次级.csv", ("0.2", "次级", "2026-02-28"))
    (found,) = ingest.preview("loan", [bad], settings=settings).decisions
    assert (found.decision.id, found.before, found.after) == (name, "待补充", "不符合")
    assert found.flips is True
    less = file(tmp_path / "还款.csv", ("0.1", "正常", "2026-02-28"))
    (found,) = ingest.preview("loan", [less], settings=settings).decisions
    assert (found.before, found.after, found.flips) == ("待补充", "待补充", False)
    # what the dry run foretold is what a decision says after the file was taken in
    ingest.ingest("loan", [bad], settings=settings, into_graph=False)
    (found,) = ingest.preview("loan", [less], settings=settings).decisions
    assert found.before == "不符合"


def test_a_removal_turns_what_the_listing_refused(settings: Settings, tmp_path: Path) -> None:
    head = ("被执行人名称,被执行人证件号码,执行法院,执行依据文号,案号,失信行为具体情形,发布日期,公布截止日期,"
            "移出日期\n")  # fmt: skip
    row = "张三,61032219750315001X,样县人民法院,民初1号,执1号,拒不履行,2026-01-05,2030-01-05,{}\n"
    ingest.ingest("loan", [file(tmp_path / "一.csv", ("0.2", "正常", "2026-01-31"))],
                  settings=settings, into_graph=False)  # fmt: skip
    listed, removed = tmp_path / "失信.csv", tmp_path / "失信移出.csv"
    listed.write_text(head + row.format(""), encoding="utf-8")
    removed.write_text(head + row.format("2026-03-01"), encoding="utf-8")
    ingest.ingest("judgment_defaulter", [listed], settings=settings, into_graph=False)
    kept(settings)
    (found,) = ingest.preview("judgment_defaulter", [removed], settings=settings).decisions
    assert (found.before, found.after) == ("不符合", "待补充")
    ingest.ingest("judgment_defaulter", [removed], settings=settings, into_graph=False)


def test_others_are_not_concerned(settings: Settings, tmp_path: Path) -> None:
    first = file(tmp_path / "一.csv", ("0.2", "正常", "2026-01-31"))
    ingest.ingest("loan", [first], settings=settings, into_graph=False)
    kept(settings)
    other = tmp_path / "别人.csv"
    other.write_text(
        HEAD + LOAN.format("0.2", "次级", "2026-02-28")
        .replace("61032219750315001X", "610322197503150255").replace("J1", "J2"),
        encoding="utf-8",
    )  # fmt: skip
    seen = ingest.preview("loan", [other], settings=settings)
    assert seen.batches[0].rows_in == 1
    assert [item.decision.party for item in seen.decisions if item.flips] == []


def test_withdrawing_the_wrong_file_would_turn_the_decision_back(
    settings: Settings, tmp_path: Path
) -> None:
    first = file(tmp_path / "一.csv", ("0.2", "正常", "2026-01-31"))
    bad = file(tmp_path / "次级.csv", ("0.2", "次级", "2026-02-28"))
    ingest.ingest("loan", [first, bad], settings=settings, into_graph=False)
    name = kept(settings)
    (found,) = ingest.preview_withdrawal("2", settings=settings).decisions
    assert (found.decision.id, found.before, found.after) == (name, "不符合", "待补充")
    assert found.flips is True
    ingest.withdraw("2", reason="别县的文件", by="李四", settings=settings, into_graph=False)
    # what was foretold is what a decision says now
    less = file(tmp_path / "还款.csv", ("0.1", "正常", "2026-02-28"))
    (found,) = ingest.preview("loan", [less], settings=settings).decisions
    assert found.before == "待补充"
    assert ingest.preview_withdrawal("2", settings=settings).state == "already"


FIRM = uscc.complete("91610305MA9100001")
NOT_ABNORMAL = """
title: 未列入经营异常名录即可
for_whom: [Enterprise]
versions:
  - version: "1"
    effective_from: 2026-01-01
    conditions: [{use: not_abnormal}]
    amount: {months: 12, least_of: [{cap_fen: 100, wording: 上限, basis: 测试, certainty: known, source: 测试}]}
"""


def test_a_list_that_comes_or_goes_turns_decisions_on_those_it_does_not_name(
    settings: Settings, tmp_path: Path
) -> None:
    firm = tmp_path / "企业.csv"
    firm.write_text(
        "统一社会信用代码,企业名称,成立日期,法定代表人,法定代表人证件号码\n"
        f"{FIRM},样本有限公司,2020-01-01,张三,61032219750315001X\n",
        encoding="utf-8",
    )
    ingest.ingest("enterprise", [firm], settings=settings, into_graph=False)
    product = read_product("hand", NOT_ABNORMAL)
    listed = SAMPLES / "market_supervision_list" / "clean.abnormal_operation.csv"
    unrelated = file(tmp_path / "一.csv", ("0.2", "正常", "2026-01-31"))

    early = kept(settings, f"org:{FIRM}", product)
    (found,) = ingest.preview("market_supervision_list", [listed], settings=settings).decisions
    assert (found.decision.id, found.before, found.after) == (early, "待补充", "符合")
    # of two parts one is no whole list
    half = ListPart("名单", 1, 2)
    seen = ingest.preview("market_supervision_list", [listed], settings=settings, part=half)
    assert seen.decisions == ()

    ingest.ingest("market_supervision_list", [listed], settings=settings, into_graph=False)
    # the list counts today as well; who represents the firm borrows, and nothing turns by that
    (found,) = ingest.preview("loan", [unrelated], settings=settings).decisions
    assert (found.before, found.after) == ("符合", "符合")
    (found,) = ingest.preview_withdrawal("2", settings=settings).decisions
    assert (found.before, found.after) == ("符合", "待补充")
