"""The name of a party is kept as the register wrote it; whatever else is read is folded."""
# ruff: noqa: RUF001

from __future__ import annotations

from pathlib import Path

import pytest

from graph.identifiers import unified_social_credit_code as uscc
from graph.settings import Settings
from ingest import ingest
from ingest.catalogue.source import load_source, source_names
from ingest.reading.cell import Cells
from ingest.reading.table import read_table

WRITTEN = "宝鸡市（丰硕）㈱Ⅱ　果业"
CODE = uscc.complete("91610305MA6X00Q1")


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (WRITTEN, WRITTEN),
        (f"　{WRITTEN} \u200b", WRITTEN),
        ("ＡＢＣ", "ＡＢＣ"),
        ("'=李永", "=李永"),
        ("　", None),
        ("e\u0301", "é"),
    ],
)
def test_a_name_keeps_its_characters(raw: str, kept: str | None) -> None:
    assert Cells(as_written=True)[raw] == kept


def test_other_texts_are_folded() -> None:
    assert Cells()[WRITTEN] == "宝鸡市(丰硕)株II 果业".replace("株", "(株)")


def test_every_source_keeps_the_names_of_its_parties() -> None:
    kept = {
        name for source in source_names() for _, spec in load_source(source).shapes()
        for name in spec.party_names
    }  # fmt: skip
    assert {"subject_name", "borrower_name", "guarantor_name", "holder_name", "member_name"} <= kept
    # what makes a key, or names no party, is folded
    assert not kept & {"plot_name", "machine_name", "document_name", "loan_no", "name"}


def test_the_name_of_a_delivered_row_is_stored_as_it_stands(tmp_path: Path) -> None:
    from graph.log import FactLog

    settings = Settings(data=tmp_path)
    head = "被执行人姓名（名称）,证件号码,案号,执行法院,执行依据文号,失信行为具体情形,履行情况,发布日期"
    source = load_source("judgment_defaulter")
    spec = source.tables["judgment_defaulter"]
    titles = {item.name: item.title for item in spec.fields}
    row = dict.fromkeys(titles, "") | {
        "subject_name": WRITTEN, "subject": "　" + CODE.translate({ord(a): ord(a) + 0xFEE0 for a in CODE}),
        "case_no": "（２０２６）陕０３０５执１号", "authority": "凤翔区人民法院", "legal_ground": "（2025）陕0305民初1号",
        "conduct": "有履行能力而拒不履行", "performance": "全部未履行", "listed_on": "2026-03-01",
    }  # fmt: skip
    path = tmp_path / "失信被执行人.csv"
    lines = [",".join(titles.values()), ",".join(row[name] for name in titles)]
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    assert read_table(path, source).frame["subject_name"].tolist() == [WRITTEN], head
    ingest("judgment_defaulter", [path], settings=settings, into_graph=False)
    log = FactLog(settings.log_dir)
    assert log.read("Enterprise")["name"].to_pylist() == [WRITTEN]
    assert log.read("Enterprise")["unified_social_credit_code"].to_pylist() == [CODE]
    assert log.read("ListEntry")["case_no"].to_pylist() == ["(2026)陕0305执1号"]
