"""A source cut to what the catalogues in force cover.

A field that they do not cover is taken out, so that its column is read by nothing and kept nowhere; a
table that they do not cover, or one of whose required fields they do not, is refused as a whole.  Each
says why.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ingest.catalogue.editions import CatalogueInForce, in_force
from ingest.catalogue.local import local_catalogues
from ingest.catalogue.source import Source, TableSpec

__all__ = ["of_day", "within"]


def of_day(source: Source, day: date, folder: Path) -> Source:
    """The source as it may be taken in on a day; `folder` holds the local catalogues.

    Raises as `ingest.catalogue.local.local_catalogues`.
    """
    return within(source, in_force(day, local_catalogues(folder)))


def within(source: Source, catalogue: CatalogueInForce) -> Source:
    """The source, and each form of it, without what the catalogue does not cover."""
    tables = {name: _cut(spec, source, name, catalogue) for name, spec in source.tables.items()}
    forms = tuple(within(form, catalogue) for form in source.forms)
    return source.model_copy(update={"tables": tables, "forms": forms})


def _cut(spec: TableSpec, source: Source, name: str, catalogue: CatalogueInForce) -> TableSpec:
    places = source.places(name)
    if not catalogue.covers(places):
        why = catalogue.why_refused(spec.title or source.title, places)
        return spec.model_copy(update={"outside_because": why})
    out = [x for x in spec.fields if x.catalogue and not catalogue.covers(x.catalogue)]
    if not out:
        return spec
    needed = [x for x in out if x.required or x.name in spec.key]
    if needed:
        why = catalogue.why_refused(needed[0].title, needed[0].catalogue)
        return spec.model_copy(update={"outside_because": why})
    outside = {
        written: catalogue.why_refused(field.title, field.catalogue)
        for field in out
        for written in field.spellings
    }
    unread = {field.name for field in out}
    return spec.model_copy(
        update={
            # it stays a field, without a column: what makes facts of rows finds it empty
            "fields": tuple(
                field.model_copy(update={"is_read": False}) if field.name in unread else field
                for field in spec.fields
            ),
            "outside": outside,
        }
    )
