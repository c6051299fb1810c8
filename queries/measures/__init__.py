"""Measures against dishonesty and incentives for honesty: what may be done, what is done, and what
goes too far."""

from __future__ import annotations

from queries.measures.admission import CLAUSES, Admission, Application, ClauseCheck, admit
from queries.measures.answer import VERDICTS, OverreachAnswer
from queries.measures.application import (
    MeasureRequest,
    approve_measure,
    check_measure,
    lift_measure,
    propose_measure,
)
from queries.measures.catalogue import Catalogue, Measure, load_measures
from queries.measures.incentive import (
    Incentive,
    Incentives,
    IncentiveUse,
    UsedIncentives,
    load_incentives,
    use_incentive,
    used_incentives,
)
from queries.measures.overreach import FAULTS, Judged, Overreach, OverreachKind, load_overreach
from queries.measures.register import (
    STATES,
    Applied,
    MeasureRegister,
    measure_register,
    measure_register_ready,
)
from queries.measures.statement import MeasureStatement
from queries.measures.subject import ROLES, Subject, Trigger

__all__ = [
    "CLAUSES",
    "FAULTS",
    "ROLES",
    "STATES",
    "VERDICTS",
    "Admission",
    "Application",
    "Applied",
    "Catalogue",
    "ClauseCheck",
    "Incentive",
    "IncentiveUse",
    "Incentives",
    "Judged",
    "Measure",
    "MeasureRegister",
    "MeasureRequest",
    "MeasureStatement",
    "Overreach",
    "OverreachAnswer",
    "OverreachKind",
    "Subject",
    "Trigger",
    "UsedIncentives",
    "admit",
    "approve_measure",
    "check_measure",
    "lift_measure",
    "load_incentives",
    "load_measures",
    "load_overreach",
    "measure_register",
    "measure_register_ready",
    "propose_measure",
    "use_incentive",
    "used_incentives",
]
