"""The office's work on codes: the answer in all three forms, confirmations, and a round's file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from graph.errors import InputError
from graph.identifiers.person_in_code import looks_like_a_person
from graph.identifiers.spelling import compact
from graph.log_prefix import LogPrefix
from graph.operations import (
    CodeCorrections,
    CodeException,
    CodeExceptions,
    CodeReturn,
    CodeRound,
    OfficeBooks,
)
from graph.time import utc_now
from ingest.checking.confirmed import confirm_code, confirmed_codes
from ingest.correction.refused_codes import refused_codes
from ingest.correction.return_workbook import write_return
from ingest.delivery.deliveries import Deliveries
from ingest.readmission import readmit
from queries.code_errors import CodeErrors, code_errors, kinds, read_round
from queries.reader import Reader

if TYPE_CHECKING:
    from queries.code_errors import Round

__all__ = [
    "Admitted",
    "CodeException",
    "CodeReturn",
    "CodeRound",
    "choose",
    "confirm",
    "end_exception",
    "enter_round",
    "exceptions",
    "find_code_errors",
    "return_bytes",
    "returned",
    "returns_of",
    "send_back",
]

#: Kinds whose rows were refused, and come in once they are confirmed.
_REFUSED_FOR = frozenset({"CHECK_DIGIT", "GB11714"})


@dataclass(frozen=True)
class Admitted:
    """What a confirmation did: rows that had been refused for the code, and came in now."""

    code: str
    kind: str
    accepted: int
    refused_again: int


def find_code_errors(
    office: OfficeBooks, reader: Reader, *, within: float | None = None
) -> CodeErrors | None:
    """Wrong codes at the reader's moment; None while they are being looked for.

    Refused rows are the office's own: who does not see everything is told of taken facts alone.
    """

    held = CodeExceptions(office.store).in_force()
    older = confirmed_codes(office.settings.data, None)
    confirmed = held | {(code, kind) for code in older for kind in _REFUSED_FOR}
    quarantine = Deliveries(office.settings, office.store).quarantine
    folder = quarantine.folder
    kept = tuple(sorted(path.name for path in folder.iterdir())) if folder.exists() else ()

    def make() -> CodeErrors:
        log = LogPrefix(office.settings.log_dir, reader.moment.batches)
        refused = refused_codes(log, quarantine) if reader.scope.is_of_the_office else []
        return code_errors(reader, refused, confirmed)

    rules = (tuple(sorted(confirmed)), kept)
    return reader.computed("code_errors", make, rules=rules, within=within)


def confirm(
    office: OfficeBooks,
    code: str,
    kind: str,
    *,
    by: str,
    reason: str,
    evidence: str,
    wait_s: float = 600.0,
) -> Admitted:
    """Confirm on evidence that a code is right, and take in the rows that were refused for it.

    Raises `InputError`: `kind_unknown`, `code_not_doubtful`, `evidence_missing`, `user_missing`.
    """

    text = compact(code)
    chosen = next((item for item in kinds().kinds if item.code == kind), None)
    if chosen is None or not chosen.can_be_right or looks_like_a_person(text):
        raise InputError(
            "这一类差错不能确认为例外。请改正代码后重新报送。",
            "No code of this kind can be right: correct it.",
            code="kind_unknown",
        )
    if kind not in _REFUSED_FOR:
        CodeExceptions(office.store).confirm(
            text, kind, by=by, reason=reason, evidence=evidence, at=utc_now()
        )
        return Admitted(text, kind, 0, 0)
    confirm_code(office.store, text, by=by, evidence=evidence, reason=reason, at=utc_now())
    reports = readmit(text, settings=office.settings, store=office.store, wait_s=wait_s)
    batches = [batch for report in reports for batch in report.batches]
    return Admitted(
        text,
        kind,
        sum(batch.accepted for batch in batches),
        sum(batch.quarantined for batch in batches),
    )


def exceptions(office: OfficeBooks) -> Sequence[CodeException]:
    """Every confirmation, the newest first."""
    return CodeExceptions(office.store).all()[::-1]


def end_exception(office: OfficeBooks, number: int, *, by: str, because: str) -> CodeException:
    """Take a confirmation back; raises as `CodeExceptions.end`."""
    return CodeExceptions(office.store).end(number, by=by, because=because, at=utc_now())


def enter_round(
    office: OfficeBooks, name: str, allowed: Sequence[int], *, notice: str, by: str
) -> CodeRound:
    """Enter which operations a round takes; raises as `CodeCorrections.enter_round`."""
    return CodeCorrections(office.store).enter_round(
        name, allowed, notice=notice, by=by, at=utc_now()
    )


def returned(office: OfficeBooks, file: str) -> CodeReturn:
    """A file that left, by its hash; raises `NotFoundError`."""
    return CodeCorrections(office.store).returned(file)


def returns_of(office: OfficeBooks, round_: str) -> Sequence[CodeReturn]:
    """Files of a round that left, oldest first."""
    return CodeCorrections(office.store).returns(round_)


def choose(
    office: OfficeBooks,
    reader: Reader,
    round_: str,
    item: str,
    operation: int,
    *,
    new_code: str = "",
    note: str = "",
    by: str,
) -> Round:
    """Say what is to be done with a line; the round as it is then.

    Raises `InputError` (`line_unknown`, `operation_not_allowed`), and as `read_round`.
    """
    now = read_round(reader, office.store, round_)
    if item not in {line.item for line in now.lines}:
        raise InputError(
            "汇总表里没有这一行。请刷新后重填。", "There is no such line.", code="line_unknown"
        )
    if operation not in now.rule.allowed:
        allowed = "、".join(map(str, now.rule.allowed))
        raise InputError(
            f"本轮（{now.rule.notice}）只接受数据操作标识位 {allowed}。填了别的，全市的文件都会被退回。",
            f"This round takes only {allowed}.",
            code="operation_not_allowed",
        )
    CodeCorrections(office.store).choose(
        round_, item, operation, new_code=compact(new_code), note=note, by=by, at=utc_now()
    )
    return read_round(reader, office.store, round_)


def send_back(office: OfficeBooks, reader: Reader, round_: str, *, by: str) -> CodeReturn:
    """Make the file of a round, whole or not at all, and keep it under its hash.

    Raises `InputError` (`return_incomplete`) that says, line by line, what keeps it.
    """
    now = read_round(reader, office.store, round_)
    if now.file is None:
        said = "；".join(
            f"第 {each.number} 行：{each.message_zh}" if each.number else each.message_zh
            for each in now.problems[:20]
        )
        more = f"等 {len(now.problems)} 处" if len(now.problems) > 20 else ""
        raise InputError(
            f"没有生成文件，一行不符就不能报出。{said}{more}",
            f"No file was made: {len(now.problems)} problems.",
            code="return_incomplete",
        )
    return CodeCorrections(office.store).keep(
        now.file.id, round_, now.file.rows, now.file.counts, by=by, at=utc_now()
    )


def return_bytes(kept: CodeReturn) -> bytes:
    """A file that left, as a workbook."""

    with TemporaryDirectory() as folder:
        path = Path(folder) / "return.xlsx"
        write_return(path, kept, {item.code: item.term for item in kinds().kinds})
        return path.read_bytes()
