"""The operations store: what is kept but is no credit fact (ledger of deliveries, decisions).

SQLite in WAL mode in the data folder, or PostgreSQL by `XINNONG_OPERATIONS_URL`.

A book is loaded when it is used: of seventy tables, each of which costs milliseconds, one command needs
a few.  Who goes through all of them asks `graph.operations.tables`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.lazy import attribute_of
from graph.operations.lease import Holder, claim, claimed_by_others, holder, lease, release
from graph.operations.store import OperationsStore, read_only_store, store_for

if TYPE_CHECKING:
    from graph.operations.audit import AuditEntry, AuditNote, Trail
    from graph.operations.bulletin import Bulletins, KeptBulletin
    from graph.operations.calendar_edit import CalendarEdit, CalendarEdits
    from graph.operations.case_file import CaseFile, CaseFiles
    from graph.operations.client import Client, Clients, Credential
    from graph.operations.code_correction import CodeChoice, CodeCorrections, CodeReturn, CodeRound
    from graph.operations.code_exception import CodeException, CodeExceptions
    from graph.operations.concealment import Concealment, Concealments
    from graph.operations.consent import Channel, Consent, Consents, ConsentTerms, Mode
    from graph.operations.decision import DecisionArchive, KeptDecision
    from graph.operations.event import Event, EventKind, EventNews, Events, note_event, note_events
    from graph.operations.examine import operations_problems
    from graph.operations.exchange import (
        ExchangeAct,
        ExchangeItem,
        ExchangeRequest,
        Intake,
        Outcome,
    )
    from graph.operations.external_login import ExternalLogin, ExternalLogins
    from graph.operations.financing import PLATFORM, Done, FinancingBook, FinancingFile
    from graph.operations.financing_links import FinancingLinks
    from graph.operations.financing_messages import (
        FinancingMessages,
        Handover,
        Handovers,
        Marks,
        Message,
    )
    from graph.operations.financing_papers import FinancingPapers
    from graph.operations.financing_rows import (
        FinancingAct,
        FinancingCase,
        FinancingDemand,
        FinancingDrawdown,
    )
    from graph.operations.government_value import GovernmentValue, GovernmentValues
    from graph.operations.hook import Hook, HookAct, Hooks
    from graph.operations.hook_delivery import Delivery as HookDelivery
    from graph.operations.hook_delivery import HookDeliveries
    from graph.operations.idempotency import Answered, IdempotencyKeys
    from graph.operations.indicator_value import IndicatorValue, IndicatorValues
    from graph.operations.job import ENDED, Job, Jobs
    from graph.operations.judgement import Judgement, JudgementBook, QueuedPair
    from graph.operations.ledger import Delivery, Ledger
    from graph.operations.login_attempt import LoginAttempts
    from graph.operations.login_link import LoginLink, LoginLinks
    from graph.operations.measure import AppliedMeasure, MeasureBook
    from graph.operations.monitoring import LastRead, Subscription, Subscriptions
    from graph.operations.office import OfficeBooks
    from graph.operations.outbox import Outbox
    from graph.operations.own_view import OwnLinks, OwnReports, OwnRequest, OwnRequests
    from graph.operations.points import PointsBook, PointsParticipant, PointsShare
    from graph.operations.proposal import Proposal, Proposals
    from graph.operations.record_use import EVERYTHING, RecordUse, RecordUses
    from graph.operations.repair import Act, Case, RepairCases
    from graph.operations.retention import RetentionTurn, RetentionTurns
    from graph.operations.rights_change import RightsActor, RightsChange, RightsChanges
    from graph.operations.runner import Kind, Runner, Work, problem_of
    from graph.operations.session import LoginSession, Sessions
    from graph.operations.staff_check import StaffCheck, StaffChecks
    from graph.operations.typical_case import TypicalCase, TypicalCases
    from graph.operations.user import User, Users
    from graph.operations.visit import OUTCOMES, Seen, Visit, Visits

__all__ = [
    "ENDED",
    "EVERYTHING",
    "OUTCOMES",
    "PLATFORM",
    "Act",
    "Answered",
    "AppliedMeasure",
    "AuditEntry",
    "AuditNote",
    "Bulletins",
    "CalendarEdit",
    "CalendarEdits",
    "Case",
    "CaseFile",
    "CaseFiles",
    "Channel",
    "Client",
    "Clients",
    "CodeChoice",
    "CodeCorrections",
    "CodeException",
    "CodeExceptions",
    "CodeReturn",
    "CodeRound",
    "Concealment",
    "Concealments",
    "Consent",
    "ConsentTerms",
    "Consents",
    "Credential",
    "DecisionArchive",
    "Delivery",
    "Done",
    "Event",
    "EventKind",
    "EventNews",
    "Events",
    "ExchangeAct",
    "ExchangeItem",
    "ExchangeRequest",
    "ExternalLogin",
    "ExternalLogins",
    "FinancingAct",
    "FinancingBook",
    "FinancingCase",
    "FinancingDemand",
    "FinancingDrawdown",
    "FinancingFile",
    "FinancingLinks",
    "FinancingMessages",
    "FinancingPapers",
    "GovernmentValue",
    "GovernmentValues",
    "Handover",
    "Handovers",
    "Holder",
    "Hook",
    "HookAct",
    "HookDeliveries",
    "HookDelivery",
    "Hooks",
    "IdempotencyKeys",
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
    "LoginAttempts",
    "LoginLink",
    "LoginLinks",
    "LoginSession",
    "Marks",
    "MeasureBook",
    "Message",
    "Mode",
    "OfficeBooks",
    "OperationsStore",
    "Outbox",
    "Outcome",
    "OwnLinks",
    "OwnReports",
    "OwnRequest",
    "OwnRequests",
    "PointsBook",
    "PointsParticipant",
    "PointsShare",
    "Proposal",
    "Proposals",
    "QueuedPair",
    "RecordUse",
    "RecordUses",
    "RepairCases",
    "RetentionTurn",
    "RetentionTurns",
    "RightsActor",
    "RightsChange",
    "RightsChanges",
    "Runner",
    "Seen",
    "Sessions",
    "StaffCheck",
    "StaffChecks",
    "Subscription",
    "Subscriptions",
    "Trail",
    "TypicalCase",
    "TypicalCases",
    "User",
    "Users",
    "Visit",
    "Visits",
    "Work",
    "claim",
    "claimed_by_others",
    "holder",
    "lease",
    "note_event",
    "note_events",
    "operations_problems",
    "problem_of",
    "read_only_store",
    "release",
    "store_for",
]

__getattr__ = attribute_of(__name__, __file__)
