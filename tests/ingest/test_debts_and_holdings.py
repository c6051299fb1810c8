"""From the files of banks and registers: whose a debt is, what secures it, who holds how much."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from graph.log import FactLog
from graph.settings import Settings
from graph.snapshot import Snapshot, take_snapshot
from ingest import ingest
from ingest.report import BatchReport
from queries.eligibility.verdict import Verdict
from queries.risk import assess, clearing_stress, explain
from queries.structure.control import controllers_of
from queries.structure.guarantees import read_guarantees
from queries.structure.ownership import own

BANK = "C1402610305001"
WU, QIAN, ZHAO, LI = (
    "610322198808081064", "61032219800229102X", "610322197503151012", "610322199005101046",
)  # fmt: skip
NAMES = {WU: "吴样六", QIAN: "钱样二", ZHAO: "赵样一", LI: "李样四"}
LOAN = (
    "金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,到期日期,贷款余额（万元）,五级分类,"
    "逾期天数,结清日期,数据日期"
)
GUARANTEE = (
    "金融机构编码,担保合同号,担保人名称,担保人证件号码,被担保人名称,被担保人证件号码,借据编号,担保金额（万元）,保证方式,"
    "签订日期,到期日期,解除金额（万元）,解除日期"
)
FIRM = "91610305MA6XT0022C"


class Office:
    """A folder of files that are taken in one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(data=folder / "data")
        self.count = 0

    def take(self, source: str, heading: str, *rows: str) -> BatchReport:
        self.count += 1
        path = self.folder / f"{source}-{self.count}.csv"
        path.write_text("\n".join([heading, *rows, ""]), encoding="utf-8")
        return ingest(source, [path], settings=self.settings, into_graph=False).batches[0]

    def loan(self, *rows: str) -> BatchReport:
        return self.take("loan", LOAN, *rows)

    def guarantee(self, *rows: str) -> BatchReport:
        return self.take("guarantee", GUARANTEE, *rows)

    @property
    def log(self) -> FactLog:
        return FactLog(self.settings.log_dir)

    def at(self, day: date) -> Snapshot:
        return take_snapshot(self.log, day)

    def key(self, name: str) -> str:
        rows = self.log.read("Person").to_pylist()
        return next(str(row["key"]) for row in rows if row["name"] == name)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def lent(number: str, person: str, *, balance: str = "10", due: str = "2027-01-09",
         settled: str = "", stated: str = "2024-12-31", klass: str = "正常") -> str:  # fmt: skip
    return (f"{BANK},样本农村商业银行,{number},{NAMES[person]},{person},10,2024-01-10,{due},{balance},"
            f"{klass},0,{settled},{stated}")  # fmt: skip


def given(contract: str, guarantor: str, borrower: str, loan: str, *, wan: str = "10",
          until: str = "2029-12-31", released: str = ",") -> str:  # fmt: skip
    return (f"{BANK},{contract},{NAMES[guarantor]},{guarantor},{NAMES[borrower]},{borrower},{loan},"
            f"{wan},连带责任保证,2024-01-10,{until},{released}")  # fmt: skip


def codes(report: BatchReport) -> list[tuple[str | None, str]]:
    return [(item.column, item.code) for item in report.findings if item.severity == "error"]


# ---------------------------------------------------------------- guarantees


def test_a_guarantee_of_a_settled_loan_is_over(office: Office) -> None:
    """Contract until 2029 for a loan that was settled in January 2025; the borrower is listed."""
    office.loan(lent("N03", WU, klass="次级", due="2025-01-09"))
    office.guarantee(given("G07", QIAN, WU, "N03"))
    before = office.at(date(2025, 1, 15))
    assert [c.owed_fen for c in read_guarantees(before).contracts] == [10_000_000]
    office.loan(
        lent("N03", WU, balance="0", settled="2025-01-20", stated="2025-01-31", due="2025-01-09")
    )
    office.take(
        "judgment_defaulter",
        "被执行人名称,被执行人证件号码,执行法院,执行依据文号,立案时间,案号,履行情况,失信行为具体情形,发布日期,公布截止日期,移出日期",
        f"吴样六,{WU},样县人民法院,（2025）样0305民初2号,2026-01-02,（2026）样0305执2号,全部未履行,"
        "有履行能力而拒不履行,2026-04-01,2028-04-01,",
    )
    snapshot = office.at(date(2026, 5, 1))
    assert not read_guarantees(snapshot).contracts
    run = assess(snapshot)
    assert explain(run, office.key("钱样二")).score < 0.01
    assert explain(run, office.key("吴样六")).score > 0.5
    assert clearing_stress(snapshot, cash_fen={}).payments == ()


@pytest.mark.parametrize("number", ["N03", f"loan:{BANK}:N03"])
def test_a_loan_is_found_by_the_banks_own_number(office: Office, number: str) -> None:
    office.loan(lent("N03", WU))
    assert codes(office.guarantee(given("G1", QIAN, WU, number))) == []
    assert office.log.read("SECURES")["to_key"].to_pylist() == [f"loan:{BANK}:N03"]
    repaid = office.take(
        "loan_repayment",
        "金融机构编码,借据编号,24个月还款状态（由远及近）,数据日期",
        f"{BANK},{number},{'N' * 24},2025-01-31",
    )
    alone = office.take(
        "loan_repayment",
        "借据编号,24个月还款状态（由远及近）,数据日期",
        f"{number},{'N' * 24},2025-02-28",
    )
    assert codes(repaid) == codes(alone) == []
    assert set(office.log.read("RepaymentHistory")["key"].to_pylist()) == {f"loan:{BANK}:N03"}


def test_a_number_that_two_institutions_use_names_neither_alone(office: Office) -> None:
    other = lent("N03", WU).replace(BANK, "C1402610305002")
    office.loan(lent("N03", WU), other)
    report = office.take(
        "loan_repayment",
        "金融机构编码,借据编号,24个月还款状态（由远及近）,数据日期",
        f",N03,{'N' * 24},2025-01-31",
        f"C1402610305002,N03,{'N' * 24},2025-01-31",
        f"C1402610305003,N03,{'N' * 24},2025-01-31",
    )
    assert [(item.row, item.code) for item in report.findings] == [
        (2, "dangling_reference"), (4, "dangling_reference"),
    ]  # fmt: skip
    assert office.log.read("RepaymentHistory")["key"].to_pylist() == ["loan:C1402610305002:N03"]


def test_who_is_named_as_borrower_is_the_borrower_of_the_loan(office: Office) -> None:
    office.loan(lent("N03", WU))
    assert codes(office.guarantee(given("G1", QIAN, ZHAO, "N03"))) == [
        ("被担保人证件号码", "tied")
    ]  # fmt: skip
    assert len(office.log.read("GUARANTEES")) == 0


def test_a_part_released_leaves_the_rest_from_its_day_on(office: Office) -> None:
    office.loan(lent("N03", WU))
    office.guarantee(
        given("G1", QIAN, WU, "N03", released="4,2025-03-01"),
        given("G2", ZHAO, WU, "N03", released=",2025-03-01"),
    )
    assert promised(office, date(2025, 2, 28)) == {"G1": 10, "G2": 10}
    assert promised(office, date(2025, 3, 1)) == {"G1": 6}


def test_a_contract_may_secure_several_loans(office: Office) -> None:
    office.loan(lent("N03", WU, balance="3"), lent("N04", WU, balance="2"))
    assert codes(office.guarantee(given("G1", QIAN, WU, "N03"), given("G1", QIAN, WU, "N04"))) == []
    [contract] = read_guarantees(office.at(date(2025, 5, 1))).contracts
    assert contract.owed_fen == 5_000_000


def test_the_last_day_of_a_guarantee_is_inside(office: Office) -> None:
    office.loan(lent("N03", WU))
    office.guarantee(given("G1", QIAN, WU, "N03", until="2025-05-31"))
    assert promised(office, date(2025, 5, 31)) == {"G1": 10}
    assert promised(office, date(2025, 6, 1)) == {}


def promised(office: Office, day: date) -> dict[str, int]:
    """Contract -> 万元 promised on a day."""
    contracts = read_guarantees(office.at(day)).contracts
    return {c.number.rsplit(":", 1)[-1]: (c.amount_fen or 0) // 1_000_000 for c in contracts}


# ---------------------------------------------------------------- several debtors


def test_who_borrowed_together_owes_one_loan(office: Office) -> None:
    report = office.loan(lent("N03", WU), lent("N03", QIAN))
    assert codes(report) == []
    one_loan_of_two(office)


def test_a_second_debtor_may_stand_in_a_column_of_his_own(office: Office) -> None:
    heading = LOAN.replace("借款金额", "共同借款人名称,共同借款人证件号码,借款金额")
    row = lent("N03", WU).replace(f"{WU},", f"{WU},钱样二,{QIAN},")
    assert codes(office.take("loan", heading, row)) == []
    one_loan_of_two(office)


def one_loan_of_two(office: Office) -> None:
    net = read_guarantees(office.at(date(2025, 5, 1)))
    both = [office.key("吴样六"), office.key("钱样二")]
    assert [net.debt(key).exact for key in both] == [10_000_000, 10_000_000]
    assert net.debt(*both).exact == 10_000_000
    assert [len(office.log.read(kind)) for kind in ("Loan", "LoanState", "BORROWED")] == [1, 1, 2]


def test_rows_of_one_loan_must_be_alike(office: Office) -> None:
    """A number written wrong is no second debtor."""
    report = office.loan(lent("N03", WU), lent("N03", QIAN, balance="9"), lent("N04", QIAN))
    assert [(item.row, item.code) for item in report.findings] == [
        (2, "duplicate_key"), (3, "duplicate_key"),
    ]  # fmt: skip
    assert report.rows_in == report.accepted + report.unchanged + report.quarantined
    assert office.log.read("Loan")["key"].to_pylist() == [f"loan:{BANK}:N04"]


# ---------------------------------------------------------------- holdings


def register(office: Office, capital: str = "100") -> None:
    office.take("regions", "行政区划代码,名称,级别,上级代码,原代码",
                "610305,凤翔区,县区,,610322", "610305100,城关镇,乡镇,610305,",
                "610305100201,样东村,行政村,610305100,")  # fmt: skip
    office.take(
        "enterprise",
        "统一社会信用代码,企业名称,登记状态,成立日期,注册资本（万元）,住所,村编码,联系电话,法定代表人,法定代表人证件号码,任职日期",
        f"{FIRM},凤翔样乙有限公司,存续,2020-01-01,{capital},样路1号,610305100201,,赵样一,{ZHAO},2020-01-01",
    )


HOLDING = "统一社会信用代码,股东名称,股东证件号码,出资比例（%）,认缴出资额（万元）,出资方式,出资日期,退出日期"


def held(person: str, ratio: str, wan: str, since: str = "2020-01-01", form: str = "",
         until: str = "") -> str:  # fmt: skip
    return f"{FIRM},{NAMES[person]},{person},{ratio},{wan},{form},{since},{until}"


def shares(office: Office, day: date = date(2026, 5, 1)) -> dict[str, float]:
    found = own(office.at(day)).look_through(f"org:{FIRM}")
    return {str(owner.name): owner.share for owner in found.owners}


def test_amounts_without_ratios(office: Office) -> None:
    register(office)
    office.take("enterprise_shareholder", HOLDING, held(ZHAO, "", "60"), held(QIAN, "", "40"))
    assert shares(office) == pytest.approx({"赵样一": 0.6, "钱样二": 0.4})
    control = controllers_of(own(office.at(date(2026, 5, 1))), f"org:{FIRM}")
    assert (control.verdict, control.controllers[0].name) == (Verdict.MET, "赵样一")


def test_ratios_of_one_decimal(office: Office) -> None:
    register(office)
    office.take("enterprise_shareholder", HOLDING, held(ZHAO, "33.4", ""), held(QIAN, "33.4", ""),
                held(LI, "33.3", ""))  # fmt: skip
    found = own(office.at(date(2026, 5, 1))).look_through(f"org:{FIRM}")
    assert (len(found.owners), found.unknown, [d.kind for d in found.doubts]) == (
        3,
        (),
        ["rounded"],
    )


def test_several_contributions_of_one_holder_add_up_from_day_to_day(office: Office) -> None:
    register(office)
    report = office.take(
        "enterprise_shareholder",
        HOLDING,
        held(ZHAO, "30", "30"),
        held(ZHAO, "20", "20", "2022-01-01"),
        held(ZHAO, "10", "10", "2022-01-01", "实物"),
        held(QIAN, "40", "40"),
    )
    assert codes(report) == []
    assert shares(office, date(2021, 1, 1))["赵样一"] == pytest.approx(0.3)
    assert shares(office)["赵样一"] == pytest.approx(0.6)
    assert sorted(office.log.read("HOLDS_SHARES_IN")["subscribed_fen"].to_pylist()) == [
        30_000_000, 40_000_000, 60_000_000,
    ]  # fmt: skip
    # told again it is nothing new, and told as one it is the same
    again = office.take("enterprise_shareholder", HOLDING, held(ZHAO, "60", "60", "2022-01-01"))
    assert (again.accepted, again.unchanged) == (0, 1)


def test_a_part_that_ended_is_held_no_more(office: Office) -> None:
    register(office)
    office.take("enterprise_shareholder", HOLDING, held(ZHAO, "30", ""),
                held(ZHAO, "20", "", "2022-01-01", "", "2024-01-01"))  # fmt: skip
    days = [date(2021, 1, 1), date(2023, 1, 1), date(2024, 1, 1)]
    assert [shares(office, day)["赵样一"] for day in days] == pytest.approx([0.3, 0.5, 0.3])


def test_contributions_of_a_member_of_a_cooperative_add_up(office: Office) -> None:
    import pandas as pd

    from ingest.sources.cooperative_member import cooperative_member  # a function of one table

    rows = pd.DataFrame(
        {
            "cooperative_key": ["org:c"] * 2,
            "member_key": ["person:m"] * 2,
            "member_label": ["Person"] * 2,
            "member_name": ["赵样一"] * 2,
            "member_masked": [None] * 2,
            "member_birth_on": [None] * 2,
            "member_tail_key": [None] * 2,
            "member_sex": [None] * 2,
            "contribution_fen": pd.array([100, 50], dtype="Int64"),
            "is_farmer": [True] * 2,
            "joined_on": [date(2020, 1, 1)] * 2,
            "contributed_on": [None, date(2022, 1, 1)],
        },
        index=[1, 2],
    )
    [tie] = [frame for frame in cooperative_member(rows) if frame.kind == "MEMBER_OF"]
    told = tie.frame[["valid_from", "contribution_fen"]]
    assert told.to_numpy().tolist() == [[date(2020, 1, 1), 100], [date(2022, 1, 1), 150]]
    assert pa.array(tie.frame["contribution_fen"]).type == pa.int64()
