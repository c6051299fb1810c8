"""Whether somebody who is to be recruited by a public body is lawfully listed: yes or no, and no more.

公务员法 第二十六条: who is lawfully listed as a subject of joint punishment may not be recruited; that
alone may be asked, of the person himself, by who recruits.  Neither a score nor what is on record is
told.  That one asked is kept, with who, for which authority, on which basis and what for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Literal

import pyarrow.compute as pc
from pydantic import computed_field, model_validator

from graph.covered_sources import coverage_days
from graph.errors import ForbiddenError, InputError
from graph.identifiers import person_key
from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.spelling import compact
from graph.operations import OperationsStore, StaffCheck, StaffChecks
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.time import Instant, utc_now
from queries.basis import Basis
from queries.district import DistrictReader
from queries.lawful.lists import list_catalogue
from queries.measures import load_measures
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = [
    "RESULTS",
    "CheckRules",
    "Ground",
    "StaffAnswer",
    "StaffLog",
    "check_rules",
    "check_staff",
    "staff_log",
]

#: What is answered.
RESULTS: Mapping[bool, str] = {True: "在列", False: "不在列"}

#: Classes of codes of those who recruit by this law (`public_body_code`).
_BODIES = ("11", "12", "13", "A1")


class Ground(Strict):
    """One legal basis; `measure`: the line of the catalogue that says which lists are meant."""

    id: str
    title: str
    law: str
    article: str
    measure: str
    sure: Literal["found", "known_high"]

    @property
    def clause(self) -> str:
        """As it is cited."""
        return f"{self.law} {self.article}"

    @property
    def lists(self) -> tuple[str, ...]:
        """Kinds of list entries that are meant."""
        return load_measures().by_id[self.measure].trigger.lists

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources that take those lists."""
        catalogue = list_catalogue().lists
        return tuple(dict.fromkeys(filter(None, (catalogue[code].source for code in self.lists))))


class CheckRules(RuleFile):
    """All of `staff_check.yaml`."""

    FILE: ClassVar[str] = "staff_check"

    grounds: tuple[Ground, ...]

    @model_validator(mode="after")
    def _whole(self) -> CheckRules:
        if lost := [one.id for one in self.grounds if one.measure not in load_measures().by_id]:
            raise ValueError(f"no such measure: {lost}")
        return self


@cache
def check_rules() -> CheckRules:
    """The rules that ship with this version."""
    return read_rules(CheckRules)


@dataclass(frozen=True)
class StaffAnswer:
    """The answer: whether listed, and what was kept of the question.

    Attributes:
        number: of the check.
        lists: which lists were looked at; the same for everybody, whoever is asked about.
    """

    number: str
    listed: bool
    ground: str
    lists: tuple[str, ...]
    at: Instant
    basis: Basis

    @computed_field
    @property
    def result(self) -> str:
        """In Chinese."""
        return RESULTS[self.listed]


@dataclass(frozen=True)
class LoggedCheck:
    """One line of the log: who asked, for which authority, on which basis and for what; not about whom."""

    number: str
    authority: str
    ground: str
    purpose: str
    by: str
    at: Instant


@dataclass(frozen=True)
class StaffLog:
    """Checks, the newest first."""

    total: int
    offset: int
    rows: tuple[LoggedCheck, ...]


def check_staff(
    reader: DistrictReader,
    store: OperationsStore,
    settings: Settings,
    number: str,
    *,
    ground: str,
    authority: str,
    purpose: str,
    by: str,
) -> StaffAnswer:
    """Ask about one person.

    Args:
        number: resident id; it is kept nowhere and stands in no message.
        ground: id of the legal basis.  authority: code of the body that recruits.

    Raises:
        ForbiddenError: no legal basis (`no_legal_basis`), or the reader does not see the whole
            district (`not_permitted`): what is withheld would be answered as not listed.
        InputError: `resident_id`, `authority_wrong`, `purpose_missing`, `user_missing`;
            `lists_not_held` where a list that is meant never came: unknown is not no.
    """
    basis = next((one for one in check_rules().grounds if one.id == ground.strip()), None)
    if basis is None:
        raise ForbiddenError(
            "没有法律依据，不能核查。可以依据的有："
            + "、".join(f"{one.clause}（{one.id}）" for one in check_rules().grounds),
            "There is no legal basis for this check.",
            code="no_legal_basis",
        )
    if not reader.scope.is_of_the_office:
        raise ForbiddenError(
            "只有能查看全区数据的信用办人员可以办理录用核查。",
            "A check is for who sees the whole district.",
            code="not_permitted",
        )
    body = _body(authority)
    lacking = [name for name in basis.sources if name not in coverage_days(reader.moment.batches)]
    if lacking:
        raise InputError(
            f"核查所需的名单尚未导入（{'、'.join(lacking)}），不能答复“不在列”。请先导入。",
            f"Lists that are meant never came: {', '.join(lacking)}.",
            code="lists_not_held",
        )
    identity = make_secrets(settings.secrets_file).identity_key
    subject = reader.stays(person_key(compact(number), identity))
    at = utc_now()
    kept = StaffChecks(store).enter(
        subject,
        authority=body,
        ground=basis.id,
        purpose=purpose,
        by=by,
        head=reader.moment.head,
        at=at,
    )
    titles = list_catalogue().lists
    return StaffAnswer(
        number=kept.name,
        listed=_is_listed(reader, subject, basis.lists),
        ground=basis.clause,
        lists=tuple(titles[code].title for code in basis.lists),
        at=at,
        basis=reader.basis,
    )


def staff_log(store: OperationsStore, *, limit: int = 100, offset: int = 0) -> StaffLog:
    """Who asked, and for what; about whom is told to nobody here."""
    checks = StaffChecks(store)
    return StaffLog(
        checks.count(), offset, tuple(map(_logged, checks.all(limit=limit, offset=offset)))
    )


def _logged(one: StaffCheck) -> LoggedCheck:
    clauses = {item.id: item.clause for item in check_rules().grounds}
    return LoggedCheck(
        one.name, one.authority, clauses.get(one.ground, one.ground), one.purpose, one.by, one.at
    )


def _is_listed(reader: DistrictReader, subject: str, lists: tuple[str, ...]) -> bool:
    """Whether an entry of one of some lists that law lets be used is about a person, by identifier."""
    ties = reader.table("SUBJECT_OF")
    own = ties.filter(
        pc.and_(pc.equal(ties["from_key"], subject), pc.greater_equal(ties["certainty"], 1))
    )
    entries = reader.table("ListEntry")
    entries = entries.filter(pc.greater_equal(entries["certainty"], 1))
    records = {*own["to_key"].to_pylist()}
    return any(
        key in records and kind in lists
        for key, kind in zip(
            entries["key"].to_pylist(), entries["list_kind"].to_pylist(), strict=True
        )
    )


def _body(authority: str) -> str:
    code = uscc.check(authority).value
    if code is None or not code.startswith(_BODIES):
        raise InputError(
            "请填写招录机关的统一社会信用代码（11、12、13 或 A1 开头）。",
            "Give the code of the public body that recruits.",
            code="authority_wrong",
        )
    return code
