"""A file on its way here: a job of a kind of its own, in the words of files.

    receiving -> waiting -> running -> done
                                   \\-> failed, cancelled

It goes by the name of the batch that it will be: source and content hash.  So the same file sent
again is the same upload, and a part sent again is the same part.  A trial (its name ends so) is
read and compared like a file that is taken in, and changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from graph.operations import Job
from ingest.comparing.list_part import ListPart

__all__ = ["DELIVERY", "Upload"]

#: The kind of job.
DELIVERY = "delivery"

#: What is kept of a file in its job's request; the rest is the job's own.
_ASKED = ("source", "file_name", "chunks", "list_name", "list_part", "list_of", "trial")


@dataclass(frozen=True)
class Upload:
    """One file on its way.

    Attributes:
        id: name of its batch.
        chunks: how many pieces it is sent in.
        list_name, list_part, list_of: which part of a list it is, where the sender says so.
        doing, done, total: progress, as ingest tells it.
        result: JSON of the report or of the problem; None until the end.
        trial: whether it is only tried.
    """

    id: str
    source: str
    file_name: str
    content_sha256: str
    chunks: int
    list_name: str | None
    list_part: int | None
    list_of: int | None
    state: str
    began_at: datetime
    doing: str = ""
    done: int = 0
    total: int | None = None
    result: str | None = None
    trial: bool = False

    @property
    def part(self) -> ListPart | None:
        """Which part of a list it is; None where the sender does not say so."""
        if self.list_name and self.list_part and self.list_of:
            return ListPart(self.list_name, self.list_part, self.list_of)
        return None

    @classmethod
    def of(cls, job: Job) -> Upload:
        """The file that a job takes in."""
        return cls(
            id=job.id,
            content_sha256=job.request_sha256,
            state=job.state,
            began_at=job.began_at,
            doing=job.doing or "",
            done=job.done,
            total=job.total,
            result=job.result or job.problem,
            **json.loads(job.request),
        )

    def job(self) -> Job:
        """The job that takes it in."""
        return Job(
            id=self.id,
            kind=DELIVERY,
            request_sha256=self.content_sha256,
            request=json.dumps({name: getattr(self, name) for name in _ASKED}, ensure_ascii=False),
            state=self.state,
            began_at=self.began_at,
        )
