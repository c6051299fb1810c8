"""The catalogue of public credit information by edition, and what else may lawfully be taken in.

Every table of every source says where it stands (`catalogue`), and a field may say it for itself.  On
the day on which a file comes, the edition in force and the lawful local catalogues of that day cover
the place, or it is refused with the reason: what no catalogue covers may not enter a credit record.

Source: 全国公共信用信息基础目录 (editions in `editions.yaml`); 国办发〔2020〕49号.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from graph.time import MAX_DATE
from ingest.catalogue.local import LOCAL, LocalCatalogue
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = ["CatalogueInForce", "Edition", "Editions", "editions", "in_force", "place_title"]


class Edition(Strict):
    """One edition of the national catalogue.

    Attributes:
        classes: codes of its classes; None: its text is not at hand, and nothing is held against it.
        begins, ends: first and last day; `ends` None: until the next.
    """

    code: str
    title: str
    document: str
    begins: date = Field(alias="from")
    ends: date | None = Field(default=None, alias="until")
    classes: tuple[str, ...] | None
    sure: Literal["found", "known_high", "unsure"]
    note: str = ""


class Ground(Strict):
    """A lawful ground other than the catalogue: what stands on it is no public credit record."""

    title: str
    basis: str


class Editions(RuleFile):
    """All of `editions.yaml`."""

    FILE: ClassVar[str] = "editions"

    classes: Mapping[str, str]
    editions: tuple[Edition, ...]
    grounds: Mapping[str, Ground]

    @model_validator(mode="after")
    def _in_order(self) -> Editions:
        first_days = [item.begins for item in self.editions]
        if first_days != sorted(set(first_days)):
            raise ValueError("editions follow each other")
        for item in self.editions:
            if (item.classes is None) != (item.sure == "unsure"):
                raise ValueError(f"{item.code}: an edition that is not sure has no classes")
            if strange := {*(item.classes or ())} - {*self.classes}:
                raise ValueError(f"{item.code}: no such class {sorted(strange)}")
        if {*self.grounds} & {*self.classes}:
            raise ValueError("a ground is called like a class")
        return self

    @property
    def places(self) -> frozenset[str]:
        """Every place that a declaration may name, those of local catalogues aside."""
        return frozenset((*self.classes, *self.grounds))

    def applied_on(self, day: date) -> Edition:
        """The edition that is held against what comes on a day."""
        sure = [item for item in self.editions if item.classes is not None]
        return max((item for item in sure if item.begins <= day), key=lambda item: item.begins,
                   default=sure[0])  # fmt: skip


@dataclass(frozen=True)
class CatalogueInForce:
    """What may enter a credit record on a day.

    Attributes:
        edition: of the national catalogue.
        local: lawful local catalogues and lists of duties in force on the day.
        notes: in Chinese, what the office should know: that the edition's term is over, that a newer
            one exists whose text is not at hand.
    """

    day: date
    edition: Edition
    local: tuple[LocalCatalogue, ...]
    notes: tuple[str, ...]

    def covers(self, places: Sequence[str]) -> bool:
        """Whether one of the places is in a catalogue in force, or on another lawful ground."""
        here = {code for item in self.local for code in item.classes}
        return any(
            place.removeprefix(LOCAL) in here
            if place.startswith(LOCAL)
            else place in editions().grounds or place in (self.edition.classes or ())
            for place in places
        )

    def is_record(self, places: Sequence[str]) -> bool:
        """Whether what stands there is a public credit record."""
        return any(place not in editions().grounds for place in places)

    def title(self, place: str) -> str:
        """A place in Chinese; of a local class that is not in force, its code."""
        if place.startswith(LOCAL):
            named = [item.classes.get(place.removeprefix(LOCAL)) for item in self.local]
            return next((f"{title}（地方目录）" for title in named if title), place)
        return place_title(place)

    def basis(self, place: str) -> str:
        """By which document it may be taken in."""
        book = editions()
        if place in book.grounds:
            return book.grounds[place].basis
        local = [x for x in self.local if place.removeprefix(LOCAL) in x.classes]
        return (
            (local[0].document if local else "") if place.startswith(LOCAL) else self.edition.title
        )

    def why_refused(self, what: str, places: Sequence[str]) -> str:
        """Why something may not be taken in, in Chinese."""
        named = "、".join(self.title(place) for place in places)
        return (
            f"“{what}”属于“{named}”，{self.day:%Y-%m-%d} 施行的{self.edition.title}没有这一类，"
            "也没有地方性法规的补充目录列入，不得进入信用记录，没有读入，也没有保存。"
            "已有新版目录或者地方性法规的，请信用办先录入目录，再重新导入。"
        )


@cache
def editions() -> Editions:
    """The editions as they stand in the file; raises pydantic's `ValidationError`."""
    return read_rules(Editions)


def place_title(place: str) -> str:
    """A class, or a ground, in Chinese; of a local catalogue, its code."""
    book = editions()
    if place in book.grounds:
        return book.grounds[place].title
    return book.classes.get(place, place)


def in_force(day: date, local: Sequence[LocalCatalogue] = ()) -> CatalogueInForce:
    """What is held against what comes on a day."""
    book = editions()
    chosen = book.applied_on(day)
    notes = [
        f"{item.title}的文本没有录入，仍按{chosen.title}核对。{item.note}"
        for item in book.editions
        if item.classes is None and chosen.begins < item.begins <= day
    ]
    if (chosen.ends or MAX_DATE) < day:
        notes.append(f"{chosen.title}用到 {chosen.ends} 为止，没有录入后一版，暂按它核对。")
    if day < chosen.begins:
        notes.append(f"{day:%Y-%m-%d} 还没有全国目录，按第一版核对。")
    return CatalogueInForce(day, chosen, tuple(x for x in local if x.in_force(day)), tuple(notes))
