"""What stands in no catalogue in force is refused with the reason, and kept nowhere."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from graph.errors import InputError, SettingsError
from graph.settings import Settings
from ingest import ingest, load_source, preview, source_names
from ingest.catalogue.editions import editions, in_force
from ingest.catalogue.local import LocalCatalogue, local_catalogues
from ingest.catalogue.source import Source
from ingest.catalogue.within import within
from ingest.reading.table import read_table

TODAY = date(2026, 11, 29)
REGULATION = """
title: 样本市公共信用信息补充目录（2025年版）
document: 样本市社会信用条例 第十二条
document_kind: local_regulation
issuer: 样本市人民代表大会常务委员会
from: 2025-07-01
until: 2026-12-31
classes: {volunteer: 志愿服务信息}
"""


@pytest.mark.parametrize(
    ("day", "code", "classes"),
    [
        ("2020-05-01", "national_2021", 11), ("2021-12-16", "national_2021", 11),
        ("2022-12-27", "national_2021", 11), ("2022-12-28", "national_2022", 12),
        ("2023-12-31", "national_2022", 12), ("2024-01-01", "national_2024", 13),
        ("2026-11-29", "national_2024", 13),
    ],
)  # fmt: skip
def test_the_edition_in_force_is_that_of_the_day(day: str, code: str, classes: int) -> None:
    found = in_force(date.fromisoformat(day)).edition
    assert (found.code, len(found.classes or ())) == (code, classes)


def test_an_edition_whose_text_is_not_at_hand_is_told_and_held_against_nothing() -> None:
    found = in_force(TODAY)
    assert found.edition.code == "national_2024"
    assert any("2025年版" in note and "没有录入" in note for note in found.notes)
    assert in_force(date(2024, 6, 1)).notes == ()


@pytest.mark.parametrize("name", source_names())
def test_every_table_and_field_stands_somewhere_today(name: str) -> None:
    source, catalogue = load_source(name), in_force(TODAY)
    for table, spec in source.tables.items():
        assert catalogue.covers(source.places(table)), table
        assert all(catalogue.covers(field.catalogue) for field in spec.fields if field.catalogue)
    assert within(source, catalogue) == source


def test_a_source_that_stands_nowhere_is_no_declaration() -> None:
    told = load_source("power_list").model_dump(by_alias=True)
    for catalogue in ([], ["health"], ["blood_donation", "office"]):
        with pytest.raises(ValidationError, match="catalogue"):
            Source.model_validate({**told, "catalogue": catalogue})


def _source(**changed: object) -> Source:
    """Judgment defaulters, as if they, or their column of conduct, stood elsewhere."""
    source = load_source("judgment_defaulter")
    [(name, table)] = source.tables.items()
    return source.model_copy(update={"tables": {name: table.model_copy(update=changed)}})


def _file(folder: Path) -> Path:
    path = folder / "失信被执行人.csv"
    path.write_text(
        "被执行人名称,被执行人证件号码,执行法院,执行依据文号,案号,失信行为具体情形,发布日期,备用\n"
        "样样果业有限公司,91610305MA91XXXX0X,样本区人民法院,（2024）样民初1号,（2024）样执1号,违反财产报告制度,2025-11-10,留不得样例\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("places", "day", "taken"),
    [
        (("intellectual_property",), "2023-06-01", False),  # the class came in 2024
        (("intellectual_property",), "2024-06-01", True),
        (("compliance",), "2022-06-01", False),
        (("compliance",), "2023-06-01", True),
        (("compliance", "financing"), "2022-06-01", True),  # another lawful ground
        (("local.volunteer",), "2025-06-30", False),
        (("local.volunteer",), "2025-07-01", True),
        (("local.volunteer",), "2027-01-01", False),
        (("local.other",), "2026-01-01", False),
    ],
)
def test_a_table_outside_is_refused_before_a_row_is_read(
    tmp_path: Path, places: tuple[str, ...], day: str, taken: bool
) -> None:
    (tmp_path / "local.yaml").write_text(REGULATION, encoding="utf-8")
    catalogue = in_force(date.fromisoformat(day), local_catalogues(tmp_path))
    source = within(_source(catalogue=places), catalogue)
    if taken:
        assert read_table(_file(tmp_path), source).rows_in == 1
        return
    with pytest.raises(InputError) as refused:
        read_table(_file(tmp_path), source)
    assert refused.value.cause_code == "outside_catalogue"
    assert catalogue.edition.title in refused.value.message_zh


def test_a_field_outside_is_not_read_and_the_clerk_is_told_why(tmp_path: Path) -> None:
    [table] = load_source("judgment_defaulter").tables.values()
    required = [x.model_copy(update={"catalogue": ("local.other",)}) for x in table.fields]
    optional = [x.model_copy(update={"required": False}) for x in required]
    catalogue = in_force(TODAY)
    for fields in (required, optional):
        chosen = tuple(
            changed if changed.title == "失信行为具体情形" else field
            for changed, field in zip(fields, table.fields, strict=True)
        )
        source = within(_source(fields=chosen, key=()), catalogue)
        if fields is required:
            with pytest.raises(InputError, match="失信行为具体情形"):
                read_table(_file(tmp_path), source)
            continue
        read = read_table(_file(tmp_path), source)
        told = {note.column: note.code for note in read.notes}
        assert told == {"失信行为具体情形": "outside_catalogue", "备用": "unknown_column"}


def test_a_notice_may_say_who_owes_what_and_adds_no_class(tmp_path: Path) -> None:
    path = tmp_path / "notice.yaml"
    told = REGULATION.replace("local_regulation", "notice")
    path.write_text(told, encoding="utf-8")
    with pytest.raises(SettingsError, match="不是地方性法规"):
        local_catalogues(tmp_path)
    duty = "duties: [{source: loan, every: month, within_days: 5, clause: 会议纪要第1条}]"
    path.write_text(told.replace("classes: {volunteer: 志愿服务信息}", duty), encoding="utf-8")
    [found] = local_catalogues(tmp_path)
    assert [(x.source, x.every, x.within_days) for x in found.duties] == [("loan", "month", 5)]
    path.write_text("title: 无文号\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="内容有误"):
        local_catalogues(tmp_path)


def test_what_is_refused_lies_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data=tmp_path / "data")
    outside = _source(catalogue=("local.volunteer",))
    for module in ("ingest.pipeline", "ingest.dry_run"):
        monkeypatch.setattr(f"{module}.load_source", lambda _: outside)
    at = datetime(2026, 11, 1, tzinfo=UTC)
    path = _file(tmp_path)
    for way in (preview, ingest):
        more = {"into_graph": False} if way is ingest else {}
        with pytest.raises(InputError) as refused:
            way("judgment_defaulter", [path], settings=settings, known_at=at, **more)
        assert refused.value.cause_code == "outside_catalogue"
    # a regulation of the place opens it; what no declaration knows stays outside all the same
    settings.catalogues_dir.mkdir(parents=True)
    (settings.catalogues_dir / "local.yaml").write_text(REGULATION, encoding="utf-8")
    assert preview("judgment_defaulter", [path], settings=settings, known_at=at).batches
    ingest("judgment_defaulter", [path], settings=settings, known_at=at, into_graph=False)
    for file in settings.data.rglob("*"):
        assert not file.is_file() or "留不得样例".encode() not in file.read_bytes()


def test_editions_and_grounds_are_told_apart() -> None:
    book = editions()
    assert not {*book.classes} & {*book.grounds}
    found = in_force(TODAY, [LocalCatalogue.model_validate({
        "title": "甲", "document": "甲条例 第一条", "document_kind": "local_regulation",
        "issuer": "甲", "from": date(2025, 1, 1), "classes": {"volunteer": "志愿服务信息"}})])  # fmt: skip
    assert found.is_record(("administrative",)) and not found.is_record(("office", "consent"))
    assert found.title("local.volunteer") == "志愿服务信息（地方目录）"
    assert found.basis("local.volunteer") == "甲条例 第一条"
