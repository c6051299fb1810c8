"""The evaluation table (政务诚信评价表): by body and line, with both numbers and the rows behind them.

What facts give is computed; what they do not give is entered by a named person, and says so.  Nothing
is weighed: no weights were found in any text, so that a body has no score and no rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import computed_field

from graph.errors import InputError, NotFoundError
from graph.operations import GovernmentValue, GovernmentValues, OperationsStore
from graph.time import Instant, utc_now
from queries.basis import Basis
from queries.district import DistrictReader
from queries.government.book import GovernmentBook, government_book
from queries.government.counted import COMPUTED, FigureRows, Told, read_told
from queries.government.evaluation_rules import Indicator, Side, evaluation_rules

__all__ = ["Evaluation", "Figure", "enter_value", "evaluate", "figure_rows"]


@dataclass(frozen=True)
class Figure:
    """One number of one body.

    Attributes:
        numerator, denominator: None where nobody entered it; the denominator also of a plain number.
        entered_by, entered_at, evidence: of a value by hand.
    """

    body: str
    indicator: str
    numerator: int | None
    denominator: int | None
    entered_by: str | None = None
    entered_at: Instant | None = None
    evidence: str | None = None

    @computed_field
    @property
    def ratio(self) -> float | None:
        """The share; None for 0/0, for a plain number, and for what nobody entered."""
        if self.numerator is None or not self.denominator:
            return None
        return self.numerator / self.denominator


@dataclass(frozen=True)
class Evaluation:
    """The table of a year: a line a body and indicator; bodies of which nothing is known are not in it.

    Attributes:
        bodies: key -> name.
        edition: since when these lines hold; `sure`: `design` is our own choice of lines.
    """

    year: int
    edition: date
    sure: str
    sides: Mapping[Side, str]
    indicators: tuple[Indicator, ...]
    bodies: Mapping[str, str | None]
    figures: tuple[Figure, ...]
    basis: Basis
    rules: str

    def of(self, body: str, indicator: str) -> Figure:
        """One number of the table."""
        return next(one for one in self.figures if (one.body, one.indicator) == (body, indicator))


def evaluate(
    reader: DistrictReader, store: OperationsStore, year: int, *, body: str = ""
) -> Evaluation:
    """The table of a year, of one body where it is named.

    Raises `NotFoundError` (`edition_unknown`, `body_unknown`).
    """
    edition, told = evaluation_rules().of(year), read_told(reader, store, year)
    entered = {(one.body, one.indicator): one for one in GovernmentValues(store).of(year)}
    bodies = _looked_at(told, entered)
    if body and body not in bodies:
        _known_body(told.book, body)
        bodies = {body: told.book.bodies[body]}
    elif body:
        bodies = {body: bodies[body]}
    return Evaluation(
        year=year,
        edition=edition.begins,
        sure=edition.sure,
        sides=evaluation_rules().sides,
        indicators=edition.indicators,
        bodies=bodies,
        figures=tuple(
            _figure(told, entered, key, line) for key in bodies for line in edition.indicators
        ),
        basis=reader.basis,
        rules=evaluation_rules().name,
    )


def figure_rows(
    reader: DistrictReader, store: OperationsStore, year: int, body: str, indicator: str
) -> FigureRows:
    """The rows behind a computed number; raises `NotFoundError` (`indicator_unknown`, `body_unknown`)."""
    line = evaluation_rules().line(year, indicator)
    if line.by != "computed":
        raise NotFoundError(
            "这一项由人工填报，没有逐行数据；请看填报人和依据材料。",
            "This line is entered by hand: there are no rows.",
            code="indicator_unknown",
        )
    told = read_told(reader, store, year)
    _known_body(told.book, body)
    return COMPUTED[line.id](told, body)


def enter_value(
    reader: DistrictReader,
    store: OperationsStore,
    year: int,
    body: str,
    indicator: str,
    *,
    numerator: int,
    denominator: int | None,
    evidence: str,
    by: str,
) -> GovernmentValue:
    """Enter a value by hand.

    Raises `NotFoundError` (`indicator_unknown`, `body_unknown`, `edition_unknown`), and `InputError`
    (`value_wrong`, `value_computed`, `user_missing`, `evidence_missing`).
    """
    line = evaluation_rules().line(year, indicator)
    if line.by != "hand":
        raise InputError(
            "这一项由系统按数据计算，不能人工填报。数据有误的，请更正来源数据。",
            "This line is computed from facts: correct them at their source.",
            code="value_computed",
        )
    lacks = line.kind == "share" and denominator is None
    more = denominator is not None and not 0 <= numerator <= denominator
    if numerator < 0 or lacks or more or (line.kind == "count" and denominator is not None):
        raise InputError(
            "请填写不小于 0 的分子和不小于分子的分母；计数的指标不填分母。",
            "A share has a numerator within its denominator, a count has none.",
            code="value_wrong",
        )
    _known_body(government_book(reader), body)
    return GovernmentValues(store).enter(
        year, body, line.id, numerator=numerator, denominator=denominator, evidence=evidence, by=by,
        at=utc_now(),
    )  # fmt: skip


def _looked_at(
    told: Told, entered: Mapping[tuple[str, str], GovernmentValue]
) -> dict[str, str | None]:
    """Bodies of which something is known, by name."""
    book = told.book
    keys = {one.debtor for one in book.claims} | {one.body for one in book.commitments}
    keys |= {one.body for one in book.disclosures} | {body for body, _ in entered}
    keys |= {key for one in (*book.debtors, *book.recorded) for key in (one.body, *one.candidates) if key}  # fmt: skip
    keys |= {*told.overreach, *told.concealed}
    found = [(book.bodies[key], key) for key in keys if key in book.bodies]
    return {key: name for name, key in sorted(found, key=lambda one: (one[0] or "", one[1]))}


def _figure(
    told: Told,
    entered: Mapping[tuple[str, str], GovernmentValue],
    body: str,
    line: Indicator,
) -> Figure:
    if line.by == "computed":
        rows = COMPUTED[line.id](told, body)
        return Figure(
            body, line.id, len(rows.counted), None if rows.of is None else len(rows.of)
        )  # fmt: skip
    value = entered.get((body, line.id))
    if value is None:
        return Figure(body, line.id, None, None)
    return Figure(
        body, line.id, value.numerator, value.denominator, value.by, value.at, value.evidence
    )


def _known_body(book: GovernmentBook, body: str) -> None:
    if body not in book.bodies:
        raise NotFoundError(
            "没有这个机关或事业单位。请核对编号。",
            "No public body of that key.",
            code="body_unknown",
        )
