"""Papers of an application: the bytes lie in the data folder, their owner's alone, by their hash."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from graph.errors import InputError, NotFoundError
from graph.private import private_folder, write_private
from graph.settings import Settings

__all__ = ["MOST_BYTES", "FinancingPapers"]

#: Bytes of one paper.
MOST_BYTES = 8 * 2**20
_DIGEST = re.compile("[0-9a-f]{64}")


class FinancingPapers:
    """Keep papers, and give them back as they were."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data / "financing"

    def keep(self, content: bytes) -> str:
        """Keep a paper; returns its SHA-256.  Raises `InputError` (`paper_size`)."""
        if not 0 < len(content) <= MOST_BYTES:
            raise InputError(
                f"附件须在 1 字节至 {MOST_BYTES // 2**20} 兆字节之间。",
                "A paper is empty or too large.",
                code="paper_size",
            )
        sha256 = hashlib.sha256(content).hexdigest()
        path = private_folder(self._folder) / sha256
        if not path.exists():
            write_private(path, content)
        return sha256

    def read(self, sha256: str) -> bytes:
        """One paper; raises `NotFoundError` (`paper_unknown`), also where its bytes are others."""
        path = self._path(sha256)
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != sha256:
            raise NotFoundError(
                "没有这份附件，或者文件已损坏。请从备份恢复数据目录中的附件。",
                "There is no such paper, or its file is damaged.",
                code="paper_unknown",
            )
        return content

    def _path(self, sha256: str) -> Path:
        return self._folder / (sha256 if _DIGEST.fullmatch(sha256) else "none")
