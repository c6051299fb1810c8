"""What every print and every export carries: a number, who took it, what for, and when.

The number stands in the audit beside who looked at whom, so that a paper that lies where it should not
leads back to whoever printed it (`xinnong audit search --number`).
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from api.acts import Act
from api.audit_trail import Noted, document_number, noted_now
from api.wording import instant
from graph.time import utc_now

__all__ = ["Watermark", "stamped", "watermark"]

_NO_PURPOSE = "未写明"
_SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")
#: After which parts of a sheet its footer may stand (ISO/IEC 29500-1, 18.3.1.99).
_BEFORE_FOOTER = re.compile(rb"<(?:pageSetup|pageMargins)\b[^>]*/>")
_FOOTER = re.compile(rb"<headerFooter\b.*?</headerFooter>|<headerFooter\b[^>]*/>", re.DOTALL)
_FORMER = re.compile(rb"<oddFooter>(.*?)</oddFooter>", re.DOTALL)


@dataclass(frozen=True)
class Watermark:
    """What a print carries."""

    number: str
    reader: str
    purpose: str
    at: datetime

    @property
    def said(self) -> str:
        """One line of it."""
        return (
            f"编号 {self.number}　查阅人 {self.reader}　用途 {self.purpose}　"
            f"时间 {instant(self.at)}"
        )


def watermark() -> Watermark | None:
    """Of the answer that is being made; None where it is about nobody, or nobody is known to ask."""
    noted = noted_now()
    if noted is None or noted.asker is None or noted.act in (None, Act.LOOK):
        return None
    if noted.taken_at is None:
        noted.taken_at = utc_now()
        noted.document = document_number(noted.taken_at)
    return _of(noted)


def stamped(workbook: bytes) -> bytes:
    """A workbook with the watermark as the footer of every sheet; as it is where there is none."""
    mark = watermark()
    if mark is None:
        return workbook
    line = f"&L{escape(mark.said.replace('&', '&&'))}".encode()
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(made, "w") as new:
        for item in old.infolist():
            part = old.read(item)
            new.writestr(item, _footed(part, line) if _SHEET.fullmatch(item.filename) else part)
    return made.getvalue()


def _footed(sheet: bytes, line: bytes) -> bytes:
    held = _FOOTER.search(sheet)
    if held is not None:
        former = _FORMER.search(held[0])
        # what stood there goes to the right: it has its own sections
        kept = former[1] if former else b""
        line = (
            kept if kept.startswith(line) else line + b"&amp;R" + re.sub(rb"&amp;[LCR]", b" ", kept)
        )
        sheet = sheet.replace(held[0], b"")
    footer = (
        b"<headerFooter><oddFooter>"
        + line.replace(b"&L", b"&amp;L")
        + b"</oddFooter></headerFooter>"
    )
    places = list(_BEFORE_FOOTER.finditer(sheet))
    if not places:
        return sheet
    at = places[-1].end()
    return sheet[:at] + footer + sheet[at:]


def _of(noted: Noted) -> Watermark:
    assert noted.asker is not None
    assert noted.taken_at is not None
    purpose = noted.asker.scope.purpose or _NO_PURPOSE
    return Watermark(noted.document, noted.asker.name, purpose, noted.taken_at)
