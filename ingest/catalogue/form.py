"""A county's own form: other headings, units and code lists for the fields of a source.

A form is one YAML file and no code.  It says which source it is a form of and, field by field,
what is written differently; whatever it does not mention is as in the source.  A field is never
added, and a code list may only lead to values that the source knows, so that what is kept means
the same whoever sent it.

    source: farmer_household
    title: 某县农户采集表
    tables:
      farmer_household:
        files: ["*采集表*"]
        fields:
          member: {title: 证件号, aliases: [身份证]}
          annual_income_fen: {title: 年收入（万元）, unit: 万元}
          role: {codes: {本户户主: householder, 妻: spouse}}

Forms lie in the folder `forms` of the data folder, or are named for one run (`--form`).
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from graph.errors import SettingsError
from ingest.catalogue.declaration import read_declaration
from ingest.catalogue.field import FieldSpec, Strict, Unit
from ingest.catalogue.forbidden import why_forbidden
from ingest.catalogue.source import Source, TableSpec

__all__ = ["Form", "load_form", "with_form", "with_forms"]


class FieldForm(Strict):
    """What a form says differently of one field."""

    title: str | None = None
    aliases: tuple[str, ...] | None = None
    required: bool | None = None
    unit: Unit | None = None
    codes: dict[str, str] | None = None
    minimum: float | None = None
    maximum: float | None = None
    message: str | None = None
    example: str | None = None


class TableForm(Strict):
    """What a form says differently of one table."""

    title: str | None = None
    files: tuple[str, ...] | None = None
    separator: str | None = None
    fields: dict[str, FieldForm] = Field(default_factory=dict)


class Form(Strict):
    """A form of a source."""

    source: str
    title: str
    tables: dict[str, TableForm]

    def of(self, source: Source) -> Source:
        """The source as this form writes it; raises `SettingsError` where the two disagree."""
        tables = {}
        for name, said in self.tables.items():
            if name not in source.tables:
                raise _wrong(self.title, f"{source.name} 没有表 {name}")
            tables[name] = self._table(source.tables[name], said)
        return source.model_copy(update={"title": self.title, "tables": tables, "forms": ()})

    def _table(self, table: TableSpec, said: TableForm) -> TableSpec:
        unknown = said.fields.keys() - {field.name for field in table.fields}
        if unknown:
            raise _wrong(self.title, f"没有字段 {'、'.join(sorted(unknown))}")
        return table.model_copy(
            update={
                **said.model_dump(exclude={"fields"}, exclude_none=True),
                "fields": tuple(
                    self._field(field, said.fields[field.name])
                    if field.name in said.fields
                    else field
                    for field in table.fields
                ),
            }
        )

    def _field(self, field: FieldSpec, said: FieldForm) -> FieldSpec:
        if field.required and said.required is False:
            raise _wrong(self.title, f"“{field.title}”在来源中是必填项，表格不能改为选填")
        strange = set((said.codes or {}).values()) - set(field.codes.values())
        if strange:
            raise _wrong(self.title, f"“{field.title}”的代码 {'、'.join(sorted(strange))} 不存在")
        for written in (said.title, *(said.aliases or ())):
            if written is not None and (never := why_forbidden(written)) is not None:
                raise _wrong(
                    self.title,
                    f"列名“{written}”属于{never.title}，不得进入信用记录（{never.why}），不能对应任何字段",
                )
        told = said.model_dump(exclude_none=True)
        if "codes" in told:  # a list of its own is the whole list: its digits may mean other things
            told.setdefault("also", {})
        return field.model_copy(update=told)


def load_form(path: Path) -> Form:
    """Read one form; raises `SettingsError` for a file that is none."""
    return read_declaration(Form, path, _wrong)


def with_forms(source: Source, folder: Path) -> Source:
    """The source and every form of it that lies in the folder."""
    forms = [load_form(path) for path in sorted(folder.glob("*.yaml"))]
    variants = tuple(form.of(source) for form in forms if form.source == source.name)
    return source.model_copy(update={"forms": variants})


def with_form(source: Source, path: Path) -> Source:
    """The source as this one form writes it, and in no other way."""
    form = load_form(path)
    if form.source != source.name:
        raise _wrong(form.title, f"是 {form.source} 的表格，不是 {source.name} 的")
    return form.of(source)


def _wrong(form: str, why: str) -> SettingsError:
    return SettingsError(
        f"表格“{form}”：{why}。请更正该 YAML 文件。",
        f"The form {form} does not fit its source.",
        code="form",
    )
