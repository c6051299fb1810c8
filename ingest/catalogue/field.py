"""A field of a source's catalogue: one column, declared once.

Whatever is said of a column to people or checked of it by the gate follows from its `FieldSpec`:
the check, the template's drop-down, the reason beside a refused cell, the masked form, the row of
the data dictionary.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.vocabulary import Sensitivity

__all__ = [
    "IDENTIFIER_TYPES",
    "PARTY_TYPES",
    "FieldSpec",
    "FieldType",
    "RowCheck",
    "Strict",
    "Unit",
    "heading",
]

FieldType = Literal[
    "text",
    "integer",
    "real",
    "ratio",
    "money",
    "date",
    "flag",
    "code",
    "resident_id",
    "uscc",
    "party_id",
    "division",
    "phone",
    "household",
    "uscc_or_filler",
]
Unit = Literal["元", "万元", "分", "小数", "百分比"]

#: Types whose digits Excel destroys when it takes them for a number.
IDENTIFIER_TYPES = frozenset(
    {"resident_id", "uscc", "party_id", "division", "phone", "household", "uscc_or_filler"}
)

#: Types whose value identifies a party.
PARTY_TYPES = frozenset({"resident_id", "uscc", "party_id"})


class Strict(BaseModel):
    """A declaration: frozen, and a key that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldSpec(Strict):
    """One column of a table.

    Attributes:
        title: the column's Chinese name, as the template has it; `aliases` are accepted too.
        unit: of money 元, 万元 or 分; of a ratio 小数 or 百分比.
        codes: what the file may say -> what we keep.
        minimum, maximum: in the unit of the file.
        check: name of a further rule on the value (`ingest.checking.rules`).
        reference: label of a thing that must already be known by this value's key.
        otherwise: fields that name the party where this identifier is absent, the name first; the
            row then stands under a provisional key (`ingest.identity.provisional`).
        identifier: digits that must come as text although the type is text.
        if_wrong: what a cell that cannot be taken costs, its row or itself alone; None: what is
            safe for the type (`costs_row`).
        open_end: the last day of a term, which may say that there is none (长期, 2099-12-31).
        epoch_ms: a day that its system writes as milliseconds since 1970.
        message: what the clerk reads when the value is refused, instead of our own words.
        example: a value that the gate takes; shown in the template.
        sensitivity: class of personal financial information (JR/T 0171-2020).
        retention: months to keep it after its end, or the rule in words; None: the source's.
        legal_basis: ground for collecting this very field; None: the source's.
    """

    name: str
    title: str
    type: FieldType = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    unit: Unit | None = None
    codes: dict[str, str] = Field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    check: str | None = None
    reference: str | None = None
    otherwise: tuple[str, ...] = ()
    identifier: bool = False
    if_wrong: Literal["row", "cell"] | None = None
    open_end: bool = False
    epoch_ms: bool = False
    message: str | None = None
    example: str = ""
    sensitivity: Sensitivity = Sensitivity.C1
    retention: int | str | None = None
    legal_basis: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> FieldSpec:
        if self.required and self.if_wrong == "cell":
            raise ValueError(f"{self.name}: without a required cell there is no row")
        if (self.open_end or self.epoch_ms) and self.type != "date":
            raise ValueError(f"{self.name}: only a date has an open end or milliseconds")
        return self

    @property
    def costs_row(self) -> bool:
        """Whether a cell that cannot be taken refuses its row, where nothing else is declared.

        Who it is about is never left out: identifiers refuse the row.  So do days, most of which
        say that something is over: without it the thing would look as if it went on.
        """
        if self.if_wrong is not None:
            return self.if_wrong == "row"
        named = self.identifier or self.type in IDENTIFIER_TYPES - {"phone", "division"}
        return self.required or named or self.type == "date"

    @property
    def spellings(self) -> frozenset[str]:
        """Every heading that means this field, in the form headings are compared in."""
        return frozenset(map(heading, (self.title, self.name, *self.aliases)))

    @property
    def must_be_text(self) -> bool:
        """Whether a numeric Excel cell may have lost digits or leading zeros here."""
        return self.identifier or self.type in IDENTIFIER_TYPES

    @property
    def begins_with_no_zero(self) -> bool:
        """Whether a number of it that lost no digit is whole: no code of a place begins with 0,
        and no telephone number without its area code."""
        return self.type in ("phone", "division")


class RowCheck(Strict):
    """A rule that looks at several fields of one row (`ingest.checking.rules`).

    Attributes:
        rule: its name; `fields` in the order the rule wants them.
        when: the rule holds only where these fields have one of these (kept) values.
        message: what the clerk reads, instead of our own words.
    """

    rule: str
    fields: tuple[str, ...]
    when: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    message: str | None = None
    severity: Literal["error", "warning"] = "error"


def heading(text: str) -> str:
    """The form in which two headings are compared: no width, case, space or bracket matters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character not in " \t\r\n()/_-:*　")
