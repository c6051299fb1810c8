"""How facts arrive: department files become facts of the log, and the graph follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.lazy import attribute_of

if TYPE_CHECKING:
    from ingest.catalogue.source import Source, in_order, load_source, source_names
    from ingest.correction.quarantine import Quarantine, open_rows
    from ingest.correction.workbook import export_refused
    from ingest.correction.worklist import by_department, worklist
    from ingest.dry_run import Preview, preview
    from ingest.guidance.dictionary import write_pages
    from ingest.guidance.masking import masked, masking_list
    from ingest.guidance.template import write_templates
    from ingest.pipeline import ingest
    from ingest.report import BatchReport, Report
    from ingest.withdrawal import Withdrawal, preview_withdrawal, withdraw

__all__ = [
    "BatchReport",
    "Preview",
    "Quarantine",
    "Report",
    "Source",
    "Withdrawal",
    "by_department",
    "export_refused",
    "in_order",
    "ingest",
    "load_source",
    "masked",
    "masking_list",
    "open_rows",
    "preview",
    "preview_withdrawal",
    "source_names",
    "withdraw",
    "worklist",
    "write_pages",
    "write_templates",
]

__getattr__ = attribute_of(__name__, __file__)
