"""Who is a government body: a class of the code is a kind of person in law (民法典 76, 87, 96, 102)."""

from __future__ import annotations

from pathlib import Path

import pytest

import ingest
from graph.identifiers import unified_social_credit_code as uscc
from graph.log import FactLog
from graph.schema import SCHEMA
from graph.settings import Settings
from ingest.checking.naming import label_of_name
from ingest.checking.parties import organisation

REGIONS = (
    "行政区划代码,名称,级别,上级代码,原代码\n610305,凤翔区,县区,,610322\n610305100,城关镇,乡镇,610305,\n"
    "610305100201,样东村,行政村,610305100,\n"
)
HEAD = (
    "统一社会信用代码,企业名称,登记状态,成立日期,注册资本（万元）,住所,村编码,联系电话,"
    "法定代表人,法定代表人证件号码,任职日期\n"
)


@pytest.mark.parametrize(
    ("start", "label"),
    [
        ("11610305MB000001", "GovernmentBody"),
        ("12610305MB000001", "GovernmentBody"),
        ("13610305MB000001", "GovernmentBody"),
        ("A1610305MB000001", "GovernmentBody"),
        ("19610305MB000001", "OtherOrganisation"),
        ("31610305MD0XT001", "ProfessionalServiceBody"),
        ("32610305MD0XT001", "ProfessionalServiceBody"),
        ("51610305MJ0XT001", "SocialOrganisation"),
        ("52610305MJ0XT003", "SocialOrganisation"),
        ("53610305MJ0XT003", "SocialOrganisation"),
        ("54610305MF0XT002", "SelfGoverningBody"),
        ("71610305MF0XT002", "SocialOrganisation"),
        ("81610305MF0XT002", "SocialOrganisation"),
        ("N2610305MF000000", "Collective"),
        ("91610305MA900001", "Enterprise"),
        ("92610305MA900001", "IndividualBusiness"),
        ("93610305MA900001", "Cooperative"),
        ("G1610305MA900001", "OtherOrganisation"),
        ("Y1610305MA900001", "OtherOrganisation"),
    ],
)
def test_the_label_follows_from_the_class(start: str, label: str) -> None:
    code = uscc.complete(start)
    columns, found = organisation(code)
    assert (columns[1], found.code) == (label, "ok")
    assert SCHEMA.superlabel(SCHEMA.nodes[label]) == "Party"
    assert label in SCHEMA.relationships["LEGAL_REPRESENTATIVE_OF"].targets


def test_codes_of_the_corps_have_no_province(tmp_path: Path) -> None:
    for start in ("11991400MB000001", "12990000MB000001"):
        assert organisation(uscc.complete(start))[1].code == "ok"
    assert organisation(uscc.complete("11981400MB000001"))[1].code == "division"


def test_a_law_firm_a_kindergarten_and_a_committee_in_the_register(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    regions, firms = tmp_path / "行政区划.csv", tmp_path / "企业登记.csv"
    regions.write_text(REGIONS, encoding="utf-8")
    rows = [("31610305MD0XT0014Q", "样县律师事务所"), ("52610305MJ0XT0032R", "样县幼儿园"),
            ("54610305MF0XT002X0", "样东村村民委员会")]  # fmt: skip
    lines = [
        f"{code},{name},存续,2020-01-01,100,样路1号,610305100201,,赵样一,610322197503151012,2020-01-01"
        for code, name in rows
    ]
    firms.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    ingest.ingest("regions", [regions], settings=settings, into_graph=False)
    report = ingest.ingest("enterprise", [firms], settings=settings, into_graph=False).batches[0]
    assert (report.accepted, report.quarantined) == (3, 0)
    log = FactLog(settings.log_dir)
    named = {
        label: log.read(label)["name"].to_pylist()
        for label in ("GovernmentBody", "ProfessionalServiceBody", "SocialOrganisation",
                      "SelfGoverningBody")
    }  # fmt: skip
    assert named == {
        "GovernmentBody": [],
        "ProfessionalServiceBody": ["样县律师事务所"],
        "SocialOrganisation": ["样县幼儿园"],
        "SelfGoverningBody": ["样东村村民委员会"],
    }
    ends = log.read("LEGAL_REPRESENTATIVE_OF")["to_label"].to_pylist()
    assert sorted(ends) == ["ProfessionalServiceBody", "SelfGoverningBody", "SocialOrganisation"]


def test_a_committee_named_without_a_code_is_no_collective() -> None:
    assert label_of_name("样东村村民委员会") == "SelfGoverningBody"
    assert label_of_name("样东村股份经济合作社") == "Collective"
    assert label_of_name("样东村第三村民小组") == "Collective"
