"""What a file is, by what it begins with: its name says only what its sender thought it was.

Systems export text and web pages under the name .xls; Excel opens them, so clerks call them Excel.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Literal

from graph.errors import InputError
from ingest.reading.web_page import is_web_page

__all__ = ["FileKind", "kind_of"]

FileKind = Literal["workbook", "text", "web_page", "records"]

_EXCEL = frozenset({".xlsx", ".xls", ".xlsm", ".ods"})
_TEXT = frozenset({".csv", ".txt", ".tsv"})
_RECORDS = frozenset({".json", ".jsonl"})
_ZIP, _COMPOUND = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
_XML_WORKBOOK = b"urn:schemas-microsoft-com:office:spreadsheet"
_ARCHIVE = (b"mime-version:", b"content-type: multipart/related")


def kind_of(path: Path) -> FileKind:
    """How a file is to be read.

    Raises `InputError`: `file_type`, `file_empty`, `web_archive`, `xml_workbook`.
    """
    if path.suffix.lower() not in _EXCEL | _TEXT | _RECORDS:
        raise InputError(
            f"{path.name} 不是 CSV、Excel 或 JSON 文件。请另存为 .csv 或 .xlsx 后再导入。",
            f"{path.name} is neither CSV, Excel nor JSON.",
            code="file_type",
        )
    with path.open("rb") as stream:
        start = stream.read(4096)
    if not start:
        raise InputError(
            f"{path.name} 是空文件。请检查导出是否成功。",
            f"{path.name} is empty.",
            code="file_empty",
        )
    if path.suffix.lower() in _RECORDS:
        return "records"
    if start.startswith((_ZIP, _COMPOUND)):
        return "workbook"
    if start.lower().lstrip().startswith(_ARCHIVE):
        raise _saved_as(path, "单个文件网页（.mht）", "a web archive", "web_archive")
    if _XML_WORKBOOK in start:
        raise _saved_as(path, "“XML 表格 2003”", "an XML spreadsheet of 2003", "xml_workbook")
    if is_web_page(path):
        return "web_page"
    if path.suffix.lower() in _EXCEL and not _is_text(start):
        return "workbook"
    return "text"


def _is_text(start: bytes) -> bool:
    """Whether a file begins as text in one of the encodings that are read."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    for encoding in ("utf-8", "gb18030"):
        try:
            return "\0" not in codecs.getincrementaldecoder(encoding)("strict").decode(start)
        except UnicodeDecodeError:
            continue
    return False


def _saved_as(path: Path, what: str, english: str, code: str) -> InputError:
    return InputError(
        f"{path.name} 是{what}，不是真正的 Excel 文件。请用 Excel 打开，“另存为”选“Excel 工作簿（.xlsx）”"
        "后重新导入。",
        f"{path.name} is {english}: save it as .xlsx.",
        code=code,
    )
