"""A party without a number is kept under its name; a list neither renames a firm nor proves a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import ingest
from graph.errors import InputError
from graph.identifiers import resident_id, tail_key
from graph.identifiers import unified_social_credit_code as uscc
from graph.log import FactLog
from graph.operations import CodeExceptions, OperationsStore
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.time import utc_now
from ingest import open_rows
from ingest.checking.confirmed import FILE, confirm_code, confirmed_codes
from ingest.identity.record import is_provisional, read_records
from ingest.readmission import readmit

VILLAGE = "610305100201"
REGIONS = (
    "行政区划代码,名称,级别,上级代码\n610305,凤翔区,县区,\n610305100,城关镇,乡镇,610305\n"
    f"{VILLAGE},样东村,行政村,610305100\n"
)
FIRM = uscc.complete("91610305MA900001")
BOSS = resident_id.complete("61032219800808104")
REGISTER = (
    "统一社会信用代码,企业名称,登记状态,成立日期,住所,村编码,法定代表人,法定代表人证件号码,任职日期\n"
    f"{FIRM},凤翔样样果业有限公司,存续,2020-01-01,样路1号,{VILLAGE},样老板,{BOSS},2020-01-01\n"
)
COURT = "被执行人名称,被执行人证件号码,执行法院,执行依据文号,立案时间,案号,履行情况,失信行为具体情形,发布日期,公布截止日期,移出日期\n"
LISTED = "{},{},样县人民法院,（2025）样民初{}号,2026-01-02,（2026）样执{}号,全部未履行,拒不履行,2026-04-01,2028-04-01,\n"


@pytest.fixture
def office(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path / "data")
    take(settings, tmp_path, "regions", "行政区划.csv", REGIONS)
    take(settings, tmp_path, "enterprise", "企业登记.csv", REGISTER)
    return settings


def take(settings: Settings, folder: Path, source: str, name: str, text: str) -> ingest.BatchReport:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return ingest.ingest(source, [path], settings=settings, into_graph=False).batches[0]


def names_of(settings: Settings, key: str) -> list[str | None]:
    held = FactLog(settings.log_dir).read("Enterprise").sort_by("known_from")
    return [row["name"] for row in held.to_pylist() if row["key"] == key]


def test_a_list_does_not_rename_a_registered_firm(office: Settings, tmp_path: Path) -> None:
    text = COURT + LISTED.format("样样果业公司", FIRM, 4, 4)
    report = take(office, tmp_path, "judgment_defaulter", "失信被执行人.csv", text)
    assert (report.accepted, report.quarantined) == (1, 0)
    assert [name for name in names_of(office, f"org:{FIRM}") if name] == ["凤翔样样果业有限公司"]
    # written alike it is the same name, and who no register knows is called as the list has it
    other = uscc.complete("91610305MA900002")
    text = (
        COURT
        + LISTED.format("凤翔样样果业有限公司 ", FIRM, 5, 5)
        + LISTED.format("某公司", other, 6, 6)
    )
    take(office, tmp_path, "judgment_defaulter", "失信被执行人2.csv", text)
    assert set(names_of(office, f"org:{FIRM}")) <= {"凤翔样样果业有限公司", None}
    assert names_of(office, f"org:{other}") == ["某公司"]


def test_a_code_that_a_person_confirmed_is_taken_and_counted_apart(
    office: Settings, tmp_path: Path
) -> None:
    """The row that was refused for it comes in by itself, and every later one is taken."""
    odd = FIRM[:17] + ("A" if FIRM[17] != "A" else "B")
    text = COURT + LISTED.format("老样样厂", odd, 4, 4)
    other = LISTED.format("样样二厂", FIRM[:17] + ("C" if FIRM[17] != "C" else "D"), 5, 5)
    report = take(office, tmp_path, "judgment_defaulter", "失信被执行人.csv", text + other)
    assert report.quarantined == 2
    person = BOSS[:17] + ("0" if BOSS[17] != "0" else "1")
    with OperationsStore(office) as store:
        for code, evidence, cause in (
            (FIRM, "营业执照原件", "code_not_doubtful"),
            (odd, "", "evidence_missing"),
            (person, "身份证原件", "code_not_doubtful"),
        ):
            with pytest.raises(InputError) as refused:
                confirm_code(store, code, by="王五", evidence=evidence, at=utc_now())
            assert refused.value.cause_code == cause
        assert confirmed_codes(office.data, store) == frozenset()
        confirm_code(store, odd, by="王五", evidence="营业执照副本原件", at=utc_now())
        again = confirm_code(store, odd, by="赵六", evidence="又看了一遍", at=utc_now())
        assert [item.by for item in CodeExceptions(store).all()] == ["王五"]
        assert (again, confirmed_codes(office.data, store)) == (odd, frozenset({odd}))
        (admitted,) = readmit(odd, settings=office, store=store, into_graph=False)
        assert [(one.accepted, one.quarantined) for one in admitted.batches] == [(1, 0)]
        assert [finding.code for finding in admitted.batches[0].findings] == ["confirmed_code"]
        assert readmit(odd, settings=office, store=store, into_graph=False) == ()
        # the other row waits where it stood
        assert [item.row for item in open_rows(FactLog(office.log_dir))] == [3]
        # taken back, it is refused again
        number = CodeExceptions(store).all()[0].number
        CodeExceptions(store).end(number, by="赵六", because="证照系伪造", at=utc_now())
        assert confirmed_codes(office.data, store) == frozenset()
    text = COURT + LISTED.format("老样样厂", odd, 6, 6)
    report = take(office, tmp_path, "judgment_defaulter", "失信被执行人2.csv", text)
    assert report.quarantined == 1


def test_codes_confirmed_before_the_store_kept_them_hold_on(office: Settings) -> None:
    line = {"code": "91610305MA9000019A", "by": "王五", "evidence": "营业执照", "at": "2026-04-01"}
    (office.data / FILE).write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert confirmed_codes(office.data, None) == {"91610305MA9000019A"}


def test_a_masked_number_on_a_public_list_is_a_party_to_be_settled(
    office: Settings, tmp_path: Path
) -> None:
    text = COURT + LISTED.format("李样四", "6103221990****1046", 4, 4)
    text += LISTED.format("李样四", "6103221991****1054", 4, 4)
    report = take(office, tmp_path, "judgment_defaulter", "失信被执行人.csv", text)
    assert (report.accepted, report.quarantined) == (2, 0)
    assert {(f.row, f.code, f.severity) for f in report.findings} == {
        (2, "masked_id", "warning"), (3, "masked_id", "warning"),
    }  # fmt: skip
    log = FactLog(office.log_dir)
    found = [record for record in read_records(log) if is_provisional(record.key)]
    # two masks are two mentions; neither is anybody yet, and the last four stay hidden
    assert sorted(record.masked_id or "" for record in found) == [
        "6103221990********", "6103221991********",
    ]  # fmt: skip
    key = make_secrets(office.secrets_file).identity_key
    assert {record.tail_key for record in found} == {tail_key("1046", key), tail_key("1054", key)}
    assert {record.label for record in found} == {"Person"}
    assert not any(record.identifiers for record in found)
    subjects = log.read("SUBJECT_OF")["from_key"].to_pylist()
    assert sorted(subjects) == sorted(record.key for record in found)


def test_a_firm_abroad_holds_shares_under_its_name(office: Settings, tmp_path: Path) -> None:
    text = "统一社会信用代码,股东名称,股东证件号码,出资比例（%）,出资日期\n" + "".join(
        f"{FIRM},{name},,20,2021-01-01\n" for name in ("ABC Holdings Ltd.", "样东村第三村民小组")
    )
    report = take(office, tmp_path, "enterprise_shareholder", "股东.csv", text)
    assert (report.accepted, report.quarantined) == (2, 0), report.findings
    ties = FactLog(office.log_dir).read("HOLDS_SHARES_IN").to_pylist()
    assert {row["from_label"] for row in ties} == {"Enterprise", "Collective"}
    assert len({row["from_key"] for row in ties}) == 2
    assert all(is_provisional(row["from_key"]) for row in ties)
