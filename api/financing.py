"""For whom the financing loop is worked, of one request: an institution, or the platform itself.

Whom a desk looks at, or acts on, is noted for the audit, also where the answer says no key of theirs, or
is a refusal.  The credit office reads counts and sums of how the connection with institutions goes,
and no application (国办发〔2024〕15号; of credit nothing is open to it).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from api.acts import Act
from api.audit_trail import noted_now
from graph.errors import ForbiddenError, XinnongError
from ingest.financing import FinancingDesk

if TYPE_CHECKING:
    from api.services import Services
    from queries.financing import LoopFigure
    from queries.scope import Scope

__all__ = ["carried", "desk_for", "figures_for", "reads_figures_alone"]


def desk_for(services: Services, scope: Scope) -> FinancingDesk:
    """The desk of whoever asks; raises `ForbiddenError` (`not_permitted`) where they ask for no
    institution and do not see everything."""
    if scope.institution is None and not scope.sees_everything:
        raise ForbiddenError(
            f"您没有所属金融机构，不能办理“{Act.FINANCE.term}”。信用办只查看闭环指标；其他人员请找管理员设置。",
            "Whoever works on the loop does so for an institution; the credit office reads figures.",
            code="not_permitted",
        )
    return FinancingDesk(services.office, scope.institution, services.has_consent, _note)


def figures_for(
    services: Services, scope: Scope, begins: date, ends: date
) -> tuple[LoopFigure, ...]:
    """Figures of a period: an institution's own, the platform's of all, the credit office's of all
    without the rows that they are counted from; raises as `desk_for`."""
    if reads_figures_alone(scope):
        every = FinancingDesk(services.office, None, services.has_consent)
        return tuple(replace(one, rows=()) for one in every.figures(begins, ends))
    return desk_for(services, scope).figures(begins, ends)


def reads_figures_alone(scope: Scope) -> bool:
    """Whether somebody is the credit office, to whom no application is open."""
    return scope.institution is None and scope.is_of_the_office and not scope.sees_everything


def _note(subjects: Iterable[str]) -> None:
    noted = noted_now()
    if noted is not None:
        noted.subjects.update(subjects)


def carried(desk: FinancingDesk) -> None:
    """After an answer: bring log and graph to what was done; what fails is done at the next act."""
    with suppress(XinnongError):
        desk.carry_out()
