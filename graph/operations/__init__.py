"""The operations store: what is kept but is no credit fact (ledger of deliveries, decisions).

SQLite in WAL mode in the data folder, or PostgreSQL by `XINNONG_OPERATIONS_URL`.
"""

from __future__ import annotations

from graph.operations.bulletin import Bulletins, KeptBulletin
from graph.operations.calendar_edit import CalendarEdit, CalendarEdits
from graph.operations.case_file import CaseFile, CaseFiles
from graph.operations.code_correction import CodeChoice, CodeCorrections, CodeReturn, CodeRound
from graph.operations.code_exception import CodeException, CodeExceptions
from graph.operations.concealment import Concealment, Concealments
from graph.operations.decision import DecisionArchive, KeptDecision
from graph.operations.examine import operations_problems
from graph.operations.exchange import ExchangeAct, ExchangeItem, ExchangeRequest, Intake, Outcome
from graph.operations.government_value import GovernmentValue, GovernmentValues
from graph.operations.indicator_value import IndicatorValue, IndicatorValues
from graph.operations.job import ENDED, Job, Jobs
from graph.operations.judgement import Judgement, JudgementBook, QueuedPair
from graph.operations.lease import Holder, claim, claimed_by_others, holder, lease, release
from graph.operations.ledger import Delivery, Ledger
from graph.operations.measure import AppliedMeasure, MeasureBook
from graph.operations.monitoring import LastRead, Subscription, Subscriptions
from graph.operations.office import OfficeBooks
from graph.operations.outbox import Outbox
from graph.operations.points import PointsBook, PointsParticipant, PointsShare
from graph.operations.proposal import Proposal, Proposals
from graph.operations.record_use import EVERYTHING, RecordUse, RecordUses
from graph.operations.repair import Act, Case, RepairCases
from graph.operations.runner import Kind, Runner, Work, problem_of
from graph.operations.staff_check import StaffCheck, StaffChecks
from graph.operations.store import OperationsStore, read_only_store, store_for
from graph.operations.typical_case import TypicalCase, TypicalCases

__all__ = [
    "ENDED",
    "EVERYTHING",
    "Act",
    "AppliedMeasure",
    "Bulletins",
    "CalendarEdit",
    "CalendarEdits",
    "Case",
    "CaseFile",
    "CaseFiles",
    "CodeChoice",
    "CodeCorrections",
    "CodeException",
    "CodeExceptions",
    "CodeReturn",
    "CodeRound",
    "Concealment",
    "Concealments",
    "DecisionArchive",
    "Delivery",
    "ExchangeAct",
    "ExchangeItem",
    "ExchangeRequest",
    "GovernmentValue",
    "GovernmentValues",
    "Holder",
    "IndicatorValue",
    "IndicatorValues",
    "Intake",
    "Job",
    "Jobs",
    "Judgement",
    "JudgementBook",
    "KeptBulletin",
    "KeptDecision",
    "Kind",
    "LastRead",
    "Ledger",
    "MeasureBook",
    "OfficeBooks",
    "OperationsStore",
    "Outbox",
    "Outcome",
    "PointsBook",
    "PointsParticipant",
    "PointsShare",
    "Proposal",
    "Proposals",
    "QueuedPair",
    "RecordUse",
    "RecordUses",
    "RepairCases",
    "Runner",
    "StaffCheck",
    "StaffChecks",
    "Subscription",
    "Subscriptions",
    "TypicalCase",
    "TypicalCases",
    "Work",
    "claim",
    "claimed_by_others",
    "holder",
    "lease",
    "operations_problems",
    "problem_of",
    "read_only_store",
    "release",
    "store_for",
]
