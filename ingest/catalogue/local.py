"""Local catalogues and lists of duties: dated files of the office, each with the document it follows.

A local catalogue may add classes to the national one only where a local regulation
(地方性法规) has them; a notice of an office may say who owes what by when, and adds no class.

    title: 某市公共信用信息补充目录（2025年版）
    document: 某市社会信用条例 第十二条
    document_kind: local_regulation
    issuer: 某市人民代表大会常务委员会
    from: 2025-07-01
    classes: {volunteer_service: 志愿服务信息}
    duties:
      - {source: utility_payment, department: 区自来水公司, every: month, within_days: 10,
         clause: 区信用办〔2025〕3号 附件}

They lie in the folder `catalogues` of the data folder.  Source: 国办发〔2020〕49号 (公共信用信息实行目录制
管理; 地方补充目录依据地方性法规编制).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field, model_validator

from graph.errors import SettingsError
from graph.time import MAX_DATE
from ingest.catalogue.declaration import read_declaration
from ingest.catalogue.field import Strict

__all__ = ["LOCAL", "Due", "Every", "LocalCatalogue", "LocalDuty", "local_catalogues"]

#: In front of a class of a local catalogue, where a declaration names one.
LOCAL = "local."

Every: TypeAlias = Literal["week", "month", "quarter", "half_year", "year"]


class Due(Strict):
    """By when an item is owed: once in a period, or so many working days after each act.

    Attributes:
        within_days, within_months: after the end of the period; neither: by the end of the next one.
        working_days: after the act itself, whenever it happens.
        clause: which rule says so.
    """

    every: Every | None = None
    within_days: int | None = Field(default=None, ge=1, le=366)
    within_months: int | None = Field(default=None, ge=1, le=12)
    working_days: int | None = Field(default=None, ge=1, le=366)
    clause: str
    sure: Literal["found", "known_high", "assumed"] = "known_high"

    @model_validator(mode="after")
    def _one_way(self) -> Due:
        if (self.every is None) == (self.working_days is None):
            raise ValueError("say every, or working_days, and not both")
        if self.within_days and self.within_months:
            raise ValueError("say within_days or within_months")
        if self.every is None and (self.within_days or self.within_months):
            raise ValueError("within is counted from the end of a period (every)")
        return self


class LocalDuty(Due):
    """Who owes an item of a source by when, as a document of the place has it."""

    source: str
    table: str | None = None
    department: str | None = None


class LocalCatalogue(Strict):
    """One file: classes that a local regulation adds, and duties that a document assigns."""

    title: str
    document: str
    document_kind: Literal["local_regulation", "notice"]
    issuer: str
    begins: date = Field(alias="from")
    ends: date | None = Field(default=None, alias="until")
    classes: Mapping[str, str] = Field(default_factory=dict)
    duties: tuple[LocalDuty, ...] = ()

    def in_force(self, day: date) -> bool:
        """Whether it counts on a day."""
        return self.begins <= day <= (self.ends or MAX_DATE)


def local_catalogues(folder: Path) -> tuple[LocalCatalogue, ...]:
    """Every file of the folder; none where there is no such folder.

    Raises:
        SettingsError: `catalogue`: a file that is none, or a notice that adds a class.
    """
    return tuple(_read(path) for path in sorted(folder.glob("*.yaml")))


def _read(path: Path) -> LocalCatalogue:
    found = read_declaration(LocalCatalogue, path, _wrong)
    if found.classes and found.document_kind != "local_regulation":
        raise _wrong(
            path.name,
            f"“{found.document}”不是地方性法规，不能增加信用信息类别（国办发〔2020〕49号）；责任分工可以保留",
        )
    return found


def _wrong(name: str, why: str) -> SettingsError:
    return SettingsError(
        f"本地目录“{name}”：{why}。请更正该 YAML 文件。",
        f"The local catalogue {name} cannot be used.",
        code="catalogue",
    )
