"""重错码: wrong and repeated unified codes, over everything that was taken or refused."""

from __future__ import annotations

from queries.code_errors.answer import CodeErrors, KindCount, RegistrarLoad, Share, code_errors
from queries.code_errors.correction import CorrectionLine, Problem, ReturnFile, correction_rules
from queries.code_errors.detection import CodeError, Exceptions, State
from queries.code_errors.kinds import GROUPS, Kind, kinds
from queries.code_errors.round import LineResult, Round, entered_round, known_rounds, read_round
from queries.code_errors.stock import Refused, RowRef

__all__ = [
    "GROUPS",
    "CodeError",
    "CodeErrors",
    "CorrectionLine",
    "Exceptions",
    "Kind",
    "KindCount",
    "LineResult",
    "Problem",
    "Refused",
    "RegistrarLoad",
    "ReturnFile",
    "Round",
    "RowRef",
    "Share",
    "State",
    "code_errors",
    "correction_rules",
    "entered_round",
    "kinds",
    "known_rounds",
    "read_round",
]
