"""A synthetic district to try everything on; it writes files as departments send them."""

from __future__ import annotations

from ingest.sample.district import FILES, steps, write_district
from ingest.sample.public_records import write_public_records
from ingest.sample.registers import write_registers
from ingest.sample.truth import Truth

__all__ = ["FILES", "Truth", "steps", "write_district", "write_public_records", "write_registers"]
