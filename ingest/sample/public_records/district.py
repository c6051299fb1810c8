"""A district that is written already, as those who plant public records in it see it."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ingest.sample.planted_circles import BLOCK

__all__ = ["District", "Planted", "Sheets"]

#: Sheets of a workbook by name, or the one table of a text file.
Sheets: TypeAlias = pd.DataFrame | Mapping[str, pd.DataFrame]

#: The last rows of people are damaged on purpose.
_DAMAGED = 8


@dataclass(frozen=True)
class Planted:
    """Files of one subject (file name -> table, or sheets), and what was planted in them."""

    tables: Mapping[str, Sheets]
    truth: Mapping[str, Any] = field(default_factory=dict)


class District:
    """The people and firms of a district; whatever is drawn for one subject is its own."""

    def __init__(self, folder: Path, seed: int, subject: str) -> None:
        self.folder = folder
        self.generator = np.random.default_rng([seed, zlib.crc32(subject.encode())])

    @cached_property
    def people(self) -> pd.DataFrame:
        """Rows of 农户信息.csv that are not damaged on purpose."""
        whole = pd.read_csv(self.folder / "农户信息.csv", dtype=str, encoding="gb18030")
        return whole.iloc[:-_DAMAGED].reset_index(drop=True)

    @cached_property
    def firms(self) -> pd.DataFrame:
        """Registered firms that exist, without those whose code is contradictory or who stand in a
        planted circle of guarantees."""
        whole = pd.read_excel(self.folder / "企业登记.xlsx", dtype=str, engine="calamine")
        whole = whole.drop_duplicates("统一社会信用代码", keep=False)
        codes = whole["统一社会信用代码"]
        apart = codes.str.startswith(f"91610305MA9{BLOCK}")
        return whole[(whole["登记状态"] == "存续") & ~apart].reset_index(drop=True)

    def table(self, name: str) -> pd.DataFrame:
        """A text file of the district by its name, all cells as text."""
        return pd.read_csv(self.folder / name, dtype=str, encoding="utf-8-sig")
