"""The sentence about adverse records says from which sources, up to which day, and what is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from api.record_words import adverse_said, adverse_sentence, record_said, unpublished_said
from queries import library
from queries.adverse import ADVERSE_KINDS, Adverse, AdverseSource
from queries.basis import Basis
from queries.codes import ADVERSE
from queries.library import Answer

ROW: dict[str, Any] = {
    "kind": "penalty", "what": "罚款", "record_key": "p1", "document_no": "凤市监罚〔2026〕1号",
    "authority": "凤翔区市场监督管理局", "since": date(2026, 1, 9), "until": None, "amount_fen": 100_000,
    "certainty": 1.0, "source": "administrative_decision",
}  # fmt: skip


def adverse(rows: list[dict[str, Any]], sources: list[str], unheard: list[str]) -> Adverse:
    basis = Basis(date(2026, 11, 28), datetime(2026, 11, 20, tzinfo=UTC), 9)
    answer = Answer(library()["adverse_records"], rows, basis)
    days = tuple(AdverseSource(name, date(2026, 11, 20)) for name in sources)
    return Adverse(answer, days, tuple(unheard))


def test_every_kind_has_its_word() -> None:
    assert ADVERSE.keys() == ADVERSE_KINDS.keys()


def test_a_clean_record_names_its_sources_and_its_day() -> None:
    told = adverse_sentence(adverse([], ["judgment_defaulter", "loan"], ["penalty"]))
    for words in (
        "截至 2026-11-28",
        "未发现",
        "失信被执行人",
        "贷款借据（数据到 2026-11-20）",
        "尚未接入：行政处罚",
    ):
        assert words in told


def test_a_penalty_in_force_is_never_a_clean_record() -> None:
    told = adverse_sentence(adverse([ROW], ["administrative_decision"], []))
    assert "未发现" not in told and "1 条本主体的不利记录" in told
    assert "罚款" in adverse_said(ROW) and "凤市监罚〔2026〕1号" in adverse_said(ROW)


def test_a_record_by_resemblance_is_said_to_be_one_and_not_counted() -> None:
    unsure = {**ROW, "certainty": 0.8}
    assert adverse_said(unsure).startswith("疑似")
    assert "未发现" in adverse_sentence(adverse([unsure], ["administrative_decision"], []))


def test_nothing_taken_in_is_nothing_known() -> None:
    told = adverse_sentence(adverse([], [], list(ADVERSE_KINDS)))
    assert "不知道" in told and "未发现" not in told


def test_a_record_is_said_by_its_terms() -> None:
    row = {
        "kind": "HOLDS_LAND_RIGHT", "record_kind": "LandRight", "tie": {},
        "facts": {"right_kind": "林权", "area_mu": 12.5, "fact_id": "f"},
        "others": [{"kind": "OVER_PLOT", "key": "plot:1", "facts": {"plot_no": "610305J1"}}],
    }  # fmt: skip
    assert record_said(row) == "权利类型 林权；确权面积 12.5 亩；权利所及地块 610305J1"
    assert "没有内容" in record_said({**row, "record_kind": None, "facts": None, "others": []})


def test_a_record_says_why_it_is_lawfully_not_published() -> None:
    day = date(2026, 11, 29)
    penalty = {"record_kind": "Penalty", "facts": {"penalty_kinds": "罚款", "procedure": "simple"}}
    published = {"record_kind": "Penalty", "facts": {"penalty_kinds": "罚款"}}

    assert "简易程序（行政处罚法 第五十一条" in unpublished_said(penalty, "org:1", day)
    assert unpublished_said(published, "org:1", day) == ""
    assert "自然人" in unpublished_said(published, "person:1", day)
    # what is no public record, or has no version, is not spoken of
    assert unpublished_said({"record_kind": "Plot", "facts": {}}, "person:1", day) == ""
    assert unpublished_said({"record_kind": None, "facts": None}, "person:1", day) == ""
