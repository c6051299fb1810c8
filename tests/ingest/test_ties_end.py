"""What is one at a time ends when it passes to another: in files as departments send them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import ingest
from graph.encoding import encode
from graph.log import FactLog
from graph.settings import Settings
from graph.snapshot import take_snapshot
from ingest.dry_run import preview
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.records import records_from_log
from queries.risk import assess, explain

REGIONS = """行政区划代码,名称,级别,上级代码,原代码
610305,凤翔区,县区,,610322
610305100,城关镇,乡镇,610305,
610305100201,样东村,行政村,610305100,
610305100202,样西村,行政村,610305100,
"""
FIRM = "91610305MA6XT0014H"
REGISTER = "统一社会信用代码,企业名称,登记状态,成立日期,注销日期,村编码,法定代表人,法定代表人证件号码,任职日期\n"
HOUSEHOLD = (
    "户号,户主姓名,与户主关系,姓名,公民身份号码,村编码,婚姻状况,职业,人员状态,变动日期,采集日期\n"
)
LISTED = ("被执行人名称,被执行人证件号码,执行法院,执行依据文号,立案时间,案号,履行情况,"
          "失信行为具体情形,发布日期,公布截止日期,移出日期\n")  # fmt: skip
LOAN = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,到期日期,"
        "用途,担保方式,年利率（%）,贷款余额（万元）,五级分类,逾期天数,结清日期,数据日期\n")  # fmt: skip
ZHAO, QIAN = ("赵样一", "610322197503151012"), ("钱样二", "61032219800229102X")
LI, WU, WANG = (("李样四", "610322199005101046"), ("吴样六", "610322198808081064"),
                ("王样八", "610322200707011083"))  # fmt: skip
DAY = date(2026, 6, 1)


class District:
    """Files taken in one after the other, a day each from 2026-04-10 on, none of them projected."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data=folder / "data")
        self.log = FactLog(self.settings.log_dir)
        self.folder, self.count = folder, 0
        self.take("regions", REGIONS)

    def now(self) -> datetime:
        self.count += 1
        return datetime(2026, 4, 9, 4, tzinfo=UTC) + timedelta(days=self.count)

    def file(self, text: str) -> Path:
        path = self.folder / f"文件{self.count}.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def take(self, source: str, text: str) -> ingest.BatchReport:
        now = self.now()
        done = ingest.ingest(
            source, [self.file(text)], settings=self.settings, known_at=now, into_graph=False
        )
        (report,) = done.batches
        assert not report.quarantined, report.findings
        return report

    def names(self) -> dict[str, str]:
        rows = [row for kind in ("Person", "Household", "Enterprise", "Village")
                for row in self.log.read(kind).to_pylist()]  # fmt: skip
        return {row["key"]: row["name"] for row in rows}

    def ties(self, kind: str, day: date = DAY) -> set[tuple[str, str]]:
        """Names of who is joined on a day; a household by its number."""
        names = self.names()

        def told(key: str) -> str:
            return key.removeprefix("household:") if "household:" in key else names[key]

        rows = self.log.read(kind, as_of=day).to_pylist()
        return {(told(row["from_key"]), told(row["to_key"])) for row in rows}

    def key(self, name: str) -> str:
        return next(key for key, said in self.names().items() if said == name)

    def fact(self, name: str, who: str) -> Any:
        records = records_from_log(self.log, DAY, datetime(2026, 6, 1, 4, tzinfo=UTC))
        return gather(records, pa.array([who]), facts=[name]).facts(0)[name]


@pytest.fixture
def district(tmp_path: Path) -> District:
    return District(tmp_path)


def firm(who: tuple[str, str], since: str = "", state: str = "存续", ended: str = "",
         village: str = "610305100201") -> str:  # fmt: skip
    said = [FIRM, "凤翔样甲有限公司", state, "2020-01-01", ended, village, *who, since]
    return REGISTER + ",".join(said) + "\n"


def member(house: str, head: str, role: str, who: tuple[str, str], status: str, day: str,
           state: str = "", left: str = "") -> str:  # fmt: skip
    village = house.split("-")[0]
    return ",".join([house, head, role, *who, village, status, "务农", state, left, day]) + "\n"


def listing(who: tuple[str, str]) -> str:
    return LISTED + (f"{who[0]},{who[1]},样县人民法院,（2025）样0305民初1号,2026-01-02,"
                     "（2026）样0305执1号,全部未履行,有履行能力而拒不履行,2026-04-01,2028-04-01,\n")  # fmt: skip


OLD, NEW, OTHER = "610305100201-0001", "610305100201-0009", "610305100202-0003"
FIRST = HOUSEHOLD + (
    member(OLD, "李样四", "户主", LI, "已婚", "2024-03-01")
    + member(OLD, "李样四", "子", WANG, "未婚", "2024-03-01")
    + member(OLD, "李样四", "配偶", WU, "已婚", "2024-03-01")
)
SPLIT = HOUSEHOLD + member(NEW, "王样八", "户主", WANG, "未婚", "2025-06-01")
DIVORCED = HOUSEHOLD + (
    member(OTHER, "吴样六", "户主", WU, "离异", "2025-09-01")
    + member(OLD, "李样四", "户主", LI, "离异", "2025-09-01")
)


def test_the_legal_representative_is_one_at_a_time(district: District) -> None:
    district.take("enterprise", firm(ZHAO, "2020-01-01"))
    second = district.take("enterprise", firm(QIAN, "2025-05-01"))
    assert second.succeeded == {"LEGAL_REPRESENTATIVE_OF": 1}
    kind, name = "LEGAL_REPRESENTATIVE_OF", "凤翔样甲有限公司"
    assert district.ties(kind, date(2025, 4, 30)) == {("赵样一", name)}
    assert district.ties(kind, date(2025, 5, 1)) == district.ties(kind) == {("钱样二", name)}
    district.take("judgment_defaulter", listing(ZHAO))
    told = explain(assess(take_snapshot(district.log, DAY)), f"org:{FIRM}")
    assert told.score < 0.01
    assert district.key("赵样一") not in {part.party for part in told.linked.contributions}
    # what comes late takes its place by its own day
    district.take("enterprise", firm(WANG, "2023-01-01"))
    assert district.ties(kind) == {("钱样二", name)}
    assert district.ties(kind, date(2024, 1, 1)) == {("王样八", name)}


def test_a_blank_day_of_office_takes_it_from_nobody(district: District) -> None:
    district.take("enterprise", firm(QIAN, "2025-05-01"))
    again = district.take("enterprise", firm(QIAN))
    assert (again.accepted, again.unchanged) == (0, 1)
    district.take("enterprise", firm(ZHAO))
    kind, name = "LEGAL_REPRESENTATIVE_OF", "凤翔样甲有限公司"
    # the third file came on 2026-04-13: until then the register said Qian
    assert district.ties(kind, date(2026, 4, 12)) == {("钱样二", name)}
    assert district.ties(kind, date(2026, 4, 13)) == {("赵样一", name)}


def test_a_seat_moves(district: District) -> None:
    district.take("enterprise", firm(ZHAO, "2020-01-01"))
    district.take("enterprise", firm(ZHAO, "2020-01-01", village="610305100202"))
    name = "凤翔样甲有限公司"
    assert district.ties("LOCATED_IN", date(2026, 4, 11)) == {(name, "样东村")}
    assert district.ties("LOCATED_IN") == {(name, "样西村")}
    district.take("enterprise", firm(ZHAO, "2020-01-01", village=""))
    assert district.ties("LOCATED_IN") == {(name, "样西村")}
    district.take("enterprise", firm(ZHAO, "2020-01-01", state="迁出", village="610305100202"))
    assert district.ties("LOCATED_IN", date(2026, 4, 13)) == {(name, "样西村")}
    assert district.ties("LOCATED_IN") == set()


@pytest.mark.parametrize(
    ("state", "ended", "until"),
    [
        ("注销", "2026-03-01", date(2026, 3, 1)),
        ("注销", "", date(2026, 4, 12)),  # the day of the file
        ("吊销", "2026-03-01", None),  # who represents it still answers for it
        ("", "", None),
    ],
)
def test_deregistration_ends_the_office(
    district: District, state: str, ended: str, until: date | None
) -> None:
    kind = "LEGAL_REPRESENTATIVE_OF"
    held = {("赵样一", "凤翔样甲有限公司")}
    district.take("enterprise", firm(ZHAO, "2020-01-01"))
    said = firm(ZHAO, "2020-01-01", state=state, ended=ended)
    district.take("enterprise", said)
    if until is None:
        assert district.ties(kind) == held
        return
    assert district.ties(kind, until - timedelta(1)) == held and district.ties(kind, until) == set()
    # told again, in another file, it ends no later
    assert district.take("enterprise", said + "\n").accepted == 0
    assert district.ties(kind, until - timedelta(1)) == held and district.ties(kind, until) == set()


def test_a_household_splits_and_a_marriage_ends(district: District) -> None:
    district.take("farmer_household", FIRST)
    split = district.take("farmer_household", SPLIT)
    assert split.succeeded == {"BELONGS_TO": 1}
    third = district.take("farmer_household", DIVORCED)
    assert third.succeeded == {"BELONGS_TO": 1, "LOCATED_IN": 1, "SPOUSE_OF": 1}
    lives = {("李样四", OLD), ("王样八", NEW), ("吴样六", OTHER)}
    assert district.ties("BELONGS_TO") == lives
    assert district.ties("BELONGS_TO", date(2025, 5, 31)) == {
        ("李样四", OLD), ("王样八", OLD), ("吴样六", OLD),
    }  # fmt: skip
    assert {end for end in district.ties("LOCATED_IN") if end[0] == "吴样六"} == {
        ("吴样六", "样西村")
    }
    assert district.ties("SPOUSE_OF", date(2025, 8, 31)) and not district.ties("SPOUSE_OF")
    district.take("loan", LOAN + (
        "C1402610305001,样本农村商业银行,N02,李样四,610322199005101046,10,2024-01-10,2027-01-09,"
        "种植,信用,5,10,正常,0,,2026-03-31\n"))  # fmt: skip
    district.take("judgment_defaulter", listing(WU))
    # the son left the house: its loan is not his household's
    assert district.fact("household_other_borrower", district.key("王样八")).value is not True
    told = explain(assess(take_snapshot(district.log, DAY)), district.key("李样四"))
    assert all("夫妻" not in str(part) for part in told.linked.contributions) and told.score < 0.05


def test_the_files_in_another_order_say_the_same(tmp_path: Path) -> None:
    found = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        folder = tmp_path / str(order)
        folder.mkdir()
        district = District(folder)
        for number in order:
            district.take("farmer_household", (FIRST, SPLIT, DIVORCED)[number])
        days = [date(2024, 3, 1) + timedelta(30 * month) for month in range(24)]
        # which end of a marriage is the smaller key depends on the folder's secret
        found.append([{frozenset(pair) for pair in district.ties(kind, day)} for day in days
                      for kind in ("BELONGS_TO", "SPOUSE_OF", "LOCATED_IN")])  # fmt: skip
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("kind", ["BELONGS_TO", "SPOUSE_OF", "LOCATED_IN"])
@pytest.mark.parametrize(("state", "ends"), [
    ("死亡", {"BELONGS_TO", "SPOUSE_OF", "LOCATED_IN"}),
    ("迁出", {"BELONGS_TO", "LOCATED_IN"}),
    ("分户", {"BELONGS_TO"}),
    ("在户", set()),
    ("", set()),
])  # fmt: skip
def test_who_is_a_member_no_more(district: District, state: str, ends: set[str], kind: str) -> None:
    def hers(day: date) -> set[tuple[str, str]]:
        return {pair for pair in district.ties(kind, day) if "吴样六" in pair}

    district.take("farmer_household", FIRST)
    gone = member(OLD, "李样四", "配偶", WU, "", "2025-09-01", state, "2025-02-03" if ends else "")
    district.take("farmer_household", HOUSEHOLD + gone)
    assert hers(date(2025, 2, 2))
    assert bool(hers(date(2025, 2, 3))) is bool(hers(DAY)) is (kind not in ends)


@pytest.mark.parametrize(
    ("state", "day", "died_on"),
    [("死亡", "2025-02-03", date(2025, 2, 3)), ("去世", "", date(2025, 9, 1)), ("迁出", "2025-02-03", None),
     ("", "", None)],
)  # fmt: skip
def test_who_died_is_said_as_a_plain_fact(
    district: District, state: str, day: str, died_on: date | None
) -> None:
    """On its day; where none is told, no later than the visit that found it."""
    district.take("farmer_household", FIRST)
    gone = member(OLD, "李样四", "配偶", WU, "", "2025-09-01", state, day)
    district.take("farmer_household", HOUSEHOLD + gone)
    facts = take_snapshot(district.log, DAY).facts("Person").to_pylist()
    assert [row["died_on"] for row in facts if row["key"] == district.key("吴样六")] == [died_on]


@pytest.mark.parametrize(
    ("hers", "his", "still"),
    [("离异", "离异", False), ("丧偶", "", False), ("", "离异", False), ("", "", True),
     ("离异", "已婚", True), ("已婚", "离异", True), ("未婚", "", True)],
)  # fmt: skip
def test_what_a_marital_status_ends(district: District, hers: str, his: str, still: bool) -> None:
    district.take("farmer_household", FIRST)
    district.take("farmer_household", HOUSEHOLD + (
        member(OLD, "李样四", "户主", LI, his, "2025-09-01")
        + member(OLD, "李样四", "配偶", WU, hers, "2025-09-01")))  # fmt: skip
    assert bool(district.ties("SPOUSE_OF")) is still


def test_two_householders_in_one_file_are_told(district: District) -> None:
    district.take("farmer_household", FIRST)
    report = district.take("farmer_household", HOUSEHOLD + (
        member(OLD, "李样四", "户主", LI, "已婚", "2025-09-01")
        + member(OLD, "王样八", "户主", WANG, "未婚", "2025-09-01")))  # fmt: skip
    told = [item for item in report.findings if item.code == "several_at_once"]
    assert {("户主" in item.message_zh, item.severity, item.row) for item in told} >= {
        (True, "warning", 2)
    }
    heads = [row["from_key"] for row in district.log.read("BELONGS_TO", as_of=DAY).to_pylist()
             if row["role"] == "householder"]  # fmt: skip
    assert heads == [district.key("李样四")]


Change = Callable[[District], ingest.BatchReport]


@pytest.mark.parametrize("change", [
    lambda d: d.take("farmer_household", SPLIT),
    lambda d: d.take("farmer_household", DIVORCED),
    lambda d: d.take("farmer_household",
                     HOUSEHOLD + member(OLD, "吴样六", "户主", WU, "丧偶", "2025-09-01")),
    lambda d: d.take("farmer_household", FIRST.replace("2024-03-01", "2026-03-01")),
])  # fmt: skip
def test_a_withdrawal_brings_back_what_was_ended(district: District, change: Change) -> None:
    kinds = ("BELONGS_TO", "SPOUSE_OF", "LOCATED_IN")
    days = [date(2024, 3, 1) + timedelta(30 * month) for month in range(28)]

    def told() -> list[set[tuple[str, str]]]:
        return [district.ties(kind, day) for kind in kinds for day in days]

    district.take("farmer_household", FIRST)
    before = told()
    report = change(district)
    after = told()
    ingest.withdraw(report.batch, reason="送错了文件", by="王五", settings=district.settings,
                    known_at=district.now(), into_graph=False)  # fmt: skip
    assert told() == before
    # what it said of days is gone too: a late file lies over what is left
    late = district.take("farmer_household",
                         HOUSEHOLD + member(OTHER, "吴样六", "户主", WU, "", "2025-01-01"))  # fmt: skip
    assert ("吴样六", OTHER) in district.ties("BELONGS_TO")
    ingest.withdraw(late.batch, reason="送错了文件", by="王五", settings=district.settings,
                    known_at=district.now(), into_graph=False)  # fmt: skip
    assert told() == before
    change(district)
    assert told() == after


def test_a_dry_run_says_what_would_end(district: District) -> None:
    district.take("farmer_household", FIRST)
    path = district.file(SPLIT)
    (seen,) = preview("farmer_household", [path], settings=district.settings).batches
    done = district.take("farmer_household", SPLIT)
    assert (seen.closed, seen.succeeded) == (done.closed, done.succeeded) != (0, {})
    assert encode(seen)["succeeded"] == {"BELONGS_TO": 1}
