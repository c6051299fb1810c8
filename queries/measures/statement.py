"""What is said to be done to somebody: one measure or incentive, as a department reports it or as it
was applied here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import computed_field

from queries.measures.admission import Application
from queries.measures.catalogue import load_measures
from queries.measures.subject import ROLES

__all__ = ["MeasureStatement"]


@dataclass(frozen=True)
class MeasureStatement:
    """One.

    Attributes:
        id: number of the report, or of the record in the operations store.
        origin: reported by a department, or applied here.
        kind: punishment or incentive.
        area: code of an area of the catalogue, or the name of a scene of an incentive; as it was said
            where it is neither.
        title: what is done, in the department's words.  cause: why, likewise.
        measure: id of a line of the catalogue; None where it only cites a clause, or none.
        subject, label: of the party; None where nobody is known.
        name: of the subject, as it is shown.
        is_large: whether the subject is a large enterprise; None where nobody says.
        trigger_no, trigger_authority: of the paper that it follows from.
        trigger_key: of the record, where the measure was applied here.
        row: where it stands in the department's file: batch and row; None for one applied here.
    """

    id: str
    origin: Literal["reported", "applied"]
    kind: Literal["punishment", "incentive"]
    area: str | None
    title: str
    cause: str
    measure: str | None
    law: str | None
    article: str | None
    subject: str | None
    label: str | None
    name: str | None
    role: str | None
    responsibility: str | None
    trigger_no: str | None
    trigger_authority: str | None
    trigger_key: str | None
    decided_on: date | None
    said: Application
    row: tuple[str, int] | None = None
    is_large: bool | None = None

    @computed_field
    @property
    def area_label(self) -> str | None:
        """The area in Chinese; what was said, where it is none of the fifteen."""
        return load_measures().areas.get(self.area or "", self.area)

    @computed_field
    @property
    def role_label(self) -> str | None:
        """The role in Chinese."""
        return ROLES.get(self.role or "", self.role)
