"""By what the values of a policy may be called probabilities: the year that it foretold."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from queries.rule_file import Strict

__all__ = ["Calibrated"]


class Calibrated(Strict):
    """By what its values may be called probabilities: a year that it foretold (docs/adr/0112).

    Attributes:
        scored_on, until: the day that was known, and the last on which default was looked for.
        fitted_to: days of the earlier years that its numbers were fitted to; none: judged as it was.
        parties, defaults: debtors of the year that judged, and how many of them failed.
        foretold: the mean chance that was foretold of them.
        auc: how well the failed were told from the others.
        in_default: own facts that are default themselves: who has one was not in the sample, and
            of him nothing is foretold.
    """

    scored_on: date
    until: date
    fitted_to: tuple[date, ...] = ()
    parties: int = Field(gt=0)
    defaults: int = Field(gt=0)
    foretold: float = Field(gt=0, lt=1)
    auc: float = Field(ge=0, le=1)
    in_default: tuple[str, ...] = ()
