"""What routes, pages and commands of matching and screening share: who is said in a body, the bounds.

To match is to try out what one knows of somebody until somebody fits.  So each subject counts, not each
request, and the last four of a number may be tried for one name a few times a day only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Request
from pydantic import Field

from api.admission import Count, Day
from api.audit_trail import note_asker, note_subjects
from api.dependencies import Body
from api.needs import Needs
from api.rate_limit import LIMITS
from api.security import Asker, policy_of
from api.security.consented import asking_for, sees_by_consent
from api.services import Services
from graph.errors import InputError
from graph.names.writing import common_writing
from graph.secrets import make_secrets
from ingest.matching import SaidOf, Subject, subject_of
from queries.reader import Reader

__all__ = [
    "MOST_AT_ONCE", "MOST_CANDIDATES", "Purposed", "SubjectBody", "count_subjects", "identity_key",
    "note_asked", "purposed", "read_subjects",
]  # fmt: skip

#: Subjects of one request; more are a job.
MOST_AT_ONCE = 200
MOST_CANDIDATES = 5


class SubjectBody(Body):
    """要找的主体：名称或号码至少写一项."""

    ref: str = Field(title="自编编号，随结果返回", default="", max_length=64)
    name: str = Field(title="姓名或单位名称", default="", max_length=100)
    number: str = Field(title="公民身份号码或统一社会信用代码", default="", max_length=64)
    tail: str = Field(title="证件号码后四位", default="", max_length=8)
    phone: str = Field(title="手机号码", default="", max_length=32)
    birth_on: Day | None = Field(title="出生日期", default=None)
    age: Annotated[Count, Field(ge=0, le=150)] | None = Field(title="年龄（周岁）", default=None)
    sex: Literal["male", "female"] | None = Field(title="性别", default=None)
    town: str = Field(title="乡镇", default="", max_length=64)
    village: str = Field(title="村", default="", max_length=64)
    kind: Literal["person", "organisation", "household"] | None = Field(title="类别", default=None)

    def said(self) -> SaidOf:
        """The same as the rooms below take it."""
        return SaidOf(**self.model_dump())


class Purposed(Body):
    """为什么查：用途；没有授权而按法定职责查的，写明依据和事由."""

    purpose: str = Field(title="用途代码，法定职责为 statutory_duty", max_length=64)
    ground: str = Field(title="依据和事由", default="", max_length=200)


def identity_key(services: Services) -> str:
    """The key with which numbers of persons are hashed here."""
    return make_secrets(services.settings.secrets_file).identity_key


def read_subjects(services: Services, bodies: Iterable[SubjectBody]) -> list[Subject]:
    """What can be looked for; raises as `subject_of`, saying which one it is."""
    key, found, every = identity_key(services), [], list(bodies)
    for number, body in enumerate(every, start=1):
        try:
            found.append(subject_of(body.said(), key))
        except InputError as error:
            if len(every) == 1:
                raise
            raise InputError(
                f"第 {number} 个：{error.message_zh}",
                f"Number {number}: {error.message_en}",
                code=error.cause_code,
            ) from None
    return found


def count_subjects(asker: Asker, subjects: Sequence[Subject]) -> None:
    """Count subjects of somebody; raises `RateLimitedError` (`rate_limited`).

    Whoever uses this machine waits for nobody.
    """
    if asker.is_local:
        return
    for subject in subjects:
        LIMITS["match"].count(asker.id)
        if subject.tail or subject.phones:
            name = hashlib.sha256(common_writing(subject.name).encode()).hexdigest()[:16]
            LIMITS["match_guess"].count(f"{asker.id} {name}")


def note_asked(request: Request, subjects: Iterable[Subject]) -> None:
    """Have the audit know who was asked about, found or not: of persons by key."""
    note_subjects(request, (key for subject in subjects for key in subject.keys))


def purposed(
    request: Request,
    services: Services,
    asker: Asker,
    needs: Needs,
    told: Purposed,
    *,
    at: datetime,
) -> tuple[Asker, Reader, str]:
    """Who asks for what was stated to be the purpose, a reader for it, and the purpose in words.

    The audit has it as the purpose of this request.

    Raises `InputError`: `purpose_unknown`, `ground_missing`: who looks by a duty says by which.
    """
    if sees_by_consent(asker):
        who = asking_for(asker, told.purpose)
    else:
        usual = policy_of(asker.role).purpose
        if not asker.is_local and told.purpose != usual:
            raise InputError(
                f"没有这种查询目的。可用的目的：{usual}（{asker.scope.purpose}）。",
                "There is no such purpose for this role.",
                code="purpose_unknown",
            )
        if len(told.ground.strip()) < len("依据"):
            raise InputError(
                "请写明查询的依据和事由，例如文件名称、条款和项目名称。",
                "Say by which clause and for which matter.",
                code="ground_missing",
            )
        who = asker
    note_asker(request, who, needs.act)
    reader = services.reader(services.consented(who, at=at))
    if not who.is_local:
        reader = reader.showing(policy_of(who.role).shows)
    return who, reader, "，".join(filter(None, (who.scope.purpose, told.ground.strip())))
