"""A field of a source's catalogue: one column, declared once.

Whatever is said of a column to people or checked of it by the gate follows from its `FieldSpec`:
the check, the template's drop-down, the reason beside a refused cell, the masked form, the row of
the data dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.vocabulary import Sensitivity

__all__ = [
    "IDENTIFIER_TYPES",
    "PARTY_TYPES",
    "UNIT_FACTOR",
    "FieldSpec",
    "FieldType",
    "RowCheck",
    "Strict",
    "Unit",
    "heading",
    "label",
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
    "code_list",
    "resident_id",
    "uscc",
    "party_id",
    "division",
    "phone",
    "household",
    "uscc_or_filler",
    "organisation_code",
]
Unit = Literal["元", "万元", "分", "小数", "百分比"]

#: What a number in a unit is multiplied by to be what we keep: fen, a fraction of one.
UNIT_FACTOR: dict[Unit | None, float] = {"元": 100, "万元": 1e6, "分": 1, "小数": 1, "百分比": 0.01}

#: How a heading writes a unit behind its name.
_UNIT_WORDS: dict[str, dict[str, Unit]] = {
    "money": {"元": "元", "人民币元": "元", "万元": "万元", "人民币万元": "万元", "分": "分"},
    "ratio": {"%": "百分比", "百分比": "百分比", "小数": "小数"},
}
_BRACKETED = re.compile(r"^(.+)\(([^()]+)\)$")

#: Types whose digits Excel destroys when it takes them for a number.
IDENTIFIER_TYPES = frozenset(
    {
        "resident_id",
        "uscc",
        "party_id",
        "division",
        "phone",
        "household",
        "uscc_or_filler",
        "organisation_code",
    }
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
        becomes: the property that the field is kept as, `Kind.property`; needed only where it has
            another name there (`ingest.catalogue.becoming`).
        codes: what the template offers -> what we keep.  Of a field that becomes a coded property
            the words are the schema's, and a list of its codes says which of them are offered.
            A `code_list` may say several in one cell, however they are set apart.
        also: what we keep -> further words for it, as registers and standards write them; they
            are read, and not offered.
        minimum, maximum: in the unit of the file.
        check: name of a further rule on the value (`ingest.checking.rules`).
        reference: label of a thing that must already be known by this value's key.
        within: of a number that is one thing's only within another field's value (a loan note's
            within its lender), that field: what is referred to has the key of both.
        named_by: of an identifier, the field with the name of whom it identifies; by default the
            first of `otherwise`, or the field of the same name with `_name` behind it.
        coded_by: of a party's identifier: the field that holds the party's organisation code of nine
            characters where its own is absent (`ingest.comparing.organisation_codes`).
        otherwise: fields that name the party where this identifier is absent, the name first; the
            row then stands under a provisional key (`ingest.identity.provisional`).
        identifier: digits that must come as text although the type is text.
        if_wrong: what a cell that cannot be taken costs, its row or itself alone; None: what is
            safe for the type (`costs_row`).
        open_end: the last day of a term, which may say that there is none (长期, 2099-12-31).
        epoch_ms: a day that its system writes as milliseconds since 1970.
        exponent: a number whose system writes a very small one as 1.2E-7; no clerk does.
        refused: words that are understood and never taken, each with what the clerk reads.
        kept_words: words that elsewhere say that a cell is empty (空) and here are a value.
        by_name: of a public body's code that may be absent: it is the one body that the log knows
            under the name beside it (`ingest.comparing.named_bodies`).
        message: what the clerk reads when the value is refused, instead of our own words.
        example: a value that the gate takes; shown in the template.
        sensitivity: class of personal financial information (JR/T 0171-2020), the property's own
            where the field becomes one.
        legal_basis: ground for collecting this very field; None: the source's.
        catalogue: where it stands (`ingest.catalogue.editions`); none: where its table does.
        is_read: false where no catalogue in force covers it: no column means it (`ingest.catalogue.within`).
    """

    name: str
    title: str
    type: FieldType = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    becomes: str | None = None
    unit: Unit | None = None
    codes: dict[str, str] = Field(default_factory=dict)
    also: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    check: str | None = None
    reference: str | None = None
    within: str | None = None
    otherwise: tuple[str, ...] = ()
    named_by: str | None = None
    coded_by: str | None = None
    identifier: bool = False
    if_wrong: Literal["row", "cell"] | None = None
    open_end: bool = False
    epoch_ms: bool = False
    exponent: bool = False
    refused: dict[str, str] = Field(default_factory=dict)
    kept_words: tuple[str, ...] = ()
    by_name: bool = False
    message: str | None = None
    example: str = ""
    sensitivity: Sensitivity = Sensitivity.C1
    legal_basis: str | None = None
    catalogue: tuple[str, ...] = ()
    is_read: bool = True

    @model_validator(mode="after")
    def _consistent(self) -> FieldSpec:
        meant: dict[str, str] = {}
        for word, code in self._words():
            if meant.setdefault(label(word), code) != code:
                raise ValueError(f"{self.name}: {word} would mean two things")
        if strange := self.also.keys() - set(self.codes.values()):
            raise ValueError(f"{self.name}: {strange} has no word that is offered")
        if any(label(word) in meant for word in self.refused):
            raise ValueError(f"{self.name}: a word that is refused has no meaning")
        if self.required and self.if_wrong == "cell":
            raise ValueError(f"{self.name}: without a required cell there is no row")
        if self.exponent and self.type not in ("real", "ratio"):
            raise ValueError(f"{self.name}: only a real number may have an exponent")
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
    def _units_by_heading(self) -> dict[str, Unit | None]:
        """Every heading that means this field, and the unit that it says."""
        written = (self.title, self.name, *self.aliases) if self.is_read else ()
        found: dict[str, Unit | None] = {heading(text): self.unit for text in written}
        words = _UNIT_WORDS.get(self.type, {})
        for text in written:
            apart = _BRACKETED.match(unicodedata.normalize("NFKC", text).strip())
            if self.unit and apart and apart[2] in words:
                for word, unit in words.items():
                    for named in (word, f"单位{word}"):
                        found.setdefault(heading(apart[1] + named), unit)
        return found

    @property
    def spellings(self) -> frozenset[str]:
        """Every heading that means this field, in the form headings are compared in."""
        return frozenset(self._units_by_heading)

    def headed(self, title: str) -> FieldSpec:
        """The field as a heading of a file has it: with the unit that stands in its brackets."""
        unit = self._units_by_heading.get(heading(title), self.unit)
        if unit == self.unit:
            return self
        times = UNIT_FACTOR[self.unit] / UNIT_FACTOR[unit]
        bounds = {
            name: None if bound is None else bound * times
            for name, bound in (("minimum", self.minimum), ("maximum", self.maximum))
        }
        return self.model_copy(update={"unit": unit, **bounds})

    def kept(self) -> dict[str, str]:
        """What is kept for each word of `codes` and `also`, the words in the form of `label`."""
        return {label(word): code for word, code in self._words()}

    def _words(self) -> list[tuple[str, str]]:
        further = [(word, code) for code, words in self.also.items() for word in words]
        return [*further, *self.codes.items()]

    @property
    def is_number_of_a_thing(self) -> bool:
        """Whether the text names a contract, a document or the like, and must stay a key."""
        return self.identifier or self.name.endswith(("_no", "_code"))

    @property
    def name_field(self) -> str:
        """The field in which a row says the name of the party that this identifier is of."""
        return self.named_by or (self.otherwise[0] if self.otherwise else f"{self.name}_name")

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


#: 1. · 1、 · (1) · 一、 in front of a heading, and (必填) in it.
_ORDINAL = re.compile(
    r"^\s*(?:\((?:\d{1,3}|[一二三四五六七八九十]{1,3})\)|(?:\d{1,3}|[一二三四五六七八九十]{1,3})[.、)])"
)
_CIRCLED = re.compile("^\\s*[\u2460-\u2473]")
_TO_FILL_IN = re.compile(r"[(\[【](?:必填|选填|非必填)项?[)\]】]")
_BETWEEN = re.compile(r"[\s()/_\-:*\[\]【】]")
_SEPARATING = re.compile(r"[\s()、,，。;；·]")


@lru_cache(maxsize=1 << 14)
def heading(text: str) -> str:
    """The form in which two headings are compared.

    No width, case, space, line break or bracket matters, nor a number in front or a note that the
    column must be filled in.

    >>> heading("3、借款金额\\n（万元）*"), heading("借款金额(万元)【必填】")
    ('借款金额万元', '借款金额万元')
    """
    folded = unicodedata.normalize("NFKC", _CIRCLED.sub("", text)).casefold()
    told = _TO_FILL_IN.sub("", folded)
    return _BETWEEN.sub("", _ORDINAL.sub("", told)) or _BETWEEN.sub("", folded)


def label(text: str) -> str:
    """The form in which two words of a code list are compared: width, blanks and commas aside.

    >>> label("吊销，未注销"), label("存续（在营、开业、在册）"), label("户 主")
    ('吊销未注销', '存续在营开业在册', '户主')
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _SEPARATING.sub("", folded)
