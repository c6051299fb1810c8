"""Scans of what was signed: kept by their hash in a folder of the data folder that is its owner's alone."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from graph.errors import InputError, NotFoundError
from graph.private import private_folder, write_private
from graph.settings import Settings

__all__ = ["MOST_SCAN", "keep_scan", "scan_type", "scan_with"]

#: Bytes of a scan: some pages at 200 dots an inch.
MOST_SCAN = 8 << 20
_FOLDER = "consent_scans"
_SHA256 = re.compile("[0-9a-f]{64}")
_KINDS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def keep_scan(settings: Settings, content: bytes) -> str:
    """Keep a scan; returns its SHA-256.  The same again is kept once.

    Raises `InputError` (`scan_malformed`, `scan_too_large`).
    """
    if len(content) > MOST_SCAN:
        raise InputError(
            f"扫描件超过 {MOST_SCAN >> 20} 兆。请降低分辨率后重新上传。",
            "The scan is too large: use a lower resolution.",
            code="scan_too_large",
        )
    scan_type(content)
    digest = hashlib.sha256(content).hexdigest()
    folder = private_folder(settings.data / _FOLDER)
    path = folder / digest
    if not path.exists():
        write_private(path, content)
    return digest


def scan_with(settings: Settings, sha256: str) -> bytes:
    """A kept scan.

    Raises `NotFoundError` (`scan_unknown`) where it is not there, or is not what was kept.
    """
    path: Path = settings.data / _FOLDER / sha256
    if not _SHA256.fullmatch(sha256) or not path.is_file():
        raise _unknown()
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise _unknown()
    return content


def scan_type(content: bytes) -> str:
    """The media type of a scan, by how it begins; raises `InputError` (`scan_malformed`)."""
    for begins, kind in _KINDS.items():
        if content.startswith(begins):
            return kind
    raise InputError(
        "扫描件须为 PDF、PNG 或 JPG 文件。",
        "A scan is a PDF, PNG or JPEG file.",
        code="scan_malformed",
    )


def _unknown() -> NotFoundError:
    return NotFoundError(
        "没有这份扫描件，或者文件已被改动。请从备份恢复。",
        "There is no such scan, or it was changed: restore it from backup.",
        code="scan_unknown",
    )
