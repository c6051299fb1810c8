"""How facts arrive: department files become facts of the log, and the graph follows."""

from __future__ import annotations

from ingest.dictionary import write_pages
from ingest.masking import masked, masking_list
from ingest.pipeline import ingest
from ingest.preview import Preview, preview
from ingest.quarantine import Quarantine, open_rows
from ingest.report import BatchReport, Report
from ingest.source import Source, in_order, load_source, source_names
from ingest.template import write_templates
from ingest.workbook import export_refused
from ingest.worklist import by_department, worklist

__all__ = [
    "BatchReport",
    "Preview",
    "Quarantine",
    "Report",
    "Source",
    "by_department",
    "export_refused",
    "in_order",
    "ingest",
    "load_source",
    "masked",
    "masking_list",
    "open_rows",
    "preview",
    "source_names",
    "worklist",
    "write_pages",
    "write_templates",
]
