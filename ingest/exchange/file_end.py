"""The file end: a folder in which a partner finds our files and leaves its receipts, or its own files.

    FOLDER/outbox/NUMBER.xlsx       what goes out: the template, and a sheet with number and counts
    FOLDER/receipts/NUMBER.json     what the partner answers, in the words of the contract
    FOLDER/inbox/NAME.json          what comes in, whole once NAME.json.ok lies beside it
    FOLDER/taken/NAME.json(.receipt.json)   what was taken in, and how much of it

A file appears whole or not at all, under the number of its request, and the same request is the same
bytes: written twice it is one file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from graph.file_name import storable
from graph.private import private_folder, write_private
from graph.sealed import sync
from ingest.exchange.connection import Connection
from ingest.exchange.contract import Contract
from ingest.exchange.reply import NoAnswer, NotYet, Reply, Unheard, read_reply
from ingest.exchange.request import Outgoing, Page, row_keys
from ingest.guidance.columns import open_book

__all__ = ["FileEnd", "workbook_bytes"]

_OK = ".ok"


class FileEnd:
    """One partner by files."""

    def __init__(self, contract: Contract, connection: Connection) -> None:
        assert connection.folder is not None
        self._contract, self._connection = contract, connection
        self._folder = connection.folder

    def hand_over(self, request: Outgoing) -> Reply | NotYet:
        """Write the file of a request."""
        try:
            folder = private_folder(self._folder / "outbox")
            content = workbook_bytes(self._contract, self._connection, request)
            _write(folder / f"{request.number}.xlsx", content)
        except OSError as error:
            raise NoAnswer(f"文件写不进交换目录（{error.strerror}）") from error
        return NotYet()

    def ask(self, request: Outgoing) -> Reply | NotYet | Unheard:
        """Read the receipt of a request, where there is one."""
        receipt = self._folder / "receipts" / f"{request.number}.json"
        try:
            return read_reply(self._contract, receipt.read_bytes())
        except FileNotFoundError:
            pass
        except OSError as error:
            raise NoAnswer(f"回执文件读不出来（{error.strerror}）") from error
        lies_here = (self._folder / "outbox" / f"{request.number}.xlsx").exists()
        return NotYet() if lies_here or request.tries else Unheard()

    def fetch(self, table: str, cursor: str) -> Page | None:  # noqa: ARG002 - a folder is its own
        """The first file that is whole, of those that say this table."""
        try:
            for path in sorted((self._folder / "inbox").glob("*.json")):
                if path.with_name(path.name + _OK).exists():
                    told = json.loads(path.read_text(encoding="utf-8-sig"))
                    words = self._contract.words
                    if str(told[words.table]) == table:
                        return _page(self._contract, path, table, told)
        except (ValueError, KeyError, TypeError) as error:
            raise NoAnswer(f"{storable(path.name)} 不是约定的结构") from error
        except OSError as error:
            raise NoAnswer(f"交换目录读不出来（{error.strerror}）") from error
        return None

    def taken(self, page: Page, counts: Mapping[str, int]) -> None:
        """Move a file that is in the log, with a receipt beside it."""
        assert page.path is not None
        folder = private_folder(self._folder / "taken")
        receipt = {"rows": len(page.rows), **counts}
        _write(
            folder / f"{page.path.name}.receipt.json",
            json.dumps(receipt, ensure_ascii=False).encode(),
        )
        page.path.replace(folder / page.path.name)
        page.path.with_name(page.path.name + _OK).unlink(missing_ok=True)


def workbook_bytes(contract: Contract, connection: Connection, request: Outgoing) -> bytes:
    """A request as a workbook in the partner's template; the same request is the same bytes."""
    made = BytesIO()
    template = request.template
    keys = [row_keys(contract, item) for item in request.items]
    rows = [
        [*key.values(), *((item.row or {})[column.name] for column in template.columns)]
        for key, item in zip(keys, request.items, strict=True)
    ]
    heads = [*keys[0], *(column.title for column in template.columns)]
    with open_book(made) as book:
        text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        sheet = book.add_worksheet(template.title[:31])
        sheet.freeze_panes(1, 0)
        for place, title in enumerate(heads):
            sheet.write_string(0, place, title, head)
            sheet.set_column(place, place, 20)
        for number, row in enumerate(rows, 1):
            for place, told in enumerate(row):
                sheet.write_string(number, place, told, text)
        about = book.add_worksheet("报送说明")
        about.set_column(0, 1, 40)
        digest = hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
        said = (
            ("批号", request.number), ("接收单位", contract.partner), ("目录编码", request.table),
            ("模板版本", f"{template.edition}（{template.version}）"),
            ("部门编码", connection.department), ("行数", str(len(rows))), ("内容校验码（SHA-256）", digest),
        )  # fmt: skip
        for number, (title, told) in enumerate(said):
            about.write_string(number, 0, title, head)
            about.write_string(number, 1, told, text)
    return made.getvalue()


def _page(contract: Contract, path: Path, table: str, told: Mapping[str, object]) -> Page:
    words = contract.words
    rows, total = told[words.body], told.get(words.total)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TypeError("no rows")
    if total is not None and total != len(rows):
        raise NoAnswer(f"{storable(path.name)} 声明 {total} 行，实有 {len(rows)} 行")
    return Page(storable(path.name), table, rows, "", path)


def _write(path: Path, content: bytes) -> None:
    """Have a file on the disk whole, or not at all."""
    write_private(path, content)
    sync(path.parent)
