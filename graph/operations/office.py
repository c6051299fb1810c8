"""What acts of the credit office are kept in: handed on to them whole, and read by nobody else."""

from __future__ import annotations

from dataclasses import dataclass

from graph.operations.store import OperationsStore
from graph.settings import Settings

__all__ = ["OfficeBooks"]


@dataclass(frozen=True)
class OfficeBooks:
    """Settings of an office, and its store of what is no fact."""

    settings: Settings
    store: OperationsStore
