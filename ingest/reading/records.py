"""Rows of a JSON file of records: one record a row, what is nested under the path of its names.

`{"recordId": "a", "recordDetails": {"subject": "b"}}` has the columns `recordId` and
`recordDetails.subject`.  A list stays in its cell as JSON, since it is several values of one thing.
A file is one list of records, one record, or one record a line (JSON Lines); UTF-8 as RFC 8259 asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graph.errors import InputError

__all__ = ["record_rows"]

_LIMIT = 256 << 20
_DEEPEST = 20


def record_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells): the heading first, then the records, counted from 2.

    Raises `InputError`: `encoding`, `file_broken`, `file_too_large`.
    """
    if path.stat().st_size > _LIMIT:
        raise InputError(
            f"{path.name} 超过 256 MB。请分成几份导入。",
            f"{path.name} has more than 256 MB: divide it.",
            code="file_too_large",
        )
    flat = [dict(_flat(path, record, "", 0)) for record in _records(path)]
    titles = list(dict.fromkeys(title for record in flat for title in record))
    if titles:
        yield 1, titles
    for number, record in enumerate(flat, start=2):
        yield number, [record.get(title, "") for title in titles]


def _records(path: Path) -> list[dict[str, Any]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name} 不是 UTF-8 编码。请以 UTF-8 重新导出。",
            f"{path.name} is not in UTF-8.",
            code="encoding",
        ) from error
    try:
        found = json.loads(text)
    except json.JSONDecodeError as whole:
        try:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
        except json.JSONDecodeError:
            raise _broken(path, f"第 {whole.lineno} 行", f"line {whole.lineno}") from whole
    records = found if isinstance(found, list) else [found]
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise _broken(path, f"第 {number} 条", f"record {number}")
    return records


def _flat(path: Path, value: Any, name: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if depth > _DEEPEST:
            raise _broken(path, f"“{name[:40]}”", "too deep")
        for part, inner in value.items():
            yield from _flat(path, inner, f"{name}.{part}" if name else str(part), depth + 1)
    elif isinstance(value, str):
        yield name, value
    elif value is not None:
        yield name, json.dumps(value, ensure_ascii=False)


def _broken(path: Path, where: str, english: str) -> InputError:
    return InputError(
        f"{path.name} {where}不是完整的 JSON 记录。请重新导出该文件。",
        f"{path.name} is no whole JSON file of records: {english}.",
        code="file_broken",
    )
