"""How facts arrive: department files become facts of the log, and the graph follows."""

from __future__ import annotations

from ingest.pipeline import ingest
from ingest.preview import Preview, preview
from ingest.report import BatchReport, Report
from ingest.source import Source, in_order, load_source, source_names

__all__ = [
    "BatchReport",
    "Preview",
    "Report",
    "Source",
    "in_order",
    "ingest",
    "load_source",
    "preview",
    "source_names",
]
