"""Credit points: by application only, to encourage only, each line explained."""

from __future__ import annotations

from graph.operations import PointsParticipant, PointsShare
from queries.points.explain import (
    LINE_STATES,
    AdverseRecord,
    HeldHonour,
    PointLine,
    explain,
    honour_name,
)
from queries.points.participation import (
    end_points_share,
    join_points,
    leave_points,
    share_points,
)
from queries.points.rules import Configuration, PointRules, load_points
from queries.points.statement import (
    NOTICE,
    ParticipantPoints,
    PointsPage,
    PointStatement,
    participants,
    points_of,
)

__all__ = [
    "LINE_STATES",
    "NOTICE",
    "AdverseRecord",
    "Configuration",
    "HeldHonour",
    "ParticipantPoints",
    "PointLine",
    "PointRules",
    "PointStatement",
    "PointsPage",
    "PointsParticipant",
    "PointsShare",
    "end_points_share",
    "explain",
    "honour_name",
    "join_points",
    "leave_points",
    "load_points",
    "participants",
    "points_of",
    "share_points",
]
