"""The inbox of the service: files arrive in pieces, are put together, checked, and taken in.

Every piece and the whole carry a digest.  Pieces lie in the data folder until the file was taken
in or refused, and no longer: they hold what must not be kept.  A file that is only tried lies there
an hour, so that it can be accepted without being sent again; then it is swept away, whether or not
anybody sends anything, and at once where the service is stopped.  Taking in is a kind of job
(`graph.operations.runner`), one file after the other; what a killed service left beside a job is
swept.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock

from graph.effective_batches import withdrawals
from graph.encoding import encode
from graph.errors import InputError, NotFoundError
from graph.file_name import storable
from graph.log import FactLog
from graph.operations import ENDED, Job, Kind, Runner, Work
from graph.private import private_folder
from graph.progress import Progress
from graph.settings import Settings
from graph.time import utc_now
from ingest.catalogue.source import load_source
from ingest.comparing.list_part import ListPart
from ingest.delivery.upload import DELIVERY, Upload
from ingest.dry_run import preview
from ingest.pipeline import ingest

__all__ = ["MAX_CHUNK", "MAX_CHUNKS", "Inbox"]

MAX_CHUNK = 32 * 2**20
MAX_CHUNKS = 256

#: What was never finished is dropped after this: it may hold personal data.
_EXPIRES = timedelta(days=7)

#: How long a file that was only tried waits to be accepted.
_TRIED = timedelta(hours=1)

#: How the name of such a file ends.
_TRIAL = "-trial"

#: Files that may be on their way at once.
_MOST_FILES = 500

#: Counts how often work on a file began, and how often it may: what ends the service each time is
#: not begun for ever.
_BEGUN = ".begun"
_MOST_BEGINNINGS = 5


class Inbox:
    """Receive files and take them in; safe across threads."""

    def __init__(self, settings: Settings, runner: Runner) -> None:
        self.settings = settings
        self._runner = runner
        self._lock = threading.Lock()
        # another service of the data folder receives pieces of the same file
        self._among_services = FileLock(settings.data / "uploads.lock")
        runner.declare(
            Kind(DELIVERY, self._work, most=_MOST_FILES, ended=self._ended, sweep=self._sweep)
        )

    def receive(
        self,
        source: str,
        file_name: str,
        content_sha256: str,
        content: bytes,
        *,
        chunk: int = 1,
        chunks: int = 1,
        chunk_sha256: str = "",
        part: ListPart | None = None,
        trial: bool = False,
    ) -> Upload:
        """Receive one piece; with the last one the work begins.

        Args:
            content_sha256: of the whole file; `chunk_sha256` of this piece, where it is given.
            trial: only find out what taking the file in would do; it then waits an hour for
                `accept`.

        Raises:
            NotFoundError: no such source.
            InputError: `chunk_number`, `chunk_too_large`, `digest`, `digest_mismatch`.
            BusyError: `jobs_full`, too many files are on their way.
        """
        load_source(source)
        _check(content, content_sha256, chunk, chunks, chunk_sha256)
        upload = Upload(
            id=f"{source}-{content_sha256[:16]}{_TRIAL if trial else ''}",
            source=source,
            file_name=storable(file_name),
            content_sha256=content_sha256,
            chunks=chunks,
            list_name=part.name if part else None,
            list_part=part.number if part else None,
            list_of=part.of if part else None,
            state="receiving",
            began_at=utc_now(),
            trial=trial,
        )
        self._sweep()
        with self._alone():
            upload = self._begun(upload)
        if upload.chunks != chunks:
            raise InputError(
                f"该文件此前声明分 {upload.chunks} 块上传，这次说是 {chunks} 块。请保持一致。",
                f"The upload was begun in {upload.chunks} chunks, not {chunks}.",
                code="chunk_number",
            )
        with self._alone():
            if self.find(upload.id).state == "receiving":
                self._put(upload, chunk, content)
                if len(self.received(upload)) == chunks:
                    self._join(upload)
                    self._runner.ready(upload.job())
        return self.find(upload.id)

    def _begun(self, upload: Upload) -> Upload:
        """Enter an upload; one that is under way or done stays, unless it may be begun again."""
        try:
            earlier = self.find(upload.id)
        except NotFoundError:
            pass
        else:
            if earlier.state not in ("failed", "cancelled") and not self._is_spent(earlier):
                return earlier
            shutil.rmtree(self._folder(upload), ignore_errors=True)
        self._runner.renew(upload.job())
        return upload

    def receive_file(
        self,
        source: str,
        file_name: str,
        content: BinaryIO,
        *,
        part: ListPart | None = None,
        trial: bool = False,
    ) -> Upload:
        """Receive a whole file, as a browser sends it; raises as `receive`."""
        digest, chunks = hashlib.sha256(), 0
        while piece := content.read(MAX_CHUNK):
            digest.update(piece)
            chunks += 1
        content.seek(0)
        chunks = max(1, chunks)
        for chunk in range(1, chunks + 1):
            upload = self.receive(
                source,
                file_name,
                digest.hexdigest(),
                content.read(MAX_CHUNK),
                chunk=chunk,
                chunks=chunks,
                part=part,
                trial=trial,
            )
        return upload

    def accept(self, name: str) -> Upload:
        """Take in a file that was tried.

        Raises:
            NotFoundError: no such upload.  InputError: `trial_gone`, the file is not here any more.
        """
        tried = self.find(name)
        path = self._folder(tried) / tried.file_name
        try:
            with path.open("rb") as content:
                accepted = self.receive_file(
                    tried.source, tried.file_name, content, part=tried.part
                )
        except OSError as error:
            raise InputError(
                "试读过的文件已经清除（只保留一小时）。请重新选择文件。",
                "The file that was tried is gone (it is kept for an hour): choose it again.",
                code="trial_gone",
            ) from error
        self.drop(name)
        return accepted

    def drop(self, name: str) -> None:
        """Delete a file that was tried; raises `NotFoundError`."""
        tried = self.find(name)
        if tried.trial and tried.state == "done":
            shutil.rmtree(self._folder(tried), ignore_errors=True)

    def waits(self, upload: Upload) -> bool:
        """Whether the file of a trial lies here still, to be accepted."""
        return upload.trial and (self._folder(upload) / upload.file_name).exists()

    def find(self, name: str) -> Upload:
        """Where an upload is; raises `NotFoundError`."""
        try:
            found = self._runner.jobs.find(name)
        except NotFoundError:
            found = None
        if found is None or found.kind != DELIVERY:
            raise NotFoundError(
                "没有这个批次。请核对编号。",
                "There is no batch of that name.",
                code="batch_unknown",
            )
        return Upload.of(found)

    def in_state(self, *states: str) -> list[Upload]:
        """Uploads in one of the states, oldest first."""
        return [Upload.of(job) for job in self._runner.jobs.in_state(*states, kind=DELIVERY)]

    def _sweep(self, tried: timedelta = _TRIED) -> None:
        """Delete what nobody waits for any more: each of them is a file as it was sent."""
        with self._alone():
            for left in self.in_state("receiving"):
                if utc_now() - left.began_at > _EXPIRES:
                    self._runner.end(left.job(), _expired())
            for folder in self._root().glob("*"):
                if not self._is_wanted(folder.name, tried):
                    shutil.rmtree(folder, ignore_errors=True)

    def _is_wanted(self, name: str, tried: timedelta) -> bool:
        try:
            found = self.find(name)
        except NotFoundError:
            return False  # the store was made anew: nobody can ask for it
        if found.state in ENDED:
            # what was taken in or refused was left by a kill between the note and its deletion
            return found.trial and utc_now() - found.began_at <= tried
        return True

    def _is_spent(self, earlier: Upload) -> bool:
        """Whether an upload is done and may be begun again: a trial, or its batch was withdrawn."""
        if earlier.trial:
            return earlier.state == "done"
        result = json.loads(earlier.result or "{}")
        brought = {item["batch"] for item in result.get("batches", ())}
        return bool(brought & withdrawals(FactLog(self.settings.log_dir).batches()).keys())

    def received(self, upload: Upload) -> list[int]:
        """Numbers of the pieces that lie here."""
        folder = self._folder(upload)
        return sorted(int(path.name) for path in folder.glob("*") if path.name.isdecimal())

    def close(self) -> None:
        """What was tried goes at once: while no service is up nobody would sweep it."""
        if self._runner.is_alone():
            self._sweep(timedelta(0))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        private_folder(self.settings.data)
        with self._lock, self._among_services:
            yield

    def _root(self) -> Path:
        return self.settings.data / "uploads"

    def _folder(self, upload: Upload) -> Path:
        return self._root() / upload.id

    def _put(self, upload: Upload, chunk: int, content: bytes) -> None:
        folder = self._folder(upload)
        private_folder(self._root())
        folder.mkdir(exist_ok=True, mode=0o700)
        aside = folder / f".{chunk}"
        with aside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        aside.rename(folder / str(chunk))

    def _join(self, upload: Upload) -> None:
        """Put the pieces together; raises `InputError` where they are not the promised file."""
        folder = self._folder(upload)
        whole, digest = folder / f".{upload.file_name}", hashlib.sha256()
        with whole.open("wb") as stream:
            for number in range(1, upload.chunks + 1):
                content = (folder / str(number)).read_bytes()
                digest.update(content)
                stream.write(content)
        if digest.hexdigest() != upload.content_sha256:
            shutil.rmtree(folder)
            raise InputError(
                "收到的内容与所报的 SHA-256 不符，已丢弃。请重新上传全部分块。",
                "What arrived is not what the digest promises; it was dropped: send it all again.",
                code="digest_mismatch",
            )
        whole.rename(folder / upload.file_name)

    def _work(self, job: Job, progress: Progress) -> Work:
        """Take a file in, in one turn: what is half in the log is no batch."""
        upload = Upload.of(job)
        path = self._folder(upload) / upload.file_name
        _count_beginning(path)
        given: dict[str, Any] = {
            "settings": self.settings, "part": upload.part, "progress": progress,
            "store": self._runner.store,
        }  # fmt: skip
        made = (preview if upload.trial else ingest)(upload.source, [path], **given)
        return json.dumps(encode(made), ensure_ascii=False)
        yield  # never reached: no other file has its turn in the middle of this one

    def _ended(self, job: Job) -> None:
        """A file that was taken in or refused is not kept; one that was tried waits."""
        ended = self.find(job.id)
        if not (ended.trial and ended.state == "done"):
            shutil.rmtree(self._folder(ended), ignore_errors=True)


def _count_beginning(path: Path) -> None:
    """Note that work on a file begins; raises `InputError` where it ended the service each time."""
    if not path.exists():
        return
    begun = path.with_name(_BEGUN)
    with begun.open("ab") as stream:
        stream.write(b".")
    if begun.stat().st_size > _MOST_BEGINNINGS:
        raise InputError(
            f"{path.name} 处理了 {_MOST_BEGINNINGS} 次，每次服务都中途停止，已不再处理，其它文件照常。"
            "请检查文件，另存为新的 .xlsx 或 CSV 后重新上传；仍然不行的，请交给技术人员。",
            f"{path.name} was begun {_MOST_BEGINNINGS} times and never ended: refused.",
            code="file_unforeseen",
        )


def _expired() -> InputError:
    return InputError(
        "上传超过 7 天没有完成，已清除。请重新上传。",
        "The upload was not finished within 7 days and was dropped.",
        code="upload_expired",
    )


def _check(content: bytes, content_sha256: str, chunk: int, chunks: int, chunk_sha256: str) -> None:
    if not re.fullmatch(r"[0-9a-f]{64}", content_sha256):
        raise InputError(
            "sha256 须是整个文件的 SHA-256，64 位小写十六进制。",
            "sha256 is that of the whole file: 64 hexadecimal digits in lower case.",
            code="digest",
        )
    if not 1 <= chunk <= chunks <= MAX_CHUNKS:
        raise InputError(
            f"块号应在 1 与总块数之间，总块数不超过 {MAX_CHUNKS}。",
            f"A chunk's number lies between 1 and the total, at most {MAX_CHUNKS}.",
            code="chunk_number",
        )
    if len(content) > MAX_CHUNK:
        raise InputError(
            f"每块不超过 {MAX_CHUNK // 2**20} MB。请分成更多块。",
            f"A chunk has at most {MAX_CHUNK // 2**20} MB: send more of them.",
            code="chunk_too_large",
        )
    if chunk_sha256 and hashlib.sha256(content).hexdigest() != chunk_sha256:
        raise InputError(
            f"第 {chunk} 块在传输中损坏，已丢弃。请重新上传这一块。",
            f"Chunk {chunk} is not what its digest promises; it was dropped: send it again.",
            code="digest_mismatch",
        )
