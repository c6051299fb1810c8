"""A synthetic district to try everything on; it writes files as departments send them."""

from __future__ import annotations

from ingest.sample.district import FILES, Truth, steps, write_district
from ingest.sample.registers import write_registers

__all__ = ["FILES", "Truth", "steps", "write_district", "write_registers"]
