"""A field of a source's catalogue: one column, declared once.

Whatever is said of a column to people or checked of it by the gate follows from its `FieldSpec`:
the check, the template's drop-down, the reason beside a refused cell, the masked form, the row of
the data dictionary.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

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
        within: of a number that is one thing's only within another field's value (a loan note's
            within its lender), that field: what is referred to has the key of both.
        otherwise: fields that name the party where this identifier is absent, the name first; the
            row then stands under a provisional key (`ingest.identity.provisional`).
        identifier: digits that must come as text although the type is text.
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
    within: str | None = None
    otherwise: tuple[str, ...] = ()
    identifier: bool = False
    message: str | None = None
    example: str = ""
    sensitivity: Sensitivity = Sensitivity.C1
    retention: int | str | None = None
    legal_basis: str | None = None

    @property
    def spellings(self) -> frozenset[str]:
        """Every heading that means this field, in the form headings are compared in."""
        return frozenset(map(heading, (self.title, self.name, *self.aliases)))

    @property
    def must_be_text(self) -> bool:
        """Whether a numeric Excel cell has lost digits or leading zeros here."""
        return self.identifier or self.type in IDENTIFIER_TYPES


class RowCheck(Strict):
    """A rule that looks at several fields of one row (`ingest.checking.rules`).

    Attributes:
        rule: its name; `fields` in the order the rule wants them.
        tie: kind of the tie that must join the two fields, where the rule asks for one.
        when: the rule holds only where these fields have one of these (kept) values.
        message: what the clerk reads, instead of our own words.
    """

    rule: str
    fields: tuple[str, ...]
    tie: str | None = None
    when: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    message: str | None = None
    severity: Literal["error", "warning"] = "error"


def heading(text: str) -> str:
    """The form in which two headings are compared: no width, case, space or bracket matters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character not in " \t\r\n()/_-:*　")
